"""The trained pointer: its arithmetic, and what holds for every grounder whatever its weights."""

from __future__ import annotations

from math import erf, exp, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, ModelCorrupt
from tamis.image import Box, screenshot_of
from tamis.models.pointer import HEADS, SHIFT, KeyInput, QueryInput, head_of
from tamis.screen import Element, RuleGrounder, Screen
from tamis.screen.pointer import Calibration, PointerGrounder, aim_of
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_ask import ask_of
from tamis.screen.pointer_candidates import PointerQuestion
from tamis.screen.pointer_geometry import same_place
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_looks import SIDES, neighbours
from tamis.screen.pointer_match import COLUMNS as MATCHES
from tamis.screen.pointer_scene import PointerScene
from tamis.screen.scene import Scene
from tests.screen.pointers import HIDDEN, TABLE, WIDE, WIDTH, again, head, senses

MAKERS = {
    "rules": RuleGrounder, "pointer": lambda: PointerGrounder(head(), senses=senses()),
    "pointer again": lambda: PointerGrounder(again(), senses=senses()),
}  # fmt: skip
GROUNDERS = {name: make() for name, make in MAKERS.items()}
PIXELS = np.random.default_rng(1).integers(0, 255, (100, 140, 3), dtype=np.uint8)
SHOT = screenshot_of(PIXELS)
NAMES = ["Save", "Save as", "Open", "", "Zoë", "Log in", "保存"]
ROLES = ["button", "text", "textbox", "icon", "checkbox", "heading"]
PARTS = st.tuples(st.integers(0, 120), st.integers(0, 80), st.sampled_from(NAMES), st.sampled_from(ROLES))
ASKED = ["Save", 'click "Log out"', "the second button", 'the field below "Zoë"', "icon in the top right", "保存",
         "the checked checkbox", "I would like to keep this"]  # fmt: skip


def elements_of(parts):
    return [
        Element(Box(x, y, x + 12 + 7 * n, y + 11), name, role, ("text", "shape", "tree")[n % 3])
        for n, (x, y, name, role) in enumerate(parts)
    ]


@pytest.mark.parametrize("name", GROUNDERS)
@given(parts=st.lists(PARTS, max_size=7), asked=st.lists(st.sampled_from(ASKED), min_size=1, max_size=3))
def test_whatever_the_elements_an_answer_is_on_the_screen_or_has_a_reason(name, parts, asked):
    elements = elements_of(parts)
    for answer, text in zip(GROUNDERS[name](SHOT, elements, asked), asked, strict=True):
        assert answer.instruction == text
        assert answer.present == (answer.reason == "") == (answer.box is not None)
        assert 0 <= answer.confidence <= 1
        assert {one.element.box for one in answer.ranked} <= {one.box for one in elements}
        if answer.point is not None:
            assert answer.box.grow(1e-6).contains(answer.point)
            assert SHOT.bounds.contains(answer.point)


@pytest.mark.parametrize("name", GROUNDERS)
@given(parts=st.lists(PARTS, min_size=1, max_size=6, unique_by=lambda part: part[:2]), data=st.data())
def test_many_instructions_are_each_what_they_are_alone_and_again(name, parts, data):
    asked = data.draw(st.lists(st.sampled_from(ASKED), min_size=1, max_size=4))
    elements = elements_of(parts)
    together = GROUNDERS[name](SHOT, elements, asked)
    assert together == tuple(GROUNDERS[name](SHOT, elements, [text])[0] for text in asked)
    assert MAKERS[name]()(SHOT, list(elements), asked) == together


@pytest.mark.parametrize("name", ["pointer", "pointer again"])
@given(
    parts=st.lists(PARTS, min_size=2, max_size=7, unique_by=lambda part: part[:2]),
    text=st.sampled_from(ASKED),
    random=st.randoms(),
)
def test_the_order_of_elements_does_not_matter(name, parts, text, random):
    elements = elements_of(parts)
    mixed = random.sample(elements, len(elements))
    grounder = GROUNDERS[name]
    (one,), (other,) = grounder(SHOT, elements, [text]), grounder(SHOT, mixed, [text])
    assert one.confidence == pytest.approx(other.confidence, abs=1e-3)
    scores = {element.box: score for element, score in _scores(one)}
    assert all(score == pytest.approx(scores[element.box], abs=1e-4) for element, score in _scores(other))


