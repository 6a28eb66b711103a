"""The one helper that opens the known answers in ``test_vectors/``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from markcode import notation

FOLDER = Path(__file__).parents[2] / "test_vectors"
_IGNORED = str.maketrans("", "", " -")


@dataclass(frozen=True)
class Case:
    """One known answer, with what its file says for all of its cases filled in.

    Text of ``input`` and ``expected`` is as it stands in the file, in the notation for control
    characters; ``text`` is what a program is given.
    """

    id: str
    operation: str
    subject: str | None
    profile: dict[str, Any] | None
    event: str | None
    as_of: str | None
    accept_provisional: bool
    input: Any
    expected: Any
    valid: bool
    findings: tuple[dict[str, Any], ...]
    flags: frozenset[str]

    @property
    def text(self) -> str:
        """The input with its control characters, without what its source ignores."""
        return self._strip(notation.unescape(self.input))

    @property
    def expected_text(self) -> str:
        """The expected text likewise."""
        return self._strip(notation.unescape(self.expected))

    def _strip(self, text: str) -> str:
        return text.translate(_IGNORED) if "IgnoredCharacters" in self.flags else text


@cache
def files() -> dict[str, dict[str, Any]]:
    """Return every file of known answers, as parsed JSON, by name."""
    paths = sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema that every file follows."""
    parsed: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    return parsed


def cases(*operations: str, subjects: Iterable[str | None] | None = None) -> list[Case]:
    """Return the cases of these operations; of these subjects, if any are named."""
    wanted = None if subjects is None else set(subjects)
    return [
        case
        for case in _all()
        if case.operation in operations and (wanted is None or case.subject in wanted)
    ]


def each(*operations: str, subjects: Iterable[str | None] | None = None) -> pytest.MarkDecorator:
    """Return the decorator that runs a test with each of `cases`, its id as the test's."""
    found = cases(*operations, subjects=subjects)
    return pytest.mark.parametrize("case", found, ids=lambda case: case.id)


@cache
def _all() -> tuple[Case, ...]:
    return tuple(_case(file, raw) for file in files().values() for raw in file["cases"])


def _case(file: dict[str, Any], raw: dict[str, Any]) -> Case:
    return Case(
        id=raw["id"],
        operation=raw["operation"],
        subject=raw.get("subject", file.get("subject")),
        profile=raw.get("profile", file.get("profile")),
        event=raw.get("event", file.get("event")),
        as_of=raw.get("as_of"),
        accept_provisional=raw.get("accept_provisional", False),
        input=raw["input"],
        expected=raw["expected"],
        valid=raw["valid"],
        findings=tuple(raw["findings"]),
        flags=frozenset(raw["flags"]),
    )
