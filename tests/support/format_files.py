"""Format files for tests, written from their parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import markcode

__all__ = ["COUNTRY", "NUMBER", "YEAR", "event", "head", "opened", "text_field"]

COUNTRY = '[field.country]\ntype = "country"\n'
YEAR = '[field.year]\ntype = "year"\nwindow = "2000-2099"\n'
NUMBER = '[field.number]\ntype = "text"\nalphabet = "0-9"\nlength = "4"\n'


def head(more: str = "") -> str:
    """Return the top of a file, with further keys."""
    return (
        'name = "own-mark"\ntitle = { en = "Own mark" }\n'
        f'summary = "A mark."\nsource = "Law, article 1"\n{more}\n'
    )


def event(*lines: str, more: str = "", kind: str = "import") -> str:
    """Return the table of an event with these lines, and further keys."""
    listed = ", ".join(f'"{line}"' for line in lines)
    return f"[event.{kind}]\nlines = [{listed}]\n{more}\n"


def text_field(name: str, alphabet: str = "A-Z", length: str = "3", more: str = "") -> str:
    """Return the table of a field of text."""
    return f'[field.{name}]\ntype = "text"\nalphabet = "{alphabet}"\nlength = "{length}"\n{more}\n'


def opened(folder: Path, *parts: str, **profile: Any) -> markcode.Format:
    """Return the format in a file of these parts."""
    path = folder / "own-mark.toml"
    path.write_text("".join(parts), encoding="utf-8", newline="\n")
    return markcode.get_format(path, **profile)
