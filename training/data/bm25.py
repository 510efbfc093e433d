"""A plain BM25 over a fixed list of texts, for drawing hard negatives. Not the product's ranker."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")


def terms(text: str) -> list[str]:
    """Lower-cased words."""
    return _WORD.findall(text.lower())


class BM25:
    """Scores of every text for a query (Robertson's k1 and b)."""

    def __init__(self, texts: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> None:
        counts = [Counter(terms(text)) for text in texts]
        lengths = np.array([max(1, count.total()) for count in counts], np.float32)
        norm = k1 * (1 - b + b * lengths / lengths.mean())
        postings: dict[str, list[tuple[int, int]]] = {}
        for index, count in enumerate(counts):
            for term, n in count.items():
                postings.setdefault(term, []).append((index, n))
        self._size = len(texts)
        self._postings: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]] = {}
        for term, pairs in postings.items():
            where, n_in = np.array([i for i, _ in pairs]), np.array([n for _, n in pairs], np.float32)
            idf = np.log(1 + (self._size - len(pairs) + 0.5) / (len(pairs) + 0.5))
            self._postings[term] = (where, (idf * n_in * (k1 + 1) / (n_in + norm[where])).astype(np.float32))

    def scores(self, query: str) -> NDArray[np.float32]:
        """Score of every text, (n,)."""
        total = np.zeros(self._size, np.float32)
        for term in dict.fromkeys(terms(query)):
            if term in self._postings:
                where, gain = self._postings[term]
                total[where] += gain
        return total

    def nearest(self, query: str, count: int) -> list[int]:
        """The `count` best texts, best first; ties go to the earlier text."""
        scores = self.scores(query)
        if count < self._size:
            top = np.argpartition(-scores, count)[:count]
        else:
            top = np.arange(self._size)
        return [int(i) for i in top[np.lexsort((top, -scores[top]))]]
