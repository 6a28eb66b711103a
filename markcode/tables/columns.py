"""Which column holds which element."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from markcode.errors import TableError
from markcode.reference import labels

__all__ = ["Columns", "resolve_columns"]


@dataclass(frozen=True)
class Columns:
    """The columns that were found."""

    of: dict[str, str]
    """Header by element."""
    unused: tuple[str, ...]
    """Headers that no element uses, in their order."""


def resolve_columns(
    headers: Sequence[str],
    wanted: Mapping[str, str | None],
    mapping: Mapping[str, str] | None = None,
    constants: Collection[str] = (),
    required: Collection[str] = (),
    attributes: Mapping[str, str] | None = None,
) -> Columns:
    """Return the column of each element of ``wanted`` that has one.

    ``wanted`` says whose each element is: ``firearm``, ``event``, or None where it does not matter
    (``mark``, ``row``). So `País de importación` is an event's country and `País de fabricación`
    an arm's; plain `País` is either's where no column says more. ``mapping`` (element to header)
    comes before any synonym; ``constants`` are elements that have a value already and need no
    column; ``attributes`` says what an element is where its name is another (a mark may bear two
    years). Raises `TableError` for a mapped column that is not there, for two columns that fit one
    element, for one column mapped to two, and for an element of ``required`` without a column.

    >>> resolve_columns(("Nº de serie", "País", "Lote"), {"serial": "firearm", "country": "event"})
    Columns(of={'serial': 'Nº de serie', 'country': 'País'}, unused=('Lote',))
    """
    chosen = {
        element: _mapped(headers, wanted, element, column, constants)
        for element, column in (mapping or {}).items()
    }
    for element, header in chosen.items():
        if list(chosen.values()).count(header) > 1:
            raise TableError(
                f'--map {element}="{header}": another element has this column already; '
                "give each element its own"
            )
    free = [header for header in headers if header not in chosen.values()]
    for element, owner in wanted.items():
        if element not in chosen and element not in constants:
            attribute = (attributes or {}).get(element, element)
            fitting = _fitting(free, element, owner, attribute)
            if fitting is not None:
                chosen[element] = fitting
    missing = [name for name in required if name not in chosen and name not in constants]
    if missing:
        raise TableError(
            f"no column for {_list(missing)}; the columns are {_list(headers)}. Name a column with "
            f'--map {missing[0]}="COLUMN", or give one value for all rows with '
            f"--set {missing[0]}=VALUE"
        )
    used = set(chosen.values())
    ordered = {element: chosen[element] for element in wanted if element in chosen}
    return Columns(ordered, tuple(header for header in headers if header not in used))


def _mapped(
    headers: Sequence[str],
    wanted: Mapping[str, str | None],
    element: str,
    column: str,
    constants: Collection[str],
) -> str:
    if element not in wanted:
        raise TableError(
            f"--map {element}={column}: there is no element {element!r} here; "
            f"there are {_list(list(wanted))}"
        )
    if element in constants:
        raise TableError(f"{element} is given by --map and by --set; leave one of them out")
    if column in headers:
        return column
    alike = [header for header in headers if header.casefold() == column.casefold()]
    if len(alike) != 1:
        found = "the columns are" if not alike else "without regard to case it could be"
        raise TableError(
            f"--map {element}={column}: there is no such column; {found} {_list(alike or headers)}"
        )
    return alike[0]


def _fitting(free: Sequence[str], element: str, owner: str | None, attribute: str) -> str | None:
    """Return the one header that fits best."""
    ranked: dict[int, list[str]] = {}
    for header in free:
        rank = _rank(header, element, owner, attribute)
        if rank is not None:
            ranked.setdefault(rank, []).append(header)
    if not ranked:
        return None
    best = ranked[min(ranked)]
    if len(best) > 1:
        raise TableError(
            f"the columns {_list(best)} could each be the {element}; choose with "
            f'--map {element}="{best[0]}"'
        )
    return best[0]


def _rank(header: str, element: str, owner: str | None, attribute: str) -> int | None:
    """Return 0 for a header that says whose it is, 1 for the element's name, 2 for a synonym."""
    found = labels.find(header)
    if found is not None and found.owner is not None:
        return 0 if found.element == attribute and owner in (None, found.owner) else None
    if header == element:
        return 1
    if found is not None:
        return 2 if found.element == element else None
    # An element beyond the common ones has no synonyms.
    return 2 if labels.key(header) == labels.key(element) else None


def _list(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
