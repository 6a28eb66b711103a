"""The pages of docs/formats are current, whole, and true: what they show is what markcode does.

The modules of a symbol are not compared, since another version of the encoder may choose others:
the pictures are read instead.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli_runner import run
from markcode import get_format, list_formats
from markcode.notation import unescape

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "formats"
SCRIPT = ROOT / "scripts" / "make_format_docs.py"
EXAMPLE = re.compile(
    r"^Example:\n\n```\n(?P<lines>.*?)\n```\n(?P<told>.*?)"
    r"^Made with:\n\n```\nmarkcode (?P<made>.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)
VERDICT = re.compile(
    r"^(Verified|The struck text alone|The record|The symbol): \*\*(\w+)\*\*", re.M
)


def check(folder: Path) -> tuple[int, list[str]]:
    """Return how the comparison of a folder ends, and the files that it names."""
    ran = subprocess.run(
        [sys.executable, SCRIPT, "--check", "--folder", folder],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    return ran.returncode, [line.split(" is not ")[0] for line in ran.stderr.splitlines()]


def text_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def test_the_pages_are_current() -> None:
    assert check(PAGES) == (0, []), "run make docs-formats"


def test_a_page_that_differs_lacks_or_is_too_many_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "formats"
    shutil.copytree(PAGES, folder)
    page = folder / "recsa.md"
    page.write_text(page.read_text(encoding="utf-8").replace("star", "stripe"), encoding="utf-8")
    (folder / "iti.md").unlink()
    (folder / "old.md").write_text("# A format that is gone\n", encoding="utf-8")
    drawn = folder / "pictures" / "gs1.svg"
    shapes = drawn.read_text(encoding="utf-8").splitlines(keepends=True)
    drawn.write_text("".join(shapes[:4] + shapes[5:]), encoding="utf-8")  # a letter less
    assert check(folder) == (1, ["iti.md", "old.md", "pictures/gs1.svg", "recsa.md"])


def test_writing_mends_all_of_it_symbols_too(tmp_path: Path) -> None:
    folder = tmp_path / "formats"
    shutil.copytree(PAGES, folder)
    drawn = folder / "pictures" / "za-23.svg"
    whole = drawn.read_text(encoding="utf-8")
    drawn.write_text(whole.replace('d="M', 'd="M0 0L9 9L9 0ZM'), encoding="utf-8")
    (folder / "iti.md").unlink()
    (folder / "old.md").write_text("# A format that is gone\n", encoding="utf-8")
    subprocess.run([sys.executable, SCRIPT, "--folder", folder], check=True)
    assert check(folder) == (0, [])
    assert "M0 0L9 9L9 0Z" not in drawn.read_text(encoding="utf-8")


def test_another_symbol_is_no_difference(tmp_path: Path) -> None:
    folder = tmp_path / "formats"
    shutil.copytree(PAGES, folder)
    drawn = folder / "pictures" / "za-23.svg"
    head, *shapes, symbol, end = drawn.read_text(encoding="utf-8").splitlines(keepends=True)
    head = head.replace('mm"', '1mm"')
    symbol = symbol.replace('d="M', 'd="M0 0L9 9L9 0ZM')
    drawn.write_text("".join([head, *shapes, symbol, end]), encoding="utf-8")
    assert check(folder) == (0, [])


def test_the_words_are_those_of_their_examples() -> None:
    words = SCRIPT.with_name("format_docs") / "words.py"
    ran = subprocess.run([sys.executable, "-m", "doctest", "-v", words], capture_output=True)
    assert ran.returncode == 0 and b"0 passed" not in ran.stdout, ran.stdout.decode()


def test_the_index_leads_to_every_page_once() -> None:
    linked = re.findall(r"\]\(([a-z0-9-]+)\.md\)", text_of("README"))
    assert sorted(linked) == sorted(list_formats())


@pytest.mark.parametrize("name", list_formats())
def test_every_event_and_element_stands_on_the_page(name: str) -> None:
    text, declared = text_of(name), get_format(name).declaration
    for rule in declared.events:
        section = text.split(f"\nEvent `{rule.kind}`", 1)[1].split("\n## ", 1)[0]
        rows = re.findall(r"^\| \*\*.*\|$", section, re.MULTILINE)
        named = [element.name for element in rule.elements if "internal_" not in element.name]
        assert len(rows) == len(named) + (len(named) < len(rule.elements))
        for element in named:
            assert any(f"**{element}**" in row or f"`{element}`" in row for row in rows)
        assert ("> **Provisional:**" in section) == rule.provisional
        assert rule.source.replace("*", r"\*") in section
    # Regular expressions are for programmers.
    assert not re.search(r"\[0-9\]|\(\?[:=!<]|\\d", text)


@pytest.mark.parametrize("name", list_formats())
def test_the_tables_are_whole(name: str) -> None:
    for block in re.findall(r"(?:^\|.*\|\n)+", text_of(name), re.MULTILINE):
        columns = {len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}
        assert len(columns) == 1


@pytest.mark.parametrize("name", list_formats())
def test_the_examples_are_what_markcode_makes_and_says(name: str) -> None:
    shown = list(EXAMPLE.finditer(text_of(name)))
    assert len(shown) == len(get_format(name).declaration.events)
    for example in shown:
        arguments = shlex.split(example["made"].replace("\\\n", ""))
        ran = run(*arguments)
        assert (ran.status, ran.out) == (0, example["lines"] + "\n")
        fmt, kind = get_format(name), arguments[arguments.index("--event") + 1]
        verdicts = dict(VERDICT.findall(example["told"]))
        struck = verdicts.get("Verified") or verdicts["The struck text alone"]
        assert fmt.verify(unescape(example["lines"]), kind).verdict == struck
        if "The record" in verdicts:
            record = re.findall(r"^```\n(.*?)\n```$", example["told"], re.MULTILINE | re.DOTALL)
            assert fmt.verify(record[0], kind).verdict == verdicts["The record"]
        assert "invalid" not in verdicts.values()


@pytest.mark.parametrize("name", list_formats())
def test_the_picture_holds_the_example(name: str) -> None:
    from PIL import Image

    from markcode.reading import read

    resvg_py = pytest.importorskip("resvg_py")
    drawn = (PAGES / "pictures" / f"{name}.svg").read_text(encoding="utf-8")
    dots = resvg_py.svg_to_bytes(svg_string=drawn, dpi=150)
    (found,) = read(Image.open(io.BytesIO(bytes(dots))))
    fmt = get_format(name)
    report = fmt.verify(found.payload, fmt.events[0])
    first = next(EXAMPLE.finditer(text_of(name)))
    verdicts = VERDICT.findall(first["told"])
    assert report.verdict == verdicts[-1][1]
    assert len(re.findall("<path ", drawn)) > 1