def _scores(answer):
    return [(ranked.element, ranked.score) for ranked in answer.ranked]


@pytest.mark.parametrize("name", GROUNDERS)
def test_elements_off_the_screen_or_without_a_size_are_no_pictures(name):
    elements = [Element(Box(200, 300, 212, 312), "", "icon"), Element(Box(5, 5, 5, 5), "", "icon"),
                Element(Box(150, 20, 170, 40), "", "icon"), Element(Box(60, 20, 80, 40), "x", "icon")]  # fmt: skip
    for answer in GROUNDERS[name](SHOT, elements, ["the search icon", "the last icon"]):
        assert answer.ranked


@pytest.mark.parametrize("name", GROUNDERS)
def test_no_elements_no_instructions_and_what_is_no_instruction(name):
    grounder = GROUNDERS[name]
    (answer,) = grounder(SHOT, [], ["the Save button"])
    assert (answer.present, answer.confidence, answer.reason[:26]) == (False, 0.0, "There is nothing on the sc")
    assert grounder(SHOT, elements_of([(0, 0, "Save", "button")]), []) == ()
    for text in ("", "  ", "word " * 2000):
        with pytest.raises(InvalidInput, match="instruction"):
            grounder(SHOT, [], [text])


@pytest.mark.parametrize("name", ["pointer", "pointer again"])
@given(parts=st.lists(PARTS, min_size=1, max_size=7))
def test_a_quoted_name_is_never_pointed_at_in_what_reads_otherwise(name, parts):
    elements = elements_of(parts)
    (answer,) = GROUNDERS[name](SHOT, elements, ['click "Log out"'])
    scene = PointerScene(SHOT, elements, senses())
    meant = scene.meant(ask_of('click "Log out"'))
    others = np.array([element.text == "Log in" for element in scene.scene.elements])
    assert not (meant & others).any()
    if answer.present:
        assert meant[scene.scene.boxes.index(answer.box)]


@pytest.mark.parametrize("name", ["shopping cart", "gear"])
def test_a_word_that_has_nothing_of_its_name_is_no_icon(name):
    boxes = [Box(5 + 35 * n, 10, 30 + 35 * n, 26) for n in range(4)]
    elements = [
        Element(boxes[0], "Key", source="text", confidence=0.97),
        Element(boxes[1], "Kcy", source="text", confidence=0.6),  # (perhaps an icon that was misread)
        Element(boxes[2], "", "icon"),
        Element(boxes[3], "Shopping cart, gear", source="text"),
    ]
    scene = PointerScene(SHOT, elements, senses())
    assert scene.meant(ask_of(f"click the {name} icon")).tolist() == [False, True, True, True]
    assert scene.meant(ask_of(f"click the {name} link")).all()


def random_input(n: int = 3):
    random = np.random.default_rng(5)
    bags = [np.array([3, 9]), np.array([], dtype=np.int64), np.array([7])]
    sides = random.integers(-1, n, (n, len(SIDES)))
    looks = random.normal(size=(n, len(LOOKS))).astype(np.float32)
    screen = KeyInput(looks, bags, sides, random.normal(size=(n, WIDTH)).astype(np.float32))
    columns = random.normal(size=len(ASKS)).astype(np.float32)
    matches = random.normal(size=(n, len(MATCHES))).astype(np.float32)
    spans = np.sort(random.random((n, 2)), axis=1).astype(np.float32)
    return screen, QueryInput(bags, columns, matches, spans)


def test_the_head_is_its_definition_number_by_number():
    w, (screen, query) = head(3, scale=0.3), random_input()
    weights = {name: value.astype(float) for name, value in w.weights.items()}
    attention = w(w.keys(screen), query)
    logits, points = naive(weights, screen, query)
    assert attention.logits == pytest.approx(logits, abs=1e-4, rel=1e-4)
    assert attention.points == pytest.approx(np.array(points), abs=1e-5)


