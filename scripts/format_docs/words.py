"""Plain words for what a declaration says: characters, forms, lines, keys, evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from markcode.declaration import Element, EventRule, Needed, Unique
from markcode.fields import Text
from markcode.notation import DIGITS, UPPER, describe_alphabet
from markcode.reference import countries
from markcode.reference.lookalikes import script

__all__ = [
    "EVIDENCE",
    "EVIDENCE_LINK",
    "VERDICTS",
    "capital",
    "characters",
    "code",
    "country",
    "event_title",
    "evidence",
    "form",
    "listed",
    "name",
    "needed",
    "plain",
    "presence",
    "table",
    "template",
    "unique",
]

EVIDENCE = {
    "C": ("confirmed", "The text of the instrument, or a source as good, was read.", "an error"),
    "P": ("partly confirmed", "Second-hand sources say so, or practice shows it.", "a warning"),
    "U": (
        "unconfirmed",
        "The text was not seen; the rule is the likeliest one.",
        "told only on request (`--pedantic`)",
    ),
    "D": (
        "our choice",
        "The instrument leaves it open, and markcode had to settle it.",
        "an error",
    ),
}
"""For each letter of a declaration: its word, what it means, what a breach is."""

EVIDENCE_LINK = "[How sure](README.md#how-sure-a-rule-is)"

VERDICTS = {
    "valid": "every rule that can be tested holds",
    "suspect": "no confirmed rule is broken, but something is odd: look again",
    "invalid": "a rule is broken; the finding says which, and where in the mark",
    "undetermined": "nothing is known to be wrong, but what is known does not decide",
}
"""What each verdict means."""

_EVENTS = {
    "manufacture": "Mark of manufacture",
    "import": "Mark of import",
    "transfer": "Mark of a transfer from State stocks",
    "confiscation": "Mark on a confiscated arm",
    "deactivation": "Mark of deactivation",
    "state-owned": "Mark on an arm of the State",
    "registration": "Mark at registration",
}
_NAMES = {
    "serial": "serial number",
    "year_made": "year of manufacture",
    "year_import": "year of import",
    "country_third": "third country",
    "check_digit": "check digit",
    "uii": "UII",
    "gtin": "GTIN",
    "giai": "GIAI",
    "grai": "GRAI",
    "cpid": "CPID",
    "cpid_serial": "serial number of the part",
}
_PLACE = re.compile(r"\{([a-z0-9_]+)(\??)\}")
_SPECIAL = str.maketrans({"*": r"\*", "_": r"\_", "<": "&lt;", "|": r"\|"})


def plain(text: str) -> str:
    """Return text in which Markdown finds nothing to format, on one line."""
    return " ".join(text.split()).translate(_SPECIAL)


def code(text: str) -> str:
    """Return text as it stands, in the letters of a typewriter; for tables too."""
    return "`" + text.replace("|", r"\|") + "`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; no cell holds a line break or an unescaped bar."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a person lists them.

    >>> listed(["maker", "country", "serial number"])
    'maker, country and serial number'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def name(element: str) -> str:
    """Return what people call an element."""
    return _NAMES.get(element, element.replace("_", " "))


def capital(text: str) -> str:
    """Return text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def country(alpha2: str) -> str:
    """Return the name of a State."""
    found = countries.by_alpha2(alpha2)
    return found.names["en"] if found is not None else alpha2


def event_title(kind: str) -> str:
    """Return the heading of an event."""
    return _EVENTS.get(kind, f"Mark of {kind}")


def evidence(element: Element) -> str:
    """Return the word for the ground of a rule."""
    return EVIDENCE[element.evidence][0]


def presence(element: Element, rule: EventRule) -> str:
    """Return whether a mark must hold the element."""
    if not element.struck:
        return "in the record only"
    if element.required:
        return "yes"
    if any(element.name in need.elements for need in rule.needed):
        return "see below"
    return "encouraged" if element.advised else "if wanted"


