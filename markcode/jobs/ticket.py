"""The ticket of a job: what the operator checks before the first mark and fills in after the last.

It says what the job is, how many marks it has and which are the first and the last, the sizes and
the depth that the metal must bear, and the hash of every file (standards/equipment.md 7). No clock
and no path gets into it: the same job gives the same bytes, whether the ticket is made with the job
or later.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markcode import lengths, notation
from markcode.errors import JobError, SymbolError
from markcode.jobs.inspection import Job
from markcode.jobs.manifest import MANIFEST, JobFile
from markcode.jobs.marks import Stated
from markcode.jobs.ticket_facts import TICKETS, Facts, files_of, lookalikes, marks_of
from markcode.words import Words

if TYPE_CHECKING:
    from markcode.engraving.plate import Engraved

__all__ = ["RESULTS", "RULES", "Row", "Section", "Ticket", "ticket_files", "ticket_of", "to_text"]

RESULTS = (
    *("date", "machine", "operator", "first", "last"),
    *("marked", "rejected", "void", "remarked", "signature"),
)
"""What the operator fills in."""
RULES = 6
"""How many rules there are for marking anything again (standards/equipment.md 7)."""
WIDTH = 80
_SHORT = 12
_MOST_LABEL = 22


@dataclass(frozen=True)
class Row:
    """One thing that is said."""

    label: str
    lines: tuple[str, ...]
    is_code: bool = False
    """Whether every character counts: a mark, a hash."""


@dataclass(frozen=True)
class Section:
    """What is said of one subject."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Ticket:
    """What a ticket says, in one language."""

    words: Words
    job: str
    """Short name of the job."""
    sections: tuple[Section, ...]
    picture: Engraved | None
    """The first mark as it is made; None where it cannot be drawn."""
    is_drawn: bool
    """Whether it is in the files as it is in the picture; else the machine has its own font."""


