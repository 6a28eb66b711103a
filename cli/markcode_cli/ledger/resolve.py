"""`markcode ledger resolve`: conflicts that merges have found, and what is decided about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import ledger_option, open_ledger, station_option
from markcode_cli.options import handle_errors
from markcode_cli.output import paragraph, print_json, table, visible

if TYPE_CHECKING:
    from markcode.ledger import Ledger
    from markcode.ledger.conflicts import Conflict, Decision, Side

__all__ = ["resolve"]


@click.command()
@click.argument("conflict", required=False, metavar="[CONFLICT]")
@ledger_option
@station_option
@click.option("--void", metavar="ENTRY", help="This one of the two marks is void, for ever.")
@click.option("--same-arm", is_flag=True, help="Both are records of one arm.")
@click.option("--both", is_flag=True, help="Both exist, and stand.")
@click.option("--note", default="", metavar="TEXT", help="Why.")
@click.option("--decided", is_flag=True, help="List those that were decided, instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
@handle_errors
def resolve(
    ctx: click.Context,
    /,
    conflict: str | None,
    place: str,
    station: str | None,
    void: str | None,
    same_arm: bool,
    both: bool,
    note: str,
    decided: bool,
    as_json: bool,
) -> None:
    """List conflicts, or decide one.

    Without CONFLICT those that are open are listed: exit status 1 if there are any. With it, say
    --void, --same-arm or --both. Nothing is overwritten: the decision is an entry of its own.

    \b
    markcode ledger resolve
    markcode ledger resolve MVD-1/44 --void PTY-2/17 --note "never struck"
    """
    decision = _decision(void, same_arm, both)
    if (conflict is None) != (decision is None) or (decided and conflict is not None):
        raise click.UsageError(
            "name a CONFLICT and one of --void ENTRY, --same-arm and --both; none of them lists "
            "the conflicts"
        )
    with open_ledger(place, station) as ledger:
        if conflict is not None and decision is not None:
            _decide(ledger, conflict, decision, void, note, as_json)
            return
        count = _list(ledger, decided, as_json)
    ctx.exit(1 if count and not decided else 0)


def _decision(void: str | None, same_arm: bool, both: bool) -> Decision | None:
    """Return what was typed. Raises `click.UsageError` for more than one."""
    typed: dict[Decision, bool] = {"void": void is not None, "same-arm": same_arm, "both": both}
    given = [name for name, is_given in typed.items() if is_given]
    if len(given) > 1:
        raise click.UsageError("take one of --void ENTRY, --same-arm and --both")
    return given[0] if given else None


def _decide(
    ledger: Ledger, conflict: str, decision: Decision, void: str | None, note: str, as_json: bool
) -> None:
    from markcode.ledger.conflicts import resolve
    from markcode.ledger.refs import Ref

    ref, entry = Ref.parse(conflict), None if void is None else Ref.parse(void)
    with ledger.writing() as chain:
        made = resolve(chain, ref, decision, void=entry, note=note)
    if as_json:
        print_json({"conflict": conflict, "decision": decision, "entry": str(made)})
    else:
        click.echo(f"{conflict}: {decision}{f' {entry}' if entry else ''} ({made})")


def _list(ledger: Ledger, decided: bool, as_json: bool) -> int:
    """Print the conflicts, and return how many there are."""
    from markcode.ledger.conflicts import conflicts

    with ledger.reading() as connection:
        found = conflicts(connection, decided=decided)
    for conflict in found:
        if as_json:
            print_json(conflict.to_dict())
        else:
            click.echo("\n".join(_lines(conflict)))
    if not found and not as_json:
        click.echo("no conflict was decided yet" if decided else "no conflict is open")
    return len(found)


def _lines(conflict: Conflict) -> list[str]:
    said = "; ".join(
        f"{visible(slot)}: {visible(value.replace(chr(31), ' '))}"
        for slot, value in conflict.claims
    )
    lines = paragraph(f"{conflict.ref}  {said}", "", "  ")
    lines += table([_side("first", conflict.holder), _side("later", conflict.later)], "  ")
    if conflict.decision is not None:
        what = " ".join(
            str(conflict.decision[key]) for key in ("decision", "entry") if key in conflict.decision
        )
        note = conflict.decision.get("note")
        told = f"{what} ({conflict.decision['by']}){f': {visible(note)}' if note else ''}"
        lines += paragraph(f"decided: {told}", "  ", "    ")
    return lines


def _side(place: str, side: Side) -> tuple[str, str, str, str]:
    time = "" if side.entry is None else side.entry.time
    return place, str(side.ref), time, visible(side.text)
