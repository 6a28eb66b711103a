"""The wording of every finding, in English, Spanish, Portuguese and French.

Detection knows only codes; the words stand in ``messages.toml``, by code and language, with the
parameters of the finding in braces. A code may have further entries ``code:reason`` for the reason
that the finding's parameters name.
"""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from markcode import notation
from markcode.errors import ProfileError
from markcode.model import Finding
from markcode.reference import labels

__all__ = ["LANGUAGES", "catalogue", "entry", "render"]

LANGUAGES = ("en", "es", "pt", "fr")
_WHOLE = frozenset({"detail", "lines", "stored", "entered"})
"""Parameters that are fit to be shown as they are, and are never cut."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the wording by code, or ``code:reason``, and language."""
    return tomllib.loads(_file())


@cache
def _file() -> str:
    raw = pkgutil.get_data("markcode", "messages.toml")
    assert raw is not None
    return raw.decode("utf-8").replace("\r\n", "\n")


@cache
def entry(key: str) -> Mapping[str, str] | None:
    """Return one entry of the catalogue by language, None where there is none: only it is parsed.

    >>> entry("check.lookalike") == catalogue()["check.lookalike"], entry("nothing")
    (True, None)
    """
    file = _file()
    start = file.find(f'\n["{key}"]\n')
    if start < 0:
        return None
    end = file.find("\n[", start + 1)
    found: Mapping[str, str] = tomllib.loads(file[start : end if end >= 0 else None])[key]
    return found


def render(finding: Finding, language: str = "en") -> str:
    """Return the wording of a finding. Raises `ProfileError` for an unknown language."""
    if language not in LANGUAGES:
        raise ProfileError(f"no language {language!r}: there are {', '.join(LANGUAGES)}")
    wording = _entry(finding)[language]
    texts = {name: _text(name, value, language) for name, value in finding.params.items()}
    texts["element"] = labels.label(finding.element, language) if finding.element else ""
    if "reading" in finding.params and "{reading}" not in wording:
        wording += _known("also:reading")[language]
    return wording.format_map(_Absent(texts)).strip()


class _Absent(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _entry(finding: Finding) -> Mapping[str, str]:
    several = {"elements": "several", "one_of": "one_of"}
    reasons = [str(finding.params.get("reason", ""))]
    reasons += [reason for name, reason in several.items() if name in finding.params]
    for reason in reasons:
        found = entry(f"{finding.code}:{reason}")
        if found is not None:
            return found
    return _known(finding.code)


def _known(key: str) -> Mapping[str, str]:
    found = entry(key)
    if found is None:
        raise KeyError(key)
    return found


def _text(name: str, value: Any, language: str) -> str:
    if name in ("elements", "one_of", "known"):
        return ", ".join(labels.label(str(part), language) for part in value)
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_text("", part, language) for part in value)
    if isinstance(value, (str, bytes)) and name not in _WHOLE:
        return _shown(value)
    return str(value)


def _shown(value: str | bytes) -> str:
    """Return text for a person: control characters by name, blanks in quotes, no more than fits."""
    text = notation.escape(value)
    if len(text) > 60:
        text = text[:57] + "..."
    return f'"{text}"' if not text.strip() or text != text.strip() else text
