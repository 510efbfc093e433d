"""How far two segmentations of one session are apart: Pk and WindowDiff.

A segmentation is (n,) bools: True where a turn opens a segment; the first turn always does, whatever it says.

Conventions, those of nltk and of SuperDialseg: a window of `k` gaps slides over the n turns, the gap behind the last
turn included (never a boundary), so there are n - k + 1 windows; k is half the mean length of the true segments,
rounded, at least 2, at most n.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools
from tamis.errors import InvalidInput


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
