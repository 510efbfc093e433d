"""Retrieved keys: the true top ones, put together with sinks and recent keys exactly, whatever the numbers."""

from __future__ import annotations

import math
from functools import cache

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.cache import retrieving
from tamis.cache.partial import attended, merged
from tamis.cache.retrieve import STEP, KeyIndex
from tamis.errors import InvalidPlan
from tamis.models.transformers.hooks import attending
from tests import tiny
from tests.tiny import wide as made


@cache
def ids(length=300, batch=2, seed=1):
    return tiny.ids(length, batch, seed)


def told(model, text, **more):
    return model.generate(text, max_new_tokens=8, do_sample=False, pad_token_id=0, **more)


@given(st.integers(0, 2**16), st.integers(1, 40), st.integers(1, 39), st.sampled_from([1.0, 50.0, 3000.0]))
@settings(max_examples=60, deadline=None)
def test_parts_put_together_are_the_whole(seed, t, cut, size):
    random = torch.Generator().manual_seed(seed)
    query = torch.randn(2, 2, 3, 8, generator=random) * size
    keys, values = torch.randn(2, 2, 2, t, 8, generator=random)
    mask = torch.rand(2, 1, t, generator=random) < 0.7
    mask[..., -1] = True
    whole, log = attended(query, keys, values, mask, 0.3)
    assert bool(whole.isfinite().all())
    pieces = [slice(0, cut), slice(cut, t)] if cut < t else [slice(0, t)]
    parts = [
        attended(query, keys[:, :, at], values[:, :, at], mask[..., at], 0.3) for at in pieces if at.start < at.stop
    ]
    assert torch.allclose(merged(parts), whole, atol=1e-4)
    expected = torch.nn.functional.scaled_dot_product_attention(
        query, keys, values, attn_mask=mask[:, :, None].expand(2, 2, 3, t), scale=0.3
    )
    assert torch.allclose(whole, expected, atol=1e-3 if size > 1 else 1e-5)
    assert bool(log.isfinite().all())


def test_a_part_of_which_nothing_is_seen_weighs_nothing():
    query, keys, values = torch.randn(1, 1, 2, 4), torch.randn(1, 1, 5, 4), torch.randn(1, 1, 5, 4)
    something = attended(query, keys, values, None, 1.0)
    nothing = attended(query, keys, values, torch.zeros(1, 1, 5, dtype=torch.bool), 1.0)
    assert torch.equal(merged([something, nothing]), something[0])


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_found_is_the_top(data):
    t, many = data.draw(st.integers(80, 400)), data.draw(st.integers(1, 30))
    random = torch.Generator().manual_seed(data.draw(st.integers(0, 2**16)))
    query, keys = torch.randn(2, 2, 3, 8, generator=random), torch.randn(2, 2, t, 8, generator=random)
    index, at = KeyIndex(sink=4, recent=8), 0
    while at < t:
        step = data.draw(st.integers(1, t - at))
        at += step
        index.follow(keys[:, :, :at], step)
    assert 8 <= t - index.end < 8 + STEP
    if index.parts:
        scores = (query @ keys.transpose(2, 3)).amax(2)
        kept = scores[..., 4 : index.end]
        expected = kept.topk(min(many, kept.shape[-1]), -1).values.sort(-1).values
        found = scores.gather(-1, index.top(query, many)).sort(-1).values
        assert torch.allclose(found, expected, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_attention_is_that_over_the_union(implementation, dtype):
    """The oracle: one softmax over the sinks, the recent keys, and the top of what is between."""
    model, text, calls = made("llama", implementation), ids(), []
    kept, out, projection = transformers.DynamicCache(), [], model.model.layers[0].self_attn.o_proj
    reading = retrieving(model, top_k=20, sink=4, recent=16, dtype=dtype)
    with reading as report, attending(model, observe=calls.append):
        model(text, past_key_values=kept)
        calls.clear()
        handle = projection.register_forward_pre_hook(lambda _, args: out.append(args[0]))
        model(ids(1), past_key_values=kept)
        handle.remove()
    call, end = calls[0], 4 + (301 - 16 - 4) // STEP * STEP
    keys, values = (part.repeat_interleave(2, 1) for part in (call.key, call.value))
    scores = (call.query @ keys.transpose(2, 3))[:, :, 0] * call.scale
    asked, searched = call.query.to(dtype or torch.float32), call.key.to(dtype or torch.float32)
    ranked = (asked.unflatten(1, (2, 2))[:, :, :, 0] @ searched.transpose(2, 3)).amax(2)[..., 4:end]
    there = torch.zeros(2, 2, 301, dtype=torch.bool)
    there.scatter_(2, ranked.topk(20, -1).indices + 4, value=True)
    there[..., :4], there[..., end:] = True, True
    weights = scores.masked_fill(~there.repeat_interleave(2, 1), -math.inf).softmax(-1)
    expected = (weights[:, :, None] @ values)[:, :, 0].flatten(1)
    assert torch.allclose(out[0][:, 0], expected, atol=1e-5)
    assert (report.steps, report.keys_read) == (2, 2 * 2 * 2 * (4 + 20 + 301 - end))
    assert report.extra == 2 * 2 * 2 * (end - 4) * 16 * (4 if dtype is None else 2)


@torch.no_grad()
def test_a_budget_for_everything_is_dense():
    model, text = made(), ids()
    with retrieving(model, top_k=400, sink=4, recent=16) as report:
        assert torch.equal(told(model, text), told(model, text))
    assert report.steps == 0
    assert report.left["all keys fit"] == 2 * 2 * 7


@torch.no_grad()
def test_padding_is_not_found():
    model, text = made(), ids()
    mask = torch.ones_like(text)
    mask[0, :150] = 0
    one = {"attention_mask": torch.cat([mask, mask[:, -1:]], 1), "position_ids": torch.tensor([[150], [300]])}
    first = {"attention_mask": mask, "position_ids": (mask.cumsum(1) - 1).clamp_min(0)}
    found = []
    for top_k in (200, 1000):  # item 0 has fewer than 200 keys that are not padding: all are read
        kept = transformers.DynamicCache()
        with retrieving(model, top_k=top_k, sink=0, recent=16):
            model(text, past_key_values=kept, **first)
            found.append(model(ids(1), past_key_values=kept, **one).logits)
    assert torch.allclose(found[0][0], found[1][0], atol=1e-5)


def test_settings_that_make_no_sense_are_refused():
    for wrong in ({"top_k": 0}, {"recent": 0}, {"sink": -1}, {"skip_layers": -1}):
        with pytest.raises(InvalidPlan), retrieving(made(), **wrong):
            pass
