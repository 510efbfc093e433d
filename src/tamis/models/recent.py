"""Vectors of the texts that were encoded last: another question on the same text need not encode its sentences again.

A vector is a pure function of text and weights, so what is remembered changes no result. Bounded in bytes; texts are
known by a digest, never stored.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tamis.io.surrogates import encodable

BYTES = 16 << 20  # about 9,000 sentences of 384 numbers: some 250,000 words
_ENTRY = 250  # bytes of an entry besides its numbers, about
_SHORT = 16  # bytes of a digest

Vectors = NDArray[np.float32]


class RecentVectors:
    """The vectors of the texts asked for last, as many as fit some bytes. Thread-safe."""

    def __init__(self, size: int = BYTES) -> None:
        self._size, self._bytes, self._lock = size, 0, Lock()
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()

    def __call__(self, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """(n, d) vectors of the texts; those that are not remembered are encoded, each distinct text once."""
        keys = [blake2b(encodable(text).encode(), digest_size=_SHORT).digest() for text in texts]
        known = self._known(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new or not texts:
            vectors = encode(list(new.values()))
            known |= dict(zip(new, vectors, strict=True))
            self._remember({key: known[key].copy() for key in new})
        return np.stack([known[key] for key in keys]) if texts else vectors

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._vectors.clear()
            self._bytes = 0

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        with self._lock:
            known = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in known:
                self._vectors.move_to_end(key)
        return known

    def _remember(self, new: dict[bytes, Vectors]) -> None:
        with self._lock:
            for key, vector in new.items():
                if key not in self._vectors:
                    self._vectors[key] = vector
                    self._bytes += vector.nbytes + _ENTRY
            while self._bytes > self._size:
                _, vector = self._vectors.popitem(last=False)
                self._bytes -= vector.nbytes + _ENTRY
