"""The ledger's side of a batch, as it is ordered on the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from markcode_cli.ledger.opening import open_ledger

if TYPE_CHECKING:
    from markcode.format import Format
    from markcode.jobs.order import Options
    from markcode.ledger import Ledger
    from markcode.ledger.registering import JobRegister
    from markcode.ledger.series import Series

__all__ = ["registered"]


@contextmanager
def registered(
    place: str, station: str | None, fmt: Format, order: Options, resume: bool
) -> Iterator[tuple[JobRegister, Options]]:
    """Give the register of a batch, and the order with the series that its serials come from.

    ``--serials PATTERN`` stands for a series of that pattern, which each station takes numbers of.
    """
    from markcode.ledger.registering import JobRegister
    from markcode.ledger.series import define, series_named

    with open_ledger(place, station) as ledger:
        series, is_there = None, True
        if order.serials is not None:
            series, is_there = _series_of(ledger, fmt, order)
            if not is_there and not order.dry_run:
                with ledger.writing() as chain:
                    define(chain, series)
        elif order.series is not None:
            with ledger.reading() as connection:
                series = series_named(connection, order.series)
        if series is not None:
            order = replace(order, serials=series.plan, series=series.name, first=None)
        register = JobRegister(
            ledger,
            fmt,
            order.event or fmt.events[0],
            series_name=order.series,
            order_name=order.new_order,
            resume=resume,
            dry_run=order.dry_run,
            undefined=None if is_there else series,
        )
        yield register, order


def _series_of(ledger: Ledger, fmt: Format, order: Options) -> tuple[Series, bool]:
    """Return the series of a pattern, and whether the ledger knows it."""
    from markcode.errors import LedgerError
    from markcode.ledger.registering import series_check
    from markcode.ledger.series import Series, series_named

    assert order.serials is not None
    check, plan = series_check(fmt), order.serials
    said = f"{plan.pattern}\n{plan.alphabet}\n{check}"
    name = f"SERIALS-{hashlib.sha256(said.encode()).hexdigest()[:8].upper()}"
    with ledger.reading() as connection:
        try:
            there = series_named(connection, name)
        except LedgerError:
            return Series.of(name, plan.pattern, plan.alphabet, check, order.first or 1), False
    if order.first not in (None, there.first):
        raise click.UsageError(
            f"leave out --first: the ledger knows which numbers of {plan.pattern} are free"
        )
    return there, True
