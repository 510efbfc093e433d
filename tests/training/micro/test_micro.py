"""The micro model's words, lessons and course: what it is taught is what the benchmark asks."""

from __future__ import annotations

import json
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.bench.scbench import session
from tamis.bench.scbench.layout import PLAIN
from tamis.bench.scbench.wording import WORDS as ASKED
from tamis.models.causal.plain import open_plain
from training.micro.export import answered, export, words
from training.micro.lessons import LESSONS
from training.micro.loop import Course, train
from training.micro.model import IGNORED, batch, begun
from training.micro.words import BEGIN, UNKNOWN, WORDS, tokenizer, vocabulary

TAUGHT = {
    "kv": "kv",
    "hops": "hash_hop",
    "ends": "prefix_suffix",
    "needles": "needles",
    "facts": "qa_en",
    "variables": "vt",
}


def test_the_benchmark_uses_its_words():
    assert WORDS == ASKED
    assert len(vocabulary()) == len(set(vocabulary().values()))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_ascii_text_is_read_without_unknown_tokens(text):
    assert UNKNOWN not in tokenizer().encode(text).ids


@pytest.mark.parametrize("kind", LESSONS)
@given(seed=st.integers(0, 1_000))
@settings(max_examples=10, deadline=None)
def test_lessons_come_back_as_they_were(kind, seed):
    make, _, _ = LESSONS[kind]
    lesson = make(Random(seed), 12, 3)
    for text, _ in lesson.parts():
        code = tokenizer().encode(text, add_special_tokens=False)
        assert UNKNOWN not in code.ids
        assert tokenizer().decode(code.ids).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("kind", "task"), TAUGHT.items())
def test_lessons_have_the_form_of_their_tasks(kind, task):
    """Word for word alike once the made-up words and numbers are blotted out."""
    make, _, _ = LESSONS[kind]
    lesson, asked = make(Random(0), 12, 3), session(task, seed=0, size=12, turns=3, wording="micro")
    read = f"{asked.context}{PLAIN.asked(asked.turns[0].query, first=True)} {asked.turns[0].answer}"
    taught = "".join(text for text, _ in lesson.parts()[:3])
    assert {blotted(line) for line in taught.splitlines()} & {blotted(line) for line in read.splitlines()}
    assert blotted(lesson.asked[0][0]) == blotted(asked.turns[0].query)
    assert blotted(lesson.asked[0][1]) == blotted(asked.turns[0].answer)


def blotted(text):
    import re

    return re.sub(r"home|trade|colour|dish", "R", re.sub(r"\b(?:[bdklmnrt][aeio]){2}\b|\d{3}", "_", text))


def test_only_answers_are_learnt():
    made = batch(Random(0), tokenizer(), length=100, items=4, copies=0.0)
    assert made.ids[:, 0].eq(BEGIN).all()
    learnt = made.targets != IGNORED
    assert learnt.any(1).all()
    assert 0 < learnt.float().mean() < 0.3
    rows, columns = learnt[:, :-1].nonzero(as_tuple=True)
    assert torch.equal(made.targets[rows, columns], made.ids[rows, columns + 1])


def test_before_training_heads_look_back():
    torch.manual_seed(0)
    model = begun()
    model.set_attn_implementation("eager")
    ids = torch.randint(10, 1_000, (1, 40))
    with torch.no_grad():
        weights = model(ids, output_attentions=True).attentions[0][0]
    for head, back in enumerate((1, 2, 3, 4, 6, 7, 10)):
        assert weights[head].diagonal(-back).mean() > 0.9


def test_the_same_seed_gives_the_same_weights():
    course = Course(steps=2, tokens=256, longest=128)
    one, other = train(course), train(course)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_what_is_exported_opens_and_says_what_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr("training.micro.export.ASKED", 1)
    course = Course(steps=1, tokens=256, longest=128)
    target = tmp_path / "micro"
    export(train(course), course, target)
    model, text_of = open_plain(target)
    config = json.loads((target / "config.json").read_text(encoding="utf-8"))
    assert set(config["sha256"]) == {"model.safetensors", "tokenizer.json"}
    assert "| kv |" in (target / "README.md").read_text(encoding="utf-8")
    assert text_of("dora = kilo").input_ids == words()("dora = kilo").input_ids
    assert model.config.num_key_value_heads == 4
    before = sorted(path.name for path in target.iterdir())
    monkeypatch.setattr("training.micro.export.words", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(train(course), course, target)
    assert sorted(path.name for path in target.iterdir()) == before


def test_the_embedded_one_answers():
    model, _ = open_plain("micro")
    for kind in ("kv", "hops", "facts"):
        assert answered(model, kind, count=10, length=300, seed=7) >= 0.9
