"""Scores of turns for a question, on several granularities at once.

A turn's own BM25 and cosine, those of the best window that holds it, and the BM25 of its session are brought to 0..1
for each question (min-max), and added: no single granularity wins for facts and topics alike (specification, 3.2 and
3.3). Convex fusion, not reciprocal ranks, which lose 1 to 12 points here. The weights were read off five LoCoMo
conversations (docs/lab-log.md); the surface around them is flat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools
from tamis.memory.recall.bm25 import Scores, damping, term_scores
from tamis.memory.recall.index import NONE, Index, Numbers
from tamis.memory.recall.wide import best, nearest

WIDE = 30_000  # turns above which only those are scored that are near by words or vector
NEAR = 128  # of each kind; with their neighbours, about 1,500


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts, beside the turn's own lexical and vector score, which count 1 together.

    Attributes:
        lexical: share of BM25 in turn and window; the rest is cosine.
        window: of the best window that holds the turn.
        session: of the session's BM25.
        speaker: added where the question names one speaker, and it is this turn's.
        time: added where the question names a time, and the turn is of it.
        recency: added to the newest turn, falling by half with every `half_life` days of age; 0 by default.
        half_life: in days.
    """

    lexical: float = 0.5
    window: float = 1.0
    session: float = 0.3
    speaker: float = 0.4
    time: float = 0.4
    recency: float = 0.0
    half_life: float = 30.0


@dataclass(frozen=True, eq=False)
class Query:
    """A question as it is scored.

    Attributes:
        terms: its stems, names included.
        vector: (d,) of the question without speakers' names; None to score by words alone.
        speaker: the number of the speaker it names; NONE for none or several.
        periods: (start, end) in seconds since 1970 of the times it names.
    """

    terms: Sequence[str]
    vector: NDArray[np.float32] | None
    speaker: int = NONE
    periods: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class TurnScores:
    """Turns and their scores.

    Attributes:
        turns: (m,) numbers of turns.
        scores: (m,) higher = keep.
        parts: what each score is made of, by name, for those who ask why; (m,) each.
    """

    turns: Numbers
    scores: Scores
    parts: Mapping[str, Scores] = field(default_factory=dict)


def score_turns(index: Index, query: Query, now: float, weights: Weights | None = None) -> TurnScores:
    """Score the living turns of a scope; of a very large one, those that are near by words or by vector.

    now -- seconds since 1970: what has expired by then is gone
    """
    weights = weights or Weights()
    living = index.living(now)
    wide = len(index) > WIDE
    numbers = _in_question(index, query, living) if wide else np.flatnonzero(living).astype(np.int32)
    return _View(index, query, numbers)._scores(now, weights)


