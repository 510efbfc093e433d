"""The measures of answers kept, on examples that can be worked out by hand; needs neither data nor model."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tamis.text.words import words

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def quality():
    """The program's modules by name."""
    names = ("_squad", "_figures", "_blind", "_fit", "_fit_blind")
    sys.path.insert(0, str(FOLDER))
    try:
        return {name: import_module(name) for name in names}
    finally:
        sys.path.remove(str(FOLDER))


def test_normalised_as_squad_does(quality):
    assert quality["_squad"].normalised("The U.S. Army's (1st) An-2!") == ["us", "armys", "1st", "an2"]


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("It was built in May, 1902.", ["may 1902"], True),
        ("It was built in 1902.", ["19"], False),  # whole words only
        ("He saw the University of Chicago", ["University of the Chicago"], True),  # articles do not count
        ("Anything", ["the"], False),  # nothing is left of the answer
        ("Nothing here", ["x", "here"], True),  # any answer will do
    ],
)
def test_contains(quality, text, answers, found):
    assert quality["_squad"].contains(text, answers) is found


def test_kept_tells_words_content_words_and_phrase_apart(quality):
    kept = quality["_blind"].kept
    assert kept("Chicago has a University of", ["University of Chicago"]) == (True, True, False)
    assert kept("University Chicago", ["University of Chicago"]) == (False, True, False)
    assert kept("one pump", ["pump pump"]) == (False, False, False)  # each mention of a word needs one


def test_share_and_difference_hold_the_mean_between_their_bounds(quality):
    hits = [True] * 75 + [False] * 25
    mean, low, high = quality["_figures"].share(hits)
    assert mean == 75
    assert 60 < low < 75 < high < 90
    assert quality["_figures"].difference(hits, hits) == (0, 0, 0)


def test_auc_counts_ties_half(quality):
    auc = quality["_figures"].auc
    assert auc(np.array([3.0, 1.0, 2.0]), np.array([True, False, False])) == 1
    assert auc(np.array([1.0, 1.0]), np.array([True, False])) == 0.5


def test_plots_come_as_png_and_svg(quality, tmp_path):
    pytest.importorskip("matplotlib")
    curves = {"auto": {0.1: (90.0, 85.0, 95.0), 0.05: (80.0, 75.0, 85.0)}, "random": {0.1: (9.0, 8.0, 10.0)}}
    quality["_figures"].plot(curves, tmp_path / "plot", title="A plot")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "plot.svg").read_text()


def test_occurrences_are_word_numbers(quality):
    units = words("Pumps: the pump, and the pump again.")
    found = quality["_fit_blind"].occurrences(units, "the pump")
    assert [[units.bodies()[i] for i in o] for o in found] == [["pump"], ["pump"]]


def test_the_blend_learns_what_answers_share(quality):
    """Words with a high first feature are the answers; the fit has to find that out among features of noise."""
    fit, case = quality["_fit_blind"], quality["_fit_blind"].Case
    rng = np.random.default_rng(1)
    cases = []
    for _ in range(20):
        features = rng.normal(size=(30, len(fit.FEATURES)))
        best = np.argsort(-features[:, 0])[:3]
        cases.append(case(features, np.ones(30, np.int64), 30, tuple((np.array([i]),) for i in best)))
    weights = fit.fit(cases)
    assert np.argmax(np.abs(weights)) == 0
    assert weights[0] > 0


def test_the_fusion_learns_which_sentences_are_right(quality):
    gradient = quality["_fit"]._gradient
    x, good = np.eye(3), np.array([True, False, False])
    step = gradient(x, good, np.zeros(3))
    assert step[0] < 0 < step[1] == step[2]  # down the gradient: the right one's weight up, the others' down
