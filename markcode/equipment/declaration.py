"""An equipment is declared once: what it writes, for which machines, with which limits.

The declaration is data, a TOML file beside the module for those that come with markcode; another
package gives an `Equipment` of its own through the entry point ``markcode.equipment``. Everything
else is derived: the options that count, what is refused, the page of ``markcode equipment NAME``,
what the manifest says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from markcode.equipment.settings import Setting
from markcode.equipment.values import Values
from markcode.errors import ProfileError
from markcode.model import NO_ELEMENTS

if TYPE_CHECKING:
    from markcode.engraving.plate import Engraved
    from markcode.equipment.mark import Writer
    from markcode.equipment.setup import Setup

__all__ = ["EVIDENCE", "OURS", "SIZES", "Equipment", "Kind", "Limit", "Machine", "of_toml"]

Kind = Literal["table", "drawing", "sheet", "label"]
"""``table``: texts for machines that have letters of their own. ``drawing``: everything at its true
size, a mark or a plate. ``sheet``: always many marks on a page. ``label``: commands of a printer.
"""
KINDS = ("table", "drawing", "sheet", "label")
OURS = "markcode"
"""The provider of what comes with markcode."""
EVIDENCE = {
    "V": "vendor",
    "C": "code",
    "T": "tried",
    "G": "general",
    "U": "unconfirmed",
}
"""The letters of standards/equipment.md, and how sure they are."""
SIZES = ("height", "module", "dpi", "grid", "pitch", "face", "rotate", "cylinder")
"""What an equipment can heed of the sizes that the command line has an option for."""


@dataclass(frozen=True)
class Machine:
    """A machine or program that takes the files, and how we know."""

    name: str
    evidence: str
    note: Mapping[str, str] = NO_ELEMENTS
    source: str = ""
    """Id in standards/equipment.md section 10."""

    def __post_init__(self) -> None:
        if self.evidence not in EVIDENCE:
            raise ProfileError(f"{self.name}: there is no evidence {self.evidence!r}")


@dataclass(frozen=True)
class Limit:
    """Something that the files cannot do, or that the operator must know."""

    text: Mapping[str, str]
    """By language."""
    evidence: str = "T"

    def __post_init__(self) -> None:
        if self.evidence not in EVIDENCE:
            raise ProfileError(f"a limit: there is no evidence {self.evidence!r}")


@dataclass(frozen=True)
class Equipment:
    """The declaration of one equipment.

    ``open`` is its one function: it takes the `markcode.equipment.setup.Setup` of a job and returns
    the `markcode.equipment.mark.Writer`; `markcode.equipment.mark.each_mark` makes one of a
    function from a mark to bytes.
    """

    name: str
    kind: Kind
    open: Callable[[Setup], Writer]
    title: Mapping[str, str]
    """What it is, by language; ``en`` at least."""
    writes: Mapping[str, str] = NO_ELEMENTS
    """Which files, by language."""
    files: tuple[str, ...] = ()
    """Their names."""
    heeds: tuple[str, ...] = ()
    """Which of `SIZES` it heeds."""
    values: Values | None = None
    """The texts that it takes; None where they are drawn."""
    settings: tuple[Setting, ...] = ()
    machines: tuple[Machine, ...] = ()
    limits: tuple[Limit, ...] = ()
    experimental: bool = False
    """Whether it was never tried on a machine, and rests on what is unconfirmed."""
    extra: str | None = None
    """Extra of markcode that it needs installed."""
    symbols: tuple[str, ...] | None = None
    """Symbologies that it can write; None for all."""
    needs_symbol: bool = False
    """Whether a job without a symbol makes no sense for it."""
    provider: str = field(default=OURS, compare=False)
    """The package that it comes from, with its version: another may write other bytes."""
    seconds: Callable[[Setup, Engraved], Decimal | None] | None = None
    """How long the machine takes for a mark, as far as the settings tell; for the ticket."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ProfileError(f"equipment {self.name}: there is no kind {self.kind!r}")
        unknown = [name for name in self.heeds if name not in SIZES]
        if unknown:
            raise ProfileError(f"equipment {self.name}: there is no size {unknown[0]!r}")
        if not self.title.get("en"):
            raise ProfileError(f"equipment {self.name}: it has no title in English")
        before: dict[str, Setting] = {}
        for setting in self.settings:
            fault = _fault_of(setting, before)
            if fault:
                raise ProfileError(f"equipment {self.name}, setting {setting.name}: {fault}")
            before[setting.name] = setting

    @property
    def is_drawn(self) -> bool:
        """Whether files are pictures of the marks, or of their symbols."""
        return self.kind in ("drawing", "sheet")

    @property
    def is_true_size(self) -> bool:
        """Whether files show the marks as they are made: no printer or machine has its own font."""
        return self.is_drawn and "height" in self.heeds

    def describe(self) -> dict[str, Any]:
        """Return the declaration as plain data, for JSON."""
        values = self.values
        return {
            "name": self.name,
            "kind": self.kind,
            "experimental": self.experimental,
            "title": dict(self.title),
            "writes": dict(self.writes),
            "files": list(self.files),
            "heeds": list(self.heeds),
            "symbols": None if self.symbols is None else list(self.symbols),
            "needs_symbol": self.needs_symbol,
            "values": None if values is None else asdict(values),
            "settings": [setting.describe() for setting in self.settings],
            "machines": [
                {**asdict(machine), "note": dict(machine.note)} for machine in self.machines
            ],
            "limits": [{"text": dict(one.text), "evidence": one.evidence} for one in self.limits],
            "extra": self.extra,
            "provider": self.provider,
        }


