"""Products in parts are the products, and no part is one that is divided among threads."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tamis.models import products
from tamis.models.products import product

sides = st.one_of(st.integers(0, 9), st.sampled_from([40, 130, 301, 700]))


def some(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


@given(st.sampled_from([(), (1,), (4,), (2, 3)]), sides, sides, sides)
def test_parts_make_the_whole(lead, rows, inner, wide):
    values, weights = some(*lead, rows, inner), some(inner, wide)
    assert_allclose(product(values, weights), values @ weights, atol=2e-4)
    if lead:
        weights = some(*lead, inner, wide)
        assert_allclose(product(values, weights), values @ weights, atol=2e-4)


@given(sides, sides)
def test_a_vector_is_one_row(inner, wide):
    values, weights = some(inner), some(inner, wide)
    assert product(values, weights).shape == (wide,)
    assert_allclose(product(values, weights), values @ weights, atol=2e-4)


def test_no_part_is_large_enough_to_be_divided(monkeypatch):
    """Counted by a matrix that notes each product that it is asked for."""
    sizes = []

    class Noting(np.ndarray):
        def __matmul__(self, other):
            rows = self.shape[-2] if self.ndim > 1 else 0
            sizes.append((rows, self.shape[-1] * other.shape[-1] * max(1, rows)))
            return np.asarray(self) @ np.asarray(other)

    for rows, inner, wide in ((111, 128, 384), (301, 700, 128), (5000, 3, 2), (2, 9000, 2)):
        product(some(rows, inner).view(Noting), some(inner, wide))
        product(some(inner).view(Noting), some(inner, wide))
    assert sizes
    assert all(size <= (products._MATRIX if rows else max(products._VECTOR, 9000)) for rows, size in sizes)
