"""`markcode formats --country`: the rules of a State, and the instruments that it is tied to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from markcode.reference import countries, national
from markcode_cli.formats_page import EVIDENCE
from markcode_cli.output import paragraph, print_json, table

__all__ = ["show_country"]


def show_country(text: str, as_json: bool, lang: str) -> None:
    """Print what applies in a State. Raises `click.UsageError` for what is no State."""
    country = _state(text)
    rules = national.rules(country.alpha2)
    treaties = national.treaties(country.alpha2)
    if as_json:
        print_json(
            {
                "country": country.alpha2,
                "rules": [asdict(rule) for rule in rules],
                "treaties": [asdict(tie) for tie in treaties],
            }
        )
        return
    click.echo(f"{country.alpha2} {country.names[lang]}")
    if not rules and not treaties:
        click.echo(
            "\n".join(
                paragraph(
                    "Nothing is known here of this State's law on marks or of the instruments that "
                    "it has joined. That does not mean that there is none: ask its authority, and "
                    "declare its format in a file (markcode formats --new NAME)."
                )
            )
        )
    for rule in rules:
        click.echo("")
        click.echo("\n".join(_rule(rule)))
    for tie in treaties:
        click.echo("")
        click.echo("\n".join(_treaty(tie)))


def _state(text: str) -> countries.Country:
    country = countries.find(text.upper()) or countries.find(text)
    if country is not None and country.withdrawn is None:
        return country
    trap = countries.trap(text.upper())
    meant = country.successors if country is not None else (trap.meant,) if trap is not None else ()
    codes = " or ".join(filter(None, meant))
    example = f"perhaps {codes}" if codes else "such as PE"
    raise click.UsageError(
        f"--country {text}: this is no present country; write a code of ISO 3166-1, {example}, "
        "or a name"
    )


def _rule(rule: national.NationalRule) -> Iterator[str]:
    yield from paragraph(f"{rule.law}")
    form = rule.form or "none is known"
    if rule.form and rule.form_evidence:
        form = f"{rule.form} ({EVIDENCE[rule.form_evidence]})"
    facts = [
        ("Format", ", ".join(map(_with_events, rule.formats)) or "none"),
        ("Events", ", ".join(rule.events)),
        ("Duty", f"{rule.duty} ({EVIDENCE[rule.evidence]})"),
        ("Form", form),
        ("Read in", rule.source),
    ]
    yield from table([fact for fact in facts if fact[1]], "  ")


def _with_events(name: str) -> str:
    import markcode

    return f"{name} ({', '.join(markcode.get_format(name).events)})"


def _treaty(tie: national.Adherence) -> Iterator[str]:
    yield from paragraph(tie.instrument)
    facts = [
        ("Format", tie.format or "none"),
        ("Ground", f"{tie.ground} ({EVIDENCE[tie.evidence]})"),
        ("Read in", tie.source),
    ]
    yield from table(facts, "  ")
