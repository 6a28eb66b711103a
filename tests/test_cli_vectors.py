"""`markcode vectors`: one answer for every line, in order, whatever the line is.

Answers: Luhn 7992739871 -> 3 (the usual example); ISBN 978-1-59327-950-9 and the messages, codes
and marks of test_vectors/, with the sources that they name there.
"""

from __future__ import annotations

import json
import threading
from typing import Any, ClassVar

import pytest

from cli_runner import Ran, process, run

UNSUPPORTED = {"unsupported": True}


def ask(*lines: Any) -> tuple[list[Any], Ran]:
    """Send cases, or lines as they are, and return the parsed answers."""
    typed = "".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines)
    ran = run("vectors", stdin=typed)
    return [json.loads(line) for line in ran.out.splitlines()], ran


def one(case: dict[str, Any]) -> Any:
    (answer,), ran = ask(case)
    assert (ran.status, ran.err) == (0, "")
    return answer


class TestPublishedForm:
    @pytest.mark.parametrize(
        ("standard", "given", "output"),
        [
            ("Luhn:generate", "7992739871", "79927398713"),
            ("ISO7064-MOD11-2:generate", "079", "079X"),
            ("ISO7064-MOD1271-36:generate", "ISO 79", "ISO 793W"),
            ("GS1-mod10:generate", "978-159327950", "978-1593279509"),
            ("Code39-mod43:generate", "+BLUEUNICORN7", "+BLUEUNICORN7N"),
            ("NCAGE-pattern:by-country", "DEU", ["C***#", "D***#"]),
            ("GS1-bracketed-to-element-string", "(10)12345(11)991225", "^1012345^11991225"),
            (
                "GS1-digital-link:parse",
                "https://a/01/12312312312333?99=ABC&98=XYZ",
                "^011231231231233399ABC^98XYZ",
            ),
            (
                "GS1-digital-link:generate",
                {"stem": "https://example.com/", "ai": "(21)abc123(01)12312312312326"},
                "https://example.com/01/12312312312326/21/abc123",
            ),
            (
                "GS1-scan-data:generate",
                {"symbology": "QR Code", "data": "^10ABC123^99TESTING"},
                "]Q310ABC123\x1d99TESTING",
            ),
            (
                "IUID-UII:from-message",
                "[)>\x1e06\x1d18S0CVA5674A36458\x1e\x04",
                "D0CVA5674A36458",
            ),
            (
                "IUID-UII:from-fields",
                {"construct": 2, "iac": "D", "eid": "1HLD9", "part": "W-9", "serial": "000001"},
                "D1HLD9W-9000001",
            ),
        ],
    )
    def test_what_is_made(self, standard: str, given: Any, output: Any) -> None:
        answer = one({"standard": standard, "input": given})
        assert (answer["valid"], answer["output"]) == (True, output)

    @pytest.mark.parametrize(
        ("standard", "given", "valid"),
        [
            ("Luhn:validate", "7992-7398 713", True),
            ("Luhn:validate", "79927398710", False),
            ("Verhoeff:validate", "2363", True),
            ("Damm:validate", "5724", True),
            ("Damm:validate", "57 24", True),
            ("ISO7064-MOD37,36:validate", "A12425GABC1234002M", True),
            ("GS1-mod10:validate", "978-1593279509", False),
            ("US-CAGE:validate", "OCVA5", False),
            ("GS1-AI-association:validate", "(01)12345678901231(37)123", False),
            ("GS1-CSET39:validate", "\u00b6", False),
            ("GS1-CPID-serial:validate", "", True),
            ("GS1-date-YYMMDD-or-DD00:validate", "201131", False),
            ("ISO3166-1-numeric:validate", "170", True),
            ("ISO3166-1-numeric:validate", "999", False),
            ("ISO3166-1-numeric:validate", "CO", False),
            ("ISO3166-1-alpha2:validate", "CO", True),
            ("ISO3166-1-alpha2:validate", "SU", False),
            ("ISO3166-1-alpha2:validate", "UK", False),
        ],
    )
    def test_validate_makes_nothing(self, standard: str, given: str, valid: bool) -> None:
        answer = one({"standard": standard, "input": given})
        assert (answer["valid"], answer["output"]) == (valid, None)

    def test_what_is_invalid_makes_nothing(self) -> None:
        assert one({"standard": "Luhn:generate", "input": "79A"}) == {
            "output": None,
            "valid": False,
            "findings": [],
        }

    def test_the_other_of_two_pairs_is_valid_and_told(self) -> None:
        answer = one({"standard": "ISO7064-MOD1271-36:validate", "input": "ZBZC"})
        assert answer["valid"] is True
        assert [finding["code"] for finding in answer["findings"]] == ["check.noncanonical"]

    @pytest.mark.parametrize(
        "standard",
        [
            *("IBAN:validate", "LuhnModN:validate", "Crockford32:encode", "Bech32-BIP173:validate"),
            *("ISO7064-MOD97-10-range02to98:generate", "Luhn", "Luhn:decode", "luhn:generate", ""),
        ],
    )
    def test_what_we_do_not_have_is_unsupported(self, standard: str) -> None:
        assert one({"standard": standard, "input": "5"}) == UNSUPPORTED

    def test_a_country_that_the_list_does_not_have_is_unsupported_not_invalid(self) -> None:
        assert one({"standard": "NCAGE-pattern:by-country", "input": "KEN"}) == UNSUPPORTED

    def test_an_agency_code_that_is_none_makes_no_identifier(self) -> None:
        fields = {"construct": 2, "iac": "ZZ", "eid": "1HLD9", "part": "A", "serial": "1"}
        assert one({"standard": "IUID-UII:from-fields", "input": fields})["valid"] is False


