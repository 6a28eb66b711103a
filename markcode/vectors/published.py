"""Cases as collections of published answers have them: ``{"standard", "input"}``.

``standard`` names the subject and, after a colon, the operation. Text stands as it is; ``^`` is
FNC1 where GS1 is concerned.

>>> answer("Luhn:generate", "7992 7398 71").output
'7992 7398 713'
>>> answer("Bech32-BIP173:validate", "A12UEL5L") is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markcode.vectors import subjects
from markcode.vectors.answers import Answer

__all__ = ["IGNORED", "answer", "ignores_punctuation", "subject_of"]

IGNORED = str.maketrans("", "", " -")
"""Spaces and hyphens, which some sources ignore."""

_SUBJECTS: Mapping[str, str] = {
    "ISO7064-MOD11-2": "iso7064-mod11-2",
    "ISO7064-MOD37-2": "iso7064-mod37-2",
    "ISO7064-MOD97-10": "iso7064-mod97-10",
    "ISO7064-MOD661-26": "iso7064-mod661-26",
    "ISO7064-MOD1271-36": "iso7064-mod1271-36",
    "ISO7064-MOD11,10": "iso7064-mod11-10",
    "ISO7064-MOD27,26": "iso7064-mod27-26",
    "ISO7064-MOD37,36": "iso7064-mod37-36",
    "Luhn": "luhn",
    "Damm": "damm",
    "Verhoeff": "verhoeff",
    "GS1-mod10": "gs1-mod10",
    "GS1-check-character-pair": "gs1-pair",
    "Code39-mod43": "code39-mod43",
    "GS1-element-string": "gs1-element-string",
    "GS1-AI-association": "gs1-association",
    "GS1-digital-link": "gs1-digital-link",
    "GS1-scan-data": "gs1-scan-data",
    "GS1-CSET39": "gs1-cset39",
    "GS1-CSET82": "gs1-cset82",
    "GS1-date-YYMMDD-or-DD00": "gs1-date",
    "GS1-CPID-serial": "gs1-cpid-serial",
    "DataMatrix-codewords": "datamatrix-codewords",
    "DataMatrix-modules": "datamatrix-modules",
    "DataMatrix-ReedSolomon": "datamatrix-correction",
    "IUID-UII": "iuid-uii",
    "US-CAGE": "us-cage",
    "NCAGE-pattern": "ncage",
    "ISO3166-1-alpha2": "iso3166-alpha2",
    "ISO3166-1-numeric": "iso3166-numeric",
}
_OPERATIONS: Mapping[str, str] = {
    "generate": "generate",
    "validate": "validate",
    "parse": "derive",
    "from-message": "derive",
    "from-fields": "derive",
    "by-country": "derive",
    "decode": "derive",
    "encode": "generate",
}
# The one standard whose name ends in no operation.
_WITHOUT_OPERATION = {"GS1-bracketed-to-element-string": ("gs1-element-string", "generate")}
_IGNORING = ("ISO7064-", "Luhn:", "Damm:", "Verhoeff:", "GS1-mod10:generate")


def subject_of(standard: str) -> tuple[str, str] | None:
    """Return the subject and the operation that ``standard`` names; None where we have neither."""
    if standard in _WITHOUT_OPERATION:
        return _WITHOUT_OPERATION[standard]
    name, _, word = standard.partition(":")
    if name not in _SUBJECTS or word not in _OPERATIONS:
        return None
    return _SUBJECTS[name], _OPERATIONS[word]


def ignores_punctuation(standard: str) -> bool:
    """Return whether the source of these cases ignores spaces and hyphens."""
    return standard.startswith(_IGNORING)


def answer(standard: str, given: Any) -> Answer | None:
    """Return the answer to one published case; None for a standard that markcode has not.

    Raises `CaseError` for an input of the wrong type.
    """
    named = subject_of(standard)
    if named is None:
        return None
    if not (isinstance(given, str) and ignores_punctuation(standard)):
        return subjects.answer(*named, given)
    bare = given.translate(IGNORED)
    answered = subjects.answer(*named, bare)
    if answered is None or answered.output is None:
        return answered
    # The source leaves the payload as it was given, and sets the check behind it.
    return replace(answered, output=given + answered.output.removeprefix(bare))
