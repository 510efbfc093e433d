"""The table of segmenters: by name, with their defaults. A new one is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tamis.errors import InvalidInput, unknown
from tamis.memory.segment.learned import Learned
from tamis.memory.segment.optimal import Optimal
from tamis.memory.segment.protocol import Segmenter
from tamis.memory.segment.runs import Runs
from tamis.memory.segment.tiling import TextTiling

SEGMENTERS: dict[str, Callable[[], Segmenter]] = {
    "runs": Runs,
    "texttiling": TextTiling,
    "optimal": Optimal,
    "learned": Learned,
    "learned-wide": partial(Learned, wide=True),
    "learned-task": partial(Learned, kind="task"),
    "learned-meeting": partial(Learned, kind="meeting"),
}
"""By name, with their defaults; one that needs more to be made, such as a model's address, is made by its class."""


def standard() -> Segmenter:
    """What is used unless a caller names another: the one learned from chats."""
    return Learned()


def segmenter_of(segmenter: Segmenter | str | None) -> Segmenter:
    """The segmenter that a name or an object means; the standard one for None.

    Raises:
        UnknownName: a name that is not in `SEGMENTERS`.
        InvalidInput: an object that cuts nothing.
    """
    if segmenter is None:
        return standard()
    if isinstance(segmenter, str):
        if segmenter not in SEGMENTERS:
            raise unknown("segmenter", segmenter, SEGMENTERS)
        return SEGMENTERS[segmenter]()
    if not callable(getattr(segmenter, "cut", None)) or not hasattr(segmenter, "context"):
        hint = f"Give an object with `cut` and `context`, or a name: {', '.join(SEGMENTERS)}."
        raise InvalidInput(f"{segmenter!r:.80} is no segmenter.", hint=hint)
    return segmenter
