"""A language model that can be worked out by hand: what it has in view, it expects again.

A cache model (Kuhn & De Mori, IEEE PAMI 1990): p(token | view) = (times in view + q) / (tokens in view + 1), where q, a
thousandth to a ten-thousandth, is the token's own. It reads fast, its surprisals depend on all that was read, and it
slides as the others do (`models/causal/sliding.py`).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter

import numpy as np

from tamis.models.causal import SURPRISAL, Context
from tamis.models.pieces import Pieces
from tamis.models.scores import TokenScores

# Words in parts of four letters, punctuation in pairs, and line ends: tokens are not words, and some are white space.
TOKEN = re.compile(r"\w{1,4}|[^\w\s]{1,2}|\n+")


class CacheLM:
    """As `CausalLM`; `reads` holds the ids of every `read`, and `judged` the texts of every `surprisals`."""

    name = "cache"

    def __init__(self, *, window: int = 1 << 20, broken: float | None = None) -> None:
        self.window, self.broken = window, broken
        self.numbers: dict[str, int] = {}
        self.rare: list[float] = []
        self.reads: list[tuple[int, ...]] = []
        self.judged: list[str] = []

    def cut(self, texts):
        found = []
        for text in texts:
            spans = [m.span() for m in TOKEN.finditer(text)]
            ids = [self._number(text[a:b]) for a, b in spans]
            seen = [(b, b) if text[a:b].isspace() else (a, b) for a, b in spans]
            found.append(Pieces(np.array(ids, np.int64), np.array(seen, np.int64).reshape(-1, 2)))
        return found

    def surprisals(self, texts, *, given=None):
        found = []
        for text, before in zip(texts, given or [""] * len(texts), strict=True):
            self.judged.append(text)
            told, pieces = self.cut([before, text])
            context = self._read(self.start(), told.ids)[1]
            found.append(TokenScores(pieces.offsets, {SURPRISAL: self._read(context, pieces.ids)[0]}))
        return found

    def start(self):
        return Context(1, (-1,))

    def read(self, context, ids):
        self.reads.append(tuple(np.asarray(ids).tolist()))
        return self._read(context, ids)

    def extend(self, context, ids):
        return self.read(context, ids)[1]

    def words(self, ids) -> str:
        """The text of ids, joined."""
        names = list(self.numbers)
        return "".join(names[i] for i in ids)

    def _read(self, context, ids):
        view, found = list(context.memory), []
        times = Counter(view)
        for token in np.asarray(ids).tolist():
            found.append(-np.log((times[token] + self.rare[token]) / (len(view) + 1)))
            view.append(token)
            times[token] += 1
            if len(view) > self.window:
                view = [view[0], *view[-(self.window // 2) :]]
                times = Counter(view)
        values = np.array(found, np.float64)
        if self.broken is not None and values.size:
            values[-1] = self.broken
        return values, Context(context.length + len(found), tuple(view))

    def _number(self, token: str) -> int:
        if token not in self.numbers:
            self.numbers[token] = len(self.rare)
            self.rare.append(1 / (1000 + zlib.crc32(token.encode("utf-8", "surrogatepass")) % 9000))
        return self.numbers[token]