class TestOurForm:
    MESSAGE = "[)>{RS}06{GS}17V0CVA5{GS}1P1234{GS}S674A36458{RS}{EOT}"
    IUID: ClassVar = {"format": "iuid"}

    def test_text_is_in_the_notation_both_ways(self) -> None:
        arm = {"manufacturer": "0CVA5", "model": "1234", "serial": "674A36458"}
        case = {"operation": "encode", "profile": self.IUID, "input": {"firearm": arm}}
        assert one(case) == {
            "output": {"text": "D0CVA51234674A36458", "payload": self.MESSAGE, "check": None},
            "valid": True,
            "findings": [],
        }

    def test_what_a_scanner_sends_is_in_the_notation(self) -> None:
        given = {"symbology": "Data Matrix", "data": "^10ABC123^99TESTING"}
        case = {"operation": "generate", "subject": "gs1-scan-data", "input": given}
        assert one(case)["output"] == "]d210ABC123{GS}99TESTING"

    def test_verify(self) -> None:
        case = {"operation": "verify", "profile": self.IUID, "input": self.MESSAGE}
        answer = one(case)
        assert answer["valid"] is True
        assert answer["output"]["verdict"] == "valid"
        assert answer["output"]["data"]["uii"] == "D0CVA51234674A36458"

    def test_a_finding_has_no_wording(self) -> None:
        case = {"operation": "verify", "profile": self.IUID, "input": "nonsense, no message"}
        assert one(case)["findings"] == [
            {"code": "format.mismatch", "severity": "error", "element": None, "span": [0, 20]}
        ]

    def test_spaces_are_never_dropped(self) -> None:
        case = {"operation": "generate", "subject": "luhn", "input": "7992 739871"}
        assert one(case)["valid"] is False

    def test_what_the_file_expects_is_not_looked_at(self) -> None:
        case = {"operation": "generate", "subject": "luhn", "input": "7992739871"}
        told = {**case, "expected": "0", "valid": False, "findings": [], "flags": [], "source": "x"}
        assert one(told) == one(case)

    @pytest.mark.parametrize(
        "case",
        [
            {"operation": "generate", "subject": "no-such-system", "input": "1"},
            {"operation": "derive", "subject": "luhn", "input": "1"},
            {"operation": "juggle", "subject": "luhn", "input": "1"},
            {"operation": "verify", "profile": {"format": "no-such-format"}, "input": "1"},
        ],
    )
    def test_what_we_do_not_have_is_unsupported(self, case: dict[str, Any]) -> None:
        assert one(case) == UNSUPPORTED


