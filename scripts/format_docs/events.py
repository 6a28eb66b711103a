"""What a page says of each event of a format, and of its variants."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from format_docs import words
from format_docs.example import Example, chosen
from format_docs.words import EVIDENCE_LINK, code, plain, table
from markcode import Format, Report, get_format
from markcode.declaration import EventRule, Option
from markcode.notation import escape

__all__ = ["event", "variants"]

_NUMBERED = re.compile(r"((?:internal[ _]|AI \(?))([0-9]{2})(?![0-9])")
"""The numbers of elements that a standard has several of: GS1's internal ones."""


def event(fmt: Format, rule: EventRule, shown: Example) -> list[str]:
    lines = [f"## {words.event_title(rule.kind)}", ""]
    lines += [f"Event `{rule.kind}`" + (f"; {plain(rule.source)}." if rule.source else "."), ""]
    if rule.provisional:
        lines += ["> **Provisional:** what this mark holds is not confirmed.", ""]
    lines += [*_lines(fmt, rule), "", *_elements(fmt, rule), "", *_rules(fmt, rule), ""]
    return [*lines, *_shown(fmt, rule, shown)]


def _lines(fmt: Format, rule: EventRule) -> list[str]:
    spelt = {f"<{name}>": s.text for name, s in fmt.declaration.symbols.items()}
    struck = words.template(rule, fmt.declaration.separators, spelt)
    what = "Struck, in this order:" if len(struck) == 1 else "Struck, line by line:"
    if fmt.declaration.syntax is not None:
        what = "Struck, for example:"
    return [what, "", "```", *struck, "```"]


def _elements(fmt: Format, rule: EventRule) -> list[str]:
    syntax = fmt.declaration.syntax
    chosen_of = {name for key in syntax.keys for name in key} if syntax is not None else set()
    rows = [
        (
            f"**{words.name(e.name)}**" + (f" `{e.name}`" if words.name(e.name) != e.name else ""),
            "see below" if e.name in chosen_of else words.presence(e, rule),
            "; ".join(filter(None, (plain(e.note), words.form(e.type)))),
            words.evidence(e) + (", cannot be tested" if e.untested else ""),
            plain(e.source if e.source != rule.source else "") or "as above",
        )
        for e in rule.elements
    ]
    return table(("Element", "Needed", "What it is", EVIDENCE_LINK, "Clause"), _merged(rows))


def _merged(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows; those that follow each other and differ in their number only are one."""
    numberless = [tuple(_NUMBERED.sub(r"\1", cell) for cell in row) for row in rows]
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and numberless[end] == numberless[at]:
            end += 1
        last = _NUMBERED.findall(rows[end - 1][0])
        to = rf"\g<0> to {last[0][1]}" if end - at > 1 and last else r"\g<0>"
        yield tuple(_NUMBERED.sub(to, cell) for cell in rows[at])
        at = end


def _rules(fmt: Format, rule: EventRule) -> list[str]:
    declared = fmt.declaration
    lines = [f"- {text}." for text in words.needed(rule.needed, chosen()["patterns"])]
    if declared.syntax is not None:
        keys = [words.listed([words.name(e) for e in key]) for key in declared.syntax.keys]
        lines.append(f"- The mark is made of one of these, and no other: {'; '.join(keys)}.")
    lines += [f"- {words.unique(key)}" for key in rule.unique]
    if not rule.unique:
        lines.append(
            "- Must not occur twice: the struck text as a whole. A repeat is an error."
            if declared.syntax is not None
            else "- No part of this mark has to be unique: other arms may bear the same."
        )
    if rule.readable and declared.syntax is None and len(fmt.layout(rule.kind).items) > 1:
        written, *others = (_separator(s) for s in rule.separators or declared.separators)
        read = f"; {words.listed(others, 'or')} is read as well" if others else ""
        lines.append(f"- Between the elements: {written}{read}.")
    if not rule.readable:
        lines.append(
            "- The struck text cannot be split into its elements again, because nothing fixed "
            "stands between them. Verify the record or the symbol, which name each element."
        )
    if rule.parts:
        lines.append(f"- Parts that bear it: {plain('; '.join(rule.parts))}.")
    if rule.forbids:
        symbols = words.listed([code(s.text) for s in rule.forbids], "or")
        lines.append(f"- Must not bear the drawn symbol {symbols}.")
    return lines


def _separator(separator: str) -> str:
    return {" ": "a blank", "": "nothing", "-": "a hyphen", "/": "a slash"}.get(
        separator, code(separator)
    )


def _shown(fmt: Format, rule: EventRule, shown: Example) -> list[str]:
    marking = shown.marking
    options = [f"--set {shlex.quote(f'{name}={value}')}" for name, value in shown.values.items()]
    accept = ["--accept-provisional"] if rule.provisional else []
    command = [f"markcode encode --format {fmt.name} --event {rule.kind}", *options, *accept]
    lines = ["Example:", "", "```", *map(escape, marking.lines), "```", ""]
    if rule.readable:
        lines.append(f"Verified: {_verdict(shown.struck)}")
    else:
        lines += [
            "The record that goes with it:",
            "",
            "```",
            *marking.record.split("\n"),
            "```",
            "",
            f"The struck text alone: {_verdict(shown.struck)}",
            "",
            f"The {'record' if marking.payload.data == marking.record else 'symbol'}: "
            f"{_verdict(shown.payload)}",
        ]
    return [*lines, "", "Made with:", "", "```", " \\\n  ".join(command), "```"]


def _verdict(report: Report) -> str:
    told = [plain(finding.message()) for finding in report.findings]
    text = f"**{report.verdict}**: {words.VERDICTS[report.verdict]}."
    return " ".join([text, *told])


def variants(fmt: Format) -> Iterator[list[str]]:
    option = next((o for o in fmt.declaration.options if o.key == "variant"), None)
    if option is None:
        return
    yield ["## Variants", "", f"Chosen with `--option variant=NAME`; {code(option.default)} is the "
           "mark above."]  # fmt: skip
    told = _by_value(option)
    if not told:
        yield [
            f"{words.capital(plain(option.doc))}: {words.listed([code(v) for v in option.values])}."
        ]
    for value, doc in told.items():
        yield _variant(fmt, value, doc)


def _by_value(option: Option) -> dict[str, str]:
    """Return what each value of an option is, where its description says so one by one."""
    found: dict[str, str] = {}
    for value in option.values:
        _, there, rest = f"; {option.doc}".partition(f"; {value}: ")
        if there:
            ends = [at for v in option.values if (at := rest.find(f"; {v}: ")) >= 0]
            found[value] = rest[: min(ends, default=len(rest))]
    return found


def _variant(fmt: Format, value: str, doc: str) -> list[str]:
    variant = get_format(fmt.name, options={"variant": value})
    lines = [f"### {value}", "", f"{words.capital(plain(doc))}."]
    for rule in variant.declaration.events:
        usual = next((r for r in fmt.declaration.events if r.kind == rule.kind), None)
        if rule == usual:
            continue
        source = f"; {plain(rule.source)}." if rule.source else "."
        lines += ["", f"Event `{rule.kind}`{source}"]
        if rule.provisional:
            lines += ["", "> **Provisional:** what this mark holds is not confirmed."]
        lines += ["", *_lines(variant, rule), "", *_elements(fmt, rule)]
        lines += ["", *_rules(variant, rule)]
    missing = [kind for kind in fmt.events if kind not in variant.events]
    if missing:
        lines += ["", f"There is no event {words.listed([code(k) for k in missing], 'or')} in it."]
    return lines
