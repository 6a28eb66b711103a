"""Format files made to do harm: one clear error, soon, and nothing else.

What could hang runs in a process of its own, with a guard that ends it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import markcode
from cli_runner import python
from format_files import COUNTRY, NUMBER, event, head, text_field
from markcode.declaring import load_file, loads
from markcode.errors import FormatFileError, MarkcodeError
from markcode.model import Verdict
from markcode.trials import trial

GUARD = 40
"""Seconds after which a process counts as hung; each ends in a few of them."""

GOOD = head() + event("{country} {number}") + COUNTRY + NUMBER
HUGE = 250_000

_HOSTILE: dict[str, str | bytes] = {
        "lists in lists": "a = " + "[" * HUGE,
        "lists in lists, closed": "a = " + "[" * 60_000 + "]" * 60_000,
        "tables in tables": "a = " + "{a=" * 80_000,
        "a long dotted key": "a" + ".a" * 120_000 + " = 1",
        "a long dotted key, spaced": "a" + " . a" * 60_000 + " = 1",
        "a long quoted key": '"a"' + '."a"' * 60_000 + " = 1",
        "a long header": "[" + "a." * 120_000 + "a]",
        "many deep keys": "".join(f"a.b.c.d.e.f.g.h.i.k{n} = 1\n" for n in range(3_999)),
        "many deep headers": "".join(f"[a.b.c.d.e.f.g.h.k{n}]\n" for n in range(3_999)),
        "a million fields": "".join(f"[field.f{n}]\n" for n in range(1_000_000)),
        "thousands of fields": GOOD + "".join(f"[field.f{n}]\n" for n in range(12_000)),
        "61 fields": GOOD + "".join(text_field(f"f{n}") for n in range(61)),
        "300 KB": GOOD + "#" * 300_000,
        "a huge text": GOOD.replace("A mark.", "a" * HUGE),
        "a huge name": GOOD.replace("own-mark", "a" * HUGE),
        "a huge key": f'"{"k" * HUGE}" = 1',
        "a huge decimal number": "in_force = " + "9" * 5_000,
        "a huge hexadecimal number": GOOD.replace('"own-mark"', "0x" + "f" * 200_000),
        "a huge number in a list": GOOD.replace('{ en = "Own mark" }', f"[0x{'f' * HUGE}]"),
        "not a number": head("in_force = nan"),
        "infinite": head("height = -inf"),
        "a day that is none": head("in_force = 2026-02-30"),
        "a control character": GOOD.replace("A mark.", "A\x01mark."),
        "an escaped control character": GOOD.replace("A mark.", "A\\u001bmark."),
        "an escaped surrogate": GOOD.replace("A mark.", "A\\ud800mark."),
        "an override of direction": GOOD.replace("A mark.", "A\u202emark."),
        "zero bytes": b"\0" * HUGE,
        "no UTF-8": GOOD.encode("utf-8") + b"# \xff\xfe",
        "UTF-16": GOOD.encode("utf-16"),
        "only a byte order mark": b"\xef\xbb\xbf",
        "nothing": b"",
        "a key twice": GOOD + 'name = "b-c"\n',
        "a table twice": GOOD + COUNTRY,
        "one quote after another": "a = " + '"' * HUGE,
        "one apostrophe after another": "a = " + "'" * HUGE,
        "escaped quotes outside of texts": "a = " + '\\"' * (HUGE // 2),
        "texts that never end": "a = " + "\"\"\"'''" * 30_000 + '"',
        "escapes that never end": '"""\\' * 50_000,
        "one word": "a" * HUGE,
        "words and blanks": "a " * (HUGE // 2),
        "dots": "." * HUGE,
        "equals signs": "=" * HUGE,
        "closing brackets": "]" * HUGE,
        "dots in a text of many lines": head() + 'note = """\n' + f"{'.' * 60}!\n" * 4_000 + '"""',
        "a list of very many": head("separator = [" + "1," * 120_000 + "]"),
        "many lines": head() + "[event.import]\nlines = [" + '"{a}",' * 400 + "]",
        "400 lines": head() + "[event.import]\nlines = [" + '"x",' * 400 + "]",
        "a line of many elements": head() + event("{a}" * 600) + text_field("a"),
        "a line of many words": head() + event("x " * 900),
        "an alphabet of all of Unicode": GOOD.replace("0-9", "!-\U0010ffff"),
        "it extends itself": 'extends = "own-mark"\n' + GOOD,
        "it extends a path": 'extends = "../formats/recsa"\n' + GOOD,
        "it extends a path of Windows": "extends = 'C:\\x'\n" + GOOD,
        "it extends a huge name": f'extends = "{"a" * 1_900}"\n' + GOOD,
        "it extends a name with zero": 'extends = "a\\u0000"\n' + GOOD,
        "it extends in other letters": 'extends = "RECSA"\n' + GOOD,
        "a path as its name": GOOD.replace("own-mark", "../own"),
        "a path of Windows as its name": GOOD.replace('"own-mark"', "'C:\\own'"),
        "a device as its name": GOOD.replace("own-mark", "nul"),
        "a path as a symbol": GOOD + '[symbol."../X"]\n',
        "a path as a variant": GOOD + '[variant."../x"]\ndoc = "d"\n',
        "a path as a kind": GOOD.replace("event.import", 'event."../x"'),
        "very many optional elements": head()
        + event("".join(f"{{a{n}?}}" for n in range(40)))
        + "".join(text_field(f"a{n}", length="1-200") for n in range(40)),
        "very many glued elements": head()
        + event("".join(f"{{a{n}}}" for n in range(40)))
        + "".join(text_field(f"a{n}", "AB"[n % 2] + "C", "1-200") for n in range(40)),
        "separators that elements hold": head('separator = ["-"]')
        + event(" ".join(f"{{a{n}}}" for n in range(16)))
        + "".join(text_field(f"a{n}", ("A-Z-", "A-Z")[n % 2], "1-14") for n in range(16)),
}  # fmt: skip
HOSTILE = {
    name: raw if isinstance(raw, bytes) else raw.encode("utf-8") for name, raw in _HOSTILE.items()
}

