"""What a page says of check characters, options, and the States that have the rule."""

from __future__ import annotations

from format_docs import words
from format_docs.words import EVIDENCE_LINK, code, country, plain, table
from markcode import Format, checks, get_format
from markcode.errors import ProfileError
from markcode.reference import national

__all__ = ["checks_that_fit", "options", "states"]


def checks_that_fit(fmt: Format) -> list[str]:
    lines = ["## Check characters", ""]
    fixed = fmt.declaration.check
    if fixed is not None:
        return [*lines, f"The standard itself fixes its check: {code(fixed)}."]
    if not fmt.declaration.check_over:
        return [*lines, "The mark takes none: it has no place for one."]
    lines += [
        "None is asked for. One may be added (`--check NAME`), so that a misread character is "
        "noticed:",
        "",
    ]
    for over in fmt.declaration.check_over:
        fitting = [name for name in checks.names() if _takes(fmt.name, name, over)]
        where = (
            "as the end of the serial number"
            if over == "serial"
            else "as the last word of the mark"
        )
        names = words.listed([code(name) for name in fitting], "or") or "none fits all its values"
        lines.append(f"- {where}: {names}")
    return lines


def _takes(name: str, check: str, over: str) -> bool:
    try:
        get_format(name, check=check, check_over=over)
    except ProfileError:
        return False
    return True


def options(fmt: Format) -> list[str]:
    options = [option for option in fmt.declaration.options if option.key != "variant"]
    lengths = [code(o.key) for o in options if o.key.startswith("length.")]
    rows = [
        (
            code(option.key),
            words.listed([code(value) for value in option.values], "or") or "as you write it",
            code(option.default) if option.default else "",
            plain(option.doc),
        )
        for option in options
        if not option.key.startswith("length.")
    ]
    if lengths:
        what = "fewer lengths than the format allows, where your rule fixes them"
        rows.append((", ".join(lengths), "a number, or a range such as 2-4", "", what))
    if not rows:
        return []
    heads = ["Option", "Values", "If not given", "What it changes"]
    return ["## Options", "", "Given as `--option KEY=VALUE`.", "", *table(heads, rows)]


def states(fmt: Format) -> list[str]:
    rules = [
        rule
        for state in national.states()
        for rule in national.rules(state)
        if fmt.name in rule.formats
    ]
    ties = [
        tie
        for state in national.states()
        for tie in national.treaties(state)
        if tie.format == fmt.name
    ]
    lines: list[str] = []
    if rules:
        rows = [
            (country(r.country), plain(r.law), plain(r.duty), words.EVIDENCE[r.evidence][0])
            for r in rules
        ]
        lines += ["## What States' own rules say", ""]
        lines += table(["State", "Rule", "Duty", EVIDENCE_LINK], rows)
    if ties:
        named = [(country(t.country), plain(t.ground), words.EVIDENCE[t.evidence][0]) for t in ties]
        lines += ["", "## States that are known to be tied to it", ""]
        lines += ["Only what was read stands here; a State that is not listed may be tied to it "
                  "too.", ""]  # fmt: skip
        lines += table(["State", "Why it is listed", EVIDENCE_LINK], named)
    return lines[1:] if lines and not lines[0] else lines
