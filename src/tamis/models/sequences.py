"""Texts as the sequences that a token classifier reads, and its scores back as scores of the text.

Sequences end at sentences, fit the model, are never cut short, and carry the tokenizer's own special tokens. The same
cutting serves training, torch and onnxruntime, so that a model is asked what it was taught.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tamis.core import Floats, Ints
from tamis.io.surrogates import encodable
from tamis.models.chunks import chunks
from tamis.models.scores import TokenScores


@dataclass(frozen=True, eq=False)
class TextSequence:
    """One sequence of one text.

    Attributes:
        number: which text it belongs to.
        ids: of all pieces, special ones included.
        types: token types of the same.
        content: (c,) which of the ids are not special.
        offsets: (c, 2) of those, in characters of the text.
    """

    number: int
    ids: list[int]
    types: list[int]
    content: Ints
    offsets: Ints


@dataclass(frozen=True, eq=False)
class SequenceReader:
    """A fast tokenizer (of `tokenizers`, without truncation and padding) and the longest sequence in pieces."""

    tokenizer: Any
    limit: int

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Length of each text in pieces, special ones included."""
        return [len(code.ids) for code in self.tokenizer.encode_batch(list(texts))]

    def read(self, texts: Sequence[str]) -> list[TextSequence]:
        """The sequences of all texts, in order; a blank text has none."""
        return [sequence for number, text in enumerate(texts) for sequence in self._of(number, encodable(text))]

    def _of(self, number: int, text: str) -> list[TextSequence]:
        spans = list(chunks(text, self.measure, self.limit))
        codes = self.tokenizer.encode_batch([s.of(text) for s in spans])
        sequences = []
        for span, code in zip(spans, codes, strict=True):
            content = np.flatnonzero(np.array(code.special_tokens_mask) == 0)
            offsets = np.array(code.offsets, np.int64).reshape(-1, 2)[content] + span.start
            sequences.append(TextSequence(number, code.ids, code.type_ids, content, trimmed(offsets, text)))
        return sequences


def joined(count: int, sequences: Sequence[TextSequence], keep: Sequence[Floats]) -> list[TokenScores]:
    """The scores of `count` texts from the (c,) scores of the content of each of their sequences."""
    scores = []
    for number in range(count):
        own = [(r.offsets, s) for r, s in zip(sequences, keep, strict=True) if r.number == number]
        offsets = np.concatenate([np.zeros((0, 2), np.int64), *(o for o, _ in own)])
        values = np.concatenate([np.zeros(0), *(s for _, s in own)])
        scores.append(TokenScores(offsets, {"keep": values}))
    return scores


def trimmed(offsets: Ints, text: str) -> Ints:
    """Offsets without the white space that some tokenizers count to the piece behind it."""
    if not len(offsets):
        return offsets
    blank = np.array([c.isspace() for c in text] + [False])
    places = np.arange(len(blank))
    solid = np.minimum.accumulate(np.where(blank, len(blank), places)[::-1])[::-1]  # next character that is not blank
    starts = np.minimum(solid[offsets[:, 0]], offsets[:, 1])
    return np.stack([starts, offsets[:, 1]], axis=1)
