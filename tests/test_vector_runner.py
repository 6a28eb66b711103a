"""test_vectors/run.py: counts, what it compares, and commands that are wrong, silent or dead.

The commands are small programs written here; what each should be told of follows from how it was
made wrong. The runner is a process of its own, as its users start it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import vectors
from cli_runner import python

RUNNER = vectors.FOLDER / "run.py"
OURS = f'"{Path(sys.executable).as_posix()}" -m markcode_cli.main vectors'

CASES: dict[str, Any] = {
    "schema": "schema.json",
    "standard": "none",
    "edition": "1",
    "subject": "luhn",
    "flags": {},
    "cases": [
        {
            "id": "a-generate",
            "operation": "generate",
            "input": "7992739871",
            "expected": "79927398713",
            "valid": True,
        },
        {
            "id": "b-validate",
            "operation": "validate",
            "input": "79927398710",
            "expected": None,
            "valid": False,
        },
        {
            "id": "c-ignored",
            "operation": "generate",
            "input": "7992 7398-71",
            "expected": "7992 7398-713",
            "valid": True,
            "flags": ["IgnoredCharacters"],
        },
        {
            "id": "d-verify",
            "operation": "verify",
            "profile": {"format": "f", "options": {"x": "y"}},
            "event": "registration",
            "as_of": "2026-03-01",
            "input": "K{LF}E",
            "expected": {"verdict": "suspect", "data": {"uii": "K"}},
            "valid": False,
            "findings": [
                {"code": "element.case", "span": [0, 1], "element": "country"},
                {"code": "separator.spelling", "span": [1, 2]},
            ],
        },
        {
            "id": "e-encode",
            "operation": "encode",
            "profile": {"format": "f"},
            "input": {"firearm": {"serial": "1"}, "event": None},
            "expected": None,
            "valid": False,
            "findings": [{"code": "element.missing", "span": None, "element": "country"}],
        },
        {
            "id": "f-parse",
            "operation": "parse",
            "profile": {"format": "f"},
            "input": "KE 7",
            "expected": {"firearm": {"serial": "7"}, "event": {"kind": "import"}, "check": None},
            "valid": True,
        },
        {
            "id": "g-note",
            "operation": "verify",
            "profile": {"format": "f"},
            "input": "KE 7",
            "expected": {"verdict": "valid"},
            "valid": True,
            "findings": [{"code": "listed.note", "span": [0, 4]}],
        },
    ],
}
for _case in CASES["cases"]:
    _case.setdefault("findings", [])
    _case.setdefault("flags", [])
    _case["source"] = "none"

# What a right program answers to each of them.
RIGHT: dict[str, Any] = {
    "a-generate": {"output": "79927398713", "valid": True, "findings": []},
    "b-validate": {"output": None, "valid": False, "findings": [{"code": "own.word"}]},
    "c-ignored": {"output": "79927398713", "valid": True, "findings": []},
    "d-verify": {
        "output": {"verdict": "suspect", "data": {"uii": "K", "more": 1}},
        "valid": False,
        "findings": [
            {"code": "separator.spelling", "severity": "warning", "element": None, "span": [1, 2]},
            {"code": "element.case", "severity": "error", "element": "country", "span": [0, 1]},
            {"code": "some.note", "severity": "info", "element": None, "span": [0, 3]},
        ],
    },
    "e-encode": {
        "output": None,
        "valid": False,
        "findings": [{"code": "element.missing", "element": "country", "span": None}],
    },
    "f-parse": {
        "output": {"firearm": {"serial": "7"}, "event": {"kind": "import"}, "check": None},
        "valid": True,
        "findings": [],
    },
    "g-note": {
        "output": {"verdict": "valid"},
        "valid": True,
        "findings": [
            {"code": "listed.note", "severity": "info", "element": None, "span": [0, 4]},
            {"code": "other.note", "severity": "info", "element": None, "span": [0, 4]},
        ],
    },
}


class Ended(NamedTuple):
    status: int
    out: str
    err: str


def run(*args: str | Path) -> Ended:
    with python(str(RUNNER), *map(str, args)) as process:
        out, err = process.communicate(timeout=120)
    return Ended(process.returncode, *(s.decode().replace("\r\n", "\n") for s in (out, err)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The cases above, in a file."""
    path = tmp_path / "some cases.json"
    path.write_text(json.dumps(CASES), encoding="utf-8", newline="\n")
    return path


