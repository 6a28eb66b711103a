"""Labels in ZPL: read by the vendor's rules, and drawn by zebrash and read by zxing-cpp."""

from __future__ import annotations

import os
import random
import re
import shutil
import string
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import markcode
from markcode import batch
from markcode.batch import Options
from markcode.equipment import Mark
from markcode.errors import InvalidMark, ProfileError
from markcode.jobs import Job, verify_job
from markcode.model import Payload
from markcode.reading import read
from markcode.symbols import make
from writers import writer
from zpl_printer import labels, read_code128, read_data_matrix, read_qr

NODE = Path(__file__).parent / "node"
LARGE = {"dpmm": "8", "label": "160x40mm"}
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
CONTROL = "".join(map(chr, range(0x20))) + "\x7f"
LATIN1 = "".join(map(chr, range(0xA0, 0x100)))
GS1 = string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_"


def label(
    payload: Payload | None,
    symbology: str | None = None,
    lines: tuple[str, ...] = ("AB1",),
    **settings: str,
) -> bytes:
    """Return the whole file of one mark."""
    made = writer("zpl", LARGE | settings, symbol=symbology, lines=len(lines))
    symbol = None
    if payload is not None and symbology is not None:
        symbol = make(symbology, payload)
    head = made.heads["labels.zpl"]
    return head + made.render(Mark(2, lines, symbol)).lines["labels.zpl"]


def raw(payload: Payload) -> bytes:
    if isinstance(payload.data, bytes):
        return payload.data
    return payload.data.encode("latin-1")


def printed(zpl: bytes) -> tuple[bool, bytes]:
    """Return what the symbol of one label says, by the vendor's rules."""
    (found,) = labels(zpl.decode("ascii"))
    assert found.count == 1
    field = found.fields[-1]
    match field.command[:2]:
        case "BX":
            parameters = field.command.split(",")
            assert parameters[2] == "200"
            return read_data_matrix(field.data, parameters[6])
        case "BC":
            assert field.command.endswith(",N,N,N")
            return read_code128(field.data)[:2]
        case "BQ":
            return False, read_qr(field.data).encode("ascii")
    raise AssertionError(field)


def test_a_label_to_the_byte() -> None:
    file = label(Payload("A_1^B"), "datamatrix", ("50^ ~\\", "ñ"), dpmm="12", label="50x30mm")
    assert file.decode() == (
        "^XA\n^CI28\n^PW590\n^LL354\n^LH0,0\n"
        "^FO24,24^A0N,19,19^FH\\^FD50\\5E \\7E\\5C^FS\n"
        "^FO24,48^A0N,19,19^FH\\^FD\\C3\\B1^FS\n"
        "^FO24,77^BXN,5,200,,,,_^FH\\^FDA__1\\5EB^FS\n"
        "^PQ1\n^XZ\n"
    )


def test_a_stored_format_comes_first_and_prints_the_same() -> None:
    payload = Payload("010952123454321321A>B\x1d10C", gs1=True)
    for symbology in ("datamatrix", "gs1-128"):
        stored = label(payload, symbology, ("AB^1", "é"), stored="yes")
        assert stored.startswith(b"^XA\n^DFR:MARKCODE.ZPL^FS\n")
        whole = label(payload, symbology, ("AB^1", "é"))
        assert labels(stored.decode()) == labels(whole.decode())


# -- by the vendor's rules -----------------------------------------------------------------------


@given(st.text(PRINTABLE + CONTROL + LATIN1, min_size=1, max_size=60))
def test_a_data_matrix_says_its_payload(text: str) -> None:
    assert printed(label(Payload(text), "datamatrix")) == (False, text.encode("latin-1"))


@given(st.text(PRINTABLE + CONTROL, min_size=1, max_size=40))
def test_a_code_128_says_its_payload(text: str) -> None:
    file = label(Payload(text), "code128", label="400x60mm")
    assert printed(file) == (False, text.encode())


@given(st.lists(st.text(GS1, min_size=1, max_size=20), min_size=1, max_size=2))
def test_gs1_symbols_say_their_elements(elements: list[str]) -> None:
    payload = Payload("\x1d".join(f"21{element}" for element in elements), gs1=True)
    for symbology in ("datamatrix", "gs1-128"):
        file = label(payload, symbology, label="400x60mm")
        assert printed(file) == (True, raw(payload))


@given(st.text(PRINTABLE, min_size=1, max_size=60))
def test_a_qr_code_and_a_line_say_their_text(text: str) -> None:
    file = label(Payload(text), "qr", (text,), label="400x200mm")
    assert printed(file) == (False, text.encode())
    assert labels(file.decode())[0].fields[0].data == text


