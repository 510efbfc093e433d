import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis import Document, compress
from tamis.errors import InvalidInput, UnknownName
from tamis.models import catalog
from tamis.prompt.methods.auto import cascade, salience
from tamis.prompt.methods.auto.features import encoder_of
from tamis.prompt.methods.auto.relevance import FEATURES, FUSION, judged
from tamis.prompt.methods.auto.salience import closed
from tamis.prompt.methods.auto.scorer import auto
from tamis.prompt.methods.llmlingua2 import llmlingua2
from tests.text.texts import texts

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
DOCUMENTS = [
    Document("The boiler was built in 1851. It is red.", "Boiler"),
    Document("The pump was built in 1902. It is blue.", "Pump"),
    Document("The valve stuck. Nobody knows why.", "Valve"),
]


@pytest.fixture
def plain_classifier(monkeypatch, plain_encoder):
    monkeypatch.setattr(catalog, "load", lambda name, threads=None: plain_encoder)


@SHARED
@given(parts=st.lists(texts, max_size=3), question=st.none() | st.just("When was the pump built?"))
def test_auto_gives_every_word_a_number_from_0_to_1(request_of, plain_encoder, parts, question):
    requests = [request_of(parts, question), request_of("A second text, of 1902.", question)]
    scores = auto(requests)
    assert [s.shape for s in scores] == [(len(r.units),) for r in requests]
    assert all(((s >= 0) & (s <= 1)).all() for s in scores)


@pytest.mark.parametrize("question", [None, "When was the pump built?"])
def test_the_other_texts_of_a_call_change_nothing(request_of, plain_encoder, question):
    one, other = request_of(DOCUMENTS, question), request_of("Pumps, pumps: they break.", question)
    np.testing.assert_array_equal(auto([one])[0], auto([other, one])[1])


def test_nothing_to_score(plain_encoder):
    assert auto([]) == []
    assert llmlingua2([]) == []


def test_llmlingua2_pools_token_scores_over_words(request_of, plain_classifier):
    # The plain model cuts "x-rays" into x | - | rays, which score 1/20, 1/20 and 4/20.
    for pool, wanted in (("mean", 0.1), ("first", 0.05), ("max", 0.2)):
        (scores,) = llmlingua2([request_of("x-rays", pool=pool)])
        np.testing.assert_allclose(scores, [wanted])


def test_a_word_without_tokens_scores_0(request_of, plain_classifier, plain_encoder, monkeypatch):
    seen = plain_encoder.keep
    monkeypatch.setattr(plain_encoder, "keep", lambda given: seen([t.replace("odd", "   ") for t in given]))
    assert llmlingua2([request_of("odd even")])[0].tolist() == [0.0, 0.2]


def test_with_a_question_the_document_that_answers_stays(plain_encoder):
    kept = compress(DOCUMENTS, tokens=9, question="When was the pump built?", tokenizer="words")
    assert "pump was built in 1902" in kept.text
    assert "valve" not in kept.text


def test_features_say_what_they_are_called(request_of, plain_encoder):
    request = request_of(DOCUMENTS, "pump 1902")
    (known,) = judged([request])
    feature = dict(zip(FEATURES, known.features.T, strict=True))
    told = [s.of(request.text).strip() for s in known.laid.sentences]
    best = told.index("The pump was built in 1902.")
    for name in ("sentence", "evidence", "words"):
        assert np.where(known.laid.heading, -np.inf, feature[name]).argmax() == best
    assert feature["words"][best] == 1
    assert set(np.flatnonzero(feature["passage words"] == 1)) == set(range(3, 6))
    # One word of seven is in the question: (2 - 2 * 6) / 7; no title was read.
    assert feature["evidence"][best] == pytest.approx((2 + 2 - 2 * 5) / 7)
    assert feature["answer"][best] == 3


def test_only_the_best_passages_are_read_together_with_the_question(request_of, plain_encoder, monkeypatch):
    for name, value in {"WHOLE": 0, "LEAST": 0, "READ": 12}.items():
        monkeypatch.setattr(cascade, name, value)
    read = []
    whole = plain_encoder.relevance
    monkeypatch.setattr(plain_encoder, "relevance", lambda q, passages: read.extend(passages) or whole(q, passages))
    (known,) = judged([request_of(DOCUMENTS, "When was the pump built?")])
    assert len(read) == 1
    assert read[0].startswith("Pump\n")
    assert np.isfinite(known.features).all()


@given(st.lists(st.floats(-9, 9), max_size=30), st.integers(1, 4))
def test_closing_only_raises_and_is_idempotent(values, reach):
    once = closed(np.array(values, float), reach)
    assert (once >= values).all()
    np.testing.assert_array_equal(closed(once, reach), once)


def test_closing_fills_gaps_up_to_the_reach():
    assert closed(np.array([5.0, 0, 0, 4, 0]), 2).tolist() == [5, 4, 4, 4, 0]
    apart = np.array([5.0, 0, 0, 0, 5.0])
    assert closed(apart, 2).tolist() == apart.tolist()


def test_what_was_said_before_matters_less(request_of, plain_encoder):
    first, again = auto([request_of("boiler pump boiler")])[0][[0, 2]]
    assert first > again


def test_there_is_a_weight_for_each_feature():
    assert len(FUSION.weights) == len(FEATURES)
    assert len(salience.WEIGHTS) == len(salience.FEATURES)


def test_an_unknown_model_is_named(request_of):
    request = request_of("Some text.")
    with pytest.raises(UnknownName, match="minj"):
        encoder_of(type(request)(request.units, request.documents, request.preferred, None, "minj"))


def test_a_token_classifier_has_no_opinion_on_questions(request_of, monkeypatch):
    monkeypatch.setattr(catalog, "load", lambda name, threads=None: object())
    with pytest.raises(InvalidInput, match="llmlingua2"):
        encoder_of(request_of("Some text."))
