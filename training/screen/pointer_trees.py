"""Gradient boosting of oblivious trees (Friedman 2001; Prokhorenkova et al. 2018, section 5), in NumPy.

Columns are cut into bins at their quantiles; a level takes the column and border whose halves of all leaves gain most
(second order, as Chen and Guestrin 2016, "XGBoost", section 2.2). Each tree sees some groups of rows and some columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints
from tamis.models.trees import Forest, Rows

Slopes = Callable[[Floats], tuple[Floats, Floats]]  # scores -> first and second derivatives of the loss
_BINS = 48


@dataclass(frozen=True, slots=True)
class Growth:
    """How trees are grown.

    Attributes:
        trees, levels: how many, and how deep.
        rate: of a leaf's best value, that is added.
        hold: added to the second derivatives of a leaf (lambda).
        groups, columns: shares that a tree sees.
    """

    trees: int = 300
    levels: int = 6
    rate: float = 0.06
    hold: float = 3.0
    groups: float = 0.5
    columns: float = 0.25
    seed: int = 0


def grow(rows: Rows, groups: Ints, slopes: Slopes, growth: Growth, *, start: float = 0.0) -> Forest:
    """Trees that lessen a loss.

    rows -- (n, columns)
    groups -- (n,) the group of each row, from 0, ascending: rows of a group are drawn together
    """
    random = np.random.default_rng(growth.seed)
    borders = [_borders(column) for column in rows.T]
    bins = np.stack([np.searchsorted(cut, column, side="left") for cut, column in zip(borders, rows.T, strict=True)])
    bins = bins.astype(np.uint8)  # (columns, n): above border i is bin i + 1 and more
    able = np.flatnonzero([len(cut) > 0 for cut in borders])
    scores, count = np.full(len(rows), start), int(groups[-1]) + 1
    trees = []
    for _ in range(growth.trees):
        first, second = slopes(scores)
        some = np.flatnonzero((random.random(count) < growth.groups)[groups])
        columns = random.choice(able, max(1, round(growth.columns * len(able))), replace=False)
        ends = [len(borders[column]) for column in columns]
        splits = _splits(bins[columns][:, some], ends, (first[some], second[some]), growth)
        numbers = np.zeros(len(rows), dtype=np.int64)
        splits = [(int(columns[index]), at) for index, at in splits]
        for level, (column, at) in enumerate(splits):
            numbers |= (bins[column] > at).astype(np.int64) << level
        size = 2**growth.levels
        mean = np.bincount(numbers[some], first[some], size) / (
            np.bincount(numbers[some], second[some], size) + growth.hold
        )
        leaves = (-growth.rate * mean).astype(np.float32)
        scores += leaves[numbers]
        trees.append(([column for column, _ in splits], [borders[column][at] for column, at in splits], leaves))
    parts = [np.array(part) for part in zip(*trees, strict=True)]
    return Forest(parts[0].astype(np.int64), parts[1].astype(np.float32), parts[2].astype(np.float32), start)


def listwise(target: Floats, groups: Ints) -> Slopes:
    """The divergence of each group's softmax from its targets, which sum to 1 in each group or to 0."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    weight = np.add.reduceat(target, starts)[groups]

    def slopes(scores: Floats) -> tuple[Floats, Floats]:
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[groups])
        share = powers / np.add.reduceat(powers, starts)[groups]
        return weight * share - target, weight * np.maximum(share * (1 - share), 1e-6)

    return slopes


def logistic(target: Floats, weights: Floats) -> Slopes:
    """The weighted log loss of yes and no."""

    def slopes(scores: Floats) -> tuple[Floats, Floats]:
        share = 1 / (1 + np.exp(-scores))
        return weights * (share - target), weights * np.maximum(share * (1 - share), 1e-6)

    return slopes


def _borders(column: Rows) -> Rows:
    """Between values, so that about as many rows lie between any two; none where all are the same."""
    values = np.unique(column)
    if len(values) > _BINS:
        values = np.unique(np.quantile(column, np.linspace(0, 1, _BINS), method="nearest"))
    return np.asarray((values[1:] + values[:-1]) / 2, dtype=np.float32)


def _splits(
    bins: NDArray[np.uint8], ends: Sequence[int], slopes: tuple[Floats, Floats], growth: Growth
) -> list[tuple[int, int]]:
    """The (column, border) of each level, each the best after those before.

    bins -- (columns, n)
    ends -- how many borders each column has
    """
    numbers, result = np.zeros(bins.shape[1], dtype=np.int64), []
    beyond = np.arange(_BINS - 1) >= np.array(ends)[:, None]
    for level in range(growth.levels):
        base = numbers * _BINS
        gains = np.stack([_gains(base + values, 2**level, slopes, growth.hold) for values in bins])
        gains[beyond] = -np.inf
        column, border = np.unravel_index(int(gains.argmax()), gains.shape)
        numbers |= (bins[column] > border).astype(np.int64) << level
        result.append((int(column), int(border)))
    return result


def _gains(cells: Ints, leaves: int, slopes: tuple[Floats, Floats], hold: float) -> Floats:
    """(_BINS - 1,) what a split of all leaves above each border of a column gains."""
    first, second = (np.bincount(cells, part, leaves * _BINS).reshape(leaves, _BINS).cumsum(1) for part in slopes)
    low = first[:, :-1] ** 2 / (second[:, :-1] + hold)
    high = (first[:, -1:] - first[:, :-1]) ** 2 / (second[:, -1:] - second[:, :-1] + hold)
    return np.asarray((low + high).sum(0))
