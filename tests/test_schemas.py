"""The JSON Schemas under docs/schemas describe what the library really gives."""

import json
from pathlib import Path

import jsonschema
import pytest

import markcode

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"


def schema(name: str) -> jsonschema.protocols.Validator:
    content = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


REPORTS = [
    ("CO INDU 26 07 01238 09", "mosaic-0530", "manufacture"),
    ("CO 26", "mosaic-0530", "import"),
    ("CO 26", "mosaic-0530", "transfer"),
    ("co indu", "mosaic-0530", None),
    ("CO INDU 2X 07 01238 09", "mosaic-0530", None),
    ("[)>\x1e06\x1d17V0CVA5\x1d1P1234\x1dS674A36458\x1e\x04", "iuid", None),
    ("serial: A1\nmanufacturer: EXAMPLE ARMS\ncalibre: 9MM", "us-478-92", None),
    ("nothing that is known", None, None),
    (b"\xff\xfe", None, None),
    ("", "us-pmf", None),
]


@pytest.mark.parametrize(("text", "name", "event"), REPORTS)
def test_every_report_fits(text: str | bytes, name: str | None, event: str | None) -> None:
    report = markcode.verify(text, format=name, event=event)
    content = json.loads(json.dumps(report.to_dict()))
    schema("report.json").validate(content)


def test_a_report_without_a_key_does_not_fit() -> None:
    content = markcode.verify("CO 26", format="mosaic-0530").to_dict()
    del content["check"]
    with pytest.raises(jsonschema.ValidationError):
        schema("report.json").validate(content)
