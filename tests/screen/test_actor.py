"""A GUI-Actor as a grounder: by the interface of every grounder, with a verifier, and its errors."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("PIL")

from tamis.errors import InvalidInput, ModelCorrupt
from tamis.image import Point, Screenshot, heat
from tamis.models.gui_actor.prompts import PAD, START
from tamis.screen import ActorGrounder, PublishedVerifier, Verification, look
from tamis.screen.actor import _confidence
from tamis.screen.proposals import proposals
from tests.models import tiny_actors

PIXELS = np.random.default_rng(3).integers(0, 256, (200, 320, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_actors.saved(tmp_path_factory.mktemp("actor"), "qwen2_5_vl")


@pytest.fixture(scope="module")
def grounder(folder):
    return ActorGrounder(str(folder), device="cpu", dtype="float32", batch=2)


def test_look_takes_it_as_any_grounder(grounder):
    screen = look(PIXELS, elements=(), grounder=grounder)
    many = screen.ground_many(["the Save button", "the icon", "a link"])
    assert [one.instruction for one in many] == ["the Save button", "the icon", "a link"]
    for one in many:
        assert one.present
        assert one.box.contains(one.point)
        assert screen.shot.bounds.covers(one.box)
        assert 0 < one.confidence <= 1
        scores = [ranked.score for ranked in one.ranked]
        assert scores == sorted(scores, reverse=True)
        assert one.ranked[0].element.box == one.box
    assert screen.ground("the icon").point.x == pytest.approx(many[1].point.x, abs=1e-3)


def test_the_point_is_the_middle_of_the_best_region_of_the_heat_map(grounder):
    shot = Screenshot(PIXELS)
    grid = grounder.attention(shot, "the Save button")
    one = grounder(shot, (), ["the Save button"])[0]
    row, column = np.unravel_index(grid.argmax(), grid.shape)
    assert grid.sum() == pytest.approx(1, abs=1e-5)
    assert heat(PIXELS, grid).shape == PIXELS.shape
    peak = Point((column + 0.5) / grid.shape[1] * 320, (row + 0.5) / grid.shape[0] * 200)
    assert any(ranked.element.box.contains(peak) for ranked in one.ranked)


def test_attention_that_is_everywhere_is_not_sure():
    flat = proposals(np.full((4, 5), 0.05), (50, 40))[0]
    point = proposals(np.eye(4)[:1], (50, 40))[0]
    two = proposals(np.array([[0.5, 0.5, 0, 0]]), (40, 10))[0]
    assert [_confidence(one, n) for one, n in ((flat, 20), (point, 4), (two, 4))] == pytest.approx([0, 1, 0.5])


class Wishing:
    """A verifier that likes places to the right, and counts its looks."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self, shot, instruction, points, /):
        self.looks += len(points)
        return [point.x / shot.size[0] for point in points]


@pytest.mark.parametrize("batch", [1, 3])
def test_the_first_place_that_is_good_enough_ends_the_search(batch):
    shot, points = Screenshot(PIXELS), [Point(10, 5), Point(300, 5), Point(310, 5), Point(20, 5)]
    wishing = Wishing()
    chosen, score = Verification(wishing, enough=0.9, batch=batch).choice(shot, "x", points)
    assert (chosen, score) == (1, pytest.approx(300 / 320))
    assert wishing.looks == {1: 2, 3: 3}[batch]
    wishing.looks = 0
    assert Verification(wishing, enough=1.0).choice(shot, "x", points)[0] == 2
    assert wishing.looks == 4


def test_a_verifier_chooses_among_the_candidates(folder):
    wishing = Wishing()
    grounder = ActorGrounder(str(folder), device="cpu", dtype="float32", verification=Verification(wishing, enough=1))
    one = look(PIXELS, elements=(), grounder=grounder).ground("the Save button")
    assert wishing.looks > 1
    assert one.confidence == pytest.approx(one.point.x / 320)
    assert one.box.contains(one.point)


def test_the_published_verifier_scores_places(tmp_path):
    verifier = PublishedVerifier(
        str(tiny_actors.saved(tmp_path, "qwen2_vl", head=False)), device="cpu", dtype="float32"
    )
    scores = verifier(Screenshot(PIXELS), "the Save button", [Point(10, 10), Point(300, 190)])
    assert all(0 < score < 1 for score in scores)
    assert scores[0] != scores[1]


def test_a_model_that_writes_may_point_more_than_once(folder):
    grounder = ActorGrounder(str(folder), device="cpu", dtype="float32", write=True)
    test = pytest.importorskip("torch")
    vision = grounder._actor.vision
    bias = test.zeros(vision.model.lm_head.weight.shape[0])
    bias[[vision.token(START), vision.token(PAD)]] = 9.0
    vision.model.lm_head.bias = test.nn.Parameter(bias)
    answer = grounder.act(Screenshot(PIXELS), "drag the slider")
    assert len(answer.groundings) == answer.text.count(PAD) > 1
    bias[:] = 0
    bias[vision.token("<|im_end|>")] = 99
    vision.model.lm_head.bias = test.nn.Parameter(bias)
    one = grounder(Screenshot(PIXELS), (), ["the Save button"])[0]
    assert not one.present
    assert "without a pointer" in one.reason


def test_what_cannot_be_asked_is_refused(grounder, tmp_path):
    shot = Screenshot(PIXELS)
    assert grounder(shot, (), []) == ()
    for bad in ("", " ... ", "x" * 2001):
        with pytest.raises(InvalidInput, match="instruction"):
            grounder(shot, (), [bad])
    with pytest.raises(InvalidInput, match="200 times"):
        grounder(Screenshot(np.zeros((2, 900, 3), np.uint8)), (), ["x"])
    with pytest.raises(InvalidInput, match="threshold"):
        ActorGrounder("x", threshold=1.0)
    with pytest.raises(ModelCorrupt, match="no action head"):
        ActorGrounder(str(tiny_actors.saved(tmp_path, "qwen2_vl", head=False)))
    with pytest.raises(InvalidInput, match="verification"):
        Verification(Wishing(), batch=0)
