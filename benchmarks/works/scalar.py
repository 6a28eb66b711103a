"""One mark at a time: `Format.verify` of mosaic marks, and of GS1 element strings beside biip.

Every text is another arm's, so that nothing can be gained by remembering.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks.work import Call, Contest, Target, Work, peer
from markcode import Firearm, Format, Payload, checks, get_format

_ROWS = 5_000
_SAME = "biip, same work"
_PACKAGE = "biip"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def works(quick: bool) -> Iterator[Work]:
    """Give the work of GS1 and that of mosaic marks."""
    yield Work(
        name="verify one GS1 string",
        what=f"`Format.verify` of each of {_ROWS:,} element strings of a GTIN and a serial number. "
        "Its report says whether the application identifiers may stand together and has both "
        f"written forms. `{_SAME}` is `GS1Message.parse`, `as_hri` and `as_gs1_digital_link_uri`; "
        "`GS1Message.parse` alone writes neither, and `biip.parse` has to find out first what a "
        "text is.",
        rows=_ROWS,
        make=_gs1,
        targets=(Target("times", 5, _SAME),),
    )
    yield Work(
        name="verify one mosaic mark",
        what=f"`Format.verify` of each of {_ROWS:,} marks of mosaic-0530 with iso7064-mod37-36.",
        rows=_ROWS,
        make=_mosaic,
        targets=(Target("rate", 50_000),),
    )


def _gs1() -> Contest:
    choose = random.Random("gs1")
    digits = checks.get("gs1-mod10")
    texts = [
        f"01{digits.append('0952' + _drawn(choose, string.digits, 9))}"
        f"21{_drawn(choose, _LETTERS, 6)}"
        for _ in range(_ROWS)
    ]
    payloads = [Payload(text, gs1=True) for text in texts]
    return Contest(
        partial(_verify, get_format("gs1"), payloads),
        {
            _SAME: peer(_PACKAGE, partial(_biip_same_work, texts)),
            "GS1Message.parse": peer(_PACKAGE, partial(_biip_message, texts)),
            "biip.parse": peer(_PACKAGE, partial(_biip_parse, texts)),
        },
    )


def _mosaic() -> Contest:
    choose = random.Random("mosaic")
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    arms = (
        Firearm(
            country="CO",
            manufacturer=_drawn(choose, _LETTERS, 4),
            year=choose.randrange(2000, 2027),
            model=_drawn(choose, string.digits, 2),
            serial=_drawn(choose, string.digits, 6),
            calibre=_drawn(choose, string.digits, 2),
        )
        for _ in range(_ROWS)
    )
    return Contest(partial(_verify, fmt, [fmt.encode(arm).text for arm in arms]))


def _drawn(choose: random.Random, alphabet: str, length: int) -> str:
    return "".join(choose.choices(alphabet, k=length))


def _verify(fmt: Format, sources: Sequence[str | Payload]) -> None:
    for source in sources:
        if fmt.verify(source).verdict != "valid":
            raise AssertionError(f"{source} is a good mark of {fmt.name}")


def _biip_same_work(texts: list[str]) -> Call:
    from biip.gs1_messages import GS1Message

    def call() -> None:
        for text in texts:
            message = GS1Message.parse(text)
            message.as_hri()
            message.as_gs1_digital_link_uri().as_canonical_uri()

    return call


def _biip_message(texts: list[str]) -> Call:
    from biip.gs1_messages import GS1Message

    return lambda: [GS1Message.parse(text) for text in texts]


def _biip_parse(texts: list[str]) -> Call:
    import biip

    return lambda: [biip.parse(text) for text in texts]
