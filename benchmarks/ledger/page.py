"""What was found about the ledger: lines for the screen, and docs/ledger-performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks import report
from benchmarks.ledger.looking import Asked, Filled
from benchmarks.runner import Result

__all__ = ["lines", "page"]


def lines(filled: Filled) -> Iterator[str]:
    """Give the lines of a ledger that was looked into, with the plans."""
    yield (
        f"{filled.database}: {filled.arms:,} arms, issued at {filled.arms / filled.seconds:,.0f} "
        f"a second, {filled.bytes / 1e9:.2f} GB, {filled.bytes / filled.arms:,.0f} bytes a mark"
    )
    for asked in filled.asked:
        yield f"  {asked.name:<16}  {_times(asked)}"
        yield f"    {asked.example}"
        yield from (f"    {line}" for line in asked.plan)


def page(
    results: Sequence[Result], filled: Sequence[Filled], machine: Mapping[str, str], date: str
) -> str:
    """Return docs/ledger-performance.md."""
    told = [
        "# Performance of the ledger",
        "",
        f"Written by `make bench-ledger` on {date}; not edited by hand. SQLite with "
        "`synchronous=FULL`, PostgreSQL as it is installed, on one disk with this program. Rates "
        "depend on the machine, and ratios less so.",
        "",
        "## Issuing, and whole batches",
        "",
        *(f"#{line}" if line.startswith("## ") else line for line in report.tabled(results)),
        "",
        "## Looking",
        "",
        "Look-ups by `markcode.ledger.finding.find`, text and state of each mark with them, spread "
        "over all arms, one after another in one transaction; 19 of 20 took no longer than `95 %`.",
        "",
        "| database | arms | asked | marks found | median | 95 % | target |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in filled:
        for asked in each.asked:
            verdict = f"< {asked.bound * 1000:g} ms {'met' if asked.met else 'missed'}"
            told.append(
                f"| {each.database} | {each.arms:,} | {asked.name} | {asked.found} | "
                f"{asked.seconds * 1000:.2f} ms | {asked.slow * 1000:.2f} ms | {verdict} |"
            )
    missed = [f"{e.database}, {a.name}" for e in filled for a in e.asked if not a.met]
    told += ["", "### Targets missed", "", f"{'; '.join(missed) or 'None'}."]
    told += ["", "## Query plans", ""]
    for each in filled:
        for asked in each.asked:
            told += [f"{each.database}, {asked.name}, `{asked.example}`:", "", "```"]
            told += [*asked.plan, "```", ""]
    told += [
        "## Bytes a mark",
        "",
        "| database | arms | bytes | bytes a mark |",
        "|---|---|---|---|",
    ]
    told += [
        f"| {each.database} | {each.arms:,} | {each.bytes:,} | {each.bytes / each.arms:,.0f} |"
        for each in filled
    ]
    told += ["", "## Machine and versions", "", "| what | found |", "|---|---|"]
    told += [f"| {what} | {found} |" for what, found in machine.items()]
    return "\n".join([*told, ""])


def _times(asked: Asked) -> str:
    verdict = "met" if asked.met else "missed"
    return (
        f"median {asked.seconds * 1000:.2f} ms, 95 % {asked.slow * 1000:.2f} ms, up to "
        f"{asked.found} marks; < {asked.bound * 1000:g} ms {verdict}"
    )
