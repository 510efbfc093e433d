"""From labelled texts to what a token classifier learns from: natural text, labels on pieces by their offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Ints
from tamis.distill.label import Marked
from tamis.errors import unknown
from tamis.models.sequences import SequenceReader, TextSequence
from tamis.text.align import word_of_piece

NOBODY_KNOWS = -100  # torch's cross-entropy leaves such labels out
POLICIES = ("all", "first")


@dataclass(frozen=True, eq=False)
class Lesson:
    """One sequence: `ids` and `types` (t,) as the model reads them, special ones included.

    Attributes:
        labels: (t,) 1 keep, 0 drop, -100 for special pieces, and for those that belong to no word or do not count.
    """

    ids: Ints
    types: Ints
    labels: Ints


def lessons(marked: Sequence[Marked], reader: SequenceReader, *, policy: str = "all") -> list[Lesson]:
    """The sequences of all texts, cut as the finished model will cut them.

    policy -- "all": every piece of a word has its label, since all are pooled later; "first": only the first piece

    Raises:
        UnknownName: another policy.
    """
    if policy not in POLICIES:
        raise unknown("policy for the pieces of a word", policy, POLICIES)
    return [_lesson(one, read, policy) for one in marked for read in reader.read([one.text])]


def _lesson(one: Marked, read: TextSequence, policy: str) -> Lesson:
    units, keep = one.labels()
    spans = list(zip(units.starts.tolist(), units.ends.tolist(), strict=True))
    owner = word_of_piece(read.offsets.tolist(), spans)
    owner[read.offsets[:, 0] >= read.offsets[:, 1]] = -1  # (a piece that stands for white space only)
    if policy == "first":
        owner[1:][(owner[1:] == owner[:-1]) & (owner[1:] >= 0)] = -1
    labels = np.full(len(read.ids), NOBODY_KNOWS, np.int64)
    labels[read.content] = np.where(owner >= 0, keep[np.maximum(owner, 0)], NOBODY_KNOWS)
    return Lesson(np.array(read.ids, np.int64), np.array(read.types, np.int64), labels)
