"""A picture as the vision tower of Qwen2-VL reads it: resized, normalised, cut into patches. NumPy and Pillow only.

The image processors of transformers do the same, but need torchvision, which nothing else here does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import needs
from tamis.image import smart_size

Grid = tuple[int, int]  # rows and columns of the visual tokens of a picture
_MEAN, _DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)  # of CLIP


@dataclass(frozen=True, slots=True)
class Patching:
    """How pictures become patches, as `preprocessor_config.json` says it.

    Attributes:
        size: pixels of a patch's side.
        merge: patches across and down that become one visual token.
        frames: how often a picture is repeated, as the tower reads films.
        least, most: pixels of the resized picture.
        mean, deviation: of each colour, 0 to 1.
    """

    size: int = 14
    merge: int = 2
    frames: int = 2
    least: int = 56 * 56
    most: int = 28 * 28 * 1280
    mean: tuple[float, ...] = _MEAN
    deviation: tuple[float, ...] = _DEVIATION

    @classmethod
    def of(cls, settings: Mapping[str, Any], *, most: int | None = None) -> Patching:
        """As the settings of an image processor say, in the spelling of any version.

        most -- pixels of the resized picture, where the caller wants fewer
        """
        usual, size = cls(), settings.get("size") or {}
        lowest = settings.get("min_pixels") or size.get("shortest_edge") or usual.least
        highest = settings.get("max_pixels") or size.get("longest_edge") or usual.most
        return cls(
            size=settings.get("patch_size", usual.size),
            merge=settings.get("merge_size", usual.merge),
            frames=settings.get("temporal_patch_size", usual.frames),
            least=min(lowest, most or lowest),
            most=most or highest,
            mean=tuple(settings.get("image_mean") or usual.mean),
            deviation=tuple(settings.get("image_std") or usual.deviation),
        )

    def grid(self, width: int, height: int) -> Grid:
        """Rows and columns of visual tokens.

        Raises:
            InvalidInput: one side is more than 200 times the other.
        """
        side = self.size * self.merge
        across, down = smart_size((width, height), factor=side, least=self.least, most=self.most)
        return down // side, across // side

    def __call__(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], Grid]:
        """The patches of a picture of (height, width, 3), in the order of the tower, and the grid of visual tokens.

        Patches are (rows * columns * merge^2, 3 * frames * size^2); those of one visual token stand together.

        Raises:
            InvalidInput: one side is more than 200 times the other.
            MissingExtra: Pillow is not installed.
        """
        needs("screen", "PIL")
        from PIL import Image

        rows, columns = self.grid(pixels.shape[1], pixels.shape[0])
        side = self.size * self.merge
        resized = Image.fromarray(pixels).resize((columns * side, rows * side), Image.Resampling.BICUBIC)
        mean, deviation = (np.array(one, dtype=np.float32) for one in (self.mean, self.deviation))
        colours = (np.asarray(resized, dtype=np.float32) / 255 - mean) / deviation
        cut = colours.reshape(rows, self.merge, self.size, columns, self.merge, self.size, 3)
        patches = cut.transpose(0, 3, 1, 4, 6, 2, 5)[:, :, :, :, :, None]  # row, column, in the token, colour, frame
        films = np.broadcast_to(patches, (*patches.shape[:5], self.frames, *patches.shape[6:]))
        return films.reshape(rows * columns * self.merge**2, -1).astype(np.float32), (rows, columns)
