"""Vectors that are remembered are those that would be made."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tamis.models.recent import _ENTRY, RecentVectors

WIDTH = 4
ENTRY = 4 * WIDTH + _ENTRY  # bytes


def encode(texts):
    """A vector that says which text it is of."""
    rows = [np.frombuffer(text.encode("utf-32-le").ljust(4 * WIDTH, b"\0")[: 4 * WIDTH], np.uint32) for text in texts]
    return np.array(rows, np.float32).reshape(-1, WIDTH)


@given(st.lists(st.lists(st.text("abc", max_size=3), max_size=6), max_size=8), st.integers(0, 8))
def test_the_same_vectors_whatever_was_asked_before(calls, entries):
    recent = RecentVectors(entries * ENTRY)
    for texts in calls:
        np.testing.assert_array_equal(recent(texts, encode), encode(texts))
        assert len(recent._vectors) <= entries
        assert recent._bytes == ENTRY * len(recent._vectors)


def test_a_text_is_encoded_once():
    asked = []
    recent = RecentVectors()

    def counted(texts):
        asked.extend(texts)
        return encode(texts)

    recent(["a", "b", "a"], counted)
    recent(["b", "c"], counted)
    assert asked == ["a", "b", "c"]


def test_what_was_not_asked_for_longest_goes_first():
    recent = RecentVectors(2 * ENTRY)
    for text in ("a", "b", "a", "c"):
        recent([text], encode)
    asked = []
    recent(["a", "c"], lambda texts: asked.extend(texts) or encode(texts))
    assert asked == []


def test_changing_what_was_given_changes_nothing_remembered():
    recent = RecentVectors()
    recent(["a"], encode)[0, 0] = 99
    np.testing.assert_array_equal(recent(["a"], encode), encode(["a"]))


def test_lone_surrogates_are_texts_too():
    assert RecentVectors()(["\ud800"], lambda texts: np.ones((len(texts), WIDTH), np.float32)).shape == (1, WIDTH)


def test_what_was_forgotten_is_encoded_again():
    asked = []
    recent = RecentVectors()
    for _ in range(2):
        recent(["a"], lambda texts: asked.extend(texts) or encode(texts))
        recent.clear()
    assert asked == ["a", "a"]
