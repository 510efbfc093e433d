"""A tiny pointer with random weights, and senses that know no picture: what tests point with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.models.pointer import PointerHead
from tamis.models.trees import Forest
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_candidates import CLICK_COLUMNS
from tamis.screen.pointer_candidates import COLUMNS as CANDIDATES
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_looks import SIDES
from tamis.screen.pointer_match import COLUMNS as MATCHES
from tamis.screen.pointer_scene import Senses
from tamis.screen.pointer_words import BUCKETS

WIDTH, TABLE, HIDDEN, WIDE = 6, 4, 16, 8


class Digests:
    """Unit vectors that depend on the input alone, and mean nothing."""

    def images(self, crops: Sequence[NDArray[Any]], /) -> NDArray[np.float32]:
        return np.stack([_unit(int(crop.sum())) for crop in crops])

    def names(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        return np.stack([_unit(sum(map(ord, text))) for text in texts])

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.names(texts) if texts else np.zeros((0, WIDTH), np.float32)


def senses() -> Senses:
    return Senses(Digests(), Digests(), WIDTH)


def head(seed: int = 0, *, scale: float = 1.0) -> PointerHead:
    random = np.random.default_rng(seed)
    shapes = {
        "table": (BUCKETS, TABLE), "static": (HIDDEN, len(LOOKS) + TABLE * (1 + len(SIDES)) + WIDTH),
        "query": (HIDDEN, 3 * TABLE + len(ASKS)), "match": (HIDDEN, len(MATCHES)), "asked": (HIDDEN, HIDDEN),
        "best": (HIDDEN, len(MATCHES)), "key": (WIDE, HIDDEN), "mix_in": (3 * WIDE, WIDE), "mix_out": (WIDE, WIDE),
        "norm": (WIDE,), "values.0": (WIDE, WIDE), "values.2": (WIDE, WIDE), "actor.0": (WIDE, HIDDEN),
        "actor.2": (WIDE, WIDE), "offset": (2, WIDE),
    }  # fmt: skip
    weights = {f"{name}.weight": scale * random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    weights |= {f"{name}.bias": random.normal(size=shape[0]).astype(np.float32) for name, shape in shapes.items()}
    return PointerHead({**weights, "null": random.normal(size=HIDDEN).astype(np.float32)}, {})


def again(seed: int = 0) -> PointerHead:
    """A head with forests that look again, and mean nothing."""
    first, random = head(seed), np.random.default_rng(seed)
    widths = {"choice": len(CANDIDATES), "click": len(CLICK_COLUMNS)}
    forests = {
        name: Forest(
            random.integers(0, width, (20, 3)), random.normal(size=(20, 3)).astype(np.float32),
            random.normal(size=(20, 8)).astype(np.float32),
        )
        for name, width in widths.items()
    }  # fmt: skip
    return PointerHead(
        first.weights,
        {"calibration": {"temperature": 1.0, "weights": [0.3, 0.0, 0.0, 0.1, 1.0], "absent": 0.4}},
        forests,
    )


def _unit(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=WIDTH)
    return (vector / np.linalg.norm(vector)).astype(np.float32)
