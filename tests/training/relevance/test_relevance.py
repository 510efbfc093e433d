"""The fit of relevance: cases, weights, the regression and its figures, on what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.data.readers import Passage, Question
from training.relevance import fit
from training.relevance.cases import _of, says, weights

SCORED = st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.4, 0.9]), st.booleans()), min_size=2, max_size=30)


@given(SCORED)
def test_auroc_is_the_share_of_pairs_in_order(scored):
    scores, truth = np.array([s for s, _ in scored]), np.array([t for _, t in scored])
    pairs = [(a, b) for a in scores[truth] for b in scores[~truth]]
    if pairs:
        expected = np.mean([1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs])
        assert fit.auroc(scores, truth) == pytest.approx(expected)


def test_a_case_that_weighs_twice_is_two_cases():
    scores, truth = np.array([0.9, 0.4, 0.4, 0.7]), np.array([True, True, False, False])
    twice = fit.auroc(np.append(scores, 0.7), np.append(truth, False))
    assert fit.auroc(scores, truth, np.array([1.0, 1.0, 1.0, 2.0])) == pytest.approx(twice)


def test_half_of_the_weight_has_an_answer_and_the_kinds_share_the_rest():
    kinds = np.array(["answered"] * 2 + ["same"] * 3 + ["swapped"])
    weight = weights(kinds)
    sums = [float(weight[kinds == kind].sum()) for kind in ("answered", "same", "swapped")]
    assert sums == pytest.approx([3, 1.5, 1.5])


def test_the_regression_finds_the_odds_that_cases_were_drawn_with():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(4000, 2)) * [1, 10]
    truth = rng.random(4000) < fit.sigmoid(features @ [1.0, -0.1] + 0.5)
    fitted = fit.logistic(features, truth, np.ones(4000), decay=0.0)
    assert fitted == pytest.approx([1.0, -0.1, 0.5], abs=0.12)


def test_chances_that_keep_their_promise_have_no_error():
    chances = np.array([0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75])
    truth = np.array([True, False, False, False, True, True, True, False])
    bins = fit.reliability(chances, truth, np.ones(8))
    assert [(one.low, one.share, one.chance, one.answered) for one in bins] == [
        (0.2, 0.5, 0.25, 0.25),
        (0.7, 0.5, 0.75, 0.75),
    ]
    assert fit.calibration_error(bins) == 0
    assert fit.calibration_error(fit.reliability(np.ones(8), truth, np.ones(8))) == pytest.approx(0.5)


def test_a_question_with_an_answer_is_asked_of_paragraphs_without_it():
    ask = Question("1", "When?", ("1887",))
    own = Passage("Mill", "It burned in 1887.", (ask, Question("2", "Why?", ())))
    passages = [
        own,
        Passage("Mill", "Rebuilt of stone.", ()),
        Passage("Boat", "Of 1887.", ()),
        Passage("Sea", "Blue.", ()),
    ]
    rng = np.random.default_rng(0)
    drawn = [case for question in own.questions for case in _of(question, own, passages, rng)]
    assert [(case.kind, case.documents[0]) for case in drawn] == [
        ("answered", own.text),
        ("swapped", "Blue."),
        ("same", "Rebuilt of stone."),
        ("unanswerable", own.text),
    ]
    assert says("Of 1887.", ["1887"])