def naive(weights, screen, query):
    """The definition in loops, without a matrix product."""

    def linear(name, x):
        rows, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return [sum(a * b for a, b in zip(row, x, strict=True)) + c for row, c in zip(rows, bias, strict=True)]

    def gelu(x):
        return [v * 0.5 * (1 + erf(v / sqrt(2))) for v in x]

    def bag(rows):
        total = [sum(weights["table.weight"][row][k] for row in rows) for k in range(TABLE)]
        return [v / sqrt(max(1, len(rows))) for v in total]

    def add(*some):
        return [sum(parts) for parts in zip(*some, strict=True)]

    texts = [bag(rows) for rows in screen.bags]
    hidden = gelu(linear("query", [v for rows in query.bags for v in bag(rows)] + list(query.columns)))
    asked = linear("asked", hidden)
    keys = []
    for i in range(len(texts)):
        beside = [v for j in screen.sides[i] for v in (texts[j] if j >= 0 else [0.0] * TABLE)]
        static = linear("static", [*screen.looks[i], *texts[i], *beside, *screen.icons[i]])
        keys.append(linear("key", gelu(add(static, linear("match", query.matches[i]), asked))))
    best = [max(row[k] for row in query.matches) for k in range(len(MATCHES))]
    keys.append(linear("key", gelu(add(list(weights["null"]), linear("best", best), asked))))
    mixed = [
        norm(weights, add(key, linear("mix_out", out))) for key, out in zip(keys, attended(linear, keys), strict=True)
    ]
    actor = linear("actor.2", gelu(linear("actor.0", hidden)))
    values = [linear("values.2", gelu(linear("values.0", key))) for key in mixed]
    logits = [sum(a * b for a, b in zip(actor, value, strict=True)) / sqrt(WIDE) for value in values]
    shifts = [linear("offset", key) for key in mixed[:-1]]
    points = [
        [min(max(s + SHIFT * tanh(v), 0.02), 0.98) for s, v in zip((span.mean(), 0.5), shift, strict=True)]
        for span, shift in zip(query.spans, shifts, strict=True)
    ]
    return logits, points


def attended(linear, keys):
    """Multi-head self-attention, one query and one head at a time."""
    parts, size = [linear("mix_in", key) for key in keys], WIDE // HEADS
    for one in parts:
        out = []
        for start in range(0, WIDE, size):
            ask = one[start : start + size]
            powers = [exp(dot(ask, two[WIDE + start : WIDE + start + size]) / sqrt(size)) for two in parts]
            for k in range(size):
                out.append(dot(powers, [two[2 * WIDE + start + k] for two in parts]) / sum(powers))
        yield out


def dot(some, others):
    return sum(a * b for a, b in zip(some, others, strict=True))


def norm(weights, x):
    mean = sum(x) / len(x)
    spread = sqrt(sum((v - mean) ** 2 for v in x) / len(x) + 1e-5)
    return [
        (v - mean) / spread * a + b for v, a, b in zip(x, weights["norm.weight"], weights["norm.bias"], strict=True)
    ]


def test_numpy_and_torch_agree():
    torch = pytest.importorskip("torch")
    from training.screen.pointer_head import HeadSizes, PointerModule, ScreenTensors

    w, (screen, query) = head(4), random_input()
    sizes = HeadSizes(len(LOOKS), len(SIDES), WIDTH, len(ASKS), len(MATCHES), table=TABLE, hidden=HIDDEN, wide=WIDE)
    module = PointerModule(sizes).eval()
    names = module.state_dict().keys()
    module.load_state_dict({name: torch.from_numpy(w.weights[name]) for name in names})
    n, tensor = len(screen.looks), torch.from_numpy
    inputs = ScreenTensors(
        tensor(screen.looks), [tensor(bag) for bag in screen.bags], tensor(np.where(screen.sides < 0, n, screen.sides)),
        tensor(screen.icons), tensor(query.columns)[None], [tensor(bag) for bag in query.bags],
        tensor(query.matches)[None], tensor(query.spans)[None], torch.zeros(1, n + 1), torch.zeros(1, n, 4),
        torch.ones(1),
    )  # fmt: skip
    with torch.inference_mode():
        logits, points = module(inputs)
    attention = w(w.keys(screen), query)
    scale = max(1.0, float(np.abs(attention.logits).max()))
    assert np.abs(attention.logits - logits[0].numpy()).max() / scale < 1e-5
    assert np.abs(attention.points - points[0].clamp(0.02, 0.98).numpy()).max() < 1e-5


