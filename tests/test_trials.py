"""A trial finds formats whose marks do not say their data, and passes those whose marks do."""

from __future__ import annotations

from pathlib import Path

import pytest

import markcode
from format_files import COUNTRY, NUMBER, event, head, opened, text_field
from markcode import Event, Firearm, InvalidMark, Marking
from markcode.trials import trial

EXAMPLES = Path(__file__).parents[1] / "examples/formats"


def variants(fmt: markcode.Format) -> list[dict[str, str]]:
    values = [option.values for option in fmt.declaration.options if option.key == "variant"]
    return [{"variant": name} for name in values[0]] if values else [{}]


@pytest.mark.parametrize("name", [*markcode.list_formats(), *sorted(EXAMPLES.glob("*.toml"))])
def test_marks_of_every_format_and_variant_read_back(name: str | Path) -> None:
    for options in variants(markcode.get_format(name)):
        assert list(trial(markcode.get_format(name, options=options), 60)) == []


def test_every_event_has_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("import", "transfer", "auction")
    lines = [event("{number}", kind=kind) for kind in kinds]
    fmt = opened(tmp_path, head(), *lines, NUMBER)
    marked: list[str] = []
    encode = markcode.Format.encode

    def counted(
        self: markcode.Format, firearm: Firearm, event: Event, accept_provisional: bool = False
    ) -> Marking:
        marked.append(event.kind)
        return encode(self, firearm, event, accept_provisional)

    monkeypatch.setattr(markcode.Format, "encode", counted)
    assert list(trial(fmt, 7)) == []
    assert marked == ["import", "transfer", "auction", "import", "transfer", "auction", "import"]


def test_the_same_seed_makes_the_same_arms(tmp_path: Path) -> None:
    alike = text_field("mark", "0-9", "4")
    fmt = opened(tmp_path, head(), event("{country} {mark?} {number?}"), COUNTRY, NUMBER, alike)
    first, second, other = (list(trial(fmt, 40, seed)) for seed in (1, 1, 2))
    assert first == second != other
    assert 0 < len(first) < 40


def test_a_failure_says_event_data_and_reason(tmp_path: Path) -> None:
    # The word ends like the element before it: AB1 is A and B1, or AB and 1.
    parts = '[field.mark]\ntype = "choice"\nvalues = ["A", "AB"]\n' + text_field(
        "code", "B1", "1-2"
    )
    fmt = opened(tmp_path, head(), event("{mark}{code}"), parts)
    failures = list(trial(fmt, 100))
    assert failures
    for failure in failures:
        assert failure.event == "import"
        assert failure.data.startswith("mark=A code=B")
        assert failure.reason.startswith("no mark is made of it: ")


def test_a_mark_that_verifies_as_something_else_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fmt = opened(tmp_path, head(), event("{number}"), NUMBER)
    encode = markcode.Format.encode

    def wrong(
        self: markcode.Format, firearm: Firearm, event: Event, accept_provisional: bool = False
    ) -> Marking:
        marking = encode(self, firearm, event, accept_provisional)
        from dataclasses import replace

        return replace(marking, payload=markcode.Payload("9999"), record="number: 12345")

    monkeypatch.setattr(markcode.Format, "encode", wrong)
    [failure] = trial(fmt, 1)
    assert failure.reason == "its mark '9999' reads as something else"
    monkeypatch.setattr(
        markcode.Format, "verify", lambda self, source, kind: _report("invalid", source)
    )
    [failure] = trial(fmt, 1)
    assert failure.reason.startswith("its mark '9999' is invalid: ")


def _report(verdict: str, source: object) -> markcode.Report:
    return markcode.Report(input=str(source), verdict="invalid", findings=())


def test_an_arm_without_what_the_check_covers_is_refused(tmp_path: Path) -> None:
    parts = (event("{number} {mark?}"), NUMBER, text_field("mark", "0-9", "1"))
    top = head('check_over = ["mark"]\ncovers = ["mark"]')
    checked = opened(tmp_path, top, *parts, check="iso7064-mod37-36")
    assert list(trial(checked, 10)) == []
    with pytest.raises(InvalidMark) as caught:
        checked.encode(Firearm(), Event("import", number="0012"))
    assert [(f.code, f.element) for f in caught.value.findings] == [("element.missing", "mark")]


def test_a_format_of_another_script_reads_back(tmp_path: Path) -> None:
    fmt = opened(tmp_path, head(), event("{mark} {number}"), NUMBER, text_field("mark", "А-Я"))
    assert list(trial(fmt, 20)) == []
