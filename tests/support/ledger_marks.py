"""Marks in a ledger, put there without a format or a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markcode.ledger.chain import Chain, to_json
from markcode.ledger.claims import Claim, claim
from markcode.ledger.lookups import mark_row, put, serial_row
from markcode.ledger.refs import Ref
from markcode.ledger.schema import MARK, SERIAL

__all__ = ["Serial", "issue", "job"]

Serial = tuple[str, str, str | None, str]


def job(chain: Chain, hash_: str = "ab" * 32, order: str | None = None) -> Ref:
    """Begin a job."""
    said: dict[str, Any] = {
        "job": hash_,
        "order": order,
        "format": "mosaic-0530",
        "profile": {},
        "event": "manufacture",
        "table": None,
        "options": {},
        "version": "0",
        "slots": [],
        "elements": [],
    }
    ref = chain.append("job", said)
    claim(chain.connection, Claim("job", hash_), ref)
    return ref


def issue(
    chain: Chain,
    texts: Sequence[str],
    of_job: Ref | None = None,
    serials: Sequence[Sequence[Serial]] | None = None,
    about: Ref | None = None,
    **more: Any,
) -> list[Ref]:
    """Issue marks, their lines separated by LF; each with its own serials."""
    borne = serials or [[] for _ in texts]
    lines = [text.split("\n") for text in texts]
    datas = [
        to_json({
            **({} if of_job is None else {"job": str(of_job)}),
            "row": row,
            "lines": some,
            "check": None,
            "elements": {"country": "CO"},
            "claims": [],
            "serials": numbers,
            **more,
        })
        for row, (some, numbers) in enumerate(zip(lines, borne, strict=True), start=2)
    ]  # fmt: skip
    first = chain.append_many("issued", datas, [about] * len(texts))
    refs = [Ref(chain.station, first + at) for at in range(len(texts))]
    put(chain.connection, MARK, [mark_row(*one) for one in zip(refs, lines, strict=True)])
    rows = [
        serial_row(ref, *number)
        for ref, numbers in zip(refs, borne, strict=True)
        for number in numbers
    ]
    put(chain.connection, SERIAL, rows)
    if of_job is not None:
        last = first + len(texts) - 1
        said = {"first": first, "last": last, "marks": len(texts), "rows": [2, len(texts) + 1]}
        chain.append("registered", said, of_job)
    return refs