def of_toml(
    text: str, named: Callable[[str], Callable[..., Any]], shared: Mapping[str, Any]
) -> Equipment:
    """Return the declaration that a TOML text holds.

    ``named`` returns the functions that ``function`` and ``seconds`` name; ``shared`` has settings
    that several declarations use. Raises `ProfileError` for a key that a declaration does not have.
    """
    entries = tomllib.loads(text)
    settings: dict[str, Setting] = {}
    for name in entries.pop("shares", ()):
        settings |= {key: _setting(key, entry) for key, entry in shared[name]["setting"].items()}
    given = entries.pop("setting", {})
    settings |= {key: _setting(key, entry) for key, entry in given.items()}
    values = entries.pop("values", None)
    lists: dict[str, Any] = {
        key: tuple(entries.pop(key)) for key in ("files", "heeds", "symbols") if key in entries
    }
    try:
        return Equipment(
            open=named(entries.pop("function")),
            seconds=named(entries.pop("seconds")) if "seconds" in entries else None,
            settings=tuple(settings.values()),
            values=None if values is None else Values(**values),
            machines=tuple(Machine(**entry) for entry in entries.pop("machine", ())),
            limits=tuple(Limit(**entry) for entry in entries.pop("limit", ())),
            **lists,
            **entries,
        )
    except TypeError as fault:
        raise ProfileError(f"equipment {entries.get('name')}: {fault}") from fault


def _fault_of(setting: Setting, before: Mapping[str, Setting]) -> str:
    """Return what is wrong with a setting beside those that are declared before it."""
    if setting.name in before:
        return "there are two of this name"
    if setting.evidence and setting.evidence not in EVIDENCE:
        return f"there is no evidence {setting.evidence!r}"
    later = [name for name in setting.when if name not in before]
    return f"it depends on {later[0]!r}, which is not declared before it" if later else ""


def _setting(name: str, entry: Mapping[str, Any]) -> Setting:
    values = dict(entry)
    for key in ("least", "most"):
        if key in values:
            values[key] = Decimal(str(values[key]))
    if "when" in values:
        values["when"] = {other: tuple(wanted) for other, wanted in values["when"].items()}
    return Setting(name, values.pop("kind"), tuple(values.pop("values", ())), **values)
