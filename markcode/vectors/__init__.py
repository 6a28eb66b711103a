"""Answers to known-answer cases: what `markcode vectors` writes (contracts.md section 10).

A case is a parsed JSON object, of one of two kinds: as in ``test_vectors/*.json`` with what the
file says for all of its cases, or ``{"standard", "input"}`` as in collections of published answers
(`published`).

>>> answer({"operation": "generate", "subject": "luhn", "input": "7992739871"}).output
'79927398713'
>>> answer({"standard": "Luhn:validate", "input": "79927398710"}).valid
False
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markcode.vectors import marks, published, subjects
from markcode.vectors.answers import Answer, CaseError, escaped, member, unescaped

__all__ = ["Answer", "CaseError", "answer"]


def answer(case: Mapping[str, Any]) -> Answer | None:
    """Return the answer to a case; None where markcode does not have what it is about.

    Raises `CaseError`, or another `MarkcodeError`, for a case that cannot be read.
    """
    operation, standard = member(case, "operation", str), member(case, "standard", str)
    if "input" not in case or (operation is None and standard is None):
        raise CaseError("a case has an input, and an operation or a standard")
    if operation is None:
        assert standard is not None
        return published.answer(standard, case["input"])
    if operation in marks.OPERATIONS:
        return marks.answer(operation, case)
    subject = member(case, "subject", str)
    if subject is None:
        raise CaseError(f"{operation} needs a subject, such as luhn")
    answered = subjects.answer(subject, operation, unescaped(case["input"]))
    return None if answered is None else replace(answered, output=escaped(answered.output))
