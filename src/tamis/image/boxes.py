"""Many boxes at once: overlap, suppression of the weaker ones, merging of what is one thing twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats, Ints
from tamis.image.geometry import Box

Edges = NDArray[np.float64]  # (n, 4): left, top, right, bottom


def edges_of(boxes: Sequence[Box]) -> Edges:
    """The boxes as rows of left, top, right, bottom."""
    return np.array([box.edges for box in boxes], dtype=np.float64).reshape(-1, 4)


def overlaps(some: Sequence[Box], others: Sequence[Box]) -> Floats:
    """The common area of each pair: (some, others)."""
    a, b = edges_of(some)[:, None], edges_of(others)[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common: Floats = np.clip(sides, 0, None).prod(-1)
    return common


def areas(boxes: Sequence[Box]) -> Floats:
    """The area of each."""
    rows = edges_of(boxes)
    result: Floats = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
    return result


def iou(some: Sequence[Box], others: Sequence[Box]) -> Floats:
    """Intersection over union of each pair: (some, others)."""
    common = overlaps(some, others)
    union = areas(some)[:, None] + areas(others)[None] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def within(some: Sequence[Box], others: Sequence[Box]) -> Floats:
    """The share of each of `some` that lies in each of `others`: (some, others); 0 for an empty box."""
    common, size = overlaps(some, others), areas(some)[:, None]
    return np.divide(common, size, out=np.zeros_like(common), where=size > 0)


def suppressed(boxes: Sequence[Box], scores: Floats, *, threshold: float = 0.5) -> Bools:
    """What non-maximum suppression leaves: True for a box that no better one overlaps by more than the threshold.

    Best first, the earlier one where scores are equal. Of what is left no pair overlaps by more than the threshold, and
    whatever went overlaps a better one that stayed.

    threshold -- intersection over union
    """
    pairs = iou(boxes, boxes)
    mask = np.zeros(len(boxes), dtype=bool)
    for index in np.argsort(-np.asarray(scores, dtype=float), kind="stable"):
        mask[index] = not np.any(pairs[index, mask] > threshold)
    return mask


def deduplicated(boxes: Sequence[Box], *, threshold: float = 0.8) -> Ints:
    """For each box the index of the first one that stands for it: itself, or an earlier one that is all but equal.

    threshold -- intersection over union from which on two boxes are one thing
    """
    pairs = iou(boxes, boxes) >= threshold
    first = np.arange(len(boxes))
    for index in range(len(boxes)):
        earlier = np.flatnonzero(pairs[index, :index] & (first[:index] == np.arange(index)))
        if earlier.size:
            first[index] = earlier[0]
    return first
