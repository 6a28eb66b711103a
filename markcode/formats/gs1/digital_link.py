"""GS1 Digital Link URIs: parsed and generated.

``https://host[/stem]/{key}/{value}[/{qualifier}/{value}...][?{attribute}={value}&...]`` (GS1
Digital Link: URI Syntax 1.x). Short names such as ``/gtin/`` and GTINs of
fewer than 14 digits are not read.

>>> message = read("https://id.gs1.org/01/09521234543213/21/A%2F7?422=170")
>>> [(element.ai, element.value) for element in message.elements]
[('01', '09521234543213'), ('21', 'A/7'), ('422', '170')]
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from markcode.errors import InvalidMark
from markcode.formats.gs1 import ai as identifiers
from markcode.formats.gs1.message import ElementString, Message, labelled, ordered, unknown
from markcode.model import Elements, Finding
from markcode.notation import DIGITS, UPPER

__all__ = ["CANONICAL_HOST", "is_link", "is_stem", "link", "looks_like", "read", "write"]

CANONICAL_HOST = "https://id.gs1.org"

_RESERVED = re.compile(f"[^{UPPER}{UPPER.lower()}{DIGITS}._~-]")
_OUTSIDE = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_SCHEME = re.compile("(?:https?|HTTPS?)://", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9.:\[\]-]+", re.ASCII)
_STEM = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9\-._~]+)*/?", re.ASCII)
_CHARACTER = re.compile("%([0-9A-Fa-f]{2})|(.)", re.ASCII | re.DOTALL)

Piece = tuple[str, int]
"""A part of the URI, and where it begins."""


def looks_like(text: str) -> bool:
    """Return whether text begins as a web address, in whatever case."""
    return re.match("https?://", text, re.ASCII | re.IGNORECASE) is not None


def is_stem(text: str) -> bool:
    """Return whether text can stand before the key: scheme, domain, further segments.

    >>> is_stem("https://example.com/arms"), is_stem("example.com"), is_stem("ftp://example.com")
    (True, False, False)
    """
    return _STEM.fullmatch(text) is not None


def is_link(text: str) -> bool:
    """Return whether text is a web address with a key of GS1 and something behind it.

    >>> is_link("https://example.com/01/1"), is_link("https://example.com/99/1")
    (True, False)
    """
    if not looks_like(text):
        return False
    path = re.split("[?#]", text.partition("://")[2])[0]
    segments = path.split("/")[1:]
    return any(_is_key(key) and value for key, value in itertools.pairwise(segments))


def read(text: str) -> Message:
    """Read a Digital Link URI. What is right is read, whatever else is wrong."""
    bad = _OUTSIDE.search(text)
    if bad is not None:
        return _malformed("characters", text, bad.start(), bad.end())
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _malformed("scheme", text, 0, text.find("://") + 3 if "://" in text else len(text))
    slash = text.find("/", scheme.end())
    domain_end = slash if slash >= 0 else len(text)
    if not _DOMAIN.fullmatch(text[scheme.end() : domain_end]):
        return _malformed("domain", text, scheme.end(), domain_end)
    end = _first(text, "#", domain_end, len(text))
    query = _first(text, "?", domain_end, end)
    segments = _pieces(text, "/", domain_end + 1, query) if slash >= 0 else []
    root = _root(segments)
    if root is None:
        return _malformed("key", text, domain_end, query)
    findings: list[Finding] = []
    path = list(_read_path(segments[root:], findings))
    asked = list(_read_query(_pieces(text, "&", query + 1, end), findings))
    elements = path + asked
    findings += _order_faults(path)
    findings += _attribute_faults(path, asked)
    findings += _null_faults(elements)
    return Message(tuple(elements), tuple(findings))


def _malformed(reason: str, text: str, start: int, end: int) -> Message:
    params = Elements(value=text[start:end], reason=reason)
    return Message((), (Finding("link.malformed", "error", None, (start, end), params),))


def _first(text: str, sign: str, start: int, end: int) -> int:
    found = text.find(sign, start, end)
    return end if found < 0 else found


def _pieces(text: str, sign: str, start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    for part in text[start:end].split(sign):
        pieces.append((part, start))
        start += len(part) + 1
    return pieces


def _is_key(ai: str) -> bool:
    entry = identifiers.find(ai)
    return entry is not None and entry.qualifiers is not None


def _root(segments: Sequence[Piece]) -> int | None:
    """Return which segment is the key: the last one from which only AIs and data follow.

    Where none is, the first key, so that the rest can still be read.
    """
    for at in range(len(segments) - 2, -1, -2):
        label = segments[at][0]
        if _is_key(label):
            return at
        if identifiers.find(label) is None:
            break
    keys = (at for at in range(len(segments) - 1) if _is_key(segments[at][0]))
    return next(keys, None)


def _read_path(segments: Sequence[Piece], findings: list[Finding]) -> Iterator[ElementString]:
    for (label, at), (data, start) in zip(segments[::2], segments[1::2], strict=False):
        if identifiers.find(label) is None:
            findings.append(unknown(label, at, at + max(1, len(label))))
        else:
            yield _element(label, at, data, start, "+")
    if len(segments) % 2:
        label, at = segments[-1]
        params = Elements(value="/" + label, reason="path")
        place = (at - 1, at + len(label))
        findings.append(Finding("link.malformed", "error", None, place, params))


def _read_query(pieces: Sequence[Piece], findings: list[Finding]) -> Iterator[ElementString]:
    """Yield the attributes that are AIs; other names are no matter of GS1."""
    for piece, at in pieces:
        label, equals, data = piece.partition("=")
        if not equals or re.fullmatch("[0-9]+", label, re.ASCII) is None:
            continue
        if identifiers.find(label) is None:
            findings.append(unknown(label, at, at + len(label)))
        else:
            yield _element(label, at, data, at + len(label) + 1, " ")


def _element(label: str, at: int, data: str, start: int, plus: str) -> ElementString:
    """Return an element string without its escapes; a plus sign in a query is a blank."""
    value, places = "", []
    for match in _CHARACTER.finditer(data):
        value += chr(int(match[1], 16)) if match[1] else plus if match[2] == "+" else match[2]
        places.append(start + match.start())
    places.append(start + len(data))
    return ElementString(label, value, (at, at + len(label)), tuple(places))


def _order_faults(path: Sequence[ElementString]) -> Iterator[Finding]:
    """Yield the first qualifier that no sequence of the key's qualifiers has in its place."""
    if not path:
        return
    labels = [element.ai for element in path[1:]]
    groups = identifiers.table()[path[0].ai].qualifiers or ()
    for count, element in enumerate(path[1:], start=1):
        if not any(_is_part(labels[:count], group) for group in groups):
            order = " | ".join(", ".join(group) for group in groups) or "-"
            params = Elements(ai=element.ai, key=path[0].ai, order=order, reason="order")
            yield Finding("ai.place", "error", None, element.ai_span, params)
            return


