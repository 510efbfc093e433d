"""The promises of `tamis.compress`, as laws over arbitrary text, for every method that needs no question."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tamis
from tamis.core import Span
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, UnknownName
from tamis.text.counting import counter
from tests.text.texts import texts

pytestmark = pytest.mark.usefixtures("some_lm")

CHEAP = st.sampled_from(["random", "truncate", "stopwords", "tfidf-words"])
BLIND = sorted(name for name, m in tamis.METHODS.items() if not m.needs_question)
TOKENIZERS = st.sampled_from(["o200k_base", "cl100k_base", "words"])
PARAGRAPH = (
    "The committee met on 12 May 2023 in Chicago. It did not approve the budget of $3.5 million, because two "
    "members (Ms. Ito and Mr. Okafor) asked for more detail on the cost of hosting.\n\nAfter a long discussion, "
    "everybody agreed to come back to the question in June, and to ask the finance team for a new estimate."
)


def is_subsequence(short, long):
    rest = iter(long)
    return all(char in rest for char in short)


@settings(max_examples=300)
@given(texts, st.floats(0, 1), CHEAP, TOKENIZERS, st.booleans())
def test_promises_hold_for_any_text(text, rate, method, tokenizer, clean):
    result = tamis.compress(text, rate=rate, method=method, tokenizer=tokenizer, options=tamis.Options(clean=clean))
    source, count = result.source, counter(tokenizer)
    assert count(result.text) == result.tokens <= max(rate * count(source) + 1e-6, 0)
    assert is_subsequence(result.text, source)
    assert "".join(source[p.start : p.end] for p in result.kept) == result.text
    assert result.restore() == source
    assert result.original_tokens == count(source)


@settings(max_examples=200)
@given(texts, st.integers(0, 60), CHEAP)
def test_kept_and_dropped_tile_the_source(text, tokens, method):
    result = tamis.compress(text, tokens=tokens, method=method)
    pieces = sorted([*result.kept, *result.dropped], key=lambda p: p.start)
    edges = [0, *(p.end for p in pieces)]
    assert [p.start for p in pieces] == edges[:-1]
    assert edges[-1] == len(result.source)


@given(texts, CHEAP)
def test_rate_1_is_the_identity(text, method):
    assert tamis.compress(text, rate=1, method=method).text == tamis.compress(text, rate=1, method=method).source


@settings(max_examples=200)
@given(texts, st.data(), CHEAP)
def test_what_the_caller_pins_comes_back_byte_for_byte_or_the_call_fails(text, data, method):
    clean = tamis.compress(text, rate=1, method="truncate").source
    assume(clean.strip())
    edges = st.integers(0, len(clean))
    spans = [tuple(sorted(data.draw(st.tuples(edges, edges)))) for _ in range(2)]
    tokens = data.draw(st.integers(0, 80))
    assume("<keep>" not in clean)
    needed, result = 0, None
    try:
        result = tamis.compress(clean, tokens=tokens, keep=spans, method=method)
    except BudgetTooSmall as error:
        needed = error.needed
    if result is None:
        assert needed > tokens
        return
    for start, end in spans:
        wanted = clean[start:end].strip()
        assert wanted in result.text
    assert result.tokens <= tokens


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PARAGRAPH.split()), min_size=200, max_size=400), st.floats(0.05, 0.95), CHEAP)
def test_at_least_97_percent_of_the_budget_is_used(tokens, rate, method):
    result = tamis.compress(" ".join(tokens), rate=rate, method=method)
    limit = int(rate * result.original_tokens + 1e-9)
    assert result.tokens >= 0.97 * limit - 1


@pytest.mark.parametrize("method", BLIND)
def test_every_blind_method_keeps_the_contract(method):
    result = tamis.compress(PARAGRAPH, rate=0.4, method=method)
    again = tamis.compress(PARAGRAPH, rate=0.4, method=method)
    assert result.text == again.text
    assert 0 < result.tokens <= 0.4 * result.original_tokens
    assert is_subsequence(result.text, PARAGRAPH)
    assert result.method == method
    assert np.isfinite(result.selection.scores).all()


@pytest.mark.parametrize("method", sorted(tamis.METHODS))
@pytest.mark.parametrize("text", ["", " \n ", "one", "...", "\x00", "\ud800", "我们", "👩‍👩‍👧‍👦"])
def test_every_method_takes_small_and_odd_texts(method, text):
    result = tamis.compress(text, rate=1, question="what?", method=method)
    assert result.text == text


@pytest.mark.parametrize("method", sorted(tamis.METHODS))
def test_every_method_takes_documents_and_a_question(method):
    documents = [tamis.Document("The mill burned down in 1887.", title="Mill"), "Ferries cross daily.", ""]
    result = tamis.compress(documents, rate=0.6, question="When did the mill burn down?", method=method)
    assert result.source == "Mill\nThe mill burned down in 1887.\n\nFerries cross daily.\n\n"
    assert is_subsequence(result.text, result.source)


@pytest.mark.parametrize("order", ["original", "sort", "two_stage"])
def test_documents_come_in_the_order_asked_for(order):
    documents = ["alpha one two", "beta one two mill", "gamma one two"]
    options = tamis.Options(order=order)
    result = tamis.compress(documents, rate=1, question="mill", method="bm25-sentences", options=options)
    expected = {"original": [0, 1, 2], "sort": [1, 0, 2], "two_stage": [1, 2, 0]}[order]
    assert result.text == "\n\n".join(documents[i] for i in expected)


@pytest.mark.parametrize("order", ["original", "sort", "two_stage"])
def test_pins_move_with_their_documents(order):
    documents = ["alpha <keep>one</keep> two", "beta one two mill", "gamma one two"]
    at = len("alpha one two\n\nbeta ")
    options = tamis.Options(order=order)
    result = tamis.compress(documents, tokens=9, question="mill", keep=["gamma", (at, at + 7)], method="bm25-sentences",
                            options=options)  # fmt: skip
    for wanted in ("one", "gamma", "one two"):
        assert wanted in result.text


@pytest.mark.parametrize("order", ["sort", "two_stage"])
def test_documents_that_begin_with_a_joiner_can_be_put_in_order(order):
    documents = [" \u200dalpha beta", "the mill stood here", "\u0600 gamma \u0600 "]
    result = tamis.compress(documents, rate=0.5, question="mill", method="bm25-sentences",
                            options=tamis.Options(order=order))  # fmt: skip
    assert result.source.startswith("the mill")
    assert "mill" in result.text


def test_many_is_the_same_as_one_by_one():
    sources = [PARAGRAPH, "", PARAGRAPH[:80], [PARAGRAPH[:100], PARAGRAPH[100:]]]
    many = tamis.compress_many(sources, rate=0.5, method="tfidf-words")
    assert [m.text for m in many] == [tamis.compress(s, rate=0.5, method="tfidf-words").text for s in sources]


def test_pins_by_term_pattern_span_and_tag():
    text = "Please <keep>do not</keep> pay invoice 4711 of Acme before Friday."
    result = tamis.compress(text, tokens=14, keep=["Acme", re.compile(r"\d+"), Span(0, 6)], method="random")
    for wanted in ("Please", "do not", "4711", "Acme"):
        assert wanted in result.text
    assert "<keep>" not in result.source


@pytest.mark.parametrize("keep", ["Chicago", re.compile("Chic.go"), Span(36, 43)])
def test_one_pin_needs_no_list(keep):
    result = tamis.compress(PARAGRAPH, tokens=5, keep=keep, method="random")
    assert "Chicago" in result.text


def test_many_refuses_a_single_text():
    with pytest.raises(InvalidInput, match="one text"):
        tamis.compress_many("ab", method="random")


def test_a_counter_that_charges_for_nothing_is_told_apart_from_pins():
    with pytest.raises(BudgetTooSmall, match="empty text") as caught:
        tamis.compress(PARAGRAPH, tokens=0, method="random", tokenizer=lambda text: len(text) + 1)
    assert (caught.value.needed, caught.value.limit) == (1, 0)


def test_a_budget_too_small_for_the_pins_names_them():
    with pytest.raises(BudgetTooSmall, match=r"needs \d+ tokens.*the budget is 3.*'hosting'"):
        tamis.compress(PARAGRAPH, tokens=3, keep=["hosting", "Mr. Okafor", "two members"], method="truncate")


def test_what_detectors_found_and_had_to_go_is_reported():
    result = tamis.compress(PARAGRAPH, tokens=6)
    assert result.sacrificed
    for found in result.protected:
        assert found.span.of(PARAGRAPH) in result.text


def test_what_detectors_find_counts_for_more_and_not_before_all_else():
    asked, none = (
        tamis.compress(PARAGRAPH, rate=0.5, style="words", options=tamis.Options(detectors=detectors))
        for detectors in (("numbers",), ())
    )
    assert "2023" in asked.text
    gain = asked.selection.scores - none.selection.scores
    assert gain.max() > 0
    assert set(asked.selection.priority.tolist()) == {0}


def test_documents_with_too_few_words_left_go_altogether():
    documents = ["mill " * 10, "mill and other things that do not matter at all here", "and nothing of it here"]
    options = tamis.Options(min_words=4)
    result = tamis.compress(documents, tokens=12, question="mill", method="bm25-sentences", options=options)
    left = np.bincount(
        np.searchsorted(
            [len(documents[0]), len(documents[0]) + len(documents[1]) + 2],
            result.selection.words.starts[result.selection.mask],
        ),
        minlength=3,
    )
    assert all(n == 0 or n >= 4 for n in left)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"rate": 1.5}, InvalidBudget, "1.5"),
        ({"rate": -0.1}, InvalidBudget, "-0.1"),
        ({"tokens": -1}, InvalidBudget, "-1"),
        ({"tokens": 2.5}, InvalidBudget, "2.5"),
        ({"rate": 0.5, "tokens": 5}, InvalidBudget, "rate and tokens"),
        ({"threshold": float("nan")}, InvalidBudget, "nan"),
        ({"threshold": 3}, InvalidBudget, "3"),
        ({"threshold": 0.5, "options": tamis.Options(dynamic=0.2)}, InvalidInput, "dynamic"),
        ({"method": "llmlingua3"}, UnknownName, "llmlingua2"),
        ({"options": tamis.Options(ranker="bm26")}, UnknownName, "bm25"),
        ({"options": tamis.Options(surprisal=tamis.Surprisal(segment=0))}, InvalidInput, "0"),
        ({"options": tamis.Options(surprisal=tamis.Surprisal(instruction=1.5))}, InvalidInput, "instruction"),
        ({"options": tamis.Options(surprisal=tamis.Surprisal(question=-0.5))}, InvalidInput, "question"),
        ({"options": tamis.Options(surprisal=tamis.Surprisal(coarse=-1))}, InvalidInput, "coarse"),
        ({"options": tamis.Options(surprisal=tamis.Surprisal(sentences=float("nan")))}, InvalidInput, "nan"),
        ({"method": "longllmlingua"}, InvalidInput, "question"),
        ({"tokenizer": "o200k"}, UnknownName, "o200k_base"),
        ({"options": tamis.Options(order="reversed")}, UnknownName, "two_stage"),
        ({"options": tamis.Options(pool="sum")}, UnknownName, "mean"),
        ({"options": tamis.Options(detectors=("nubmers",))}, UnknownName, "numbers"),
        ({"options": tamis.Options(dynamic=2)}, InvalidInput, "dynamic"),
        ({"options": tamis.Options(seed=-1)}, InvalidInput, "seed"),
        ({"question": 5}, InvalidInput, "question"),
        ({"method": "bm25-sentences"}, InvalidInput, "question"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_by_name(given, error, says):
    with pytest.raises(error, match=re.escape(says)):
        tamis.compress(PARAGRAPH, **given)


@pytest.mark.parametrize("source", [None, b"bytes", 3, [b"bytes"], [None], {"a": 1}, tamis.Document(None)])
def test_what_is_no_text_is_refused(source):
    with pytest.raises(InvalidInput):
        tamis.compress(source, rate=0.5, method="truncate")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("我们今天讨论了三个问题，然后去吃午饭。" * 90, {"rate": 0.9, "method": "truncate"}),
        ("a, b; (c) [d] {e} " * 80, {"rate": 0.9, "method": "random", "tokenizer": "words"}),
        ("สวัสดีชาวโลก " * 150, {"rate": 0.3, "method": "random"}),
        ("short " * 100 + "https://example.org/" + "x" * 400 + " short" * 100, {"tokens": 150, "method": "random"}),
    ],
)
def test_the_budget_is_used_where_word_costs_do_not_add_up(text, settings):
    result = tamis.compress(text, **settings)
    limit = settings.get("tokens") or int(settings["rate"] * result.original_tokens)
    assert 0.97 * limit - 1 <= result.tokens <= limit


def test_small_documents_are_no_scraps_at_rate_1():
    assert tamis.compress(["x", "", "y z"], rate=1, method="truncate", options=tamis.Options(min_words=4)).text


@pytest.mark.parametrize("method", ["truncate", "random"])
@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_what_scraps_leave_goes_to_the_other_documents(method, rate):
    documents = ["One two three four five six seven eight nine ten. " * 5] * 8
    result = tamis.compress(documents, rate=rate, method=method, options=tamis.Options(min_words=4))
    assert result.tokens >= 0.9 * int(rate * result.original_tokens)


def test_numbers_of_numpy_are_numbers():
    by_share = tamis.compress(PARAGRAPH, rate=np.float32(0.5), method="truncate")
    by_count = tamis.compress(PARAGRAPH, tokens=np.int64(by_share.tokens), method="truncate", keep=None)
    assert by_count.text == by_share.text
