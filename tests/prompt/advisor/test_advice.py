"""The advisor: bills worked by hand, the table of prices, verdicts that are worth their reason."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput, UnknownName
from tamis.prompt.advisor import STRATEGIES, Tariff, replay, tariff_of, tariffs
from tamis.prompt.advisor.session import CLEARED, bill, requests
from tamis.prompt.chats import Policy
from tamis.text.counting import counter
from tests.prompt.chats.making import DIALECTS, body, chat_of, script

FAST = {"tokenizer": "words", "method": "truncate", "on_risk": None, "policy": Policy(floor=0)}
TENTH = Tariff("tenth", input=1e6, read=1e5, write=1.25e6)  # a dollar a token, a tenth of it from the cache


def user(text):
    return {"role": "user", "content": text}


def said(text):
    return {"role": "assistant", "content": text}


# bills


def test_a_bill_by_hand():
    chat = [user("one two three"), said("four five"), user("six")]
    assert requests(chat) == [1, 3]
    # 3 written; then 3 read, 3 written
    assert replay(chat, TENTH, tokenizer="words").dollars == pytest.approx(3 * 1.25 + 3 * 0.1 + 3 * 1.25)
    assert replay(chat, TENTH, tokenizer="words").read == 3


def test_a_changed_beginning_is_written_anew():
    count = counter("words")
    one, other = [user("a b"), said("c")], [user("x b"), said("c"), user("d")]
    assert bill([one, other], TENTH, count).dollars == pytest.approx(3 * 1.25 + 4 * 1.25)
    assert bill([one, [*one, user("d")]], TENTH, count).dollars == pytest.approx(3 * 1.25 + 3 * 0.1 + 1.25)


def test_short_prefixes_are_not_cached():
    chat = [user("one two three"), said("four five"), user("six")]
    tariff = replace(TENTH, minimum=5)
    assert replay(chat, tariff, tokenizer="words").dollars == pytest.approx(3 * 1.0 + 6 * 1.25)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_requests_are_where_the_model_answered(dialect):
    steps = [("user", "go"), ("call", "c1", "f", {}, "r", False, False), ("call", "c2", "f", {}, "r", False, False)]
    chat = chat_of([*steps, ("say", "done")], dialect)
    assert len(requests(chat)) == 3
    assert requests(chat[:-1]) == requests(chat)
    assert requests([]) == []
    assert requests([said("only")]) == []


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), dialect=st.sampled_from(DIALECTS))
def test_ours_never_costs_more_than_nothing_done(seed, dialect):
    chat = chat_of(script(seed, turns=12), dialect)
    none, ours = (replay(chat, TENTH, name, **FAST) for name in ("none", "ours"))
    assert ours.dollars <= none.dollars + 1e-9
    assert ours.requests == none.requests
    late = replace(TENTH, minimum=1_000)
    kept = {**FAST, "policy": Policy(floor=late.minimum)}
    none, ours = (replay(chat, late, name, **kept) for name in ("none", "ours"))
    assert ours.dollars <= none.dollars + 1e-9


def test_what_others_do_costs_more_than_ours():
    chat = chat_of(script(seed=3, turns=30), "chat")
    costs = {name: replay(chat, TENTH, name, **FAST).dollars for name in STRATEGIES}
    assert costs["ours"] < 0.65 * costs["none"]
    assert costs["ours"] < costs["clear"]
    with pytest.raises(UnknownName, match="strategy"):
        replay(chat, TENTH, "magic")


def test_clearing_leaves_the_last_three_results():
    chat = chat_of([("call", f"c{i}", "f", {}, f"result {i}", False, False) for i in range(5)], "chat")
    (prompt,) = STRATEGIES["clear"](chat, [len(chat)], {})
    assert [m["content"] for m in prompt if m["role"] == "tool"] == [
        CLEARED,
        CLEARED,
        "result 2",
        "result 3",
        "result 4",
    ]


# prices


def test_every_row_has_a_source_and_a_date():
    for row in tariffs():
        assert row.source.startswith("https://")
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", row.date)
        assert 0 < row.read < row.input <= row.write < row.output
    assert len({row.model for row in tariffs()}) == len(tariffs())


def test_names_as_providers_write_them():
    assert tariff_of("claude-sonnet-4-5-20250929").model == "claude-sonnet-4.5"
    assert tariff_of("anthropic/claude-opus-4.5").input == 5
    assert tariff_of("gpt-5.4-mini-2026-03-17").model == "gpt-5.4-mini"
    assert tariff_of("gpt-4o").model == "gpt-4o"
    for name in ("claude", "gpt-9", "", "claude-opus-45"):
        with pytest.raises(UnknownName):
            tariff_of(name)


def test_prices_of_ones_own(tmp_path):
    row = {"model": "mine", "input": 2, "read": 1}
    (tmp_path / "prices.json").write_text(json.dumps({"prices": [row]}))
    for prices in (row, [row], {"prices": [row]}, tmp_path / "prices.json", str(tmp_path / "prices.json")):
        assert tariff_of("mine", prices) == Tariff("mine", 2, 1, 2)
    assert tariff_of("gpt-4o", {"model": "gpt-4o", "input": 9}).input == 9
    assert tariff_of("anything", TENTH) is TENTH
    (tmp_path / "broken.json").write_text("{")
    for wrong in (
        {"model": "m"},
        [5],
        5,
        {"input": -1},
        {"input": "3"},
        {"input": 1, "x": 2},
        tmp_path / "broken.json",
    ):
        with pytest.raises(InvalidInput):
            tariff_of("m", wrong)


# verdicts


def agent(turns, seed=4):
    return chat_of(script(seed, turns=turns), "chat")


def test_a_chat_that_goes_on_is_worth_shortening():
    advice = tamis.advise(agent(20), turns=30, prices=TENTH, **FAST)
    assert advice.verdict == "shorten"
    assert advice.ratio < 0.7
    assert advice.tokens < advice.original_tokens
    assert "tokens go" in advice.why
    assert json.dumps(advice.to_dict())
    assert "estimated" in str(advice)


def test_what_the_cache_holds_is_not_worth_rewriting_for_one_request():
    chat = [*agent(20), said("It is done."), user("thanks, and now?")]
    advice = tamis.advise(chat, turns=1, prices=TENTH, **FAST)
    assert advice.verdict == "leave"
    assert "do not shorten: the cache holds the first" in advice.why
    assert advice.dollars["shorten"] > advice.dollars["leave"]
    assert float(re.search(r"would cost (\d\.\d\d)x", advice.why)[1]) > 1


def test_only_what_comes_is_shortened_where_that_is_cheaper():
    steps = [*script(4, turns=20), ("call", "last", "read", {"path": "x"}, body("x", lines=300), False, False)]
    advice = tamis.advise(chat_of(steps, "chat"), turns=2, prices=TENTH, **FAST)
    assert advice.verdict == "shorten what comes"
    assert "to rewrite them costs" in advice.why


def test_a_chat_without_anything_to_shorten():
    advice = tamis.advise([user("hello"), said("hi"), user("bye")], prices=TENTH, **FAST)
    assert (advice.verdict, advice.ratio) == ("leave", 1.0)
    assert advice.why == "nothing of it would become shorter."
    assert tamis.advise([], prices=TENTH, **FAST).verdict == "leave"


def test_a_cache_that_holds_the_short_chat_goes_on():
    chat = agent(20)
    short = tamis.advise(chat, turns=1, prices=TENTH, cached="short", **FAST)
    assert short.verdict == "shorten"
    assert short.dollars["shorten"] < 0.6 * short.dollars["leave"]
    nothing = tamis.advise(chat, turns=1, prices=TENTH, cached="nothing", **FAST)
    assert nothing.verdict == "shorten"
    assert "shorten what comes" not in nothing.dollars


def test_the_estimate_is_the_replay_where_every_request_is_alike():
    """What is foretold of a chat in the middle of it is what the rest of it costs."""
    steps = [("user", "go")]
    steps += [("call", f"c{i}", "f", {"n": i}, f"{i} " * 300, False, False) for i in range(20)]
    chat = chat_of(steps, "chat")
    half = chat[: 1 + 2 * 10]
    advice = tamis.advise(half, turns=11, prices=TENTH, **FAST)
    whole, first = (replay(some, TENTH, **FAST).dollars for some in (chat, half[:-1]))
    assert advice.dollars["leave"] == pytest.approx(whole - first, rel=0.15)


def test_the_time_of_the_model_is_only_spoken_of_if_it_is_known():
    assert tamis.advise(agent(5), prices=TENTH, **FAST).latency is None
    advice = tamis.advise(agent(5), prices=TENTH, prefill=100.0, **FAST)
    assert advice.latency > 0
    assert "latency" in str(advice)


def test_settings_that_cannot_be_used():
    with pytest.raises(UnknownName, match="cache"):
        tamis.advise([], cached="some")
    with pytest.raises(UnknownName, match="model"):
        tamis.advise([], model="nobody")
    for wrong in ({"turns": 0}, {"turns": 1.5}, {"turns": True}, {"prefill": 0}):
        with pytest.raises(InvalidInput):
            tamis.advise([], **wrong)
    with pytest.raises(InvalidInput):
        tamis.advise("text")
