"""Boxes and maps: hand-worked cases, laws, and the many-box functions against loops over the single ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.image import Box, Point, Transform, deduplicated, iou, suppressed, within

numbers = st.integers(-50, 200)
sides = st.integers(0, 60)
boxes = st.builds(Box.of_size, numbers, numbers, sides, sides)
some_boxes = st.lists(boxes, max_size=12)
maps = st.builds(Transform, st.floats(0.01, 100), st.floats(0.01, 100), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
points = st.builds(Point, st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))


def near(one: Point, other: Point, scale: float = 1e-6) -> bool:
    return abs(one.x - other.x) <= scale and abs(one.y - other.y) <= scale


def test_a_box_by_hand():
    box = Box(10, 20, 40, 30)
    assert (box.width, box.height, box.area, box.centre) == (30, 10, 300, Point(25, 25))
    assert box.contains(Point(10, 20))
    assert not box.contains(Point(40, 20))  # the right edge is outside
    assert box.iou(Box(25, 20, 55, 30)) == pytest.approx(150 / 450)
    assert box.clip(Box(0, 0, 15, 25)) == Box(10, 20, 15, 25)
    assert box.clip(Box(40, 0, 50, 50)) is None
    assert box.grow(5) == Box(5, 15, 45, 35)
    assert box.grow(-100) == Box(25, 25, 25, 25)
    assert Box.around([box, Box(0, 25, 5, 60)]) == Box(0, 20, 40, 60)
    assert Box.of_corners(Point(40, 20), Point(10, 30)) == box
    assert Box(9, 19, 41, 31).covers(box)
    assert not box.covers(Box(9, 20, 40, 30))
    assert box.covers(Box(9, 20, 40, 30), slack=1)


@pytest.mark.parametrize("edges", [(2, 0, 1, 1), (0, 2, 1, 1), (0, 0, float("nan"), 1), (0, 0, float("inf"), 1)])
def test_a_box_that_cannot_be_is_refused(edges):
    with pytest.raises(InvalidInput, match="box"):
        Box(*edges)


def test_what_is_empty_or_not_finite_is_refused():
    with pytest.raises(InvalidInput, match="no boxes"):
        Box.around([])
    with pytest.raises(InvalidInput, match="finite"):
        Point(float("nan"), 0)
    with pytest.raises(InvalidInput, match="positive"):
        Transform(across=0)


@given(boxes, boxes)
def test_overlap_is_symmetric_and_no_more_than_either(one, other):
    assert one.overlap(other) == other.overlap(one) <= min(one.area, other.area)
    assert 0 <= one.iou(other) <= 1
    assert one.area == 0 or one.iou(one) == 1
    assert Box.around([one, other]).covers(one)


@given(points, maps)
def test_a_map_and_its_inverse_give_the_point_back(point, forward):
    assert near(forward.inverse.point(forward.point(point)), point, 1e-3)


@given(points, maps, maps, maps)
def test_maps_compose_in_any_grouping(point, a, b, c):
    one, other = a.then(b).then(c).point(point), a.then(b.then(c)).point(point)
    step_by_step = c.point(b.point(a.point(point)))
    scale = 1e-9 * (1 + abs(step_by_step.x) + abs(step_by_step.y)) * 1e3
    assert near(one, other, scale)
    assert near(one, step_by_step, scale)


@given(some_boxes, some_boxes)
def test_pairs_are_what_the_boxes_say_one_by_one(some, others):
    assert np.allclose(
        iou(some, others), np.reshape([[a.iou(b) for b in others] for a in some], (len(some), len(others)))
    )
    shares = [[a.overlap(b) / a.area if a.area else 0 for b in others] for a in some]
    assert np.allclose(within(some, others), np.reshape(shares, (len(some), len(others))))


@given(some_boxes, st.data(), st.sampled_from([0.1, 0.5, 0.9]))
def test_suppression_leaves_no_overlap_and_explains_what_went(some, data, threshold):
    scores = np.array(data.draw(st.lists(st.integers(0, 5), min_size=len(some), max_size=len(some))), dtype=float)
    mask = suppressed(some, scores, threshold=threshold)
    kept = np.flatnonzero(mask)
    pairs = iou(some, some)
    for index in range(len(some)):
        rivals = [other for other in kept if other != index and pairs[index, other] > threshold]
        if mask[index]:
            assert not rivals
        else:
            assert any(scores[other] >= scores[index] for other in rivals)


@given(some_boxes, st.sampled_from([0.5, 0.8, 1.0]))
def test_each_box_is_stood_for_by_one_that_stands_for_itself(some, threshold):
    first = deduplicated(some, threshold=threshold)
    for index, other in enumerate(first):
        assert other <= index
        assert first[other] == other
        assert other == index or some[index].iou(some[other]) >= threshold
