"""Texts as bags of hashed parts: words and runs of three characters, for a table of learned vectors.

As in fastText (Bojanowski et al. 2017, section 3.2); other scripts give runs of two.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np

from tamis.core import Ints
from tamis.screen.matching import plain, runs_of

BUCKETS = 4096
MOST = 96  # parts of a text that count


@lru_cache(maxsize=8192)
def bag(text: str) -> Ints:
    """The rows of the table that a text is made of, sorted, at most `MOST`; none for an empty text."""
    bare = plain(text)
    parts = [*(f"={word}" for word in bare.split()), *runs_of(bare)]
    rows = sorted({zlib.crc32(part.encode()) % BUCKETS for part in parts})
    return np.array(rows[:MOST], dtype=np.int64)
