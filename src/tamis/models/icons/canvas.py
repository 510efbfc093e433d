"""A crop of a screen as what the network sees: how far each pixel is from the ground, so that colours do not matter.

Two planes of `SIDE` x `SIDE`. The first holds the distance from the colour around the picture. The second holds the
distance from the colour that its middle has most of, of what lies inside the first alone: the white icon in a filled
button, the picture in a frame. A distance is the largest difference of a colour channel, divided by the largest in the
middle of the crop: dark on light, light on dark and grey on grey are one and the same. What is drawn is centred and
fills its plane, however much room the crop leaves around it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Planes = NDArray[np.float32]
Extent = tuple[int, int, int, int]  # top, bottom, left, right
SIDE = 40  # pixels that the network sees
_LARGEST = 96  # the longer side of a crop, beyond which it is made smaller first
_FAINT = 10  # a difference of fewer of 255 levels is noise
_DRAWN = 0.35  # of the largest distance: from here on a pixel belongs to what is drawn
_WHOLE = 0.6  # share of what is drawn that must lie clear of the crop's edge for the rest to be taken for neighbours
_INNER = 0.1  # likewise, for what is looked at inside a button or a frame
_AIR = 0.06  # of the side, left around what is drawn


def canvases(crops: Sequence[Pixels]) -> Planes:
    """(n, 2, SIDE, SIDE) planes of 0 to 1; of a crop of one colour all 0.

    crops -- (height, width, 3) each
    """
    planes = np.zeros((len(crops), 2, SIDE, SIDE), np.float32)
    for plane, crop in zip(planes, crops, strict=True):
        _draw(plane, _smaller(crop))
    return planes


def _smaller(crop: Pixels) -> Pixels:
    import cv2

    height, width = crop.shape[:2]
    scale = _LARGEST / max(height, width)
    if scale >= 1:
        return crop
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))


def _draw(plane: Planes, crop: Pixels) -> None:
    colours = np.ascontiguousarray(crop.transpose(2, 0, 1), np.float32)
    ground = np.median(_edge(colours), axis=1)
    height, width = crop.shape[:2]
    down, across = height // 5, width // 5
    middle = colours[:, down : height - down, across : width - across].reshape(3, -1)
    first = _distance(colours, ground, middle)
    if first is None:
        return
    first_extent = _clear(first, _WHOLE) or (0, height, 0, width)
    _fit(plane[0], _part(first, first_extent))
    second = _distance(colours, np.median(middle, axis=1), middle)
    inner = _part(first if second is None else second, first_extent)
    _fit(plane[1], _part(inner, _clear(inner, _INNER) or (0, inner.shape[0], 0, inner.shape[1])))


def _edge(colours: Planes) -> Planes:
    return np.concatenate([colours[:, 0], colours[:, -1], colours[:, :, 0], colours[:, :, -1]], axis=1)


def _distance(colours: Planes, ground: Planes, middle: Planes) -> Planes | None:
    """(height, width) from a colour, 1 for the largest in the middle; None where nothing differs from it."""
    largest = float(np.abs(middle - ground[:, None]).max())
    distance = np.abs(colours - ground[:, None, None]).max(0)
    if largest < _FAINT:
        largest = float(distance.max())
    return None if largest < _FAINT else np.asarray(np.minimum(distance / largest, 1), np.float32)


def _part(distance: Planes, extent: Extent) -> Planes:
    top, bottom, left, right = extent
    return distance[top:bottom, left:right]


def _clear(distance: Planes, least: float) -> Extent | None:
    """The extent of what is drawn clear of the edge; None where that is less than a share of all that is drawn."""
    import cv2

    drawn = (distance > _DRAWN).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    boxes = stats[1:count]
    ends = boxes[:, :2] + boxes[:, 2:4]
    clear = (boxes[:, :2] > 0).all(1) & (ends < drawn.shape[::-1]).all(1)
    if not clear.any() or boxes[clear, 4].sum() < least * boxes[:, 4].sum():
        return None
    left, top = boxes[clear, :2].min(0)
    right, bottom = ends[clear].max(0)
    return int(top), int(bottom), int(left), int(right)


def _fit(out: Planes, distance: Planes) -> None:
    """Write a distance into a plane, centred, its longer side as long as the plane leaves room for."""
    import cv2

    height, width = distance.shape
    room = SIDE * (1 - 2 * _AIR)
    scale = room / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    fitted = np.minimum(cv2.resize(distance, size, interpolation=method), 1)  # (it rounds)
    out[top : top + size[1], left : left + size[0]] = fitted
