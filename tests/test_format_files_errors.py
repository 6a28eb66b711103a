"""What is wrong with a format file is told by file, line, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from format_files import COUNTRY, NUMBER, YEAR, event, head, opened, text_field
from markcode.declaring import loads
from markcode.errors import FormatFileError

MARK = event("{country} {number}")
GOOD = head() + MARK + COUNTRY + NUMBER


def fault(text: str | bytes) -> FormatFileError:
    """Return the one error that a file of this text gives."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    with pytest.raises(FormatFileError) as caught:
        loads(raw, "own-mark.toml")
    return caught.value


def line_of(text: str, part: str) -> int:
    """Return the line in which a part of a text begins."""
    return text[: text.index(part)].count("\n") + 1


def top(line: str) -> str:
    return head(line) + MARK + COUNTRY + NUMBER


def of_event(line: str) -> str:
    return head() + event("{country} {number}", more=line) + COUNTRY + NUMBER


def of_field(line: str) -> str:
    return head() + event("{country} {mark}") + COUNTRY + f"[field.mark]\n{line}\n"


TEXT = 'type = "text"\nalphabet = "A-Z"\nlength = "3"\n'
TWO = event("{a}{b}")

# Text of the file, a part of the line that is at fault, key, and part of the reason.
CASES: list[tuple[str, str, str, str]] = [
    # the format
    (GOOD.replace("title", "titel"), "titel", "titel", "did you mean title?"),
    (GOOD.replace('"own-mark"', '"Own"'), "name", "name", "'Own' cannot name a format"),
    (GOOD.replace('"own-mark"', '"con"'), "name", "name", "no name of a device"),
    (GOOD.replace('"own-mark"', '"../x"'), "name", "name", "small letters"),
    (GOOD.replace('"own-mark"', "7"), "name", "name", "7 is a number; a text in quotes"),
    (GOOD.replace('"own-mark"', "true"), "name", "name", "True is true or false"),
    (GOOD.replace('{ en = "Own mark" }', "{}"), "title", "title", "at least one of en, es, pt"),
    (GOOD.replace("{ en =", "{ de ="), "title", "title.de", "known here: en, es, pt, fr"),
    (GOOD.replace('{ en = "Own mark" }', '"Own"'), "title", "title", "'Own' is a text; a table"),
    (top('countries = ["KE", "XX"]'), "countries", "countries", "'XX' is no assigned alpha-2"),
    (top('countries = "KE"'), "countries", "countries", "a list of texts is needed"),
    (top("countries = [1]"), "countries", "countries", "1 is a number; a text in quotes"),
    (top('in_force = "2026"'), "in_force", "in_force", "'2026' is a text; a day such as"),
    (top("in_force = 2026-01-01T00:00:00"), "in_force", "in_force", "is a date or time; a day"),
    (top("in_force = 2026-02-01\nended = 2026-01-01"), "ended", "ended", "is before in_force"),
    (top('status = "final"'), "status", "status", "'final' is not known"),
    (top('status = "provisional"'), "", "", "status_note is missing"),
    (top("separator = []"), "separator", "separator", "the first separator is written"),
    (top('separator = [""]'), "separator", "separator", "the first separator is written"),
    (top('separator = ["a"]'), "separator", "separator", "'a' is not up to three signs"),
    (top('separator = ["----"]'), "separator", "separator", "is not up to three signs"),
    (top('separator_options = ["dash"]'), "separator_o", "separator_options", "none of space"),
    (top('separator_options = ["line", "line"]'), "separator_o", "separator_options", "twice"),
    (top('separator = ["-"]\nseparator_options = ["line"]'), 'separator = ["', "separator", "one"),
    (top('check = "crc"\ncheck_over = ["mark"]'), "check =", "check", "'crc' is none of"),
    (top('check = "damm"'), "check =", "check", 'check_over = ["mark"]'),
    (
        head('check = "damm"\ncheck_over = ["mark"]') + event("{mark}") + text_field("mark"),
        "check =",
        "check",
        "damm knows no character of mark",
    ),
    (
        head('check = "damm"\ncheck_over = ["mark"]\ncovers = ["number"]')
        + event("{number?} {mark}")
        + NUMBER
        + text_field("mark"),
        "check =",
        "check",
        "at the event import there may be nothing that the check covers",
    ),
    (head() + event("<STAR>"), "lines", "event.import.lines", "there is no {element}"),
    (top('check_over = ["all"]'), "check_over", "check_over", "covers the mark or the serial"),
    (top('check_over = ["serial"]'), "check_over", "check_over", "no event has an element named"),
    (top('covers = ["serial"]'), "covers", "covers", "no event has an element 'serial'"),
    (top('covers = ["number", "number"]'), "covers", "covers", "'number' stands twice"),
    (top('year_window = "1900-2000"'), "year_w", "year_window", "no window of at most a hundred"),
    (top('year_window = "2000"'), "year_w", "year_window", "no window"),
    (top('year_window = "2001-2000"'), "year_w", "year_window", "no window"),
    (top('height = "1.6"'), "height", "height", "is not a length"),
    (top("height = 1.6"), "height", "height", "1.6 is a number"),
    (top('depth = "0.1nm"'), "depth", "depth", "finer than one nanometre"),
    (top("height = inf"), "height", "height", "inf is a number"),
    (top('extends = "us-pmf"'), "extends", "extends", "no format that a file can extend"),
    (top('extends = "../x"'), "extends", "extends", "no format that a file can extend"),
    (top("extends = 1"), "extends", "extends", "1 is a number"),
    (top('"a b" = 1'), '"a b"', "'a b'", "this key is not known"),
    (top('"\\u001b[31m" = 1'), "u001b", "'\\x1b[31m'", "this key is not known"),
    (head() + COUNTRY, "", "event", "a format needs 1 to 12 events"),
    # events
    (head() + event("{number}", kind="Import") + NUMBER, "[event.I", "event.Import", "no kind"),
    (of_event("line = 1"), "line =", "event.import.line", "did you mean lines?"),
    (of_event('readable = "no"'), "readable", "event.import.readable", "true or false is needed"),
    (of_event('unique = "number"'), "unique", "event.import.unique", "a list of tables"),
    (of_event('unique = ["serial"]'), "unique", "event.import.unique", "no element 'serial'"),
    (of_event("unique = [{}]"), "unique", "event.import.unique.1.elements", "at least one element"),
    (of_event('forbids = ["MOON"]'), "forbids", "event.import.forbids", "declare [symbol.MOON]"),
    (of_event('unstruck = ["number"]'), "unstruck", "event.import.unstruck", "stands in a line"),
    (of_event('unstruck = ["a b"]'), "unstruck", "event.import.unstruck", "no name of an element"),
    (of_event('unstruck = ["check"]'), "unstruck", "event.import.unstruck", "'check'"),
    (of_event('needed = ["number"]'), "needed", "event.import.needed", "a list of tables"),
    (of_event("[event.import.field.mark]"), "[event.import.f", "event.import.field.mark",
     "no line of this event"),
    (head() + "[event.import]\nlines = []\n", "lines", "event.import.lines", "1 to 16 lines"),
    (head() + event(" ") + NUMBER, "lines", "event.import.lines", "line 1 is empty"),
    (head() + event("{number") + NUMBER, "lines", "event.import.lines", "line 1, column 1: '{'"),
    (head() + event("{a b}") + NUMBER, "lines", "event.import.lines", "begins nothing known"),
    (head() + event("{A}") + NUMBER, "lines", "event.import.lines", "begins nothing known"),
    (head() + event("<MOON>{number}") + NUMBER, "lines", "event.import.lines", "no symbol <MOON>"),
    (head() + event("{number} {number}") + NUMBER, "lines", "event.import.lines", "stands twice"),
    (head() + event("{number} {mark}") + NUMBER, "lines", "event.import.lines", "not described"),
    (head() + event("{kind}") + text_field("kind"), "lines", "event.import.lines", "another name"),
    (head() + event("{number} {check}") + NUMBER, "lines", "event.import.lines", "check_over"),
    (
        head('check_over = ["mark"]') + event("{number} {check?}") + NUMBER,
        "lines",
        "event.import.lines",
        "no optional part",
    ),
    # boundaries that nobody could find
    (head() + TWO + text_field("a", "A-Z", "1-3") + text_field("b", "M0-9", "1-3"), "lines",
     "event.import.lines", "{a} and {b} can both hold the same characters"),
    (head() + event("{a} {b}") + text_field("a", "A-Z ", "1-3") + text_field("b", "A ", "1-3"),
     "lines", "event.import.lines", "{a} and {b} can both hold"),
    (head() + event("{a}{number?}{b}") + NUMBER + text_field("a", "A-Z", "1-3")
     + text_field("b", "A-Z", "1-3"), "lines", "event.import.lines", "{a} and {b} can both hold"),
    (head() + event("{a}X{b}") + text_field("a", "A-Z", "1-3") + text_field("b", "A-Z", "1-3"),
     "lines", "event.import.lines", "{a} and {b} can both hold"),
    (head('separator_options = ["space", "slash"]') + event("{a} {b}")
     + text_field("a", "A-Z/", "1-3") + text_field("b", "A-Z/", "1-3"),
     "lines", "event.import.lines", "{a} and {b} can both hold"),
    (head() + event(" ".join(f"{{a{n}?}}" for n in range(9)))
     + "".join(text_field(f"a{n}") for n in range(9)),
     "lines", "event.import.lines", "more than 8 optional"),
    (head() + event("{a} {b}") + text_field("a", length="200") + text_field("b", length="200"),
     "lines", "event.import.lines", "a mark of 401 characters is too long"),
    (head() + event(" ".join(f"{{a{n}}}" for n in range(17)))
     + "".join(text_field(f"a{n}") for n in range(17)),
     "lines", "event.import.lines", "17 elements and words are too many"),
    (head('separator = ["-"]') + event("{a} {b} {c} {d} {e} {f} {g}")
     + "".join(text_field(n, "A-Z" + "-" * (n in "ace"), "1-25") for n in "abcdefg"),
     "lines", "event.import.lines", "could be in very many places"),
    # fields
    (of_field('type = "txt"'), 'type = "txt', "field.mark.type", "'txt' is none of text, country"),
    (of_field(TEXT + 'digits = [2]'), "digits", "field.mark.digits", "this key is not known"),
    (of_field(TEXT + 'lenght = "3"'), "lenght", "field.mark.lenght", "did you mean length?"),
    (of_field('alphabet = "A"'), "[field.mark]", "field.mark", "type is missing"),
    (of_field('type = "text"\nlength = "3"'), "[field.mark]", "field.mark", "alphabet is missing"),
    (of_field(TEXT.replace('"A-Z"', '""')), "alphabet", "field.mark.alphabet", "at least one"),
    (of_field(TEXT.replace("A-Z", "Z-A")), "alphabet", "field.mark.alphabet", "runs backwards"),
    (of_field(TEXT.replace("A-Z", "A{")), "alphabet", "field.mark.alphabet", "U+007B cannot"),
    (of_field(TEXT.replace("A-Z", "A\\u200b")), "alphabet", "field.mark.alphabet", "U+200B"),
    (of_field(TEXT.replace("A-Z", "A\\u0000")), "alphabet", "field.mark.alphabet", "U+0000"),
    (of_field(TEXT.replace("A-Z", " ")), "alphabet", "field.mark.alphabet", "blanks only"),
    (of_field(TEXT.replace("A-Z", "\\u4e00-\\u9fa5")), "alphabet", "field.mark.alphabet", "1,000"),
    (of_field(TEXT.replace('"3"', "3")), "length", "field.mark.length", "3 is a number"),
    (of_field(TEXT.replace('"3"', '"0"')), "length", "field.mark.length", "is no length such as"),
    (of_field(TEXT.replace('"3"', '"3-2"')), "length", "field.mark.length", "is no length"),
    (of_field(TEXT.replace('"3"', '"1-201"')), "length", "field.mark.length", "200 at most"),
    (of_field(TEXT.replace('"3"', '"-1"')), "length", "field.mark.length", "is no length"),
    (of_field(TEXT + 'must = "0-9"'), "must", "field.mark.must", "none of these characters"),
    (of_field(TEXT + 'evidence = "X"'), "evidence", "field.mark.evidence", "'X' is none of C, P"),
    (of_field(TEXT + "advised = true"), "advised", "field.mark.advised", "write {mark?}"),
    (of_field(TEXT + 'is = "mark"'), "is =", "field.mark.is", "firearm.NAME or event.NAME"),
    (of_field(TEXT + 'is = "event.kind"'), "is =", "field.mark.is", "firearm.NAME or event.NAME"),
    (of_field(TEXT + 'is = "event.country"'), "lines", "event.import.lines", "both hold event.c"),
    (of_field(TEXT + 'is = "event.year"'), "type = \"text\"", "field.mark.type", "a year has type"),
    (of_field('type = "year"'), 'type = "year"', "field.mark.type", "a year has type"),
    (of_field('type = "choice"'), "[field.mark]", "field.mark.values", "at least one value"),
    (of_field('type = "choice"\nvalues = [" "]'), "values", "field.mark.values", "cannot be"),
    (of_field('type = "choice"\nvalues = "A"'), "values", "field.mark.values", "a list of texts"),
    (of_field('type = "choice"\nvalues = { A = 1 }'), "values", "field.mark.values.A", "a text in"),
    (of_field('type = "choice"\nvalues = ["A"]\nlength = "1"'), "length", "field.mark.length",
     "add open = true"),
    (of_field('type = "choice"\nvalues = ["ABC"]\nopen = true\nlength = "1"'), "length",
     "field.mark.length", "longer or shorter than this"),
    (of_field('type = "country"\nform = "iso"'), "form", "field.mark.form", "'iso' is none of"),
    (of_field('type = "entity"\nalphabet = "<A>"'), "alphabet", "field.mark.alphabet", "between <"),
    (head() + event("{year}") + '[field.year]\ntype = "year"\ndigits = [3]\n', "digits",
     "field.year.digits", "2 digits, 4 digits, or both"),
    (head() + event("{year}") + '[field.year]\ntype = "year"\ndigits = [true]\n', "digits",
     "field.year.digits", "no list of whole numbers"),
    (head() + event("{year}") + '[field.year]\ntype = "year"\nwindow = "0"\n', "window",
     "field.year.window", "no window"),
    (GOOD + YEAR, "[field.year]", "field.year", "no event uses this field"),
    # words, symbols, variants
    (GOOD + "[literal.CA]\n", "[literal", "literal.CA", "no line has this word"),
    (GOOD + "[symbol.Crown]\n", "[symbol", "symbol.Crown", "capitals, digits, hyphens"),
    (GOOD + '[symbol.X]\ntext = ""\n', 'text = ""', "symbol.X.text", "1 to 40 characters"),
    (GOOD + '[symbol.X]\nspellings = ["a b"]\n', "spellings", "symbol.X.spellings", "blanks"),
    (GOOD + '[symbol.X]\noutline = ["M 0 0 C 1 1"]\n', "outline", "symbol.X.outline", "path 1 is"),
    (GOOD + "[variant.small]\n", "[variant", "variant.small", "doc is missing"),
    (GOOD + '[variant.full]\ndoc = "d"\n', "[variant", "variant.full", "cannot name a variant"),
    (GOOD + '[variant.x1]\ndoc = "d"\nname = "b-c"\n', 'name = "b', "variant.x1.name", "cannot ch"),
    (GOOD + '[variant.x1]\ndoc = "d"\nheigth = "1mm"\n', "heigth", "variant.x1.heigth", "height?"),
    (GOOD + '[variant.x1]\ndoc = "d"\n[variant.x1.event.import]\nlines = ["{x}"]\n', 'lines = ["{x',
     "variant.x1.event.import.lines", "not described"),
    (GOOD + '[variant.x1]\ndoc = "d"\n[variant.x1.field.year]\ntype = "year"\n', "[variant.x1.f",
     "variant.x1.field.year", "no event uses this field"),
    (GOOD + '[variant.x1]\ndoc = "d"\nfield.number.length = "0"\n', "field.number.l",
     "variant.x1.field.number.length", "is no length"),
    # extending
    ('extends = "recsa"\nname = "a-b"\nevent.lost = false\n', "event.lost", "event.lost", "table"),
    ('extends = "recsa"\nname = "a-b"\nfield.year.window = "x"\n', "field", "field.year.window",
     "no window"),
    # TOML itself
    ('name = "a"\nname = "b"\n', 'name = "b', "", "no TOML: Cannot overwrite a value"),
    ("[event.import]\n[event . import]\n", "[event .", "", "no TOML: Cannot declare"),
    ("name = a\n", "name", "", "no TOML: Invalid value"),
    ('name = "a\n', "name", "", "no TOML: Illegal character"),
    ('\n\nname = """a', "name", "", "no TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "part", "key", "reason"), CASES)
def test_one_error_says_line_key_and_reason(text: str, part: str, key: str, reason: str) -> None:
    told = fault(text)
    assert told.key == key
    assert reason in told.reason
    if part:
        assert told.line == line_of(text, part)
    where = "own-mark.toml" + (f", line {told.line}" if told.line else "")
    assert str(told) == ": ".join(filter(None, (where, told.key, told.reason)))
    assert str(told).isprintable()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_are_counted_alike_whatever_ends_them(ending: str, mark: bytes) -> None:
    text = top('height = "1"').replace("\n", ending)
    assert fault(mark + text.encode("utf-8")).line == 5
    good = GOOD.replace("\n", ending).encode("utf-8")
    assert loads(mark + good).name == "own-mark"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        # An inline table over one line, and over the lines of a list.
        ('event = { import = { lines = ["{x}"] } }', 6, "event.import.lines"),
        ('[event.import]\nlines = [\n  "{x}",\n]', 7, "event.import.lines"),
        (
            '[event.import]\nlines = ["{country}"]\nunique = [\n { elements = ["country"] },\n'
            ' # { elemnts = 1 }\n { elements = ["country"], sevrity = "x" },\n]\n',
            11,
            "event.import.unique.2.sevrity",
        ),
        (
            '[event.import]\nlines = ["{country}"]\n[[event.import.unique]]\n'
            'elements = ["country"]\n[[event.import.unique]]\nelements = ["lot"]\n',
            11,
            "event.import.unique.2.elements",
        ),
        # Quoted keys, dotted keys, blanks around the dots, and what only looks like a key.
        ('["event" . \'import\']\n"lines" = ["{x}"]', 7, "event.import.lines"),
        ('event . import . lines = ["{x}"]', 6, "event.import.lines"),
        ('event.import."l\\u0069nes" = ["{x}"]', 6, "event.import.lines"),
        (
            '[event.import]\nsource = "lines = 1 # [event.import]"\n# lines = 2\nlines = ["{x}"]',
            9,
            "event.import.lines",
        ),
        ("[event.import]\nlines = [ '''\n{x}''' ]", 7, "event.import.lines"),
        ('[event.import]\nsource = "a\\\\" # "\nlines = ["{x}"]', 8, "event.import.lines"),
        ('[event.import]\nsource = "\u2028\u0085"\nlines = ["{x}"]', 7, "event.import.source"),
        ('# \u2028\u0085\n[event.import]\nlines = ["{x}"]', 8, "event.import.lines"),
        (
            '[event.import]\nparts = ["""\\\n  a \\""" b"""]\nlines = ["{x}"]',
            9,
            "event.import.lines",
        ),
    ],
)
def test_the_line_of_a_key_in_every_notation(text: str, line: int, key: str) -> None:
    told = fault(head() + text + ("" if text.startswith("event") else "\n") + "\n" + COUNTRY)
    assert (told.line, told.key) == (line, key)


def test_an_error_names_the_file_as_the_user_did(tmp_path: Path) -> None:
    with pytest.raises(FormatFileError) as caught:
        opened(tmp_path, head("height = 1"))
    assert caught.value.file == str(tmp_path / "own-mark.toml")
