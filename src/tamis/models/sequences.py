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
class Read:
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
class Reader:
    """A fast tokenizer (of `tokenizers`, without truncation and padding) and the longest sequence in pieces."""

    tokenizer: Any
    limit: int

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Length of each text in pieces, special ones included."""
        return [len(code.ids) for code in self.tokenizer.encode_batch(list(texts))]

    def read(self, texts: Sequence[str]) -> list[Read]:
        """The sequences of all texts, in order; a blank text has none."""
        return [made for number, text in enumerate(texts) for made in self._of(number, encodable(text))]

    def _of(self, number: int, text: str) -> list[Read]:
        spans = list(chunks(text, self.measure, self.limit))
        codes = self.tokenizer.encode_batch([s.of(text) for s in spans])
        made = []
        for span, code in zip(spans, codes, strict=True):
            content = np.flatnonzero(np.array(code.special_tokens_mask) == 0)
            offsets = np.array(code.offsets, np.int64).reshape(-1, 2)[content] + span.start
            made.append(Read(number, code.ids, code.type_ids, content, trimmed(offsets, text)))
        return made


def joined(count: int, made: Sequence[Read], keep: Sequence[Floats]) -> list[TokenScores]:
    """The scores of `count` texts from the (c,) scores of the content of each of their sequences."""
    found = []
    for number in range(count):
        mine = [(r.offsets, s) for r, s in zip(made, keep, strict=True) if r.number == number]
        offsets = np.concatenate([np.zeros((0, 2), np.int64), *(o for o, _ in mine)])
        values = np.concatenate([np.zeros(0), *(s for _, s in mine)])
        found.append(TokenScores(offsets, {"keep": values}))
    return found


def trimmed(offsets: Ints, text: str) -> Ints:
    """Offsets without the white space that some tokenizers count to the piece behind it."""
    if not len(offsets):
        return offsets
    blank = np.array([c.isspace() for c in text] + [False])
    places = np.arange(len(blank))
    solid = np.minimum.accumulate(np.where(blank, len(blank), places)[::-1])[::-1]  # next character that is not blank
    starts = np.minimum(solid[offsets[:, 0]], offsets[:, 1])
    return np.stack([starts, offsets[:, 1]], axis=1)
