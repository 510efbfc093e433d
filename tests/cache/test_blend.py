"""Caches put together: keys at their places, a full share as a full reading, and a share between nearer to it."""

from __future__ import annotations

from functools import cache

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.cache import CachedChunk, RaggedCache, blend, compress
from tamis.cache.blending import moved
from tamis.core import Ratio
from tamis.errors import InvalidPlan, UnsupportedModel
from tamis.models.transformers.hooks import attention_modules
from tamis.models.transformers.rotary import rotary_of
from tests import tiny

FAMILIES = ("llama", "qwen2")
SHARP = {"num_hidden_layers": 4, "initializer_range": 0.2}
ROPES = {
    "default": {"rope_type": "default", "rope_theta": 1e4},
    "linear": {"rope_type": "linear", "rope_theta": 1e4, "factor": 4.0},
    "llama3": {
        "rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    },
    "yarn": {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 64},
}  # fmt: skip


@cache
def made(family="llama", implementation="sdpa", rope="default"):
    return tiny.wide(family, implementation, **SHARP, rope_parameters=ROPES[rope])


def ids(length, batch=2, seed=1):
    return tiny.ids(length, batch, seed)


TEXTS = [ids(20, seed=1), ids(33, seed=2), ids(7, seed=3)]


def chunks(model, kind=transformers.DynamicCache, texts=TEXTS):
    read = [CachedChunk(text, kind()) for text in texts]
    for chunk in read:
        model(chunk.ids, past_key_values=chunk.cache)
    return read


def full(model):
    whole = transformers.DynamicCache()
    model(torch.cat(TEXTS, 1), past_key_values=whole)
    return whole


def distance(found, whole):
    """How far the values of the last layer are from those of a full reading."""
    return float((found.layers[-1].whole()[1] - whole.layers[-1].values).norm())


@torch.no_grad()
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_a_full_share_is_a_full_reading(family, implementation):
    model = made(family, implementation)
    found, whole = blend(model, chunks(model), share=1.0), full(model)
    for layer, expected in zip(found.layers, whole.layers, strict=True):
        assert torch.allclose(layer.whole()[0], expected.keys, atol=1e-4)
        assert torch.allclose(layer.whole()[1], expected.values, atol=1e-4)
    question = ids(5, seed=9)
    expected = model(question, past_key_values=whole).logits
    assert torch.allclose(model(question, past_key_values=found).logits, expected, atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("rope", ROPES)
@pytest.mark.parametrize("kind", [transformers.DynamicCache, RaggedCache])
def test_no_share_only_puts_them_together(rope, kind):
    """The oracle: each chunk read by itself, but numbered from its place on."""
    model = made(rope=rope)
    found, start = blend(model, chunks(model, kind), share=0.0), 0
    assert found.seen == 60
    for text in TEXTS:
        alone, end = transformers.DynamicCache(), start + text.shape[1]
        model(text, past_key_values=alone, position_ids=torch.arange(start, end)[None])
        for layer, expected in zip(found.layers, alone.layers, strict=True):
            keys, values = layer.whole()
            assert torch.allclose(keys[:, :, start:end], expected.keys, atol=1e-4)
            assert torch.allclose(values[:, :, start:end], expected.values, atol=1e-4)
        start = end


@torch.no_grad()
@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from(list(ROPES)))
@settings(max_examples=20, deadline=None)
def test_moves_add_up(one, two, rope):
    model = made(rope=rope)
    rotary, keys = rotary_of(model, attention_modules(model)[0]), torch.randn(1, 2, 3, 16)
    twice = moved(moved(keys, one, rotary), two, rotary)
    assert torch.allclose(twice, moved(keys, one + two, rotary), atol=1e-3)
    assert torch.allclose(twice.norm(dim=-1), keys.norm(dim=-1), atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_read_again_is_what_was_furthest(family):
    model, first = made(family), TEXTS[0].shape[1]
    read = chunks(model)
    none, some, whole = blend(model, read, share=0.0), blend(model, read, share=0.25), full(model)
    for number in (0, 1):  # up to the layer of comparison, all is exact
        assert torch.allclose(some.layers[number].whole()[1], whole.layers[number].values, atol=1e-4)
    differs = (none.layers[1].whole()[1] - whole.layers[1].values).square().sum((1, 3))
    assert float(differs[:, :first].max()) < 1e-6  # the first text has nothing before it
    expected = differs[:, first:].topk(10).indices.sort(-1).values + first
    changed = (some.layers[3].whole()[1] != none.layers[3].whole()[1]).any(3).any(1)
    assert torch.equal(changed.sum(1), torch.tensor([10, 10]))
    assert torch.equal(changed.nonzero()[:, 1].view(2, 10), expected)


@torch.no_grad()
@pytest.mark.parametrize("family", FAMILIES)
def test_a_larger_share_comes_nearer(family):
    model = made(family)
    read, whole = chunks(model), full(model)
    far = [distance(blend(model, read, share=share), whole) for share in (0.0, 0.3, 0.7, 1.0)]
    assert far == sorted(far, reverse=True)
    assert far[-1] < 1e-3 < far[0]


@torch.no_grad()
def test_chunks_are_not_changed_and_may_be_used_again():
    model = made()
    read = chunks(model)
    before = [layer.keys.clone() for chunk in read for layer in chunk.cache.layers]
    one, two = blend(model, read, share=0.3), blend(model, read, share=0.3)
    after = [layer.keys for chunk in read for layer in chunk.cache.layers]
    assert all(torch.equal(left, right) for left, right in zip(before, after, strict=True))
    assert all(torch.equal(left, right) for (_, left), (_, right) in zip(one.tensors(), two.tensors(), strict=True))
    alone = blend(model, read[:1], share=1.0)  # nothing is behind the first
    assert torch.equal(alone.layers[0].whole()[0], before[0])


@torch.no_grad()
def test_what_cannot_be_blended_is_said():
    model = made()
    read = chunks(model)
    for wrong in ({"share": 1.5}, {"share": -0.1}, {"layer": 0}, {"layer": 4}):
        with pytest.raises(InvalidPlan):
            blend(model, read, **wrong)
    with pytest.raises(InvalidPlan):
        blend(model, [])
    for other in (ids(9), ids(20, batch=3)):
        with pytest.raises(InvalidPlan, match="nothing was dropped"):
            blend(model, [CachedChunk(other, read[0].cache)])
    dropped = compress(model, TEXTS[0], "knorm", Ratio(0.5))
    with pytest.raises(InvalidPlan, match="nothing was dropped"):
        blend(model, [read[0], CachedChunk(TEXTS[0], dropped)])
    rope = {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}
    stretched = tiny.wide(**SHARP, rope_parameters=rope)
    with pytest.raises(UnsupportedModel, match="dynamic"):
        blend(stretched, read)
    sliding = transformers.MistralConfig(**{**tiny.WIDE, **SHARP}, sliding_window=16)
    with pytest.raises(UnsupportedModel):
        blend(transformers.AutoModelForCausalLM.from_config(sliding), read)
