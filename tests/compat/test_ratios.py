"""Shares of segments: laws, worked examples, bad input."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.compat import Tagged, segment_ratios, tagged_ratios
from tamis.errors import InvalidInput

LENGTHS = st.lists(st.integers(0, 700), min_size=1, max_size=6)
SIZES = st.integers(1, 300)


@given(LENGTHS, SIZES, st.floats(-100, 3000))
def test_parts_add_up_to_the_text_and_fit_their_segments(lengths, size, target):
    segments = segment_ratios(lengths, target, size=size)
    parts = [part for segment in segments for part in segment]
    assert sum(length for length, _ in parts) == sum(length + 2 for length in lengths)
    assert all(0 <= ratio <= 1 for _, ratio in parts)
    totals = [sum(length for length, _ in segment) for segment in segments]
    assert all(total <= size for total in totals)
    # Full but for the first, one short, and the last; a segment that is exactly full may be closed by an empty part.
    assert all(total == size - (place == 0) for place, total in enumerate(totals[:-1]))


@given(LENGTHS, SIZES, st.floats(1, 3000), st.floats(-1, 1))
def test_every_token_gets_the_share_of_its_document(lengths, size, target, offset):
    offsets = [offset * (number % 2) for number in range(len(lengths))]
    parts = [part for segment in segment_ratios(lengths, target, size=size, offsets=offsets) for part in segment]
    mine = np.repeat([ratio for _, ratio in parts], [length for length, _ in parts])
    share = target / (sum(lengths) + 2 * len(lengths) + 1)
    naive = [
        min(1.0, max(0.0, share + o)) for length, o in zip(lengths, offsets, strict=True) for _ in range(length + 2)
    ]
    assert mine.tolist() == naive


def test_by_hand():
    # 250 + 2 tokens, 126.5 / 253 = 0.5; the first segment is one token short.
    assert segment_ratios([250], 126.5, size=200) == [[(199, 0.5)], [(53, 0.5)]]
    # 10 / (5 + 5 + 1) > 0.9, cut at 1.
    assert segment_ratios([3, 3], 10, size=8, offsets=[0.5, -1.0]) == [[(5, 1.0), (2, 0.0)], [(3, 0.0)]]
    # The second document begins in a segment that the first has just filled: an empty part closes it.
    assert segment_ratios([13, 3], 21.0, size=8) == [[(7, 1.0)], [(8, 1.0), (0, 1.0)], [(5, 1.0)]]
    assert segment_ratios([], 10) == []


def test_tags_by_hand():
    # a|bc|de of three stretches: "abc" 0.5, "d" protected, "e" 0.2; the token "de" lies in two, one of them protected
    ends, parts = np.array([1, 3, 5]), [[Tagged(3, 0.5), Tagged(1, 0.3, compress=False), Tagged(1, 0.2)]]
    assert tagged_ratios(ends, parts, size=2) == [[(2, 0.5)], [(1, 1.0)]]
    # The blank line between documents belongs to the first; a token of both takes the smaller share.
    ends, parts = np.array([2, 5, 6]), [[Tagged(2, 0.4)], [Tagged(2, 0.3)]]
    assert tagged_ratios(ends, parts, size=9) == [[(1, 0.4), (2, 0.3)]]


@pytest.mark.parametrize("size", [0, -3])
def test_a_segment_without_tokens_is_refused(size):
    with pytest.raises(InvalidInput, match=str(size)):
        segment_ratios([5], 2, size=size)
    with pytest.raises(InvalidInput, match=str(size)):
        tagged_ratios(np.array([1]), [[Tagged(1, 0.5)]], size=size)


def test_what_does_not_match_is_refused():
    with pytest.raises(InvalidInput, match="2 documents but 1 offsets"):
        segment_ratios([5, 6], 2, offsets=[0.1])
    with pytest.raises(InvalidInput, match="ends at 4"):
        tagged_ratios(np.array([2, 4]), [[Tagged(3, 0.5)]])


def test_importing_loads_no_torch():
    code = "import sys, tamis.compat; sys.exit(bool({'torch', 'transformers', 'onnxruntime'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
