"""The sentence rankers of the literature: worked by hand, and against their formulas on dense matrices."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.prompt.methods.auto.walk import random_walk
from tamis.prompt.methods.extracts import (
    centroid_mmr,
    lead,
    lexrank,
    lexrank_scores,
    max_marginal_relevance,
    textrank,
    textrank_scores,
)
from tests.text.texts import texts

ALL = [lead, textrank, lexrank, centroid_mmr]
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
WORDS = ["alpha", "beta", "gamma", "delta", "the", "of"]
SOME = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1)


def text_of(sentences):
    return " ".join(" ".join(words).capitalize() + "." for words in sentences)


@pytest.mark.parametrize("scorer", ALL)
@SHARED
@given(parts=st.lists(texts, max_size=3))
def test_every_word_gets_its_sentence_s_number_from_0_to_1(request_of, plain_encoder, scorer, parts):
    request = request_of(parts)
    (scores,) = scorer([request])
    assert scores.shape == (len(request.units),)
    assert ((scores >= 0) & (scores <= 1)).all()
    for number in set(request.sentence_of.tolist()):
        assert len(set(scores[request.sentence_of == number].tolist())) == 1


@pytest.mark.parametrize("scorer", ALL)
def test_the_other_texts_of_a_call_change_nothing(request_of, plain_encoder, scorer):
    one, other = request_of("The pump broke in May. Nobody noticed."), request_of("Pumps: they break. In May!")
    np.testing.assert_array_equal(scorer([one])[0], scorer([other, one])[1])


def test_lead_takes_the_sentences_in_order(request_of):
    request = request_of("One two. Three four. Five.")
    assert lead([request])[0].tolist() == pytest.approx([1, 1, 1, 2 / 3, 2 / 3, 2 / 3, 1 / 3, 1 / 3])


def dense_walk(weights, damping=0.85):
    """The formula, iterated on a matrix a thousand times."""
    rank = np.ones(len(weights))
    degree = weights.sum(axis=0)
    for _ in range(1000):
        rank = np.array(
            [
                (1 - damping) + damping * sum(w * r / d for w, r, d in zip(row, rank, degree, strict=True) if d > 1e-6)
                for row in weights
            ]
        )
    return rank


def test_the_walk_on_a_star_by_hand():
    # a = .15 + .85 * (b + c), b = c = .15 + .85 * a / 2: a = .405 / .2775, b = .15 + .425 * a
    star = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], float)
    np.testing.assert_allclose(random_walk(star.dot, 3), [1.4595, 0.7703, 0.7703], atol=1e-3)


def test_a_sentence_with_no_edge_keeps_what_the_jump_gives():
    assert random_walk(np.zeros((2, 2)).dot, 2) == pytest.approx([0.15, 0.15])


def test_textrank_by_hand(request_of):
    # "pump" is in the first and the second sentence, of 3 and 4 words: weight 1 / (log 3 + log 4). The third shares
    # nothing but "the", which is no content. Two that are joined only to each other rank 1, one that is alone .15.
    request = request_of("The pump hums. The old pump leaks. The valve sticks.")
    np.testing.assert_allclose(textrank_scores(request), [1, 1, 0.15], atol=1e-5)


@settings(SHARED, max_examples=30)
@given(SOME)
def test_textrank_equals_the_formula(request_of, sentences):
    content = [set(words) - {"the", "of"} for words in sentences]
    size = len(sentences)
    weights = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            over = math.log(len(sentences[i])) + math.log(len(sentences[j]))
            if i != j and over > 0:
                weights[i, j] = len(content[i] & content[j]) / over
    np.testing.assert_allclose(textrank_scores(request_of(text_of(sentences))), dense_walk(weights), atol=1e-4)


@settings(SHARED, max_examples=30)
@given(SOME)
def test_lexrank_equals_the_formula(request_of, sentences):
    size = len(sentences)

    def idf(word):
        return math.log(size / sum(word in other for other in sentences))

    def vector(words):
        return {word: words.count(word) * idf(word) for word in words}

    def cosine(a, b):
        over = math.sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
        return sum(x * b.get(word, 0) for word, x in a.items()) / over if over > 1e-12 else 0.0

    vectors = [vector(words) for words in sentences]
    weights = np.array([[cosine(a, b) for b in vectors] for a in vectors])
    np.testing.assert_allclose(lexrank_scores(request_of(text_of(sentences))), dense_walk(weights), atol=1e-4)


def test_lexrank_prefers_what_others_resemble(request_of):
    # The second sentence shares a word with each of the others, these none with one another.
    request = request_of("Red pumps hum. Red valves stick. Old valves leak.")
    assert lexrank_scores(request).argmax() == 1


def test_mmr_by_hand():
    # The first two are alike: once 0 is taken, 1 is worth .5 * .8 - .5 * 1 = -.1, and 2 is worth .5 * .5 = .25.
    vectors = np.array([[1, 0], [1, 0], [0, 1]], float)
    assert max_marginal_relevance(np.array([0.9, 0.8, 0.5]), vectors, 0.5).tolist() == [0, 2, 1]
    assert max_marginal_relevance(np.array([0.9, 0.8, 0.5]), vectors, 1.0).tolist() == [0, 1, 2]


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 4), min_size=1, max_size=8), st.sampled_from([0.3, 0.7, 1.0]))
def test_mmr_equals_the_definition(rows, trade):
    raw = np.array(rows, float)
    vectors = raw[:, 1:] / np.maximum(np.linalg.norm(raw[:, 1:], axis=1, keepdims=True), 1e-9)
    taken = []
    for number in max_marginal_relevance(raw[:, 0], vectors, trade).tolist():
        rest = [i for i in range(len(rows)) if i not in taken]
        worth = {
            i: trade * raw[i, 0] - (1 - trade) * max((vectors[i] @ vectors[j] for j in taken), default=0) for i in rest
        }
        assert worth[number] == pytest.approx(max(worth.values()))
        taken.append(number)


def test_centroid_mmr_by_hand(request_of, plain_encoder):
    # Bags of words, full stop and all: the centroid is (3 red, 3 pumps, 3 leak, 1 hum, 1 old, 1 valves, 4 .) / 6.78.
    # Cosines with it .958, .811, .664, .958; with the first .75, .5, 1. Turns: 0; then .6 * .811 - .4 * .75 = .187,
    # .6 * .664 - .4 * .5 = .198, .6 * .958 - .4 = .175: the third; then the second, whose nearest is still at .75.
    request = request_of("Red pumps leak. Red pumps hum. Old valves leak. Red pumps leak.")
    (scores,) = centroid_mmr([request])
    assert [float(scores[request.sentence_of == i][0]) for i in range(4)] == [1, 0.5, 0.75, 0.25]
