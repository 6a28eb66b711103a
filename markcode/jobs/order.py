"""What an operator orders, what came of it, and how the manifest says both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import markcode
from markcode import equipment, lengths
from markcode.equipment import Mark, Setup, Writer, symbol_of
from markcode.equipment.declaration import OURS
from markcode.equipment.settings import resolve
from markcode.errors import InvalidMark, ProfileError
from markcode.jobs.manifest import MANIFEST, VERSION
from markcode.jobs.serials import Serials
from markcode.model import NO_ELEMENTS, Elements, Finding, Payload
from markcode.symbols.sheets import Grid

if TYPE_CHECKING:
    from markcode.engraving.face import Face
    from markcode.format import Format
    from markcode.symbols.datamatrix.sizes import Shape

__all__ = [
    "DPI",
    "GRID",
    "HEIGHT_NM",
    "MODULE_NM",
    "Options",
    "Progress",
    "Summary",
    "choices",
    "head_findings",
    "height_nm",
    "job_hash",
    "manifest_head",
    "refuse_undrawable",
    "refuse_unfit",
    "setup",
]

HEIGHT_NM = 1_600_000
"""Height of drawn text where the format states no minimum."""
MODULE_NM = 400_000
DPI = 600
GRID = Grid()
"""Of equipment that always makes sheets."""

Progress = Callable[[int, int | None], None]
"""Called with what is done, and how much there is; None while that is not known."""
_TABLES = ("csv", "parquet")
"""Equipment that takes tables with the modules of symbols."""
_COUNTS = ("rows", "marks", "rejected", "warned", "duplicates")
_NO_CHOICES = (
    *("manifest_version", "version", "job", "inputs"),
    *("counts", "achieved", "serials", "ledger", "ticket", "files"),
)
"""Entries of a manifest that say what came of an order; all others are what was ordered."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What an operator chooses for a job."""

    equipment: str = "csv"
    """One of ``equipment.names()``."""
    symbol: str | None = None
    """Symbology of the machine-readable symbol; none by default."""
    shape: Shape = "square"
    """Of a Data Matrix: square, rectangle, or dmre (`markcode.symbols.datamatrix`)."""
    modules: bool = False
    """Whether tables hold the modules of each symbol."""
    event: str | None = None
    """Kind of the event; the format's first by default."""
    columns: Mapping[str, str] = NO_ELEMENTS
    """Column of an element, where its header is not recognised."""
    constants: Mapping[str, str] = NO_ELEMENTS
    """Value of an element that is the same for all rows."""
    encoding: str | None = None
    limit: int | None = None
    """Only the first so many records of the table exist."""
    rows: tuple[int, int | None] | None = None
    """First and last row of the job, None for the table's last; duplicates are still looked for in
    the whole table."""
    strict: bool = False
    """A rejected row means no job."""
    dry_run: bool = False
    """Nothing is written."""
    accept_provisional: bool = False
    serials: Serials | None = None
    first: int | None = None
    """Number of the first serial, 1 by default; None where a ledger's series gives the numbers."""
    series: str | None = None
    """The ledger's series that serials are drawn from."""
    found: bool = False
    """The marks were found on arms: they are entered into a ledger, and no files are made."""
    new_order: str | None = None
    """Name of an order that is made beside others like it."""
    height_nm: int | None = None
    """Height of drawn text; the format's minimum, else `HEIGHT_NM`, by default."""
    module_nm: int = MODULE_NM
    dpi: int = DPI
    grid: Grid | None = None
    """Of a plate or sheet of marks; sheets have `GRID` by default, drawings show one mark."""
    face: Face | None = None
    """What a drawn mark has to fit on."""
    settings: Mapping[str, str] = NO_ELEMENTS
    """Settings of the equipment, as typed."""
    language: str = "en"
    """Language of the messages in rejected.csv and warnings.csv, and of what people read."""
    ticket: bool = False
    """Whether the tickets of the job go into its folder; the marks and their order are the same."""


@dataclass(frozen=True)
class Summary:
    """What became of the rows: rows = marks + rejected."""

    rows: int
    marks: int
    rejected: int
    warned: int
    """Marks with a warning."""
    duplicates: int
    """Rejected rows that repeat a unique key."""
    serials: Mapping[str, Any] | None
    achieved: Mapping[str, int]
    """Sizes that the whole dots of a PNG give, in nanometres."""
    job: str
    """Hash of the input, options and version."""
    written: bool
    unused: tuple[str, ...]
    """Headers of columns that feed no element."""
    replaced: Mapping[str, str] = NO_ELEMENTS
    """Header, by element, of columns that a constant has taken the place of."""

    def to_dict(self) -> dict[str, Any]:
        """Return the summary for JSON."""
        names = (*_COUNTS, "serials", "job", "written")
        return {**{name: getattr(self, name) for name in names}, "unused": list(self.unused)}


