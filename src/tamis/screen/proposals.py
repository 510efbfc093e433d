"""From attention over a grid to places: connected cells, best first (GUI-Actor, section 3.2 and its published code)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats, Ints
from tamis.errors import InvalidInput
from tamis.image import Box, Point, share_space
from tamis.image.spaces import Size

THRESHOLD = 0.3  # of the highest cell, for a cell to belong to a region
CELL_THRESHOLD, CELLS = 0.2, 20  # the same for places that a verifier looks at, and how many cells at most


@dataclass(frozen=True, slots=True)
class Proposal:
    """Cells that hang together.

    Attributes:
        point: their middle, weighted by attention; in device pixels.
        box: around them.
        score: the mean of their attention: what they are ordered by.
        mass: its sum.
        cells: how many there are.
        spread: over how many cells the attention is, were it equal on each: e to the power of its entropy.
    """

    point: Point
    box: Box
    score: float
    mass: float
    cells: int
    spread: float


def proposals(
    attention: NDArray[np.floating], size: Size, *, threshold: float = THRESHOLD, most: int | None = None
) -> tuple[Proposal, ...]:
    """Regions of cells with more than a share of the highest attention, best first.

    attention -- (rows, columns), not negative
    size -- of the screenshot that the grid lies on, in device pixels
    threshold -- the share
    most -- cells that are considered, the highest ones; None for all

    Raises:
        InvalidInput: the grid is empty, has no two axes, or a value is not finite.
    """
    grid = _checked(attention)
    active = _active(grid, threshold, most)
    labels = components(active)
    regions = [_proposal(grid, labels == label, size) for label in range(int(labels.max()) + 1)]
    return tuple(sorted(regions, key=lambda region: -region.score))


def candidates(
    attention: NDArray[np.floating], size: Size, *, threshold: float = CELL_THRESHOLD, most: int = CELLS
) -> tuple[Proposal, ...]:
    """Where a verifier looks: the regions, then single cells, each the best first, and no place twice.

    Arguments and errors are those of `proposals`.
    """
    grid = _checked(attention)
    regions = proposals(grid, size, threshold=threshold, most=most)
    cells = np.argwhere(_active(grid, threshold, most))
    order = np.argsort(-grid[tuple(cells.T)], kind="stable")
    single = [_proposal(grid, _only(grid.shape, *cells[index]), size) for index in order]
    return _distinct([*regions, *single])


def components(mask: Bools) -> Ints:
    """(rows, columns): for each True cell the number of its 4-connected component, from 0 in reading order; else -1."""
    labels = np.where(mask, np.arange(mask.size).reshape(mask.shape), mask.size)
    while True:  # each cell takes the lowest label beside it, as far as the longest way goes
        padded = np.pad(labels, 1, constant_values=mask.size)
        beside = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
        lowest = np.where(mask, np.minimum.reduce([labels, *beside]), mask.size)
        if np.array_equal(lowest, labels):
            break
        labels = lowest
    numbers, dense = np.unique(labels, return_inverse=True)
    dense = dense.reshape(mask.shape)
    return np.where(dense == len(numbers) - (numbers[-1] == mask.size), -1, dense) if numbers.size else labels


def _checked(attention: NDArray[np.floating]) -> Floats:
    grid = np.asarray(attention, dtype=np.float64)
    if grid.ndim != 2 or not grid.size or not np.isfinite(grid).all() or grid.min() < 0:
        raise InvalidInput(f"Attention is a grid of finite values, 0 or more, got shape {grid.shape}.")
    return grid


def _active(grid: Floats, threshold: float, most: int | None) -> Bools:
    """Cells above the threshold, the highest `most` of them; the highest one always."""
    active: Bools = grid > threshold * grid.max()
    active.flat[int(grid.argmax())] = True
    if most is not None and active.sum() > most:
        order = np.argsort(-grid, axis=None, kind="stable")[: max(1, most)]
        active &= np.isin(np.arange(grid.size), order).reshape(grid.shape)
    return active


def _proposal(grid: Floats, mask: Bools, size: Size) -> Proposal:
    rows, columns = np.nonzero(mask)
    values = grid[mask]
    weights = values / values.sum() if values.sum() > 0 else np.full(len(values), 1 / len(values))
    space = share_space(size)
    high, wide = grid.shape
    point = space.point(float((columns + 0.5) @ weights) / wide, float((rows + 0.5) @ weights) / high)
    low, far = (columns.min() / wide, rows.min() / high), ((columns.max() + 1) / wide, (rows.max() + 1) / high)
    some = weights[weights > 0]
    spread = float(np.exp(-(some * np.log(some)).sum()))
    return Proposal(point, space.box(*low, *far), float(values.mean()), float(values.sum()), len(values), spread)


def _only(shape: tuple[int, ...], row: int, column: int) -> Bools:
    mask = np.zeros(shape, dtype=bool)
    mask[row, column] = True
    return mask


def _distinct(places: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Each place once, in order; places that differ by rounding only are the same."""
    first: dict[tuple[float, float], Proposal] = {}
    for place in places:
        first.setdefault((round(place.point.x, 6), round(place.point.y, 6)), place)
    return tuple(first.values())
