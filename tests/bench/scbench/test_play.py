"""Sessions played by the embedded micro model: real reading, real caches, answers that an oracle gives too."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from tamis.bench.scbench import session
from tamis.bench.scbench.layout import PLAIN
from tamis.bench.scbench.methods import method
from tamis.bench.scbench.play import Player
from tamis.errors import InvalidInput, MissingExtra
from tamis.models.causal.plain import open_plain


@pytest.fixture(scope="module")
def player():
    model, tokenizer = open_plain("micro")
    return Player(model, tokenizer, PLAIN, lambda text, share: text[: int(len(text) * share)], 64)


def made(task="kv", seed=0, size=60, turns=3):
    return session(task, seed=seed, size=size, turns=turns, wording="micro")


@pytest.mark.parametrize("task", ["kv", "prefix_suffix", "vt", "qa_en", "needles", "hash_hop"])
@pytest.mark.parametrize("mode", ["multi_turn", "multi_request"])
def test_dense_attention_looks_up(player, task, mode):
    found = [player.play(made(task, seed, size=40), method("dense"), mode) for seed in range(2)]
    scores = [turn.score for run in found for turn in run.turns]
    assert sum(scores) / len(scores) >= 0.8
    assert all(run.mass == 1 and run.kept == 1 and run.density == 1 for run in found)


def test_requests_do_not_see_one_another(player):
    whole = player.play(made(turns=3), method("dense"), "multi_request")
    for number in range(3):
        one = dataclasses.replace(made(turns=3), turns=made(turns=3).turns[number : number + 1])
        assert player.play(one, method("dense"), "multi_request").turns[0].answer == whole.turns[number].answer


def test_answers_are_those_of_generate(player):
    told = made(turns=1)
    text = f"{told.context}{PLAIN.asked(told.turns[0].query, first=True)}"
    ids = player.tokenizer(text, return_tensors="pt").input_ids
    said = player.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=1, do_sample=False)
    expected = player.tokenizer.decode(said[0, ids.shape[1] :]).strip()
    assert player.play(told, method("dense"), "multi_turn").turns[0].answer.startswith(expected)


@pytest.mark.parametrize("name", ["snapkv@0.25", "streaming@0.25", "snapkv@0.5/adaptive+int4", "knorm@0.5/pyramid"])
def test_caches_shrink_in_bytes(player, name):
    told = made(size=200)
    dense, small = (player.play(told, method(each), "multi_request") for each in ("dense", name))
    how = method(name)
    assert small.bytes < (how.kept + 0.2) * dense.bytes * (0.5 if how.bits else 1)
    assert 0 < small.mass < 1
    assert small.kept == how.kept


def test_sparse_reading_says_what_it_computed(player):
    run = player.play(made(size=200), method("vertical_slash@0.3", block=64), "multi_turn")
    assert 0.1 < run.density < 0.5
    assert 0 < run.mass < 1
    both = player.play(made(size=200), method("vertical_slash@0.3+snapkv@0.5", block=64), "multi_turn")
    assert both.mass < run.mass
    assert both.bytes < run.bytes


def test_a_compressed_prompt_is_shorter(player):
    run = player.play(made(size=100), method("prompt@0.5"), "multi_turn")
    assert run.read < 0.6 * run.tokens
    assert run.mass is None
    assert run.kept == pytest.approx(run.read / run.tokens)
    with pytest.raises(InvalidInput, match="shorten"):
        dataclasses.replace(player, shorten=None).play(made(), method("prompt"), "multi_turn")


def test_a_shown_question_helps_a_policy_that_looks_at_the_last_queries(player):
    scores = {}
    for shown in (False, True):
        runs = [
            player.play(made(seed=seed, size=200), method("snapkv@0.25"), "multi_request", shown=shown)
            for seed in range(3)
        ]
        scores[shown] = sum(turn.score for run in runs for turn in run.turns)
    assert scores[True] > scores[False]


def test_own_answers_stay_in_the_history(player):
    told = made(turns=2)
    wrong = dataclasses.replace(told, turns=(dataclasses.replace(told.turns[0], said="x " * 30), told.turns[1]))
    golden = player.play(wrong, method("dense"), "multi_turn")
    own = player.play(wrong, method("dense"), "multi_turn", own=True)
    assert own.turns[1].bytes < golden.turns[1].bytes


def test_what_does_not_fit_is_said(player):
    with pytest.raises(InvalidInput, match="4,096"):
        player.play(made(size=1_024), method("dense"), "multi_turn")


def test_missing_extras_are_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(MissingExtra, match="torch"):
        open_plain("micro")
