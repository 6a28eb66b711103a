"""What the commands share: the options of a profile, and how a fault ends a run.

A fault is one line on standard error and an exit status (contracts.md section 7): 2 for wrong use
or unreadable input, 130 when interrupted. An operator never sees a traceback.
"""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

import click

from markcode.errors import MarkcodeError

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = [
    "LANGUAGES",
    "ProfileChoice",
    "encoding_option",
    "event_option",
    "handle_errors",
    "language_option",
    "map_option",
    "pairs",
    "profile_options",
    "provisional_option",
    "set_option",
    "shape_option",
]

LANGUAGES = ("en", "es", "pt", "fr")
TRACEBACK = "MARKCODE_TRACEBACK"
"""Environment variable: set, an unforeseen fault shows where it happened (for developers)."""

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class ProfileChoice:
    """The options of PROFILE as they were typed."""

    format_name: str | None
    check: str | None
    check_over: str | None
    codes: tuple[str, ...]
    options: tuple[str, ...]

    @property
    def is_given(self) -> bool:
        """Whether any of them was typed."""
        return any(getattr(self, field.name) for field in fields(self))

    def open(self) -> Format | None:
        """Return the profile; None without --format.

        Raises `click.UsageError` when others are given without --format, `ProfileError` when they
        do not go together.
        """
        if self.format_name is None:
            if self.is_given:
                raise click.UsageError(
                    "--check, --check-over, --codes and --option say how a format is used: "
                    "name it with --format"
                )
            return None
        import markcode

        return markcode.get_format(
            self.format_name,
            check=self.check,
            check_over=self.check_over,
            codes=pairs(self.codes, "--codes ELEMENT=FILE.csv"),
            options=pairs(self.options, "--option KEY=VALUE"),
        )

    def require(self) -> Format:
        """Return the profile. Raises `click.UsageError` without --format, and as `open`."""
        fmt = self.open()
        if fmt is None:
            raise click.UsageError("name the marking standard with --format")
        return fmt


def profile_options(function: _F) -> _F:
    """Add the options of PROFILE; the command gets them together as ``profile``."""

    @functools.wraps(function)
    def bundled(*args: Any, **kwargs: Any) -> Any:
        parts = {field.name: kwargs.pop(field.name) for field in fields(ProfileChoice)}
        return function(*args, profile=ProfileChoice(**parts), **kwargs)

    decorated: Any = bundled
    for option in reversed(
        (
            click.option(
                "--format",
                "format_name",
                metavar="NAME|FILE.toml",
                help="Marking standard (`markcode formats` lists them), or a file of your own.",
            ),
            click.option("--check", metavar="NAME", help="Check-character system."),
            click.option(
                "--check-over",
                type=click.Choice(("mark", "serial")),
                help="What the check covers: the whole mark or the serial.",
            ),
            click.option(
                "--codes",
                multiple=True,
                metavar="ELEMENT=FILE.csv",
                help="Code list of an element (repeatable).",
            ),
            click.option(
                "--option",
                "options",
                multiple=True,
                metavar="KEY=VALUE",
                help="Option of the format (repeatable).",
            ),
        )
    ):
        decorated = option(decorated)
    return cast(_F, decorated)


event_option = click.option(
    "--event", metavar="KIND", help="Why the mark is applied; the format's first event if left out."
)
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ELEMENT=VALUE",
    help="Value of an element (repeatable).",
)
map_option = click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ELEMENT=COLUMN",
    help="Column of an element whose header is not recognised (repeatable).",
)
encoding_option = click.option(
    "--encoding", metavar="NAME", help="Of a text table that is not UTF-8: cp1252 ..."
)
shape_option = click.option(
    "--shape",
    type=click.Choice(("square", "rectangle", "dmre")),
    help="Of a Data Matrix; dmre adds the rectangles of ISO/IEC 21471.  [default: square]",
)
provisional_option = click.option(
    "--accept-provisional", is_flag=True, help="Also marks without a confirmed rule."
)
language_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    envvar="MARKCODE_LANG",
    show_default=True,
    help="Language of messages (or set MARKCODE_LANG).",
)


def pairs(values: Sequence[str], what: str) -> dict[str, str]:
    """Return ``NAME=VALUE`` texts as a dict; ``what`` names the option, as in ``--set X=Y``.

    >>> pairs(["country=CO", "model=A=B"], "--set ELEMENT=VALUE")
    {'country': 'CO', 'model': 'A=B'}

    Raises `click.UsageError` for a text without ``=``, without a name, or a name given twice.
    """
    found: dict[str, str] = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{what}: {text!r} is not a name, '=' and a value")
        if name in found:
            raise click.UsageError(f"{what}: {name} is given twice")
        found[name] = value
    return found


def handle_errors(function: _F) -> _F:
    """Turn faults that ``function`` raises into one line on standard error and an exit status."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except click.exceptions.Exit:
            raise
        except click.exceptions.NoArgsIsHelpError as fault:
            fault.show()
            raise SystemExit(fault.exit_code) from None
        except click.ClickException as fault:
            _fail(_usage(fault), fault.exit_code if fault.exit_code == 1 else 2)
        except (click.Abort, KeyboardInterrupt):
            _fail("interrupted", 130)
        except MarkcodeError as fault:
            _fail(str(fault))
        except OSError as fault:
            if _is_broken_pipe(fault):
                _leave_quietly()
            where = f"{fault.filename}: " if fault.filename is not None else ""
            _fail(f"{where}{fault.strerror or fault}")
        except Exception as fault:
            if os.environ.get(TRACEBACK):
                raise
            _fail(
                f"internal error, please report it: {type(fault).__name__}: {fault} "
                f"(set {TRACEBACK}=1 to see where)"
            )

    return run  # type: ignore[return-value]  # functools.wraps loses the type


def _usage(fault: click.ClickException) -> str:
    """Return what click says about a wrong use, with the way to the help of that command."""
    message = fault.format_message()
    context = getattr(fault, "ctx", None) or click.get_current_context(silent=True)
    if context is None or not isinstance(fault, click.UsageError):
        return message
    return f"{message.rstrip('.')} (see {context.command_path} --help)"


def _fail(message: str, status: int = 2) -> NoReturn:
    click.echo(f"markcode: {' '.join(message.split())}", err=True)
    raise SystemExit(status)


def _is_broken_pipe(fault: OSError) -> bool:
    # Windows reports a closed pipe as EINVAL on the write.
    closed = sys.platform == "win32" and fault.errno == errno.EINVAL and fault.filename is None
    return isinstance(fault, BrokenPipeError) or closed


def _leave_quietly() -> NoReturn:
    """End when the reader of our output has gone: not everything was shown, so status 1."""
    # The interpreter flushes standard output once more as it exits, and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(1)
