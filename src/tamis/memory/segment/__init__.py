"""Turns into topical segments that tile their session."""

from tamis.memory.segment.learned import Learned
from tamis.memory.segment.llm import LLMSegmenter
from tamis.memory.segment.optimal import Optimal
from tamis.memory.segment.protocol import Segmenter
from tamis.memory.segment.reflection import LabelledTalk, reflect
from tamis.memory.segment.runs import Runs, every
from tamis.memory.segment.table import SEGMENTERS, segmenter_of, standard
from tamis.memory.segment.tiling import TextTiling

__all__ = [
    "SEGMENTERS",
    "LLMSegmenter",
    "LabelledTalk",
    "Learned",
    "Optimal",
    "Runs",
    "Segmenter",
    "TextTiling",
    "every",
    "reflect",
    "segmenter_of",
    "standard",
]
