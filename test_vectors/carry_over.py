"""Carry the known answers of the project's collection of standards over into this folder.

    python test_vectors/carry_over.py SOURCE

SOURCE is a JSON list of {standard, input, expected, valid, source}. Cases are copied, not
computed: what each expects, and where it comes from, stays as SOURCE has it. A case that is already
here keeps its id, a new one takes the next number, and none is dropped. What is not carried over
is counted, with the reason, in left-out.md; a standard that is neither ends the run.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markcode.vectors.answers import escaped
from markcode.vectors.published import ignores_punctuation, subject_of

FOLDER = Path(__file__).parent
FLAGS = {
    "ElementOrder": "The elements stand in another order than the identifier needs. A program that "
    "joins them as they come derives a wrong identifier.",
    "EmptyPayload": "A check pair over no characters at all. A program that refuses every empty "
    "payload refuses it wrongly.",
    "EqualRepeats": "An AI that stands more than once: allowed with equal values only. A program "
    "that keeps the last value hides the contradiction.",
    "Exclusion": "AIs that must not stand together. A program that reads them one by one passes "
    "two identities of one thing.",
    "ForeignCode": "A well-formed code of another country's register. A program that takes every "
    "NCAGE for a US CAGE accepts it.",
    "IgnoredCharacters": "Spaces and hyphens, which the source ignores: take them off input and "
    "expected before the test. markcode itself never does, so its own answer is a refusal.",
    "ImpossibleDate": "Six digits that are no day of any year. A program that counts digits only "
    "accepts them.",
    "LeadingZero": "A number that must not begin with a zero. A program that drops it makes "
    "another number.",
    "Length": "Too long or too short.",
    "LookAlike": "A letter that the code leaves out because it looks like a digit. A program that "
    "tests for letters and digits only accepts it.",
    "NoFunction1": "No FNC1 at the beginning, so this is no GS1 data. A program that looks for AIs "
    "only reads any digits as GS1.",
    "NoPrimaryKey": "No AI that can be the key of a GS1 Digital Link. A program that takes any AI, "
    "or a word in place of one, accepts the address.",
    "NonCanonicalPair": "The congruence of ISO/IEC 7064 holds, so valid is true as in the source, "
    "yet with the other of two such pairs. A strict program computes the pair and compares: it "
    "answers not valid, and names the pair non-canonical.",
    "OutsideAlphabet": "A character outside the alphabet. A program that skips or folds it may "
    "accept the text.",
    "Qualifier": "A qualifier that this key does not have, or an AI that must not be an "
    "attribute. A program that writes every AI somewhere makes a wrong address.",
    "Repeated": "One AI twice in one address. A program that keeps the last value hides it.",
    "RequiredCompanion": "AIs that must stand with others. A program that reads them one by one "
    "passes a serial number without the article that it belongs to.",
    "SerialisedKey": "A digital signature (AI 8030) needs a key with its serial part. A program "
    "that looks at the AI only takes a key of the whole series.",
    "SpecialCheckCharacter": "The check character is X or *, which no payload can hold. A program "
    "with one alphabet for both refuses it.",
    "Syntax": "The text is not built as the standard says. A program that searches for known "
    "parts finds some all the same.",
    "Unassigned": "A code that ISO 3166-1 does not assign. A program that tests letters or digits "
    "only accepts it.",
    "UnknownQualifier": "A data qualifier that its format does not have. A program that skips it "
    "derives an identifier from half of the data.",
    "WrongCheckCharacter": "The check does not belong to the payload.",
}
# The reasons that SOURCE gives in words, and the flag of each.
REASONS = {
    "incorrect check digit": "WrongCheckCharacter",
    "incorrect check pair": "WrongCheckCharacter",
    "non digit character": "OutsideAlphabet",
    "invalid cset39 character": "OutsideAlphabet",
    "invalid cset82 character": "OutsideAlphabet",
    "space in data qualifier or value": "OutsideAlphabet",
    "too short for check pair": "Length",
    "too short": "Length",
    "too long": "Length",
    "date too short": "Length",
    "illegal day": "ImpossibleDate",
    "illegal month": "ImpossibleDate",
    "illegal zero prefix": "LeadingZero",
    "letter I": "LookAlike",
    "first character not a digit, letter O": "LookAlike",
    "first character not a digit (NCAGE form A***#, Italy)": "ForeignCode",
    "not iso3166": "Unassigned",
    "not iso3166 alpha2": "Unassigned",
    "invalid AI": "UnknownQualifier",
    "invalid DI": "UnknownQualifier",
    "invalid TEI": "UnknownQualifier",
}
# Where SOURCE names the one rule under test, of valid and invalid cases alike.
RULES = {
    "required AI associations": "RequiredCompanion",
    "mutually exclusive AIs": "Exclusion",
    "repeated AIs must carry equal values": "EqualRepeats",
    "AI 8030 needs a serialised key": "SerialisedKey",
}
# Where SOURCE gives no reason: the flag of a subject's invalid cases, and the exceptions.
UNSAID = {
    "gs1-element-string": "Length",
    "gs1-digital-link": "Syntax",
}
UNSAID_BUT = {
    "991234": "NoFunction1",
    "^800302112345678901ABC": "WrongCheckCharacter",
    "^99~ABC": "OutsideAlphabet",
    "": "Syntax",
    "(": "Syntax",
    "(1": "Syntax",
    "(15": "Syntax",
    "(1A)12345": "Syntax",
    "12345": "Syntax",
    "(12345)12345": "UnknownQualifier",
    "(01)12312312312326(235)ABC(10)DEF": "Qualifier",
    "(01)12312312312326(99)000001(8200)http://example.com(95)INT": "Qualifier",
    "(99)XYZ789": "NoPrimaryKey",
    "http://a": "NoPrimaryKey",
    "http://a/": "NoPrimaryKey",
    "http://a/b/": "NoPrimaryKey",
    "https://00/006141411234567890": "NoPrimaryKey",
    "https://a/gtin/12312312312333": "NoPrimaryKey",
    "https://a/01/02345673": "Length",
    "https://a/01/2112345678900": "Length",
    "https://a/8004/9520614141234567?01=2112345678900": "Length",
    "https://a/01/12312312312333?99=": "Length",
    "https://a/01/12312312312333?99=ABC%00DEF": "OutsideAlphabet",
    "https://a/01/12312312312333/22/ABC%2d123?99=ABC&98=XYZ+987": "OutsideAlphabet",
    "https://a/01/12312312312333?99=ABC&999=faux": "UnknownQualifier",
    "https://example.com/01/09520123456788?99=XYZ&89=ABC123": "UnknownQualifier",
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&10=ABC123": "Repeated",
    "https://id.gs1.org/01/09520123456788/10/ABC123?99=XYZ789&99=XYZ789": "Repeated",
}
SPECIAL = {"iso7064-mod11-2": "X", "iso7064-mod37-2": "*"}
# What of SOURCE is not carried over, by the beginning of the standard's name.
LEFT_OUT = {
    "ISO7064-MOD97-10-range02to98": "the variant of IBAN, not the system of ISO/IEC 7064",
    "Bech32": "no marking standard uses it",
    "IBAN": "bank accounts, not arms",
    "LEI": "companies in finance, not arms",
    "RF-": "payment references, not arms",
    "ISNI": "names of persons; its check is MOD 11-2, which is tested",
    "Crockford32": "no marking standard uses it",
    "EPC-ADI": "radio tags, which markcode does not write",
    "LuhnModN": "has no alphabet of its own; Luhn mod 36 is tested apart",
    "Base45": "not yet: comes with signed marks",
    "COSE": "not yet: comes with signed marks",
    "Ed25519": "not yet: comes with signed marks",
    "VDS": "not yet: comes with signed marks",
}


@dataclass(frozen=True)
class Target:
    """One file of this folder, and the subjects of SOURCE that it takes."""

    file: str
    standard: str
    edition: str
    subjects: tuple[str, ...]
    note: str | None = None

    @property
    def shared(self) -> str | None:
        """The subject of all cases, where there is only one."""
        return self.subjects[0] if len(self.subjects) == 1 else None


def _check(subject: str, standard: str, edition: str) -> Target:
    return Target(f"check-{subject}.json", standard, edition, (subject,))


def _iso7064(designation: str) -> Target:
    name = "iso7064-mod" + designation.replace(",", "-")
    return _check(name, f"ISO/IEC 7064 MOD {designation}", "2003")


_DICTIONARY = "GS1 Barcode Syntax Dictionary"
_FNC1 = "The character ^ stands for FNC1."
TARGETS = (
    *map(_iso7064, ("11-2", "37-2", "97-10", "661-26", "1271-36", "11,10", "27,26", "37,36")),
    _check("luhn", "ISO/IEC 7812-1 (Luhn)", "Annex B"),
    _check("damm", "Damm, with the quasigroup whose first row is 0317598642", "2004"),
    _check("verhoeff", "Verhoeff, Mathematical Centre Tracts 29", "1969"),
    _check("gs1-mod10", "GS1 General Specifications", "7.9.1"),
    _check("gs1-pair", "GS1 General Specifications", "7.9.5"),
    _check("code39-mod43", "ISO/IEC 16388 (Code 39) and HIBC", "2007; HIBC/PAS 1.3"),
    Target(
        "iuid-uii.json",
        "MIL-STD-130N",
        "Change 1, 16 November 2012; Table IV and Table A-II",
        ("iuid-uii", "us-cage"),
        "derive gives the unique item identifier of a whole ISO/IEC 15434 message, or of its "
        "fields; validate of us-cage tests a CAGE code in the form that the United States assign.",
    ),
    Target(
        "ncage.json",
        "NATO AC/135 CodSP-3",
        "country codes table, February 2026",
        ("ncage",),
        "derive gives the forms of the codes of a country, which is named by its alpha-3 code: # "
        "is a digit, * a digit or a letter, any other character itself.",
    ),
    Target(
        "iso3166.json",
        "ISO 3166-1",
        "2020, with later changes",
        ("iso3166-alpha2", "iso3166-numeric"),
        "validate tests whether a code is assigned to a present country.",
    ),
    Target(
        "gs1-components.json",
        _DICTIONARY,
        "linters cset39, cset82, yymmd0, nozeroprefix",
        ("gs1-cset39", "gs1-cset82", "gs1-date", "gs1-cpid-serial"),
        "Character sets, dates (YYMMDD, DD may be 00) and the serial of a component or part (AI "
        "8011), each tested alone.",
    ),
    Target(
        "gs1-element-string.json",
        "GS1 General Specifications",
        "section 3 and 7.8, with the AIs of the GS1 Barcode Syntax Dictionary",
        ("gs1-element-string",),
        "generate writes the element string of a text with brackets; validate tests an element "
        f"string by its AIs one by one, without their associations. {_FNC1}",
    ),
    Target(
        "gs1-association.json",
        _DICTIONARY,
        "associations of AIs",
        ("gs1-association",),
        "valid speaks of the associations alone: of required and exclusive AIs, of repeats, of the "
        "keys that AI 8030 needs. The comment names the one under test.",
    ),
    Target(
        "gs1-digital-link.json",
        "GS1 Digital Link, URI Syntax",
        "1.x",
        ("gs1-digital-link",),
        "generate writes the address of a text with brackets under a stem; derive gives the "
        f"element string of an address. {_FNC1}",
    ),
    Target(
        "gs1-scan-data.json",
        "GS1 General Specifications",
        "symbology identifiers",
        ("gs1-scan-data",),
        f"generate gives what a scanner sends for the data of a symbol. {_FNC1} A first ^ behind a "
        "backslash is a plain character, and one backslash of several goes.",
    ),
    Target(
        "datamatrix.json",
        "ISO/IEC 16022 (Data Matrix ECC 200)",
        "2006; the sizes of ISO/IEC 21471:2020",
        ("datamatrix-codewords", "datamatrix-modules", "datamatrix-correction"),
        "derive gives the text of a symbol, of its codewords (data, then error correction) or of "
        "its modules (rows of 0 and 1, dark 1, with finder, without quiet zone). Where FNC1 leads, "
        "the text of codewords is GS1 and element strings in brackets, that of modules begins with "
        "^. generate gives the codewords of error correction of one block.",
    ),
)


def _flags(case: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is special about a case of SOURCE."""
    standard, text, expected = case["standard"], case["input"], case["expected"]
    subject, _ = subject_of(standard) or ("", "")
    if isinstance(expected, str) and expected in RULES:
        yield RULES[expected]
        return
    if not case["valid"]:
        yield from _reasons(case, subject)
        return
    if not isinstance(text, str):
        return
    if ignores_punctuation(standard) and (" " in text or "-" in text):
        yield "IgnoredCharacters"
    if "two check pairs" in case["source"]:
        yield "NonCanonicalPair"
    whole = expected or text
    if subject == "gs1-pair" and len(whole) == 2:
        yield "EmptyPayload"
    if whole[-1:] == SPECIAL.get(subject):
        yield "SpecialCheckCharacter"
    if -1 < text.find("\x1dS") < text.find("\x1d1P"):
        yield "ElementOrder"


