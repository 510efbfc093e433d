"""JSON and JSON Lines: only deletion, and what was valid stays valid."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.json_form import Json, JsonLines
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.table import FORMS
from tamis.prompt.options import Style
from tests.prompt.forms.data.masks import everything, renderings
from tests.prompt.forms.data.oracle import tree, within
from tests.prompt.forms.data.texts import SAYING, json_lines, jsons

ODD = [
    '{"a": NaN, "b": [Infinity, -Infinity], "c": 1}',
    '{"a": 1, "a": 2, "a": {"a": 3, "b": 4}}',
    "[" + "9" * 400 + ", 1e400, -0, 0.10, 1E+2]",
    '\ufeff{"a": 1, "b": 2}',
    "  [ ]  ",
    '{"a": {}, "b": [], "c": ""}',
    '"' + SAYING.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"',
    '"' + r"\ud83d\ude00 \u0041 \/ \ud83d alone " * 70 + '"',
    "[[[[[[1,[2]],3]]]]]\n",
    '{"blob": "' + "QUJD" * 400 + '", "n": 1}',
    '[{"a":1},{"a":2}\t,\r\n{"a":3}]',
]


@pytest.mark.parametrize("text", ODD)
def test_what_is_odd_passes_as_it_is(text):
    form = Json()
    assert everything(form, text) == text
    for seed in range(20):
        for part in renderings(form, text, seed):
            assert not part.strip() or within(tree(part), tree(text))


@settings(max_examples=150)
@given(text=jsons, seed=st.integers(0, 99))
def test_what_is_left_is_a_part_of_the_tree(text, seed):
    form = FORMS["json"](tamis.Options(), Style())
    assert everything(form, text) == text
    for part in renderings(form, text, seed):
        assert form.check(part)
        assert not part.strip() or within(tree(part), tree(text))


@settings(max_examples=80)
@given(text=json_lines, seed=st.integers(0, 99))
def test_lines_are_left_whole_or_as_parts(text, seed):
    form = JsonLines()
    assert everything(form, text) == text
    lines = [tree(line) for line in text.split("\n") if line.strip()]
    for part in renderings(form, text, seed):
        rest = iter(lines)
        assert all(any(within(tree(line), whole) for whole in rest) for line in part.split("\n") if line.strip())


def value(rng, depth=0):
    """A random JSON value, quickly."""
    kind = rng.random()
    if depth > 4 or kind < 0.35:
        return rng.choice([None, True, 1, -2.5, 10**30, "lamp", 'a "b" \\ \n', "é💡", SAYING, ""])
    if kind < 0.6:
        return [value(rng, depth + 1) for _ in range(rng.randrange(5))]
    if kind < 0.75:
        return [{"id": i, "name": f"n{i}", "x": value(rng, depth + 2)} for i in range(rng.randrange(9))]
    return {rng.choice("abcdefgh") * rng.randrange(1, 3): value(rng, depth + 1) for _ in range(rng.randrange(6))}


@pytest.mark.parametrize("block", [0, *(pytest.param(i, marks=pytest.mark.sweep) for i in range(1, 21))])
def test_ten_thousand_documents(block):
    """500 documents a block, of the quick one 80."""
    rng, form = random.Random(block), Json(Prose("words"))
    for _ in range(500 if block else 80):
        data = value(rng)
        text = json.dumps(data, indent=rng.choice([None, 2]), ensure_ascii=rng.random() < 0.5)
        assert everything(form, text) == text
        for part in renderings(form, text, rng.randrange(1000), 3):
            assert not part or within(tree(part), tree(text)), (text, part)


BROKEN = [
    "[1,]",
    "{a: 1}",
    '{"a" 1}',
    "[1 2]",
    '["a\nb"]',
    "[01]",
    "[1",
    '{"a":}',
    "tru",
    "[1]]",
    "'a'",
    '["\\x"]',
    "{,}",
    "[1] [2]",
    '"\\u12"',
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_json_is_refused_with_its_place(text):
    with pytest.raises(InvalidInput, match=r"no JSON: .* at line \d+, column \d+"):
        Json().parse(text)
    assert not Json().check(text)


def test_the_place_of_a_fault():
    with pytest.raises(InvalidInput, match="line 2, column 7"):
        Json().parse('{"a": 1,\n "b": }')
    with pytest.raises(InvalidInput, match=r"JSON Lines: .* line 1"):
        JsonLines().parse('{"a":\n1}')


@pytest.mark.parametrize("text", ["[" * 10_000 + "1" + "]" * 10_000, '{"a":' * 10_000 + "{}" + "}" * 10_000])
def test_depth_is_no_matter(text):
    assert everything(Json(), text) == text
    assert tamis.compress(text, rate=0.5, method="truncate", options=tamis.Options(form="json")).text in ("[]", "{}")
    with pytest.raises(InvalidInput):
        Json().parse(text[:-1])


def bodies(form, text):
    units = form.parse(text)
    return [text[a:b] for a, b in zip(units.starts.tolist(), units.ends.tolist(), strict=True)]


def test_the_units_by_hand():
    text = '{"total": 2, "box": {"min": 1, "max": 2}, "rows": [{"id": 1, "b": []}, {"id": 2, "b": [3]}], "e": {}}'
    assert bodies(Json(), text) == [
        "{",
        '"total": 2',
        '"box": {"min": 1, "max": 2}',
        '"rows": [{"id": 1, "b": []}, {"id": 2, "b": [3]}]',
        '"e": {}',
        "}",
    ]
    assert bodies(JsonLines(), '{"a": 1}\n\n[2, 3]\n') == ['{"a": 1}', "[2, 3]"]


def test_a_short_list_is_whole_and_a_long_one_is_not():
    text = json.dumps({"runs_on": ["self-hosted", "linux", "x86"] * 4, "pages": [f"page {i} of 90" for i in range(90)]})
    units = bodies(Json(), text)
    assert len(units[1]) > 100
    assert len(units) == 2 + 1 + 2 + 90


def test_rows_go_whole_and_their_container_with_the_last():
    rows = [{"name": f"lamp {i}", "watt": i, "note": "warm"} for i in range(12)]
    text = json.dumps({"kind": "lamps", "rows": rows, "n": 12})
    result = tamis.compress(text, rate=0.4, method="random", options=tamis.Options(form="json"))
    data = json.loads(result.text)
    assert all(row in rows for row in data["rows"])
    few = tamis.compress(text, tokens=6, method="truncate", options=tamis.Options(form="json"))
    assert json.loads(few.text) in ({"kind": "lamps"}, {"n": 12}, {})


def test_a_value_of_a_large_row_stays_with_what_names_the_row():
    rows = [{"x": "a" * 300, "id": i, "y": "b" * 300, "z": [{"k": "c" * 400}, 1]} for i in range(5)]
    for seed in range(9):
        options = tamis.Options(form="json", seed=seed)
        data = json.loads(tamis.compress(json.dumps(rows), rate=0.3, method="random", options=options).text)
        assert all("id" in row for row in data)


def test_long_strings_are_shortened_between_their_quotes():
    text = json.dumps({"id": 7, "text": SAYING}, ensure_ascii=True)
    result = tamis.compress(text, rate=0.6, method="stopwords", options=tamis.Options(form="json"), style="sentences")
    said = json.loads(result.text)
    assert set(said) == {"id", "text"} or set(said) == {"text"}
    assert 0 < len(said["text"]) < len(SAYING)


def test_the_smallest_valid_text_stays_where_nothing_else_fits():
    for text, least in (('{"abc": "some words"}', "{}"), ('["some words"]', "[]")):
        options = tamis.Options(form="json")
        assert tamis.compress(text, tokens=2, method="truncate", options=options).text == least
        assert tamis.compress(text, tokens=0, method="truncate", options=options).text == ""


def test_a_text_that_does_not_fit_keeps_no_other_value_out():
    page = "<div class='a'><p>Some text &amp; more</p></div>" * 40
    options = tamis.Options(form="json")
    result = tamis.compress(json.dumps({"html": page, "id": 3}), rate=0.4, options=options)
    assert json.loads(result.text) == {"id": 3}


@pytest.mark.parametrize(
    "text", ["[" * 5000 + "1" + "]" * 5000, '{"n": ' + "9" * 5000 + ', "m": [1, 2], "t": "hello"}']
)
def test_what_python_cannot_hold_is_still_json(text):
    options = tamis.Options(form="auto")
    result = tamis.compress(text, rate=0.4, method="truncate", options=options)
    assert result.kinds[0].name == "json"
    assert Json().check(result.text)
