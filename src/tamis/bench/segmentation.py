"""How well sessions are cut into topics: boundaries, windows, and what segments hold.

A segmentation is (n,) bools: True where a turn opens a segment; the first always does. Measures are taken for each
session and averaged over sessions. Pk and WindowDiff: see `tamis.memory.segment.agreement` for their conventions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.memory.segment.agreement import pk, window_diff, window_of
from tamis.memory.segment.protocol import Segmenter, Vectors
from tamis.memory.types import Turn

__all__ = ["Labelled", "Measures", "averaged", "boundary_f1", "coverage", "measured", "pk", "purity", "run", "score",
    "window_diff", "window_of"]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Labelled:
    """A session with its true segmentation.

    Attributes:
        turns: in order.
        vectors: (n, d) of unit length.
        opens: (n,) whether a turn opens a segment.
        name: of the session, for reports.
    """

    turns: tuple[Turn, ...]
    vectors: Vectors
    opens: Bools
    name: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is said of a segmentation, or the mean over several.

    Attributes:
        pk, window_diff: 0 is best.
        f1: of the boundaries; 0 where neither has any (as in SuperDialseg).
        score: (2 F1 + (1 - Pk) + (1 - WindowDiff)) / 4 (SeCom, arXiv 2502.05589).
        purity: share of turns that lie in the true segment that has most of their found one; 1 for single turns.
        coverage: the same with found and true exchanged; 1 for no boundary at all.
        density: share of turns, the first left out, that open a segment.
    """

    pk: float
    window_diff: float
    f1: float
    score: float
    purity: float
    coverage: float
    density: float


def boundary_f1(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> float:
    """Harmonic mean of precision and recall of exact boundaries; 0 where there is none to be found or none found."""
    ours, theirs = _inner(truth, guess)
    both = int(np.sum(ours & theirs))
    total = int(ours.sum() + theirs.sum())
    return 2 * both / total if total else 0.0


def score(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> float:
    """SeCom's sum of the three: (2 F1 + (1 - Pk) + (1 - WindowDiff)) / 4; 1 is best."""
    return (2 * boundary_f1(truth, guess) + (1 - pk(truth, guess)) + (1 - window_diff(truth, guess))) / 4


def purity(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> float:
    """Share of turns that lie in the true segment that has most of their found one."""
    _inner(truth, guess)
    if not len(truth):
        return 1.0
    shared = np.zeros((len(truth), len(truth)), np.int64)
    np.add.at(shared, (_numbers(guess), _numbers(truth)), 1)
    return float(shared.max(axis=1).sum() / len(truth))


def coverage(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> float:
    """Share of turns that lie in the found segment that has most of their true one."""
    return purity(guess, truth)


def measured(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> Measures:
    """All measures of one session."""
    _, theirs = _inner(truth, guess)
    return Measures(
        pk(truth, guess),
        window_diff(truth, guess),
        boundary_f1(truth, guess),
        score(truth, guess),
        purity(truth, guess),
        coverage(truth, guess),
        float(theirs.mean()) if theirs.size else 0.0,
    )


def averaged(found: Iterable[Measures]) -> Measures:
    """The mean over sessions, each counting the same."""
    rows = [astuple(one) for one in found]
    if not rows:
        raise InvalidInput("There is no session to average over.")
    return Measures(*np.mean(rows, axis=0).tolist())


def run(segmenter: Segmenter, sessions: Iterable[Labelled], *, by: int = 0) -> Measures:
    """The mean measures of a segmenter, told sessions at once or `by` so many turns at a time."""
    return averaged(measured(one.opens, told(segmenter, one, by=by)) for one in sessions)


def told(segmenter: Segmenter, session: Labelled, *, by: int = 0) -> Bools:
    """(n,) what a segmenter makes of a session, told at once or `by` so many turns at a time, as a memory does."""
    opens: list[bool] = []
    step = by or max(1, len(session.turns))
    for start in range(0, len(session.turns), step):
        known = min(start, max(1, segmenter.context))
        seen = slice(start - known, start + step)
        length = next((n for n, new in enumerate(reversed(opens), 1) if new), 0)
        opens += segmenter.cut(session.turns[seen], session.vectors[seen], known=known, length=length).tolist()
    return np.array(opens, np.bool_)


def _inner(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> tuple[Bools, Bools]:
    """Both without the first turn."""
    if len(truth) != len(guess):
        raise InvalidInput(f"Segmentations of {len(truth)} and {len(guess)} turns cannot be compared.")
    return np.asarray(truth, np.bool_)[1:], np.asarray(guess, np.bool_)[1:]


def _numbers(opens: Sequence[bool] | Bools) -> NDArray[np.int64]:
    """(n,) the number of each turn's segment."""
    return np.cumsum(np.r_[False, np.asarray(opens, np.bool_)[1:]]).astype(np.int64)
