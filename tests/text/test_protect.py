import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.core import Span
from tamis.errors import InvalidKeep, UnknownName
from tamis.text.protect import DEFAULT_DETECTORS, DETECTORS, Detection, detect, keep_spans, keep_tags
from tests.text.texts import texts

ALL = tuple(DETECTORS)


@given(texts)
def test_each_detector_gives_valid_sorted_disjoint_spans_of_any_text(text):
    for name in ALL:
        spans = list(DETECTORS[name](text))
        assert all(0 <= span.start < span.end <= len(text) for span in spans), name
        assert all(a.end <= b.start for a, b in pairwise(spans)), name
        assert spans == list(DETECTORS[name](text))


@given(texts)
def test_detect_is_the_union_in_order(text):
    found = detect(text, ALL)
    assert list(found) == sorted(found)
    assert set(found) == {Detection(span, name) for name in ALL for span in DETECTORS[name](text)}
    assert detect(text) == detect(text, DEFAULT_DETECTORS)
    assert set(detect(text)) <= set(found)


def test_unknown_detectors_list_the_known_and_the_defaults_are_known():
    with pytest.raises(UnknownName, match=r"'number'.*mean 'numbers'"):
        detect("", ["number"])
    assert set(DEFAULT_DETECTORS) <= set(DETECTORS)


def test_the_same_detector_twice_finds_once():
    assert detect("Not!", ["negations", "negations"]) == (Detection(Span(0, 3), "negations"),)


@pytest.mark.parametrize("text", ["DAS IST ALLES GROSS " * 150, "Every Word Has A Capital Here " * 100])
def test_where_all_words_have_capitals_they_name_nothing(text):
    assert list(DETECTORS["names"](text)) == []


NASTY = [
    "a", "A", "A.", "A ", "Aa ", "Aa of ", "1", "1 ", "1.", "1-", "1,", "$", "-", "- ", ".", "@", "a@", "a@a.", "/",
    "a/", "\\", "://", "a://", "www.", ".com", "`", "` ``", "``` \n", "```\n", '"', '"a', ' "a', "'", " 'a", "“",
    "‘a", "«", "n't", "not ", "what? ", "?", "? ", "[", "[]", "[](", "![a](", "|", "|\n", "| - |", "\n", " \n", " ",
    "May ", "May 1", "1 May ", "2023-", "two ", "two and ", "<keep>", "</keep>", "<keep></keep>", "A.-", "a.b",
    "Dr. ", "\u0301", "中", "1年", "A'", "A-", "n'", "how ", "#", "# ", "* ", "1\u00a0000", "\t", "1 -1,", "C:\\",
    "~/", ">", "\x00", "1:", "=",
]  # fmt: skip


@pytest.mark.parametrize("piece", NASTY)
def test_nasty_repetitions_finish(piece):
    text = piece * (40_000 // len(piece)) + "b"
    for name in ALL:
        assert all(0 <= span.start < span.end <= len(text) for span in DETECTORS[name](text))
    assert len(keep_tags(text)[0]) <= len(text)


@pytest.mark.parametrize(
    ("text", "clean", "inside"),
    [
        ("a <keep>b c</keep> d", "a b c d", ["b c"]),
        ("<keep>a</keep><keep>b</keep>", "ab", ["a", "b"]),
        ("1 < 2 <keep>x < y</keep> <b>", "1 < 2 x < y <b>", ["x < y"]),
        ("<keep>never closed", "<keep>never closed", []),
        ("never opened</keep>", "never opened</keep>", []),
        ("<keep>a<keep>b</keep>c</keep>", "<keep>abc</keep>", ["b"]),
        ("a<keep></keep>b", "ab", []),
        ("<KEEP>a</KEEP> <keep >", "<KEEP>a</KEEP> <keep >", []),
        ("", "", []),
    ],
)
def test_keep_tags(text, clean, inside):
    found, spans = keep_tags(text)
    assert found == clean
    assert [span.of(found) for span in spans] == inside


@given(st.lists(st.tuples(st.sampled_from(["", "<keep>", "</keep>"]), st.text(max_size=8)), max_size=12))
def test_tags_are_all_that_goes(rows):
    text = "".join(tag + words for tag, words in rows)
    clean, spans = keep_tags(text)
    assert re.sub("</?keep>", "", clean) == re.sub("</?keep>", "", text) or "<keep>" in clean or "</keep>" in clean
    assert (len(text) - len(clean)) % len("<keep></keep>") == 0
    assert all(0 <= span.start < span.end <= len(clean) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_terms_patterns_and_spans():
    text = "IBM paid $5; IBM's offer (a.b) stands."
    found = keep_spans(text, ["IBM", re.compile(r"\$\d"), Span(0, 3), (13, 18), "a.b", "gone", re.compile("z*")])
    assert [(f.span.of(text), f.rule) for f in found] == [
        ("IBM", "keep"), ("IBM", "keep"), ("$5", "keep"), ("IBM", "keep"), ("IBM's", "keep"), ("a.b", "keep"),
    ]  # fmt: skip
    assert keep_spans(text, "IBM") == keep_spans(text, ["IBM"])
    assert keep_spans(text, []) == ()


def test_terms_are_case_sensitive_and_found_inside_words():
    assert [f.span for f in keep_spans("Cat concatenates", ["cat"])] == [Span(7, 10)]


@given(texts, st.text(min_size=1, max_size=3))
def test_every_occurrence_of_a_term_is_kept(text, term):
    assert len(keep_spans(text, [term])) == text.count(term)


@pytest.mark.parametrize(
    "bad",
    ["", 3, None, b"x", re.compile(b"x"), (1,), (1, 2, 3), (3, 2), (-1, 2), (0, 99), (0.5, 2), Span(5, 50), (True, 2),
     ("a", "b")],
)  # fmt: skip
def test_what_cannot_be_kept(bad):
    with pytest.raises(InvalidKeep, match=r"Give|give|Offsets"):
        keep_spans("some text", [bad])


def test_an_empty_span_keeps_nothing_and_fails_nothing():
    assert all(len(found.span) == 0 for found in keep_spans("text", [(2, 2)]))
