"""Linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) over padded batches, in NumPy.

Scores are (b, t, l): of each tag at each word, before any neighbour is seen. Lengths are at least 1. Everything is in
logarithms; tags that may not follow each other have a transition of `NEVER`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.tags import TagSet

NEVER = -1e4
Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Chain:
    """The transitions between tags.

    Attributes:
        between: (l, l), from the row to the column.
        first: (l,), of tags at the beginning.
        last: (l,), of tags at the end.
    """

    between: Array
    first: Array
    last: Array

    @staticmethod
    def of(tags: TagSet) -> Chain:
        """The chain that knows only what is allowed."""
        size = tags.size
        chain = Chain(np.full((size, size), NEVER), np.full(size, NEVER), np.full(size, NEVER))
        for a, b in tags.allowed():
            chain.between[a, b] = 0.0
        chain.first[tags.first()] = 0.0
        chain.last[tags.last()] = 0.0
        return chain

    def forward(self, scores: Array, lengths: Ints) -> tuple[Array, Array]:
        """Forward scores (b, t, l) and log-partitions (b,)."""
        alphas = np.empty_like(scores)
        alphas[:, 0] = self.first + scores[:, 0]
        for t in range(1, scores.shape[1]):
            step = _logsum(alphas[:, t - 1, :, None] + self.between, axis=1) + scores[:, t]
            alphas[:, t] = np.where((t < lengths)[:, None], step, alphas[:, t - 1])
        return alphas, _logsum(alphas[:, -1] + self.last, axis=1)

    def backward(self, scores: Array, lengths: Ints) -> Array:
        """Backward scores (b, t, l), the word's own score left out."""
        betas = np.empty_like(scores)
        betas[:, -1] = self.last
        for t in range(scores.shape[1] - 2, -1, -1):
            step = _logsum(self.between + (scores[:, t + 1] + betas[:, t + 1])[:, None, :], axis=2)
            betas[:, t] = np.where((t + 1 < lengths)[:, None], step, self.last)
        return betas

    def gradient(self, scores: Array, gold: Ints, lengths: Ints) -> tuple[float, Array, Chain]:
        """The negative log-likelihood of the gold tags, and its gradients by scores and by transitions."""
        alphas, totals = self.forward(scores, lengths)
        betas = self.backward(scores, lengths)
        mask = np.arange(scores.shape[1]) < lengths[:, None]
        given = np.exp(np.minimum(alphas + betas - totals[:, None, None], 0.0)) * mask[..., None]
        pairs, loss = self._pairs(scores, alphas, betas, totals, mask), float(totals.sum())
        rows, ends = np.arange(len(gold)), lengths - 1
        path = np.take_along_axis(scores, gold[..., None], 2)[..., 0]
        steps = self.between[gold[:, :-1], gold[:, 1:]] * mask[:, 1:]
        loss -= float(
            (path * mask).sum() + steps.sum() + self.first[gold[:, 0]].sum() + self.last[gold[rows, ends]].sum()
        )
        by_first, by_last = given[:, 0].sum(0), given[rows, ends].sum(0)
        np.subtract.at(by_first, gold[:, 0], 1.0)
        np.subtract.at(by_last, gold[rows, ends], 1.0)
        np.subtract.at(pairs, (gold[:, :-1][mask[:, 1:]], gold[:, 1:][mask[:, 1:]]), 1.0)
        np.subtract.at(given, (*np.nonzero(mask), gold[mask]), 1.0)
        return loss, given, Chain(pairs, by_first, by_last)

    def partial(self, scores: Array, gold: Ints, lengths: Ints, free: NDArray[np.bool_]) -> tuple[float, Array, Chain]:
        """As `gradient`, where some words (`free`, (b, t)) may have any tag: whatever fits the others is right."""
        held = scores + NEVER * (np.arange(scores.shape[2]) != gold[..., None]) * ~free[..., None]
        any_loss, any_shares, any_chain = self._expected(scores, lengths)
        loss, shares, chain = self._expected(held, lengths)
        links = (getattr(any_chain, name) - getattr(chain, name) for name in ("between", "first", "last"))
        return any_loss - loss, any_shares - shares, Chain(*links)

    def _expected(self, scores: Array, lengths: Ints) -> tuple[float, Array, Chain]:
        """The log-partition, and how often each tag and each transition is expected."""
        alphas, totals = self.forward(scores, lengths)
        betas = self.backward(scores, lengths)
        mask = np.arange(scores.shape[1]) < lengths[:, None]
        shares = np.exp(np.minimum(alphas + betas - totals[:, None, None], 0.0)) * mask[..., None]
        ends = shares[np.arange(len(lengths)), lengths - 1].sum(0)
        chain = Chain(self._pairs(scores, alphas, betas, totals, mask), shares[:, 0].sum(0), ends)
        return float(totals.sum()), shares, chain

    def worst(self, scores: Array, gold: Ints, lengths: Ints) -> tuple[float, Array]:
        """The surprise of the least probable gold tag of each text, and its gradient by scores.

        What is learned last, a mean over words hides (the maximum-token loss of Wu et al. 2020, section 3.3).
        """
        free = self.shares(scores, lengths)
        mask = np.arange(scores.shape[1]) < lengths[:, None]
        surprise = -np.log(np.maximum(np.take_along_axis(free, gold[..., None], 2)[..., 0], 1e-12)) * mask
        rows, place = np.arange(len(gold)), surprise.argmax(1)
        held = scores.copy()
        held[rows, place] += NEVER
        held[rows, place, gold[rows, place]] -= NEVER
        bound = self.shares(held, lengths)
        return float(surprise.max(1).sum()), (free - bound) * mask[..., None]

    def shares(self, scores: Array, lengths: Ints) -> Array:
        """(b, t, l): how probable each tag is at each word."""
        alphas, totals = self.forward(scores, lengths)
        betas = self.backward(scores, lengths)
        return np.asarray(np.exp(np.minimum(alphas + betas - totals[:, None, None], 0.0)))

    def _pairs(self, scores: Array, alphas: Array, betas: Array, totals: Array, mask: NDArray[np.bool_]) -> Array:
        """(l, l): how often one tag is expected to follow another."""
        pairs = np.zeros_like(self.between)
        for t in range(1, scores.shape[1]):
            live = mask[:, t]
            left = alphas[live, t - 1, :, None] - totals[live, None, None]
            right = (scores[live, t] + betas[live, t])[:, None, :]
            pairs += np.exp(np.minimum(left + self.between + right, 0.0)).sum(0)
        return pairs

    def best(self, scores: Array, lengths: Ints) -> list[list[int]]:
        """The most probable row of tags of each text (Viterbi)."""
        size, steps, _ = scores.shape
        value = self.first + scores[:, 0]
        back = np.zeros(scores.shape, np.int64)
        for t in range(1, steps):
            through = value[:, :, None] + self.between
            back[:, t] = through.argmax(1)
            value = np.where((t < lengths)[:, None], through.max(1) + scores[:, t], value)
        tags = (value + self.last).argmax(1)
        rows = [[int(tag)] for tag in tags]
        for n in range(size):
            for t in range(int(lengths[n]) - 1, 0, -1):
                rows[n].append(int(back[n, t, rows[n][-1]]))
        return [row[::-1] for row in rows]


def span_probability(
    chain: Chain, scores: Array, around: tuple[Array, Array, float], tags: list[int], first: int
) -> float:
    """How probable it is that a span has exactly these tags, whatever stands around it.

    scores -- (t, l) of one text
    around -- its forward and backward scores, and its log-partition
    first -- the word that the tags begin at
    """
    alphas, betas, total = around
    value = float(alphas[first, tags[0]])
    for n in range(1, len(tags)):
        value += float(chain.between[tags[n - 1], tags[n]] + scores[first + n, tags[n]])
    return float(np.exp(min(0.0, value + float(betas[first + len(tags) - 1, tags[-1]]) - total)))


def _logsum(values: Array, axis: int) -> Array:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=axis)) + np.squeeze(top, axis))
