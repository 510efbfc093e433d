import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis import Document, Options, compress
from tamis.prompt.methods.auto.features import K1, B, bm25
from tamis.prompt.methods.baselines import (
    bm25_sentences,
    embedding_sentences,
    random_words,
    stopwords,
    tfidf_words,
    truncate,
)
from tamis.text.function_words import FUNCTION_WORDS
from tests.text.texts import texts

BLIND = [random_words, truncate, stopwords, tfidf_words]
ASKED = [bm25_sentences, embedding_sentences]
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.mark.parametrize("scorer", BLIND + ASKED)
@SHARED
@given(parts=st.lists(texts, max_size=3))
def test_every_word_gets_a_number_from_0_to_1(request_of, plain_encoder, scorer, parts):
    requests = [request_of(parts, "What is it?"), request_of("A second text.", "What is it?")]
    scores = scorer(requests)
    assert [s.shape for s in scores] == [(len(r.units),) for r in requests]
    assert all(((s >= 0) & (s <= 1)).all() for s in scores)


BARE = Options(form="bare")  # single words, without the laws of prose


def test_the_blank_line_between_blank_documents_scores_from_0_to_1_too(request_of):
    (scores,) = tfidf_words([request_of(["", ""])])
    assert 0 <= scores[0] <= 1


@pytest.mark.parametrize("scorer", BLIND + ASKED)
def test_the_other_texts_of_a_call_change_nothing(request_of, plain_encoder, scorer):
    one = request_of("The pump broke in May. Nobody noticed.", "When did the pump break?")
    other = request_of("Pumps, pumps, pumps: they break. In May!", "Who cares?")
    np.testing.assert_array_equal(scorer([one])[0], scorer([other, one])[1])


def test_random_depends_on_the_seed_and_never_on_the_words(request_of):
    (left,) = random_words([request_of("four words of text", seed=3)])
    (right,) = random_words([request_of("now some other ones", seed=3)])
    np.testing.assert_array_equal(left, right)
    assert not np.array_equal(left, random_words([request_of("four words of text", seed=4)])[0])


def test_truncate_keeps_the_beginning():
    text = "One two three four five six seven eight nine ten eleven twelve"
    assert (
        compress(text, rate=0.5, method="truncate", tokenizer="words", options=BARE).text
        == "One two three four five six"
    )


def test_stopwords_keep_content_then_the_beginning():
    # Content: pump, not, broken, valve, stuck; function words and the full stop come after these, from the left.
    text = "The pump was not broken but the valve was stuck ."
    kept = compress(text, tokens=5, method="stopwords", tokenizer="words", options=BARE)
    assert kept.text == "pump not broken valve stuck"
    assert compress(text, tokens=3, method="stopwords", tokenizer="words", options=BARE).text == "pump not broken"


def test_function_words_are_lower_case_and_hold_no_negation():
    assert all(word == word.lower() for word in FUNCTION_WORDS)
    assert not FUNCTION_WORDS & {"no", "not", "never", "none", "nor", "neither", "nobody", "nothing", "without"} - {
        "without"
    }


def test_tfidf_prefers_what_few_sentences_say(request_of):
    # "the" and "." are in all three sentences, "pump" in two, the others in one.
    request = request_of("The pump hums. The pump leaks. The valve sticks.")
    by_word = dict(zip(request.units.bodies(), tfidf_words([request])[0].tolist(), strict=True))
    assert by_word["The"] == by_word["."] < by_word["pump"] < by_word["valve"] == by_word["hums"] == 1.0


def naive_bm25(groups, query):
    """The formula, word by word."""
    lengths = [len(g) for g in groups]
    mean = sum(lengths) / len(groups)
    total = []
    for group in groups:
        score = 0.0
        for term in set(query):
            spread = sum(term in g for g in groups)
            idf = math.log(1 + (len(groups) - spread + 0.5) / (spread + 0.5))
            count = group.count(term)
            score += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * len(group) / mean))
        total.append(score)
    return total


@SHARED
@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=1), min_size=1), st.lists(st.sampled_from("abcde")))
def test_bm25_equals_the_formula(request_of, groups, query):
    request = request_of(" ".join(" ".join(g) for g in groups), " ".join(query))
    group_of = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    np.testing.assert_allclose(bm25(request, group_of, len(groups)), naive_bm25(groups, query))


def test_bm25_ignores_case_and_punctuation_of_the_question(request_of):
    request = request_of("The pump broke! Fine. The valve held!", "PUMP!!!")
    scores = bm25(request, request.sentence_of, 3)
    assert scores.argmax() == 0
    assert scores[2] == 0


def test_sentences_fill_from_the_left():
    text = "Nobody asked about it. The red pump broke in the cold month of May. Everybody slept well."
    kept = compress(text, tokens=5, question="red pump?", method="bm25-sentences", tokenizer="words", options=BARE)
    assert kept.text == "The red pump broke in"


def test_embedding_sentences_add_sentence_and_document(request_of, plain_encoder):
    # Both sentences "It broke." are the same; the second document is nearer to the question.
    documents = [Document("It broke. Fine.", "Valve"), Document("It broke. The old red pump.", "Pump")]
    request = request_of(documents, "red pump")
    (scores,) = embedding_sentences([request])
    by_document = [scores[(request.document_of == d) & (np.array(request.units.bodies()) == "broke")] for d in (0, 1)]
    assert by_document[0] < by_document[1]


def test_the_title_counts_as_part_of_a_sentence(request_of, plain_encoder):
    with_title, without = (
        embedding_sentences([request_of([Document("It broke.", title), Document("It broke.")], "pump")])[0]
        for title in ("Pump", None)
    )
    assert with_title[-2] == without[-2]
    assert with_title[1] > without[1]