def asked(logits, places, meant):
    columns = np.zeros((len(meant), 1), np.float32)
    return PointerQuestion(logits, meant, places, columns, columns[0], columns)


def test_the_attention_of_what_lies_at_one_place_is_added():
    edges = np.array([[0, 0, 40, 20], [10, 5, 30, 15], [100, 0, 140, 20.0]])
    assert same_place(edges).tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    shares = np.array([0.3, 0.25, 0.35, 0.1])
    one = aim_of(asked(np.log(shares), same_place(edges), np.ones(3, bool)), 1.0)
    assert one.best == 0  # though the third alone has more
    assert one.evidence[0] == pytest.approx(np.log(0.55 / 0.45))
    assert one.evidence[1] == pytest.approx(np.log(0.55 / 0.35), abs=1e-3)
    assert one.none == pytest.approx(0.1)
    only = aim_of(asked(np.log(shares), same_place(edges), np.array([False, False, True])), 1.0)
    assert only.best == 2
    assert only.shares.tolist() == pytest.approx([0, 0, 0.35 / 0.45])


def test_a_confidence_is_a_probability_and_a_threshold_makes_it_an_absence():
    sure = Calibration(1.0, (1.0, 0.5, 0.0, -1.0), 0.5).confidence(np.array([2.0, 1.0, 0.0]))
    assert sure == pytest.approx(1 / (1 + np.exp(-1.5)))
    h = head()
    h = type(h)(h.weights, {"calibration": {"temperature": 1.0, "weights": [0, 0, 0, -2], "absent": 0.5}})
    (answer,) = PointerGrounder(h, senses=senses())(SHOT, elements_of([(0, 0, "Save", "button")]), ["Save"])
    assert not answer.present
    assert answer.confidence == pytest.approx(1 / (1 + np.exp(2)))
    assert answer.ranked[0].element.text == "Save"


def test_neighbours_are_the_nearest_on_each_side():
    boxes = {"label": (0, 40, 40, 60), "field": (50, 40, 140, 60), "title": (0, 0, 140, 20), "note": (50, 70, 140, 90),
             "frame": (0, 30, 140, 95)}  # fmt: skip
    elements = [Element(Box(*box), name, "heading" if name == "title" else "text") for name, box in boxes.items()]
    scene = Scene(SHOT, elements)
    rows, names = neighbours(scene), [element.text for element in scene.elements]
    around = {side: names[i] if i >= 0 else None for side, i in zip(SIDES, rows[names.index("field")], strict=True)}
    assert around == {
        "left": "label",
        "above": "title",
        "right": None,
        "below": "note",
        "frame": "frame",
        "heading": "title",
    }


@pytest.mark.parametrize("content", [None, "{}", "[1]", '{"format": 99}', "no json"])
def test_weights_that_cannot_be_read_are_a_typed_error(tmp_path, content):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
        (tmp_path / "pointer.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(ModelCorrupt):
        head_of(tmp_path)


def test_weights_of_other_columns_are_refused():
    one = head()
    with pytest.raises(ModelCorrupt, match="other columns of matches"):
        PointerGrounder(type(one)(one.weights, {"matches": ["name"]}), senses=senses())


@pytest.mark.parametrize("said", ["Кнопка сохранить", "设置", "اضغط على الإعدادات", "🔍", "\x00\x07"])
def test_other_scripts_and_signs_that_are_nowhere_are_absent(tree, said):
    answer = tree.ground(said)
    assert not answer.present
    assert answer.reason


def test_what_is_written_in_another_script_is_pointed_at(tree):
    other = Element(Box(5, 5, 60, 25), "保存", "button", "tree")
    answer = Screen(tree.shot, [*tree.elements, other]).ground("保存按钮")
    assert answer.box == other.box
