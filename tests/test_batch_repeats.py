"""Repeats of unique keys that hashes alone could miss, in formats of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from markcode import FormatFileError, ProfileError, batch, get_format
from markcode.arrow import Strings
from markcode.batch import Options
from markcode.columns.hashes import hash_column, joined

HEAD = 'name = "own"\ntitle = { en = "x" }\nsummary = "x"\nsource = "x"\n'
FIELDS = """
[field.country]
type = "country"
form = "code"
[field.model]
type = "text"
alphabet = "a-z"
length = "1-8"
[field.serial]
type = "text"
alphabet = "0-9A-Z"
length = "2-8"
"""


def run(folder: Path, event: str, rows: str, fields: str = FIELDS) -> batch.Summary:
    form, table = folder / "own.toml", folder / "arms.csv"
    form.write_text(f"{HEAD}{event}\n{fields}", encoding="utf-8")
    table.write_text(rows, encoding="utf-8")
    return batch.run(table, get_format(str(form)), Options(), folder / "job")


def test_the_same_text_of_two_spellings_of_a_country_repeats(tmp_path: Path) -> None:
    event = """
check_over = ["mark"]
[event.manufacture]
lines = ["{country} {model?} {serial}"]
unique = ["country", "serial"]
"""
    made = run(tmp_path, event, "country,serial\nCO,L123\nCOL,123\nFR,99\n")
    assert (made.marks, made.duplicates) == (1, 2)


def test_a_key_may_not_be_declared_twice(tmp_path: Path) -> None:
    event = """
[event.manufacture]
lines = ["{country} {model?} {serial}"]
unique = [{ elements = ["model?", "serial"] }, { elements = ["model", "serial"] }]
"""
    with pytest.raises(FormatFileError, match="another key has these elements"):
        run(tmp_path, event, "country,model,serial\n")


def test_a_cell_of_any_length_has_a_hash(tmp_path: Path) -> None:
    event = '[event.manufacture]\nlines = ["{country} {model?} {serial}"]\nunique = ["serial"]\n'
    fields = FIELDS + 'evidence = "U"\n'
    long = "9" * 20_000
    made = run(tmp_path, event, f"country,serial\nCO,123\nFR,{long}\nFR,{long}\n", fields)
    assert (made.marks, made.duplicates) == (1, 2)


def test_long_and_short_texts_are_hashed_alike() -> None:
    texts = [b"A" * 300, b"B", b"A" * 200, b"A" * 100, b""]
    column = hash_column(Strings.joined(texts))
    alone = [hash_column(Strings.joined([text])).values[0] for text in texts]
    assert column.values.tolist() == alone
    assert column.lengths.tolist() == [300, 1, 200, 100, 0]
    whole = joined([hash_column(Strings.joined(texts[:1]))], 1)
    parts = [hash_column(Strings.joined(texts[2:3])), hash_column(Strings.joined(texts[3:4]))]
    assert np.array_equal(whole, joined(parts, 1))


@pytest.mark.parametrize("name", ["row", "line_1"])
def test_no_element_is_called_like_a_column_of_the_job(tmp_path: Path, name: str) -> None:
    event = f'[event.manufacture]\nlines = ["{{country}} {{model?}} {{{name}?}} {{serial}}"]\n'
    fields = f'{FIELDS}[field.{name}]\ntype = "choice"\nvalues = ["ab"]\n'
    with pytest.raises(ProfileError, match=f"call the element '{name}' something else"):
        run(tmp_path, event, "country,serial\nCO,123\n", fields)
