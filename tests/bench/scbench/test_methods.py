"""Methods by name, and how texts are put."""

from __future__ import annotations

import pytest
import torch

from tamis.attention import SELECTORS, mass_recall
from tamis.bench.scbench.layout import PLAIN, layout_of
from tamis.bench.scbench.methods import ContextMethod, method, names, patterns
from tamis.cache import POLICIES
from tamis.errors import InvalidInput, TamisError, UnknownName


def test_parts_add_up():
    made = method("vertical_slash@0.5+snapkv@0.125/adaptive+int4+prompt@0.3")
    assert (made.policy, made.kept, made.spread, made.bits, made.prompt) == ("snapkv", 0.125, "adaptive", 4, 0.3)
    assert made.pattern is not None
    assert made.quantiser.bits == 4
    assert method("dense") == ContextMethod("dense")
    assert method("streaming").kept == 0.25


@pytest.mark.parametrize("name", [*patterns()])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 1.0])
def test_patterns_compute_about_the_share_that_was_asked_for(name, share):
    made = torch.Generator().manual_seed(0)
    q, k = torch.randn(1, 4, 2_048, 32, generator=made), torch.randn(1, 2, 2_048, 32, generator=made)
    plan = method(f"{name}@{share}", block=64).pattern(q, k, layer=1)
    if name == "flex_prefill":  # its share is one of the attention
        assert mass_recall(q, k, plan).mean() >= share - 0.05
        return
    assert plan.density <= share + 0.12
    if share == 1.0:
        assert plan.density > 0.97


def test_every_pattern_and_policy_can_be_named():
    assert set(patterns()) <= {*SELECTORS, "vertical_slash_spaced"}
    assert {*POLICIES} - {"random"} <= set(names())
    for name in names():
        assert method(name).name == name


@pytest.mark.parametrize(
    "name",
    ["snapkw", "snapkv@0", "snapkv@1.5", "snapkv@x", "snapkv@0.5/upwards", "snapkv+streaming", "int4+int8", "", "+"],
)
def test_what_is_no_method_is_said(name):
    with pytest.raises(TamisError) as caught:
        method(name)
    assert caught.value.hint


class Tokens:
    chat_template = "yes"

    def apply_chat_template(self, talk, *, tokenize, add_generation_prompt):
        assert not tokenize
        said = "".join(f"<|{one['role']}|>{one['content']}<|end|>" for one in talk)
        return "<s>" + said + ("<|assistant|>" if add_generation_prompt else "")


def test_a_chat_template_is_cut_at_the_texts():
    found = layout_of(Tokens())
    talk = [
        {"role": "user", "content": "CONTEXT\n\nQ1"},
        {"role": "assistant", "content": "A1"},
        {"role": "user", "content": "Q2"},
    ]
    put = f"{found.opening}CONTEXT{found.asked('Q1', first=True)}A1{found.asked('Q2', first=False)}"
    assert put == Tokens().apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
    assert not found.special


def test_without_a_template_texts_are_plain():
    class Bare:
        chat_template = None

    assert layout_of(Bare()) is PLAIN
    with pytest.raises(InvalidInput):
        layout_of(Bare(), "chat")
    with pytest.raises(UnknownName):
        layout_of(Bare(), "poem")

    class Loses(Tokens):
        def apply_chat_template(self, talk, **_):
            return "nothing"

    with pytest.raises(InvalidInput, match="plain"):
        layout_of(Loses())
