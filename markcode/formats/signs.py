"""By which signs a mark tells its format, seen before any format is read.

Where no format is named, reading every one of them would take longer than all the rest. So a text
that lacks what every mark of a format has is not tried with it. The declaration stays the only
rule: a sign that is there says nothing yet, and the tests hold the signs against the declarations.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SIGNS"]

SIGNS: Mapping[str, tuple[str, ...]] = {
    "mosaic-0530": (),
    "eu-deact": ("EU",),
    "ecowas": ("ECOWAS", "CEDEAO"),
    "recsa": ("<STAR>", *"*★☆✩✪✫✬✭✮✯✰✱✲✶∗⁎"),
    "co-indumil": ("INDUMIL-COLOMBIA",),
    "ni-510": ("NICARAGUA",),
    "iuid": ("[)>",),
    "gs1": (*"(^]\x1d",),
}
"""The formats with marks that can be told from other text, in the order in which they are listed,
and what of: each mark has one of these, as it is struck or in a slip that is forgiven. Not so
records and web addresses: these have a colon."""
