"""Has the traffic changed? Two tests over a stream of texts, each with a false-alarm rate that holds.

- The *stream*: every text gets a p-value among all before it, the held-out ones included; these are independent and
  uniform as long as nothing changes. A bet against that, the Simple Jumper (Vovk et al. 2021, arXiv 2102.10439), grows
  when something does. By Ville's inequality its capital ever reaches 1 / rate with a chance of `rate` at most: one
  alarm for the whole life of the monitor.
- Each *window*: its scores against the held-out ones by a permutation test of the Kolmogorov-Smirnov distance; a window
  of unchanged traffic is called changed with a chance of `rate` at most, so of m windows about m * rate are.

Both notice any change of scores, towards the novel or towards the usual; neither says why: look at the texts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput
from tamis.novelty.calibration import checked_rate
from tamis.novelty.detector import Detector

WINDOW = 100
JUMP = 0.01  # of the capital that changes sides at each step; sec. 4 of the paper
_SIDES = np.array([-1.0, 0.0, 1.0])
_CELLS = 1 << 22  # of one batch of permutations
LEAST = 10  # texts of a window


@dataclass(frozen=True, slots=True)
class DriftWindow:
    """A run of texts and how it compares with the held-out ones.

    Attributes:
        start, end: places in the stream, half-open.
        distance: Kolmogorov-Smirnov distance of scores, 0 to 1.
        p: of that distance, if nothing has changed.
        changed: p is at most the rate.
        novel: share of texts whose p-value is at most the rate.
        capital: of the bet on the stream, at the end of the window.
    """

    start: int
    end: int
    distance: float
    p: float
    changed: bool
    novel: float
    capital: float


class Drift:
    """Watches a stream of texts. Not thread-safe: a stream has one order."""

    def __init__(self, detector: Detector, *, window: int = WINDOW, rate: float = 0.01, seed: int = 0) -> None:
        """A monitor of what a detector says.

        window -- texts that are compared at once, ten at least
        rate -- of false alarms: of the stream, and of each window
        seed -- of ties and permutations

        Raises:
            InvalidInput: a window of less than ten texts, or a rate not between 0 and 1.
        """
        if window < LEAST:
            raise InvalidInput(f"window must be at least {LEAST}, got {window!r}.", hint="100 shows most changes.")
        self.detector, self.window, self.rate = detector, window, checked_rate(rate)
        self._rng = np.random.default_rng(seed)
        self._ranked = detector.calibration.scores.tolist()
        self._capital = np.full(3, 1 / 3)
        self._log_scale = 0.0
        self._pending: list[float] = []
        self._windows: list[DriftWindow] = []
        self.count = 0
        self.alarm: int | None = None

    @property
    def capital(self) -> float:
        """What a bet of 1 has become; 1 / rate is an alarm."""
        return float(np.exp(min(700.0, self._log_scale)) * self._capital.sum())

    @property
    def windows(self) -> tuple[DriftWindow, ...]:
        """All whole windows."""
        return tuple(self._windows)

    def add(self, texts: Sequence[str]) -> tuple[DriftWindow, ...]:
        """Read the next texts of the stream; the windows that they complete.

        `alarm` is the place of the text at which the stream was called changed first, None before.
        """
        before = len(self._windows)
        for score in self.detector.scores(texts).tolist():
            self._bet(score)
            self._pending.append(score)
            if len(self._pending) == self.window:
                self._windows.append(self._compare(np.array(self._pending)))
                self._pending.clear()
        return self.windows[before:]

    def _bet(self, score: float) -> None:
        """One step of the Simple Jumper, on the score's p-value among all before it."""
        p = self._p_value(score)
        capital = ((1 - JUMP) * self._capital + JUMP * self._capital.sum() / 3) * (1 + _SIDES * (p - 0.5))
        total = float(capital.sum())
        self._log_scale += float(np.log(total))  # (kept apart: a long run overflows)
        self._capital = capital / total
        self.count += 1
        if self.alarm is None and self.capital >= 1 / self.rate:
            self.alarm = self.count - 1

    def _p_value(self, score: float) -> float:
        """The share that is larger, with a random share of ties: uniform if nothing changes."""
        low, high = bisect_left(self._ranked, score), bisect_right(self._ranked, score)
        above, ties = len(self._ranked) - high, high - low + 1
        insort(self._ranked, score)
        return float((above + self._rng.random() * ties) / len(self._ranked))

    def _compare(self, scores: Floats) -> DriftWindow:
        reference = self.detector.calibration
        distance, p = permutation_test(scores, reference.scores, self.rate, self._rng)
        novel = float((reference.p_values(scores) <= self.rate).mean())
        start = self.count - len(scores)
        return DriftWindow(start, self.count, distance, p, p <= self.rate, novel, self.capital)


def permutation_test(ours: Floats, theirs: Floats, rate: float, rng: np.random.Generator) -> tuple[float, float]:
    """The Kolmogorov-Smirnov distance of two samples, and its p-value among random divisions of them (exact).

    rate -- that the p-value is compared with: so many divisions are drawn that it may be a fifth of that
    """
    values = np.concatenate([ours, theirs])
    order = np.argsort(values, kind="stable")
    ends = np.append(np.diff(values[order]) > 0, True)  # where the distribution functions are compared
    labels = (order < len(ours)).astype(np.float32)
    distance = float(_distances(labels[None], len(ours), ends)[0])
    draws = int(np.ceil(5 / rate)) - 1
    batch = max(1, _CELLS // len(values))
    as_far = 0
    for start in range(0, draws, batch):
        rows = np.tile(labels, (min(batch, draws - start), 1))
        as_far += int((_distances(rng.permuted(rows, axis=1), len(ours), ends) >= distance - 1e-6).sum())
    return distance, (1 + as_far) / (draws + 1)


def _distances(labels: np.ndarray, count: int, ends: np.ndarray) -> Floats:
    """(b,) the largest distance of two distribution functions; labels (b, n) in ascending order, 1 = of the first."""
    ours = np.cumsum(labels, axis=1)
    places = np.arange(1, labels.shape[1] + 1)
    gaps = np.abs(ours / count - (places - ours) / (labels.shape[1] - count))
    return np.asarray(gaps[:, ends].max(axis=1), np.float64)
