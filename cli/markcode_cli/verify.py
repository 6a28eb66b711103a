"""`markcode verify`: is this mark right, and what is it?

Marks come typed, on standard input, in pictures, or in a table or job. What a scanner adds around
a mark (a line end, a symbology identifier) is taken off here, not in the library, and reported.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from markcode import notation
from markcode.model import Elements, Finding, Payload, Report
from markcode.notation import GS1_IDENTIFIERS
from markcode_cli.options import (
    ProfileChoice,
    event_option,
    handle_errors,
    language_option,
    profile_options,
)
from markcode_cli.output import print_report, typed

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode_cli.ledger.records import Asked

__all__ = ["Verifier", "verify"]

# ISO/IEC 15424: `]`, a code letter, a modifier.
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_LINE_END = re.compile(r"(?:\r\n|\n|\r)\Z")


@dataclass(frozen=True)
class Verifier:
    """Verifies what was received, under one profile."""

    fmt: Format | None
    event: str | None = None
    as_of: datetime.date | None = None
    pedantic: bool = False

    def received(self, mark: str | bytes, gs1: bool = False) -> Report:
        """Return the report on a mark as a scanner or a person gave it.

        One trailing CR/LF and a leading symbology identifier are taken off and reported; spans
        count in the mark as received. ``gs1`` says that the mark begins with FNC1.
        """
        text = mark if isinstance(mark, str) else mark.decode("latin-1")
        before = _IDENTIFIER.match(text)
        after = _LINE_END.search(text)
        start = before.end() if before else 0
        end = after.start() if after else len(text)
        identifier, line_end = text[:start], text[end:]
        if gs1 and text[start : start + 1] == "\x1d":
            start += 1
        gs1 = gs1 or identifier in GS1_IDENTIFIERS
        report = self.payload(Payload(mark[start:end], gs1))
        findings = tuple(finding.moved(start) for finding in report.findings)
        if identifier:
            params = Elements(found=identifier)
            span = (0, len(identifier))
            note = Finding("input.symbology_identifier", "info", None, span, params)
            findings = (note, *findings)
        if line_end:
            params = Elements(found=line_end)
            note = Finding("input.line_end", "info", None, (end, len(text)), params)
            findings = (*findings, note)
        return replace(report, input=mark, findings=findings)

    def payload(self, payload: Payload) -> Report:
        """Return the report on the content of a symbol, or a mark that nothing was added to."""
        import markcode

        content = payload if payload.gs1 else payload.data
        return markcode.verify(
            content,
            format=self.fmt,
            event=self.event,
            as_of=self.as_of,
            pedantic=self.pedantic,
        )


@click.command()
@click.argument("texts", metavar="[TEXT... | -]", nargs=-1)
@profile_options
@event_option
@click.option("--image", "images", multiple=True, metavar="PHOTO", help="Picture (repeatable).")
@click.option("--input", "table", metavar="TABLE_OR_JOB", help="Every mark of a table or job.")
@click.option("--mark-column", metavar="NAME", help="With --input TABLE: the column of marks.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ELEMENT=COLUMN",
    help="With --input TABLE: the column of an element (repeatable).",
)
@click.option("--encoding", metavar="NAME", help="With --input TABLE: of text that is not UTF-8.")
@click.option(
    "--ledger",
    "place",
    envvar="MARKCODE_LEDGER",
    metavar="URL",
    help="Say what this ledger knows of each mark too.  [env: MARKCODE_LEDGER]",
)
@click.option("--accept", type=click.Choice(("suspect",)), help="Exit 0 for this verdict too.")
@click.option(
    "--as-of",
    type=click.DateTime(("%Y-%m-%d",)),
    metavar="YYYY-MM-DD",
    help="The day to judge years by; there is no clock in a verdict.",
)
@click.option("--pedantic", is_flag=True, help="Also what rests on unconfirmed rules or advice.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a mark.")
@language_option
@click.pass_context
@handle_errors
def verify(
    ctx: click.Context,
    texts: tuple[str, ...],
    profile: ProfileChoice,
    event: str | None,
    images: tuple[str, ...],
    table: str | None,
    mark_column: str | None,
    maps: tuple[str, ...],
    encoding: str | None,
    place: str | None,
    accept: str | None,
    as_of: datetime.datetime | None,
    pedantic: bool,
    as_json: bool,
    lang: str,
) -> None:
    """Verify typed marks, pictures, a table or a job.

    TEXT is a mark, or - for one mark a line on standard input.

    Exit status 0 if all are valid, 1 if not. A verdict `undetermined` is never accepted.
    """
    if sum(map(bool, (texts, images, table))) != 1:
        raise click.UsageError("give marks as TEXT..., or -, or --image, or --input: one of these")
    if table is None and (mark_column or maps or encoding):
        raise click.UsageError("--mark-column, --map and --encoding go with --input TABLE")
    if table is not None and pedantic:
        raise click.UsageError("--pedantic goes with TEXT or --image")
    day = as_of.date() if as_of else None
    accepted = ("valid", accept) if accept else ("valid",)
    records = _asked(ctx, place)
    if table is not None:
        from markcode_cli.verify_input import verify_input

        status = verify_input(
            table,
            profile_given=profile.is_given,
            fmt=profile.open(),
            event=event,
            as_of=day,
            as_json=as_json,
            lang=lang,
            accepted=accepted,
            mark_column=mark_column,
            maps=maps,
            encoding=encoding,
            records=records,
        )
        ctx.exit(status)
    verifier = Verifier(profile.open(), event, day, pedantic)
    run = _Run(verifier, lambda report: print_report(report, as_json, lang), accepted, records)
    # Every text is looked at before the first verdict: a slip of the keyboard shows none.
    marks = [None if text == "-" else (typed(text), _begins_with_fnc1(text)) for text in texts]
    for mark in marks:
        if mark is None:
            run.lines()
        else:
            run.mark(*mark)
    for image in images:
        run.image(image)
    ctx.exit(run.status)


def _asked(ctx: click.Context, place: str | None) -> Asked | None:
    """Return the ledger that is to be asked, given back at the end; None without --ledger."""
    if place is None:
        return None
    from markcode_cli.ledger.records import Asked

    return ctx.with_resource(Asked(place))


class _Run:
    """One run over many marks; ``status`` is the exit status so far."""

    def __init__(
        self,
        verifier: Verifier,
        show: Callable[[Report], None],
        accepted: Collection[str],
        records: Asked | None,
    ) -> None:
        self.status = 0
        self._records = records
        self._verifier = verifier
        self._show = show
        self._accepted = accepted

    def mark(self, mark: str | bytes, gs1: bool) -> None:
        """Verify and show one mark; ``gs1`` says that it begins with FNC1."""
        self._judge(self._verifier.received(mark, gs1))

    def lines(self) -> None:
        """Verify standard input, one mark a line, each as it comes."""
        number = 0
        for number, line in enumerate(_stdin_lines(), start=1):
            if isinstance(line, bytes):
                self.mark(line, False)
                continue
            try:
                mark = typed(line)
            except notation.NotationError as fault:
                self._trouble(f"standard input, line {number}: {fault}")
            else:
                self.mark(mark, _begins_with_fnc1(line))
        if not number:
            self._trouble("standard input held no mark")

    def image(self, image: str) -> None:
        """Verify every symbol of one picture."""
        from markcode_cli.read import scans_of

        scans, trouble = scans_of(image)
        self.status = max(self.status, trouble)
        for scan in scans:
            report = self._verifier.payload(scan.payload)
            found = {
                "file": image,
                "symbology": scan.symbology,
                "symbology_identifier": scan.symbology_identifier,
                "corners": scan.corners,
            }
            self._judge(replace(report, data=Elements(report.data, image=found)))

    def _judge(self, report: Report) -> None:
        if self._records is not None:
            (report,) = self._records.told([report], self._verifier.fmt)
        self._show(report)
        if report.verdict not in self._accepted:
            self.status = max(self.status, 1)

    def _trouble(self, message: str) -> None:
        click.echo(f"markcode: {message}", err=True)
        self.status = 2


def _begins_with_fnc1(text: str) -> bool:
    return text[:6].upper() == notation.FNC1


def _stdin_lines() -> Iterator[str | bytes]:
    """Yield each line without its line end; bytes where it is no UTF-8."""
    for line in sys.stdin.buffer:
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        try:
            yield content.decode("utf-8")
        except UnicodeDecodeError:
            yield content
