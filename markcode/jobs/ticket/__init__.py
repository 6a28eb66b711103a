"""The ticket of a job: what the operator checks before the first mark and fills in after the last.

It says what the job is, how many marks it has and which are the first and the last, the sizes and
the depth that the metal must bear, and the hash of every file (standards/equipment.md 7). No clock
and no path gets into it: the same job gives the same bytes, whether the ticket is made with the job
or later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markcode.errors import JobError, SymbolError
from markcode.jobs.inspection import Job
from markcode.jobs.manifest import MANIFEST, JobFile
from markcode.jobs.ticket import sections
from markcode.jobs.ticket.facts import TICKETS, Facts, files_of, marks_of
from markcode.jobs.ticket.parts import Section, Ticket, shown, words_in
from markcode.jobs.ticket.sizes import sizes
from markcode.jobs.ticket.text import to_text

__all__ = ["Ticket", "ticket_files", "ticket_of", "to_text"]


def ticket_of(job: Job, files: Iterable[JobFile], language: str | None = None) -> Ticket:
    """Return the ticket of a job with its files, in the language of the job or in another.

    marks.csv is read as a stream. Raises `JobError` for what is not a whole job.
    """
    facts = Facts(job, files_of(files), marks_of(job))
    words = words_in(language or _language(job))
    try:
        made, fault = facts.engraved(), ""
    except SymbolError as reason:
        made, fault = None, str(reason)
    try:
        found = (
            Section(words("section.job"), tuple(sections.job(facts, words))),
            Section(words("section.marks"), tuple(sections.marks(facts, words))),
            Section(words("section.sizes"), tuple(sizes(facts, words, made, fault))),
            Section(words("section.alphabet"), tuple(sections.alphabet(facts, words))),
            Section(words("section.files"), tuple(sections.files(facts, words))),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as damage:
        if isinstance(damage, JobError):
            raise
        raise JobError(
            f"{job.folder / MANIFEST}: this is not a whole job: {type(damage).__name__}: {damage}"
        ) from damage
    return Ticket(
        words, shown(job.entry("job", str)[: sections.SHORT]), found, made, facts.is_drawn
    )


def ticket_files(job: Job, files: Iterable[JobFile]) -> Iterator[tuple[str, bytes]]:
    """Yield the tickets that go into a job: name and content. Raises `JobError`, `MissingExtra`."""
    from markcode.jobs.ticket.pdf import to_pdf

    ticket = ticket_of(job, files)
    text, pdf = TICKETS
    yield text, to_text(ticket).encode("utf-8")
    yield pdf, to_pdf(ticket)


def _language(job: Job) -> str:
    from markcode.messages import LANGUAGES

    language = job.entry("language", str)
    if language not in LANGUAGES:
        raise JobError(f"{job.folder / MANIFEST}: language is {language!r}")
    return str(language)
