"""Near copies are learnt or held out together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tamis.novelty import Detector
from tamis.novelty.components.phrases import Phrases
from tamis.novelty.copies import copies, joined
from tamis.novelty.detector import _division
from tamis.novelty.inputs import Inputs
from tests.novelty.making import KNOWN


def test_a_chain_is_one_set():
    angles = np.radians([0, 20, 40, 90, 180])  # cosine of 20 degrees is 0.94
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert joined(vectors, 0.9).tolist() == [0, 0, 0, 3, 4]


@given(st.integers(0, 1000), st.integers(2, 60), st.floats(0.2, 0.99))
def test_as_a_naive_search_says(seed, count, least):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near, labels = vectors @ vectors.T >= least, np.arange(count)
    for _ in range(count):
        labels = np.array([labels[near[row] | (np.arange(count) == row)].min() for row in range(count)])
    assert joined(vectors, least).tolist() == labels.tolist()


@given(st.lists(st.integers(0, 8), min_size=5, max_size=40), st.floats(0.05, 0.9), st.integers(0, 9))
def test_a_division_leaves_no_text_out_and_parts_no_set(sets, held_out, seed):
    numbers = np.array(sets)
    learn, hold = _division(numbers, held_out, seed)
    assert sorted([*learn, *hold]) == list(range(len(sets)))
    assert len(learn) >= 2
    assert hold
    smallest = min(sets.count(number) for number in sets)
    if smallest <= max(1, round(held_out * len(sets))):  # else no whole set fits, and one is parted
        assert not {sets[row] for row in learn} & {sets[row] for row in hold}


def test_texts_that_differ_by_a_letter_are_copies():
    texts = ["please book a table for two", "please book a table for twoo", "when does the train leave"]
    numbers = copies(Inputs.of(texts, None))
    assert numbers[0] == numbers[1] != numbers[2]


def test_hashed_cosines_are_nearly_those_of_the_index():
    index = Phrases.fit(Inputs.of(KNOWN[:50], None))
    rows = index.hashed(4096)
    cosines = np.stack([index.cosines(text) for text in KNOWN[:50]])
    assert np.abs(rows @ rows.T - cosines).max() < 0.15


def test_with_copies_of_every_text_false_alarms_stay_rare():
    """Every request of the log is there ten times; requests to come are there for the first time."""
    rng = np.random.default_rng(3)
    words = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), 6)) for _ in range(400)]
    fresh = [" ".join(rng.choice(words, 6)) for _ in range(450)]
    log = [text for text in fresh[:150] for _ in range(10)]
    rates = []
    for together in (False, True):
        detector = Detector.fit(log, encoder=None, copies_together=together)
        rates.append(np.mean([result.novel for result in detector.check(fresh[150:], rate=0.05)]))
    assert rates[0] > 0.9  # copies of what is held out were learnt: nearly all that is fresh looks new
    assert rates[1] <= 0.15


def test_a_log_of_one_line_has_a_detector():
    detector = Detector.fit(["GET /health 200"] * 3_000 + KNOWN, encoder=None)
    assert detector.check(["GET /health 200"], rate=0.05)[0].verdict == "known"
    assert detector.check(["DROP TABLE users; --"], rate=0.05)[0].verdict == "novel"
