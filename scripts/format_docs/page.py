"""The page of one format, in Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from format_docs import words
from format_docs.events import event, variants
from format_docs.example import Example, example, picture
from format_docs.extras import checks_that_fit, options, states
from format_docs.heads import Head, head
from format_docs.words import code, country, plain, table
from markcode import Format, get_format

__all__ = ["Page", "page"]

_LANGUAGES = {"es": "Spanish", "pt": "Portuguese", "fr": "French"}


@dataclass(frozen=True)
class Page:
    """The page of a format, and the picture on it."""

    markdown: str
    picture: str


def page(name: str) -> Page:
    """Return the page of a built-in format. Raises `MarkcodeError` where its example is no mark."""
    fmt = get_format(name)
    said = head(name)
    first = example(fmt, fmt.events[0])
    title = fmt.declaration.title["en"]
    drawn = picture(first.marking, f"{title}: {' / '.join(first.marking.lines)}")
    parts = [
        _top(fmt, said),
        _facts(fmt),
        _picture(fmt, first),
        _says(said),
        *(event(fmt, fmt.rule(kind), example(fmt, kind)) for kind in fmt.events),
        *variants(fmt),
        checks_that_fit(fmt),
        options(fmt),
        states(fmt),
        _foot(name),
    ]
    text = "\n\n".join("\n".join(part) for part in parts if part)
    return Page(text + "\n", drawn)


def _foot(name: str) -> list[str]:
    return [
        f"[All formats](README.md). *Made from the declaration of `{name}` by "
        "`make docs-formats`; not edited by hand.*"
    ]


def _top(fmt: Format, said: Head) -> list[str]:
    declared = fmt.declaration
    lines = [f"# {plain(declared.title['en'])}", ""]
    waiting = [rule.kind for rule in declared.events if rule.provisional]
    if declared.provisional:
        lines += [f"> **Provisional:** {plain(declared.provisional['en'])}.", ""]
    if len(waiting) == len(declared.events):
        lines += [
            "> **Nothing that this mark holds is confirmed.** It is made only where that is "
            "accepted (`--accept-provisional`), and never called valid.",
            "",
        ]
    elif waiting:
        kinds = words.listed([f"*{kind}*" for kind in waiting])
        lines += [
            f"> **Provisional in part:** {kinds}. What such a mark holds is not confirmed: it is "
            "made only where that is accepted (`--accept-provisional`), and never called valid.",
            "",
        ]
    return [*lines, plain(said.subject), "", plain(declared.summary)]


def _facts(fmt: Format) -> list[str]:
    declared, needs = fmt.declaration, fmt.requirements
    recognised = [rule.kind for rule in declared.events if rule.recognisable]
    sizes = plain(needs.describe()) or "no minimum height or depth is declared"
    if needs.source and needs.describe():
        sizes += f" ({plain(needs.source)})"
    rows = [
        ("Name of the format", code(declared.name)),
        ("Law", plain(declared.source)),
        ("Rule of", words.listed([country(c) for c in declared.countries])),
        ("In force", _dates(fmt)),
        ("On the metal", sizes),
        ("Parts of the arm", plain("; ".join(needs.parts)) or "none are declared"),
        ("Drawn symbols", _symbols(fmt)),
        (
            "Told without being named",
            f"yes: {words.listed(recognised)}"
            if recognised
            else "no: other text can look the same, so name the format when you verify",
        ),
        *(
            (f"In {language}", plain(declared.title[key]))
            for key, language in _LANGUAGES.items()
            if key in declared.title
        ),
    ]
    return table(["", ""], [(f"**{what}**", text) for what, text in rows if text])


def _dates(fmt: Format) -> str:
    days = (("from", fmt.declaration.in_force), ("until", fmt.declaration.ended))
    return " ".join(f"{word} {day.day} {day:%B %Y}" for word, day in days if day) or (
        "no date is declared"
    )


def _symbols(fmt: Format) -> str:
    lines = " ".join(line for rule in fmt.declaration.events for line in rule.lines)
    used = [s for name, s in fmt.declaration.symbols.items() if f"<{name}>" in lines]
    return "; ".join(
        f"{symbol.symbol}, typed {words.listed([code(s) for s in symbol.spellings], 'or')}"
        for symbol in used
    )


def _picture(fmt: Format, shown: Example) -> list[str]:
    text = " / ".join(shown.marking.lines).replace('"', "")
    return [
        "## An example",
        "",
        f'<img src="pictures/{fmt.name}.svg" alt="{words.event_title(shown.marking.event)}: '
        f'{text.replace("<", "&lt;")}">',
        "",
        f"{words.event_title(shown.marking.event)}, with the Data Matrix symbol that holds the "
        "same. The arm is invented; the picture is not to scale.",
    ]


def _says(said: Head) -> list[str]:
    lines = ["## What the instrument says"]
    for label, text in said.paragraphs:
        # Backquoted names and our own emphasis are Markdown already.
        text = text.replace("<", "&lt;")
        lines += ["", f"**{label}:** {text}" if label else text]
    return lines
