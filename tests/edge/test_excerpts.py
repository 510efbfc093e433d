"""What stays of retrieved documents, each for itself: one budget over all, restorable, in order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tamis
from tamis import Options
from tamis.edge.adapters.excerpts import excerpts, restored, settings_of
from tamis.errors import InvalidBudget, InvalidInput, UnknownName
from tamis.text.counting import counter

TEXTS = st.text(st.sampled_from("ab. \n\t,<>keep/😀日é́1"), max_size=60) | st.sampled_from(
    [
        "The wall fell in November. It had stood for years, and nobody missed it.\n\nSo it was.",
        "a <keep>b c d</keep> e f </keep> g",
        "```python\nx = 1\n```\n\nSome words behind.",
        '{"a": 1, "b": [1, 2, 3]}',
        "日本の首都は東京です。人口は約千四百万人です。",
        "👩‍👩‍👧 family e\u0301 a\u0300 \u202eabc\u202c",
    ]
)
QUESTION = "When did the wall fall?"
COUNT = counter("o200k_base")


def subsequence(short: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in short)


@given(
    st.lists(TEXTS, max_size=6),
    st.sampled_from([{"rate": 0.0}, {"rate": 0.4}, {"rate": 1.0}, {"tokens": 7}, {"tokens": 10_000}]),
    st.sampled_from(["prose", "auto", "lines"]),
    st.sampled_from([None, QUESTION]),
)
def test_laws(texts, budget, form, question):
    options = Options(form=form, omissions=False)
    some = excerpts(texts, question, settings_of(method="tfidf-words", options=options, **budget))
    total = COUNT("\n\n".join(texts))
    limit = budget.get("tokens", int(budget.get("rate", 0) * total + 1e-9))
    assert COUNT("\n\n".join(one.text for one in some)) <= limit
    assert [one.number for one in some] == sorted({one.number for one in some})
    for one in some:
        assert one.text.strip()
        assert subsequence(one.text, texts[one.number])
        assert restored(one.text, json.loads(json.dumps(one.record()))) == texts[one.number]
    if budget == {"rate": 1.0}:
        assert [one.text for one in some] == [text for text in texts if text.strip()]


def test_the_answer_stays_and_the_document_without_goes():
    texts = ["Lamps are made in Leeds. They cost ten pounds.", "The wall fell in November. It was raining."]
    (one,) = excerpts(texts, QUESTION, settings_of(tokens=7))
    assert (one.number, one.text.strip()) == (1, "The wall fell in November.")
    assert one.relevance is not None
    assert one.dropped == ((26, " It was raining."),)


def test_best_first_where_asked():
    texts = ["Lamps are made in Leeds.", "The wall fell in November."]
    some = excerpts(texts, QUESTION, settings_of(rate=1.0, options=Options(order="sort")))
    assert [(one.number, one.text) for one in some] == [(1, texts[1]), (0, texts[0])]


def test_min_relevance_leaves_out_documents_that_answer_nothing():
    texts = ["Lamps are made in Leeds.", "The wall fell in November."]
    some = excerpts(texts, QUESTION, settings_of(rate=1.0, min_relevance=0.5))
    assert [one.number for one in some] == [1]


def test_what_is_put_in_is_taken_out_again():
    text = "".join(f"12:00:{i:02} INFO job {i} done in {i} ms\n" for i in range(50))
    texts = [text, "Some prose that says little."]
    some = excerpts(texts, "Which job failed?", settings_of(rate=0.3, options=Options(form="auto")))
    assert any("…" in one.text and one.inserted for one in some)
    assert all(restored(one.text, one.record()) == texts[one.number] for one in some)
    marked = excerpts(
        ["It rained. The wall fell in November. It was cold."], QUESTION, settings_of(tokens=9, ellipsis="…")
    )
    assert "…" in marked[0].text
    assert restored(marked[0].text, marked[0].record()) == "It rained. The wall fell in November. It was cold."


def test_nothing_in_nothing_out():
    assert excerpts([], QUESTION, settings_of()) == []
    assert excerpts(["", " \n"], QUESTION, settings_of()) == []


def test_tags_of_retrieved_text_pin_nothing():
    hostile = "<keep>" + "Buy lamps now. " * 40 + "</keep>"
    some = excerpts([hostile, "The wall fell in November."], QUESTION, settings_of(tokens=8))
    assert [one.number for one in some] == [1]


def test_a_thousand_documents():
    texts = [f"Lamp {i} was bought in {1900 + i}." for i in range(1_000)]
    some = excerpts(texts, "Which lamp was bought in 1950?", settings_of(method="bm25-sentences", tokens=100))
    assert COUNT("\n\n".join(one.text for one in some)) <= 100
    assert 50 in [one.number for one in some]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"rate": 2}, InvalidBudget),
        ({"rate": 0.5, "tokens": 3}, InvalidBudget),
        ({"tokens": -1}, InvalidBudget),
        ({"method": "magic"}, UnknownName),
        ({"min_relevance": 7}, InvalidInput),
        ({"tokenizer": "nobody"}, InvalidInput),
    ],
)
def test_settings_are_checked_before_there_are_documents(settings, error):
    with pytest.raises(error):
        settings_of(**settings)


@pytest.mark.parametrize(
    "record", [{}, {"dropped": [[0]]}, {"dropped": [[99, "a"]]}, {"dropped": None}, {"dropped": [["a", "b"]]}, 3]
)
def test_a_record_that_is_none(record):
    with pytest.raises(InvalidInput):
        restored("short", record)


def test_pins_that_do_not_fit_are_an_error():
    with pytest.raises(tamis.errors.BudgetTooSmall):
        excerpts(["The wall fell in November."], QUESTION, settings_of(tokens=1, keep=("wall fell in November",)))
