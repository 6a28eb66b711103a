"""Write the pages of `docs/formats`: one for each format, its picture, and the index.

All of it comes from the declarations, the tables of States and ``scripts/format_docs/``
(``examples.toml`` holds the invented arms). Run ``make docs-formats`` after a change of a format;
``--check`` only tells what is not up to date, and leaves out the modules of the symbols, which may
differ between versions of the encoder.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from format_docs.index import index
from format_docs.page import page

from markcode import list_formats

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "formats"

_SYMBOL = re.compile(r"<svg [^>]*>|<path [^>]*/>\n(?=</svg>)")
"""What the symbol of a picture decides: the size of the whole, and the last path."""


def render() -> dict[str, str]:
    """Return every file by its path within the folder."""
    files = {"README.md": index()}
    for name in list_formats():
        made = page(name)
        files[f"{name}.md"] = made.markdown
        files[f"pictures/{name}.svg"] = made.picture
    return files


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files, and delete the pages and pictures of formats that are gone."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name in present(folder) - files.keys():
        (folder / name).unlink()


def stale(folder: Path, files: dict[str, str]) -> list[str]:
    """Return the files that lack, differ, or are of no format any more."""
    there = present(folder)
    differing = [
        name
        for name, text in files.items()
        if name not in there
        or _compared(name, (folder / name).read_text(encoding="utf-8")) != _compared(name, text)
    ]
    return sorted({*differing, *(there - files.keys())})


def present(folder: Path) -> set[str]:
    """Return the pages and pictures of a folder, by their path within it."""
    paths = (*folder.glob("*.md"), *folder.glob("pictures/*.svg"))
    return {path.relative_to(folder).as_posix() for path in paths}


def _compared(name: str, text: str) -> str:
    return _SYMBOL.sub("", text) if name.endswith(".svg") else text


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description="Write the pages of the formats.")
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--folder", type=Path, default=TARGET, help="default: docs/formats")
    given = parser.parse_args()
    files = render()
    if given.check:
        changed = stale(given.folder, files)
        for name in changed:
            print(f"{name} is not up to date: run make docs-formats", file=sys.stderr)
        return 1 if changed else 0
    write(given.folder, files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
