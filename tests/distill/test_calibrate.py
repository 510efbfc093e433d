"""Temperature and calibration error, against naive ones and hand-worked figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.distill.calibrate import calibration_error, chances, surprise, temperature

PAIRS = st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=1, max_size=60)


@pytest.mark.parametrize("true", [0.3, 1.0, 2.5, 6.0])
def test_the_temperature_that_was_built_in_is_found(true):
    rng = np.random.default_rng(3)
    honest = rng.normal(0, 2, 40_000)
    wanted = (rng.random(40_000) < chances(honest)).astype(float)
    found = temperature(honest * true, wanted)
    assert found == pytest.approx(true, rel=0.05)
    before, after = (calibration_error(chances(honest * true, t), wanted) for t in (1.0, found))
    assert after < 0.01
    assert after <= before + 0.005


@given(pairs=PAIRS)
def test_labels_never_become_more_surprising(pairs):
    margins, wanted = np.array([m for m, _ in pairs]), np.array([float(w) for _, w in pairs])
    found = temperature(margins, wanted)
    assert found > 0
    assert surprise(margins, wanted, found) <= surprise(margins, wanted) + 1e-12
    grid = min(surprise(margins, wanted, float(t)) for t in np.geomspace(0.06, 19, 60))
    assert surprise(margins, wanted, found) <= max(grid, 0) + 1e-3


@given(pairs=st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), bins=st.integers(1, 20))
def test_calibration_error_is_the_naive_one(pairs, bins):
    chance, wanted = np.array([c for c, _ in pairs]), np.array([float(w) for _, w in pairs])
    naive = 0.0
    for number in range(bins):
        inside = [i for i, c in enumerate(chance) if min(int(c * bins), bins - 1) == number]
        if inside:
            naive += len(inside) / len(chance) * abs(chance[inside].mean() - wanted[inside].mean())
    assert calibration_error(chance, wanted, bins=bins) == pytest.approx(naive)


def test_hand_worked():
    assert calibration_error(np.full(4, 0.9), np.array([1.0, 1, 1, 0])) == pytest.approx(0.15)
    assert surprise(np.zeros(3), np.array([1.0, 0, 1])) == pytest.approx(np.log(2))
    assert chances(np.array([0.0, 1e4, -1e4])).tolist() == pytest.approx([0.5, 1, 0])


def test_nothing_to_learn_from():
    empty = np.zeros(0)
    assert temperature(empty, empty) == 1.0
    assert calibration_error(empty, empty) == 0.0
