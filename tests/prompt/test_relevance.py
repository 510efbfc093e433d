"""Relevance: the chance that a text holds an answer, what goes for it, and what the command line says of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput
from tamis.prompt.relevance import DOUBTFUL, doubts

MILL = "The old mill of Ardal burned down in 1887. Rowe built it again, in stone."
FERRY = "The ferry to Lund leaves at noon. In winter it rests."
ASKED = "When did the mill of Ardal burn down?"
OTHER = "Which bishop crowned the king of Denmark?"


@pytest.mark.parametrize("question", [ASKED, OTHER])
def test_it_is_a_chance_in_every_view(question):
    result = tamis.compress(MILL, rate=0.5, question=question)
    assert 0 <= result.relevance <= 1
    assert result.to_dict()["relevance"] == round(result.relevance, 4)
    assert f"relevance {result.relevance:.2f}" in result.to_html()
    assert result.warnings == tuple(result.to_dict()["warnings"]) == doubts(result.relevance, None)
    json.dumps(result.to_dict(), allow_nan=False)


def test_what_answers_is_relevant_and_what_does_not_is_warned_of():
    answered, unanswered = (tamis.compress(MILL, question=q) for q in (ASKED, OTHER))
    assert answered.relevance > 0.5 > DOUBTFUL > unanswered.relevance
    assert answered.warnings == ()
    assert "hardly" in unanswered.warnings[0]


def test_without_a_question_there_is_none():
    result = tamis.compress(MILL)
    assert (result.relevance, result.warnings, result.to_dict()["relevance"]) == (None, (), None)


def test_it_is_the_same_each_time_and_in_any_company():
    alone = tamis.compress(MILL, question=ASKED).relevance
    again, beside = tamis.compress_many([FERRY, MILL], question=ASKED)
    assert beside.relevance == alone == tamis.compress(MILL, question=ASKED).relevance
    assert again.relevance < alone


def test_of_several_documents_the_best_counts():
    result = tamis.compress([FERRY, MILL], question=ASKED)
    relevance = [shown.relevance for shown in result.documents]
    assert result.relevance == max(relevance) == relevance[1] > relevance[0]


@pytest.mark.parametrize("order", ["original", "sort", "two_stage"])
@pytest.mark.parametrize("ranker", [None, "bm25"])
def test_documents_below_the_minimum_go_altogether(order, ranker):
    options = tamis.Options(order=order, ranker=ranker)
    result = tamis.compress([FERRY, MILL], rate=1.0, question=ASKED, min_relevance=0.3, options=options)
    assert result.text.strip() == MILL
    assert {piece.reason for piece in result.dropped if piece.score is not None} == {"relevance"}
    assert sorted(result.restore()) == sorted(f"{FERRY}\n\n{MILL}")
    assert {shown.number: shown.relevance < 0.3 for shown in result.documents} == {0: True, 1: False}


def test_an_answer_may_be_empty_and_says_why():
    result = tamis.compress(MILL, question=OTHER, min_relevance=0.5)
    assert (result.text, result.tokens) == ("", 0)
    assert result.warnings == (f"Nothing is relevant enough: relevance {result.relevance:.2f}, the minimum is 0.5.",)
    assert result.restore() == MILL


def test_what_is_pinned_stays_however_irrelevant():
    assert tamis.compress(MILL, question=OTHER, min_relevance=1, keep=["Rowe"], style="words").text == "Rowe."


def test_instructions_are_no_documents():
    prompt = tamis.Prompt([FERRY, MILL], instruction="Answer in one word.", question=ASKED)
    result = tamis.compress(prompt, rate=1.0, min_relevance=0.3)
    assert "Answer in one word." in result.text
    assert "ferry" not in result.text
    assert "1887" in result.text


def test_a_method_that_cannot_judge_says_nothing_until_a_minimum_asks():
    assert tamis.compress(MILL, question=ASKED, method="truncate").relevance is None
    result = tamis.compress([FERRY, MILL], rate=1.0, question=ASKED, method="truncate", min_relevance=0.3)
    assert result.text.strip() == MILL
    assert result.relevance == pytest.approx(tamis.compress([FERRY, MILL], question=ASKED).relevance)


@pytest.mark.parametrize("minimum", [-0.1, 1.5, float("nan"), "0.5", [0.5]])
def test_a_minimum_that_is_no_chance_is_refused(minimum):
    with pytest.raises(InvalidInput, match="min_relevance is a chance"):
        tamis.compress(MILL, question=ASKED, min_relevance=minimum)


def test_a_minimum_without_a_question_is_refused():
    with pytest.raises(InvalidInput, match="needs a question"):
        tamis.compress(MILL, min_relevance=0.5)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("", ASKED),
        (" \n\t ", ASKED),
        ("... !!! ---", ASKED),
        (MILL, "???"),
        (MILL, "Wann brannte die Mühle?"),
        ("磨坊于1887年烧毁。", "磨坊什么时候烧毁?"),
        ("mill " * 3000, ASKED),
        ("1887", "1887"),
    ],
)
def test_odd_texts_and_questions_have_a_chance_too(text, question):
    result = tamis.compress(text, question=question)
    assert 0 <= result.relevance <= 1
    if not any(c.isalnum() for c in text):
        assert result.relevance == 0


VOCABULARY = [*["the", "mill", "burned", "in", "1887", ".", "Rowe", "built", "not", ",", "?", "ferry", "磨坊"], "é\n\n"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=25)


@pytest.mark.usefixtures("plain_encoder")
class TestLaws:
    """Under an encoder whose opinions cost nothing."""

    @given(st.lists(WORDS.map(" ".join), max_size=4), st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    @settings(max_examples=60)
    def test_a_minimum_of_nothing_changes_nothing(self, documents, rate):
        plain = tamis.compress(documents, rate=rate, question=ASKED)
        same = tamis.compress(documents, rate=rate, question=ASKED, min_relevance=0)
        assert (same.text, same.tokens, same.relevance) == (plain.text, plain.tokens, plain.relevance)

    @given(st.lists(WORDS.map(" ".join), max_size=4), st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
    @settings(max_examples=60)
    def test_a_higher_minimum_loses_documents_and_wins_none(self, documents, minima):
        low, high = (tamis.compress(documents, rate=1.0, question=ASKED, min_relevance=m) for m in minima)
        excluded = [set(np.flatnonzero(r.selection.excluded).tolist()) for r in (low, high)]
        assert excluded[0] <= excluded[1]
        assert len(high.text) <= len(low.text)
        assert low.relevance == high.relevance
        assert (low.relevance < minima[0]) == bool(low.warnings and low.warnings[0].startswith("Nothing"))

    @given(st.lists(WORDS.map(" ".join), max_size=4))
    @settings(max_examples=60)
    def test_each_document_has_a_chance_and_one_without_a_word_none(self, documents):
        shown = tamis.compress(documents, question=ASKED).documents
        assert len(shown) == len(documents)
        assert all(0 <= one.relevance <= 1 for one in shown)
        assert all(one.relevance == 0 for one in shown if not any(map(str.isalnum, documents[one.number])))


def test_a_ranking_says_it_too():
    ranking = tamis.rank(ASKED, [FERRY, MILL, "", MILL])
    assert ranking.relevance[1] == ranking.relevance[3] > ranking.relevance[0] > ranking.relevance[2] == 0
    assert tamis.rank(ASKED, [FERRY, MILL], ranker="bm25").relevance is None
