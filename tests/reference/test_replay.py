"""The replay keeps, token for token, what the `llmlingua` package keeps."""

import re
from dataclasses import replace

import numpy as np
import pytest

from tamis.compat import ReplayRule, Tagged, prompt_of, replay, segment_ratios, tagged_ratios
from tamis.errors import InvalidInput
from tamis.models.pieces import Pieces


def test_ratios_are_the_packages(family):
    for case in family.golden["ratios"]:
        target = case["rate"] * sum(case["lengths"])
        mine = segment_ratios(case["lengths"], target, size=case["size"], offsets=case["offsets"])
        assert [[list(part) for part in segment] for segment in mine] == case["ratios"]


@pytest.mark.parametrize("number", range(42))
def test_the_same_tokens_are_kept(family, number):
    case = family.golden["kept"][number]
    prompt = prompt_of(
        family.model, [family.text(name) for name in case["texts"]], question=family.asked(case.get("question"))
    )
    assert (prompt.prefix, len(prompt.ids)) == (case["start"], case["count"])
    ratios = segment_ratios(prompt.lengths, case["target"], size=case["size"], offsets=case.get("offsets"))
    mask = replay(
        family.model, prompt.ids, ratios, rule=ReplayRule(case["size"], prompt.prefix, bool(case.get("compare", False)))
    )
    np.testing.assert_array_equal(mask, family.mask(case)[prompt.prefix :])


def test_every_case_is_replayed_and_some_outgrow_the_window(family):
    cases = family.golden["kept"]
    assert len(cases) == 42
    assert max(case["count"] for case in cases) > 3 * 512, "GPT-2's window is 512"
    assert any(case.get("compare") and case["count"] > 3 * 512 for case in cases)


def test_structured_prompts_are_the_packages(family):
    for case in family.golden["structured"]:
        size = case.get("iterative_size", 200)
        prompt = prompt_of(family.model, case["plain"])
        tags = [[Tagged(*part) for part in document] for document in case["segments"]]
        ratios = tagged_ratios(prompt.ends, tags, size=size)
        assert [[list(part) for part in segment] for segment in ratios] == case["ratios"]
        mask = replay(family.model, prompt.ids, ratios, rule=ReplayRule(size))
        np.testing.assert_array_equal(mask, family.mask(case))
        assert prompt.rendered(mask) == case["prompt"]


def test_whole_calls_give_the_packages_text(family):
    """The calls without a ranking: the target counts the token that begins a text, once for each piece."""
    cases = [c for c in family.golden["compress"] if set(c) <= {"texts", "rate", "use_context_level_filter"} | RESULT]
    assert len(cases) == 2
    for case in cases:
        prompt = prompt_of(family.model, [family.text(name) for name in case["texts"]])
        special = 0 if family.name == "gpt2" else 1
        empty = 2 * special  # the instruction and the question, both empty
        total = sum(prompt.lengths) + special * len(prompt.lengths) + empty
        mask = replay(family.model, prompt.ids, segment_ratios(prompt.lengths, total * case["rate"] - empty))
        np.testing.assert_array_equal(mask, family.mask(case))
        assert prompt.rendered(mask) == case["prompt"]


RESULT = {"prompt", "count", "mask"}


@pytest.mark.parametrize("count", [1, 50, 66, 67, 84, 98, 99, 100, 140, 199])
def test_of_a_short_text_only_a_stretch_at_its_beginning_can_go(family, count):
    (pieces,) = family.model.cut([family.text("call")])
    mask = replay(family.model, pieces.ids[:count], segment_ratios([count], 0.0))
    thinned = 3 * count - 198 if 66 < count < 99 else 0
    if thinned:
        assert mask[thinned:].all()
        assert mask[:thinned].mean() < 0.7
    else:
        assert np.count_nonzero(~mask) <= 2


def test_rate_adherence_of_the_package(family):
    """The table of docs/reference.md, from our replay: short texts come back whole, long ones far too short."""
    meeting = " ".join(family.cases.MEETING[2000:].split())
    share = {}
    for case in family.golden["adherence"]:
        if case["tokens"] in (50, 84, 199, 250, 1800) and case["rate"] in (0.2, 0.5, 0.8):
            (pieces,) = family.model.cut([meeting[: 8 * case["tokens"]]])
            special = 0 if family.name == "gpt2" else 1
            target = (case["tokens"] + 3 * special) * case["rate"] - 2 * special
            mask = replay(family.model, pieces.ids[: case["tokens"]], segment_ratios([case["tokens"]], target))
            share[case["tokens"], case["rate"]] = mask.mean()
            assert mask.sum() == case["kept"]
    assert len(share) == 15
    assert share[84, 0.2] < 0.6
    assert share[50, 0.2] == share[199, 0.2] == 1.0
    assert share[1800, 0.5] < 0.4


