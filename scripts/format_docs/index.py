"""The index of the pages: every format in its group, and the words that all pages use."""

from __future__ import annotations

from collections.abc import Iterator

from format_docs.words import EVIDENCE, VERDICTS, country, listed, plain, table
from markcode import Format, get_format, list_formats

__all__ = ["index"]

_CODES = ("iuid", "gs1")
_HEADS = ("Format", "What it is", "Marks of", "Standing")


def index() -> str:
    """Return the index page."""
    formats = [get_format(name) for name in list_formats()]
    national = [fmt for fmt in formats if fmt.declaration.countries]
    codes = [fmt for fmt in formats if fmt.name in _CODES]
    international = [fmt for fmt in formats if fmt not in national and fmt not in codes]
    lines = [
        "# The formats of markcode",
        "",
        f"{len(formats)} instruments that say how a firearm is marked, one page each: what the "
        "mark consists of, where the law says so, how sure that is, and an example drawn as a "
        "picture. `markcode formats NAME` prints the same, and `markcode formats --country PE` "
        "what applies in a State. A rule that is not here can be declared in a file: see "
        "[A format in a file](../format-files.md).",
        "",
        "## International and regional",
        "",
        *table(_HEADS, map(_row, international)),
        "",
        "## National",
        "",
        *table(("State", *_HEADS), sorted(_by_state(national))),
        "",
        "## Codes of industry and defence",
        "",
        *table(_HEADS, map(_row, codes)),
        "",
        *_explained(),
    ]
    return "\n".join(lines) + "\n"


def _by_state(formats: list[Format]) -> Iterator[tuple[str, ...]]:
    for fmt in formats:
        for alpha2 in fmt.declaration.countries:
            yield (country(alpha2), *_row(fmt))


def _row(fmt: Format) -> tuple[str, ...]:
    declared = fmt.declaration
    waiting = [rule.kind for rule in declared.events if rule.provisional]
    confirmed = [rule.kind for rule in declared.events if not rule.provisional]
    if declared.provisional or not confirmed:
        standing = "provisional"
    elif waiting:
        standing = f"provisional for {listed(waiting)}"
    else:
        standing = ""
    title = plain(declared.title["en"])
    return (
        f"[{fmt.name}]({fmt.name}.md)",
        title,
        listed([rule.kind for rule in declared.events]),
        standing,
    )


def _explained() -> list[str]:
    rows = [
        (f"**{word}**", letter, meaning, breach)
        for letter, (word, meaning, breach) in EVIDENCE.items()
    ]
    verdicts = [(f"**{verdict}**", meaning) for verdict, meaning in VERDICTS.items()]
    return [
        "## How to read a page",
        "",
        "The lines of a mark are shown with the name of each element in square brackets: "
        "`[country] [year, if any]` stands for a mark such as `CO 2026`. Whatever is not in "
        "brackets is struck as it stands. An element that is needed *in the record only* is not "
        "struck, but identifies the arm together with the mark. All arms, makers and numbers of "
        "the examples are invented.",
        "",
        "**Event** is the occasion of a mark: manufacture, import, transfer and so on. Each may "
        "have a mark of its own on the same arm.",
        "",
        "**Record** is the same content as labelled text, one element a line. Some instruments "
        "say what a mark holds but not in which order or how it is set apart; then struck text "
        "cannot be taken apart again, and the record, or the symbol that holds it, is verified "
        "instead.",
        "",
        "### How sure a rule is",
        "",
        *table(("Word", "Letter", "What it means", "If a mark breaks the rule"), rows),
        "",
        "A format or event of which no rule is confirmed is **provisional**: its marks are made "
        "only on request, and none is ever called valid.",
        "",
        "### What verifying a mark can say",
        "",
        *table(("Verdict", "What it means"), verdicts),
    ]
