"""The one tree of exceptions.

Everything that the library raises on purpose derives from :class:`MarkcodeError`. A wrong *mark* is
reported by findings, with a code and a position; a wrong *use* (an unknown format, an unreadable
file) is one sentence that says where, what was found, what was expected and how to mend it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markcode.model import Finding, Parsed

__all__ = [
    "Ambiguous",
    "CheckError",
    "ElementError",
    "FormatFileError",
    "InvalidMark",
    "JobError",
    "LedgerError",
    "LedgerUnreachable",
    "LengthError",
    "MarkcodeError",
    "Misfit",
    "MissingExtra",
    "NotationError",
    "ProfileError",
    "SymbolError",
    "TableError",
    "UnreadableImage",
]


class MarkcodeError(Exception):
    """Base of every error that markcode raises on purpose."""


class InvalidMark(MarkcodeError, ValueError):
    """A mark, or the data for one, breaks its format.

    ``findings`` holds every fault that was noticed, not only the first.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message() for finding in self.findings))


class Ambiguous(MarkcodeError, ValueError):
    """A well-formed mark has several meanings; ``readings`` holds each as a ``Parsed``."""

    def __init__(self, message: str, readings: Sequence[Parsed]) -> None:
        self.readings = tuple(readings)
        super().__init__(message)


class ElementError(MarkcodeError, TypeError):
    """A value of the wrong type was given to a ``Firearm`` or an ``Event``."""


class CheckError(MarkcodeError, ValueError):
    """Text cannot be given a check character; ``position`` (from 0) is the character at fault."""

    def __init__(self, message: str, position: int | None = None) -> None:
        self.position = position
        super().__init__(message)


class LengthError(MarkcodeError, ValueError):
    """Text is not a length with a unit, or not a whole number of nanometres."""


class NotationError(MarkcodeError, ValueError):
    """Typed text holds a ``{`` that starts no known name."""


class ProfileError(MarkcodeError, ValueError):
    """An unknown format, check system, event or option, or ones that cannot go together."""


class FormatFileError(ProfileError):
    """A format file cannot be used; says file, line and key."""

    def __init__(self, file: str, reason: str, line: int | None = None, key: str = "") -> None:
        self.file, self.line, self.key, self.reason = file, line, key, reason
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {key}: {reason}" if key else f"{where}: {reason}")


class SymbolError(MarkcodeError, ValueError):
    """A payload cannot be put into the symbol that was asked for."""


class Misfit(SymbolError):
    """A mark does not fit on its face.

    ``reason`` is ``face`` or ``cylinder``; ``params`` say what the mark needs, what the face has,
    and which sizes would fit, as options of the command line.
    """

    def __init__(self, message: str, reason: str, params: Mapping[str, Any]) -> None:
        self.reason, self.params = reason, params
        super().__init__(message)


class UnreadableImage(MarkcodeError, ValueError):
    """A file is not a picture, or not one that can be opened."""


class TableError(MarkcodeError, ValueError):
    """A table of arms or a code list cannot be read as asked."""


class JobError(MarkcodeError, ValueError):
    """A job cannot be written, or is not a whole job."""


class LedgerError(MarkcodeError, ValueError):
    """A ledger cannot do what was asked, or is not as it must be."""


class LedgerUnreachable(LedgerError):
    """A ledger cannot be reached now: what it knows cannot be told."""


class MissingExtra(MarkcodeError, ImportError):
    """A part of markcode needs packages that are not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package} is needed for this and is not installed: pip install 'markcode[{extra}]'",
            name=package,
        )
