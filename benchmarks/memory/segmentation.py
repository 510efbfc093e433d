"""How well a segmenter cuts labelled sessions, told at once or as a memory hears them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools
from tamis.memory.segment.agreement import (
    Measures,
    averaged,
    boundary_f1,
    coverage,
    measured,
    pk,
    purity,
    score,
    window_diff,
    window_of,
)
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