def test_no_field_holds_a_prefix_that_would_be_a_command() -> None:
    file = label(Payload("^XZ~HS\\"), "datamatrix", ("^XZ ~HS \\5E",))
    assert file.count(b"^XZ") == 1 and b"~" not in file
    assert labels(file.decode())[0].fields[0].data == "^XZ ~HS \\5E"


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbology", "data", "detail"),
    [
        ("qr", "A\x1dB", "column 2: '\\x1d' is no printable ASCII"),
        ("qr", "Aé", "column 2: 'é' is no printable ASCII"),
        ("datamatrix", "ABЖ", "column 3: 'Ж' is not Latin-1"),
        ("datamatrix", "\x01" * 700, "^BX takes 3072 characters with their escapes, not 3500"),
    ],
)
def test_what_a_printer_may_encode_otherwise_is_refused(
    symbology: str, data: str, detail: str
) -> None:
    with pytest.raises(InvalidMark) as caught:
        label(Payload(data), symbology)
    (finding,) = caught.value.findings
    assert finding.code == "equipment.value" and finding.params["reason"] == "symbol"
    assert detail in finding.message()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("A\tB",), "character 2 of line 1, {HT}, is a control character"),
        (("A", "BЖ"), "character 2 of line 2, Ж, is not in the file's encoding, latin-1"),
    ],
)
def test_a_line_that_the_font_may_lack_is_refused(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidMark, match=re.escape(message)):
        label(None, None, lines)


def test_a_line_that_is_absent_prints_nothing_unless_the_format_is_stored() -> None:
    made = writer("zpl", LARGE, lines=2)
    zpl = made.render(Mark(2, ("A",))).lines["labels.zpl"].decode()
    assert [field.data for field in labels(zpl)[0].fields] == ["A"]
    with pytest.raises(InvalidMark, match="without line 2"):
        writer("zpl", LARGE | {"stored": "yes"}, lines=2).render(Mark(2, ("A",)))


def test_a_mark_that_leaves_the_label_is_refused_with_the_size_it_needs() -> None:
    for lines, needs in ((("A" * 30,), "52.75 x"), (tuple("ABCDE"), "x 24.125")):
        with pytest.raises(InvalidMark, match=f"needs a label of .*{re.escape(needs)}"):
            label(Payload("1"), "code128", lines, label="40x20mm")


def test_the_room_of_a_linear_symbol_is_that_of_its_bars() -> None:
    # Start, FNC1, 8 pairs, check and 13 modules of the stop, 10 light ones aside: 154 x 3 dots.
    payload = Payload("0109521234543213", gs1=True)
    label(payload, "gs1-128", (), label="57.75x30mm")
    with pytest.raises(InvalidMark, match=r"needs a label of 57\.75 x "):
        label(payload, "gs1-128", (), label="57.62x30mm")


def test_a_data_matrix_has_room_to_be_square() -> None:
    made = writer("zpl", LARGE | {"label": "20x8mm"}, symbol="datamatrix", lines=0)
    mark = Mark(2, (), make("datamatrix", "1234567890", shape="rectangle"))
    assert mark.symbol is not None and mark.symbol.rows < mark.symbol.columns
    with pytest.raises(InvalidMark, match="needs a label of"):
        made.render(mark)


@pytest.mark.parametrize(
    ("settings", "sizes", "message"),
    [
        ({"label": "50x30mm"}, {}, "needs --setting dpmm=...: 6 or 8 or 12 or 24"),
        ({"dpmm": "8"}, {}, "needs --setting label=...: a text"),
        ({"dpmm": "8", "label": "50x30"}, {}, "label=50x30: write the label's width x height"),
        ({"dpmm": "8", "label": "0x30mm"}, {}, "label=0x30mm: write the label's width x height"),
        ({"dpmm": "8", "label": "1.2.3x3mm"}, {}, "label=1.2.3x3mm: write"),
        (LARGE, {"module_nm": 180_000}, "0.18 mm is 1 dot at 8 dots a millimetre.* need 2"),
        (LARGE, {"module_nm": 1_500_000, "symbol": "qr"}, "1.5 mm is 12 dots .* take 10 for qr"),
        (LARGE, {"height_nm": 1_000_000}, "1 mm is 8 dots .* has 10 at least"),
        ({"dpmm": "8", "label": "50x4001mm"}, {}, "400 x 32008 dots .* take 32000, .* 4000 mm"),
    ],
)
def test_sizes_that_no_printer_makes_are_a_wrong_use(
    settings: dict[str, str], sizes: dict[str, object], message: str
) -> None:
    with pytest.raises(ProfileError, match=message):
        writer("zpl", settings, **({"symbol": "datamatrix"} | sizes))