def _reasons(case: Mapping[str, Any], subject: str) -> Iterator[str]:
    """Yield why a case of SOURCE is not valid."""
    text = case["input"]
    if isinstance(text, dict):
        text = text.get("ai", "")
    ignores, punctuated = ignores_punctuation(case["standard"]), " " in text or "-" in text
    if ignores and punctuated:
        yield "IgnoredCharacters"
    if case["expected"]:
        yield REASONS[case["expected"]]
    elif subject in UNSAID:
        yield UNSAID_BUT.get(text, UNSAID[subject])
    else:
        yield "OutsideAlphabet" if punctuated and not ignores else "WrongCheckCharacter"


def _carried(case: Mapping[str, Any], operation: str) -> dict[str, Any]:
    makes = case["valid"] and operation != "validate"
    words = case["expected"] if case["expected"] and not makes else None
    return {
        "operation": operation,
        "input": escaped(case["input"]),
        "expected": escaped(case["expected"]) if makes else None,
        "valid": case["valid"],
        "findings": [],
        "flags": list(_flags(case)),
        "source": case["source"],
        **({"comment": words} if words else {}),
    }


def _key(case: Mapping[str, Any], shared: str | None) -> tuple[str, str, str]:
    subject = case.get("subject", shared)
    return str(subject), case["operation"], json.dumps(case["input"], sort_keys=True)


