"""Which type a span has, by the nearest prototype, or none (Snell et al. 2017; Ma et al. 2022, section 3.3).

A span is the mean of its words' states, in a space where names of one type vary alike in every direction. A prototype
is the mean of the spans of its type, moved towards what the type is called. Does not find spans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.network import Sentence, sentences

Matrix = NDArray[np.float32]
_SCALES = (5.0, 10.0, 20.0, 40.0)
_NAME = 0.2  # weight of what a type is called, where the mean of its mentions has 1
_COST = 0.05  # share of the mentions that may fall under the threshold
_MIDDLE = 0.1  # the threshold where the examples do not say one


@dataclass(frozen=True, eq=False)
class Whitening:
    """The space of spans: `mean` (width,) is taken away, then come `axes` (width, rank) and unit length."""

    mean: Matrix
    axes: Matrix

    @staticmethod
    def of(vectors: Matrix, kinds: Sequence[str], rank: int) -> Whitening:
        """The axes along which spans of one type vary by one; the `rank` that tell types apart best.

        vectors -- (n, width)
        kinds -- the type of each
        """
        labels = np.unique(np.asarray(kinds), return_inverse=True)[1]
        rows = vectors.astype(np.float64)
        means = np.stack([rows[labels == one].mean(0) for one in range(labels.max() + 1)])
        apart = rows - means[labels]
        values, axes = np.linalg.eigh(apart.T @ apart / len(rows))
        axes = axes / np.sqrt(values + values.mean())  # (an even share of the variance keeps thin directions small)
        spread = (((rows - rows.mean(0)) @ axes) ** 2).mean(0)
        best = np.argsort(-spread, kind="stable")[:rank]
        return Whitening(rows.mean(0).astype(np.float32), axes[:, best].astype(np.float32))

    def __call__(self, vectors: Matrix) -> Matrix:
        """(n, rank), each of unit length."""
        return _unit((vectors - self.mean) @ self.axes)


@dataclass(frozen=True, eq=False)
class SpanTyping:
    """Types by prototypes.

    Attributes:
        space: of the spans.
        prototypes: (types, rank), of unit length.
        threshold: the cosine below which a span is of no type.
        scale: of cosines in the exponent; the larger, the surer.
    """

    space: Whitening
    prototypes: Matrix
    threshold: float
    scale: float

    def __call__(self, sentence: Sentence, spans: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """(n, types + 1): how probable each type is of each span, and last: none."""
        if not spans:
            return np.zeros((0, len(self.prototypes) + 1))
        return _shares(self.space(span_vectors(sentence, spans)) @ self.prototypes.T, self.threshold, self.scale)

    @staticmethod
    def fit(space: Whitening, mentions: Mapping[str, Matrix], names: Mapping[str, str], others: Matrix) -> SpanTyping:
        """Prototypes of a few mentions; threshold and scale by leaving one mention out at a time.

        space -- of spans
        mentions -- (n, rank) of each type, in that space
        names -- what each type is called, in words
        others -- (n, rank) spans of no type
        """
        labels = _NAME * name_vectors(space, [names[kind] for kind in mentions])
        means = np.stack([rows.mean(0) for rows in mentions.values()])
        left_out = []
        for number, rows in enumerate(mentions.values()):
            for row in rows:
                rest = means.copy()
                rest[number] = (rows.sum(0) - row) / max(1, len(rows) - 1)
                left_out.append(row @ _unit(rest + labels).T)
        cosines = np.array(left_out)
        gold = np.repeat(np.arange(len(mentions)), [len(rows) for rows in mentions.values()])
        prototypes = _unit(means + labels)
        negatives = others @ prototypes.T
        threshold = _best_threshold(cosines, gold, negatives)
        return SpanTyping(space, prototypes, threshold, _best_scale(cosines, gold, negatives, threshold))


def span_vectors(sentence: Sentence, spans: Sequence[tuple[int, int]]) -> Matrix:
    """(n, width): the mean state of the words of each span of characters."""
    starts = np.array([start for start, _ in sentence.places])
    ends = np.array([end for _, end in sentence.places])
    states = sentence.states.astype(np.float32)
    rows = [states[(starts < high) & (ends > low)] for low, high in spans]
    return np.stack([row.mean(0) if len(row) else np.zeros(states.shape[1], np.float32) for row in rows])


def name_vectors(space: Whitening, names: Sequence[str]) -> Matrix:
    """(n, rank) of what types are called, read as texts; how names differ from mentions in general is taken away."""
    rows = [span_vectors(one, [(0, len(name))])[0] for name, one in zip(names, sentences(names), strict=True)]
    apart = (np.stack(rows) - space.mean) @ space.axes
    return _unit(apart - apart.mean(0))


def _shares(cosines: NDArray[np.floating], threshold: float, scale: float) -> NDArray[np.float64]:
    logits = scale * np.concatenate([cosines, np.full((len(cosines), 1), threshold)], axis=1).astype(np.float64)
    shares = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(shares / shares.sum(1, keepdims=True))


def _best_threshold(cosines: Matrix, gold: NDArray[np.int64], negatives: Matrix) -> float:
    """The threshold with the best F1 of typed spans; halfway between the scores on both sides of it.

    It costs few mentions at most: what is of no type the steps of the detector tell better.
    """
    right, top = cosines.argmax(1) == gold, cosines.max(1)
    wrong = negatives.max(1) if len(negatives) else np.zeros(0, np.float32)
    most = float(np.quantile(top, _COST))
    if not len(wrong):
        return min(_MIDDLE, most)
    cuts = np.sort(np.concatenate([top, wrong]))
    options = np.concatenate([[cuts[0] - 0.01], (cuts[1:] + cuts[:-1]) / 2])
    best = max(options, key=lambda cut: _f1(right & (top >= cut), top >= cut, wrong >= cut))
    return min(float(best), most)


def _f1(right: NDArray[np.bool_], taken: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> float:
    return float(2 * right.sum() / (taken.sum() + wrong.sum() + len(taken)))


def _best_scale(cosines: Matrix, gold: NDArray[np.int64], negatives: Matrix, threshold: float) -> float:
    none = np.full(len(negatives), cosines.shape[1])
    rows, wanted = np.concatenate([cosines, negatives]), np.concatenate([gold, none])

    def surprise(scale: float) -> float:
        shares = _shares(rows, threshold, scale)[np.arange(len(rows)), wanted]
        return float(-np.log(np.maximum(shares, 1e-9)).mean())

    return min(_SCALES, key=surprise)


def _unit(rows: NDArray[np.floating]) -> Matrix:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), np.float32)
