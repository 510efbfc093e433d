"""Attention over chosen pages: bounds that hold, pages that are really skipped, everything exact where all fit."""

from __future__ import annotations

import math
from functools import cache

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.cache import RaggedCache, compress, decoding, paged
from tamis.cache.pages import Bounds, gathered
from tamis.core import Ratio, Total
from tamis.errors import InvalidPlan
from tests.tiny import ids, wide


@cache
def made(family="llama", implementation="sdpa"):
    return wide(family, implementation, num_hidden_layers=3)


def told(model, text, count=12, **more):
    return model.generate(text, max_new_tokens=count, do_sample=False, pad_token_id=0, **more)


def by_pages(query, keys, values, pages, *, page, scale, keys_seen=None):
    keys, values, mask = gathered(keys, values, pages, page=page, keys_seen=keys_seen)
    return torch.nn.functional.scaled_dot_product_attention(query, keys, values, attn_mask=mask, scale=scale)


def naive(query, keys, values, shown, *, most, page, scale):
    """One head of one item at a time, one page after the other, as the paper says it."""
    b, kv, g, _ = query.shape
    t = keys.shape[2]
    newest = (t - 1) // page
    out = torch.empty_like(query)
    for item in range(b):
        for head in range(kv):
            scored = []
            for number in range(newest):
                rows = range(number * page, (number + 1) * page)
                if not any(bool(shown[item, row]) for row in rows):
                    continue
                low, high = keys[item, head, rows].amin(0), keys[item, head, rows].amax(0)
                bound = max(float(torch.maximum(q * low, q * high).sum()) for q in query[item, head])
                scored.append((-bound, number))
            chosen = [*sorted(number for _, number in sorted(scored)[: most - 1]), newest]
            rows = [row for row in range(t) if row // page in chosen and shown[item, row]]
            for each in range(g):
                weights = (keys[item, head, rows] @ query[item, head, each] * scale).softmax(0)
                out[item, head, each] = weights @ values[item, head, rows]
    return out


def tensors(draw):
    t, page = draw(st.integers(1, 70)), draw(st.sampled_from([1, 3, 4, 16]))
    g, seed = draw(st.sampled_from([1, 2, 3])), draw(st.integers(0, 2**16))
    random = torch.Generator().manual_seed(seed)
    query = torch.randn(2, 2, g, 8, generator=random, dtype=torch.float64)
    keys, values = torch.randn(2, 2, 2, t, 8, generator=random, dtype=torch.float64) * 3
    return query, keys, values, page


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_page_of_the_top_key_is_bounded_by_no_less(data):
    query, keys, _, page = tensors(data.draw)
    bounds = Bounds(page)
    bounds.follow(keys, keys.shape[2])
    assert bounds.many == (keys.shape[2] - 1) // page
    if bounds.many:
        scores = (query @ keys.transpose(2, 3))[..., : bounds.many * page]
        best = scores.unflatten(3, (-1, page)).amax((2, 4))  # of every page, the top key's among them
        assert bool((bounds.upper(query) >= best - 1e-9).all())


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_bounds_that_grow_are_bounds_made_at_once(data):
    _, keys, _, page = tensors(data.draw)
    grown, t = Bounds(page), keys.shape[2]
    at = 0
    while at < t:
        step = data.draw(st.integers(1, t - at))
        at += step
        before = grown.low
        grown.follow(keys[:, :, :at], step)
        if before is not None and grown.many == before.shape[2]:
            assert grown.low is before  # nothing was computed
    once = Bounds(page)
    once.follow(keys, t)
    assert grown.many == once.many
    if once.many:
        assert torch.equal(grown.low, once.low)
        assert torch.equal(grown.high, once.high)


def test_other_keys_are_bounded_anew():
    first, second = torch.randn(2, 1, 1, 40, 4).unbind(0)
    bounds, fresh = Bounds(4), Bounds(4)
    bounds.follow(first[:, :, :39], 39)
    bounds.follow(second, 1)  # one longer, and nothing else in common
    fresh.follow(second, 40)
    assert torch.equal(bounds.low, fresh.low)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_attention_over_pages_is_the_naive_one(data):
    query, keys, values, page = tensors(data.draw)
    t = keys.shape[2]
    padding = [data.draw(st.integers(0, t - 1)) for _ in range(2)]
    shown = torch.arange(t) >= torch.tensor(padding)[:, None]
    bounds = Bounds(page)
    bounds.follow(keys, t)
    scale, most = 1 / math.sqrt(8), data.draw(st.integers(1, 8))
    pages = torch.zeros(2, 2, 0, dtype=torch.long)
    if bounds.many:
        there = shown[:, : bounds.many * page].unflatten(1, (-1, page)).any(2)
        scores = bounds.upper(query).masked_fill(~there[:, None], -math.inf)
        pages = scores.topk(min(most - 1, bounds.many), -1).indices
    found = by_pages(query, keys, values, pages, page=page, scale=scale, keys_seen=shown)
    expected = naive(query, keys, values, shown, most=most, page=page, scale=scale)
    assert torch.allclose(found, expected, atol=1e-9)


def test_what_is_not_chosen_is_not_read():
    query = torch.randn(1, 1, 2, 8)
    keys, values = torch.randn(2, 1, 1, 64, 8)
    keys[:, :, 16:48], values[:, :, 16:48] = math.nan, math.nan
    out = by_pages(query, keys, values, torch.tensor([[[0]]]), page=16, scale=1.0)
    assert bool(out.isfinite().all())


@torch.no_grad()
@pytest.mark.parametrize("family", ["llama", "qwen2"])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_a_budget_for_everything_is_dense(family, implementation):
    model, text = made(family, implementation), ids()
    expected = told(model, text)
    with paged(model, tokens=512, skip_layers=0) as report:
        assert torch.equal(told(model, text), expected)
    assert (report.steps, report.share) == (0, 1.0)
    assert report.left["all pages fit"] == 3 * 11
    assert told(model, text).equal(expected)


@torch.no_grad()
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_all_pages_by_the_sparse_way_are_dense(implementation):
    model, text = made("llama", implementation), ids(64)
    mask = torch.ones_like(text)
    mask[0, :37] = 0  # item 0 has two pages of padding, which are never chosen, and 28 tokens
    after = {"attention_mask": torch.cat([mask, mask[:, -1:]], 1), "position_ids": torch.tensor([[27], [64]])}
    first = {"attention_mask": mask, "position_ids": (mask.cumsum(1) - 1).clamp_min(0)}
    found = {}
    for tokens in (48, 10_000):
        kept = transformers.DynamicCache()
        with paged(model, tokens=tokens, skip_layers=0) as report:
            model(text, past_key_values=kept, **first)
            found[tokens] = model(ids(1), past_key_values=kept, **after).logits
    assert torch.allclose(found[48][0], found[10_000][0], atol=1e-5)
    assert not torch.allclose(found[48][1], found[10_000][1], atol=1e-5)
    assert report.steps == 0


@torch.no_grad()
@pytest.mark.parametrize("kind", [transformers.DynamicCache, RaggedCache])
def test_pages_are_read_with_any_cache(kind):
    model, text = made(), ids(100)
    with paged(model, tokens=32, skip_layers=1) as report:
        told(model, text, past_key_values=kind())
    assert report.steps == 2 * 11
    assert report.keys_there == 2 * 2 * 2 * sum(range(101, 112))
    assert report.keys_read == 2 * 2 * 2 * sum(16 + (t - 1) % 16 + 1 for t in range(101, 112))
    assert report.extra == 2 * 2 * (2 * 2 * 6 * 16 * 4)  # layers, low and high, items, heads, pages, channels, bytes


@torch.no_grad()
def test_a_compressed_cache_is_read_by_pages_and_a_ragged_one_is_left():
    model, text = made(), ids(100)
    even = compress(model, text, "knorm", Ratio(0.5))
    with paged(model, tokens=16, skip_layers=0) as report:
        model(ids(1), past_key_values=even)
        model(ids(1, seed=2), past_key_values=even)
    assert report.steps == 2 * 3
    ragged = compress(model, text, "snapkv", Total(20), spread="adaptive")
    with decoding(model), paged(model, tokens=16, skip_layers=0) as report:
        found = model(ids(1), past_key_values=ragged.fork()).logits
    with decoding(model):
        assert torch.equal(found, model(ids(1), past_key_values=ragged).logits)
    assert report.steps == 0


@torch.no_grad()
def test_top_pages_hold_what_attention_looks_at():
    """A key that a query asks for loudly is found among many, wherever it is."""
    query = torch.randn(1, 1, 2, 16, generator=torch.Generator().manual_seed(0))
    keys = torch.randn(1, 1, 400, 16, generator=torch.Generator().manual_seed(1)) * 0.1
    for place in (0, 77, 383):
        asked = keys.clone()
        asked[0, 0, place] = query[0, 0, 1]
        bounds = Bounds(16)
        bounds.follow(asked, 400)
        assert int(bounds.upper(query).argmax()) == place // 16


@torch.no_grad()
def test_settings_that_make_no_sense_are_refused():
    for wrong in ({"page": 0}, {"tokens": 8}, {"skip_layers": -1}):
        with pytest.raises(InvalidPlan), paged(made(), **wrong):
            pass
