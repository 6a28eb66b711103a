"""`markcode check`: exit status and exact output.

Answers: Luhn 7992739871 -> 3 (ISO/IEC 7812-1, the usual example); ISO/IEC 7064: 0794 -> 0 and
079 -> X with MOD 11-2 (clause 7), A12425GABC1234002M under MOD 37-36 (the GRid standard 2.1).
"""

from __future__ import annotations

import json

import pytest

from cli_runner import run


def test_a_text_gets_its_check_character_and_is_judged_as_given() -> None:
    assert run("check", "luhn", "7992739871", "79927398713") == (
        1,
        "79927398713  (7992739871 as given: not valid)\n"
        "799273987138  (79927398713 as given: valid)\n",
        "",
    )


def test_all_valid_is_status_0() -> None:
    status, out, err = run("check", "iso7064-mod37-36", "A12425GABC1234002M")
    assert (status, err) == (0, "")
    assert out.endswith("  (A12425GABC1234002M as given: valid)\n")


def test_compute_only_prints() -> None:
    assert run("check", "luhn", "--compute", "7992739871") == (0, "79927398713\n", "")


def test_a_character_that_is_never_covered_can_end_a_valid_text() -> None:
    """X is a check character of MOD 11-2 and no payload character: 079X is whole."""
    assert run("check", "iso7064-mod11-2", "079X") == (0, "(none)  (079X as given: valid)\n", "")


def test_outside_the_alphabet_is_one_line_with_the_position() -> None:
    assert run("check", "luhn", "12a4") == (
        1,
        "",
        "markcode: luhn: character 3 of '12a4' is 'a', and only 0-9 can be covered: correct the "
        "text, or choose another system\n",
    )


def test_one_bad_text_does_not_hide_the_others() -> None:
    status, out, err = run("check", "luhn", "--compute", "x", "7992739871")
    assert (status, out) == (1, "79927398713\n")
    assert err.startswith("markcode: luhn: character 1 of 'x'")


@pytest.mark.parametrize("text", ["\u0661\u0662", "\uff11", "12\n", "12 ", "{LF}12"])
def test_nothing_is_folded_or_dropped(text: str) -> None:
    status, out, err = run("check", "luhn", text)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1


def test_json_has_every_key() -> None:
    status, out, err = run("check", "iso7064-mod11-2", "0794", "07-9", "--json")
    assert (status, err) == (1, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "system": "iso7064-mod11-2",
            "input": "0794",
            "with_check": "07940",
            "valid": False,
            "noncanonical": False,
            "message": None,
        },
        {
            "system": "iso7064-mod11-2",
            "input": "07-9",
            "with_check": None,
            "valid": False,
            "noncanonical": False,
            "message": "iso7064-mod11-2: character 3 of '07-9' is '-', and only 0-9 can be "
            "covered: correct the text, or choose another system",
        },
    ]


def test_a_noncanonical_pair_is_called_so() -> None:
    """Under MOD 97-10 a check of 02 is congruent with 99, which `compute` never gives."""
    from markcode import checks

    system = checks.get("iso7064-mod97-10")
    body = next(str(n) for n in range(1000) if system.compute(str(n)) == "02")
    status, out, _ = run("check", "iso7064-mod97-10", f"{body}99")
    assert status == 1
    assert out.endswith("as given: not valid, a non-canonical spelling of the check)\n")


def test_an_unknown_system_is_wrong_use() -> None:
    status, out, err = run("check", "lunh", "1")
    assert (status, out) == (2, "")
    assert err.startswith("markcode: 'lunh' is no check-character system: did you mean luhn?")
    assert err.count("\n") == 1


def test_a_misspelt_control_character_is_wrong_use() -> None:
    status, out, err = run("check", "luhn", "12{XX}")
    assert (status, out) == (2, "")
    assert err.startswith("markcode: column 3: '{XX}' is no control character")
