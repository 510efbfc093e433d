"""Screenshots: read, checked, and turned into one kind of pixels.

Whatever a file holds (palette, transparency, CMYK, 16 bits, an animation, a picture turned by its camera), a
`Screenshot` is RGB with 8 bits. What was changed on the way is in `notes`. The size is known before pixels are
decoded, so a picture that is too large costs no memory.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import InvalidInput, UnreadableImage, needs
from tamis.image.geometry import Box
from tamis.image.spaces import Size, Space, css_space, device_space
from tamis.io.files import read_bytes, reason

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]  # (height, width, 3): red, green, blue
MOST_PIXELS = 8192 * 4608  # 8K, also of screens that are taller than 7680 x 4320
MOST_MEGABYTES = 160  # of a file; 8K without compression is 127


@dataclass(frozen=True, slots=True, eq=False)
class Screenshot:
    """What a screen shows.

    Attributes:
        pixels: (height, width, 3), red, green, blue, 0 to 255; not to be written to.
        ratio: device pixels for each CSS pixel; 1 where that is not known.
        ratio_known: whether somebody said so; where nobody did, looking guesses it from the size.
        name: of the file, for messages; empty where there was none.
        notes: what reading changed: "frame 1 of 3", "CMYK", "palette", "transparent".
    """

    pixels: Pixels
    ratio: float = 1.0
    name: str = ""
    notes: tuple[str, ...] = field(default=())
    ratio_known: bool = False

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            shape = f"{self.pixels.dtype} {self.pixels.shape}"
            raise InvalidInput(f"Pixels are uint8 of (height, width, 3), got {shape}.")
        if not self.pixels.size:
            raise InvalidInput("A screenshot has at least one pixel.")
        css_space(self.size, self.ratio)

    @property
    def size(self) -> Size:
        """Width and height in device pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def bounds(self) -> Box:
        """All of it."""
        return Box(0, 0, *self.size)

    @property
    def device(self) -> Space:
        """Its own pixels."""
        return device_space(self.size)

    @property
    def css(self) -> Space:
        """CSS pixels, by its ratio."""
        return css_space(self.size, self.ratio)

    def crop(self, box: Box) -> Pixels:
        """The pixels of a part, its edges rounded outwards; empty where the box lies outside."""
        inside = box.clip(self.bounds)
        if inside is None:
            return self.pixels[:0, :0]
        left, top = int(inside.left), int(inside.top)
        return self.pixels[top : int(np.ceil(inside.bottom)), left : int(np.ceil(inside.right))]


def screenshot_of(source: object, *, ratio: float | None = None) -> Screenshot:
    """A screenshot from whatever holds one.

    source -- a path, the bytes of a file, a Pillow image, an array of (height, width), (..., 3) or (..., 4), or a
        screenshot
    ratio -- device pixels for each CSS pixel; None where that is not known

    Raises:
        UnreadableInput: the file cannot be read.
        UnreadableImage: its bytes are no picture, cut short, or larger than 8K.
        InvalidInput: the source is none of these.
        MissingExtra: Pillow is not installed.
    """
    if isinstance(source, Screenshot):
        return source
    shot = _read(source, 1.0 if ratio is None else ratio)
    return shot if ratio is None else replace(shot, ratio_known=True)


def _read(source: object, ratio: float) -> Screenshot:
    if isinstance(source, np.ndarray):
        return Screenshot(_rgb(source), ratio)
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        return _decoded(read_bytes(path, limit=MOST_MEGABYTES), path, ratio)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _decoded(bytes(source), "", ratio)
    if hasattr(source, "convert") and hasattr(source, "tobytes"):
        return _converted(source, "", ratio)
    hint = "Give a path, the bytes of a PNG or JPEG, a Pillow image or an array."
    raise InvalidInput(f"No screenshot: {type(source).__name__}.", hint=hint)


def _rgb(array: NDArray[Any]) -> Pixels:
    """An array as RGB: grey is repeated, transparency laid on white."""
    if array.dtype != np.uint8 or array.ndim not in (2, 3):
        hint = "Scale it to 0 to 255 and convert it: array.astype(numpy.uint8)."
        raise InvalidInput(f"Pixels are uint8 of two or three axes, got {array.dtype} {array.shape}.", hint=hint)
    if array.ndim == 2:
        return np.repeat(array[..., None], 3, axis=2)
    if array.shape[2] == 4:
        share = array[..., 3:].astype(np.uint16)
        return ((array[..., :3] * share + 255 * (255 - share)) // 255).astype(np.uint8)
    return array


def _decoded(data: bytes, name: str, ratio: float) -> Screenshot:
    needs("screen", "PIL")
    from PIL import Image, UnidentifiedImageError

    label = repr(name) if name else f"A picture of {len(data):,} bytes"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes that are refused below, of metadata that is not used
            with Image.open(io.BytesIO(data)) as image:
                _check_size(image.size, label)
                return _converted(image, name, ratio)
    except UnidentifiedImageError as error:
        hint = "PNG, JPEG, WebP, GIF, BMP and TIFF are read."
        raise UnreadableImage(f"{label} is no picture that can be read.", hint=hint) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        if isinstance(error, (UnreadableImage, InvalidInput)):
            raise
        hint = "It may be cut short: take the screenshot anew."
        raise UnreadableImage(f"{label} cannot be decoded: {reason(error)}.", hint=hint) from error


def _check_size(size: Size, label: str) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        hint = f"Up to {MOST_PIXELS:,} pixels (8K) are read: crop it, or scale it down."
        raise UnreadableImage(f"{label} has {size[0]} x {size[1]} pixels.", hint=hint)


def _converted(image: Any, name: str, ratio: float) -> Screenshot:
    """A Pillow image as RGB, upright, its first frame."""
    from PIL import ImageOps

    notes = tuple(_notes(image))
    upright: Image = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):  # 16 or 32 bits of grey
        array = np.asarray(upright, dtype=np.float64)
        most = 65535 if array.max(initial=0) > 255 else 255
        return Screenshot(_rgb((array / most * 255).clip(0, 255).astype(np.uint8)), ratio, name, notes)
    if upright.has_transparency_data:
        return Screenshot(_rgb(np.asarray(upright.convert("RGBA"))), ratio, name, notes)
    return Screenshot(np.asarray(upright.convert("RGB")), ratio, name, notes)


def _notes(image: Image) -> Iterator[str]:
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        yield f"frame 1 of {frames}"
    kinds = {"CMYK": "CMYK", "P": "palette", "1": "black and white", "L": "grey", "LA": "grey"}
    if image.mode in kinds:
        yield kinds[image.mode]
    if image.has_transparency_data:
        yield "transparent"
