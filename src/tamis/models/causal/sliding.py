"""What a model with so many positions reads of a text that is longer. Knows token counts, no model.

The rule, one for cached and uncached reading: the view grows token by token until it no longer fits; then it shrinks to
the tokens that begin every text and the last half window, which are read anew at the positions behind them. Nothing is
truncated, every token is judged with at least half a window before it (or all there is), and what a token is judged by
depends on the tokens before it alone, not on how they were handed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tamis.core import Ints


@dataclass(frozen=True, slots=True)
class SlidingPass:
    """One pass over a text: the model is fed its first `head` tokens and `start..stop`; that judges `first..stop`.

    Token `stop` is judged and not fed: the last one fed, `stop - 1`, predicts it.
    """

    start: int
    stop: int
    first: int


def room(view: Ints, window: int) -> int:
    """How many tokens can be judged before the view must shrink: one more than can be fed."""
    return window - len(view) + 1


def shrunk(view: Ints, window: int, head: int) -> Ints:
    """The view itself if the model can be fed all of it, else its first `head` tokens and the last half window."""
    return view if len(view) <= window else np.concatenate([view[:head], view[-(window // 2) :]])


def passes(count: int, first: int, *, window: int, head: int) -> Iterator[SlidingPass]:
    """The passes that judge the tokens `first..count - 1` of a text, each independent of the others.

    The very first token of all has no pass: nothing predicts it.

    Example: 10 tokens, one of them the head, window 4 -> feed 0..4, judge 1..4; feed 0 3 4 5, judge 5 6;
    feed 0 5 6 7, judge 7 8; feed 0 7 8, judge 9

    count -- tokens in all, those of the head included
    """
    start, judged = head, 1
    while judged < count:
        stop = min(start + window - head, count - 1)
        if stop >= first:
            yield SlidingPass(start, stop, max(first, judged))
        start, judged = stop + 1 - window // 2, stop + 1