def command(folder: Path, body: str) -> str:
    """Return the command that runs a program; ``line`` is each case as it is read."""
    path = folder / "a program.py"
    text = f"import json, sys\nfor line in sys.stdin:\n    case = json.loads(line)\n{body}"
    path.write_text(text, encoding="utf-8", newline="\n")
    return f'"{Path(sys.executable).as_posix()}" "{path.as_posix()}"'


def answering(folder: Path, answers: dict[str, Any]) -> str:
    """Return the command of a program that gives these answers by the id of the case."""
    return command(
        folder,
        f"    answers = json.loads({json.dumps(json.dumps(answers))})\n"
        "    print(json.dumps(answers[case['id']]))\n",
    )


def counts(ended: Ended) -> tuple[int, int, int]:
    total = json.loads(ended.out)["total"]
    return total["agreed"], total["differing"], total["unsupported"]


class TestOurOwn:
    def test_no_case_of_the_folder_differs(self) -> None:
        ended = run("--command", OURS, "--json")
        told = json.loads(ended.out)
        assert told["differing"] == []
        assert (ended.status, ended.err) == (0, "")
        cases = {name: len(file["cases"]) for name, file in vectors.files().items()}
        agreed = {name: count["agreed"] for name, count in told["files"].items()}
        assert agreed == cases

    def test_the_counts_by_file_are_printed(self) -> None:
        ended = run("--command", OURS, "--files", "check-luhn.json", "check-damm.json")
        assert ended == (
            0,
            "                 agreed  differing  unsupported\n"
            "check-luhn.json      19          0            0\n"
            "check-damm.json      17          0            0\n"
            "total                36          0            0\n",
            "",
        )


class TestWhatIsSent:
    def test_a_case_with_what_its_file_says_and_nothing_that_is_expected(
        self, tmp_path: Path, file: Path
    ) -> None:
        copy = tmp_path / "sent.jsonl"
        body = (
            f"    with open({str(copy)!r}, 'a', encoding='utf-8') as copy:\n"
            "        copy.write(line)\n"
            "    print('{\"unsupported\": true}')\n"
        )
        run("--command", command(tmp_path, body), "--files", file)
        sent = [json.loads(line) for line in copy.read_text(encoding="utf-8").splitlines()]
        assert sent[0] == {
            "id": "a-generate",
            "operation": "generate",
            "subject": "luhn",
            "input": "7992739871",
        }
        assert sent[2]["input"] == "7992739871"
        assert sent[3] == {
            "id": "d-verify",
            "operation": "verify",
            "subject": "luhn",
            "profile": {"format": "f", "options": {"x": "y"}},
            "event": "registration",
            "as_of": "2026-03-01",
            "input": "K{LF}E",
        }
        assert [case["id"] for case in sent] == [case["id"] for case in CASES["cases"]]


