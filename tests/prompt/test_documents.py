"""Documents and a question, end to end, with an encoder whose opinions can be worked out by hand."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis import Document, Options, compress, compress_many
from tamis.prompt.pins import first_mentions
from tamis.text.protect import detect
from tests.text.texts import texts

QUESTION = "When was the pump built?"
FIRST = Document("The boiler was built in Leeds. It is red and large.", "Boiler")
SECOND = Document("The pump was built in 1902. It is blue and small.", "Pump")
THIRD = Document("Nobody knows why the valve stuck. It was new.", "Valve")
DOCUMENTS = [FIRST, THIRD, SECOND]
JOINED = "\n\n".join(f"{d.title}\n{d.text}" for d in DOCUMENTS)


@pytest.fixture(autouse=True)
def _plain(plain_encoder):
    pass


def is_subsequence(short, long):
    rest = iter(long)
    return all(char in rest for char in short)


def test_documents_are_joined_by_blank_lines_under_their_titles():
    result = compress(DOCUMENTS, rate=1, question=QUESTION)
    assert result.text == result.source == JOINED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(texts, min_size=1, max_size=4), st.floats(0, 1), st.sampled_from(["original", "sort", "two_stage"]))
def test_the_budget_holds_over_all_documents_together(parts, rate, order):
    result = compress(parts, rate=rate, question=QUESTION, tokenizer="words", options=Options(order=order))
    assert result.tokens <= rate * result.original_tokens + 1e-9
    assert is_subsequence(result.text, result.source)
    assert result.restore() == result.source
    if order == "original":
        assert is_subsequence(result.text, "\n\n".join(parts))


def test_what_answers_stays_from_coarse_to_fine():
    # A third of the budget: only the document that answers; a tenth: its sentence; less: the words that may answer.
    styles = {12: "clauses", 7: "clauses", 2: "words"}
    by_tokens = {
        t: compress(DOCUMENTS, tokens=t, question=QUESTION, tokenizer="words", style=style).text
        for t, style in styles.items()
    }
    assert "Nobody" not in by_tokens[12]
    assert "pump was built in 1902" in by_tokens[7]
    assert "1902" in by_tokens[2]


def test_sort_puts_the_best_document_first():
    result = compress(DOCUMENTS, rate=1, question=QUESTION, options=Options(order="sort"))
    assert result.text.startswith("Pump\n")
    assert sorted(result.text.split("\n\n")) == sorted(JOINED.split("\n\n"))


def test_two_stage_puts_the_worst_in_the_middle():
    result = compress(DOCUMENTS, rate=1, question=QUESTION, options=Options(order="two_stage"))
    assert result.text.split("\n\n")[1].startswith("Valve")


def test_order_is_the_same_for_few_tokens():
    result = compress(DOCUMENTS, rate=0.5, question=QUESTION, tokenizer="words", options=Options(order="sort"))
    assert result.text.startswith(("Pump", "The pump", "pump"))
    assert is_subsequence(result.text, result.source)


def test_a_document_with_too_few_words_goes_altogether():
    loose = compress(DOCUMENTS, rate=0.5, question=QUESTION, tokenizer="words")
    strict = compress(DOCUMENTS, rate=0.5, question=QUESTION, tokenizer="words", options=Options(min_words=6))
    sizes = [len(part.split()) for part in strict.text.split("\n\n")]
    assert len(sizes) <= len(loose.text.split("\n\n"))
    assert min(sizes) >= 5  # punctuation counts as a word, and may go with `clean`


def test_dynamic_rates_keep_something_of_every_document():
    kept = compress(DOCUMENTS, rate=0.5, question=QUESTION, tokenizer="words", options=Options(dynamic=0.3)).text
    parts = [len(p.split()) for p in kept.split("\n\n")]
    assert len(parts) == 3
    assert max(parts) == parts[2]


def test_many_sources_are_compressed_as_each_alone():
    together = compress_many([DOCUMENTS, [SECOND, THIRD]], rate=0.4, question=QUESTION)
    alone = [compress(given, rate=0.4, question=QUESTION) for given in (DOCUMENTS, [SECOND, THIRD])]
    assert [r.text for r in together] == [r.text for r in alone]


def test_pins_stay_whatever_the_question():
    kept = compress(DOCUMENTS, tokens=8, question=QUESTION, keep=["valve stuck"], tokenizer="words")
    assert "valve stuck" in kept.text


def test_names_are_preferred_at_their_first_mention():
    text = "Nobody knew Ada Lovelace or Charles Babbage in 1840. Then Lovelace wrote to Babbage in 1843."
    found = first_mentions(text, detect(text, ("names", "numbers")))
    assert [f.span.of(text) for f in found if f.rule == "names"] == ["Ada Lovelace", "Charles Babbage"]
    assert [f for f in found if f.rule != "names"] == [
        f for f in detect(text, ("names", "numbers")) if f.rule != "names"
    ]
