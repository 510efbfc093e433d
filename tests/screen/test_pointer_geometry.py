"""Where things are, exactly: counts, sides, places, sections; and words that say so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.image import Box, screenshot_of
from tamis.screen import Element
from tamis.screen.instruction import Description
from tamis.screen.pointer_ask import ask_of
from tamis.screen.pointer_cues import hint_of
from tamis.screen.pointer_geometry import COLUMNS, Fit, Geometry, reading_order, same_place
from tamis.screen.scene import Scene

SHOT = screenshot_of(np.full((300, 400, 3), 255, np.uint8))
HERE = (None, None)


def page(*rows):
    """(text, role, left, top, width, height) each."""
    elements = [Element(Box(x, y, x + w, y + h), text, role) for text, role, x, y, w, h in rows]
    scene = Scene(SHOT, elements)
    return scene, Geometry(scene, same_place(scene.edges))


def fit_of(scene, wish):
    named = scene.names.scores(wish.name) if wish.name else np.zeros(len(scene.elements))
    none, same = np.zeros(len(named), dtype=bool), np.asarray(scene.roles == wish.role, dtype=bool)
    return Fit(named, scene.names.equal(wish.name), none, none, scene.fit(wish.role), same,
               scene.names.scores(wish.anchor))  # fmt: skip


def best(scene, columns, name):
    values = columns[name]
    return [scene.elements[i].text for i in np.flatnonzero(values >= values.max() - 1e-9)] if values.any() else []


ROWS = page(
    ("Ann", "text", 10, 20, 60, 20), ("edit", "link", 200, 21, 30, 18), ("edit", "button", 195, 17, 40, 26),
    ("Bob", "text", 10, 60, 60, 20), ("edit", "link", 200, 59, 30, 18),
    ("Cy", "text", 10, 100, 60, 20), ("edit", "link", 200, 101, 30, 18),
)  # fmt: skip


@pytest.mark.parametrize(("wanted", "top"), [(0, 17), (1, 59), (2, 101), (-1, 101)])
def test_things_on_one_another_count_once(wanted, top):
    scene, geometry = ROWS
    wish = Description("edit", ordinal=wanted)
    columns = geometry(wish, fit_of(scene, wish))
    first = np.flatnonzero(columns["nth equal"] == 1)
    assert min(scene.edges[first, 1]) == top
    assert len(first) == (2 if wanted == 0 else 1)  # a link and the button around it


def test_an_ordinal_beyond_the_last_is_none_of_them():
    scene, geometry = ROWS
    columns = geometry(Description("edit", ordinal=7), fit_of(scene, Description("edit", ordinal=7)))
    assert columns["nth equal"].max() < 0.5


def test_the_thing_of_a_name_in_a_row():
    scene, geometry = ROWS
    wish = Description("edit", relation="row", anchor="bob")
    values = geometry(wish, fit_of(scene, wish))["all"]
    assert scene.edges[int(values.argmax()), 1] == 59


@pytest.mark.parametrize(
    ("relation", "expected"), [("below", "under"), ("above", "over"), ("left", "before"), ("right", "after")]
)
def test_the_nearest_on_a_side(relation, expected):
    scene, geometry = page(
        ("mark", "text", 150, 100, 50, 20), ("under", "link", 150, 140, 50, 20), ("deep", "link", 150, 240, 50, 20),
        ("over", "link", 150, 60, 50, 20), ("before", "link", 60, 100, 50, 20), ("after", "link", 230, 100, 50, 20),
    )  # fmt: skip
    wish = Description("", "link", relation=relation, anchor="mark")
    columns = geometry(wish, fit_of(scene, wish))
    assert best(scene, columns, "side role") == [expected]
    assert best(scene, columns, "all") == [expected]


def test_a_section_ends_at_the_next_heading():
    scene, geometry = page(
        ("News", "heading", 10, 10, 80, 24), ("one", "link", 10, 50, 40, 18), ("two", "link", 10, 80, 40, 18),
        ("Jobs", "heading", 10, 120, 80, 24), ("three", "link", 10, 160, 40, 18),
    )  # fmt: skip
    wish = Description("", "link", relation="section", anchor="news")
    columns = geometry(wish, fit_of(scene, wish))
    assert best(scene, columns, "section") == ["one", "two"]
    assert best(scene, columns, "section first") == ["one"]


def test_a_corner():
    scene, geometry = page(
        ("a", "button", 10, 10, 40, 20), ("b", "button", 340, 12, 40, 20), ("c", "button", 340, 260, 40, 20),
        ("d", "text", 360, 5, 30, 20),
    )  # fmt: skip
    wish = Description("", "button", place=(1.0, 0.0))
    assert best(scene, geometry(wish, fit_of(scene, wish)), "place role") == ["b"]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), max_size=8), st.sampled_from(
    ["", "row", "section", "near", "below", "left"]), st.sampled_from([None, 0, 3, -1]), st.sampled_from(
    [HERE, (0.0, None), (0.5, 0.5), (1.0, 1.0)]))  # fmt: skip
def test_columns_are_finite_whatever_lies_where(places, relation, ordinal, place):
    scene, geometry = page(*((f"n{i}", "link", x, y, 30, 15) for i, (x, y) in enumerate(places)))
    wish = Description("n1", "link", ordinal, place, relation, "n0" if relation else "")
    columns = geometry(wish, fit_of(scene, wish))
    assert set(columns) == set(COLUMNS)
    assert all(values.shape == (len(places),) and np.isfinite(values).all() for values in columns.values())


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), max_size=9))
def test_reading_takes_each_once(places):
    edges = np.array([[x, y, x + 30, y + 15] for x, y in places], float).reshape(-1, 4)
    assert sorted(reading_order(edges)) == list(range(len(places)))


def test_what_is_level_is_read_from_left_to_right():
    assert list(reading_order(np.array([[100, 3, 130, 18], [0, 0, 30, 15], [0, 40, 30, 55.0]]))) == [1, 0, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("beneath News you see a link", Description("", "link", relation="below", anchor="news you see a link")),
        ("the 3rd edit link of them", Description("edit", "link", 2)),
        ("whatever is leftmost", Description("", place=(0.0, None))),
        ("what stands in the upper right hand corner", Description("stands", place=(1.0, 0.0))),
        ("Ann's record: edit", Description("", relation="row", anchor=": edit")),
        ("Right sidebar", Description("Right sidebar")),
        ('say "left of me"', Description('say "left of me"')),
    ],
)
def test_single_words_say_where(text, expected):
    assert hint_of(text, Description(text), "core") == expected


def test_what_the_parser_knows_is_not_touched():
    ask = ask_of("the second Edit link")
    assert ask.hint is ask.wish
    assert ask_of("Save").hint is ask_of("Save").wish or ask_of("Save").hint == ask_of("Save").wish
