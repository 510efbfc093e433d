"""One contract over every method in the table, and over callables from outside: a function, an object, a `Method`."""

from __future__ import annotations

import numpy as np
import pytest

import tamis
from tamis.errors import InvalidInput, UnknownName
from tamis.prompt.documents.rankers import ranker
from tamis.prompt.methods.protocol import Method
from tests.prompt.cache_lm import CacheLM
from tests.prompt.conftest import stand_in

QUESTION = "When did the mill burn down?"
DOCUMENTS = ["Ferries cross the lake twice a day, in summer (and in May).", "The mill burned down in 1887.", ""]


def long_words(requests):
    return [np.array([len(body) for body in request.units.bodies()], float) for request in requests]


class Longest:
    """A scorer that is an object."""

    def __call__(self, requests):
        return long_words(requests)


def even_shares(request, limit):
    return np.full(len(request.units), limit / request.costs.sum())


def shared_words(requests):
    return [request.shares + long_words([request])[0] for request in requests]


OUTSIDE = {
    "function": long_words,
    "object": Longest(),
    "method": Method("longest", long_words),
    "all three": Method("three", shared_words, rank=lambda model, threads: ranker("bm25"), share=even_shares),
}


@pytest.fixture(scope="module", autouse=True)
def _some_lm():
    """Let "mini-lm" be a cache model, which takes a millisecond."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch, CacheLM())
        yield


CASES = {**{name: name for name in tamis.METHODS}, **OUTSIDE}


@pytest.mark.parametrize("method", CASES.values(), ids=CASES)
@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0])
def test_every_method_keeps_the_promises(method, rate):
    result, again = (tamis.compress(DOCUMENTS, rate=rate, question=QUESTION, method=method) for _ in range(2))
    assert result.text == again.text
    assert result.tokens <= rate * result.original_tokens
    assert result.restore() == result.source == "\n\n".join(DOCUMENTS)
    if rate == 1:
        assert result.text == result.source


@pytest.mark.parametrize("method", CASES.values(), ids=CASES)
def test_every_method_scores_many_texts_as_each_alone(method):
    together = tamis.compress_many([DOCUMENTS, DOCUMENTS[1]], rate=0.5, question=QUESTION, method=method)
    alone = [tamis.compress(s, rate=0.5, question=QUESTION, method=method) for s in (DOCUMENTS, DOCUMENTS[1])]
    assert [r.text for r in together] == [r.text for r in alone]


@pytest.mark.parametrize(("method", "name"), [(long_words, "long_words"), (Longest(), "Longest")])
def test_a_callable_is_called_by_its_name_and_decides(method, name):
    result = tamis.compress("tiny words are tremendously overestimated", tokens=2, method=method, tokenizer="words")
    assert (result.text, result.method, result.model) == ("tremendously overestimated", name, None)


def test_a_method_from_outside_brings_its_ranker_and_its_shares():
    options = tamis.Options(order="sort")
    result = tamis.compress(DOCUMENTS, rate=0.5, question=QUESTION, method=OUTSIDE["all three"], options=options)
    assert (result.method, result.ranker, result.documents[0].number) == ("three", "bm25", 1)


@pytest.mark.parametrize(
    ("scorer", "says"),
    [
        (lambda requests: [], "0 results for 1 texts"),
        (lambda requests: [[1.0]], "(1,) scores for 2 units"),
        (lambda requests: [[1.0, float("nan")]], "unit 1 as nan"),
        (lambda requests: ["no"], "no numbers"),
        (lambda requests: None, "no list"),
    ],
)
def test_scores_that_cannot_be_used_are_an_error(scorer, says):
    for method in (scorer, Method("mine", scorer)):
        with pytest.raises(InvalidInput) as error:
            tamis.compress("two words", method=method)
        assert says in str(error.value)


def test_what_is_no_method_is_refused():
    with pytest.raises(UnknownName, match="atuo"):
        tamis.compress("two words", method="atuo")
    with pytest.raises(UnknownName, match="3"):
        tamis.compress("two words", method=3)
    with pytest.raises(InvalidInput, match="model"):
        tamis.compress("two words", method=long_words, model="mini")


def test_a_ranker_that_was_opened_keeps_its_name():
    options = tamis.Options(ranker=ranker("bm25"))
    assert tamis.compress(DOCUMENTS, question=QUESTION, options=options).ranker == "bm25"