LOAD_ALL = """
import json, sys
from pathlib import Path
from markcode.declaring import load_file
for number in range(int(sys.argv[2])):
    try:
        load_file(Path(sys.argv[1]) / f"{number}.toml")
        told = ["accepted", ""]
    except BaseException as fault:
        told = [type(fault).__name__, str(fault)]
    print(json.dumps(told), flush=True)
"""


def answers(code: str, *args: str) -> list[Any]:
    """Return what a program prints, JSON by line; one that hangs is ended, and lacks answers."""
    with python("-c", code, *args) as process:
        try:
            out, err = process.communicate(timeout=GUARD)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    assert not err, err.decode("utf-8", "replace")
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Return what became of each hostile file: type and text of the exception."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, raw in enumerate(HOSTILE.values()):
        (folder / f"{number}.toml").write_bytes(raw)
    found = answers(LOAD_ALL, str(folder), str(len(HOSTILE)))
    return {
        name: (kind, text.replace(str(folder / f"{number}.toml"), "FILE"))
        for number, (name, (kind, text)) in enumerate(zip(HOSTILE, found, strict=False))
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_error(told: dict[str, tuple[str, str]], name: str) -> None:
    assert name in told, "it took too long, or one before it did"
    kind, text = told[name]
    assert kind == "FormatFileError", text
    assert text.startswith(("FILE: ", "FILE, line "))
    assert len(text) < 900
    assert text.isprintable()


def test_what_is_no_file_gets_one_error(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    for name in ("folder.toml", "missing.toml", "a\0b.toml", "a" * 5_000 + ".toml"):
        with pytest.raises(FormatFileError):
            markcode.get_format(f"{tmp_path}/{name}")


def test_no_more_of_a_file_is_read_than_a_format_may_have(tmp_path: Path) -> None:
    path = tmp_path / "sparse.toml"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)  # a terabyte that takes no room on the disk
    with pytest.raises(FormatFileError, match="262,144 bytes are too many"):
        load_file(path)


@pytest.mark.parametrize(
    "alphabet", ["]", "\\\\", "^A", "A]^-", "[]", "\\\\d", ".*", "(?:x)", "|", "$"]
)
def test_signs_of_regular_expressions_are_characters(alphabet: str) -> None:
    text = head() + event("{mark}") + text_field("mark", alphabet, "1-3")
    form = loads(text.encode("utf-8")).events[0].element("mark").type
    assert set(form.alphabet) >= set(alphabet.replace("\\\\", "\\")) - set("-")
    for character in form.alphabet:
        assert form.fault(character) is None
    assert form.fault("~") is not None


# -- files made at random -----------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("", " ", "A-Z0-9 -", "{a} {b}", "{a?}{b}", "<STAR>{a}", "{a} {check}", "]\\^"),
        *(
            "M 0 0 L 9 0 L 9 9 Z",
            "- A AB 0-9 A-Z 1 2 1-3 1-200 {a} text year choice country entity",
        ),
        *"alpha-3 mark serial luhn iso7064-mod37-36 a b a? none 1950-2049 firearm.year".split(),
        *"event.a C P U STAR X recsa mosaic-0530 2mm space slash KE error warning".split(),
        *"- A AB 0-9 A-Z 1 2 1-3 1-200 {a} text year choice country entity provisional".split(),
    ]
)
KEYS = st.sampled_from(
    [
        *"name extends title summary source countries in_force ended status status_note".split(),
        *"separator separator_options year_window check check_over covers height depth".split(),
        *"depth_from size_source parts event field literal symbol variant lines unique".split(),
        *"needed unstruck readable provisional recognisable forbids type evidence advised".split(),
        *"untested is note alphabet length must mask form digits window roman values open".split(),
        *"elements unless severity code distinct text spellings outline ignore_case doc".split(),
        *"en a b import".split(),
    ]
)
SCALARS = (
    WORDS.map(lambda word: json.dumps(word))
    | st.sampled_from(
        ["true", "false", "0", "2", "4", "-1", "1.5", "nan", "2026-01-02", "07:30:00"]
    )
    | st.text(max_size=6).map(lambda text: json.dumps(text, ensure_ascii=True))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=6,
)
# Keys that a file of two elements has, so that some random files are good ones.
LIKELY = {
    (): (
        "separator separator_options year_window check check_over covers height parts in_force "
        "status status_note"
    ).split(),
    ("event.import",): (
        "lines unique needed unstruck readable provisional forbids separator"
    ).split(),
    ("field.a", "field.b"): (
        "type alphabet length must evidence form digits window values open advised untested is mask"
    ).split(),
}
LISTS = frozenset(
    "separator separator_options check_over covers parts lines unique unstruck forbids values "
    "needed".split()
)
FLAGS = {"readable", "provisional", "open", "advised", "untested"}
BASE = {
    "event.import.lines": '["{a} {b}"]',
    "field.a.type": '"text"',
    "field.a.alphabet": '"A-Z"',
    "field.a.length": '"1-3"',
    "field.b.type": '"text"',
    "field.b.alphabet": '"0-9"',
    "field.b.length": '"1-3"',
}


