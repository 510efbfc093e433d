"""A causal language model whose surprisals can be worked out by hand."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from tamis.models.causal import SURPRISAL, Context
from tamis.models.pieces import Pieces
from tamis.models.scores import TokenScores

WORD = re.compile(r"\w+|[^\w\s]")
VOCABULARY = 1000


class Recaller:
    """Expects what it has read: p(w | read) = (times w was read + 1) / (words read + 1000)."""

    name = "recaller"

    def __init__(self, window: int = 64) -> None:
        self.window = window
        self.longest = 0  # sequence that was ever asked for

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        return [_pieces(text) for text in texts]

    def surprisals(self, texts: Sequence[str], *, given: Sequence[str] | None = None) -> list[TokenScores]:
        return [self._scores(t, g) for t, g in zip(texts, given or [""] * len(texts), strict=True)]

    def _scores(self, text: str, before: str) -> TokenScores:
        first, pieces = self.cut([before, text])
        self.longest = max(self.longest, 1 + len(first) + len(pieces))
        _, context = self.read(self.start(), first.ids)
        return TokenScores(pieces.offsets, {SURPRISAL: self.read(context, pieces.ids)[0]})

    def start(self) -> Context:
        return Context(1, ())

    def read(self, context: Context, ids: np.ndarray) -> tuple[np.ndarray, Context]:
        read = list(context.memory)
        found = []
        for word in ids.tolist():
            found.append(-np.log((read.count(word) + 1) / (len(read) + VOCABULARY)))
            read.append(word)
        return np.array(found, np.float64), Context(context.length + len(ids), tuple(read))

    def extend(self, context: Context, ids: np.ndarray) -> Context:
        return self.read(context, ids)[1]


def _pieces(text: str) -> Pieces:
    found = list(WORD.finditer(text))
    ids = np.array([zlib.crc32(m.group().lower().encode(errors="surrogatepass")) for m in found], np.int64)
    return Pieces(ids, np.array([m.span() for m in found], np.int64).reshape(-1, 2))