# -- drawn by another program --------------------------------------------------------------------


def drawn(folder: Path, files: list[bytes], sizes: tuple[str, str], dpmm: str) -> list[Path]:
    """Return a picture of each label, by npm's zpl-renderer-js; skip the test without it."""
    node = shutil.which("node")
    missing = None
    if node is None:
        missing = "node is not installed"
    elif not (NODE / "node_modules" / "zpl-renderer-js").is_dir():
        missing = "zpl-renderer-js is not installed: npm ci --prefix tests/node"
    if node is None or missing is not None:
        if os.environ.get("MARKCODE_NEEDS_NODE"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    source = folder / "labels.zpl"
    source.write_bytes(b"".join(files))
    command = [node, str(NODE / "render.mjs"), str(source), str(folder), *sizes, dpmm]
    subprocess.run(command, check=True, timeout=300)
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) == len(files)
    return pictures


def drawable(file: bytes) -> bytes:
    r"""Return a label with the ``^BX`` escapes that the renderer lacks put as ``^FH\`` escapes.

    It knows ``_1`` alone; see `test_what_the_renderer_does_not_know`.
    """

    def byte(match: re.Match[bytes]) -> bytes:
        code = int(match[1]) if match[1] else ord("_")
        return b"".join(b"\\%02X" % part for part in chr(code).encode("utf-8"))

    head, command, field = file.partition(b"^BX")
    start, data, rest = field.partition(b"^FD")
    return head + command + start + data + re.sub(rb"__|_d([0-9]{3})", byte, rest)


def payloads() -> list[tuple[str, Payload]]:
    """Return some hundred payloads of every symbology that the renderer can draw rightly.

    Letters beyond ASCII stand alone, since it draws Base 256 wrongly at the end of a symbol.
    """
    rng = random.Random(13)

    def text(alphabet: str, most: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, most)))

    hard = "^~\\_>%<=:;0123456789Aa"
    found = [
        ("datamatrix", Payload(f"[)>\x1e06\x1d17V0CVA5\x1d1P1234\x1dS{n}\x1e\x04")) for n in "12"
    ]
    for _ in range(40):
        found += [
            ("datamatrix", Payload(text(hard, 30))),
            ("datamatrix", Payload(text(PRINTABLE + "\x1d\x1e\x04", 40))),
            ("datamatrix", Payload(text(PRINTABLE, 12) + text(LATIN1, 1) + text(PRINTABLE, 12))),
            ("qr", Payload(text(hard, 30))),
            ("qr", Payload(text(PRINTABLE, 60))),
            ("code128", Payload(text(hard, 12))),
            ("code128", Payload(text(PRINTABLE + CONTROL, 12))),
            ("code128", Payload(text(string.digits, 9) + text(PRINTABLE, 6))),
        ]
        elements = [f"01{rng.randrange(10**14):014}21{text(GS1, 10)}", f"10{text(GS1, 8)}"]
        gs1 = Payload("\x1d".join(elements), gs1=True)
        found += [("datamatrix", gs1), ("gs1-128", gs1)]
    return [(name, payload) for name, payload in found if not is_misdrawn(name, payload)]


def is_misdrawn(symbology: str, payload: Payload) -> bool:
    """Return whether the renderer draws something else than the vendor's rules say."""
    if symbology == "datamatrix":
        return b"_1" in raw(payload)
    field = labels(label(payload, symbology, label="400x120mm").decode())[0].fields[-1].data
    # A lone character after an invocation, at the end, is lost.
    return symbology != "qr" and re.search(r">[0-9:;<=].\Z", field, re.DOTALL) is not None


def test_every_symbol_that_is_drawn_is_read_as_its_payload(tmp_path: Path) -> None:
    cases = payloads()
    assert len(cases) > 300 and {name for name, _ in cases} == {
        *("datamatrix", "qr", "code128", "gs1-128")
    }
    files = [label(payload, name) for name, payload in cases]
    pictures = drawn(tmp_path, [drawable(file) for file in files], ("160", "40"), "8")
    for (name, payload), picture, file in zip(cases, pictures, files, strict=True):
        (scan,) = read(picture)
        assert (scan.symbology, scan.is_gs1) == (name, payload.gs1)
        assert scan.bytes == raw(payload), (payload, file)


