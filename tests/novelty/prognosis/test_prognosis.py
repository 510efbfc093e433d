"""What is left of processes: errors that can be worked by hand, trees beside the mean, a bound that holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.errors import InvalidInput, NoEnds, UnknownName
from tamis.novelty.prognosis import LifeErrors, Prognosis, Series
from tamis.novelty.prognosis.boosting import BINS, BoostedTrees, BoostSettings
from tamis.novelty.prognosis.bound import Ratios
from tamis.novelty.prognosis.features import features
from tamis.novelty.prognosis.regimes import Regimes

SMALL = BoostSettings(trees=40, least=2, features=1.0)


def wearing(rng, life):
    """A process whose value falls the faster the nearer its end; noise of a tenth."""
    left = np.arange(life - 1, -1, -1)
    return np.stack([np.exp(-left / 30) + rng.normal(0, 0.1, life), rng.normal(0, 1, life)], axis=1)


@pytest.fixture(scope="module")
def lives():
    rng = np.random.default_rng(3)
    return [wearing(rng, int(life)) for life in rng.integers(60, 140, 70)]


@pytest.fixture(scope="module")
def prognosis(lives):
    return Prognosis.fit(lives[:40])


class TestErrors:
    def test_by_hand(self):
        # 13 early: e - 1; 10 late: e - 1; right: 0
        errors = LifeErrors.of(np.array([87.0, 60.0, 5.0]), np.array([100.0, 50.0, 5.0]))
        assert errors.score == pytest.approx(2 * math.e - 2)
        assert errors.rmse == pytest.approx(math.sqrt((169 + 100) / 3))
        assert errors.count == 3

    def test_a_cap_is_on_both(self):
        assert LifeErrors.of(np.array([130.0]), np.array([190.0]), 125).rmse == 0
        assert LifeErrors.of(np.array([115.0]), np.array([190.0]), 125).rmse == 10


class TestTrees:
    def test_a_step_is_one_split(self):
        rows = np.arange(100.0)[:, None]
        trees = BoostedTrees.fit(rows, np.where(rows[:, 0] < 40, 1.0, 5.0), np.ones(100), SMALL)
        guess = trees.predict(np.array([[3.0], [90.0], [-1e9], [1e9]]))
        assert guess == pytest.approx([1, 5, 1, 5], abs=0.4)

    def test_a_tree_is_the_best_split_of_all(self):
        """One tree of one level, beside every split of every feature tried by hand."""
        rng = np.random.default_rng(0)
        rows, targets = rng.integers(0, 9, (60, 3)).astype(float), rng.normal(size=60)
        one = BoostSettings(trees=1, rate=1, depth=1, least=1, smooth=1e-9, features=1.0)
        trees = BoostedTrees.fit(rows, targets, np.ones(60), one)
        error = ((trees.predict(rows) - targets) ** 2).sum()
        best = min(_split_error(rows[:, column], targets) for column in range(3))
        assert error == pytest.approx(best)

    def test_weights_count_as_repetitions(self):
        rng = np.random.default_rng(1)
        rows, targets, weights = rng.normal(size=(80, 2)), rng.normal(size=80), rng.integers(1, 3, 80)
        settings_ = BoostSettings(trees=1, rate=1, depth=1, least=0.1, smooth=1e-9, features=1.0)
        light = BoostedTrees.fit(rows, targets, weights.astype(float), settings_)
        assert light.start == pytest.approx(np.repeat(targets, weights).mean())

    def test_constants_and_single_rows(self):
        trees = BoostedTrees.fit(np.zeros((1, 4)), np.array([7.0]), np.ones(1))
        assert trees.predict(np.ones((3, 4))) == pytest.approx([7, 7, 7])
        assert trees.edges.shape == (4, BINS - 1)

    def test_the_same_again(self):
        rng = np.random.default_rng(2)
        rows, targets = rng.normal(size=(90, 5)), rng.normal(size=90)
        one, two = (BoostedTrees.fit(rows, targets, np.ones(90), SMALL).predict(rows) for _ in range(2))
        assert np.array_equal(one, two)


def _split_error(column, targets):
    errors = [((targets - targets.mean()) ** 2).sum()]
    for value in np.unique(column)[:-1]:
        parts = targets[column <= value], targets[column > value]
        errors.append(sum(((part - part.mean()) ** 2).sum() for part in parts))
    return min(errors)


class TestFeatures:
    @given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 5))
    @settings(max_examples=30, deadline=None)
    def test_only_the_past_matters(self, size, cut, seed):
        history = np.random.default_rng(seed).normal(size=(size, 2))
        cut = min(cut, size)
        assert np.allclose(features(history)[:cut], features(history[:cut]), atol=1e-8)

    def test_a_straight_line(self):
        row = features(3.0 * np.arange(100.0)[:, None])[-1]
        # age; mean and slope over 10, 30, 60; spread over 30; mean; first 20; last 20 less the first 20
        assert row == pytest.approx([100, 283.5, 3, 253.5, 3, 208.5, 3, 25.9663, 148.5, 28.5, 240], abs=1e-3)

    def test_beside_polyfit(self):
        history = np.random.default_rng(4).normal(size=(45, 1))
        row = features(history)[-1]
        assert row[4] == pytest.approx(np.polyfit(np.arange(30), history[-30:, 0], 1)[0])


class TestRegimes:
    def test_settings_are_taken_out(self):
        rng = np.random.default_rng(5)
        which = rng.integers(0, 3, 300)
        settings_ = np.array([[0.0, 10], [5, 40], [9, 20]])[which] + rng.normal(0, 0.01, (300, 2))
        wear = rng.normal(size=300)
        series = Series.of(np.array([100.0, -50, 3])[which] + np.array([1, 5, 0.2])[which] * wear, settings_)
        regimes = Regimes.fit([series])
        assert len(regimes.centres) == 3
        assert np.corrcoef(regimes(series)[:, 0], wear)[0, 1] > 0.99

    def test_noise_is_one_regime(self):
        rng = np.random.default_rng(6)
        assert len(Regimes.fit([Series.of(rng.normal(size=300), rng.normal(size=300))]).centres) == 1

    def test_what_never_moves_is_left_out(self):
        values = np.stack([np.full(30, 518.67), np.arange(30.0)], axis=1)
        assert Regimes.fit([Series.of(values)]).moving.tolist() == [1]
        with pytest.raises(InvalidInput, match="No value ever changes"):
            Regimes.fit([Series.of(values[:, :1])])


class TestBound:
    def test_by_hand(self):
        """Nine series of one moment each: the lower bound at .2 is that of the second smallest ratio."""
        parts = [(0, np.array([9.0]), np.array([9.0 + step])) for step in range(9)]
        ratios = Ratios.of(parts)
        assert ratios.weights.sum() == pytest.approx(0.9)
        # below the k-th ratio lie k - 1 of ten, and the one that nobody knows
        assert ratios.quantile(np.array([9.0]), 0.2) == pytest.approx(10)
        assert ratios.quantile(np.array([9.0]), 0.1) == pytest.approx(9)
        assert ratios.quantile(np.array([9.0]), 0.05) == 0

    @given(st.lists(st.floats(0, 500), min_size=4, max_size=30), st.floats(0, 300))
    def test_more_caution_is_less(self, left, prediction):
        ratios = Ratios.of([(0, np.array([50.0]), np.array([one])) for one in left])
        bounds = [ratios.quantile(np.array([prediction]), share) for share in (0.02, 0.1, 0.3, 0.5, 0.9)]
        assert bounds == sorted(bounds)
        assert bounds[0] >= 0

    def test_it_is_wrong_as_rarely_as_was_asked(self):
        """Over many draws of twenty series and a new one, the share of bounds that are too high."""
        rng, wrong = np.random.default_rng(7), 0
        for _ in range(1000):
            left = rng.lognormal(3, 0.7, 21)
            ratios = Ratios.of([(0, np.array([20.0]), one[None]) for one in left[:20]])
            wrong += left[20] < ratios.quantile(np.array([20.0]), 0.1)
        assert 60 < wrong < 130  # 95.2 expected: two of 21 at most


class TestPrognosis:
    def test_it_sees_the_end_come(self, prognosis, lives):
        errors = [prognosis.expected(life[:cut])[-1] - (len(life) - cut) for life in lives[40:] for cut in (40, 55)]
        plain = np.concatenate([np.arange(len(life)) for life in lives]).std()
        assert np.sqrt(np.mean(np.square(errors))) < 0.7 * plain
        near = [prognosis.remaining(life[:-5]) for life in lives[40:]]
        assert np.median([one.median for one in near]) == pytest.approx(5, abs=4)

    def test_the_bound_holds_on_new_series(self, prognosis, lives):
        rng = np.random.default_rng(8)
        cuts = [(life, int(cut)) for life in lives[40:] for cut in rng.integers(1, len(life), 3)]
        wrong = [prognosis.remaining(life[:cut]).at_least > len(life) - cut for life, cut in cuts]
        assert np.mean(wrong) < 0.2

    def test_a_sentence(self, prognosis, lives):
        result = prognosis.remaining(lives[60][:50], rate=0.2)
        assert f"at least {result.at_least} (wrong in 20 % of cases; 40 series)" in str(result)
        assert result.at_least <= result.median

    def test_too_small_a_rate_says_nothing(self, prognosis, lives):
        assert prognosis.remaining(lives[60][:50], rate=0.01).at_least == 0

    def test_a_single_row_will_do(self, prognosis, lives):
        assert prognosis.remaining(lives[60][:1]).expected > 20

    def test_a_cap_is_kept(self, lives):
        capped = Prognosis.fit(lives[:6], cap=30)
        assert capped.expected(lives[60]).max() < 36

    def test_the_same_again(self, lives):
        one, two = (Prognosis.fit(lives[:6], seed=4).expected(lives[60]) for _ in range(2))
        assert np.array_equal(one, two)


class TestRefusals:
    def test_nothing_ended(self, lives):
        going = [Series.of(life, ended=False) for life in lives[:6]]
        with pytest.raises(NoEnds, match="0 of 6 series ended; 4 at least are needed"):
            Prognosis.fit(going)
        with pytest.raises(NoEnds, match="3 of 9"):
            Prognosis.fit([*going, *lives[:3]])

    @pytest.mark.parametrize(
        ("values", "message"),
        [([], "shape"), (np.zeros((2, 2, 2)), "shape"), ([1.0, math.nan], "Row 1"), (["a", "b"], "not numbers")],
    )
    def test_no_series(self, values, message):
        with pytest.raises(InvalidInput, match=message):
            Series.of(values)

    def test_settings_of_another_length(self):
        with pytest.raises(InvalidInput, match="3 rows of values and 2 of settings"):
            Series.of([1, 2, 3], [1, 2])

    def test_series_that_do_not_fit_together(self, prognosis, lives):
        with pytest.raises(InvalidInput, match="same values"):
            Prognosis.fit([*lives[:4], np.arange(9.0)])
        with pytest.raises(InvalidInput, match=r"\(1, 0\) values and settings; \(2, 0\) were learnt"):
            prognosis.remaining(np.arange(9.0))

    def test_names_and_numbers(self, prognosis, lives):
        with pytest.raises(UnknownName, match="transformer"):
            Prognosis.fit(lives[:4], method="transfomer")
        with pytest.raises(InvalidInput, match="cap"):
            Prognosis.fit(lives[:4], cap=0)
        with pytest.raises(InvalidInput, match="rate"):
            prognosis.remaining(lives[0], rate=1)