@st.composite
def likely_files(draw: st.DrawFn) -> str:
    """Return a good file with some keys changed, to values of the right kind or not."""
    keys = dict(BASE)
    for _ in range(draw(st.integers(0, 4))):
        tables = draw(st.sampled_from(sorted(LIKELY)))
        key = draw(st.sampled_from(LIKELY[tables]))
        table = draw(st.sampled_from(tables)) if tables else ""
        if key in LISTS:
            value = "[" + ", ".join(draw(st.lists(SCALARS, min_size=1, max_size=2))) + "]"
        elif key in FLAGS:
            value = draw(st.sampled_from(["true", "false"]))
        else:
            value = draw(SCALARS)
        keys[f"{table}.{key}" if table else key] = value
    return head() + "".join(f"{key} = {value}\n" for key, value in keys.items())


def refused_or_good(raw: bytes) -> None:
    """Load a file: a `FormatFileError`, or a format whose verbs raise only what they should."""
    try:
        declared = loads(raw, "own-mark.toml")
    except FormatFileError as fault:
        assert str(fault).isprintable()
        return
    for option in declared.options:
        if option.key == "variant":
            for variant in option.values:
                declared.configured({"variant": variant})
    try:
        fmt = markcode.Format(declared)
        list(trial(fmt, 6))
    except MarkcodeError:
        return
    for text in ("", " ", "A 1", "AB", "*A", "a: A", "A-1-B", "1" * 300, "\0", "<X>"):
        for kind in fmt.events:
            fmt.verify(text, kind)
    json.dumps(fmt.describe())
    fmt.json_schema()


