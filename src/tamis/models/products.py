"""Products of small matrices in the calling thread.

OpenBLAS, which NumPy brings, divides a product among all cores as soon as it is worth a few microseconds, and waits for
each of them: where cores have other work, 50 ms for what takes 0.1 ms alone. Below a size it does not do so
(`GEMM_MULTITHREAD_THRESHOLD` in its interface/gemm.c and gemv.c), so that larger products are made in parts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_MATRIX, _VECTOR = 1 << 18, 9216  # multiplications of one call
_BLOCK = 1 << 14  # numbers of the second factor in one call: it is copied anew for each


def product(values: Array, weights: Array) -> Array:
    """`values @ weights`, to rounding.

    values -- (k,), or (..., n, k)
    weights -- (k, m), or (..., k, m)
    """
    inner, wide = weights.shape[-2:]
    if values.ndim == 1:
        return _beside(values, weights, max(1, _VECTOR // max(1, inner)))
    columns = min(wide, max(1, _BLOCK // max(1, inner)))
    rows = max(2, _MATRIX // max(1, inner * columns))
    if values.shape[-2] <= rows:
        return _beside(values, weights, columns)
    parts = [_beside(values[..., at : at + rows, :], weights, columns) for at in range(0, values.shape[-2], rows)]
    return np.concatenate(parts, axis=-2)


def _beside(values: Array, weights: Array, columns: int) -> Array:
    """The product, so many columns of the weights at a time."""
    wide = weights.shape[-1]
    if wide <= columns:
        return np.asarray(values @ weights)
    parts = [values @ weights[..., at : at + columns] for at in range(0, wide, columns)]
    return np.concatenate(parts, axis=-1)
