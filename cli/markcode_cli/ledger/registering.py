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

__all__ = ["registered"]


@contextmanager
def registered(
    place: str, station: str | None, fmt: Format, order: Options, resume: bool
) -> Iterator[tuple[JobRegister, Options]]:
    """Give the register of a batch, and the order with the series that its serials come from.

    ``--serials PATTERN`` stands for a series of that pattern, which each station takes numbers of.
    """
    from markcode.ledger.registering import JobRegister
    from markcode.ledger.series import series_named

    with open_ledger(place, station) as ledger:
        name = order.series
        if order.serials is not None:
            name = _series_of(ledger, fmt, order)
        if name is not None:
            with ledger.reading() as connection:
                series = series_named(connection, name)
            _refuse_check(fmt, series.check, name)
            order = replace(order, serials=series.plan, series=name, first=None)
        register = JobRegister(
            ledger,
            fmt,
            order.event or fmt.events[0],
            series_name=name,
            order_name=order.new_order,
            resume=resume,
            dry_run=order.dry_run,
        )
        yield register, order


def _series_of(ledger: Ledger, fmt: Format, order: Options) -> str:
    """Return the name of the series of a pattern, which is defined if it is not there."""
    from markcode.errors import LedgerError
    from markcode.ledger.series import Series, define, series_named

    assert order.serials is not None
    check = fmt.check.name if fmt.check is not None and fmt.check_over == "serial" else None
    plan = order.serials
    said = f"{plan.pattern}\n{plan.alphabet}\n{check}"
    name = f"SERIALS-{hashlib.sha256(said.encode()).hexdigest()[:8].upper()}"
    with ledger.reading() as connection:
        try:
            first = series_named(connection, name).first
        except LedgerError:
            first = None
    if first is not None and order.first not in (None, first):
        raise click.UsageError(
            f"leave out --first: the ledger knows which numbers of {plan.pattern} are free"
        )
    if first is None:
        made = Series.of(name, plan.pattern, plan.alphabet, check, order.first or 1)
        with ledger.writing() as chain:
            define(chain, made)
    return name


def _refuse_check(fmt: Format, check: str | None, name: str) -> None:
    own = fmt.check.name if fmt.check is not None and fmt.check_over == "serial" else None
    if check != own:
        raise click.UsageError(
            f"the serials of series {name} end with {_check(check)}, and the profile wants "
            f"{_check(own)}: give the profile --check NAME --check-over serial, or leave them out"
        )


def _check(name: str | None) -> str:
    return f"a check of {name}" if name else "no check"
