"""`markcode equipment`: which machines the jobs are for, and what each equipment can set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from markcode_cli.options import handle_errors, language_option
from markcode_cli.output import paragraph, print_json, table
from markcode_cli.words import Words

if TYPE_CHECKING:
    from markcode.equipment import Equipment, Limit, Machine, Setting, Values
    from markcode.errors import JobError

__all__ = ["equipment"]


@click.command()
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@language_option
@click.pass_context
@handle_errors
def equipment(ctx: click.Context, names: tuple[str, ...], as_json: bool, lang: str) -> None:
    """List the equipment that `markcode batch --equipment NAME` writes for, or show all of one.

    Exit status 1 if a package adds equipment that cannot be loaded; the others are listed.

    \b
    markcode equipment gcode
    """
    from markcode.equipment import all_equipment, get

    faults: list[JobError] = []
    known = [get(name) for name in names] or all_equipment(faults.append)
    words = Words(lang)
    if as_json:
        for each in known:
            print_json(each.describe())
    elif not names:
        click.echo("\n".join(_listing(known, words)))
    else:
        click.echo("\n\n".join("\n".join(_page(each, words)) for each in known))
    for fault in faults:
        click.echo(f"markcode: {fault}", err=True)
    ctx.exit(1 if faults else 0)


def _listing(known: Sequence[Equipment], words: Words) -> Iterator[str]:
    rows = [tuple(words(f"equipment.head.{name}") for name in ("name", "kind", "title"))]
    for each in known:
        kind = words.named("equipment.kind", each.kind)
        rows.append((each.name + "*" * each.experimental, kind, _text(each.title, words)))
        machines = ", ".join(f"{machine.name} ({machine.evidence})" for machine in each.machines)
        if machines:
            rows.append(("", "", machines))
    yield from table(rows)
    yield ""
    if any(each.experimental for each in known):
        yield words("equipment.star")
    letters = sorted({machine.evidence for each in known for machine in each.machines})
    told = [f"{letter}: {words.named('equipment.evidence', letter)}" for letter in letters]
    yield from paragraph("; ".join(told))


def _page(each: Equipment, words: Words) -> Iterator[str]:
    from markcode.equipment.declaration import OURS

    yield from paragraph(f"{each.name}: {_text(each.title, words)}")
    if each.experimental:
        yield from paragraph(words("equipment.experimental"))
    yield ""
    facts = [
        ("equipment.writes", _text(each.writes, words)),
        ("equipment.files", ", ".join(each.files)),
        ("equipment.heeds", " ".join(f"--{name}" for name in each.heeds)),
        ("equipment.symbols", ", ".join(each.symbols or ())),
        ("equipment.refuses", "" if each.values is None else _refuses(each.values, words)),
        ("equipment.extra", f"pip install 'markcode[{each.extra}]'" if each.extra else ""),
        ("equipment.provider", each.provider if each.provider != OURS else ""),
    ]
    yield from table([(words(key), text) for key, text in facts if text])
    lists = {
        "equipment.machines": [row for one in each.machines for row in _machine(one, words)],
        "equipment.limits": [_limit(limit, words) for limit in each.limits],
        "equipment.settings": [row for one in each.settings for row in _setting(one, words)],
    }
    for key, rows in lists.items():
        if rows:
            yield ""
            yield words(key)
            yield from table(rows, "  ")


def _text(texts: Mapping[str, str], words: Words) -> str:
    return texts.get(words.language) or texts.get("en", "")


def _refuses(values: Values, words: Words) -> str:
    from markcode.equipment.values import FORMULA

    told = [
        ""
        if values.alphabet == "unicode"
        else words("equipment.refuses.outside", alphabet=values.alphabet.upper()),
        words("equipment.refuses.control"),
        words("equipment.refuses.formula", characters=" ".join(FORMULA)) if values.formula else "",
        words("equipment.refuses.forbidden", characters=" ".join(values.forbidden))
        if values.forbidden
        else "",
        words("equipment.refuses.most", number=values.most) if values.most is not None else "",
        words("equipment.refuses.absent") if not values.empty else "",
    ]
    return "; ".join(text for text in told if text)


def _machine(machine: Machine, words: Words) -> Iterator[tuple[str, str]]:
    told = words.named("equipment.evidence", machine.evidence)
    source = f" [{machine.source}]" if machine.source else ""
    yield machine.evidence, f"{machine.name}{source}"
    yield "", _text(machine.note, words) or told


def _limit(limit: Limit, words: Words) -> tuple[str, str]:
    return limit.evidence, _text(limit.text, words)


def _setting(setting: Setting, words: Words) -> Iterator[tuple[str, str]]:
    if setting.default is not None:
        given = words("equipment.default", value=setting.default)
    else:
        given = words("equipment.optional" if setting.optional else "equipment.required")
    others = ", ".join(f"{name}={'|'.join(values)}" for name, values in setting.when.items())
    facts = [setting.bounds(), given, words("equipment.when", others=others) if others else ""]
    if setting.evidence:
        facts.append(f"{setting.evidence}: {words.named('equipment.evidence', setting.evidence)}")
    yield setting.name, _text(setting.title, words)
    yield "", "; ".join(fact for fact in facts if fact)
