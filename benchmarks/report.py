"""What the runner found: a table of 80 columns, JSON, and the page docs/performance.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.runner import Reached, Result
from benchmarks.work import Measure, Target

__all__ = ["as_json", "heading", "lines", "page", "tabled"]

_WIDTH = 80
_COLUMNS = "{:<24} {:>7} {:<19} {:>7} {:>6} {:>12}"
"""Work, ours a second, peer, its own a second, times, target."""
_HEADS = ("work", "ours/s", "peer", "peer/s", "times", "target")


def heading() -> str:
    """Return the first line of the table."""
    return _COLUMNS.format(*_HEADS)


def lines(result: Result) -> Iterator[str]:
    """Give the lines of one work: one a peer, one for each bound of our own, and its notes."""
    for cells in _cells(result):
        yield _COLUMNS.format(*cells).rstrip()
    for note in result.notes:
        yield from textwrap.wrap(note, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def as_json(results: Sequence[Result], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that was found, as JSON can hold it."""
    return {**about, "works": [_result(result) for result in results]}


def page(results: Sequence[Result], machine: Mapping[str, str], date: str, quick: bool) -> str:
    """Return docs/performance.md."""
    again = "bench-quick" if quick else "bench"
    return "\n".join(
        [
            "# Performance",
            "",
            f"Written by `make {again}` on {date}; not edited by hand. Ours and each peer's work "
            "are timed in turn, in one run, round after round; figures are medians. Rates depend "
            "on the machine, and ratios less so.",
            "",
            "`ours/s` and `peer/s` are rows a second; `times` is how many times as fast as the "
            "peer ours is, by the median over the rounds. Targets in seconds, in memory (`peak`) "
            "and with `<=` are upper bounds, all others lower bounds. A program that was not "
            "installed is `missing`, and its target `open`.",
            "",
            *tabled(results),
            "",
            "## Machine and versions",
            "",
            *_markdown(("what", "found"), machine.items()),
            "",
        ]
    )


def tabled(results: Sequence[Result]) -> list[str]:
    """Return the results as Markdown: the table, the targets missed, what is compared."""
    return [
        *_markdown(_HEADS, (cells for result in results for cells in _cells(result))),
        "",
        "## Targets missed",
        "",
        *(_missed(results) or ["None."]),
        "",
        "## What is compared",
        "",
        *(line for result in results for line in _told_of(result)),
    ]


def _cells(result: Result) -> Iterator[tuple[str, ...]]:
    work, ours = result.work.name, _short(result.ours.rate)
    targets = {r.target.peer: r for r in result.reached if r.target.measure == "times"}
    for name, theirs in result.peers.items():
        verdict = _verdict(targets.get(name))
        if theirs is None:
            yield work, ours, name, "missing", "", verdict
        else:
            times = result.times(name)
            yield work, ours, name, _short(theirs.rate), _figure("times", times or 0), verdict
        work = ours = ""
    for reached in result.reached:
        if reached.target.measure != "times":
            yield work, ours, f"({_own(reached)})", "", "", _verdict(reached)
            work = ours = ""
    if work:
        yield work, ours, "", "", "", ""


def _own(reached: Reached) -> str:
    """Return what was found for a bound of our own."""
    measure = reached.target.measure
    if reached.found is None:
        return f"{measure} unknown"
    times = " times" if measure == "takes" else ""
    return f"{measure} {_figure(measure, reached.found)}{times}"


def _verdict(reached: Reached | None) -> str:
    if reached is None:
        return ""
    met = {True: "met", False: "missed", None: "open"}[reached.met]
    return f"{_bound(reached.target)} {met}"


def _bound(target: Target) -> str:
    most = "<=" if target.measure == "takes" else ""
    return most + _figure(target.measure, target.bound)


def _figure(measure: Measure, value: float) -> str:
    match measure:
        case "times" | "takes":
            return f"{value:.3g}"
        case "rate":
            return _short(value)
        case "seconds":
            return f"{value:.3g}s"
        case "peak":
            return f"{value / 1e9:.2g}GB"


def _short(value: float) -> str:
    """Return three digits and a unit.

    >>> _short(0.1234), _short(999.7), _short(123456), _short(9457184)
    ('0.123', '1.00k', '123k', '9.46M')
    """
    units = iter(("", "k", "M", "G"))
    unit = next(units)
    while value >= 999.5:
        value, unit = value / 1000, next(units)
    return f"{value:#.3g}".rstrip(".") + unit


def _missed(results: Sequence[Result]) -> list[str]:
    return [
        f"- {result.work.name}: {_told(reached)}"
        for result in results
        for reached in result.reached
        if not reached.met
    ]


def _told(reached: Reached) -> str:
    measure, peer = reached.target.measure, reached.target.peer
    found = "not measured" if reached.found is None else _figure(measure, reached.found)
    what = measure if peer is None else f"{measure} {peer}"
    return f"{what} {found}, target {_bound(reached.target)}"


def _told_of(result: Result) -> Iterator[str]:
    yield f"- **{result.work.name}**: {result.work.what}"
    for note in result.notes:
        yield f"  - {note}"


def _markdown(heads: Sequence[str], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def _result(result: Result) -> dict[str, Any]:
    work = result.work
    return {
        "name": work.name,
        "what": work.what,
        "rows": work.rows,
        "seconds": result.ours.seconds,
        "rate": result.ours.rate,
        "peak": result.ours.peak,
        "notes": result.notes,
        "peers": {
            name: {"package": result.packages[name], "missing": True}
            if theirs is None
            else {
                "package": result.packages[name],
                "rows": theirs.rows,
                "seconds": theirs.seconds,
                "rate": theirs.rate,
                "times": result.times(name),
            }
            for name, theirs in result.peers.items()
        },
        "targets": [
            {
                "measure": reached.target.measure,
                "peer": reached.target.peer,
                "bound": reached.target.bound,
                "found": reached.found,
                "met": reached.met,
            }
            for reached in result.reached
        ],
    }
