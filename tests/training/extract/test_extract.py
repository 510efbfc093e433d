"""The fit of the constants of whole sentences: what is wanted of a text, and the search."""

from collections import Counter

import numpy as np
import pytest

from tamis.prompt.methods.auto.centrality import Extract
from training.extract import cases, run


def test_an_answer_is_met_where_all_its_words_are_kept_as_often_as_it_has_them():
    said = [Counter(["the", "red", "red", "pump"]), Counter(["a", "red", "valve"])]
    wanted = (cases._counts(said, Counter({"red": 2, "pump": 1})), cases._counts(said, Counter({"valve": 1})))
    masks = [np.array(mask, bool) for mask in ([True, False], [False, True], [False, False])]
    assert [cases._met(wanted[:1], mask) for mask in masks] == [True, False, False]
    assert [cases._met(wanted, mask) for mask in masks] == [True, True, False]


def test_a_case_by_hand(monkeypatch):
    from tests.prompt.conftest import PlainEncoder

    monkeypatch.setattr(cases, "encoder_of", lambda request: PlainEncoder())
    case = cases._summed_up(
        "The boiler exploded. Nobody noticed it. The valve stuck.", "A boiler exploded; a valve.", 3
    )
    assert case is not None
    assert len(case.wanted) == 3
    assert case.met(np.array([True, False, False])) == [True, True, False]
    assert case.costs.sum() == pytest.approx(case.total, abs=2)
    assert cases._summed_up("The boiler exploded.", "Something else.", 3) is None


def test_the_search_climbs():
    found = run.search(Extract(centre=0.0), lambda extract: -abs(extract.centre - 2.0), steps=60, seed=1)
    assert found.centre == pytest.approx(2.0, abs=0.3)


def test_a_trial_stays_where_the_constants_mean_something():
    rng = np.random.default_rng(2)
    extract = Extract()
    for _ in range(300):
        extract = run._moved(extract, rng)
        assert extract.width >= 0.2
        assert 0 <= extract.again <= 1
        assert min(extract.topic, extract.base, extract.place, extract.centre) >= 0
    assert extract.novelty == Extract().novelty
