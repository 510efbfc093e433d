"""How far two segmentations of one session are apart: boundaries, windows, and what segments hold.

A segmentation is (n,) bools: True where a turn opens a segment; the first turn always does, whatever it says.

Measures are taken for each session and averaged over sessions. Conventions, those of nltk and of SuperDialseg: a window
of `k` gaps slides over the n turns, the gap behind the last turn included (never a boundary), so there are n - k + 1
windows; k is half the mean length of the true segments, rounded, at least 2, at most n.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools
from tamis.errors import InvalidInput


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


def averaged(measures: Iterable[Measures]) -> Measures:
    """The mean over sessions, each counting the same."""
    rows = [astuple(measure) for measure in measures]
    if not rows:
        raise InvalidInput("There is no session to average over.")
    return Measures(*np.mean(rows, axis=0).tolist())


def pk(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools, k: int | None = None) -> float:
    """Share of windows where one sees a boundary and the other none (Beeferman et al. 1999); 0 is best."""
    ours, theirs = _windows(truth, guess, k)
    return float(np.mean((ours > 0) != (theirs > 0))) if ours.size else 0.0


def window_diff(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools, k: int | None = None) -> float:
    """Share of windows with different numbers of boundaries (Pevzner and Hearst 2002); 0 is best."""
    ours, theirs = _windows(truth, guess, k)
    return float(np.mean(ours != theirs)) if ours.size else 0.0


def window_of(truth: Sequence[bool] | Bools) -> int:
    """Half the mean length of the segments, rounded; at least 2, at most the turns there are."""
    count = len(truth)
    segments = 1 + int(np.sum(np.asarray(truth, np.bool_)[1:]))
    return min(max(2, round(count / segments / 2)), count)


def _windows(
    truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools, k: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(n - k + 1,) boundaries in each window, of both."""
    if len(truth) != len(guess):
        raise InvalidInput(f"Segmentations of {len(truth)} and {len(guess)} turns cannot be compared.")
    if k is not None and not 1 <= k <= max(1, len(truth)):
        raise InvalidInput(f"A window of {k} gaps does not fit {len(truth)} turns.")
    size = window_of(truth) if k is None else k
    return _counted(truth, size), _counted(guess, size)


def _counted(opens: Sequence[bool] | Bools, size: int) -> NDArray[np.int64]:
    after = np.append(np.asarray(opens, np.bool_)[1:], False)[: len(opens)]  # a boundary behind each turn
    sums = np.concatenate([[0], np.cumsum(after)])
    return (sums[size:] - sums[:-size]).astype(np.int64) if len(opens) else np.zeros(0, np.int64)


def _inner(truth: Sequence[bool] | Bools, guess: Sequence[bool] | Bools) -> tuple[Bools, Bools]:
    """Both without the first turn."""
    if len(truth) != len(guess):
        raise InvalidInput(f"Segmentations of {len(truth)} and {len(guess)} turns cannot be compared.")
    return np.asarray(truth, np.bool_)[1:], np.asarray(guess, np.bool_)[1:]


def _numbers(opens: Sequence[bool] | Bools) -> NDArray[np.int64]:
    """(n,) the number of each turn's segment."""
    return np.cumsum(np.r_[False, np.asarray(opens, np.bool_)[1:]]).astype(np.int64)
