"""`markcode encode`: the mark of one arm, as text, JSON or a drawing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from markcode import notation
from markcode.errors import InvalidMark
from markcode.model import Event, Firearm
from markcode_cli.drawing import draw, drawing_options, refuse_idle
from markcode_cli.options import (
    ProfileChoice,
    event_option,
    handle_errors,
    language_option,
    pairs,
    profile_options,
    provisional_option,
    set_option,
)
from markcode_cli.output import finding_text, print_json

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.model import Finding, Marking

__all__ = ["arm_and_event", "encode", "show_refused"]

_YEAR = re.compile(r"[0-9]{4}")


@click.command()
@profile_options
@set_option
@event_option
@provisional_option
@click.option("--json", "as_json", is_flag=True, help="Print the marking as one JSON object.")
@drawing_options
@language_option
@click.pass_context
@handle_errors
def encode(
    ctx: click.Context,
    /,
    profile: ProfileChoice,
    settings: tuple[str, ...],
    event: str | None,
    accept_provisional: bool,
    as_json: bool,
    lang: str,
    **drawing: Any,
) -> None:
    """Make the mark of one arm. Exit status 1 if the data break the format.

    \b
    markcode encode --format mosaic-0530 --check iso7064-mod37-36 \\
      --set country=CO --set manufacturer=INDU --set year=2026 \\
      --set model=07 --set serial=01238 --set calibre=09
    """
    fmt = profile.require()
    if drawing["out"] is None:
        refuse_idle(ctx)
    kind = event or fmt.events[0]
    firearm, cause = arm_and_event(fmt, kind, pairs(settings, "--set ELEMENT=VALUE"))
    try:
        marking = fmt.encode(firearm, cause, accept_provisional=accept_provisional)
        if drawing["out"] is not None:
            draw(fmt, marking, **drawing)
    except InvalidMark as fault:
        show_refused(fmt, kind, fault.findings, as_json, lang)
        ctx.exit(1)
    _print(marking, as_json, lang)


def arm_and_event(fmt: Format, kind: str, values: Mapping[str, str]) -> tuple[Firearm, Event]:
    """Return the data that ``values`` state, each element given to its owner.

    Raises `click.UsageError` for an element that the event does not have or a year that is none.
    """
    rule = fmt.rule(kind)
    known = {element.name: element for element in rule.elements}
    given: dict[str, str | int] = {}
    for name, text in values.items():
        if name not in known:
            raise click.UsageError(
                f"{fmt.name} has no element {name!r} for the event {kind}; "
                f"it has: {', '.join(known)}"
            )
        value = notation.unescape(text)
        given[name] = _year(name, value) if known[name].is_number else value
    return rule.arm(given)


def _year(name: str, text: str) -> int:
    if _YEAR.fullmatch(text) is None:
        raise click.UsageError(f"--set {name}={notation.escape(text)}: write the year as 4 digits")
    return int(text)


def _print(marking: Marking, as_json: bool, lang: str) -> None:
    if as_json:
        print_json(marking.to_dict(lang))
        return
    for line in marking.lines:
        click.echo(notation.escape(line))
    for finding in marking.findings:
        click.echo(finding_text(finding, lang), err=True)


def show_refused(
    fmt: Format, kind: str, findings: Sequence[Finding], as_json: bool, lang: str
) -> None:
    """Say why there is no mark: one finding a line, or an object with every key of a marking."""
    if as_json:
        keys = ("text", "lines", "record", "payload", "check", "firearm")
        print_json(
            {"format": fmt.name, "event": kind}
            | dict.fromkeys(keys)
            | {"findings": [finding.to_dict(lang) for finding in findings]}
        )
        return
    for finding in findings:
        click.echo(finding_text(finding, lang), err=True)