def height_nm(fmt: Format, asked: int | None) -> int:
    """Return the height of drawn text. Raises `ProfileError` below what the format requires."""
    least = fmt.requirements.height_nm
    if asked is None:
        return least or HEIGHT_NM
    if asked <= 0 or (least is not None and asked < least):
        required = lengths.to_text(least) if least else "more than nothing"
        raise ProfileError(
            f"{fmt.name}: a height of {lengths.to_text(asked)} is too small; at least {required} "
            "is required"
        )
    return asked


def refuse_unfit(fmt: Format, kind: str, options: Options) -> None:
    """Raise `ProfileError` for an order that no table could fill."""
    elements = {element.name for element in fmt.elements(kind)}
    if fmt.is_provisional(kind) and not options.accept_provisional:
        raise ProfileError(
            f"{fmt.name}: no rule of what a {kind} mark holds is confirmed; to make such marks all "
            "the same, say --accept-provisional"
        )
    if options.symbol is not None:
        from markcode import symbols

        if options.symbol not in symbols.names():
            raise ProfileError(
                f"no symbol is called {options.symbol!r}; there are: {', '.join(symbols.names())}"
            )
        if options.symbol.startswith("gs1-") and not fmt.takes_gs1:
            raise ProfileError(
                f"{fmt.name}: a {kind} mark is no GS1 element string, so {options.symbol} cannot "
                "hold it; choose datamatrix, qr or code128"
            )
        _refuse_shape(options)
    elif options.shape != "square":
        raise ProfileError("--shape is that of a symbol: say --symbol datamatrix too")
    if options.modules and (options.symbol != "datamatrix" or options.equipment not in _TABLES):
        raise ProfileError(
            "--modules puts the modules of each Data Matrix into a table: say --symbol datamatrix "
            f"and --equipment {' or '.join(_TABLES)}"
        )
    if options.new_order is not None and not (
        options.new_order and options.new_order.isprintable()
    ):
        raise ProfileError(f"an order cannot be called {options.new_order!r}: name it by a text")
    if options.module_nm <= 0:
        raise ProfileError(
            f"a module of {lengths.to_text(options.module_nm)} cannot be drawn; it must be more "
            "than nothing"
        )
    if options.serials is not None:
        if "serial" not in elements:
            raise ProfileError(f"{fmt.name}: a {kind} mark has no serial, so none can be generated")
        if "serial" in options.constants:
            raise ProfileError("serials are generated or given: leave out --serials or --set")


def _refuse_shape(options: Options) -> None:
    """Raise `ProfileError` for a shape that there is not, or that would not be seen."""
    from markcode.symbols.datamatrix.sizes import SHAPES

    if options.shape not in SHAPES:
        raise ProfileError(f"--shape {options.shape}: a shape is one of {', '.join(SHAPES)}")
    if options.shape == "square":
        return
    if options.symbol != "datamatrix":
        raise ProfileError(
            f"--shape {options.shape} is for a Data Matrix; {options.symbol} has only one shape"
        )
    if not (equipment.get(options.equipment).is_true_size or options.modules):
        raise ProfileError(
            f"--equipment {options.equipment} does not draw the symbol, so it has no --shape: "
            "leave it out, or choose a drawing"
        )


def setup(fmt: Format, kind: str, options: Options) -> Setup:
    """Return what the equipment is told of the job. Raises `JobError` or `ProfileError`."""
    chosen = equipment.get(options.equipment)
    heeded = chosen.heeds
    grid = options.grid if "grid" in heeded else None
    if chosen.symbols is not None and options.symbol not in (None, *chosen.symbols):
        raise ProfileError(
            f"--equipment {chosen.name} cannot write {options.symbol}; it can write "
            f"{', '.join(chosen.symbols)}"
        )
    if chosen.needs_symbol and options.symbol is None:
        raise ProfileError(f"--equipment {chosen.name} needs a --symbol, such as datamatrix")
    return Setup(
        equipment=chosen,
        lines=fmt.line_count(kind),
        symbol=options.symbol,
        shape=options.shape,
        height_nm=height_nm(fmt, options.height_nm),
        module_nm=options.module_nm,
        dpi=options.dpi if "dpi" in heeded else 0,
        grid=GRID if grid is None and chosen.kind == "sheet" and "grid" in heeded else grid,
        face=options.face,
        emblems=fmt.declaration.emblems,
        settings=resolve(chosen.name, chosen.settings, options.settings),
        profile=fmt.profile(),
        event=kind,
        language=options.language,
    )


