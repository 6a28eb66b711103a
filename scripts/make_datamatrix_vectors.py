"""Write ``test_vectors/datamatrix-zint.json``: symbols that zint wrote and zxing-cpp read.

    python scripts/make_datamatrix_vectors.py

What a case expects is the text that went into zint, and zxing-cpp must read just that from the
modules; what is damaged beyond repair zxing-cpp must refuse. Neither answer is markcode's. Needs
zint-bindings. Codewords are found in the modules by the placement of ISO/IEC 16022 annex F.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import zint
import zxingcpp
from numpy.typing import NDArray

from markcode import notation
from markcode.symbols import zxing
from markcode.symbols.datamatrix import placement
from markcode.symbols.datamatrix.sizes import BY_NAME, EXTENSIONS, RECTANGLES, SQUARES, Size

TARGET = Path(__file__).parents[1] / "test_vectors" / "datamatrix-zint.json"
MADE = f"written by zint-bindings {version('zint-bindings')}, read by zxing-cpp"
FLAGS = {
    "Damaged": "Codewords are wrong, as many as error correction promises to mend. A program "
    "without it reads another text or none.",
    "BeyondRepair": "More codewords are wrong than error correction can mend. A program that does "
    "not test what it mended reads another text.",
    "Eci": "The symbol declares the character set of its bytes. A program that guesses reads other "
    "letters.",
    "Extension": "A rectangle of ISO/IEC 21471. A program that knows ISO/IEC 16022 alone refuses "
    "it.",
    "Fnc1": "FNC1 leads, so the data are GS1's. A program that drops it loses what they are.",
    "Macro": "One codeword stands for the head and the end of an ISO/IEC 15434 message. A program "
    "that does not write them out loses the envelope.",
}
LINE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -/abcdefghijklmnopqrstuvwxyz.,:"
TEXTS = (
    *("1", "12", "123", "1234567", "A", "TEST", "TEST 26 07 01238 09", "AAAAAAAAAAAAA"),
    *("Model 9 Serial 0127", "aaaaaaaaaaaaaaaaaaaa", "ab-12/cd.34", "\r*>ABC*>\r*>12", "{~}`_^"),
    *("@A1^B2?C3+D4", "!@#$%&*()!@#$%&*()", "\x00\x01\x1b\x7f", "A\x1dB\x1dC", "\\000026"),
    *("[)>\x1e05\x1d80040000012TEST\x1e\x04", "[)>\x1e06\x1d18S1TEST123456\x1e\x04"),
    "[)>\x1e12\x1dMFR 1TEST\x1dSER 123\x1e\x04",
)
ECIS = {
    3: ("iso8859-1", "\xe9\xff\x80 TEST", "N\xba 7"),
    4: ("iso8859-2", "\u0141\xf3d\u017a 26"),
    22: ("cp1251", "\u0417\u0430\u0432\u043e\u0434 7"),
    26: ("utf-8", "\u03a9 26", "\u0416\u0417 TEST \u70b9"),
}
GS1 = (
    "[01]09521234543213[21]TEST1",
    "[01]09521234543213[10]A1[21]TEST1[422]170",
    "[8004]9521TEST12",
)


class Made(NamedTuple):
    """A symbol of zint's."""

    size: Size
    modules: NDArray[np.bool_]
    text: str
    flags: tuple[str, ...]
    is_gs1: bool = False


def written(text: str, size: str | None = None, eci: int = 0, gs1: str = "") -> Made:
    """Return zint's symbol; of ``gs1``, in brackets, where that is given."""
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.DATAMATRIX
    symbol.eci = eci
    names = [one.name for one in (*SQUARES, *RECTANGLES)]
    names += sorted((one.name for one in EXTENSIONS), key=lambda n: tuple(map(int, n.split("x"))))
    if size is None:
        symbol.option_3 = int(zint.DataMatrixOptions.SQUARE)
    else:
        symbol.option_2 = names.index(size) + 1
    if gs1:
        symbol.input_mode = zint.InputMode.GS1
    symbol.encode(gs1.encode() if gs1 else text.encode(ECIS[eci][0] if eci else "ascii"))
    rows = np.array(symbol.encoded_data, np.uint8)[: symbol.rows]
    modules = np.unpackbits(rows, axis=1, bitorder="little")[:, : symbol.width].astype(np.bool_)
    found = BY_NAME[f"{symbol.rows}x{symbol.width}"]
    flags = {
        "Eci": eci,
        "Extension": found in EXTENSIONS,
        "Fnc1": gs1,
        "Macro": text[:7] in ("[)>\x1e05\x1d", "[)>\x1e06\x1d"),
    }
    made = Made(found, modules, text, tuple(f for f, has in flags.items() if has), bool(gs1))
    assert reading(modules) == made.text, (made.text, reading(modules))
    return made


