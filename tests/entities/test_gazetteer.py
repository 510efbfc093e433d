"""Lists of names: which entry, how near; against a search for every entry by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.entities import Gazetteer
from tamis.errors import InvalidInput

LISTS = {"person": ["Ann Lee", "Zoë", "Ann"], "product": ["Heronbridge", "T-1000"]}


@pytest.mark.parametrize(
    ("text", "entry", "nearness"),
    [
        ("see Ann Lee.", "Ann Lee", 1.0),
        ("ANN LEE!", "Ann Lee", 0.9),
        ("by Zoe", "Zoë", 0.85),
        ("two Heronbridges", "Heronbridge", 0.75),
        ("a Heronbrigde", None, None),  # two letters changed places: that is two apart
        ("a Heronbrige", "Heronbridge", 0.6),
        ("a Heronbridgee", "Heronbridge", 0.6),
        ("a Heranbridge", "Heronbridge", 0.6),
        ("the T-1000's arm", "T-1000", 1.0),
        ("Annie", None, None),
        ("Anm", None, None),  # too short to differ
    ],
)
def test_nearness(text: str, entry: str | None, nearness: float | None) -> None:
    found = Gazetteer(LISTS)(text)
    assert [(one.entry, one.nearness) for one in found] == ([] if entry is None else [(entry, nearness)])


WORDS = st.sampled_from(["a", "b", "c", "ab", "longword", "longwprd", "longwor", "-"])


@settings(max_examples=200, deadline=None)
@given(
    st.sets(st.lists(WORDS.filter(str.isalpha), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6),
    st.lists(WORDS, max_size=12).map(" ".join),
)
def test_exact_entries_are_those_that_a_plain_search_has(entries: set[str], text: str) -> None:
    gazetteer = Gazetteer({"x": sorted(entries)})
    words = text.split()
    lengths = [(entry.split(), n) for entry in entries for n in range(len(words))]
    expected = {(n, n + len(entry)) for entry, n in lengths if words[n : n + len(entry)] == entry}
    exact = [one for one in gazetteer._all(text) if one.nearness == 1.0]
    starts = [sum(len(word) + 1 for word in words[:n]) for n in range(len(words) + 1)]
    assert {(one.start, one.end) for one in exact} == {(starts[a], starts[b] - 1) for a, b in expected}
    found = gazetteer(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[one.start : one.end] == one.text for one in found)


def test_a_list_goes_out_of_a_text() -> None:
    text = "Ann Lee builds heronbridge."
    safe = tamis.redact(text, find=Gazetteer(LISTS))
    assert safe.text == "[PERSON_1] builds [PRODUCT_1]."
    assert tamis.restore(safe.text, safe.table) == text


def test_bad_lists() -> None:
    with pytest.raises(InvalidInput, match=r"'\.\.\.' in the list 'x'"):
        Gazetteer({"x": ["..."]})
    with pytest.raises(InvalidInput, match="is a str"):
        Gazetteer({"x": "Ann"})
    assert Gazetteer({})("Ann") == ()
