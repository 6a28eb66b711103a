"""Facts that stand in one place: countries, look-alike characters, labels of tables.

Each table is a CSV file beside this module whose ``#`` lines name source, edition and date; it is
read on first use. ``scripts/freeze_reference.py`` makes `countries.csv` anew.
"""

from __future__ import annotations