class _View:
    """Some turns of an index under one question. What is outside counts as neither word nor window."""

    def __init__(self, index: Index, query: Query, numbers: Numbers) -> None:
        self.index, self.query, self.numbers = index, query, numbers
        self.place = np.full(len(index.entries) + 1, len(numbers), np.int32)  # NONE = -1 finds the last: outside
        self.place[numbers] = np.arange(len(numbers), dtype=np.int32)
        self.postings = [self._inside(*index.posting(term)) for term in dict.fromkeys(query.terms)]

    def _inside(self, turns: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
        """Of a posting what is in question: places, and how often the term is there."""
        places = self.place[turns]
        inside = places < len(self.numbers)
        return places[inside], counts[inside]

    def _scores(self, now: float, weights: Weights) -> TurnScores:
        """All parts, and their sum."""
        cosine = self._cosines()
        own = _mix(self._bm25_turns(), cosine, weights.lexical)
        parts = {"words and vector": own}
        windows = _mix(self._bm25_windows(), self._window_cosines(cosine), weights.lexical)
        parts["window"] = weights.window * self._best_windows(windows)
        parts["session"] = weights.session * _unit(self._bm25_sessions())
        parts["speaker"] = weights.speaker * (self.index.speaker.rows[self.numbers] == self.query.speaker)
        parts["time"] = weights.time * self._in_periods()
        if weights.recency:
            parts["recency"] = weights.recency * self._recent(now, weights.half_life)
        return TurnScores(self.numbers, np.sum(list(parts.values()), axis=0), parts)

    def _cosines(self) -> Scores:
        """(m,) of turns and question; 0 without a vector."""
        if self.query.vector is None or self.index.vectors is None or not len(self.numbers):
            return np.zeros(len(self.numbers))
        vectors = self.index.vectors.rows
        if 2 * len(self.numbers) > len(vectors):  # rows are picked only where they are few: picking copies them
            return np.asarray((vectors @ self.query.vector)[self.numbers], np.float64)
        return np.asarray(vectors[self.numbers] @ self.query.vector, np.float64)

    def _bm25_turns(self) -> Scores:
        lengths = self.index.lengths.rows[self.numbers].astype(np.float64)
        return self._bm25(lengths, lambda counts: counts)

    def _bm25_windows(self) -> Scores:
        """(m,) of the window that begins with each turn."""
        members = self._members()
        lengths = np.append(self.index.lengths.rows[self.numbers], 0.0)[members].sum(1)
        return self._bm25(lengths, lambda counts: np.append(counts, 0.0)[members].sum(1))

    def _members(self) -> Numbers:
        """(m, WINDOW) places of the turns of each window, the last place + 1 for none."""
        return np.asarray(self.place[self.index.after.rows[self.numbers]])

    def _bm25_sessions(self) -> Scores:
        """(m,) of the session of each turn."""
        session, lengths = self.index.session.rows[self.numbers], self.index.lengths.rows[self.numbers]
        count = int(session.max(initial=NONE)) + 1
        scores = self._bm25(_sums(session, lengths, count), lambda counts: _sums(session, counts, count))
        return np.asarray(scores[session])

    def _bm25(self, lengths: Scores, gathered: Callable[[Scores], Scores]) -> Scores:
        """(u,) of units, Lucene's form.

        lengths -- (u,) terms of each unit, 0 for one that is not there
        gathered -- how often a term is in each unit, from how often it is in each turn
        """
        total = np.zeros(len(lengths))
        units = max(int((lengths > 0).sum()), 1)
        damp = damping(lengths, max(lengths.sum() / units, 1e-9))
        for places, counts in self.postings:
            dense = np.zeros(len(self.numbers))
            dense[places] = counts
            often = gathered(dense)
            total += term_scores(often, damp, int((often > 0).sum()), units)
        return total

    def _window_cosines(self, cosine: Scores) -> Scores:
        """(m,) of each window's mean vector: the sum of the turns' cosines over the length of the sum of vectors."""
        sums = np.append(cosine, 0.0)[self._members()].sum(1)
        return np.asarray(sums / np.maximum(self.index.spans.rows[self.numbers], 1e-6))

    def _best_windows(self, windows: Scores) -> Scores:
        """(m,) the best window that holds each turn."""
        holders = self.place[self.index.before.rows[self.numbers]]
        return np.asarray(np.append(windows, -np.inf)[holders].max(1)) if len(self.numbers) else windows

    def _in_periods(self) -> Scores:
        times = self.index.times.rows[self.numbers]
        inside = [(times >= start) & (times < end) for start, end in self.query.periods]
        return np.any(inside, axis=0).astype(np.float64) if inside else np.zeros(len(times))

    def _recent(self, now: float, half_life: float) -> Scores:
        age = np.maximum(now - self.index.times.rows[self.numbers], 0) / 86_400
        return np.nan_to_num(0.5 ** (age / half_life))


def _mix(lexical: Scores, cosine: Scores, share: float) -> Scores:
    return share * _unit(lexical) + (1 - share) * _unit(cosine)


def _sums(group: Numbers, values: NDArray[Any], count: int) -> Scores:
    return np.asarray(np.bincount(group, values, count), np.float64)


def _unit(values: Scores) -> Scores:
    """Brought to 0..1; all 0 where all are equal."""
    if not len(values):
        return values
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _in_question(index: Index, query: Query, living: Bools) -> Numbers:
    """The turns of a very large scope that are near by vector or by words, with their neighbours, in order."""
    chosen = _by_words(index, query, living)
    if query.vector is not None and index.vectors is not None:
        chosen = np.append(chosen, nearest(index.vectors.rows, index.signs(), query.vector, NEAR, living))
    mark = np.zeros(len(living) + 1, np.bool_)  # the last place is that of NONE
    mark[index.after.rows[chosen]] = mark[index.before.rows[chosen]] = True
    return np.flatnonzero(mark[:-1] & living).astype(np.int32)


def _by_words(index: Index, query: Query, living: Bools) -> NDArray[np.int64]:
    """The NEAR turns of the largest BM25, of those that have a word of the question."""
    dense = np.zeros(len(living), np.float32)
    for ids, counts in (index.posting(term) for term in dict.fromkeys(query.terms)):
        damp = damping(index.lengths.rows[ids], index.mean_length)
        dense[ids] += term_scores(counts, damp, len(ids), len(index))
    candidates = np.flatnonzero((dense > 0) & living)
    return candidates[best(dense[candidates], NEAR)]
