"""An alignment told as tokens and findings, one for each fault where that is possible."""

from __future__ import annotations

from dataclasses import replace

from markcode.declaration import lacking
from markcode.explain.alignment import HOPELESS, Step
from markcode.fields import Fault
from markcode.layout import CHECK, Item, Layout, Token
from markcode.model import Elements, Finding, Severity

__all__ = ["Story", "with_rivals"]

_WARNINGS = ("separator.spelling", "symbol.spelling")


class Story:
    """An alignment told as tokens and findings."""

    def __init__(
        self,
        items: tuple[Item, ...],
        layout: Layout,
        text: str,
        path: list[Step],
        swapped: tuple[int, int] | None,
    ) -> None:
        self.items = items
        self.layout = layout
        self.text = text
        self.tokens: dict[str, Token] = {}
        self.findings: list[Finding] = []
        self.missing: list[tuple[str, ...]] = []
        self.faults = 0
        unread: set[str] = set()
        places: dict[int, Step] = {}
        for step in path:
            if step.kind == "found":
                places[step.item] = step
        before: Step | None = None
        for step in path:
            self._tell(before, step, unread)
            before = step
        if swapped is not None:
            unread |= self._tell_swap(places, swapped)
        self._merge_missing(path)
        self._merge_case(unread)
        self._merge_spellings()
        for number, step in places.items():
            name = items[number].name
            if name not in unread and _is_read(items[number], step):
                self.tokens[name] = Token(text[step.start : step.end], step.start, step.end)
        self.is_hopeless = all(step.cost >= HOPELESS for step in places.values())
        self.findings.sort(key=lambda finding: finding.span or (0, 0))

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order of equally cheap stories: few faults, a word told twice, the last word too many."""
        extra = [f.span[0] for f in self.findings if f.code == "token.unexpected" and f.span]
        repeated = sum(f.code == "element.repeated" for f in self.findings)
        return self.faults, -repeated, -max(extra, default=0)

    def certain(self, rivals: list[Story]) -> dict[str, Token]:
        """Return the tokens that equally good stories agree on."""
        return {
            name: token
            for name, token in self.tokens.items()
            if all(story.tokens.get(name) == token for story in rivals)
        }

    def _add(
        self, code: str, span: tuple[int, int], element: str | None = None, **params: object
    ) -> None:
        severity: Severity = "warning" if code in _WARNINGS else "error"
        self.faults += severity == "error"
        self.findings.append(Finding(code, severity, element, span, Elements(params)))

    def _tell(self, before: Step | None, step: Step, unread: set[str]) -> None:
        if step.kind == "missing":
            return
        if step.kind == "extra":
            self._tell_extra(before, step, unread)
            return
        gap = self.text[step.at : step.start]
        if step.kind == "end":
            if gap:
                self._add_stray(step, gap)
            return
        item = self.items[step.item]
        if step.at == 0 or (step.item and not item.separated):
            if gap:
                self._add_stray(step, gap)
        elif gap in self.layout.gaps(step.item):
            pass
        elif not gap:
            names = [n for n in (self._name_before(step), item.name) if n is not None]
            unread |= set(names)
            shown = [_shown(name) for name in names]
            self._add("separator.missing", (step.at, step.at), elements=shown)
        elif gap not in self.layout.spellings:
            expected = self.layout.separator
            self._add("separator.spelling", (step.at, step.start), found=gap, expected=expected)
        if step.fault is not None:
            self._tell_fault(item, step, step.fault)

    def _add_stray(self, step: Step, gap: str) -> None:
        span = (step.at, step.start)
        self._add("separator.spelling", span, found=gap, expected="", reason="end")

    def _name_before(self, step: Step) -> str | None:
        return self.items[step.item - 1].name if step.item else None

    def _tell_fault(self, item: Item, step: Step, fault: Fault) -> None:
        span = (step.start + fault.start, step.start + fault.end)
        if item.name != CHECK:
            self._add(fault.code, span, _shown(item.name), **fault.params)
        elif fault.code == "element.length":
            self._add("token.unexpected", span, value=fault.params["value"])
        else:
            self._add("check.alphabet", span, **{**fault.params, "reason": "token"})

    def _tell_extra(self, before: Step | None, step: Step, unread: set[str]) -> None:
        word = self.text[step.start : step.end]
        if before is not None and before.kind == "found":
            name = self.items[before.item].name
            if self.text[before.start : before.end] == word and name != CHECK:
                self._add("element.repeated", (step.start, step.end), _shown(name), value=word)
                return
        self._add("token.unexpected", (step.start, step.end), value=word)
        # Which of neighbouring words is the one too many cannot be told for certain.
        if step.item < len(self.items):
            unread |= {self.items[step.item].name, self._name_before(step) or ""}

    def _tell_swap(self, places: dict[int, Step], swapped: tuple[int, int]) -> set[str]:
        first, second = swapped
        names = [_shown(self.items[second].name), _shown(self.items[first].name)]
        steps = [places[number] for number in swapped if number in places]
        span = (min(s.start for s in steps), max(s.end for s in steps)) if steps else (0, 0)
        self._add("element.order", span, elements=names)
        return set(names)

    def _merge_missing(self, path: list[Step]) -> None:
        """Tell items missing at one place as one finding; each still counts as a fault."""
        groups: dict[int, list[str]] = {}
        for step in path:
            if step.kind == "missing" and not self.items[step.item].optional:
                groups.setdefault(step.at, []).append(_shown(self.items[step.item].name))
        for at, names in groups.items():
            self.missing.append(tuple(names))
            self.faults += len(names) - 1
            told = lacking(at, names)
            if names == [CHECK]:
                told = Finding("check.missing", "error", None, (at, at))
            self.faults += 1
            self.findings.append(told)

    def _merge_case(self, unread: set[str]) -> None:
        """Tell one wrong case over several elements once."""
        cases = [f for f in self.findings if f.code == "element.case" or _is_check_case(f)]
        if len(cases) < 2:
            return
        spans = [f.span for f in cases if f.span is not None]
        names = [f.element or CHECK for f in cases]
        self.findings = [f for f in self.findings if f not in cases]
        self.faults -= len(cases)
        found = "".join(str(f.params["found"]) for f in cases)
        span = (min(s[0] for s in spans), max(s[1] for s in spans))
        self._add("element.case", span, elements=names, found=found)
        unread |= set(names)

    def _merge_spellings(self) -> None:
        """Tell one wrong separator throughout the mark once, at its first place."""
        first: dict[tuple[str, str], Finding] = {}
        count: dict[tuple[str, str], int] = {}
        others: list[Finding] = []
        for finding in self.findings:
            if finding.code != "separator.spelling":
                others.append(finding)
                continue
            key = (finding.params["found"], finding.params["expected"])
            first.setdefault(key, finding)
            count[key] = count.get(key, 0) + 1
        merged = [
            replace(finding, params=Elements(finding.params, count=count[key]))
            for key, finding in first.items()
        ]
        self.findings = [*others, *merged]


def _is_read(item: Item, step: Step) -> bool:
    """Return whether the token stands for its item: what is not confirmed does not bar it."""
    if step.fault is None or step.fault.severity != "error":
        return True
    return item.is_soft and step.cost < HOPELESS


def _shown(name: str) -> str:
    """Return the name of an item for a finding: a literal is named by its text."""
    return name.removeprefix("=")


def _is_check_case(finding: Finding) -> bool:
    if finding.code != "check.alphabet":
        return False
    found = str(finding.params["found"])
    return found != found.upper() and finding.params.get("reading") == found.upper()


def with_rivals(chosen: Story, rivals: list[Story]) -> tuple[Finding, ...]:
    """Name every element that may be the missing one, where equally good stories differ in it."""
    groups = {story.missing[0] for story in rivals if len(story.missing) == 1}
    single = {names[0] for names in groups if len(names) == 1}
    if len(single) < 2 or len(chosen.missing) != 1 or len(chosen.missing[0]) != 1:
        return tuple(chosen.findings)
    order = [_shown(item.name) for item in chosen.items if _shown(item.name) in single]
    starts = [
        finding.span
        for story in rivals
        for finding in story.findings
        if finding.code in ("element.missing", "check.missing") and finding.span is not None
    ]
    told = Finding("element.missing", "error", None, min(starts), Elements(one_of=order))
    kept = [f for f in chosen.findings if f.code not in ("element.missing", "check.missing")]
    return tuple(sorted([*kept, told], key=lambda finding: finding.span or (0, 0)))