def ticket_of(job: Job, files: Iterable[JobFile], language: str | None = None) -> Ticket:
    """Return the ticket of a job with its files, in the language of the job or in another.

    marks.csv is read as a stream. Raises `JobError` for what is not a whole job.
    """
    facts = Facts(job, files_of(files), marks_of(job))
    words = Words("markcode.jobs", "words.toml", language or _language(job))
    try:
        made, fault = facts.engraved(), ""
    except SymbolError as reason:
        made, fault = None, str(reason)
    try:
        sections = (
            Section(words("section.job"), tuple(_job(facts, words))),
            Section(words("section.marks"), tuple(_marks(facts, words))),
            Section(words("section.sizes"), tuple(_sizes(facts, words, made, fault))),
            Section(words("section.alphabet"), tuple(_alphabet(facts, words))),
            Section(words("section.files"), tuple(_files(facts, words))),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as damage:
        if isinstance(damage, JobError):
            raise
        raise JobError(
            f"{job.folder / MANIFEST}: this is not a whole job: {type(damage).__name__}: {damage}"
        ) from damage
    return Ticket(words, job.entry("job", str)[:_SHORT], sections, made, facts.is_drawn)


def ticket_files(job: Job, files: Iterable[JobFile]) -> Iterator[tuple[str, bytes]]:
    """Yield the tickets that go into a job: name and content. Raises `JobError`, `MissingExtra`."""
    from markcode.jobs.ticket_pdf import to_pdf

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


# -- what is said ------------------------------------------------------------------------------


def _job(facts: Facts, words: Words) -> Iterator[Row]:
    job, head = facts.job, facts.job.head
    whole = job.entry("job", str)
    yield Row(words("job"), (whole[:_SHORT],), is_code=True)
    yield Row(words("hash"), (whole,), is_code=True)
    yield Row(words("made"), (f"markcode {job.entry('version', str)}",))
    if "order" in head:
        yield Row(words("order"), (_shown(head["order"]),))
    if "ledger" in head:
        yield Row(words("ledger"), (_shown(head["ledger"]["job"]),))
    profile = job.entry("profile", dict)
    yield Row(words("format"), (_shown(profile["format"]),))
    event = [job.kind, *[words("provisional")] * (head.get("provisional") is True)]
    yield Row(words("event"), tuple(event))
    check = words("none")
    if profile["check"] is not None:
        check = words(f"check.{profile['check_over']}", name=profile["check"])
    yield Row(words("check"), (check,))
    if profile["options"]:
        yield Row(words("options"), _pairs(profile["options"]))
    for name, entry in profile["codes"].items():
        yield Row(words("codes"), (f"{name}: {_shown(entry['file'])}", entry["sha256"]))
    (table,) = job.entry("inputs", list)
    yield Row(words("table"), (table["sha256"],), is_code=True)
    yield Row(words("equipment"), tuple(_equipment(facts, words)))
    settings = facts.settings
    if settings:
        yield Row(words("settings"), tuple(_settings(facts, settings)))


def _equipment(facts: Facts, words: Words) -> Iterator[str]:
    name, declared = facts.job.entry("equipment", str), facts.equipment
    if declared is None:
        yield f"{_shown(name)}: {words('absent')}"
        return
    yield f"{name}: {declared.in_language(declared.title, words.language)}"
    if declared.provider != "markcode":
        yield words("provider", package=declared.provider)
    if declared.experimental:
        yield words("experimental")


def _settings(facts: Facts, settings: Mapping[str, object]) -> Iterator[str]:
    declared = {} if facts.equipment is None else {s.name: s for s in facts.equipment.settings}
    for name, value in settings.items():
        kind = declared[name].kind if name in declared else None
        if kind == "length" and isinstance(value, int):
            yield f"{name} = {lengths.to_text(value)}"
        else:
            yield f"{name} = {_shown(value)}{'%' * (kind == 'percent')}"


def _marks(facts: Facts, words: Words) -> Iterator[Row]:
    counts = facts.job.entry("counts", dict)
    names = ("rows", "marks", "rejected", "warned")
    said = [words("counts.text", **{name: int(counts[name]) for name in names})]
    if counts["marks"] != facts.found.count:
        said.append(words("counts.differ", found=facts.found.count))
    yield Row(words("counts"), tuple(said))
    for which, mark in (("first", facts.found.first), ("last", facts.found.last)):
        if mark is not None:
            yield Row(words(which, row=mark.row), tuple(map(_shown, mark.lines)), is_code=True)
    yield Row(words("list"), (facts.found.codes,), is_code=True)
    if not facts.is_drawn:
        yield Row(words("pointer"), (words("pointer.text"),))


def _sizes(facts: Facts, words: Words, made: Engraved | None, fault: str) -> Iterator[Row]:
    required = facts.job.fmt.requirements
    height = required.height_nm
    drawn = "height.drawn" if facts.is_drawn else "height.machine"
    text = [words(drawn, drawn=lengths.to_text(facts.height_nm))]
    text.append(words("least", length=lengths.to_text(height)) if height else words("least.none"))
    yield Row(words("height"), (", ".join(text),))
    yield from _symbol(facts, words)
    achieved = facts.job.head.get("achieved")
    if achieved:
        parts = [words("achieved.text", height=lengths.to_text(achieved["height_nm"]))]
        if "module_nm" in achieved:
            parts.append(words("achieved.module", module=lengths.to_text(achieved["module_nm"])))
        yield Row(words("achieved"), (", ".join(parts),))
    if facts.is_drawn or fault:
        yield from _box(words, made, fault)
    yield from _place(facts, words)
    if required.depth_nm:
        depth = lengths.to_text(required.depth_nm)
        least = words("least", length=depth)
        if required.depth_from:
            least = f"{least}, {words('depth.from', day=required.depth_from)}"
        yield Row(words("depth"), (least, words("depth.hold", depth=depth)))
    else:
        yield Row(words("depth"), (words("least.none"),))


def _symbol(facts: Facts, words: Words) -> Iterator[Row]:
    name = facts.job.entry("symbol", str, type(None))
    if name is None:
        yield Row(words("symbol"), (words("none"),))
        return
    yield Row(words("symbol"), (", ".join([name, *_symbol_sizes(facts, words)]),))
    if facts.is_drawn:
        yield Row(words("module"), (lengths.to_text(facts.module_nm),))


def _symbol_sizes(facts: Facts, words: Words) -> Iterator[str]:
    marks: tuple[tuple[str, Stated | None], ...]
    marks = (("size.first", facts.found.first), ("size.longest", facts.found.longest))
    for key, mark in marks:
        try:
            symbol = None if mark is None else facts.symbol(mark)
        except SymbolError:
            continue
        if mark is not None and symbol is not None:
            size = f"{symbol.columns}" if symbol.is_linear else f"{symbol.rows}x{symbol.columns}"
            yield words(key, size=size, row=mark.row)


def _box(words: Words, made: Engraved | None, fault: str) -> Iterator[Row]:
    box = None if made is None else made.box()
    if fault:
        yield Row(words("box"), (words("box.none", detail=fault),))
    elif made is not None and box is not None:
        left, top, right, bottom = box
        said = words(
            "box.text",
            width=lengths.mm(right - left),
            height=lengths.mm(bottom - top),
            x=lengths.mm(left),
            y=lengths.mm(top),
            across=lengths.mm(made.width_nm),
            down=lengths.mm(made.height_nm),
        )
        yield Row(words("box"), (said,))


def _place(facts: Facts, words: Words) -> Iterator[Row]:
    face, head = facts.face, facts.job.head
    if face is not None:
        said = []
        if face.size_nm is not None:
            width, height = map(lengths.mm, face.size_nm)
            said.append(words("face.size", width=width, height=height))
        if face.turn:
            said.append(words("face.turn", turn=face.turn))
        if face.cylinder_nm is not None:
            said.append(words("face.cylinder", diameter=lengths.to_text(face.cylinder_nm)))
        yield Row(words("face"), (", ".join(said),))
    if "grid" in head:
        columns, rows = head["grid"]
        said = [words("grid.text", columns=int(columns), rows=int(rows))]
        if head.get("pitch_nm"):
            across, down = map(lengths.mm, head["pitch_nm"])
            said.append(words("grid.pitch", across=across, down=down))
        yield Row(words("grid"), (", ".join(said),))


def _alphabet(facts: Facts, words: Words) -> Iterator[Row]:
    used = facts.found.characters
    yield Row(words("used"), (_shown(used),), is_code=True)
    alike = ", ".join(lookalikes(used))
    if alike:
        yield Row(words("alike"), (alike,), is_code=True)
    shapes = [words("shapes.machine")]
    if facts.is_drawn:
        drawn = {"0": "shapes.zero", "1": "shapes.one"}
        shapes = [words(key) for char, key in drawn.items() if char in used]
    if shapes:
        yield Row(words("shapes"), tuple(shapes))


def _files(facts: Facts, words: Words) -> Iterator[Row]:
    for file in facts.files.listed:
        said = words("bytes", bytes=file.bytes)
        yield Row(_shown(file.name), (said, file.sha256), is_code=True)
    said = words("files.count", count=facts.files.count, bytes=facts.files.bytes)
    yield Row(words("files.all"), (said,))


def _pairs(values: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(f"{name} = {_shown(value)}" for name, value in values.items())


def _shown(value: object) -> str:
    """Return a text with whatever a terminal would obey, or not show, by name."""
    text = notation.escape(str(value))
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


# -- as text -----------------------------------------------------------------------------------


def to_text(ticket: Ticket) -> str:
    """Return the ticket as text for a terminal of 80 columns."""
    words = ticket.words
    title = words("title").upper()
    lines = [f"{title}{ticket.job:>{WIDTH - len(title)}}", "=" * WIDTH]
    labels = [len(row.label) for section in ticket.sections for row in section.rows]
    column = max(length for length in labels if length <= _MOST_LABEL)
    for section in ticket.sections:
        lines += ["", section.title.upper()]
        for row in section.rows:
            lines += _row(row, column)
    lines += ["", words("section.result").upper(), *_blanks(words)]
    lines += ["", words("section.rules").upper()]
    for number in range(1, RULES + 1):
        lines += textwrap.wrap(
            words(f"rule.{number}"),
            WIDTH,
            initial_indent=f"  {number}. ",
            subsequent_indent="     ",
        )
    return "\n".join(lines) + "\n"


def _row(row: Row, column: int) -> list[str]:
    start, hang = f"  {row.label:<{column}}  ", " " * (column + 4)
    lines = [] if len(row.label) <= column else [f"  {row.label}"]
    for number, value in enumerate(row.lines):
        first = start if number == 0 and not lines else hang
        room = WIDTH - len(hang)
        if len(value) <= room:
            lines.append(f"{first}{value}")
        elif " " in value and not row.is_code:
            lines += textwrap.wrap(
                value, WIDTH, initial_indent=first, subsequent_indent=hang, break_on_hyphens=False
            )
        else:
            lines += [first.rstrip()] if first == start else []
            lines += [f"    {value[at : at + WIDTH - 4]}" for at in range(0, len(value), WIDTH - 4)]
    return lines


def _blanks(words: Words) -> Iterator[str]:
    """Yield the lines that the operator fills in, two things a line."""
    labels = [words(f"result.{name}") for name in RESULTS]
    column, half = max(map(len, labels)), WIDTH // 2
    blanks = [f"  {label:<{column}}  ".ljust(half - 1, "_") for label in labels]
    for left, right in zip(blanks[::2], blanks[1::2], strict=True):
        yield ""
        yield f"{left} {right}"
