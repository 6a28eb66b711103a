"""One mark at a time: `Format.verify` of mosaic marks and of GS1 data, the latter beside biip.

Every text is another arm, with a GTIN and a serial number of its own, so that nothing can be gained
by remembering. All that is measured takes its turn in each round; a round is all texts once, and
the median of the rounds counts.

biip's parser of GS1 element strings is `GS1Message.parse` (`parse_hri` for brackets), and the
peer by name. It tests lengths, characters and the check digits of a few AIs. markcode's report also
says whether the AIs may stand together and name one arm, and has both written forms, so biip
writing these too (`as_hri`, `as_gs1_digital_link_uri`) is measured beside it, and `biip.parse`,
which has to find out first what a text is, as `markcode.verify` without a format does.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from markcode import Firearm, Format, Payload, checks, get_format

__all__ = ["gs1", "measure", "mosaic"]

ROUNDS = 9
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"

Work = Callable[[], object]


def mosaic(count: int = 5_000) -> dict[str, float]:
    """Return the seconds that one mosaic mark takes: verified with its check, and encoded."""
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36")
    arms = _arms(count)
    marks = [fmt.encode(arm).text for arm in arms]
    works: dict[str, Work] = {
        "markcode verify": lambda: _verify(fmt, marks),
        "markcode encode": lambda: [fmt.encode(arm) for arm in arms],
    }
    return _seconds(works, count)


def gs1(count: int = 5_000) -> dict[str, float]:
    """Return the seconds that one GTIN with a serial number takes, by work."""
    import biip
    from biip.gs1_messages import GS1Message

    fmt = get_format("gs1")
    choose = random.Random("gs1")
    digits = checks.get("gs1-mod10")
    pairs = [
        (digits.append("0952" + _drawn(choose, "0123456789", 9)), _drawn(choose, _LETTERS, 6))
        for _ in range(count)
    ]
    plain = [f"01{gtin}21{serial}" for gtin, serial in pairs]
    payloads = [Payload(text, gs1=True) for text in plain]
    bracketed = [f"(01){gtin}(21){serial}" for gtin, serial in pairs]

    def written() -> None:
        for text in plain:
            message = GS1Message.parse(text)
            message.as_hri()
            message.as_gs1_digital_link_uri().as_canonical_uri()

    works: dict[str, Work] = {
        "markcode verify": lambda: _verify(fmt, payloads),
        "markcode verify, brackets": lambda: _verify(fmt, bracketed),
        "biip GS1Message.parse": lambda: [GS1Message.parse(text) for text in plain],
        "biip GS1Message.parse_hri": lambda: [GS1Message.parse_hri(text) for text in bracketed],
        "biip GS1Message.parse, both forms written": written,
        "biip.parse": lambda: [biip.parse(text) for text in plain],
    }
    return _seconds(works, count)


def measure() -> dict[str, dict[str, float]]:
    """Return the seconds of one text, by subject and work."""
    return {"mosaic": mosaic(), "gs1": gs1()}


def _arms(count: int) -> list[Firearm]:
    choose = random.Random("mosaic")
    return [
        Firearm(
            country="CO",
            manufacturer=_drawn(choose, _LETTERS, 4),
            year=choose.randrange(2000, 2027),
            model=_drawn(choose, "0123456789", 2),
            serial=_drawn(choose, "0123456789", 6),
            calibre=_drawn(choose, "0123456789", 2),
        )
        for _ in range(count)
    ]


def _drawn(choose: random.Random, alphabet: str, length: int) -> str:
    return "".join(choose.choices(alphabet, k=length))


def _verify(fmt: Format, sources: Sequence[str | Payload]) -> None:
    for source in sources:
        if fmt.verify(source).verdict != "valid":
            raise AssertionError(f"{source} is a good mark of {fmt.name}")


def _seconds(works: Mapping[str, Work], count: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(rounds) / count for name, rounds in taken.items()}


if __name__ == "__main__":
    for subject, seconds in measure().items():
        for name, value in seconds.items():
            print(f"{subject:8}{name:45}{1e6 * value:8.1f} us {1 / value:10,.0f} a second")