def characters(alphabet: str) -> str:
    """Return an alphabet in words.

    >>> characters("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    'digits, capital letters and the sign `-`'
    >>> characters("0123456789ABCDEF")
    'digits and the capital letters A-F'
    """
    found = set(alphabet)
    small = set(UPPER.lower())
    words = []
    if digits := found & set(DIGITS):
        words.append("digits" if len(digits) == 10 else f"the digits {_ranges(digits)}")
    if found >= set(UPPER) | small:
        words.append("letters")
    else:
        if capitals := found & set(UPPER):
            whole = len(capitals) == 26
            words.append("capital letters" if whole else f"the capital letters {_ranges(capitals)}")
        if smalls := found & small:
            whole = len(smalls) == 26
            words.append("small letters" if whole else f"the small letters {_ranges(smalls)}")
    others = {c for c in found if not c.isascii() and c.isalpha()}
    scripts = {script(c) for c in others}
    if scripts & {"Latin", "Common"}:
        words.append("letters with accents")
    foreign = [other for other in ("Greek", "Cyrillic") if other in scripts]
    words += [f"{listed(foreign)} letters"] if foreign else []
    if " " in found:
        words.append("blanks")
    signs = sorted(found - others - set(DIGITS) - set(UPPER) - small - {" "})
    if signs:
        noun = "the signs" if len(signs) > 1 else "the sign"
        words.append(f"{noun} `{' '.join(signs)}`")
    return listed(words)


def _ranges(letters: Iterable[str]) -> str:
    return describe_alphabet("".join(sorted(letters)))


def form(text: Text) -> str:
    """Return what a value looks like, in words."""
    doc = text.doc
    for alphabet in (text.alphabet, text.must):
        short = describe_alphabet(alphabet)
        if alphabet and f" of {short}" in doc:
            doc = doc.replace(f"characters of {short}", f"characters: {characters(alphabet)}")
            doc = doc.replace(f"character of {short}", f"character: {characters(alphabet)}")
            doc = doc.replace(f", at least one of {short}", f"; {_must(alphabet)}")
    # Backquoted signs are to stand as they are.
    pieces = doc.split("`")
    return "".join(
        code(piece) if number % 2 else piece.translate(_SPECIAL)
        for number, piece in enumerate(pieces)
    )


def _must(alphabet: str) -> str:
    has_digits = bool(set(DIGITS) & set(alphabet))
    has_letters = any(c.isalpha() for c in alphabet)
    wanted = [w for w, there in (("letter", has_letters), ("digit", has_digits)) if there]
    return f"at least one {listed(wanted, 'or')}"


def template(rule: EventRule, separators: Sequence[str], spelt: Mapping[str, str]) -> list[str]:
    """Return the lines of a mark: values in square brackets, what is struck as it stands."""
    between = (rule.separators or separators)[0]
    lines = []
    for line in rule.lines:
        for token, text in spelt.items():
            line = line.replace(token, text)
        line = _PLACE.sub(lambda place: f"[{name(place[1])}{', if any' * bool(place[2])}]", line)
        lines.append(line.replace("] [", f"]{between}["))
    return lines


def unique(key: Unique) -> str:
    """Return what a repeat of a key means."""
    words = listed([name(element) for element in key.elements])
    told = "an error" if key.severity == "error" else "a warning"
    if key.distinct:
        others = listed([name(element) for element in key.distinct], "or")
        return f"{capital(words)} again with another {others}: {told}."
    together = " together" if len(key.elements) > 1 else ""
    return f"Must not occur twice: {words}{together}. A repeat is {told}."


def needed(rules: Sequence[Needed], patterns: Mapping[str, str]) -> list[str]:
    """Return which elements cannot be left out, and when. KeyError for a pattern without words."""
    told: list[str] = []
    for rule in rules:
        mutual = (rule.unless_present, rule.elements)
        if len(rule.elements) == 1 and mutual in {(r.elements, r.unless_present) for r in rules}:
            either = listed([name(e) for e in sorted((*rule.elements, *rule.unless_present))], "or")
            told.append(f"{either} is needed")
        else:
            told.append(_one_needed(rule, patterns))
    return [capital(text) for text in dict.fromkeys(told)]


def _one_needed(rule: Needed, patterns: Mapping[str, str]) -> str:
    verb = "is" if len(rule.elements) == 1 else "are"
    text = f"{listed([name(element) for element in rule.elements])} {verb} needed"
    grounds = [f"there is {name(element)}" for element in rule.unless_present]
    if rule.unless_pattern is not None:
        element, pattern = rule.unless_pattern
        grounds.append(f"the {name(element)} has {patterns[pattern]}")
    return f"{text} unless {' or '.join(grounds)}" if grounds else text
