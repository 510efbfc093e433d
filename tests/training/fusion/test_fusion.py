"""The fits of the constants of `auto`, on data whose answer is known."""

import numpy as np

from tamis.prompt.methods.auto.salience import FEATURES
from tamis.text.words import words
from training.fusion import relevance, salience


def test_occurrences_are_word_numbers():
    units = words("Pumps: the pump, and the pump again.")
    found = salience.occurrences(units, "the pump")
    assert [[units.bodies()[i] for i in o] for o in found] == [["pump"], ["pump"]]


def test_the_blend_learns_what_answers_share():
    """Words with a high first feature are the answers; the fit has to find that out among features of noise."""
    rng = np.random.default_rng(1)
    cases = []
    for _ in range(20):
        features = rng.normal(size=(30, len(FEATURES)))
        best = np.argsort(-features[:, 0])[:3]
        cases.append(salience.Case(features, np.ones(30, np.int64), 30, tuple((np.array([i]),) for i in best)))
    weights = salience.fit(cases)
    assert np.argmax(np.abs(weights)) == 0
    assert weights[0] > 0


def test_the_fusion_learns_which_sentences_are_right():
    gradient = relevance._gradient
    x, good = np.eye(3), np.array([True, False, False])
    step = gradient(x, good, np.zeros(3))
    assert step[0] < 0 < step[1] == step[2]  # down the gradient: the right one's weight up, the others' down