@pytest.mark.parametrize(("dpmm", "module"), [("6", 2), ("8", 3), ("12", 5), ("24", 9)])
@pytest.mark.parametrize("stored", ["yes", "no"])
def test_symbols_and_letters_have_the_size_and_place_of_the_file(
    tmp_path: Path, dpmm: str, module: int, stored: str
) -> None:
    line = "WM@%0123456789"
    payload, lines = Payload("0123456789A-b>"), (line, line.lower())
    file = label(payload, "code128", lines, dpmm=dpmm, label="90x40mm", stored=stored)
    (found,) = labels(file.decode())
    first, second, code = found.fields
    assert code.bar == module
    (path,) = drawn(tmp_path, [file], ("90", "40"), dpmm)
    dark = Image.open(path).convert("L").point(lambda value: 255 if value < 128 else 0)
    # The renderer takes 12 and 24 dots a millimetre for what is 11.8 and 23.6, and puts the label
    # in the middle of its picture.
    aside = (dark.width - found.width) // 2
    dark = dark.crop((aside, 0, aside + found.width, dark.height))
    bars = dark.crop((0, code.at[1], *dark.size)).getbbox()
    height = int(code.command.split(",")[1])
    count = read_code128(code.data)[2]
    width = (11 * (count + 1) + 13) * module
    assert bars == (code.at[0], 0, code.at[0] + width, height)
    assert code.at[0] + width + 10 * module <= found.width
    letters = int(first.command.split(",")[1])
    for field in (first, second):
        box = dark.crop((0, field.at[1], dark.width, field.at[1] + letters)).getbbox()
        assert box is not None
        assert field.at[0] - 1 <= box[0] and box[2] <= field.at[0] + len(line) * letters


def test_what_the_renderer_does_not_know(tmp_path: Path) -> None:
    """The day on which this fails, `drawable` and `is_misdrawn` have become needless.

    zebrash at zpl-renderer-js 3.4.0: drawers/barcode_datamatrix.go looks for ``_1`` alone, also
    within ``__1``; barcodes/code128/encoder.go takes characters two by two and loses the last after
    an invocation; barcodes/datamatrix/encoder/base256_encoder.go writes two bytes of length, both
    0, where the data ends with the symbol.
    """
    files = [
        label(Payload("A_B\x1dC"), "datamatrix"),
        label(Payload("A_1B"), "datamatrix"),
        label(Payload("12345>6"), "code128"),
        drawable(label(Payload("èÐð"), "datamatrix")),
    ]
    assert [printed(file)[1] for file in files[:3]] == [b"A_B\x1dC", b"A_1B", b"12345>6"]
    pictures = drawn(tmp_path, files, ("160", "40"), "8")
    found = [read(path)[0].bytes for path in pictures]
    assert found[:3] == [b"A__B_d029C", b"A_\x1dB", b"12345>"]
    assert found[3].startswith(b"\0\xe8\xd0\xf0")


# -- as a job ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", ["yes", "no"])
def test_a_job_of_labels(tmp_path: Path, stored: str) -> None:
    source = tmp_path / "arms.csv"
    source.write_text(
        "country,manufacturer,year,model,serial,calibre\n"
        "CO,INDU,2026,07,01238,09\nCO,INDU,2026,07,01239,09\n"
    )
    options = Options(
        equipment="zpl",
        symbol="datamatrix",
        settings={"dpmm": "8", "label": "60x30mm", "stored": stored},
    )
    made = batch.run(source, markcode.get_format("mosaic-0530"), options, tmp_path / "job")
    # 0.40 mm are 3.2 dots.
    assert made.marks == 2 and made.achieved == {"module_nm": 375_000}
    found = labels((tmp_path / "job" / "labels.zpl").read_text("ascii"))
    assert [field.data for each in found for field in each.fields] == [
        *["CO INDU 26 07 01238 09"] * 2,
        *["CO INDU 26 07 01239 09"] * 2,
    ]
    assert all(result.report.ok for result in verify_job(Job(tmp_path / "job")))


def test_a_label_too_small_for_any_mark_is_a_wrong_use(tmp_path: Path) -> None:
    source = tmp_path / "arms.csv"
    source.write_text("country,manufacturer,year,model,serial,calibre\nCO,INDU,2026,07,1,09\n")
    options = Options(equipment="zpl", symbol="qr", settings={"dpmm": "8", "label": "10x10mm"})
    with pytest.raises(ProfileError, match="--equipment zpl: it needs a label of"):
        batch.run(source, markcode.get_format("mosaic-0530"), options, tmp_path / "job")
