"""What of a text is read for a question: every word of a short one, of a long one what promises an answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis import Document, compress
from tamis.prompt.methods.auto import cascade
from tamis.prompt.methods.auto.cascade import looks, worth_reading
from tamis.prompt.methods.auto.features import lexical, stemming
from tamis.prompt.methods.auto.layout import layout
from tamis.prompt.methods.auto.relevance import judged
from tamis.prompt.methods.auto.scorer import auto

QUESTION = "When was the pump built?"
DOCUMENTS = [
    Document("The boiler was built in 1851. It is red. It is tall.", "Boiler"),
    Document("It is blue. The pump was built in 1902. Nobody paints it.", "Pump"),
    Document("The valve stuck. Nobody knows why.", "Valve"),
]


@pytest.fixture
def long(monkeypatch):
    """Every text counts as a long one, of which little is read."""
    for name, value in {"WHOLE": 0, "LEAST": 0, "READ": 16, "ENCODED": 0}.items():
        monkeypatch.setattr(cascade, name, value)


def test_a_short_text_is_read_whole(request_of, plain_encoder):
    (known,) = judged([request_of(DOCUMENTS, QUESTION)])
    assert known.read.all()
    assert known.encoded.all()


def test_of_a_long_text_little_is_read_and_the_rest_is_estimated(request_of, plain_encoder, long):
    request = request_of(DOCUMENTS, QUESTION)
    seen = looks(plain_encoder, request, layout(request))
    assert seen.read.tolist() == [False, True, False]
    assert 3 <= np.count_nonzero(seen.encoded) < len(seen.encoded)
    assert np.isfinite(seen.sentence).all()
    # A sentence that nobody encoded is worth less than the best of its passage.
    guessed = np.flatnonzero(~seen.encoded)
    assert (seen.sentence[guessed] <= seen.passage[layout(request).passage_of[guessed]]).all()


def test_the_cascade_keeps_what_the_whole_reading_keeps(plain_encoder, long):
    kept = compress(DOCUMENTS, tokens=9, question=QUESTION, tokenizer="words")
    assert "pump was built in 1902" in kept.text


def test_with_a_question_nobody_asks_what_any_reader_needs(request_of, plain_encoder, monkeypatch):
    monkeypatch.setattr(plain_encoder, "keep", lambda texts: pytest.fail("a reading that weighs nothing"))
    (scores,) = auto([request_of(DOCUMENTS, QUESTION)])
    assert np.isfinite(scores).all()


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 500)), min_size=1, max_size=60))
def test_the_best_passages_are_read_within_the_words_or_one(pairs):
    merit, sizes = np.array([m for m, _ in pairs]), np.array([s for _, s in pairs], np.int64)
    read = worth_reading(merit, sizes)
    assert read[merit.argmax()]
    assert sizes[read].sum() <= cascade.READ or np.count_nonzero(read) == 1
    assert merit[read].min() >= merit[~read].max(initial=-9)  # the best first, whatever their size


def test_stems_meet_and_function_words_go():
    assert stemming("The ships sailed on.")(["Ships", "were", "sunk", "."]) == ["ship", "", "sunk", ""]


def test_other_languages_have_their_own_stems_and_no_english_function_words():
    stems = stemming("Die Schiffe sind nicht gesunken, weil das Wetter gut war und die Mannschaft auch.")
    assert stems(["Schiffe", "or"]) == ["schiff", "or"]


def test_lexical_evidence_is_1_for_the_best_and_counts_the_title(request_of):
    request = request_of(DOCUMENTS, "pumps building")
    sentence, passage = lexical(request, layout(request))
    assert (sentence.max(), passage.max()) == (1.0, 1.0)
    assert passage.argmax() == 1


def test_without_a_word_in_common_there_is_no_lexical_evidence(request_of):
    request = request_of(DOCUMENTS, "zebra")
    sentence, passage = lexical(request, layout(request))
    assert not sentence.any()
    assert not passage.any()
