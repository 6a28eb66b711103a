"""Formats of one's own in which a proof for whole columns could claim too much: it must not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from markcode import Format, get_format
from markcode.columns import arms, marks

HEAD = 'name = "own"\ntitle = { en = "x" }\nsummary = "x"\nsource = "x"\n'

Own = Callable[..., Format]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    def made(text: str, **profile: Any) -> Format:
        path = tmp_path / "own.toml"
        path.write_text(HEAD + text, encoding="utf-8")
        return get_format(str(path), **profile)

    return made


def text_field(name: str, length: str, alphabet: str = "0-9A-Z") -> str:
    return f'[field.{name}]\ntype = "text"\nalphabet = "{alphabet}"\nlength = "{length}"\n'


def choice(name: str, *values: str) -> str:
    return f'[field.{name}]\ntype = "choice"\nvalues = {list(values)}\n'


def encode(fmt: Format, columns: Mapping[str, Sequence[str | None]]) -> None:
    """Encode a column, and compare it with what is made row by row."""
    rows = list(range(len(next(iter(columns.values())))))
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    single = arms._scalar_frame(fmt, fmt.rule(), rows, columns, {}, False)
    assert fmt.encode_column(frame).rows() == single.rows()


def verify(fmt: Format, texts: Sequence[str]) -> None:
    """Verify a column, and compare it with what is told of each text."""
    told = [marks._told(fmt.rule(), fmt.verify(text)) for text in texts]
    assert fmt.verify_column(texts).rows() == told


def test_where_no_separator_is_needed_few_pieces_may_be_many_elements(own: Own) -> None:
    fmt = own(
        'separator = [" ", ""]\n[event.manufacture]\nlines = ["{model} {type?} {serial}"]\n'
        + text_field("model", "2")
        + text_field("type", "1")
        + text_field("serial", "1-8")
    )
    encode(fmt, {"model": ["AB"] * 3, "type": [None] * 3, "serial": ["C", "CD", "CDE"]})
    verify(fmt, ["AB C", "AB CD", "AB CDE", "AB C DE"])


def test_a_word_in_any_case_may_be_an_element_in_small_letters(own: Own) -> None:
    fmt = own(
        '[event.manufacture]\nlines = ["{model?} CA {type?}"]\n'
        '[literal.CA]\nspellings = ["CANADA"]\nignore_case = true\n'
        + text_field("model", "1-6")
        + text_field("type", "1-6", "a-z")
    )
    encode(fmt, {"model": [None] * 3, "type": ["b", "ca", "cab"]})
    verify(fmt, ["CA b", "CA ca", "CA cab"])


def test_a_serial_beside_the_mark_has_its_check_judged(own: Own) -> None:
    fmt = own(
        '[event.manufacture]\nlines = ["{model}"]\nunstruck = ["serial"]\n'
        + text_field("model", "1-6")
        + text_field("serial", "2-8"),
        check="iso7064-mod37-36",
        check_over="serial",
    )
    assert fmt.check is not None
    encode(fmt, {"model": ["A1", "B2"], "serial": [fmt.check.append("12"), "9999"]})


def test_a_check_may_be_the_symbol_that_is_forbidden(own: Own) -> None:
    fmt = own(
        'check_over = ["mark"]\n[event.manufacture]\nlines = ["{serial}"]\nforbids = ["STAR"]\n'
        + text_field("serial", "1-8", "0-9"),
        check="iso7064-mod37-2",
        check_over="mark",
    )
    assert fmt.check is not None and fmt.check.compute("63365") == "*"
    encode(fmt, {"serial": ["13", "63365"]})


def test_a_check_that_is_a_blank_is_lost_from_a_record(own: Own) -> None:
    fmt = own(
        'separator = ["-"]\ncheck_over = ["mark"]\n'
        '[event.manufacture]\nlines = ["{serial}"]\nreadable = false\n'
        + text_field("serial", "1-8"),
        check="code39-mod43",
        check_over="mark",
    )
    assert fmt.check is not None and fmt.check.compute("799832") == " "
    encode(fmt, {"serial": ["1", "799832"]})


def test_a_check_may_cover_nothing_that_is_there(own: Own) -> None:
    fmt = own(
        'check_over = ["mark"]\ncovers = ["type"]\n'
        '[event.manufacture]\nlines = ["{model} {type?}"]\n'
        + text_field("model", "1-6")
        + text_field("type", "3-6", "0-9"),
        check="iso7064-mod37-36",
        check_over="mark",
    )
    encode(fmt, {"model": ["A", "B"], "type": [None, "123"]})
    verify(fmt, ["A K", "A 123 K", "B 1"])


def test_a_code_of_another_element_proves_nothing_about_the_rest(own: Own) -> None:
    fmt = own(
        '[event.manufacture]\nlines = ["{v?} {z?} {s} {x?} {y?}"]\n'
        + text_field("v", "2", "0Q")
        + 'must = "0"\n'
        + choice("z", "QQ")
        + text_field("s", "2-4", "A-Z")
        + choice("x", "11", "22")
        + choice("y", "EF")
    )
    verify(fmt, ["AB EF", "QQ EF", "Q0 EF", "AB 11", "QQ 11"])


@pytest.mark.parametrize("evidence", ["P", "U"])
def test_what_breaks_an_unconfirmed_rule_proves_nothing_about_the_rest(
    own: Own, evidence: str
) -> None:
    fmt = own(
        '[event.manufacture]\nlines = ["{type}{serial}"]\n'
        + choice("type", "AA", "BB")
        + f'evidence = "{evidence}"\n'
        + text_field("serial", "1-8")
    )
    encode(fmt, {"type": ["X"] * 4, "serial": ["1", "12", "AA1", "AA"]})
    verify(fmt, ["X1", "X12", "XAA1", "XAA", "AAX"])


def test_what_stands_before_takes_the_characters_of_an_optional_element(own: Own) -> None:
    fmt = own(
        '[event.manufacture]\nlines = ["{model}{type?} {serial}"]\n'
        + text_field("model", "1-3", "AB")
        + text_field("type", "1", "AB0-9")
        + text_field("serial", "1-8")
    )
    encode(fmt, {"model": ["A", "AA"], "type": ["1", "B"], "serial": ["1", "12"]})
    verify(fmt, ["A1 1", "AAB 1", "AABA 1", "AA 1"])


def test_what_stands_beside_a_whole_uii_must_agree_with_it() -> None:
    arm = {"manufacturer": ["1AB2C"] * 2, "model": ["P1"] * 2, "serial": ["S1", "S2"]}
    encode(get_format("iuid"), {**arm, "uii": ["D1AB2CP1S1"] * 2})


@pytest.mark.parametrize("sign", [" ", "-"])
def test_an_absent_element_that_may_hold_a_separator_could_be_all_that_is_there(
    own: Own, sign: str
) -> None:
    fmt = own(
        f'separator = ["{sign}"]\n'
        '[event.manufacture]\nlines = ["{model?} {type?} {serial?}"]\n'
        + text_field("model", "5-9", f"A-Z{sign}")
        + text_field("type", "1-4", "A-Z")
        + text_field("serial", "1-4", "A-Z")
    )
    encode(fmt, {"type": ["A", "AB", "ABC"], "serial": ["B", "CD", "D"]})
    verify(fmt, [sign.join(pieces) for pieces in (("A", "B"), ("AB", "CD"), ("A", "BCD"))])
