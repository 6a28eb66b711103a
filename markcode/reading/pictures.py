"""Any picture as grey values, or one clear reason why not."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markcode.errors import UnreadableImage
from markcode.symbols.raster import MAX_DOTS, rasterise_dxf, rasterise_svg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["grey"]

_DRAWING_DPI = 600
_DRAWINGS = {".svg": rasterise_svg, ".dxf": rasterise_dxf}


def grey(image: str | Path | Image | NDArray[Any]) -> NDArray[np.uint8]:
    """Return rows by columns of grey, 0 dark, 255 light. Raises `UnreadableImage`."""
    import numpy as np
    from PIL import Image as Pillow

    if isinstance(image, (str, Path)):
        return _from_file(Path(image))
    if isinstance(image, Pillow.Image):
        return _from_pillow(image, "the picture")
    if isinstance(image, np.ndarray):
        return _from_array(image)
    raise UnreadableImage(f"a picture is a path, a Pillow image or an array, not {image!r}")


def _from_file(path: Path) -> NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    try:
        rasterise = _DRAWINGS.get(path.suffix.lower())
        if rasterise is not None:
            return _from_pillow(_drawn(path, rasterise), str(path))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit is lower
            with Image.open(path) as image:
                return _from_pillow(image, str(path))
    except UnidentifiedImageError:
        raise UnreadableImage(f"{path}: this is not a picture that can be read") from None
    except Image.DecompressionBombError:
        raise UnreadableImage(f"{path}: {_too_large()}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableImage(f"{path}: cannot be read: {_one_line(reason)}") from None


def _drawn(path: Path, rasterise: Callable[[str, int], Image]) -> Image:
    """Return our own drawing as a picture; a fault of it names the file."""
    text = path.read_text("utf-8")
    try:
        return rasterise(text, _DRAWING_DPI)
    except UnreadableImage as fault:
        raise UnreadableImage(f"{path}: {fault}") from None


def _from_pillow(image: Image, name: str) -> NDArray[np.uint8]:
    """Return a Pillow image as grey, as a person sees it: upright, on white."""
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageOps

    if image.width * image.height > MAX_DOTS:
        raise UnreadableImage(f"{name}: {_too_large()}")
    try:
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("I", "F") or upright.mode.startswith("I;16"):
            return _stretched(np.asarray(upright, dtype=np.float64))
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            white = Pillow.new("RGBA", upright.size, "white")
            upright = Pillow.alpha_composite(white, upright)
        return np.array(upright.convert("L"))
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise UnreadableImage(f"{name}: the picture is damaged: {_one_line(str(error))}") from None


def _from_array(array: NDArray[Any]) -> NDArray[np.uint8]:
    import numpy as np

    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    channels = array.shape[2] if array.ndim == 3 else 0
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or channels not in (0, 1, 3, 4):
        raise UnreadableImage(
            "an array is rows x columns, or rows x columns x 3 (RGB) or 4, of bool or uint8, "
            f"not {array.dtype} of shape {array.shape}"
        )
    if not array.size:
        raise UnreadableImage("the array is empty")
    if array.shape[0] * array.shape[1] > MAX_DOTS:
        raise UnreadableImage(f"the array: {_too_large()}")
    if channels in (3, 4):
        from PIL import Image

        return _from_pillow(Image.fromarray(np.ascontiguousarray(array)), "the array")
    return np.ascontiguousarray(array.reshape(array.shape[:2]))


def _stretched(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return deep grey values over the range that the picture uses."""
    import numpy as np

    values = np.nan_to_num(values)
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)


def _too_large() -> str:
    return f"the picture has more than {MAX_DOTS // 1_000_000} million dots; crop or shrink it"


def _one_line(text: str) -> str:
    return " ".join(text.split())