def _next_id(stem: str, taken: Iterable[str]) -> str:
    numbers = [int(name.rpartition("-")[2]) for name in taken if name.startswith(stem + "-")]
    return f"{stem}-{max(numbers, default=0) + 1:03d}"


def _merge(target: Target, source: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    path = FOLDER / target.file
    old = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.exists() else []
    cases = {_key(case, target.shared): case for case in old}
    for raw in source:
        subject, operation = subject_of(raw["standard"]) or (None, "")
        if subject not in target.subjects:
            continue
        case = _carried(raw, operation)
        if target.shared is None:
            case = {"operation": operation, "subject": subject, **case}
        key = _key(case, target.shared)
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
        **({"subject": target.shared} if target.shared else {}),
        "flags": {flag: text for flag, text in FLAGS.items() if flag in used},
        "cases": list(cases.values()),
    }


def _reason(standard: str) -> str | None:
    """Return why a standard of SOURCE is left out; None for one that is carried over."""
    return next((why for start, why in LEFT_OUT.items() if standard.startswith(start)), None)


def _left_out(source: Sequence[Mapping[str, Any]]) -> str:
    """Return the page that counts what of SOURCE is not here, and why."""
    counted = Counter(case["standard"] for case in source if _reason(case["standard"]))
    rows = [
        f"| `{standard}` | {count} | {_reason(standard)} |"
        for standard, count in sorted(counted.items())
    ]
    return "\n".join(
        [
            "# Known answers that are not carried over",
            "",
            f"Of the {len(source)} cases of the collection, {len(source) - counted.total()} "
            f"stand in this folder and {counted.total()} do not. Made by `carry_over.py`.",
            "",
            "| standard and operation | cases | why |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _refuse_homeless(source: Sequence[Mapping[str, Any]]) -> None:
    """End the run if a standard is neither carried over nor left out, or both."""
    taken = {subject for target in TARGETS for subject in target.subjects}
    for standard in {case["standard"] for case in source}:
        subject, _ = subject_of(standard) or (None, "")
        if (subject in taken) is (_reason(standard) is not None):
            raise SystemExit(
                f"carry_over.py: {standard} must have a file in TARGETS, or a reason in LEFT_OUT"
            )


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every target file, and the page of what is left out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", metavar="SOURCE", type=Path)
    source = json.loads(parser.parse_args(arguments).source.read_text(encoding="utf-8"))
    _refuse_homeless(source)
    for target in TARGETS:
        text = json.dumps(_merge(target, source), indent=2, ensure_ascii=False) + "\n"
        (FOLDER / target.file).write_text(text, encoding="utf-8", newline="\n")
    (FOLDER / "left-out.md").write_text(_left_out(source), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