def _is_part(labels: Sequence[str], group: Sequence[str]) -> bool:
    """Return whether labels stand in the order of a group, some of which may lack."""
    rest = iter(group)
    return all(label in rest for label in labels)


def _attribute_faults(
    path: Sequence[ElementString], asked: Sequence[ElementString]
) -> Iterator[Finding]:
    if not path:
        return
    groups = identifiers.table()[path[0].ai].qualifiers or ()
    labels = {element.ai for element in path[1:]}
    seen = {element.ai for element in path}
    for element in asked:
        params = {"ai": element.ai, "key": path[0].ai}
        if element.ai in seen:
            yield _misplaced(element, Elements(params, reason="twice"))
        elif any(element.ai in group and labels <= set(group) for group in groups):
            yield _misplaced(element, Elements(params, reason="path"))
        elif not identifiers.table()[element.ai].is_attribute:
            yield _misplaced(element, Elements(params, reason="query"))
        seen.add(element.ai)


def _misplaced(element: ElementString, params: Elements) -> Finding:
    return Finding("ai.place", "error", None, element.ai_span, params)


def _null_faults(elements: Sequence[ElementString]) -> Iterator[Finding]:
    for element in elements:
        at = element.value.find("\0")
        if at >= 0:
            params = Elements(value="%00", reason="null")
            place = element.place(at, at + 1)
            yield Finding("link.malformed", "error", None, place, params)


def write(elements: Sequence[ElementString], stem: str = CANONICAL_HOST) -> str:
    """Return the URI of element strings. Raises `InvalidMark` where they cannot be one.

    The first key leads; its qualifiers follow in their order, then the other AIs, those of
    predefined length first. Repeats are written once.
    """
    labels, values = labelled(elements)
    uri = link(labels, values, stem)
    if uri is None:
        raise InvalidMark(_form(labels).faults)
    return uri


def link(labels: tuple[str, ...], values: Sequence[str], stem: str = CANONICAL_HOST) -> str | None:
    """Return the URI of AIs and their data, without repeats; None where they cannot be one."""
    form = _form(labels)
    if form.faults:
        return None
    written = [_RESERVED.sub(_escaped, values[at]) for at in form.order]
    return stem.removesuffix("/") + form.template % tuple(written)


class _Form(NamedTuple):
    """A link without its data, ``/01/%s/21/%s``, and the order in which they go there."""

    template: str
    order: Sequence[int]
    faults: Sequence[Finding] = ()


@functools.lru_cache(maxsize=1024)
def _form(labels: tuple[str, ...]) -> _Form:
    """Return the form of a link with these AIs, or what keeps them from being one."""
    # Data do not matter to it: each has its place in their stead.
    elements = [ElementString.plain(ai, str(at)) for at, ai in enumerate(labels)]
    kept = ordered(elements)
    key = next((element for element in elements if _is_key(element.ai)), None)
    if key is None:
        return _Form("", (), [Finding("link.malformed", params={"value": "", "reason": "key"})])
    path = [key, *_chosen(key, kept)]
    asked = [element for element in kept if element not in path]
    template = "".join(f"/{e.ai}/%s" for e in path)
    if asked:
        template += "?" + "&".join(f"{e.ai}=%s" for e in asked)
    faults = [replace(fault, span=None) for fault in _attribute_faults(path, asked)]
    return _Form(template, [int(e.value) for e in (*path, *asked)], faults)


def _chosen(key: ElementString, elements: Sequence[ElementString]) -> list[ElementString]:
    """Return the qualifiers of the sequence of which most are there, in its order."""
    groups = identifiers.table()[key.ai].qualifiers or ()
    by_ai = {element.ai: element for element in reversed(elements)}
    found = [[by_ai[ai] for ai in group if ai in by_ai] for group in groups]
    return max(found, key=len, default=[])


def _escaped(character: re.Match[str]) -> str:
    return f"%{ord(character[0]):02X}"