@given(st.binary(max_size=200))
def test_bytes_at_random_are_refused(raw: bytes) -> None:
    with pytest.raises(FormatFileError):
        loads(raw)


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_known_keys_with_any_values(items: dict[str, str]) -> None:
    text = "".join(f"{key} = {value}\n" for key, value in items.items())
    refused_or_good(text.encode("utf-8"))


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(likely_files())
def test_files_that_are_nearly_right(text: str) -> None:
    refused_or_good(text.encode("utf-8"))


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=4))
def test_a_good_file_with_a_piece_replaced(start: int, length: int, piece: str) -> None:
    text = GOOD[:start] + piece + GOOD[start + length :]
    refused_or_good(text.encode("utf-8", "replace"))


# -- good files whose marks could take long -----------------------------------------------------

# As much as is allowed: elements, optional ones, lengths, places where a boundary may be.
NASTY = {
    "16 elements": head()
    + event(" ".join(f"{{a{n}}}" for n in range(16)))
    + "".join(text_field(f"a{n}", "A-Z-", "1-11") for n in range(16)),
    "8 optional elements": head()
    + event(" ".join(f"{{a{n}?}}" for n in range(8)) + " {z}")
    + "".join(text_field(name, "A-Z-", "1-21") for name in [*(f"a{n}" for n in range(8)), "z"]),
    "boundaries in many places": head('separator = ["-"]')
    + event("{a} {b} {c} {d} {e}")
    + "".join(text_field(name, "A-Z" + "-" * (name in "ac"), "1-39") for name in "abcde"),
    "glued elements": head('separator = ["/", ""]')
    + event("{a}{b}{c}{d} {e}")
    + "".join(text_field(name, ("A-Z", "0-9")[name in "bd"], "1-39") for name in "abcde"),
}

VERIFY = """
import json, sys
from pathlib import Path
from markcode import Format
from markcode.declaring import load_file
folder = Path(sys.argv[1])
fmt = Format(load_file(folder / "nasty.toml"))
for mark in json.loads((folder / "marks.json").read_text(encoding="utf-8")):
    print(json.dumps(fmt.verify(mark).verdict), flush=True)
"""

ADVERSARIAL = [
    "A-" * 200,
    "A-A " * 60,
    "A1-" * 60,
    "A" * 150 + "!",
    ("A" * 12 + " ") * 16 + "!",
    "A" * 39 + "1" * 39 + "A" * 39 + "1" * 39 + "!",
    "\n".join("A" * 9),
    "A" * 1_000_000,
    "A1 " * 100_000,
]


@pytest.mark.parametrize("name", NASTY)
def test_no_mark_of_an_accepted_format_hangs(tmp_path: Path, name: str) -> None:
    found = verdicts(tmp_path, NASTY[name], ADVERSARIAL)
    assert len(found) == len(ADVERSARIAL), "one took too long"
    assert set(found) <= set(get_args(Verdict))


def verdicts(folder: Path, text: str, marks: Sequence[str]) -> list[str]:
    (folder / "nasty.toml").write_text(text, encoding="utf-8", newline="\n")
    (folder / "marks.json").write_text(json.dumps(marks), encoding="utf-8")
    return answers(VERIFY, str(folder))


def test_an_event_that_cannot_be_split_is_not_tried_as_another(tmp_path: Path) -> None:
    # Its lines are no regular expression that anybody bounded: only its record can fit.
    many = "".join(f"{{a{n}?}}" for n in range(30))
    text = (
        head()
        + event("{number}")
        + NUMBER
        + event(many, more="readable = false", kind="transfer")
        + "".join(text_field(f"a{n}", "A-Z0-9", "1-200") for n in range(30))
    )
    assert verdicts(tmp_path, text, ["A" * 150 + "!"]) == ["invalid"]