def reading(modules: NDArray[np.bool_]) -> str | None:
    """Return the text that zxing-cpp reads; None if it reads none."""
    found = zxingcpp.read_barcodes(
        zxing.bitmap(modules, 1, 3),
        zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix]),
        text_mode=zxingcpp.TextMode.Plain,
        is_pure=True,
    )
    return found[0].text if found and found[0].valid else None


def damaged(made: Made, more: int, rng: random.Random) -> Made:
    """Return a symbol in which each block has so many errors more than can be mended."""
    size, modules = made.size, made.modules.copy()
    where = placement.places(size)
    for block in range(size.blocks):
        errors = size.correction // size.blocks // 2 + more
        for codeword in rng.sample(range(block, size.codewords, size.blocks), errors):
            bits = rng.sample(range(8), rng.randrange(1, 9))
            modules[np.isin(where, [8 * codeword + bit for bit in bits])] ^= True
    assert reading(modules) == (None if more > 0 else made.text)
    flag = "BeyondRepair" if more > 0 else "Damaged"
    return made._replace(modules=modules, flags=(*made.flags, flag))


def symbols() -> Iterator[Made]:
    """Yield all symbols."""
    yield from map(written, TEXTS)
    for eci, (_, *texts) in ECIS.items():
        for text in texts:
            yield written(text, eci=eci)
    for bracketed in GS1:
        parts = [part.split("]") for part in bracketed[1:].split("[")]
        data = "".join(ai + value + "\x1d" * (ai not in ("01", "422")) for ai, value in parts)
        yield written(data.removesuffix("\x1d"), gs1=bracketed)
    for size in BY_NAME.values():
        text = (LINE * 40)[: size.data - 2]
        yield written(text, size.name)
    rng = random.Random(16022)
    for name in ("10x10", "16x16", "22x22", "32x32", "52x52", "144x144", "8x32", "16x48", "26x64"):
        made = written((LINE * 40)[: BY_NAME[name].data - 2], name)
        for more in (0, 2, 3):
            yield damaged(made, more, rng)


def cases() -> Iterator[dict[str, Any]]:
    """Yield the cases: small symbols by their modules, large ones by their codewords."""
    for number, made in enumerate(symbols(), start=1):
        size = made.size
        given: dict[str, Any] = {"rows": size.rows, "cols": size.columns}
        by_modules = size.data <= 22 or made.is_gs1
        if by_modules:
            given["modules"] = ["".join(str(int(module)) for module in row) for row in made.modules]
        else:
            given["codewords_hex"] = placement.codewords_of(made.modules, size).hex()
        valid = "BeyondRepair" not in made.flags
        yield {
            "id": f"zint-datamatrix-{number:03d}",
            "operation": "derive",
            "subject": "datamatrix-modules" if by_modules else "datamatrix-codewords",
            "input": given,
            "expected": "^" * made.is_gs1 + notation.escape(made.text) if valid else None,
            "valid": valid,
            "findings": [],
            "flags": list(made.flags),
            "source": MADE if valid else MADE.replace("read", "refused"),
        }


def main() -> None:
    """Write the file."""
    made = list(cases())
    used = {flag for case in made for flag in case["flags"]}
    file = {
        "schema": "schema.json",
        "standard": "ISO/IEC 16022 (Data Matrix ECC 200) and ISO/IEC 21471 (DMRE)",
        "edition": "2006; 2020",
        "note": "derive gives the text of a symbol, of its codewords (data, then error "
        "correction) or of its modules (rows of 0 and 1, dark 1, with finder, without quiet "
        "zone); where FNC1 leads it begins with ^.",
        "flags": {flag: text for flag, text in FLAGS.items() if flag in used},
        "cases": made,
    }
    text = json.dumps(file, indent=2, ensure_ascii=False) + "\n"
    TARGET.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
