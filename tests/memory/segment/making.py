"""Sessions with topics that are far apart, for segmenters."""

from __future__ import annotations

import numpy as np

from tamis.memory.types import Turn

WORDS = ("what", "do you", "like it", "cats", "the weather ?", "yes !", "bye", "so", "and then they left .", "")


def session(seed: int, count: int, *, topics: int = 3, size: int = 12):
    """Turns and their vectors: runs of turns around one of a few directions."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((topics, size))
    which = np.repeat(rng.integers(topics, size=count), rng.integers(1, 7, size=count))[:count]
    vectors = centres[which] + 0.4 * rng.standard_normal((count, size))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    turns = tuple(
        Turn(" ".join(rng.choice(WORDS, size=rng.integers(0, 5))), speaker=str(rng.integers(2))) for _ in range(count)
    )
    return turns, vectors.astype(np.float32)
