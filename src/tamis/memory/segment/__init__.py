"""Turns into topical segments that tile their session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tamis.memory.segment.learned import Learned
from tamis.memory.segment.llm import LLMSegmenter
from tamis.memory.segment.optimal import Optimal
from tamis.memory.segment.protocol import Segmenter
from tamis.memory.segment.reflect import Lesson, reflect
from tamis.memory.segment.standard import Runs, every, standard
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
"""By name, with their defaults."""

__all__ = [
    "SEGMENTERS",
    "LLMSegmenter",
    "Learned",
    "Lesson",
    "Optimal",
    "Runs",
    "Segmenter",
    "TextTiling",
    "every",
    "reflect",
    "standard",
]
