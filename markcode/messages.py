"""The wording of every finding, in English, Spanish, Portuguese and French.

Detection knows only codes; the words stand in ``messages.toml``, by code and language, with the
parameters of the finding in braces. A code may have further entries ``code:reason`` for the reason
that the finding's parameters name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from markcode import notation
from markcode.errors import ProfileError
from markcode.model import Finding
from markcode.reference import labels

__all__ = ["LANGUAGES", "catalogue", "render"]

LANGUAGES = ("en", "es", "pt", "fr")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the wording by code, or ``code:reason``, and language."""
    text = resources.files("markcode").joinpath("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def render(finding: Finding, language: str = "en") -> str:
    """Return the wording of a finding. Raises `ProfileError` for an unknown language."""
    if language not in LANGUAGES:
        raise ProfileError(f"no language {language!r}: there are {', '.join(LANGUAGES)}")
    wording = _entry(finding)[language]
    texts = {name: _text(name, value, language) for name, value in finding.params.items()}
    texts["element"] = labels.label(finding.element, language) if finding.element else ""
    if "reading" in finding.params and "{reading}" not in wording:
        wording += catalogue()["also:reading"][language]
    return wording.format_map(_Absent(texts)).strip()


class _Absent(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _entry(finding: Finding) -> Mapping[str, str]:
    entries = catalogue()
    several = {"elements": "several", "one_of": "one_of"}
    reasons = [str(finding.params.get("reason", ""))]
    reasons += [reason for name, reason in several.items() if name in finding.params]
    for reason in reasons:
        if f"{finding.code}:{reason}" in entries:
            return entries[f"{finding.code}:{reason}"]
    return entries[finding.code]


def _text(name: str, value: Any, language: str) -> str:
    if name in ("elements", "one_of", "known"):
        return ", ".join(labels.label(str(part), language) for part in value)
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_text("", part, language) for part in value)
    if isinstance(value, (str, bytes)) and name not in ("detail", "lines"):
        return _shown(value)
    return str(value)


def _shown(value: str | bytes) -> str:
    """Return text for a person: control characters by name, blanks in quotes, no more than fits."""
    text = notation.escape(value)
    if len(text) > 60:
        text = text[:57] + "..."
    return f'"{text}"' if not text.strip() or text != text.strip() else text