class TestComparing:
    def test_right_answers_agree(self, tmp_path: Path, file: Path) -> None:
        ended = run("--command", answering(tmp_path, RIGHT), "--files", file, "--json")
        assert (ended.status, counts(ended), ended.err) == (0, (7, 0, 0), "")

    @pytest.mark.parametrize(
        ("case", "change"),
        [
            ("a-generate", {"output": "79927398714"}),
            ("a-generate", {"valid": False}),
            ("a-generate", {"valid": 1}),
            ("a-generate", {"output": None}),
            ("b-validate", {"valid": True}),
            ("b-validate", {"valid": None}),
            ("c-ignored", {"output": "7992 7398-713"}),
            ("d-verify", {"valid": True}),
            ("d-verify", {"output": {"verdict": "invalid", "data": {"uii": "K"}}}),
            ("d-verify", {"output": {"verdict": "suspect", "data": {"uii": "L"}}}),
            ("d-verify", {"output": {"verdict": "suspect"}}),
            ("d-verify", {"output": "suspect"}),
            ("d-verify", {"findings": []}),
            ("d-verify", {"findings": "many"}),
            ("d-verify", {"findings": [{"code": ["element.case"]}, None, 5]}),
            ("d-verify", {"findings": [RIGHT["d-verify"]["findings"][0]]}),
            ("d-verify", {"findings": [*RIGHT["d-verify"]["findings"], {"code": "more"}]}),
            (
                "d-verify",
                {"findings": [{"code": "element.case", "span": [0, 1]}] * 2},
            ),
            (
                "d-verify",
                {
                    "findings": [
                        {"code": "separator.spelling", "span": [1, 3]},
                        {"code": "element.case", "span": [0, 1], "element": "country"},
                    ]
                },
            ),
            (
                "d-verify",
                {
                    "findings": [
                        {"code": "separator.spelling", "span": [1, 2]},
                        {"code": "element.case", "span": [0, 1], "element": "serial"},
                    ]
                },
            ),
            ("e-encode", {"valid": True, "output": {"text": "1"}}),
            ("e-encode", {"findings": []}),
            ("e-encode", {"findings": [*RIGHT["e-encode"]["findings"], {"code": ["more"]}]}),
            ("e-encode", {"findings": [{"code": "element.missing", "element": "serial"}]}),
            ("f-parse", {"output": {"firearm": {"serial": "07"}}}),
            ("g-note", {"findings": []}),
        ],
    )
    def test_one_wrong_answer_is_the_one_that_is_told(
        self, tmp_path: Path, file: Path, case: str, change: dict[str, Any]
    ) -> None:
        wrong = {**RIGHT, case: {**RIGHT[case], **change}}
        ended = run("--command", answering(tmp_path, wrong), "--files", file, "--json")
        (told,) = json.loads(ended.out)["differing"]
        assert (ended.status, told["id"], told["got"]) == (1, case, wrong[case])
        assert told["file"] == "some cases.json"

    def test_a_difference_is_printed_with_id_expected_and_got(
        self, tmp_path: Path, file: Path
    ) -> None:
        wrong = {**RIGHT, "a-generate": {"output": "0", "valid": True, "findings": []}}
        ended = run("--command", answering(tmp_path, wrong), "--files", file)
        assert ended.status == 1
        assert ended.out.splitlines() == [
            "                 agreed  differing  unsupported",
            "some cases.json       6          1            0",
            "total                 6          1            0",
            "",
            "a-generate (some cases.json)",
            '  expected: {"output": "79927398713", "valid": true, "findings": []}',
            '  got:      {"output": "0", "valid": true, "findings": []}',
        ]

    def test_a_strict_program_may_refuse_the_other_of_two_pairs_and_name_it(
        self, tmp_path: Path
    ) -> None:
        name = "check-iso7064-mod1271-36.json"
        (alias,) = [
            case["id"]
            for case in vectors.files()[name]["cases"]
            if "NonCanonicalPair" in case["flags"]
        ]
        body = (
            f"    if case['id'] != {alias!r}:\n        print('{{\"unsupported\": true}}')\n"
            "    else:\n        print(json.dumps({'valid': False, 'findings': CODES}))\n"
        )
        named = body.replace("CODES", "[{'code': 'check.noncanonical'}]")
        for program, status in ((named, 0), (body.replace("CODES", "[]"), 1)):
            ended = run("--command", command(tmp_path, program), "--files", name)
            assert ended.status == status


