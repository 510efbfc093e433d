"""YAML: only deletion, and what was valid stays valid; aliases keep their anchors."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput, MissingExtra
from tamis.prompt.forms.data.yaml_form import Yaml
from tamis.prompt.forms.prose import Prose
from tests.prompt.forms.data.masks import everything, renderings
from tests.prompt.forms.data.oracle import Members, within
from tests.prompt.forms.data.texts import jsons
from tests.prompt.forms.data.yaml_texts import SAYING, RandomYaml


def plain(node):
    """A node as lists, pairs and texts; of a block scalar without the line ends behind it."""
    if isinstance(node, yaml.MappingNode):
        return Members((str(plain(key)), plain(value)) for key, value in node.value)
    if isinstance(node, yaml.SequenceNode):
        return [plain(value) for value in node.value]
    return node.value.rstrip("\n") if node.style in ("|", ">") else node.value


def documents(text):
    return [plain(node) for node in yaml.compose_all(text, Loader=yaml.CSafeLoader) if node is not None]


@pytest.mark.parametrize("block", [0, *(pytest.param(i, marks=pytest.mark.sweep) for i in range(1, 51))])
def test_ten_thousand_documents(block):
    """200 texts a block, of the quick one 80."""
    rng, form = random.Random(block), Yaml(Prose("words"))
    for _ in range(200 if block else 80):
        text = RandomYaml(rng).text()
        try:
            source = documents(text)
        except RecursionError:  # an alias inside of what it stands for
            continue
        assert everything(form, text) == text
        for part in renderings(form, text, rng.randrange(1000), 3):
            assert form.check(part)
            assert within(documents(part), source), (text, part)


@settings(max_examples=60)
@given(text=jsons, seed=st.integers(0, 99))
def test_json_is_yaml(text, seed):
    form = Yaml()
    try:
        source = documents(text)
    except yaml.YAMLError:  # (a tab that is no blank, a character that YAML does not take)
        return
    assert everything(form, text) == text
    for part in renderings(form, text, seed):
        assert within(documents(part), source)


TEXT = """\
# lamps
base: &base   # of all
  watt: 5
red:
  <<: *base
  # how many
  pieces: 3
rows:
- name: a
  n: 1
- {name: b, n: 2}
note: |
  two
  lines

last: x
"""


def bodies(form, text):
    units = form.parse(text)
    return [text[a:b] for a, b in zip(units.starts.tolist(), units.ends.tolist(), strict=True)]


def kept(text, *needles):
    """What is left where the units stay that hold these."""
    form = Yaml()
    units = form.parse(text)
    mask = [any(needle in body for needle in needles) for body in bodies(form, text)]
    return form.render(units, units.closed(np.array(mask))).of(text)


def test_the_units_by_hand():
    assert bodies(Yaml(), TEXT) == [
        "base: &base   # of all\n  watt: 5",
        "red:\n  <<: *base\n  # how many\n  pieces: 3",
        "rows:\n- name: a\n  n: 1\n- {name: b, n: 2}",
        "note: |\n  two\n  lines",
        "last: x",
    ]


def test_an_alias_brings_its_anchor_and_a_comment_goes_with_what_follows():
    assert kept(TEXT, "red:").startswith("# lamps\nbase: &base")
    assert kept(TEXT, "last") == "last: x\n"
    long = f"a:\n  # of b\n  b: '{'x' * 60}'\n  # of c\n  c: '{'y' * 60}'\n"
    assert kept(long, "c:") == f"a:\n  # of c\n  c: '{'y' * 60}'\n"
    row = f"- a: {'x' * 200}\n  b: {'y' * 200}\n  c: 1\n"
    assert kept(row, "c: 1") == f"- a: {'x' * 200}\n  c: 1\n"


def test_documents_go_with_all_that_is_in_them():
    text = "a: 1\n--- # two\nb: 2\n...\n---\nc: 3\n"
    assert kept(text, "b: 2") == "--- # two\nb: 2\n...\n"
    assert kept(text, "a: 1", "c: 3") == "a: 1\n---\nc: 3\n"


def test_long_texts_lose_words_and_scripts_lose_lines():
    script = "\n".join(f"    if [ -f x{i} ]; then rm x{i}; fi" for i in range(30))
    text = f"about: |\n  {SAYING.replace('. ', '.' + chr(10) + '  ')}\nrun: |\n{script}\nend: 1\n"
    result = tamis.compress(text, rate=0.5, method="random", options=tamis.Options(form="yaml"))
    data = yaml.safe_load(result.text)
    assert all(line in script for line in str(data.get("run", "")).splitlines())
    assert 0 < len(data["about"]) < len(SAYING)


@pytest.mark.parametrize(
    "text", ["a: [1", "a: 1\n b: 2", "a: 1\n\x07", "\ud800", "a: b: c", "*x\n - y", "'a", "[" * 9000]
)
def test_what_is_no_yaml_is_refused_with_its_place(text):
    with pytest.raises(InvalidInput, match=r"no YAML: .* at line \d+, column \d+"):
        Yaml().parse(text)
    assert not Yaml().check(text)


@pytest.mark.parametrize(
    "text", ["", "# only\n", "word\n", "---\n---\n", "? a\n: b\n? c\n", "!!set {a, b}", "&x [*x]", "- \n- ? x\n"]
)
def test_what_is_odd_passes_as_it_is(text):
    assert everything(Yaml(), text) == text
    for part in renderings(Yaml(), text, 1):
        assert Yaml().check(part)


def test_without_the_package_the_hint_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingExtra, match=r"tamis\[yaml\]"):
        Yaml().parse("a: 1")


def test_comments_say_how_many_lines_went():
    items = "".join(f"  - id: {i}\n    name: lamp {i}\n    room: hall\n" for i in range(30))
    text = f"shop: Leeds\nlamps:\n{items}open: true\n"
    result = tamis.compress(text, rate=0.3, keep=["lamp 17"], options=tamis.Options(form="yaml"))
    assert "# … " in result.text
    assert yaml.safe_load(result.text)["lamps"]
    gone = sum(int(note.text.split()[2].replace(",", "")) for note in result.inserted)
    assert gone == text.count("\n") - result.text.count("\n") + len(result.inserted)
    silent = tamis.compress(text, rate=0.3, options=tamis.Options(form="yaml", omissions=False))
    assert silent.inserted == ()


def test_comments_change_nothing_that_is_said():
    plain, form, noted = Yaml(), Yaml(omissions=True), 0
    for seed in range(120):
        text = RandomYaml(random.Random(seed)).text()
        units = form.parse(text)
        for share in (0.1, 0.4):
            mask = units.closed(np.random.default_rng(seed).random(len(units)) < share)
            edits = form.render(units, mask)
            noted += bool(edits.insertions)
            without = list(yaml.compose_all(plain.render(units, mask).of(text)))
            assert repr(list(map(said, yaml.compose_all(edits.of(text))))) == repr(list(map(said, without)))
    assert noted > 20


def said(node):
    """What a node of YAML says, without its place."""
    if node is None or isinstance(node.value, str):
        return node and (node.tag, node.value)
    return [tuple(map(said, one)) if isinstance(one, tuple) else said(one) for one in node.value]
