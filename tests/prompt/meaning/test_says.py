"""What comes out of `compress` says what the source says: the examples of this folder, in every style, at four rates.

The examples are the `*.toml` beside this file, to be read; `reading.py` says what their rules mean.
"""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

import tamis
from tamis.text.clauses import STOPS
from tamis.text.counting import counter
from tamis.text.sentences import sentences
from tests.prompt.meaning.reading import Example, Reading, examples, faults

EXAMPLES = examples()
RATES = (0.7, 0.5, 0.33, 0.2)
STYLES = ("clauses", "sentences", "words")


@cache
def results(style: str, rate: float) -> dict[str, tamis.Compression]:
    """All examples, shortened; by their names."""
    texts = [example.text for example in EXAMPLES]
    found = tamis.compress_many(texts, rate=rate, style=style)
    return {example.name: result for example, result in zip(EXAMPLES, found, strict=True)}


def read(example: Example, result: tamis.Compression) -> Reading:
    return Reading(example, result.text, tuple((piece.start, piece.end) for piece in result.kept))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_it_says_what_the_source_says(example, style):
    wrong = []
    for rate in RATES:
        result = results(style, rate)[example.name]
        found = faults(read(example, result), prose=style != "words")
        wrong += [f"at {rate}:\n{result.text}\n  {fault}" for fault in found]
    assert not wrong, "\n".join([f"\n{example.text}\n", *wrong])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("rate", RATES)
def test_promises(style, rate):
    """Only deletion, within the budget, restored from its pieces, and at a half not empty where a sentence fits."""
    for example in EXAMPLES:
        result = results(style, rate)[example.name]
        assert result.tokens <= rate * result.original_tokens
        assert "".join(example.text[piece.start : piece.end] for piece in result.kept) == result.text
        assert result.restore() == example.text
        if not result.text.strip() and rate >= 0.5:
            assert shortest(example) > int(rate * result.original_tokens), f"nothing of {example.text!r} at {rate}"


def shortest(example: Example) -> int:
    """Tokens of the shortest sentence that says anything (four words or more)."""
    count = counter("o200k_base")
    said = [example.text[a:b].strip() for a, b in example.sentences if len(example.text[a:b].split()) >= 4]
    return min((count(sentence) for sentence in said), default=1 << 30)


@pytest.mark.parametrize("style", STYLES)
def test_alone_and_among_others_the_result_is_the_same(style):
    for example in EXAMPLES[::12]:
        result = tamis.compress(example.text, rate=0.5, style=style)
        assert result.text == results(style, 0.5)[example.name].text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("number", range(12))
def test_in_a_longer_text_each_goes_on_saying_it(number, style):
    """Twenty examples as the paragraphs of one text: whole ones may go, what stays says what it said."""
    chosen = random.Random(number).sample(EXAMPLES, 20)
    text = "\n\n".join(example.text for example in chosen)
    wrong = []
    for rate in (0.5, 0.33, 0.2):
        result = tamis.compress(text, rate=rate, style=style)
        start = 0
        for example in chosen:
            part = cutting(example, result, start)
            # (What stands under its last heading, here, is the next paragraph.)
            found = [fault for fault in faults(part, prose=style != "words") if not fault.startswith("structure")]
            wrong += [f"at {rate}:\n{example.text}\n->\n{part.text}\n  {fault}" for fault in found]
            start += len(example.text) + 2
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("rate", [0.7, 0.5])
def test_style_sentences_leaves_sentences_as_they_are(rate):
    """Whole or gone; but where no sentence fits, clauses stay, and a speaker's name stands before what is left."""
    for example in EXAMPLES:
        result = results("sentences", rate)[example.name]
        if shortest(example) > int(rate * result.original_tokens) or STOPS.isdisjoint(example.text):
            continue  # (without any stop, lines are the sentences)
        seen = read(example, result)
        part = [example.text[a:b] for a, b in unlabelled(example.text) if 0 < seen.share((a, b)) < 1]
        assert part == [], seen.text


def unlabelled(text: str) -> list[tuple[int, int]]:
    """The sentences, without the name of the speaker before them."""
    spans = [(span.start, span.end) for span in sentences(text)]
    names = [re.match(r"(?:\[[\d:]+\] )?\w+: ", text[a:b]) for a, b in spans]
    return [(a + (name.end() if name else 0), b) for (a, b), name in zip(spans, names, strict=True)]


def cutting(example: Example, result: tamis.Compression, start: int) -> Reading:
    """What is left of one paragraph, which begins at `start`."""
    end = start + len(example.text)
    spans = [(max(piece.start, start) - start, min(piece.end, end) - start) for piece in result.kept]
    inside = tuple((a, b) for a, b in spans if a < b)
    return Reading(example, "".join(example.text[a:b] for a, b in inside), inside)
