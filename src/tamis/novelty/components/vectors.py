"""Three kinds of evidence on sentence vectors: the nearest neighbours, Gaussians around clusters, and a density.

- `Neighbours`: 1 minus the mean cosine to the nearest known vectors (Sun et al. 2022, arXiv 2204.06507).
- `Clusters`: Mahalanobis distance to the nearest cluster, one covariance for all (Lee et al. 2018, arXiv 1807.03888),
  with clusters in the place of labels.
- `Density`: the energy -T log mean exp(-(1 - cosine) / T) over all known vectors (Liu et al. 2020, arXiv 2010.03759),
  with known vectors in the place of logits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats
from tamis.novelty.components.protocol import Look, Tensors
from tamis.novelty.inputs import Inputs, Vectors

NEAREST = 5
TEMPERATURE = 0.03
SHRINK = 0.5  # of the mean eigenvalue, added to each: with fewer vectors than dimensions nothing else is finite
ROUNDS = 12  # of k-means
_ROWS = 512  # that are compared at once


def vectors_of(inputs: Inputs) -> Vectors:
    """(n, d); a component that reads vectors is not fitted without an encoder."""
    assert inputs.vectors is not None
    return inputs.vectors


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Known vectors (n, d) of unit length."""

    memory: Vectors

    @staticmethod
    def fit(inputs: Inputs) -> Neighbours:
        """Remember the vectors."""
        return Neighbours(vectors_of(inputs))

    @staticmethod
    def from_tensors(tensors: Tensors) -> Neighbours:
        """The component that `tensors` were taken of."""
        return Neighbours(tensors["memory"].astype(np.float32))

    def look(self, inputs: Inputs) -> Look:
        """1 minus the mean cosine to the nearest."""
        count = min(NEAREST, len(self.memory))
        rows = [
            (np.partition(block, -count, axis=1)[:, -count:].mean(1), block.argmax(axis=1), block.max(axis=1))
            for block in self.cosines(inputs)
        ]
        tops, best, cosines = (np.concatenate([np.zeros(0), *(row[part] for row in rows)]) for part in range(3))
        return Look(1 - tops, best.astype(np.int64), cosines)

    def cosines(self, inputs: Inputs) -> Iterator[Vectors]:
        """(rows, known) cosines, some texts at a time."""
        vectors = vectors_of(inputs)
        return (vectors[start : start + _ROWS] @ self.memory.T for start in range(0, len(vectors), _ROWS))

    def tensors(self) -> dict[str, NDArray[Any]]:
        """The vectors as half-precision numbers, which they were before."""
        return {"memory": self.memory.astype(np.float16)}


@dataclass(frozen=True, eq=False)
class Density:
    """The same vectors, all of them counting: a smooth score where there are few neighbours.

    Attributes:
        neighbours: the known vectors.
    """

    neighbours: Neighbours

    @staticmethod
    def fit(inputs: Inputs) -> Density:
        """Remember the vectors."""
        return Density(Neighbours.fit(inputs))

    @staticmethod
    def from_tensors(tensors: Tensors) -> Density:
        """The component that `tensors` were taken of."""
        return Density(Neighbours.from_tensors(tensors))

    def look(self, inputs: Inputs) -> Look:
        """The energy of each."""
        blocks = (self._energy(block) for block in self.neighbours.cosines(inputs))
        return Look(np.concatenate([np.zeros(0), *blocks]))

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Those of the neighbours."""
        return self.neighbours.tensors()

    @staticmethod
    def _energy(cosines: Vectors) -> Floats:
        logits = (cosines.astype(np.float64) - 1) / TEMPERATURE
        top = logits.max(axis=1, keepdims=True)
        return np.asarray(-TEMPERATURE * (top[:, 0] + np.log(np.exp(logits - top).mean(axis=1))))


@dataclass(frozen=True, eq=False)
class Clusters:
    """Gaussians of one shape.

    Attributes:
        means: (k, d) of the clusters, whitened.
        whiten: (d, d) after which the covariance within clusters is about the identity.
    """

    means: Vectors
    whiten: Vectors

    @staticmethod
    def fit(inputs: Inputs, seed: int = 0) -> Clusters:
        """About two times the square root of the texts as clusters, each of four at least on average."""
        vectors = vectors_of(inputs)
        count = max(1, min(int(2 * np.sqrt(len(vectors))), len(vectors) // 4))
        labels = k_means(vectors, count, seed)
        sums = np.zeros((count, vectors.shape[1]))
        np.add.at(sums, labels, vectors)
        sizes = np.bincount(labels, minlength=count)[:, None]
        means = sums[sizes[:, 0] > 0] / sizes[sizes[:, 0] > 0]
        rest = vectors - (sums / np.maximum(sizes, 1))[labels]
        values, axes = np.linalg.eigh(rest.T @ rest / len(rest))
        whiten = axes / np.sqrt(values + SHRINK * max(float(values.mean()), 1e-6))
        return Clusters((means @ whiten).astype(np.float32), whiten.astype(np.float32))

    @staticmethod
    def from_tensors(tensors: Tensors) -> Clusters:
        """The component that `tensors` were taken of."""
        return Clusters(tensors["means"], tensors["whiten"])

    def look(self, inputs: Inputs) -> Look:
        """The distance to the nearest mean."""
        points = vectors_of(inputs) @ self.whiten
        squares = (points**2).sum(1)[:, None] - 2 * points @ self.means.T + (self.means**2).sum(1)
        return Look(np.sqrt(np.maximum(squares.min(axis=1), 0)).astype(np.float64))

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Means and the whitening."""
        return {"means": self.means, "whiten": self.whiten}


def k_means(vectors: Vectors, count: int, seed: int = 0, *, rounds: int = ROUNDS) -> NDArray[np.int64]:
    """(n,) the cluster of each vector of unit length, by cosine (Dhillon and Modha 2001).

    A cluster that becomes empty stays where it is.
    """
    rng = np.random.default_rng(seed)
    centres = vectors[rng.choice(len(vectors), count, replace=False)]
    for _ in range(rounds):
        labels = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centres)
    return np.asarray(np.argmax(vectors @ centres.T, axis=1))