class TestCommands:
    def test_a_deliberately_wrong_program_differs_everywhere_it_matters(
        self, tmp_path: Path
    ) -> None:
        """It calls every text valid: right for the valid ones, wrong for the others."""
        program = command(tmp_path, '    print(\'{"valid": true, "output": null}\')\n')
        ended = run("--command", program, "--files", "iso3166.json", "--json")
        cases = vectors.files()["iso3166.json"]["cases"]
        invalid = {case["id"] for case in cases if not case["valid"]}
        assert {case["id"] for case in json.loads(ended.out)["differing"]} == invalid
        assert (ended.status, counts(ended)) == (1, (len(cases) - len(invalid), len(invalid), 0))

    def test_a_program_that_has_nothing_of_it(self, tmp_path: Path, file: Path) -> None:
        program = command(tmp_path, "    print('{\"unsupported\": true}')\n")
        ended = run("--command", program, "--files", file, "--json")
        assert (ended.status, counts(ended), ended.err) == (0, (0, 0, 7), "")

    @pytest.mark.parametrize("status", [0, 7])
    def test_a_program_that_dies(self, tmp_path: Path, file: Path, status: int) -> None:
        body = (
            f"    if case['id'] == 'c-ignored':\n        sys.exit({status})\n"
            "    print('{\"unsupported\": true}')\n"
        )
        ended = run("--command", command(tmp_path, body), "--files", file)
        assert ended.status == 1
        assert ended.out.splitlines()[1:] == [
            "some cases.json       0          5            2",
            "total                 0          5            2",
        ]
        told = ended.err.splitlines()
        assert told[0].startswith("run.py: the command ended before it answered c-ignored: ")
        assert told[1:] == ([f"run.py: the command ended with exit status {status}"] * bool(status))

    def test_a_program_that_reads_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "deaf.py"
        path.write_text("", encoding="utf-8")
        ended = run("--command", f'"{Path(sys.executable).as_posix()}" "{path.as_posix()}"')
        assert ended.status == 1
        files = sorted(vectors.FOLDER.glob("*.json"))
        first = next(file for file in files if file.name != "schema.json")
        case = json.loads(first.read_text("utf-8"))["cases"][0]["id"]
        assert f"the command ended before it answered {case}:" in ended.err
        assert "Traceback" not in ended.err

    def test_answers_that_are_no_json_differ(self, tmp_path: Path, file: Path) -> None:
        program = command(tmp_path, "    print('yes, valid')\n")
        ended = run("--command", program, "--files", file, "--json")
        assert (ended.status, counts(ended)) == (1, (0, 7, 0))
        assert {case["got"] for case in json.loads(ended.out)["differing"]} == {"yes, valid"}

    def test_more_answers_than_cases(self, tmp_path: Path, file: Path) -> None:
        body = "    print('{\"unsupported\": true}')\nprint('one')\nprint('two')\n"
        ended = run("--command", command(tmp_path, body), "--files", file)
        assert (ended.status, ended.err) == (
            1,
            "run.py: the command wrote 2 lines more than there are cases\n",
        )

    def test_a_program_that_answers_only_at_the_end(self, tmp_path: Path) -> None:
        """Everything is sent without waiting: neither side may stand still."""
        path = tmp_path / "late.py"
        text = "import sys\nfor _ in list(sys.stdin):\n    print('{\"unsupported\": true}')\n"
        path.write_text(text, encoding="utf-8")
        ended = run("--command", f'"{Path(sys.executable).as_posix()}" "{path.as_posix()}"')
        assert ended.status == 0


class TestWrongUse:
    def test_a_program_that_is_not_there(self, tmp_path: Path) -> None:
        ended = run("--command", f'"{(tmp_path / "none").as_posix()}"')
        assert (ended.status, ended.out) == (2, "")
        assert "Traceback" not in ended.err

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"cases": 5}', "no json", '{"cases": [{"id": "a"}]}', "[" * 9999]
    )
    def test_a_file_without_cases(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "bad.json"
        path.write_text(text, encoding="utf-8")
        ended = run("--command", OURS, "--files", path)
        assert (ended.status, ended.out) == (2, "")
        assert "Traceback" not in ended.err

    def test_a_file_that_is_not_there(self) -> None:
        ended = run("--command", OURS, "--files", "none.json")
        assert (ended.status, ended.out) == (2, "")
        assert "none.json" in ended.err

    def test_no_command(self) -> None:
        assert run().status == 2
        assert run("--command", "").status == 2
