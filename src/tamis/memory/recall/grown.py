"""Arrays that grow at the end, at a constant price for each element."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Grown:
    """Rows behind each other; `rows` is a view of them, valid until the next `append`."""

    def __init__(self, dtype: DTypeLike, *width: int) -> None:
        self._data: NDArray[Any] = np.zeros((16, *width), dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> NDArray[Any]:
        """(n, ...) all that was appended."""
        return self._data[: self._size]

    @property
    def bytes(self) -> int:
        """What it takes, its reserve included."""
        return self._data.nbytes

    def append(self, rows: Any) -> None:
        """Add rows (m, ...)."""
        new = np.asarray(rows, self._data.dtype)
        end = self._size + len(new)
        if end > len(self._data):
            data = np.zeros((end + max(end // 4, 16), *self._data.shape[1:]), self._data.dtype)
            data[: self._size] = self.rows
            self._data = data
        self._data[self._size : end] = new
        self._size = end
