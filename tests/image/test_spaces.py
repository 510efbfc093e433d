"""Coordinate spaces: every one of them gives a place back within what it says, and maps compose exactly."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, UnknownName
from tamis.image import (
    DIALECTS,
    Box,
    Point,
    crop_space,
    css_space,
    device_space,
    dialect_space,
    fitted_space,
    grid_space,
    resized_space,
    share_space,
    smart_size,
)

sizes = st.tuples(st.integers(50, 8000), st.integers(50, 5000))
shares = st.tuples(st.floats(0, 1), st.floats(0, 1))
ratios = st.sampled_from([0.75, 1, 1.25, 1.5, 2, 3])


@st.composite
def spaces(draw):
    size = draw(sizes)
    kind = draw(st.sampled_from([*DIALECTS, "css", "resized"]))
    if kind == "css":
        space = css_space(size, draw(ratios))
    elif kind == "resized":
        space = resized_space(size, draw(sizes))
    else:
        space = dialect_space(kind, size)
    if draw(st.booleans()):
        left, top = draw(st.integers(0, size[0] // 2)), draw(st.integers(0, size[1] // 2))
        space = crop_space(space, Box(left, top, left + size[0] // 3, top + size[1] // 3))
    return space


def place(space, share) -> Point:
    return Point(space.region.left + share[0] * space.region.width, space.region.top + share[1] * space.region.height)


@given(spaces(), shares)
def test_a_point_comes_back_within_the_slip(space, share):
    point = place(space, share)
    again = space.point(*space.coordinates(point))
    assert abs(again.x - point.x) <= space.slip[0] + 1e-6
    assert abs(again.y - point.y) <= space.slip[1] + 1e-6


@given(spaces(), shares)
def test_writing_what_was_read_changes_nothing_more(space, share):
    written = space.coordinates(place(space, share))
    assert space.coordinates(space.point(*written)) == pytest.approx(written, abs=1e-9)


@given(spaces(), shares, shares)
def test_a_box_comes_back_within_half_a_step(space, one, other):
    box = Box.of_corners(place(space, one), place(space, other))
    again = space.box(*space.edges(box))
    most = max(
        space.step / 2 * side / count
        for side, count in zip((space.region.width, space.region.height), (space.width, space.height), strict=True)
    )
    assert all(abs(a - b) <= most + 1e-6 for a, b in zip(again.edges, box.edges, strict=True))


@given(sizes, ratios, shares)
def test_maps_between_spaces_compose_and_invert(size, ratio, share):
    a, b, c = css_space(size, ratio), grid_space(size), share_space(size)
    start = Point(share[0] * a.width, share[1] * a.height)
    direct, around = a.to(c).point(start), a.to(b).then(b.to(c)).point(start)
    assert (direct.x, direct.y) == pytest.approx((around.x, around.y), abs=1e-9)
    back = c.to(a).point(direct)
    assert (back.x, back.y) == pytest.approx((start.x, start.y), abs=1e-6)


@given(spaces(), shares)
def test_whole_numbers_are_integers_on_the_space(space, share):
    x, y = space.coordinates(place(space, share))
    slip = space.step / 2 if space.step < 1 else 0  # the width of a part is no multiple of the step
    assert 0 <= x <= space.width - space.last + slip
    assert 0 <= y <= space.height - space.last + slip
    if space.step == 1:
        assert float(x).is_integer()
        assert float(y).is_integer()


@given(st.integers(1, 3), st.integers(1, 3), sizes, st.data())
def test_the_middle_of_a_small_box_stays_in_it(width, height, size, data):
    left, top = data.draw(st.integers(0, size[0] - width)), data.draw(st.integers(0, size[1] - height))
    box, space = Box.of_size(left, top, width, height), device_space(size)
    assert box.contains(space.point(*space.coordinates(box.centre)))


@given(st.tuples(st.integers(20, 4000), st.integers(20, 4000)), st.sampled_from([28, 32]))
def test_smart_sizes_are_multiples_within_the_limits(size, factor):
    least, most = 56 * 56, 14 * 14 * 4 * 1280
    assume(max(size) <= 100 * min(size))
    across, down = smart_size(size, factor=factor, least=least, most=most)
    assert across % factor == down % factor == 0
    assert across * down <= most or min(across, down) == factor
    assert across * down >= least


@pytest.mark.parametrize(
    ("size", "settings", "expected"),
    [  # worked by hand from the published rule
        ((1280, 800), {}, (1260, 784)),  # 1,024,000 pixels shrink below 1,003,520
        ((1920, 1080), {"most": 16384 * 784}, (1932, 1092)),  # rounded to the next multiple of 28
        ((3840, 2160), {"most": 16384 * 784}, (3836, 2156)),
        ((20, 20), {}, (56, 56)),
        ((1280, 800), {"factor": 32, "most": 16384 * 1024}, (1280, 800)),
    ],
)
def test_smart_sizes_by_hand(size, settings, expected):
    assert smart_size(size, **settings) == expected


def test_the_displays_that_computer_use_knows():
    assert (fitted_space((2560, 1600)).width, fitted_space((2560, 1600)).height) == (1280, 800)
    assert fitted_space((1600, 1200)).width == 1024
    assert fitted_space((1920, 1080)).width == 1366
    assert fitted_space((1000, 1000)).width == 1000  # of no known shape
    assert fitted_space((800, 600)).width == 800  # never enlarged


def test_one_place_in_every_dialect():
    size, point = (2560, 1600), Point(640, 800)
    written = {name: dialect_space(name, size).coordinates(point) for name in ("pixels", "anthropic", "ui-tars")}
    assert written == {"pixels": (640, 800), "anthropic": (320, 400), "ui-tars": (250, 500)}
    assert css_space(size, 2).coordinates(point) == (320, 400)
    assert dialect_space("step-gui", size).coordinates(Point(2560, 0)) == (999, 0)


def test_numbers_of_another_space_are_refused():
    with pytest.raises(InvalidInput, match=r"\(1200, 10\) is not in the space '0 to 1000'"):
        grid_space((1280, 800)).point(1200, 10)
    with pytest.raises(InvalidInput, match="device pixel ratio"):
        css_space((10, 10), 0)
    with pytest.raises(InvalidInput, match="200 times"):
        smart_size((5000, 20))
    with pytest.raises(InvalidInput, match="not inside"):
        crop_space(device_space((10, 10)), Box(5, 5, 11, 10))
    with pytest.raises(InvalidInput, match="at least one pixel"):
        device_space((0, 10))
    with pytest.raises(UnknownName, match=r"Did you mean 'qwen3-vl'\?"):
        dialect_space("qwen3vl", (10, 10))
