"""From characters to wordpieces: the labels of windows and of question-passage pairs. Does not batch or train.

A label of NaN means "nobody knows": such wordpieces take no part in that term of the loss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from tamis.text.align import word_of_piece
from training.data.bm25 import terms
from training.encoder.detokenise import Placed

Floats = NDArray[np.float32]
Ids = NDArray[np.uint16]
Span = tuple[int, int]

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n+")
TIERS = 4


@dataclass(frozen=True)
class Window:
    """A single-sequence example: `ids` (t,), cumulative `tiers` (t, 4) and `salience` (t,), NaN = unknown."""

    ids: Ids
    tiers: Floats
    salience: Floats


@dataclass(frozen=True)
class Pair:
    """A question with a passage. `split` is the first passage wordpiece; `unit` the sentence of each, -1 = none."""

    ids: Ids
    split: int
    evidence: Floats
    answer: Floats
    unit: NDArray[np.int16]


def sentence_spans(text: str) -> list[Span]:
    """Character spans of sentences, without the blanks between them.

    Example: "It rained. We left." -> [(0, 10), (11, 19)]
    """
    cuts = [(m.start(), m.end()) for m in _SENTENCE_END.finditer(text)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if text[start:end].strip()]


def tier_targets(tiers: Sequence[int]) -> Floats:
    """Cumulative targets (n, 4): column k is 1 where the tier is at most k."""
    return (np.asarray(tiers)[:, None] <= np.arange(TIERS)).astype(np.float32)


def tier_windows(tokenizer: Tokenizer, placed: Placed, tiers: Sequence[int], length: int) -> list[Window]:
    """Windows of at most `length` wordpieces over a treebank document, every piece labelled by its word."""
    code = tokenizer.encode(placed.text, add_special_tokens=False)
    owner = word_of_piece(code.offsets, placed.spans)
    targets = np.where(owner[:, None] >= 0, tier_targets(tiers)[np.maximum(owner, 0)], np.nan).astype(np.float32)
    body = length - 2
    return [
        framed(code.ids[i : i + body], targets[i : i + body], np.full(len(code.ids[i : i + body]), np.nan, np.float32))
        for i in range(0, len(code.ids), body)
    ]


def framed(ids: Sequence[int], tiers: Floats, salience: Floats) -> Window:
    """A window with [CLS] and [SEP] around, which nobody labels."""
    return Window(
        np.array([101, *ids, 102], np.uint16),
        np.pad(tiers, ((1, 1), (0, 0)), constant_values=np.nan),
        np.pad(salience, 1, constant_values=np.nan),
    )


def occurrences(text: str, answer: str) -> list[Span]:
    """Whole-word occurrences of an answer, ignoring case."""
    pattern = rf"(?<!\w){re.escape(answer)}(?!\w)"
    return [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)] or _plain(text, answer)


def _plain(text: str, answer: str) -> list[Span]:
    start = text.find(answer)
    return [(start, start + len(answer))] if start >= 0 and answer else []


def covered(offsets: Sequence[Span], spans: Sequence[Span]) -> Floats:
    """1 for wordpieces that overlap a span, else 0."""
    starts, ends = np.array([s for s, _ in offsets], np.int64), np.array([e for _, e in offsets], np.int64)
    inside = np.zeros(len(offsets), np.float32)
    for start, end in spans:
        inside[(starts < end) & (ends > start)] = 1
    return inside


def best_sentence(text: str, question: str, sentences: Sequence[Span], hits: Sequence[Span]) -> tuple[int, set[int]]:
    """Of the sentences that hold a hit, the one sharing most words with the question, and all of them.

    SQuAD's `start` here is only the first occurrence of the answer, so the sentence has to be found again.
    Returns (-1, empty) without a hit.
    """
    holding = [i for i, (s, e) in enumerate(sentences) if any(s < he and hs < e for hs, he in hits)]
    if not holding:
        return -1, set()
    query_terms = {term for term in terms(question) if len(term) > 2}
    overlap = [len(query_terms & set(terms(text[slice(*sentences[i])]))) for i in holding]
    return holding[int(np.argmax(overlap))], set(holding)


def chunk_spans(sizes: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Group consecutive sentences, `sizes` wordpieces each, into chunks of at most `limit` (index ranges)."""
    chunks: list[tuple[int, int]] = []
    start, total = 0, 0
    for index, size in enumerate(sizes):
        if total and total + size > limit:
            chunks.append((start, index))
            start, total = index, 0
        total += size
    return [*chunks, (start, len(sizes))] if sizes else []
