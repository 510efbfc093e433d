"""Gradient boosting of regression trees on histograms, in NumPy: least squares, for tables of some ten thousand rows.

A tree grows by whole levels, so that one histogram serves all nodes of a level; each tree sees a random part of the
features, which makes it faster and the sum of trees better (Friedman 2001 and 2002; Ke et al., LightGBM, 2017). Rows
have weights. Nothing is parallel; what is not a number is refused before it comes here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Floats, Ints

BINS = 64


@dataclass(frozen=True, slots=True)
class BoostSettings:
    """How trees are grown.

    Attributes:
        trees: in the sum.
        rate: by which each tree is shortened.
        depth: levels of a tree.
        least: weight of rows in a leaf (the mean weight is 1).
        smooth: weight that pulls a leaf to 0, above 0.
        features: share of the features that a tree sees.
        seed: of that choice.
    """

    trees: int = 200
    rate: float = 0.06
    depth: int = 4
    least: float = 10.0
    smooth: float = 3.0
    features: float = 0.3
    seed: int = 0


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """A sum of trees; obtained from `BoostedTrees.fit`.

    Attributes:
        start: what is predicted before the first tree.
        edges: (features, bins - 1) between the bins of each feature, ascending.
        splits: (trees, 2**depth - 1) the feature that each inner node asks for, the root first; -1 where it asks none.
        places: (trees, 2**depth - 1) the last bin that goes left.
        leaves: (trees, 2**depth) what each leaf adds.
    """

    start: float
    edges: Floats
    splits: Ints
    places: Ints
    leaves: Floats

    @staticmethod
    def fit(rows: Floats, targets: Floats, weights: Floats, settings: BoostSettings | None = None) -> BoostedTrees:
        """Trees for a table.

        rows -- (n, features); targets -- (n,); weights -- (n,), positive
        """
        chosen = settings or BoostSettings()
        weights = weights / weights.mean()
        edges = _edges(rows)
        bins, rng = _binned(rows, edges), np.random.default_rng(chosen.seed)
        start = float(np.average(targets, weights=weights))
        rest, trees = targets - start, []
        count = max(1, round(chosen.features * rows.shape[1]))
        for _ in range(chosen.trees):
            columns = rng.choice(rows.shape[1], count, replace=False)
            tree = _Growth(bins[:, columns], rest, weights, chosen).tree()
            trees.append((np.where(tree[0] >= 0, columns[tree[0]], -1), *tree[1:3]))
            rest = rest - tree[2][tree[3]]
        return BoostedTrees(start, edges, *(np.stack(part) for part in zip(*trees, strict=True)))

    def predict(self, rows: Floats) -> Floats:
        """(n,) for (n, features)."""
        bins, trees = _binned(rows, self.edges), np.arange(len(self.splits))
        node = np.zeros((len(rows), len(trees)), np.int64)
        while node.size and node[0, 0] < self.splits.shape[1]:  # all are on one level
            ask = self.splits[trees, node]
            right = (ask >= 0) & (np.take_along_axis(bins, np.maximum(ask, 0), axis=1) > self.places[trees, node])
            node = 2 * node + 1 + right
        return np.asarray(self.start + self.leaves[trees, node - self.splits.shape[1]].sum(axis=1))


class _Growth:
    """One tree, a level at a time."""

    def __init__(self, bins: Ints, rest: Floats, weights: Floats, settings: BoostSettings) -> None:
        self.bins, self.settings = bins, settings
        self.weights, self.sums = weights, weights * rest
        self.offsets = np.arange(bins.shape[1]) * BINS

    def tree(self) -> tuple[Ints, Ints, Floats, Ints]:
        """Features and places of the inner nodes, values of the leaves, and the leaf of each row."""
        depth, node = self.settings.depth, np.zeros(len(self.bins), np.int64)
        splits, places = [], []
        for level in range(depth):
            feature, place = self._best(node, 2**level)
            splits.append(feature)
            places.append(place)
            ask = feature[node]
            right = (ask >= 0) & (self.bins[np.arange(len(node)), ask] > place[node])
            node = 2 * node + right
        mass, total = (np.bincount(node, part, 2**depth).astype(np.float64) for part in (self.weights, self.sums))
        return np.concatenate(splits), np.concatenate(places), self.settings.rate * self._value(mass, total), node

    def _value(self, mass: Floats, total: Floats) -> Floats:
        return np.asarray(total / (mass + self.settings.smooth))

    def _best(self, node: Ints, nodes: int) -> tuple[Ints, Ints]:
        """For each node of a level the feature and the last bin on the left that gain most; -1 where nothing does."""
        width = self.bins.shape[1] * BINS
        cells = (self.bins + self.offsets + (node * width)[:, None]).ravel()
        mass, total = (self._histogram(cells, part, nodes) for part in (self.weights, self.sums))
        gains = self._gains(mass, total).reshape(nodes, -1)
        best = gains.argmax(axis=1)
        worth = gains[np.arange(nodes), best] > 0
        return np.where(worth, best // BINS, -1), best % BINS

    def _histogram(self, cells: Ints, values: Floats, nodes: int) -> Floats:
        """(nodes, features, bins) cumulated over bins."""
        features = self.bins.shape[1]
        sums = np.bincount(cells, np.repeat(values, features), nodes * features * BINS)
        return np.asarray(sums.reshape(nodes, features, BINS).cumsum(axis=2))

    def _gains(self, mass: Floats, total: Floats) -> Floats:
        """How much less the squared error is; nothing where a side would be too light."""
        all_mass, all_total = mass[..., -1:], total[..., -1:]
        sides = ((mass, total), (all_mass - mass, all_total - total))
        gain = sum(side * self._value(weight, side) for weight, side in sides) - all_total * self._value(
            all_mass, all_total
        )
        heavy = np.minimum(mass, all_mass - mass) >= self.settings.least
        return np.where(heavy, gain, 0.0)


def _edges(rows: Floats) -> Floats:
    """Between bins of as many rows each."""
    return np.ascontiguousarray(np.quantile(rows, np.arange(1, BINS) / BINS, axis=0).T)


def _binned(rows: Floats, edges: Floats) -> Ints:
    """(n, features) the bin of each value."""
    columns = [np.searchsorted(edge, column) for edge, column in zip(edges, rows.T, strict=True)]
    return np.stack(columns, axis=1).astype(np.int64)
