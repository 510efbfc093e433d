"""Rankers that need no model: words in common (BM25), and what a compressor finds in common (gzip)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from tamis.core import Floats
from tamis.io.surrogates import encodable
from tamis.prompt.methods.auto.features import okapi, terms

LEVEL = 9  # of zlib: the shortest
PART = (
    30_000  # bytes: DEFLATE looks back 32,768 (RFC 1951), so beyond that a question and a text have nothing in common
)


def bm25(question: str | None, documents: Sequence[str]) -> Floats:
    """BM25 of lower-cased words without punctuation, the documents being the collection (Robertson & Zaragoza 2009).

    tamis's own few lines of NumPy, the same that score sentences. The package `bm25s` computes the same figures (a test
    compares them) and is no dependency, because what makes it fast, an index that is kept, is nothing to documents that
    are ranked once.
    """
    bodies = [terms(document) for document in documents]
    group_of = np.repeat(np.arange(len(bodies)), [len(words) for words in bodies]).astype(np.int64)
    return okapi([word for words in bodies for word in words], group_of, len(bodies), terms(question or ""))


def gzip(question: str | None, documents: Sequence[str]) -> Floats:
    """1 - NCD, the normalised compression distance of question and document (Li et al., IEEE Trans. Inf. Theory 2004).

    NCD(x, y) = (C(xy) - min(C(x), C(y))) / max(C(x), C(y)), with C the bytes that zlib makes of a text. Of a document
    of several windows of the compressor, the nearest part counts.
    """
    query = encodable(question or "").encode()
    return np.array([max(_alike(query, part) for part in _parts(encodable(d).encode())) for d in documents])


def _parts(text: bytes) -> list[bytes]:
    return [text[at : at + PART] for at in range(0, max(len(text), 1), PART)]


def _alike(x: bytes, y: bytes) -> float:
    low, high = sorted((_size(x), _size(y)))
    return 1 - (_size(x + b" " + y) - low) / high


def _size(text: bytes) -> int:
    return len(zlib.compress(text, LEVEL))
