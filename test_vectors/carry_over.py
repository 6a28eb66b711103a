"""Carry the known answers of the project's collection of standards over into this folder.

    python test_vectors/carry_over.py SOURCE

SOURCE is a JSON list of {standard, input, expected, valid, source}. Cases are copied, not
computed: what each expects, and where it comes from, stays as SOURCE has it. A case that is already
here keeps its id, a new one takes the next number, and none is dropped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markcode import notation

FOLDER = Path(__file__).parent
FLAGS = {
    "ElementOrder": "The elements stand in another order than the identifier needs. A program that "
    "joins them as they come derives a wrong identifier.",
    "EmptyPayload": "A check pair over no characters at all. A program that refuses every empty "
    "payload refuses it wrongly.",
    "ForeignCode": "A well-formed code of another country's register. A program that takes every "
    "NCAGE for a US CAGE accepts it.",
    "IgnoredCharacters": "Spaces and hyphens, which the source ignores: take them off input and "
    "expected before the test. markcode itself never does, so its own answer is a refusal.",
    "Length": "Too long or too short.",
    "LookAlike": "A letter that the code leaves out because it looks like a digit. A program that "
    "tests for letters and digits only accepts it.",
    "NonCanonicalPair": "The congruence of ISO/IEC 7064 holds, so valid is true as in the source, "
    "yet with the other of two such pairs. A strict program computes the pair and compares: it "
    "answers not valid, and names the pair non-canonical.",
    "OutsideAlphabet": "A character outside the alphabet. A program that skips or folds it may "
    "accept the text.",
    "SpecialCheckCharacter": "The check character is X or *, which no payload can hold. A program "
    "with one alphabet for both refuses it.",
    "UnknownQualifier": "A data qualifier that its format does not have. A program that skips it "
    "derives an identifier from half of the data.",
    "WrongCheckCharacter": "The check does not belong to the payload.",
}
# The reasons that SOURCE gives in words, and the flag of each.
REASONS = {
    "incorrect check digit": "WrongCheckCharacter",
    "incorrect check pair": "WrongCheckCharacter",
    "non digit character": "OutsideAlphabet",
    "invalid cset82 character": "OutsideAlphabet",
    "space in data qualifier or value": "OutsideAlphabet",
    "too short for check pair": "Length",
    "too short": "Length",
    "too long": "Length",
    "letter I": "LookAlike",
    "first character not a digit, letter O": "LookAlike",
    "first character not a digit (NCAGE form A***#, Italy)": "ForeignCode",
    "invalid AI": "UnknownQualifier",
    "invalid DI": "UnknownQualifier",
    "invalid TEI": "UnknownQualifier",
}
OPERATIONS = {"from-message": "derive", "from-fields": "derive"}
SPECIAL = {"ISO7064-MOD11-2": "X", "ISO7064-MOD37-2": "*"}
STRIPPED = ("ISO7064-", "Luhn:", "Damm:", "Verhoeff:", "GS1-mod10:generate")


@dataclass(frozen=True)
class Target:
    """One file of this folder, and the subjects of SOURCE that it takes."""

    file: str
    standard: str
    edition: str
    subjects: dict[str, str]
    """Name in SOURCE, without the operation, to the subject here."""
    note: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def _check(source_name: str, name: str, standard: str, edition: str) -> Target:
    return Target(
        f"check-{name}.json", standard, edition, {source_name: name}, extra={"subject": name}
    )


def _iso7064(designation: str) -> Target:
    name = "iso7064-mod" + designation.replace(",", "-")
    return _check(f"ISO7064-MOD{designation}", name, f"ISO/IEC 7064 MOD {designation}", "2003")


TARGETS = (
    *map(_iso7064, ("11-2", "37-2", "97-10", "661-26", "1271-36", "11,10", "27,26", "37,36")),
    _check("Luhn", "luhn", "ISO/IEC 7812-1 (Luhn)", "Annex B"),
    _check("Damm", "damm", "Damm, with the quasigroup whose first row is 0317598642", "2004"),
    _check("Verhoeff", "verhoeff", "Verhoeff, Mathematical Centre Tracts 29", "1969"),
    _check("GS1-mod10", "gs1-mod10", "GS1 General Specifications", "7.9.1"),
    _check("GS1-check-character-pair", "gs1-pair", "GS1 General Specifications", "7.9.5"),
    _check(
        "Code39-mod43", "code39-mod43", "ISO/IEC 16388 (Code 39) and HIBC", "2007; HIBC/PAS 1.3"
    ),
    Target(
        "iuid-uii.json",
        "MIL-STD-130N",
        "Change 1, 16 November 2012; Table IV and Table A-II",
        {"IUID-UII": "iuid-uii", "US-CAGE": "us-cage"},
        note="derive gives the unique item identifier of a whole ISO/IEC 15434 message, or of its "
        "fields; validate of us-cage tests a CAGE code in the form that the United States assign.",
    ),
)


def _flags(case: dict[str, Any]) -> Iterator[str]:
    """Yield what is special about a case of SOURCE."""
    standard, text = case["standard"], case["input"]
    if not isinstance(text, str):
        return
    ignores = standard.startswith(STRIPPED)
    punctuated = " " in text or "-" in text
    if ignores and punctuated:
        yield "IgnoredCharacters"
    if "two check pairs" in case["source"]:
        yield "NonCanonicalPair"
    if not case["valid"]:
        unsaid = "OutsideAlphabet" if punctuated and not ignores else "WrongCheckCharacter"
        yield REASONS[case["expected"]] if case["expected"] else unsaid
        return
    whole = case["expected"] or text
    if standard.partition(":")[0] == "GS1-check-character-pair" and len(whole) == 2:
        yield "EmptyPayload"
    if whole[-1] == SPECIAL.get(standard.partition(":")[0]):
        yield "SpecialCheckCharacter"
    if -1 < text.find("\x1dS") < text.find("\x1d1P"):
        yield "ElementOrder"


def _carried(case: dict[str, Any], operation: str) -> dict[str, Any]:
    text = case["input"]
    return {
        "operation": operation,
        "input": notation.escape(text) if isinstance(text, str) else text,
        "expected": notation.escape(case["expected"])
        if case["valid"] and case["expected"]
        else None,
        "valid": case["valid"],
        "findings": [],
        "flags": list(_flags(case)),
        "source": case["source"],
        **({"comment": case["expected"]} if not case["valid"] and case["expected"] else {}),
    }


def _key(case: dict[str, Any], default: str | None) -> tuple[str, str, str]:
    subject = case.get("subject", default)
    return str(subject), case["operation"], json.dumps(case["input"], sort_keys=True)


def _next_id(stem: str, taken: Iterable[str]) -> str:
    numbers = [int(name.rpartition("-")[2]) for name in taken if name.startswith(stem + "-")]
    return f"{stem}-{max(numbers, default=0) + 1:03d}"


def _merge(target: Target, source: Sequence[dict[str, Any]]) -> dict[str, Any]:
    path = FOLDER / target.file
    old = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.exists() else []
    default = target.extra.get("subject")
    cases = {_key(case, default): case for case in old}
    for raw in source:
        name, _, word = raw["standard"].partition(":")
        if name not in target.subjects:
            continue
        subject, operation = target.subjects[name], OPERATIONS.get(word, word)
        case = _carried(raw, operation)
        if default is None:
            case = {"operation": operation, "subject": subject, **case}
        key = _key(case, default)
        known = cases.get(key)
        taken = [other["id"] for other in cases.values()]
        case_id = known["id"] if known else _next_id(f"{subject}-{operation}", taken)
        cases[key] = {"id": case_id, **case}
    used = {flag for case in cases.values() for flag in case["flags"]}
    return {
        "schema": "schema.json",
        "standard": target.standard,
        "edition": target.edition,
        **({"note": target.note} if target.note else {}),
        **target.extra,
        "flags": {flag: text for flag, text in FLAGS.items() if flag in used},
        "cases": list(cases.values()),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every target file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", metavar="SOURCE", type=Path)
    source = json.loads(parser.parse_args(arguments).source.read_text(encoding="utf-8"))
    for target in TARGETS:
        text = json.dumps(_merge(target, source), indent=2, ensure_ascii=False) + "\n"
        (FOLDER / target.file).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
