"""Boosted trees that ask one question a level: whole forests are evaluated at once, in NumPy.

All nodes of a level of an oblivious tree compare the same column with the same border (Prokhorenkova et al. 2018,
"CatBoost", section 5), so that the answers of a row are the bits of the number of its leaf. Trees are grown by
`training.screen.pointer_trees`.

Shapes: n rows, t trees, d levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Oblivious trees whose leaves are added.

    Attributes:
        columns: (t, d) the column that a level asks for.
        borders: (t, d) the answer is yes above.
        leaves: (t, 2 ** d) what a leaf adds; the answer to the first level is the lowest bit of its number.
        start: what all rows begin with.
    """

    columns: NDArray[np.int64]
    borders: Rows
    leaves: Rows
    start: float = 0.0

    def __call__(self, rows: Rows) -> NDArray[np.float64]:
        """(n,) the sum of each row's leaves."""
        trees, levels = self.columns.shape
        answers = rows[:, self.columns] > self.borders
        numbers = answers @ (1 << np.arange(levels))
        total: NDArray[np.float64] = self.start + self.leaves[np.arange(trees), numbers].sum(1, dtype=float)
        return total

    def tensors(self, name: str) -> Mapping[str, NDArray[np.generic]]:
        """What a file holds of it."""
        return {
            f"{name}.columns": self.columns.astype(np.int16), f"{name}.borders": self.borders,
            f"{name}.leaves": self.leaves, f"{name}.start": np.array([self.start], np.float32),
        }  # fmt: skip


def forest_of(tensors: Mapping[str, NDArray[np.generic]], name: str, *, width: int) -> Forest:
    """The forest of a name in a file.

    width -- columns that its rows have

    Raises:
        ModelCorrupt: a part is missing, or the parts do not belong together.
    """
    try:
        columns, borders, leaves, start = (
            tensors[f"{name}.{part}"] for part in ("columns", "borders", "leaves", "start")
        )
    except KeyError as error:
        raise ModelCorrupt(f"The trees {name!r} lack {error}.", hint="Install tamis anew.") from error
    fits = columns.ndim == 2 and borders.shape == columns.shape and leaves.shape == (
        len(columns), 2 ** columns.shape[1],
    ) and start.shape == (1,)  # fmt: skip
    if not fits or (columns.size and not 0 <= int(columns.min()) <= int(columns.max()) < width):
        raise ModelCorrupt(f"The trees {name!r} do not fit rows of {width} columns.", hint="Install tamis anew.")
    return Forest(columns.astype(np.int64), borders.astype(np.float32), leaves.astype(np.float32), float(start[0]))
