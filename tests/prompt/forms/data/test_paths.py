"""Rules by path: which values a path leads to, and what becomes of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import BudgetTooSmall, InvalidInput, UnknownName
from tamis.prompt.forms.data.json_form import Json, JsonLines
from tamis.prompt.forms.data.paths import paths_of
from tamis.prompt.forms.data.xml_form import Xml
from tamis.prompt.forms.data.yaml_form import Yaml
from tests.prompt.forms.data.oracle import tree, within
from tests.prompt.forms.data.texts import SAYING, jsons

TEXT = '{"id": 1, "rows": [{"id": 2, "a.b": {"id": 3}}, [4, {"id": 5}]], "": {"rows": 6}}'


def places(form, text, path):
    """The texts that a path leads to."""
    units = type(form)(form.inside, paths_of({path: "keep"})).parse(text)
    return [text[start:end] for start, end, _ in units.rules]


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("$", [TEXT]),
        ("$.id", ['"id": 1']),
        ("$['id']", ['"id": 1']),
        ("$..id", ['"id": 1', '"id": 2', '"id": 3', '"id": 5']),
        ("$.rows[*].id", ['"id": 2']),
        ("$.rows[1][0]", ["4"]),
        ("$.rows[1][*]", ["4", '{"id": 5}']),
        ('$.rows[0]["a.b"].id', ['"id": 3']),
        ("$.*.id", []),
        ("$..rows", ['"rows": [{"id": 2, "a.b": {"id": 3}}, [4, {"id": 5}]]', '"rows": 6']),
        ("$[''].rows", ['"rows": 6']),
        ("$..[0]", ['{"id": 2, "a.b": {"id": 3}}', "4"]),
        ("$.rows..id", ['"id": 2', '"id": 3', '"id": 5']),
        ("$.nothing", []),
        ("$[0]", []),
    ],
)
def test_what_a_path_leads_to(path, texts):
    assert places(Json(), TEXT, path) == texts


def test_other_formats():
    assert places(JsonLines(), '{"a": 1}\n{"a": 2}\n', "$.a") == ['"a": 1', '"a": 2']
    assert places(Xml(), '<all><x>1</x><y k="2"><x>3</x></y></all>', "$..x") == ["<x>1</x>", "<x>3</x>"]
    text = "a: 1\nrows:\n- x: 1\n  y: 2\n- {x: 3}\n---\na: 4\n"
    assert places(Yaml(), text, "$.rows[*].x") == ["x: 1", "x: 3"]
    assert places(Yaml(), text, "$.a") == ["a: 1", "a: 4"]


@pytest.mark.parametrize(
    "path", ["", "a", "$a", "$.", "$.a.", "$[", "$[a]", "$['a]", "$.a[?(@.b)]", "$..", "$[-1]", "$[1:2]", "$. a"]
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(InvalidInput, match="path"):
        paths_of({path: 0.5})


@pytest.mark.parametrize(
    ("rule", "error"), [("keeep", UnknownName), (2, InvalidInput), (True, InvalidInput), (None, InvalidInput)]
)
def test_what_is_no_rule_is_refused(rule, error):
    with pytest.raises(error):
        tamis.compress("[1]", options=tamis.Options(form="json", paths={"$": rule}))


def test_text_without_paths_is_refused():
    for form in ("prose", "lines"):
        with pytest.raises(InvalidInput, match="paths go with"):
            tamis.compress("Some words.", options=tamis.Options(form=form, paths={"$.a": "drop"}))
    result = tamis.compress("Some words.", rate=1, options=tamis.Options(paths={"$.a": "drop"}))
    assert result.text == "Some words."
    assert any("paths" in warning for warning in result.warnings)


ROWS = [{"id": i, "name": f"lamp {i}", "body": SAYING, "debug": {"trace": [i] * 9}} for i in range(6)]


def shorter(paths, rate=0.4, method="random", text=None, **given):
    options = tamis.Options(form="json", paths=paths)
    return tamis.compress(text or json.dumps({"rows": ROWS}), rate=rate, method=method, options=options, **given)


def test_drop_keep_whole_and_rates():
    rows = json.loads(shorter({"$..debug": "drop", "$.rows[*].name": "keep", "$.rows[*].body": 0.3}).text)["rows"]
    assert [row["name"] for row in rows] == [row["name"] for row in ROWS]
    assert all("debug" not in row for row in rows)
    bodies = [row["body"] for row in rows if "body" in row]
    assert bodies
    assert all(0 < len(body) < 0.5 * len(SAYING) for body in bodies)
    only = json.loads(shorter({"$": "drop", "$.rows[2]": "keep"}).text)
    assert only == {"rows": [ROWS[2]]}
    whole = json.loads(shorter({"$.rows[*]": "whole"}).text)
    assert all(row.keys() == ROWS[0].keys() for row in whole["rows"])


def test_the_inner_rule_counts_and_of_two_for_one_the_last():
    paths = {"$.rows": "drop", "$.rows[1].name": "keep", "$..id": "keep", "$.rows[*].id": "drop"}
    assert json.loads(shorter(paths).text) == {"rows": [{"name": "lamp 1"}]}


def test_what_is_kept_must_fit():
    with pytest.raises(BudgetTooSmall):
        tamis.compress(json.dumps(ROWS), tokens=20, options=tamis.Options(form="json", paths={"$[*].name": "keep"}))


def test_a_text_in_a_mixed_document():
    text = f"The rows follow.\n\n```json\n{json.dumps(ROWS, indent=1)}\n```\n"
    options = tamis.Options(form="auto", paths={"$[*].body": "drop", "$[*].name": "keep"})
    result = tamis.compress(text, rate=0.5, method="random", options=options)
    assert "body" not in result.text
    assert all(row["name"] in result.text for row in ROWS)


@settings(max_examples=80)
@given(text=jsons, rate=st.floats(0, 1), data=st.data())
def test_rules_keep_the_laws(text, rate, data):
    names = st.sampled_from(["$", "$.id", "$..name", "$.items[*]", "$[0]", "$[*].id", "$..*", "$..text", "$[1][*]"])
    rules = st.sampled_from(["drop", "whole", 0, 0.3, 1])
    result = shorter(data.draw(st.dictionaries(names, rules, max_size=3)), rate, text=text)
    assert result.restore() == text
    assert not result.text.strip() or within(tree(result.text), tree(text))
