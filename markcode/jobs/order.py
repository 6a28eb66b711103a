"""What an operator orders, what came of it, and how the manifest says both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import markcode
from markcode import lengths
from markcode.errors import ProfileError
from markcode.jobs.manifest import VERSION
from markcode.jobs.serials import Serials
from markcode.model import NO_ELEMENTS

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = [
    "DPI",
    "HEIGHT_NM",
    "MODULE_NM",
    "Options",
    "Summary",
    "choices",
    "height_nm",
    "job_hash",
    "manifest_head",
    "refuse_unfit",
]

HEIGHT_NM = 1_600_000
"""Height of drawn text where the format states no minimum."""
MODULE_NM = 400_000
DPI = 600


@dataclass(frozen=True, kw_only=True)
class Options:
    """What an operator chooses for a job."""

    equipment: str = "csv"
    """One of ``equipment.NAMES``."""
    symbol: str | None = None
    """Symbology of the machine-readable symbol; none by default."""
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
    first: int = 1
    """Number of the first serial."""
    height_nm: int | None = None
    """Height of drawn text; the format's minimum, else `HEIGHT_NM`, by default."""
    module_nm: int = MODULE_NM
    dpi: int = DPI
    language: str = "en"
    """Language of the messages in rejected.csv and warnings.csv."""


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
    job: str
    """Hash of the input, options and version."""
    written: bool
    unused: tuple[str, ...]
    """Headers of columns that feed no element."""

    def to_dict(self) -> dict[str, Any]:
        """Return the summary for JSON."""
        return {**asdict(self), "unused": list(self.unused)}


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
    if options.serials is not None:
        if "serial" not in elements:
            raise ProfileError(f"{fmt.name}: a {kind} mark has no serial, so none can be generated")
        if "serial" in options.constants:
            raise ProfileError("serials are generated or given: leave out --serials or --set")


def choices(fmt: Format, kind: str, options: Options, columns: Mapping[str, str]) -> dict[str, Any]:
    """Return everything that decides what is marked, as it stands in the manifest."""
    drawn = options.equipment in ("svg", "png")
    plan = options.serials
    return {
        "profile": fmt.profile(),
        "event": kind,
        "provisional": fmt.is_provisional(kind),
        "equipment": options.equipment,
        "symbol": options.symbol,
        "height_nm": height_nm(fmt, options.height_nm) if drawn else None,
        "module_nm": options.module_nm if drawn else None,
        "dpi": options.dpi if options.equipment == "png" else None,
        "columns": dict(columns),
        "constants": dict(options.constants),
        "encoding": options.encoding,
        "limit": options.limit,
        "row_range": None if options.rows is None else list(options.rows),
        "numbering": None
        if plan is None
        else {"pattern": plan.pattern, "alphabet": plan.alphabet, "first": options.first},
    }


def job_hash(table_sha256: str, chosen: Mapping[str, Any]) -> str:
    """Return the hash of an order: of its input, its options and markcode's version."""
    ordered = {"inputs": [table_sha256], "options": chosen, "version": markcode.__version__}
    text = json.dumps(ordered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def manifest_head(
    table_sha256: str, chosen: Mapping[str, Any], achieved: Mapping[str, int], summary: Summary
) -> dict[str, Any]:
    """Return the manifest but for its list of files; ``achieved`` are the sizes of a PNG."""
    counts = ("rows", "marks", "rejected", "warned", "duplicates")
    head: dict[str, Any] = {
        "manifest_version": VERSION,
        "version": markcode.__version__,
        "job": summary.job,
        "inputs": [{"sha256": table_sha256}],
        **chosen,
        "counts": {name: getattr(summary, name) for name in counts},
    }
    if achieved:
        head["achieved"] = dict(achieved)
    if summary.serials is not None:
        head["serials"] = dict(summary.serials)
    return head