def refuse_undrawable(writer: Writer, job: Setup) -> None:
    """Raise `ProfileError` for sizes at which the equipment could not even draw one letter."""
    symbol = None
    if job.symbol is not None:
        is_gs1 = job.symbol.startswith("gs1-")
        payload = Payload("8004ABCDE" if is_gs1 else "1", is_gs1)
        symbol = symbol_of(job.symbol, payload, job.shape)
    try:
        writer.render(Mark(2, ("1",) * job.lines, symbol))
    except InvalidMark as fault:
        if fault.findings[0].params.get("reason") in ("face", "cylinder"):
            # Each mark has a size of its own: the refusal of its row says what would fit.
            return
        detail = fault.findings[0].params.get("detail", fault)
        raise ProfileError(f"--equipment {job.name}: {detail}") from fault


def choices(
    fmt: Format, kind: str, options: Options, job: Setup, columns: Mapping[str, str]
) -> dict[str, Any]:
    """Return everything that decides what is marked, as it stands in the manifest."""
    heeded, provider = job.equipment.heeds, job.equipment.provider
    plan = options.serials
    return {
        "profile": fmt.profile(),
        "event": kind,
        "provisional": fmt.is_provisional(kind),
        "equipment": options.equipment,
        **({"provider": provider} if provider != OURS else {}),
        "symbol": options.symbol,
        **({"shape": options.shape} if options.shape != "square" else {}),
        **({"modules": True} if options.modules else {}),
        "height_nm": job.height_nm if "height" in heeded else None,
        "module_nm": job.module_nm if "module" in heeded else None,
        "dpi": job.dpi if "dpi" in heeded else None,
        **_laid_out(job),
        "columns": dict(columns),
        "constants": dict(options.constants),
        "encoding": options.encoding,
        "limit": options.limit,
        "row_range": None if options.rows is None else list(options.rows),
        "language": options.language,
        "numbering": None
        if plan is None
        else {
            "pattern": plan.pattern,
            "alphabet": plan.alphabet,
            **({"series": options.series} if options.series else {"first": options.first or 1}),
        },
        **({"order": options.new_order} if options.new_order else {}),
        **({"found": True} if options.found else {}),
    }


def _laid_out(job: Setup) -> dict[str, Any]:
    """Return how a drawing is laid out, and the settings, as far as there are any."""
    found: dict[str, Any] = {}
    if job.grid is not None:
        pitch = job.grid.pitch_nm
        found["grid"] = [job.grid.columns, job.grid.rows]
        found["pitch_nm"] = None if pitch is None else list(pitch)
    if job.face is not None:
        size = job.face.size_nm
        found["face"] = {
            "size_nm": None if size is None else list(size),
            "turn": job.face.turn,
            "cylinder_nm": job.face.cylinder_nm,
        }
    if job.settings:
        found["settings"] = {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in job.settings.items()
        }
    return found


def job_hash(
    table_sha256: str, chosen: Mapping[str, Any], version: str = markcode.__version__
) -> str:
    """Return the hash of an order: of its input, its options and markcode's version."""
    ordered = {"inputs": [table_sha256], "options": chosen, "version": version}
    text = json.dumps(ordered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def manifest_head(
    table_sha256: str,
    chosen: Mapping[str, Any],
    summary: Summary,
    ledger: Mapping[str, Any] = NO_ELEMENTS,
    *,
    ticket: bool = False,
) -> dict[str, Any]:
    """Return the manifest but for its list of files; ``ledger`` names the job in a ledger."""
    head: dict[str, Any] = {
        "manifest_version": VERSION,
        "version": markcode.__version__,
        "job": summary.job,
        "inputs": [{"sha256": table_sha256}],
        **chosen,
        "counts": {name: getattr(summary, name) for name in _COUNTS},
    }
    if summary.achieved:
        head["achieved"] = dict(summary.achieved)
    if summary.serials is not None:
        head["serials"] = dict(summary.serials)
    if ledger:
        head["ledger"] = dict(ledger)
    if ticket:
        head["ticket"] = True
    return head


def head_findings(head: Mapping[str, Any]) -> list[Finding]:
    """Return a finding for each entry of a manifest's head that does not agree with the others."""
    right = {"counts": _adds_up(head.get("counts")), "job": _is_hash_of(head)}
    return [
        Finding("job.mismatch", params=Elements(file=MANIFEST, entry=entry))
        for entry, is_right in right.items()
        if not is_right
    ]


def _adds_up(counts: Any) -> bool:
    match counts:
        case {"rows": int(rows), "marks": int(marks), "rejected": int(rejected)}:
            return rows == marks + rejected and min(marks, rejected) >= 0
    return False


def _is_hash_of(head: Mapping[str, Any]) -> bool:
    chosen = {name: value for name, value in head.items() if name not in _NO_CHOICES}
    match head:
        case {"inputs": [{"sha256": str(sha256)}], "version": str(version), "job": str(job)}:
            return job == job_hash(sha256, chosen, version)
    return False
