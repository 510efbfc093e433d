"""What is held out: whole documents, by a stable hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.distill.label import Marked
from tamis.distill.split import split
from tamis.errors import InvalidInput


def texts(sizes: list[int]) -> list[Marked]:
    return [Marked(f"{d}-{n}", f"document {d}", "text", ()) for d, size in enumerate(sizes) for n in range(size)]


@given(sizes=st.lists(st.integers(1, 9), min_size=3, max_size=12), share=st.floats(0.05, 0.4), seed=st.integers(0, 5))
def test_no_document_is_on_two_sides(sizes, share, seed):
    made = texts(sizes)
    parts = split(made, share=share, seed=seed)
    sides = [{one.document for one in side} for side in (parts.train, parts.dev, parts.test)]
    assert all(sides)
    assert sum(map(len, sides)) == len(sizes)
    assert sorted((*parts.train, *parts.dev, *parts.test), key=made.index) == made
    assert parts.by == "document"
    assert split(made, share=share, seed=seed) == parts


def test_shares_are_about_what_was_asked_for():
    parts = split(texts([1] * 200), share=0.1, seed=0)
    assert (len(parts.test), len(parts.dev), len(parts.train)) == (20, 20, 160)


def test_a_document_more_moves_no_other_one_much():
    before = split(texts([1] * 100), share=0.2, seed=0)
    after = split(texts([1] * 101), share=0.2, seed=0)
    assert len({one.id for one in before.test} ^ {one.id for one in after.test}) <= 2


def test_one_document_is_split_by_texts_and_that_is_said():
    parts = split(texts([10]), share=0.1, seed=0)
    assert (len(parts.train), len(parts.dev), len(parts.test), parts.by) == (8, 1, 1, "text")


def test_too_few_texts_and_odd_shares_are_refused():
    with pytest.raises(InvalidInput, match="2 labelled texts are too few"):
        split(texts([2]), share=0.1, seed=0)
    for share in (0.0, 0.5, float("nan")):
        with pytest.raises(InvalidInput, match="--held-out"):
            split(texts([5]), share=share, seed=0)
