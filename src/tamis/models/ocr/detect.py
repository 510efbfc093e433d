"""Where lines of text are: a map of how likely each pixel belongs to one, and the boxes of its islands.

The map is that of differentiable binarisation (Liao et al., 2020): it shows the middle of a line, which is grown by
area times `_GROW` over perimeter.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tamis.image import Box
from tamis.models.onnx import Graph

Pixels = NDArray[np.uint8]
SIDE = 960  # the longer side that the model looks at
MOST = 1920  # where letters would be too small otherwise
_THIN = 8.5  # a median line lower than this in the model's pixels is looked at larger
_STRIDE = 32
_LIKELY, _SURE, _GROW = 0.3, 0.5, 1.6
_LEAST = 3  # pixels of the model that an island is high and wide at least
_WHOLE = 0.8  # the share of a picture from which on an island is no line, where the picture itself is no strip
_STRIP = 2.0  # times as wide as high


def detect(graph: Graph, pixels: Pixels) -> list[tuple[Box, float]]:
    """Boxes of lines with how sure the model is, in pixels of the picture."""
    height, width = pixels.shape[:2]
    side = min(SIDE, max(height, width))
    lines = _at(graph, pixels, side)
    heights = [box.height * side / max(height, width) for box, _ in lines]
    if heights and np.median(heights) < _THIN and max(height, width) > side:
        finer = min(MOST, max(height, width), int(side * 1.4 * _THIN / float(np.median(heights))))
        lines = _at(graph, pixels, finer)
    return lines


def _at(graph: Graph, pixels: Pixels, side: int) -> list[tuple[Box, float]]:
    """The lines that the model sees when the longer side of the picture is so many pixels long."""
    import cv2

    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = [max(_STRIDE, round(length * scale / _STRIDE) * _STRIDE) for length in (width, height)]
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    blue_first = small[..., ::-1].astype(np.float32) / 127.5 - 1
    (output,) = graph(list(graph.outputs), {"x": np.ascontiguousarray(blue_first.transpose(2, 0, 1))[None]})
    across, down = width / size[0], height / size[1]
    bounds = Box(0, 0, width, height)
    boxes = (
        (Box(x0 * across, y0 * down, x1 * across, y1 * down), sure) for x0, y0, x1, y1, sure in _islands(output[0, 0])
    )
    most = bounds.area * (1.0 if width > _STRIP * height else _WHOLE)  # without any text, all of it may seem to be one
    return [(inside, sure) for box, sure in boxes if (inside := box.clip(bounds)) is not None and inside.area <= most]


def _islands(likely: NDArray[np.float32]) -> Iterator[tuple[float, float, float, float, float]]:
    """Grown boxes of the islands of a map, with their mean."""
    import cv2

    mask = cv2.dilate((likely > _LIKELY).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sums = np.bincount(labels.ravel(), weights=likely.ravel(), minlength=count)
    for index in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[index])
        sure = float(sums[index] / area)
        if min(width, height) < _LEAST or sure < _SURE:
            continue
        grow = width * height * _GROW / (2 * (width + height))
        yield left - grow, top - grow, left + width + grow, top + height + grow, sure
