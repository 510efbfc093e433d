"""Drawing: labels never overlap, boxes are where they should be, heat lies on the highest value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.image import Box, Mark, Point, heat, marked, png, screenshot_of
from tamis.image.draw import label_places

pytest.importorskip("PIL.Image")
boxes = st.builds(Box.of_size, st.integers(0, 180), st.integers(0, 80), st.integers(1, 60), st.integers(1, 40))


@given(st.lists(boxes, max_size=15))
def test_labels_never_overlap_and_stay_on_the_screen(some):
    marks = [Mark(box, "12") for box in some]
    places = [place for place in label_places(marks, (200, 100), [(18.0, 14.0)] * len(marks)) if place]
    assert all(Box(0, 0, 200, 100).covers(place) for place in places)
    assert all(not a.overlap(b) for i, a in enumerate(places) for b in places[:i])


def test_a_mark_changes_its_outline_only():
    pixels = np.full((60, 80, 3), 255, dtype=np.uint8)
    picture = marked(pixels, [Mark(Box(10, 10, 40, 30), colour=(255, 0, 0))])
    assert tuple(picture[10, 10]) == tuple(picture[29, 39]) == (255, 0, 0)
    assert (picture[15:25, 15:35] == 255).all()
    assert (picture[31:, :] == 255).all()
    assert (pixels == 255).all()  # a copy was drawn on


def test_labels_points_and_boxes_at_the_edge_are_drawn():
    pixels = np.zeros((60, 80, 3), dtype=np.uint8)
    picture = marked(pixels, [Mark(Box(0, 0, 80, 60), "1", Point(79, 59)), Mark(Box(90, 90, 95, 95), "off")])
    assert (picture != 0).any()
    assert screenshot_of(png(picture)).size == (80, 60)


def test_heat_is_red_where_it_is_highest():
    pixels = np.full((40, 60, 3), 100, dtype=np.uint8)
    picture = heat(pixels, np.array([[0.0, 0.0], [0.0, 1.0]]), strength=1.0)
    assert tuple(picture[39, 59]) == (255, 0, 0)
    assert (picture[:20, :30] == 100).all()
    assert (heat(pixels, np.ones((2, 2))) == pixels).all()  # all the same: no heat
    with pytest.raises(InvalidInput, match="heat map"):
        heat(pixels, np.array([np.nan]))
