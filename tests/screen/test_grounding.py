"""Grounding by rules: on elements that are known, on a picture, and where there is nothing to point at."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.image import Box, screenshot_of
from tamis.screen import Element, Grounding, RuleGrounder, Screen, ScreenTree, ground, look
from tamis.screen.looking import elements_of
from tamis.screen.page import grounding_page
from tests.screen.conftest import TRUTH, element

CASES = [  # instruction, role, name, number of those alike
    ("the Email address field", "textbox", "Email address", 0),
    ("fill in the Town", "textbox", "Town", 0),
    ("Save changes", "button", "Save changes", 0),
    ('click "Cancel"', "button", "Cancel", 0),
    ("the second Revoke link", "link", "Revoke", 1),
    ("the last Revoke link", "link", "Revoke", 1),
    ("the Share my profile checkbox", "checkbox", "Share my profile", 0),
    ('the link to the right of "9 June"', "link", "Revoke", 1),
    ("Language dropdown", "combobox", "Language", 0),
    ("go to Billing", "link", "Billing", 0),
]


@pytest.mark.parametrize(("text", "role", "name", "number"), CASES)
@pytest.mark.parametrize("kind", ["tree", "seen"])
def test_instructions_on_a_page(request, box_of, kind, text, role, name, number):
    answer = request.getfixturevalue(kind).ground(text)
    assert answer.present
    assert box_of(role, name, number).grow(1).contains(answer.point), answer.to_dict()
    assert answer.box.grow(1e-6).contains(answer.point)
    assert 0 < answer.confidence <= 1


@pytest.mark.parametrize("text", ["delete my account", "the shopping cart icon", 'the link below "Nowhere"'])
@pytest.mark.parametrize("kind", ["tree", "seen"])
def test_what_is_not_there_has_a_reason(request, kind, text):
    screen = request.getfixturevalue(kind)
    (answer,) = RuleGrounder()(screen.shot, screen.elements, [text])
    assert not answer.present
    assert answer.box is None
    assert "reads like" in answer.reason


@pytest.mark.parametrize("text", ['click "Log out"', "the link called 'Delete my account'", 'the link below "Nowhere"'])
@pytest.mark.parametrize("kind", ["tree", "seen"])
def test_what_is_quoted_and_not_there_is_absent_for_the_trained_one_too(request, kind, text):
    answer = request.getfixturevalue(kind).ground(text)
    assert not answer.present
    assert answer.reason
    assert answer.confidence < 0.5


@pytest.mark.parametrize("text", ["the shopping cart icon", "Log out", "click log out"])
def test_what_is_not_there_is_not_taken_for_something_alike(seen, text):
    assert not seen.ground(text).present  # ("Key" is three letters, as OCR sees in icons)


def test_every_target_of_the_page_is_among_the_elements(seen, tree):
    for target in tree.elements:
        near = [one for one in seen.elements if target.box.contains(one.box.centre)]
        assert near, target


def test_looks_are_told_apart(seen, box_of):
    def role_at(box: Box) -> set[str]:
        return {one.role for one in seen.elements if one.box.iou(box) > 0.5}

    assert "button" in role_at(box_of("button", "Cancel"))
    assert "textbox" in role_at(box_of("textbox", "Town"))
    assert "checkbox" in role_at(box_of("checkbox", "Share my profile"))
    checkboxes = {one.state.get("checked", False): one.box for one in seen.elements if one.role == "checkbox"}
    assert checkboxes[True].iou(box_of("checkbox", "Send me news")) > 0.4
    assert "link" in {one.role for one in seen.elements if one.text == "Revoke"}
    assert "heading" in {one.role for one in seen.elements if one.text == "Account settings"}


def test_after_a_small_change_only_changed_lines_are_read(seen, shot, monkeypatch):
    from tamis.models.ocr import reading as module

    batches: list[int] = []
    recognise = module.recognise
    monkeypatch.setattr(module, "recognise", lambda *a, **k: batches.append(len(a[2])) or recognise(*a, **k))
    pixels = shot.pixels.copy()
    pixels[440:460, 45:140] = pixels[440:460, 48:143]  # "Save changes" moves by three pixels
    again = look(pixels)
    assert 1 <= sum(batches) <= 3
    assert {one.text for one in again.elements} >= {"Account settings", "Cancel", "ada@example.org"}


def test_looking_twice_is_looking_once(seen, shot):
    assert look(shot).elements == seen.elements


@pytest.mark.parametrize("size", [(1, 1), (50, 50), (300, 20), (7680, 4320)])
def test_one_colour_has_nothing_to_point_at(size):
    pytest.importorskip("rapidocr")
    screen = look(np.full((size[1], size[0], 3), 200, dtype=np.uint8))
    assert screen.elements == ()
    answer = screen.ground("the Save button")
    assert (answer.present, answer.confidence, answer.reason) == (
        False, 0.0, "There is nothing on the screen that could be meant.")  # fmt: skip


def test_an_icon_without_text_is_an_element():
    pixels = np.full((50, 50, 3), 255, dtype=np.uint8)
    pixels[15:35, 15:35] = (10, 40, 200)
    elements = elements_of(screenshot_of(pixels), [])
    assert [one.box.iou(Box(15, 15, 35, 35)) > 0.7 for one in elements] == [True] * len(elements) != []


def test_words_in_a_line_are_pointed_at_themselves():
    line = Element(Box(0, 0, 400, 20), "Read the manual before use", "text", "text")
    screen = Screen(screenshot_of(np.zeros((40, 400, 3), np.uint8)), [line])
    answer = screen.ground('"manual"')
    assert answer.box.left == pytest.approx(400 * 9 / 26, abs=1)
    assert answer.box.width == pytest.approx(400 * 6 / 26, abs=1)


PARTS = st.tuples(st.integers(0, 90), st.integers(0, 90), st.sampled_from(["Save", "Open", "", "Zoë"]))
TEXTS = ["Save", "the second Open", "icon at the top", 'the text below "Zoë"', "last checkbox"]


@given(st.lists(PARTS, max_size=8), st.sampled_from(TEXTS))
def test_an_answer_is_on_the_screen_or_has_a_reason(parts, text):
    elements = [element((x, y, x + 9, y + 9), name) for x, y, name in parts]
    shot = screenshot_of(np.zeros((100, 100, 3), np.uint8))
    (answer,) = RuleGrounder()(shot, elements, [text])
    assert isinstance(answer, Grounding)
    assert answer.present == (answer.reason == "")
    assert answer.point is None or shot.bounds.contains(answer.point)
    assert [one.score for one in answer.ranked[1:]] == sorted((one.score for one in answer.ranked[1:]), reverse=True)


def test_many_instructions_are_each_what_they_are_alone(tree):
    texts = [case[0] for case in CASES]
    assert tree.ground_many(texts) == tuple(tree.ground(text) for text in texts)
    assert tree.ground_many([]) == ()


def test_a_minimum_of_confidence_turns_an_answer_into_an_absence(tree):
    answer = tree.ground("Save changes")
    assert answer.at_least(0.1) is answer
    refused = answer.at_least(1.0)
    assert not refused.present
    assert "sure" in refused.reason


def test_another_grounder_takes_the_place_of_the_rules(shot):
    class First:
        def __call__(self, shot, elements, instructions, /):
            box = elements[0].box
            return [Grounding(text, box.centre, box, 1.0, ()) for text in instructions]

    answer = ground(shot, "anything", elements=[element((5, 5, 9, 9), "x")], grounder=First())
    assert (answer.point.x, answer.point.y) == (7, 7)


def test_the_page_shows_every_element_and_candidate(tree):
    html = grounding_page(tree, [tree.ground("Save <changes>"), tree.ground("click 'the moon'")], title="a & b.png")
    assert html.count("<rect ") == len(tree.elements)
    assert "Save &lt;changes&gt;" in html
    assert "a &amp; b.png" in html
    assert "img-src data:" in html
    assert "reads like" in html


def test_trees_of_several_kinds(shot):
    nodes = [
        {
            "role": "push button",
            "name": "OK",
            "extents": {"x": 1, "y": 2, "width": 3, "height": 4},
            "states": ["focused"],
        },
        {"tag": "A", "text": "More", "rect": {"left": 0, "top": 0, "right": 5, "bottom": 5}},
        {"role": "panel", "children": [{"role": "entry", "name": "in  it", "bbox": [10, 10, 20, 20]}]},
        {"role": "button", "name": "off", "box": [5000, 10, 5010, 20]},
        {"role": "button", "name": "not shown", "box": [1, 1, 9, 9], "states": ["hidden"]},
        {"name": "no box"},
    ]
    elements = ScreenTree(nodes)(shot)
    assert [(one.role, one.text) for one in elements] == [("link", "More"), ("button", "OK"), ("textbox", "in it")]
    assert elements[1].state == {"focused": True}
    double = ScreenTree(nodes[:1])(screenshot_of(shot.pixels, ratio=2))
    assert double[0].box == Box(2, 4, 8, 12)
    assert ScreenTree(nodes[:1], device=True)(screenshot_of(shot.pixels, ratio=2))[0].box == Box(1, 2, 4, 6)


@pytest.mark.parametrize(
    ("node", "state"),
    [
        ({"states": "focused, checked"}, {"focused": True, "checked": True}),
        ({"states": "checked"}, {"checked": True}),
        ({"states": {"checked": False, "hidden": False}}, {"checked": False, "hidden": False}),
        ({"state": ["busy"]}, {"busy": True}),
    ],
)
def test_states_are_objects_lists_or_words(shot, node, state):
    (only,) = ScreenTree({"role": "button", "box": [1, 2, 30, 40], **node})(shot)
    assert only.state == state


def test_lists_of_boxes_may_hold_sizes(shot):
    (only,) = ScreenTree({"role": "button", "box": [10, 20, 30, 4]}, sized=True)(shot)
    assert only.box == Box(10, 20, 40, 24)


def test_what_is_quoted_is_not_pointed_at_by_another_name(shot):
    screen = Screen(shot, [element((5, 5, 60, 20), "Log in"), element((5, 40, 60, 55), "Help")])
    assert not screen.ground('click "Log out"').present
    assert screen.ground('click "Log in"').present


@pytest.mark.parametrize("data", ["text", [1], {"box": [1, 2]}, {"box": {"x": "a"}}, {"box": [9, 9, 1, 1]}])
def test_what_is_no_tree_is_refused(shot, data):
    with pytest.raises(InvalidInput):
        ScreenTree(data)(shot)


def test_a_deep_tree_is_read(shot):
    node: dict = {"role": "button", "name": "deep", "box": [1, 1, 9, 9]}
    for _ in range(5000):
        node = {"children": [node]}
    assert [one.text for one in ScreenTree(node)(shot)] == ["deep"]


def test_elements_are_json(tree):
    row = json.loads(json.dumps(tree.elements[0].to_dict()))
    assert set(row) == {"box", "text", "role", "source", "confidence", "state"}
    assert len(tree.elements) == len(json.loads(TRUTH.read_text(encoding="utf-8"))["elements"])
