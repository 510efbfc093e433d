import itertools

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from tamis.text.render import render, tidy
from tamis.text.words import words
from tests.text.texts import texts

LINE_END = regex.compile(r"\r\n?|\n|\v|\f|\x85|\u2028|\u2029")
SPACED = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Hangul}\p{N}]")


@st.composite
def masked(draw):
    w = words(draw(texts))
    bits = draw(st.lists(st.booleans(), min_size=len(w), max_size=len(w)))
    return w, np.array(bits, np.bool_)


def shown(w, mask, **options):
    return "".join(s.of(w.text) for s in render(w, mask, **options))


def without(text, *gone, **options):
    w = words(text)
    return shown(w, np.array([body not in gone for body in w.bodies()], np.bool_), **options)


@pytest.mark.parametrize(
    ("text", "gone", "expected"),
    [
        ("one two three", ["two"], "one three"),
        ("one two three", ["one"], "two three"),
        ("  one two\n", ["two"], "  one"),
        # The strongest gap survives: the paragraph break, although both words beside it went.
        ("one two\n\nthree four", ["two", "three"], "one\n\nfour"),
        ("def f():\n    pass\n    return 1", ["pass"], "def f():\n    return 1"),
        # The indentation is that of the line that follows: "b" must not become a child of "a".
        ("- a\n\n  x\n- b", ["x"], "- a\n\n- b"),
        ("a\n\n    x\n  b c", ["x", "b"], "a\n\n  c"),
        ("a\r\n\r\n\tx\r\n  b", ["x"], "a\r\n\r\n  b"),
        # Punctuation goes with the last of its words, and stays with the first that is left.
        ("We met (at noon), then left.", ["at", "noon"], "We met, then left."),
        ("We met (at noon), then left.", ["at"], "We met (noon), then left."),
        ("We met yesterday. Then we left.", ["Then", "we", "left"], "We met yesterday."),
        ("- one\n- two\n- three", ["two"], "- one\n- three"),
        ("我们今天讨论", ["我们"], "今天讨论"),
    ],
)
def test_hand_worked(text, gone, expected):
    assert without(text, *gone) == expected


def test_without_cleaning_punctuation_stays():
    assert without("We met (at noon), then", "at", "noon", clean=False) == "We met (), then"


@given(texts)
def test_keeping_everything_is_the_identity(text):
    w = words(text)
    if len(w):
        assert shown(w, np.ones(len(w), np.bool_)) == text


@given(masked())
def test_spans_are_ascending_and_inside_the_text(case):
    w, mask = case
    edges = [e for s in render(w, mask) for e in (s.start, s.end)]
    assert edges == sorted(set(edges))
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(w.text))


@given(masked())
def test_what_is_kept_is_there_in_order_and_nothing_else_but_white_space(case):
    w, mask = case
    bodies = [b for b, keep in zip(w.bodies(), mask, strict=True) if keep]
    assert "".join(shown(w, mask, clean=False).split()) == "".join("".join(bodies).split())


@given(masked())
def test_a_line_has_the_indentation_that_it_had(case):
    w, mask = case
    kept = np.flatnonzero(mask).tolist()
    spans = [(s.start, s.end) for s in render(w, mask, clean=False)]
    where = np.cumsum([0, *(b - a for a, b in spans)]).tolist()
    result = "".join(w.text[a:b] for a, b in spans)
    for unit in kept[1:]:
        start = int(w.starts[unit])
        place = next(at + start - a for at, (a, b) in zip(where, spans, strict=False) if a <= start < b)
        before, source = LINE_END.split(result[:place])[-1], LINE_END.split(w.text[:start])[-1]
        if not before.strip() and LINE_END.search(result[:place]):
            assert before == source[: len(source) - len(source.lstrip())]


@given(masked())
def test_words_that_stood_apart_are_not_glued(case):
    """Any two letters or digits of spaced scripts that touch in the result touched in the source."""
    w, mask = case
    spans = render(w, mask)
    for left, right in itertools.pairwise(spans):
        a, b = w.text[left.end - 1], w.text[right.start]
        inside_blob = not any(c.isspace() for c in w.text[left.start : right.end])
        assert not (SPACED.match(a) and SPACED.match(b)) or inside_blob


@given(masked(), st.integers(0, 2**32 - 1))
def test_tidying_is_monotone_and_idempotent_and_spares_what_is_fixed(case, seed):
    w, mask = case
    more = mask | (np.random.default_rng(seed).random(len(w)) < 0.3)
    assert (tidy(w, more) | ~tidy(w, mask)).all()
    assert (tidy(w, tidy(w, mask)) == tidy(w, mask)).all()
    assert tidy(w, mask, fixed=mask).tolist() == mask.tolist()
