"""Annotation by offsets: hand-worked answers, a naive aligner beside the fast one, laws, the reference's defects."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.distill.align import FOLDED, INFLECTED, MARK, SAME, _fits, _in_order, annotate, inflected
from tamis.distill.measure import Filters, Quality
from tamis.text.words import words
from tests.distill.conftest import MEETING, teacher_server

VOCABULARY = ["the", "The", "cat", "cats", "saw", "dog", "dogs", ",", ".", "7", "8", "mill", "milling", "東京"]
SENTENCES = st.lists(st.sampled_from(VOCABULARY), max_size=14).map(" ".join)
MANY = st.lists(
    st.builds(Quality, st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.floats(0, 1), st.floats(0, 1)).filter(
        lambda q: q.gap >= 0
    ),
    max_size=60,
)


def kept(source: str, answer: str, **settings) -> list[str]:
    found = annotate(source, answer, **settings)
    return [body for body, keep in zip(found.words.bodies(), found.keep, strict=True) if keep]


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        ("The mill, which was old, burned down.", "mill burned down", "mill burned down"),
        ("The mill, which was old, burned down.", "mill, burned down.", "mill , burned down ."),
        ("It cost 3.5 % more than in 1990.", "cost 3.5 % more 1990.", "cost 3.5 % more 1990 ."),
        # Two are inflected, "because" is new, "2 p.m" is no form of "3 p.m".
        ("They discussed studies at 3 p.m today", "discuss study because 2 today", "discussed studies today"),
        # The second "the" is meant, since the cat comes before it: a walk outwards from "cat" would take the first.
        ("the cat, big and slow, saw that the dog ran", "cat saw the dog", "cat saw the dog"),
        # Moved to the front: found in the window, although it breaks the order.
        ("We met on Monday to vote on rates", "Monday: met vote rates", "met Monday vote rates"),
        ("Ann saw Bob and Bob saw Ann", "Bob saw Ann", "Bob saw Ann"),
        ("", "anything", ""),
        ("Only this.", "", ""),
        # Phrases survive whole: with their particles, if half of their characters are in the answer.
        ("東京は大きい都市です。", "東京大きい都市", "東京は 大きい都市です"),
        ("東京は大きい都市です。", "東京", "東京は"),
    ],
)
def test_hand_worked(source, answer, expected):
    found = "".join(kept(source, answer))
    assert found == expected.replace(" ", "")


def test_the_nearer_of_two_equal_words_is_the_one_that_keeps_the_order():
    found = annotate("the cat, big and slow, saw that the dog ran", "cat saw the dog")
    where = found.words.starts[found.keep].tolist()
    assert where == [4, 23, 32, 36]
    # A function word goes with what follows it, not with what came before.
    found = annotate("the one and the other", "the other")
    assert found.words.starts[found.keep].tolist() == [12, 16]


def test_offsets_are_those_of_the_source():
    source = "  Well,\tthe  naïve café\n\ncloses at 9. 😀"
    found = annotate(source, "café closes 9.")
    spans = zip(found.words.starts[found.keep], found.words.ends[found.keep], strict=True)
    assert [source[start:end] for start, end in spans] == ["café", "closes", "9", "."]


def test_a_moved_word_is_looked_for_in_the_window_only():
    source = "Monday " + "and then more of it " * 20 + "came the vote"
    answer = "came the vote Monday"
    assert "Monday" in kept(source, answer, window=150)
    assert "Monday" not in kept(source, answer, window=20)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("studies", "study", True),
        ("discuss", "discussed", True),
        ("meeting", "meet", True),
        ("bigger", "big", True),
        ("colour", "color", True),
        ("go", "going", False),
        ("1990", "1991", False),
        ("contract", "contrary", False),
        ("house", "mouse", False),
        ("a", "as", False),
        ("v2", "v3", False),
    ],
)
def test_inflections(one, other, same):
    assert inflected(one, other) == inflected(other, one) == same


def test_an_inflection_is_looked_for_only_where_the_word_itself_is_not():
    assert kept("They report the reports daily", "reports daily") == ["reports", "daily"]
    assert kept("They report daily", "reports daily") == ["report", "daily"]


def naive(fits: list[dict[int, int]], size: int) -> int:
    """The heaviest alignment in order, by trying everything."""

    @cache
    def best(i: int, j: int) -> int:
        if i == len(fits) or j == size:
            return 0
        weight = fits[i].get(j)
        skipped = max(best(i + 1, j), best(i, j + 1))
        return skipped if weight is None else max(skipped, weight + best(i + 1, j + 1))

    return best(0, 0)


@given(source=SENTENCES, answer=SENTENCES)
def test_the_alignment_is_as_heavy_as_the_naive_one(source, answer):
    ours, theirs = words(source), words(answer)
    fits = _fits(ours.bodies(), theirs.bodies(), ours.punct, theirs.punct)
    place = _in_order(fits, len(ours))
    placed = place[place >= 0]
    assert (np.diff(placed) > 0).all()
    weight = sum(fits[i][int(at)] for i, at in enumerate(place) if at >= 0)
    assert weight == naive(fits, len(ours))


@given(source=SENTENCES, answer=SENTENCES)
def test_only_words_that_fit_are_kept_and_the_figures_are_shares(source, answer):
    found = annotate(source, answer)
    said = [body.casefold() for body in words(answer).bodies()]
    for body, keep in zip(found.words.bodies(), found.keep, strict=True):
        assert not keep or any(body.casefold() == w or inflected(body.casefold(), w) for w in said)
    assert found.keep.sum() <= len(said)
    quality = Quality.of(found)
    assert 0 <= quality.variation <= 1
    assert 0 <= quality.matching <= 1
    assert quality.gap >= 0


@given(source=SENTENCES, drop=st.sets(st.integers(0, 13)))
def test_an_answer_that_only_deletes_is_labelled_without_error(source, drop):
    units = words(source)
    bodies = [body.strip() for at, body in enumerate(units.bodies()) if at not in drop]
    found = annotate(source, " ".join(bodies))
    assert kept(source, " ".join(bodies)) == bodies  # up to which of equal words it was
    quality = Quality.of(found)
    assert (quality.variation, quality.gap) == (0, 0)
    if len(set(units.bodies())) == len(units):
        assert np.flatnonzero(found.keep).tolist() == [at for at in range(len(units)) if at not in drop]


def test_a_real_transcript_shortened_by_rule_is_labelled_word_for_word():
    text = MEETING[:6000]
    found = annotate(text, teacher_server.shorten(text))
    quality = Quality.of(found)
    assert (quality.variation, quality.gap) == (0, 0)
    spoken = ~found.words.punct
    bodies = [b for b, s in zip(found.words.bodies(), spoken, strict=True) if s]
    dropped = {
        "".join(filter(str.isalnum, b.lower())) for b, k in zip(bodies, found.keep[spoken], strict=True) if not k
    }
    assert dropped <= teacher_server.FUNCTION_WORDS


def test_words_outweigh_punctuation_and_better_fits():
    assert SAME > FOLDED > INFLECTED > 9_000 * MARK
    assert 10_000 * (SAME - FOLDED) <= INFLECTED
    assert kept(", , , a", "a , , ,") == ["a"]


def test_quality_is_hand_worked():
    # Source: 5 words. Answer: "mill" and "burned" found and labelled, "burned" again is found but has no place, "red"
    # is unknown: VR 1/4, HR 3/5, MR 2/5, AG 1/5.
    quality = Quality.of(annotate("The old mill burned down.", "mill burned burned red."))
    assert quality == Quality(1 / 4, 3 / 5, 2 / 5)
    assert quality.gap == pytest.approx(1 / 5)


@given(many=MANY, variation=st.floats(0, 0.9), gap=st.floats(0, 0.9))
def test_filters_drop_the_worst_and_no_more_than_their_share(many, variation, gap):
    stays = Filters(variation, gap).kept(many)
    assert stays == sorted(set(stays))
    faithful = Filters(variation, 0.0).kept(many)
    gone = set(range(len(many))) - set(faithful)
    assert len(gone) <= variation * len(many) + 1e-9
    assert all(many[i].variation > 0 for i in gone)
    assert not gone or min(many[i].variation for i in gone) >= max((many[i].variation for i in faithful), default=0)
    later = set(faithful) - set(stays)
    assert len(later) <= gap * len(faithful) + 1e-9
    assert not later or min(many[i].gap for i in later) >= max((many[i].gap for i in stays), default=0)


def test_the_second_filter_looks_at_what_the_first_left():
    """The reference takes its second column from the unfiltered list (its PR 199)."""
    many = [Quality(0.9, 1.0, 0.0), *(Quality(0.0, 0.5, 0.5) for _ in range(8)), Quality(0.0, 0.5, 0.3)]
    assert Filters(0.1, 0.12).kept(many) == list(range(1, 9))  # the first goes for its VR, the last for its gap


def test_faultless_answers_survive_a_quota():
    """A percentile that is 0 drops everything at or above it, which is everything, in the reference."""
    assert Filters(0.5, 0.5).kept([Quality(0.0, 0.4, 0.4)] * 10) == list(range(10))
    assert Filters().kept([]) == []
