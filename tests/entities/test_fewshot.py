"""Types from a few sentences: the worst word's loss, prototypes, the recipe and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.entities import Example, Recognizer
from tamis.entities.recognition.crf import Chain
from tamis.entities.recognition.network import Sentence
from tamis.entities.recognition.prototypes import SpanTyping, Whitening, span_vectors
from tamis.entities.recognition.recognizer import DETECTOR
from tamis.entities.recognition.tags import TagSet
from tamis.errors import InvalidInput, ModelCorrupt

FEW = [
    Example("Vera Lindt sang Northern Road at the Kulturhaus.", [(0, 10, "artist"), (16, 29, "song")]),
    Example("Blue Harbour, written by Tom Okoye, was a hit.", [(0, 12, "song"), (25, 34, "artist")]),
    Example(
        "Mia Sand and Leo Brandt recorded Paper Moon Rising.",
        [(0, 8, "artist"), (13, 23, "artist"), (33, 50, "song")],
    ),
]


@pytest.fixture(scope="module")
def few() -> Recognizer:
    return Recognizer.fit_few(FEW)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_the_gradient_of_the_worst_word_is_the_slope_of_its_loss(seed: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    tags = TagSet(("a",))
    chain = Chain.of(tags)
    chain.between[chain.between > -1] = rng.normal(size=(chain.between > -1).sum())
    scores = rng.normal(size=(1, length, tags.size))
    gold, lengths = np.zeros((1, length), np.int64), np.array([length])
    _, gradient = chain.worst(scores, gold, lengths)
    for t, tag in np.ndindex(length, tags.size):
        near = scores.copy()
        near[0, t, tag] += 1e-5
        slope = (chain.worst(near, gold, lengths)[0] - chain.worst(scores, gold, lengths)[0]) / 1e-5
        assert gradient[0, t, tag] == pytest.approx(slope, abs=1e-3)


def test_the_worst_word_is_the_least_probable_one() -> None:
    """Three words without ties between them: the loss is that of the word whose gold tag has the lowest score."""
    tags = TagSet(("a",))
    chain = Chain.of(tags)
    scores = np.full((1, 3, tags.size), -50.0)  # (nothing but "no name" and single names is probable)
    scores[0, :, 0] = [2.0, -1.0, 1.0]
    scores[0, :, 4] = 0.0
    loss, gradient = chain.worst(scores, np.zeros((1, 3), np.int64), np.array([3]))
    assert loss == pytest.approx(np.log(1 + np.exp(1)))
    assert np.abs(gradient[0, [0, 2]]).max() < 1e-6
    assert gradient[0, 1, 0] == pytest.approx(1 / (1 + np.exp(1)) - 1)


def test_a_space_makes_types_vary_alike() -> None:
    """Within types the variances are 1 and 9, their mean 5: they become 1/(1 + 5) and 9/(9 + 5), the wider first."""
    rows = np.array([[9, 3], [11, -3], [9, -3], [11, 3], [-1, 3], [1, -3], [-1, -3], [1, 3]], np.float32)
    kinds = ["a"] * 4 + ["b"] * 4
    space = Whitening.of(rows, kinds, 2)
    apart = (rows - space.mean) @ space.axes
    within = np.concatenate([apart[:4] - apart[:4].mean(0), apart[4:] - apart[4:].mean(0)])
    assert (within**2).mean(0) == pytest.approx([1 / 6, 9 / 14], rel=1e-5)  # (the first tells the types apart)
    assert np.linalg.norm(space(rows), axis=1) == pytest.approx(np.ones(8))
    assert Whitening.of(rows, kinds, 1).axes == pytest.approx(space.axes[:, :1])


def test_spans_have_the_mean_of_their_words() -> None:
    states = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 5.0]], np.float16)
    sentence = Sentence([(0, 3), (4, 7), (8, 9)], states, np.zeros((3, 1), np.uint32))
    rows = span_vectors(sentence, [(0, 7), (5, 9), (3, 4)])
    assert rows.tolist() == [[2, 0], [1.5, 2.5], [0, 0]]  # (a blank has no word)


def test_what_is_near_no_prototype_is_of_no_type() -> None:
    space = Whitening(np.zeros(2, np.float32), np.eye(2, dtype=np.float32))
    typing = SpanTyping(space, np.eye(2, dtype=np.float32), 0.5, 20.0)
    states = np.array([[1, 0.1], [0.1, 1], [-1, -1]], np.float16)
    shares = typing(Sentence([(0, 1), (2, 3), (4, 5)], states, np.zeros((3, 1))), [(0, 1), (2, 3), (4, 5)])
    assert shares.argmax(1).tolist() == [0, 1, 2]
    assert shares.sum(1) == pytest.approx(np.ones(3))


def test_new_names_have_the_types_of_a_few(few: Recognizer) -> None:
    names = few("Ida Novak played Silver Rain twice.")
    assert ("Ida Novak", "artist") in {(one.text, one.kind) for one in names}
    assert all(0 <= one.confidence <= 1 for one in names)
    assert few.types == ("artist", "song")
    assert few("") == ()


def test_it_is_reproducible_and_comes_back_from_its_folder(few: Recognizer, tmp_path: Path) -> None:
    text = "Ida Novak played Silver Rain twice. Then Leo Brandt sang Northern Road."
    assert Recognizer.fit_few(FEW)(text) == few(text)
    few.save(tmp_path / "few")
    again = Recognizer.load(tmp_path / "few")
    assert [(one.start, one.end, one.kind) for one in again(text)] == [(o.start, o.end, o.kind) for o in few(text)]
    config = tmp_path / "few" / "recognizer.json"
    config.write_text(config.read_text(encoding="utf-8").replace('"song"', '"song", "more"'), encoding="utf-8")
    with pytest.raises(ModelCorrupt, match="prototypes of other types"):
        Recognizer.load(tmp_path / "few")


def test_one_sentence_of_one_type_is_enough() -> None:
    one = Recognizer.fit_few([Example("The ship Aurora left.", [(9, 15, "ship")])])
    assert one.types == ("ship",)
    assert isinstance(one("The ship Borealis came."), tuple)


def test_the_detector_knows_one_type_and_no_prototypes() -> None:
    assert Recognizer.load(DETECTOR).types == ("name",)


@pytest.mark.parametrize("examples", [[], [Example("Nothing here.", [])], [Example("Ann", [(0, 9, "a")])]])
def test_examples_that_teach_nothing(examples: list[Example]) -> None:
    with pytest.raises(InvalidInput):
        Recognizer.fit_few(examples)


def test_names_of_types_that_no_example_has() -> None:
    with pytest.raises(InvalidInput, match="'band'"):
        Recognizer.fit_few(FEW, {"band": "music band"})
