"""`markcode formats --check`: is a format file right, and do its marks read back?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

import click

from markcode.errors import FormatFileError, ProfileError, SymbolError
from markcode_cli.output import print_json

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["check_files"]

EXAMPLES = 1000
_SHOWN = 3


def check_files(names: Sequence[str], as_json: bool) -> int:
    """Check each file and say the result in one line; return the exit status."""
    results = [_check(name) for name in names]
    for name, result in zip(names, results, strict=True):
        if as_json:
            print_json({"file": name, "ok": not result, "reasons": result})
        elif not result:
            click.echo(f"{name}: ok, {EXAMPLES:,} examples of each variant read back")
            for kind in _without_key(name):
                click.echo(f"{name}: note: event {kind} has no unique key: repeats are not found")
        for reason in result if not as_json else ():
            click.echo(reason, err=True)
    return 1 if any(results) else 0


def _without_key(name: str) -> list[str]:
    """Return the events that bear a number and declare no unique key."""
    import markcode

    fmt = markcode.get_format(name)
    return [
        rule.kind
        for rule in fmt.declaration.events
        if not rule.unique and any(e.type.has_own_alphabet for e in rule.elements)
    ]


def _check(name: str) -> list[str]:
    """Return what is wrong with a file; nothing if all is well."""
    import markcode

    try:
        plain = markcode.get_format(name)
        variants = [
            option.values for option in plain.declaration.options if option.key == "variant"
        ]
        _refuse_bad_outlines(plain)
        names = variants[0] if variants else (None,)
        chosen = [
            plain if each is None else markcode.get_format(name, options={"variant": each})
            for each in names
        ]
    except FormatFileError as fault:
        return [str(fault)]
    except (ProfileError, SymbolError) as fault:
        return [f"{name}: {fault}"]
    return [reason for fmt in chosen for reason in _failures(name, fmt)]


def _refuse_bad_outlines(fmt: Format) -> None:
    """Raise `SymbolError` for an outline that cannot be drawn."""
    from markcode.symbols.emblems import emblem_from_paths

    for symbol, paths in fmt.declaration.emblems.items():
        try:
            emblem_from_paths(paths)
        except SymbolError as fault:
            raise SymbolError(f"symbol.{symbol}.outline: {fault}") from None


def _failures(name: str, fmt: Format) -> list[str]:
    from markcode.trials import trial

    failures = list(trial(fmt, EXAMPLES))
    variant = fmt.options.get("variant")
    where = f"{name} (variant {variant})" if variant else name
    told = [f"{where}: event {f.event}: {f.data}: {f.reason}" for f in islice(failures, _SHOWN)]
    more = len(failures) - len(told)
    return [*told, f"{where}: {more} more examples fail"] if more else told
