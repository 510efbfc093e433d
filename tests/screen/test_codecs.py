"""Dialects of actions: what each writes it reads again, the same place in all of them, real messages of models."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, TamisError, UnknownName
from tamis.image import Point, dialect_space
from tamis.screen import CODECS, Action, decode, encode
from tamis.screen.actions import BUTTONS, KINDS
from tamis.screen.keys import _TABLE, combination, key_of, name_of

SIZE = (1280, 800)
POINT = Point(640, 200)

points = st.builds(Point, st.integers(0, 1279), st.integers(0, 799))
keys = st.lists(st.sampled_from(sorted(_TABLE) + list("abz19")), min_size=1, max_size=3, unique=True).map(tuple)
no_keys = st.just(())
whole = st.integers(-9, 9).filter(bool)


@st.composite
def actions(draw):
    kind = draw(st.sampled_from(sorted(KINDS)))
    button = draw(st.sampled_from(BUTTONS)) if kind in ("click", "down", "up") else "left"
    if kind in ("press", "hold", "key_down", "key_up"):
        return Action(kind, keys=draw(keys)[: None if kind in ("press", "hold") else 1], seconds=2.0 * (kind == "hold"))
    if kind in ("type", "finish"):
        return Action(kind, text=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=30)))
    if kind == "wait":
        return Action(kind, seconds=draw(st.integers(1, 60)))
    if kind == "scroll":
        way = draw(st.sampled_from([(0, 1), (1, 0)]))
        amount = draw(whole)
        return Action(kind, (draw(points),), scroll=(way[0] * amount, way[1] * amount))
    least, most = KINDS[kind]
    path = tuple(draw(st.lists(points, min_size=least, max_size=min(most, 4))))
    held = draw(st.one_of(no_keys, keys)) if kind in ("click", "double_click") else ()
    return Action(kind, path, button, keys=held)


def same(one: Action, other: Action, slip: tuple[float, float], dialect: str) -> bool:
    """Equal but for the rounding of places, and what a dialect never says: times, lengths of scrolls."""
    where = len(one.path) == len(other.path) and all(
        abs(a.x - b.x) <= slip[0] and abs(a.y - b.y) <= slip[1] for a, b in zip(one.path, other.path, strict=True)
    )
    plain = (one.kind, one.button, one.text, one.keys) == (other.kind, other.button, other.text, other.keys)
    if dialect == "ui-tars" and one.kind == "scroll":
        way = [(x > 0) - (x < 0) for x in one.scroll] == [(x > 0) - (x < 0) for x in other.scroll]
        return plain and where and way
    timeless = one.kind == "wait" and dialect in ("openai", "ui-tars")
    return plain and where and one.scroll == other.scroll and (timeless or one.seconds == other.seconds)


@pytest.mark.parametrize("dialect", CODECS)
@given(action=actions())
def test_what_is_written_is_read_again(dialect, action):
    messages: list[object] = []
    with contextlib.suppress(InvalidInput):  # refused, not approximated
        messages = encode(action, dialect, size=SIZE)
    if not messages:
        return
    again = decode(messages, dialect, size=SIZE)
    slip = dialect_space(name, SIZE).slip if (name := CODECS[dialect].dialect) != "css" else (0.001, 0.001)
    assert len(again) == 1, (messages, again)
    assert same(again[0], action, (slip[0] + 1e-6, slip[1] + 1e-6), dialect), (messages, again)


@pytest.mark.parametrize("dialect", CODECS)
def test_every_dialect_can_click_type_scroll_and_drag(dialect):
    for action in (
        Action("click", (POINT,)),
        Action("click", (POINT,), "right"),
        Action("double_click", (POINT,)),
        Action("type", text='it\'s "so"\n'),
        Action("press", keys=("ctrl", "s")),
        Action("scroll", (POINT,), scroll=(0, 5)),
        Action("drag", (POINT, Point(100, 700))),
        Action("wait", seconds=1),
    ):
        assert decode(encode(action, dialect, size=SIZE), dialect, size=SIZE)[0].kind == action.kind


def test_one_click_in_every_dialect():
    size = (2560, 1600)
    written = {
        dialect: encode(Action("click", (Point(1280, 400),)), dialect, size=size, ratio=2)[0] for dialect in CODECS
    }
    assert written["openai"] == {"type": "click", "x": 1280, "y": 400, "button": "left"}
    assert written["anthropic"] == {"action": "left_click", "coordinate": [640, 200]}
    assert written["ui-tars"] == "click(start_box='(500,250)')"
    assert json.loads(written["qwen"].split("\n")[1])["arguments"]["coordinate"] == [500, 250]
    assert written["pyautogui"] == "pyautogui.click(x=0.5, y=0.25)"
    assert written["playwright"] == "page.mouse.click(640, 200)"


def test_a_drag_has_both_of_its_ends_in_every_dialect():
    drag = Action("drag", (Point(128, 80), Point(640, 400)))
    assert {dialect: encode(drag, dialect, size=SIZE) for dialect in ("ui-tars", "pyautogui", "playwright")} == {
        "ui-tars": ["drag(start_box='(100,100)', end_box='(500,500)')"],
        "pyautogui": ["pyautogui.moveTo(x=0.1, y=0.1)", "pyautogui.dragTo(x=0.5, y=0.5)"],
        "playwright": ["page.mouse.move(128, 80)", "page.mouse.down()", "page.mouse.move(640, 400)", "page.mouse.up()"],
    }


def test_a_scroll_in_two_directions_is_both():
    action = Action("scroll", (POINT,), scroll=(2, -3))
    for dialect in ("anthropic", "qwen", "pyautogui", "openai", "playwright"):
        again = decode(encode(action, dialect, size=SIZE), dialect, size=SIZE)
        assert [sum(one.scroll[axis] for one in again) for axis in (0, 1)] == [2, -3], dialect


@pytest.mark.parametrize(
    ("dialect", "message", "expected"),
    [  # as models write them
        ("ui-tars", "Thought: I see it.\nAction: click(start_box='<|box_start|>(500,250)<|box_end|>')",
         Action("click", (POINT,))),
        ("ui-tars", "Action: click(start_box='(400,200,600,300)')", Action("click", (POINT,))),
        ("ui-tars", "click(point='<point>500 250</point>')", Action("click", (POINT,))),
        ("ui-tars", "type(content='don't')", Action("type", text="don't")),
        ("ui-tars", "hotkey(key='ctrl shift t')", Action("press", keys=("ctrl", "shift", "t"))),
        ("ui-tars", "finished(content='')", Action("finish")),
        ("openai", {"type": "computer_call", "action": {"type": "click", "x": 640, "y": 200, "button": "wheel"}},
         Action("click", (POINT,), "middle")),
        ("openai", {"type": "scroll", "x": 640, "y": 200, "scroll_x": 0, "scroll_y": 300},
         Action("scroll", (POINT,), scroll=(0, 3))),
        ("openai", {"type": "keypress", "keys": ["CTRL", "A"]}, Action("press", keys=("ctrl", "a"))),
        ("anthropic", {"type": "tool_use", "name": "computer", "input": {"action": "key", "text": "ctrl+Page_Down"}},
         Action("press", keys=("ctrl", "pagedown"))),
        ("anthropic", {"action": "left_click", "coordinate": [640, 200], "text": "shift"},
         Action("click", (POINT,), keys=("shift",))),
        ("anthropic", {"action": "zoom", "region": [0, 0, 640, 200]}, Action("zoom", (Point(0, 0), POINT))),
        ("qwen", 'Sure.\n<tool_call>\n{"name": "computer_use", '
         '"arguments": {"action": "left_click", "coordinate": [500, 250]}}\n</tool_call>',
         Action("click", (POINT,))),
        ("qwen", {"action": "scroll", "pixels": -200}, Action("scroll", scroll=(0, 2))),
        ("qwen", {"action": "terminate", "status": "success"}, Action("finish")),
        ("pyautogui", "pyautogui.click(x=0.5, y=0.25, clicks=2)", Action("double_click", (POINT,))),
        ("pyautogui", "pyautogui.hotkey(['ctrl', 'c'])", Action("press", keys=("ctrl", "c"))),
        ("pyautogui", "pyautogui.press(keys='enter')", Action("press", keys=("enter",))),
        ("pyautogui", "mobile.swipe(from_coord=[0.5, 0.25], to_coord=[0.5, 0.0])",
         Action("drag", (POINT, Point(640, 0)))),
        ("playwright", "await page.mouse.dblclick(640, 200)", Action("double_click", (POINT,))),
        ("playwright", "page.keyboard.press('Control++')", Action("press", keys=("ctrl", "plus"))),
    ],
)  # fmt: skip
def test_messages_of_models(dialect, message, expected):
    assert decode(message, dialect, size=SIZE) == (expected,)


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ("ui-tars", "click(start_box='(1200,250)')"),  # outside: another space
        ("ui-tars", "click()"),
        ("ui-tars", "__import__('os').system('true')"),
        ("pyautogui", "pyautogui.click(x=open('f'))"),
        ("pyautogui", "import os"),
        ("pyautogui", "(" * 5000),
        ("playwright", "page.evaluate('1')"),
        ("playwright", "page.mouse.click('a', 'b')"),
        ("openai", {"type": "click", "x": "3", "y": 4}),
        ("openai", {"type": "fly"}),
        ("openai", "not json"),
        ("anthropic", {"action": "scroll", "scroll_direction": "sideways"}),
        ("anthropic", {"action": "left_click", "coordinate": [1, 2, 3]}),
        ("qwen", {"action": "key", "keys": ["warp drive"]}),
        ("qwen", 7),
    ],
)
def test_what_is_no_action_is_a_typed_error(dialect, message):
    with pytest.raises(InvalidInput):
        decode(message, dialect, size=SIZE)


@pytest.mark.parametrize("dialect", CODECS)
@given(
    message=st.one_of(
        st.text(max_size=60),
        st.dictionaries(
            st.sampled_from(["type", "action", "coordinate", "x", "y", "text", "keys", "arguments"]),
            st.one_of(st.text(max_size=5), st.integers(-5, 5), st.lists(st.integers(0, 9), max_size=3), st.none()),
        ),
    )
)
def test_any_message_is_read_or_refused(dialect, message):
    with contextlib.suppress(TamisError):
        decode(message, dialect, size=SIZE)


def test_another_space_than_the_dialects_own():
    space = dialect_space("qwen2.5-vl", SIZE)
    (message,) = encode(Action("click", (POINT,)), "qwen", size=SIZE, space=space)
    assert '"coordinate": [630, 196]' in message
    assert decode(message, "qwen", size=SIZE, space=space)[0].point == POINT


def test_an_unknown_dialect_kind_or_button_is_named():
    with pytest.raises(UnknownName, match="Did you mean 'openai'"):
        encode(Action("wait"), "open-ai", size=SIZE)
    with pytest.raises(UnknownName, match="'clik'"):
        Action("clik")
    with pytest.raises(InvalidInput, match="takes 2 to 2 points"):
        Action("zoom", (POINT,))
    with pytest.raises(InvalidInput, match=r"openai has no 'triple_click'\."):
        encode(Action("triple_click", (POINT,)), "openai", size=SIZE)


@pytest.mark.parametrize("key", sorted(_TABLE))
def test_every_name_of_a_key_is_read_as_that_key(key):
    assert {key_of(name_of(key, whose)) for whose in range(4)} == {key}


def test_combinations():
    assert combination("ctrl+shift+Page_Down") == ("ctrl", "shift", "pagedown")
    assert combination("ctrl c") == ("ctrl", "c")
    assert combination("cmd++") == ("meta", "plus")
    assert combination("") == ()