class Plain:
    """Only what every causal model has, and no token of its own before a text."""

    def __init__(self, model):
        bare = replace(model, begin=np.zeros(0, np.int64))
        self.name, self.window = bare.name, bare.window
        self.cut, self.surprisals, self.start, self.read = bare.cut, bare.surprisals, bare.start, bare.read


def test_through_contexts_the_same_tokens_are_kept_within_the_window(family):
    model, tried = Plain(family.model), 0
    for case in family.golden["kept"]:
        if case["count"] <= family.model.window and case["size"] > 80:
            prompt = prompt_of(
                model, [family.text(name) for name in case["texts"]], question=family.asked(case.get("question"))
            )
            ratios = segment_ratios(prompt.lengths, case["target"], size=case["size"], offsets=case.get("offsets"))
            rule = ReplayRule(case["size"], prompt.prefix, bool(case.get("compare", False)))
            mask = replay(model, prompt.ids, ratios, rule=rule)
            np.testing.assert_array_equal(mask, family.mask(case)[prompt.prefix :])
            tried += 1
    assert tried > 10


def test_a_model_with_contexts_only_slides_beyond_its_window(family):
    model = Plain(family.model)
    prompt = prompt_of(model, [family.text("long")])
    mask = replay(model, prompt.ids, segment_ratios(prompt.lengths, 0.5 * len(prompt.ids)))
    assert mask.shape == prompt.ids.shape
    assert 0 < mask.sum() < len(mask)


@pytest.mark.parametrize("texts", [[""], ["x"], ["", ""], [" "]])
def test_next_to_nothing_is_kept_whole(family, texts):
    prompt = prompt_of(family.model, texts)
    mask = replay(family.model, prompt.ids, segment_ratios(prompt.lengths, 0.0))
    assert mask.all()
    assert prompt.rendered(mask) == "\n\n".join(texts)


def test_characters_of_several_tokens_are_not_torn(family):
    prompt = prompt_of(family.model, ["naïve 日本語 🙂 text"])
    assert prompt.rendered(np.ones(len(prompt.ids), bool)) == "naïve 日本語 🙂 text"
    for drop in range(len(prompt.ids)):
        mask = np.arange(len(prompt.ids)) != drop
        assert "\ufffd" not in prompt.rendered(mask)


def test_bad_input(family):
    prompt = prompt_of(family.model, [family.text("call")])
    ratios = segment_ratios(prompt.lengths, 50.0)
    with pytest.raises(InvalidInput, match="at least one token, got 0"):
        replay(family.model, prompt.ids, ratios, rule=ReplayRule(0))
    with pytest.raises(InvalidInput, match="prefix of 9999"):
        replay(family.model, prompt.ids, ratios, rule=ReplayRule(prefix=9999))
    with pytest.raises(InvalidInput, match="0 segments are fewer"):
        replay(family.model, prompt.ids, [])


def test_a_question_that_leaves_no_room_for_two_segments_is_refused(family):
    if family.model.window > 1000:
        pytest.skip("this window is longer than the text")
    question = " ".join(family.text("call").split())
    prompt = prompt_of(family.model, [family.text("middle")], question=question)
    assert prompt.prefix > 250
    with pytest.raises(InvalidInput, match="window of 512 tokens"):
        replay(
            family.model, prompt.ids, segment_ratios(prompt.lengths, 300.0), rule=ReplayRule(200, prompt.prefix, True)
        )


class Words:
    """A tokenizer for which any run of white space is one token."""

    def cut(self, texts):
        spans = [np.array([m.span() for m in re.finditer(r"\S+|\s+", t)], np.int64).reshape(-1, 2) for t in texts]
        return [Pieces(np.arange(len(s)), s) for s in spans]


def test_a_question_that_shares_a_token_with_the_document_is_refused():
    assert prompt_of(Words(), ["y z"], question="x").prefix == 2
    with pytest.raises(InvalidInput, match="'x' and its first document share a token"):
        prompt_of(Words(), [" y z"], question="x")
