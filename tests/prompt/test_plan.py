"""The budget controller: eq. 2, algorithm 1, eq. 3 of LLMLingua, eq. 2 and 5 of LongLLMLingua, each worked by hand."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.prompt.documents.controller import shares
from tamis.prompt.documents.order import arranged
from tamis.prompt.documents.rankers import Perplexity, Ranking
from tamis.prompt.documents.source import source_of
from tamis.prompt.options import Options, Surprisal
from tamis.prompt.request import Request
from tamis.text.words import words

TEN = "a b c d e f g h i j"
DOCUMENTS = ["alpha beta gamma delta", "mill fire mill fire", "lamp desk road tree"]


def planned(given, limit, *, scores=None, order="original", dynamic=0.0, pinned=None, asked=None, **knobs):
    """(shares of words, the request, the ranked documents); every word costs 1."""
    source = source_of(given)
    if scores is not None:
        source = arranged(source, Ranking.of("by hand", np.array(scores, np.float64)), order)
    units = words(source.text)
    nothing = np.zeros(len(units), np.bool_)
    request = Request(
        units, source, nothing, asked, "mini-lm", Options(surprisal=Surprisal(**knobs)),
        pinned=None if pinned is None else np.array(pinned), costs=np.ones(len(units), np.int64),
    )  # fmt: skip
    return shares(request, limit, question=asked, dynamic=dynamic), request, source


def by_document(made, request):
    """The share of each document; all of its words must have the same."""
    found = []
    for number in range(len(request.documents)):
        mine = set(made[request.document_of == number].round(12).tolist())
        assert len(mine) == 1
        found.append(mine.pop())
    return found


def test_eq_2_what_instruction_and_question_keep_is_paid_first():
    # L = 10 + 40 + 10, limit 30: (30 - 0.85 * 10 - 0.9 * 10) / 40 = 0.3125
    prompt = tamis.Prompt(instruction=TEN, context=[" ".join([TEN] * 4)], question=TEN)
    made, request, _ = planned(prompt, 30)
    assert by_document(made, request) == pytest.approx([0.85, 0.3125, 0.9])


def test_eq_2_where_nothing_is_left_nothing_is_shared():
    prompt = tamis.Prompt(instruction=TEN, context=[TEN], question=TEN)
    made, request, _ = planned(prompt, 12)
    assert by_document(made, request) == pytest.approx([0.85, 0.0, 0.9])


@pytest.mark.parametrize(
    ("coarse", "stay"),
    [
        (2.0, [1, 2]),  # 2 * 10 = 20 words: two documents of ten
        (1.0, [1]),
        (0.5, [1]),  # one stays, whatever it holds
        (3.0, [0, 1, 2]),
        (0.0, [0, 1, 2, 3]),  # no coarse selection
    ],
)
def test_algorithm_1_documents_stay_best_first_up_to_k_times_the_room(coarse, stay):
    made, request, _ = planned([TEN] * 4, 10, scores=[2, 4, 3, 1], coarse=coarse)
    found = by_document(made, request)
    assert [i for i, share in enumerate(found) if share > 0] == stay
    assert found[1] == pytest.approx(min(1.0, 10 / (10 * len(stay))))


def test_algorithm_1_stops_at_the_first_that_does_not_fit():
    # best first: 4 words, 12 words (too many for 10), 2 words, which would fit but come behind
    made, request, _ = planned([TEN[:7], " ".join([TEN, "k l"]), "y z"], 5, scores=[3, 2, 1], coarse=2)
    assert by_document(made, request) == [1.0, 0.0, 0.0]


def test_eq_3_what_the_documents_leave_goes_to_instruction_and_question():
    # limit 20, room 20 - 8 - 5 = 7; k * room = 14, held 10 (the second document does not fit): 4 over 20 words: +0.2
    prompt = tamis.Prompt(instruction=TEN, context=[TEN, TEN], question=TEN)
    made, request, _ = planned(prompt, 20, scores=[2, 1], coarse=2, instruction=0.8, question=0.5)
    # then eq. 2 anew: 20 - 10 - 7 = 3 of 10
    assert by_document(made, request) == pytest.approx([1.0, 0.3, 0.0, 0.7])


def test_eq_5_over_the_documents_that_stay():
    # room 15, k = 2: three documents of ten; share 0.5, shifted by +0.2, 0, -0.2 in the order of rank
    made, request, _ = planned([TEN] * 4, 15, scores=[2, 4, 3, 1], coarse=2, dynamic=0.4)
    assert by_document(made, request) == pytest.approx([0.3, 0.7, 0.5, 0.0])


def test_eq_5_is_clipped():
    made, request, _ = planned([TEN] * 2, 18, scores=[1, 2], coarse=0, dynamic=1.0)
    assert by_document(made, request) == pytest.approx([0.4, 1.0])


def test_a_section_has_its_own_share_and_pays_first():
    # limit 15: 2 of the section's ten, ten kept whole, 3 for the other ten
    parts = [tamis.Section(TEN, rate=0.2), tamis.Section(" " + TEN, compress=False), tamis.Section(" " + TEN)]
    made, _, _ = planned(tamis.Prompt([parts]), 15)
    assert made.tolist() == pytest.approx([0.2] * 10 + [1.0] * 10 + [0.3] * 10)


def test_what_is_pinned_pays_first():
    # limit 8, six of twenty words are pinned: 2 for the other fourteen
    made, _, _ = planned([TEN, TEN], 8, pinned=[True] * 6 + [False] * 14)
    assert made.tolist() == pytest.approx([2 / 14] * 20)


def test_sentences_stay_best_first_and_one_always(lm_of):
    """By hand: what the model has not seen tells more. The question turns it round."""
    lm_of()
    text = "mill mill mill mill. lamp desk road tree. mill fire mill fire."
    # 15 words with their full stops, 5 a sentence; limit 5: twice that holds two sentences, once one
    for times, question, gone in [(2.0, None, "mill mill"), (1.0, None, "mill"), (0.1, None, "mill")]:
        made, request, _ = planned([text], 5, sentences=times, asked=question)
        left = [w for w, share in zip(request.units.bodies(), made, strict=True) if share > 0]
        assert "lamp" in left
        assert gone not in " ".join(left)
        assert len(left) == (10 if times == 2 else 5)
    made, request, _ = planned([text], 5, sentences=1.0, asked="fire fire fire fire?")
    left = [w for w, share in zip(request.units.bodies(), made, strict=True) if share > 0]
    assert "fire" in left
    assert "lamp" not in left


def test_all_sentences_stay_by_default(lm_of):
    model = lm_of()
    made, _, _ = planned(["One two. Three four."], 2)
    assert (made > 0).all()
    assert model.judged == []


@pytest.mark.parametrize(("method", "best"), [("llmlingua", 2), ("longllmlingua", 1)])
def test_documents_are_ranked_before_and_the_scores_are_in_the_result(lm_of, method, best):
    """LLMLingua: the most telling first; LongLLMLingua, eq. 2: the one after which the question surprises least."""
    model = lm_of()
    documents = ["alpha alpha alpha alpha", "mill fire mill fire", "lamp desk road tree"]
    question = "When was the mill on fire?"
    options = tamis.Options(order="sort")
    result = tamis.compress(documents, rate=0.9, method=method, question=question, options=options)
    assert result.ranker == "perplexity"
    assert result.documents[0].number == best
    said = Perplexity(model, condition="none" if method == "llmlingua" else "after")(question, documents)
    assert [s.score for s in result.documents] == pytest.approx([said[s.number] for s in result.documents])
    assert result.source.split("\n\n") == [documents[s.number] for s in result.documents]
    for shown in result.documents:
        assert result.source[shown.start : shown.end] == documents[shown.number]
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [d["number"] for d in data["documents"]] == [s.number for s in result.documents]


def test_documents_that_are_dropped_are_not_read_and_come_last(lm_of):
    """The word level reads what the document level left: algorithm 1 saves the passes over all the rest."""
    model = lm_of()
    documents = [f"{w} {w} other words of it here" for w in ("alpha", "gamma", "delta", "omega")] + [
        "mill fire of 1887"
    ]
    result = tamis.compress(documents, tokens=3, method="longllmlingua", question="When was the mill on fire?")
    read = "".join(model.words(ids) for ids in model.reads)
    stay = [i for i, w in enumerate(("alph", "gamm", "delt", "omeg", "mill")) if w in read]
    assert 4 in stay
    assert len(stay) <= 2
    assert set(result.text.split()) <= {"mill", "fire", "of", "1887"}
    scores, owner = result.selection.scores, np.repeat(range(5), [7, 7, 7, 7, 4])
    gone = ~np.isin(owner, stay)
    assert scores[gone].max() < scores[~gone].min()


def test_with_room_to_spare_nothing_is_dropped(lm_of):
    lm_of()
    result = tamis.compress(DOCUMENTS, rate=1, method="longllmlingua", question="mill?")
    assert result.text == "\n\n".join(DOCUMENTS)


@pytest.mark.parametrize("method", ["llmlingua", "longllmlingua", "truncate"])
def test_any_ranker_ranks(lm_of, method):
    """By name or callable: its name and its scores are in the result, for every method."""
    lm_of()

    def by_length(question, texts):
        return [-len(t) for t in texts]

    documents = ["one two three", "mill", "three four"]
    for ranker, name, first in [("bm25", "bm25", 1), (by_length, "by_length", 1)]:
        options = tamis.Options(ranker=ranker, order="sort")
        result = tamis.compress(documents, rate=1, method=method, question="mill?", options=options)
        assert result.ranker == name
        assert result.documents[0].number == first
        assert all(s.score is not None for s in result.documents)


def test_instruction_and_question_keep_their_places(lm_of):
    lm_of()
    prompt = tamis.Prompt(instruction="Say it.", context=DOCUMENTS, question="When was the mill on fire?")
    options = tamis.Options(order="sort")
    result = tamis.compress(prompt, rate=0.9, method="longllmlingua", options=options)
    numbers = [s.number for s in result.documents]
    assert (numbers[0], numbers[1], numbers[-1]) == (0, 2, 4)
    assert [s.score is None for s in result.documents] == [True, False, False, False, True]


def test_one_document_needs_no_ranking(lm_of):
    model = lm_of()
    result = tamis.compress(["one two three"], rate=0.7, method="longllmlingua", question="two?")
    assert result.ranker is None
    assert model.judged == []


@pytest.mark.parametrize("method", ["llmlingua", "longllmlingua"])
@settings(max_examples=20)
@given(
    documents=st.lists(st.text("abc \n.", max_size=60), min_size=1, max_size=6),
    rate=st.floats(0.0, 1.0),
    order=st.sampled_from(["original", "sort", "two_stage"]),
    sentences=st.sampled_from([0.0, 1.4]),
)
def test_any_documents_at_any_rate(method, documents, rate, order, sentences):
    from tests.prompt.cache_lm import CacheLM
    from tests.prompt.conftest import stand_in

    options = tamis.Options(order=order, surprisal=Surprisal(sentences=sentences, segment=8))
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch, CacheLM())
        result = tamis.compress(documents, rate=rate, method=method, question="a b?", options=options)
    assert result.tokens <= rate * result.original_tokens + 1e-6
    assert sorted(s.number for s in result.documents) == list(range(len(documents)))
    assert [result.source[s.start : s.end] for s in result.documents] == [documents[s.number] for s in result.documents]
    assert np.isfinite(result.selection.scores).all()
    assert result.restore() == result.source
