"""`markcode ticket`: the ticket of a finished job, as text or on paper."""

from __future__ import annotations

from pathlib import Path

import click

from markcode_cli.options import LANGUAGES, handle_errors
from markcode_cli.whole import write_file

__all__ = ["ticket"]

_SUFFIXES = (".txt", ".pdf")


@click.command()
@click.argument("job", metavar="JOB")
@click.option("--out", metavar="FILE.pdf|.txt", help="File to write; the text is printed without.")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    help="Language of the ticket.  [default: that of the job]",
)
@handle_errors
def ticket(job: str, out: str | None, lang: str | None) -> None:
    """Make the ticket of a finished job.

    JOB is the folder that `markcode batch` made. The ticket says what the job is, how many marks it
    has, the first and the last, sizes, depth and the hash of every file, shows one mark at 1:1
    and 5:1 (PDF), and has boxes for the operator's result.

    \b
    markcode ticket job --out ticket.pdf
    """
    from markcode.jobs.inspection import Job
    from markcode.jobs.ticket import ticket_of, to_text

    suffix = ".txt" if out is None else Path(out).suffix.lower()
    if suffix not in _SUFFIXES:
        raise click.UsageError(f"--out {out}: the name must end in .pdf or .txt")
    opened = Job(Path(job))
    made = ticket_of(opened, opened.files(), lang)
    if out is None:
        click.echo(to_text(made), nl=False)
        return
    if suffix == ".txt":
        content = to_text(made).encode("utf-8")
    else:
        from markcode.jobs.ticket.pdf import to_pdf

        content = to_pdf(made)
    write_file(Path(out), content)
