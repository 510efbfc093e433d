"""Generated tasks: a pure function of the seed, answers that an oracle finds in the context."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.bench.scbench import METRICS, SCBENCH, SIZES, TASKS, UNITS, session
from tamis.bench.scbench.numbers import ASKED
from tamis.errors import InvalidInput, UnknownName

WORDINGS = ("plain", "micro")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("wording", WORDINGS)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_a_session_is_a_function_of_its_seed(task, wording, seed):
    one = session(task, seed=seed, size="ci", turns=4, wording=wording)
    assert one == session(task, seed=seed, size="ci", turns=4, wording=wording)
    assert len(one.turns) == 4
    assert one.context.strip()
    for turn in one.turns:
        assert METRICS[turn.metric](turn.answer, turn.gold) == 1
        assert METRICS[turn.metric]("", turn.gold) == 0


def test_the_paper_has_twelve():
    assert len(SCBENCH) == 12
    assert set(UNITS) == set(TASKS)
    assert all(len(units) == len(SIZES) for units in UNITS.values())


@given(st.integers(0, 500), st.sampled_from(WORDINGS))
@settings(max_examples=20, deadline=None)
def test_values_are_those_of_their_keys(seed, wording):
    made = session("kv", seed=seed, size=30, turns=5, wording=wording)
    pairs = json.loads(made.context)
    assert len(pairs) == 30
    for turn in made.turns:
        key = re.search(r'key "([^"]+)"', turn.query)[1]
        assert turn.gold == (pairs[key],)


@given(st.integers(0, 500), st.sampled_from(WORDINGS))
@settings(max_examples=20, deadline=None)
def test_both_ends_name_one_word(seed, wording):
    made = session("prefix_suffix", seed=seed, size=40, turns=5, wording=wording)
    words = made.context.split()
    for turn in made.turns:
        start, end = re.findall(r'"([^"]+)"', turn.query)
        assert [w for w in words if w.startswith(start) and w.endswith(end)] == list(turn.gold)


@given(st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_chains_lead_to_their_answers(seed):
    made = session("hash_hop", seed=seed, size=12, turns=4)
    after = dict(line.split(" = ") for line in made.context.splitlines())
    for turn in made.turns:
        name = re.search(r'"([^"]+)"', turn.query)[1]
        chain = [name := after[name] for _ in range(3)]
        assert ", ".join(chain) == turn.answer
        assert turn.gold == (chain[-1],)


@given(st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_variables_have_their_values(seed):
    made = session("vt", seed=seed, size=20, turns=3)
    values: dict[str, str] = {}
    for line in made.context.splitlines():
        if found := re.fullmatch(r"VAR (\w+) = (?:VAR )?(\w+)", line):
            values[found[1]] = values.get(found[2], found[2])
    for turn in made.turns:
        value = re.search(r"value (\d+)", turn.query)[1]
        assert {name for name, known in values.items() if known == value} == set(turn.gold)


@given(st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_numbers_are_in_order(seed):
    made = session("math_find", seed=seed, size=50, turns=5)
    numbers = [int(number) for number in made.context.split(", ")]
    for turn in made.turns:
        kind = re.fullmatch(r"What is the (.+)\?", turn.query)[1]
        assert int(turn.gold[0]) == ASKED[kind](numbers)


@given(st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_frequent_words_are_the_most_frequent(seed):
    made = session("frequent_words", seed=seed, size=60, turns=3)
    groups = dict(line.split(": ") for line in made.context.splitlines())
    for turn in made.turns:
        label = re.search(r'"([^"]+)"', turn.query)[1]
        assert {w for w, _ in Counter(groups[label].split()).most_common(3)} == set(turn.gold)


@given(st.integers(0, 200))
@settings(max_examples=10, deadline=None)
def test_code_is_found_and_docstrings_are_not(seed):
    made = session("repo", seed=seed, size=5, turns=3)
    for turn in made.turns:
        assert turn.gold[0] in made.context
        assert re.search(r"does this: (.+)\?", turn.query)[1] not in made.context


def test_what_cannot_be_made_is_said():
    with pytest.raises(UnknownName, match="kv"):
        session("kx", seed=0)
    with pytest.raises(UnknownName, match="size"):
        session("kv", seed=0, size="huge")
    with pytest.raises(InvalidInput):
        session("kv", seed=0, size=3, turns=4)
    with pytest.raises(InvalidInput):
        session("repo", seed=0, size=10_000)
