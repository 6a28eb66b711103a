"""Run every known answer of this folder against a program, whatever its language.

    python test_vectors/run.py --command "markcode vectors"

The command is started once. It reads one JSON case a line from its standard input and writes one
JSON answer a line, in the same order (README.md beside this file). Exit status: 0 no case differs,
1 one does or the command failed, 2 wrong use. Needs the standard library of Python 3.11 only.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FOLDER = Path(__file__).parent
SHARED = ("subject", "profile", "event")
"""What a file may say for all of its cases."""
SENT = ("id", "operation", *SHARED, "as_of", "accept_provisional", "input")
"""What a command is told; never what is expected of it."""
NEEDED = ("id", "operation", "input", "expected", "valid", "findings", "flags")
"""What a case cannot lack here; schema.json says more."""
IGNORED = str.maketrans("", "", " -")


@dataclass(frozen=True)
class Case:
    """One known answer, with what its file says for all of its cases."""

    file: str
    data: dict[str, Any]

    @property
    def ignores(self) -> bool:
        """Whether the source of the case ignores spaces and hyphens."""
        return "IgnoredCharacters" in self.data["flags"]

    @property
    def expected(self) -> Any:
        """What the command should make."""
        expected = self.data["expected"]
        stripped = self.ignores and isinstance(expected, str)
        return expected.translate(IGNORED) if stripped else expected

    def line(self) -> str:
        """Return what is sent."""
        sent = {key: self.data[key] for key in SENT if self.data.get(key) is not None}
        sent["input"] = self.data["input"]
        if self.ignores:
            sent["input"] = self.data["input"].translate(IGNORED)
        return json.dumps(sent) + "\n"


@dataclass
class Count:
    """How the cases of one file went."""

    agreed: int = 0
    differing: int = 0
    unsupported: int = 0


@dataclass
class Result:
    """How a run went."""

    files: dict[str, Count] = field(default_factory=dict)
    differing: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> Count:
        """The counts of all files together."""
        counts = self.files.values()
        return Count(
            sum(count.agreed for count in counts),
            sum(count.differing for count in counts),
            sum(count.unsupported for count in counts),
        )

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.differing or self.faults else 0

    def add(self, case: Case, answer: Any) -> None:
        """Count one answer: None where there was none, a text where it was no JSON object."""
        count = self.files.setdefault(case.file, Count())
        if isinstance(answer, dict) and answer.get("unsupported") is True:
            count.unsupported += 1
        elif isinstance(answer, dict) and agrees(case, answer):
            count.agreed += 1
        else:
            count.differing += 1
            told = {"id": case.data["id"], "file": case.file, "expected": wanted(case)}
            self.differing.append({**told, "got": answer})


def wanted(case: Case) -> dict[str, Any]:
    """Return what an answer has to hold."""
    data = case.data
    return {"output": case.expected, "valid": data["valid"], "findings": data["findings"]}


def agrees(case: Case, answer: dict[str, Any]) -> bool:
    """Return whether an answer is the known one, by the rules of README.md."""
    operation, valid, output = case.data["operation"], case.data["valid"], answer.get("output")
    if answer.get("valid") is not valid:
        # A strict program may refuse the other of two pairs that fulfil a congruence.
        strict = "NonCanonicalPair" in case.data["flags"] and answer.get("valid") is False
        return strict and "check.noncanonical" in [f.get("code") for f in findings(answer)]
    if operation == "verify":
        return has_verdict(case, output) and has_spans(case, answer)
    if operation == "parse" and not valid:
        return has_spans(case, answer)
    if operation == "encode" and not has_codes(case, answer):
        return False
    return operation == "validate" or not valid or bool(output == case.expected)


def has_verdict(case: Case, output: Any) -> bool:
    """Return whether the verdict is the known one, and the data that the case names."""
    if not isinstance(output, dict) or output.get("verdict") != case.expected["verdict"]:
        return False
    data = output.get("data") or {}
    known = case.expected.get("data", {})
    return isinstance(data, dict) and all(data.get(key) == known[key] for key in known)


def findings(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of an answer, as far as they are objects."""
    found = answer.get("findings")
    return [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []


def compared(case: Case, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings that count: errors, warnings, and notes that the case lists."""
    listed = [known["code"] for known in case.data["findings"]]
    return [f for f in findings(answer) if f.get("severity") != "info" or f.get("code") in listed]


def has_codes(case: Case, answer: dict[str, Any]) -> bool:
    """Compare the set of codes, and elements where the case names them."""
    found, known = compared(case, answer), case.data["findings"]
    codes = [k["code"] for k in known]
    return all(f.get("code") in codes for f in found) and all(
        any(all(f.get(key) == k[key] for key in k if key != "span") for f in found) for k in known
    )


def has_spans(case: Case, answer: dict[str, Any]) -> bool:
    """Compare codes with their spans one by one, and elements where the case names them."""
    left = compared(case, answer)
    # The most exact first, so that a finding without an element takes no other's place.
    for known in sorted(case.data["findings"], key=lambda k: "element" not in k):
        same = [f for f in left if all(f.get(key) == known[key] for key in known)]
        if not same:
            return False
        left.remove(same[0])
    return not left


def read_cases(paths: Sequence[Path]) -> list[Case]:
    """Return the cases of some files. Raises `ValueError` for a file that holds none."""
    cases = []
    for path in paths:
        try:
            parsed = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as fault:
            raise ValueError(f"{path} is no JSON: {fault}") from None
        listed = parsed.get("cases") if isinstance(parsed, dict) else None
        if not isinstance(listed, list):
            raise ValueError(f"{path} holds no cases: it needs a list under the key cases")
        for number, case in enumerate(listed, 1):
            lacking = [key for key in NEEDED if not isinstance(case, dict) or key not in case]
            if lacking:
                raise ValueError(f"{path}: case {number} lacks {', '.join(lacking)}")
        shared = {key: parsed[key] for key in SHARED if key in parsed}
        cases += [Case(path.name, {**shared, **case}) for case in listed]
    return cases


def chosen(names: Sequence[str]) -> list[Path]:
    """Return the files of these names or paths; all files of this folder if there are none."""
    if not names:
        return sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")
    return [FOLDER / name if (FOLDER / name).is_file() else Path(name) for name in names]


def run(command: str, cases: Sequence[Case]) -> Result:
    """Send every case to the command and judge its answers.

    Raises `OSError` or `ValueError` for a command that cannot be started.
    """
    # Windows has its own rules of quoting, which the system itself applies to a text.
    arguments = command if os.name == "nt" else shlex.split(command)
    if not arguments:
        raise ValueError("--command is empty: give the program that answers")
    result = Result()
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        # Written beside the reading: a pipe that is full on both sides would never move again.
        writer = threading.Thread(target=send, args=(process.stdin, cases), daemon=True)
        writer.start()
        answers = iter(process.stdout)
        for case, line in zip(cases, padded(answers, len(cases)), strict=True):
            result.add(case, read_answer(line))
            if line is None and not result.faults:
                result.faults.append(
                    f"the command ended before it answered {case.data['id']}: this case and all "
                    "after it count as differing"
                )
        surplus = sum(1 for _ in answers)
        writer.join()
    if surplus:
        result.faults.append(f"the command wrote {surplus} lines more than there are cases")
    if process.returncode:
        result.faults.append(f"the command ended with exit status {process.returncode}")
    return result


def send(stream: IO[str], cases: Sequence[Case]) -> None:
    """Write every case and close the stream, unless the command has gone before."""
    try:
        with stream:
            for case in cases:
                stream.write(case.line())
    except OSError:
        # The reading side notices it, and says at which case.
        return


def padded(lines: Iterator[str], count: int) -> Iterator[str | None]:
    """Yield ``count`` lines, None for each that is lacking."""
    for _ in range(count):
        yield next(lines, None)


def read_answer(line: str | None) -> Any:
    """Return an answer as parsed JSON; the line itself where it is none."""
    if line is None:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line.rstrip("\r\n")


def report(result: Result) -> str:
    """Return the counts by file and the cases that differ, for people."""
    width = max(len(name) for name in [*result.files, "total"])
    rows = [f"{'':{width}}  agreed  differing  unsupported"]
    for name, count in [*result.files.items(), ("total", result.total)]:
        numbers = f"{count.agreed:>6}  {count.differing:>9}  {count.unsupported:>11}"
        rows.append(f"{name:{width}}  {numbers}")
    # Cases without any answer are told by one line on standard error, not one by one.
    for case in (case for case in result.differing if case["got"] is not None):
        rows += [f"\n{case['id']} ({case['file']})"]
        rows += [f"  {key + ':':9} {json.dumps(case[key])}" for key in ("expected", "got")]
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--command", required=True, help="program that answers, with arguments")
    parser.add_argument("--files", nargs="+", default=[], help="files of cases; all if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        cases = read_cases(chosen(options.files))
        result = run(options.command, cases)
    except (OSError, ValueError) as fault:
        parser.error(str(fault))
    if options.json:
        files = {name: vars(count) for name, count in result.files.items()}
        counts = {"files": files, "total": vars(result.total)}
        print(json.dumps({**counts, "differing": result.differing, "faults": result.faults}))
    else:
        print(report(result))
    for told in result.faults:
        print(f"run.py: {told}", file=sys.stderr)
    return result.status


if __name__ == "__main__":
    sys.exit(main())
