import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tamis.core import blend, contrast, normalise, pool

VECTORS = arrays(np.float64, st.integers(0, 20), elements=st.floats(-1e3, 1e3))


def test_normalise_two_values():
    assert normalise(np.array([1.0, 3.0])).tolist() == [-1, 1]


@given(VECTORS)
def test_normalised_scores_have_mean_0_and_deviation_1_or_are_constant(scores):
    out = normalise(scores)
    assert out.shape == scores.shape
    if out.any():
        assert abs(out.mean()) < 1e-6
        assert abs(out.std() - 1) < 1e-6


@given(VECTORS)
def test_normalise_keeps_the_ranking(scores):
    out = normalise(scores)
    assert (np.diff(out[np.argsort(scores, kind="stable")]) >= 0).all()


def test_blend_and_contrast_are_arithmetic():
    assert blend([(2, np.array([1.0, 0])), (1, np.array([0, 1.0]))]).tolist() == [2, 1]
    assert contrast(np.array([1.0]), np.array([3.0])).tolist() == [2]


def test_pool_is_the_mean_of_each_group_and_0_for_an_empty_one():
    assert pool(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 2]), 3).tolist() == [2, 0, 5]
