"""The field types that a format is built from.

A field type knows how one element stands on the metal: which characters, how many, what the token
means, and how to say what is wrong with it. It holds no state: a profile makes another one with
`dataclasses.replace` where an option narrows a length or moves a window of years.
"""

from markcode.fields.choices import Choice, Entity, Literal
from markcode.fields.countries import AnyCountry, Country, CountryCode, CountryName
from markcode.fields.text import FOREIGN, Choose, Fault, Recorded, Text, Unwritable, Value
from markcode.fields.years import Year
from markcode.notation import DIGITS, UPPER

__all__ = [
    "DIGITS",
    "FOREIGN",
    "UPPER",
    "AnyCountry",
    "Choice",
    "Choose",
    "Country",
    "CountryCode",
    "CountryName",
    "Entity",
    "Fault",
    "Literal",
    "Recorded",
    "Text",
    "Unwritable",
    "Value",
    "Year",
]
