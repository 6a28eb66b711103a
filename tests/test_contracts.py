"""docs/contracts.md names every code that a finding can have."""

from __future__ import annotations

import re
from pathlib import Path

from markcode import messages

CONTRACTS = Path(__file__).parents[1] / "docs" / "contracts.md"


def test_every_code_of_a_finding_is_named() -> None:
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", CONTRACTS.read_text("utf-8")))
    codes = {key.partition(":")[0] for key in messages.catalogue()} - {"also"}
    assert codes - named == set()