BAD = [
    "",
    "   ",
    "no json",
    "{",
    '{"standard": "Luhn:validate", "input": "1"',
    "5",
    "null",
    '"text"',
    "[]",
    "{}",
    "[" * 100_000,
    '{"standard": "Luhn:validate"}',
    '{"input": "1"}',
    '{"standard": 5, "input": "1"}',
    '{"standard": "Luhn:validate", "input": 5}',
    '{"standard": "Luhn:validate", "input": null}',
    '{"operation": ["verify"], "input": "1"}',
    '{"operation": "generate", "input": "1"}',
    '{"operation": "generate", "subject": "luhn", "input": ["1"]}',
    '{"operation": "generate", "subject": "luhn", "input": "{NO"}',
    '{"operation": "generate", "subject": "gs1-scan-data", "input": "1"}',
    '{"operation": "generate", "subject": "gs1-scan-data", "input": {"symbology": "QR Code"}}',
    '{"operation": "generate", "subject": "gs1-digital-link", "input": {"ai": 1, "stem": "x"}}',
    '{"operation": "verify", "input": "1"}',
    '{"operation": "verify", "profile": "iuid", "input": "1"}',
    '{"operation": "verify", "profile": {}, "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid"}, "input": {}}',
    '{"operation": "verify", "profile": {"format": "iuid"}, "input": null}',
    '{"operation": "verify", "profile": {"format": "iuid"}, "input": "hex:0"}',
    '{"operation": "verify", "profile": {"format": "iuid"}, "event": "party", "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid"}, "as_of": "today", "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid", "check": "x"}, "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid", "check": ["x"]}, "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid", "options": []}, "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid", "options": {"x": 1}}, "input": "1"}',
    '{"operation": "verify", "profile": {"format": "iuid", "codes": {"x": 1}}, "input": "1"}',
    '{"operation": "verify", "profile": {"format": "./none.toml"}, "input": "1"}',
    '{"operation": "encode", "profile": {"format": "iuid"}, "input": "1"}',
    '{"operation": "encode", "profile": {"format": "iuid"}, "input": {"firearm": {"x": "1"}}}',
    '{"operation": "encode", "profile": {"format": "iuid"}, "input": {"firearm": {"year": "1"}}}',
    '{"operation": "encode", "profile": {"format": "iuid"}, "input": {"firearm": {"extra": 1}}}',
    '{"operation": "encode", "profile": {"format": "iuid"}, "input": {"event": {}}}',
    '{"operation": "encode", "profile": {"format": "iuid"}, "input": {"event": "import"}}',
]


class TestBadLines:
    GOOD: ClassVar = {"standard": "Luhn:generate", "input": "7992739871"}

    @pytest.mark.parametrize("line", BAD, ids=lambda line: line[:70] or "empty")
    def test_a_bad_line_is_answered_and_told_in_one_line(self, line: str) -> None:
        answers, ran = ask(self.GOOD, line, self.GOOD)
        assert answers[1] == UNSUPPORTED
        assert answers[0] == answers[2] == {"output": "79927398713", "valid": True, "findings": []}
        assert ran.status == 0
        assert ran.err.startswith("markcode: line 2: ")
        assert ran.err.count("\n") == 1

    def test_bytes_that_are_no_utf_8(self) -> None:
        ran = run("vectors", stdin=b'{"standard": "Luhn:validate", "input": "\xff"}\n')
        assert (ran.status, json.loads(ran.out)) == (0, UNSUPPORTED)
        assert ran.err.startswith("markcode: line 1: ")

    def test_a_byte_order_mark_a_carriage_return_and_no_last_line_break(self) -> None:
        case = json.dumps(self.GOOD).encode()
        ran = run("vectors", stdin=b"\xef\xbb\xbf" + case + b"\r\n" + case)
        assert ran == (0, run("vectors", stdin=case + b"\n" + case + b"\n").out, "")

    def test_nothing_is_answered_to_nothing(self) -> None:
        assert run("vectors", stdin="") == (0, "", "")

    def test_answers_are_ascii_whatever_the_case_holds(self) -> None:
        """A lone surrogate is no text that UTF-8 can hold."""
        (answer,), ran = ask('{"standard": "Damm:validate", "input": "\\ud800\u0661"}')
        assert answer["valid"] is False
        assert ran.out.isascii()


def test_each_answer_comes_before_the_next_case_is_sent() -> None:
    """A runner may wait for each answer: nothing is held back in a buffer."""
    with process("vectors") as started:
        assert started.stdin is not None and started.stdout is not None
        # A program that holds answers back would hang here: it is then ended.
        guard = threading.Timer(60, started.kill)
        guard.start()
        for number in ("1", "2", "3"):
            started.stdin.write(b'{"standard": "Luhn:generate", "input": "%s"}\n' % number.encode())
            started.stdin.flush()
            assert json.loads(started.stdout.readline())["output"].startswith(number)
        started.stdin.close()
        assert started.wait() == 0
        guard.cancel()
