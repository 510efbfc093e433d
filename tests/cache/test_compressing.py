"""Compressed caches of real (tiny, random) models: identity, budgets, bytes, forks, and decoding beside an oracle."""

from __future__ import annotations

import contextvars
import threading

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.cache import Bytes, Quantiser, compress, compressing, decoding, shared_bytes
from tamis.cache.ledger import storage_of
from tamis.cache.policies import snapkv
from tamis.cache.wrappers import protect
from tamis.core import Ratio, Total
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidPlan, UnknownName, UnsupportedModel
from tests.tiny import ids
from tests.tiny import wide as made

POLICIES = ("snapkv", "streaming", "knorm", "h2o", "tova", "expected_attention")


def told(model, given_, cache=None, count=6, **more):
    return model.generate(given_, past_key_values=cache, max_new_tokens=count, do_sample=False, pad_token_id=0, **more)


@torch.no_grad()
@pytest.mark.parametrize("family", ["llama", "qwen2", "mistral"])
@pytest.mark.parametrize("policy", POLICIES)
def test_keeping_everything_changes_nothing(family, policy):
    model, text = made(family), ids()
    with compressing(model, policy, Ratio(1.0)) as cache:
        found = told(model, text, cache)
    assert torch.equal(found, told(model, text))


@torch.no_grad()
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("spread", ["even", "adaptive", "pyramid"])
def test_budgets_are_exact(policy, spread):
    model, text = made(), ids()
    cache = compress(model, text, policy, Total(20), spread=spread)
    lengths = torch.stack(cache.lengths())  # (layers, b, kv)
    assert int(lengths.sum()) == 2 * 2 * 2 * 20
    if spread == "even":
        assert torch.equal(lengths, torch.full_like(lengths, 20))
    if spread == "adaptive":
        assert torch.equal(lengths.sum(-1), torch.full((2, 2), 40))
    assert cache.seen == 60


@torch.no_grad()
@pytest.mark.parametrize("quantiser", [None, Quantiser(2), Quantiser(4), Quantiser(8, group=8, window=4)])
@pytest.mark.parametrize("spread", ["even", "adaptive"])
def test_the_ledger_is_what_the_tensors_hold(quantiser, spread):
    model, text = made(), ids(90)
    with compressing(model, "snapkv", Ratio(0.5), spread=spread, quantiser=quantiser) as cache:
        told(model, text, cache)
        assert cache.nbytes == storage_of(tensor for _, tensor in cache.tensors())
        assert cache.ledger().entries == sum(int(lengths.sum()) for lengths in cache.lengths())
    whole = compress(model, text, "snapkv", Ratio(1.0))
    assert cache.nbytes < (0.8 if quantiser is None else 0.65) * whole.nbytes


@torch.no_grad()
@pytest.mark.parametrize("limit", [12_000, 20_000, 40_000])
def test_budgets_in_bytes_hold(limit):
    cache = compress(made(), ids(90), "knorm", Bytes(limit))
    assert cache.nbytes <= limit
    assert cache.nbytes > 0.9 * limit


@torch.no_grad()
@pytest.mark.parametrize("family", ["llama", "qwen2", "mistral"])
def test_decoding_sees_what_was_kept_at_its_true_places(family):
    model, text = made(family), ids(64, batch=1)
    with compressing(model, "streaming", Total(24), step=0) as cache:
        model(text, past_key_values=cache)
        following = ids(1, batch=1, seed=9)
        found = model(following, past_key_values=cache).logits
    full = transformers.DynamicCache()
    model(text, past_key_values=full)
    # The oracle: everything is there, and a mask hides what streaming drops.
    kept = compress(model, text, "streaming", Total(24)).lengths()[0]
    assert int(kept[0, 0]) == 24
    hidden = torch.zeros(1, 1, 1, 65)
    sinks = 4
    hidden[..., sinks : 64 - (24 - sinks)] = float("-inf")
    expected = model(following, past_key_values=full, attention_mask=hidden, position_ids=torch.tensor([[64]])).logits
    assert torch.allclose(found, expected, atol=1e-5)


@torch.no_grad()
def test_uneven_heads_decode_as_their_entries_say():
    model, text = made(), ids(64)
    cache = compress(model, text, "snapkv", Total(20), spread="adaptive")
    assert cache.ragged
    with pytest.raises(InvalidPlan, match="decoding"):
        model(ids(1), past_key_values=cache.fork())
    with decoding(model):
        together = model(ids(1, seed=5), past_key_values=cache.fork()).logits
    for item in range(2):  # an item by itself gives what it gives in the batch
        alone = compress(model, text[item : item + 1], "snapkv", Total(20), spread="adaptive")
        with decoding(model):
            single = model(ids(1, seed=5)[item : item + 1], past_key_values=alone).logits
        assert torch.allclose(together[item], single[0], atol=1e-5)


@torch.no_grad()
def test_padding_is_not_kept():
    model, text = made(), ids(48)
    mask = torch.ones_like(text)
    mask[0, :20] = 0
    cache = compress(model, {"input_ids": text, "attention_mask": mask}, "knorm", Ratio(1.0))
    assert cache.lengths()[0].tolist() == [[28, 28], [48, 48]]
    alone = compress(model, text[:1, 20:], "knorm", Ratio(1.0))
    after = {"position_ids": torch.tensor([[28]])}
    with decoding(model):
        single = model(ids(1, seed=5)[:1], past_key_values=alone, **after).logits[0]
        both = model(
            ids(1, seed=5),
            past_key_values=cache,
            attention_mask=torch.cat([mask, torch.ones(2, 1, dtype=mask.dtype)], 1),
            position_ids=torch.tensor([[28], [48]]),
        ).logits
    assert torch.allclose(both[0], single, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("quantiser", [None, Quantiser(4, group=8, window=8)])
def test_forks_share_and_do_not_see_each_other(quantiser):
    model, text = made(), ids(64)
    cache = compress(model, text, "snapkv", Ratio(0.5), quantiser=quantiser)
    before = {name: tensor.clone() for name, tensor in cache.tensors()}
    fork = cache.fork()
    assert shared_bytes(cache, fork) == cache.nbytes
    with decoding(model):
        model(ids(5, seed=3), past_key_values=fork)
    after = dict(cache.tensors())
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert fork.seen == cache.seen + 5


@torch.no_grad()
@given(st.integers(0, 12))
@settings(max_examples=8, deadline=None)
def test_rollback_is_bit_exact(count):
    model, text = made(), ids(40)
    cache = compress(model, text, "knorm", Ratio(0.5))
    before = {name: tensor.clone() for name, tensor in cache.tensors()}
    with decoding(model):
        first = model(ids(12, seed=3), past_key_values=cache).logits
        cache.rollback(count)
        if count == 12:
            after = dict(cache.tensors())
            assert all(torch.equal(before[name], after[name]) for name in before)
        if count:
            again = model(ids(12, seed=3)[:, 12 - count :], past_key_values=cache).logits
            assert torch.allclose(again, first[:, 12 - count :], atol=1e-5)
    with pytest.raises(InvalidPlan):
        cache.rollback(1_000)


@torch.no_grad()
def test_what_cannot_be_compressed_is_said():
    model = made()
    with pytest.raises(UnknownName, match="snapkv"):
        compress(model, ids(), "snapkw")
    with pytest.raises(UnknownName, match="spread"):
        compress(model, ids(), spread="everywhere")
    with pytest.raises(BudgetTooSmall):
        compress(model, ids(), protect(snapkv(), sink=4, recent=8), Total(11))
    with pytest.raises(InvalidBudget):
        Bytes(-1)
    with pytest.raises(InvalidPlan):
        Quantiser(3)
    sliding = made("mistral", sliding_window=16)
    with pytest.raises(UnsupportedModel):
        compress(sliding, ids())


@torch.no_grad()
def test_hooks_are_undone_when_reading_fails():
    model, text = made(), ids()
    expected = model(text).logits

    def stopped():
        with compressing(model, "snapkv") as cache:
            model(text, past_key_values=cache)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        stopped()
    assert torch.equal(model(text).logits, expected)
    assert torch.equal(told(model, text), told(model, text))


@torch.no_grad()
def test_a_prompt_in_pieces_is_told_of():
    model, text = made(), ids()
    with pytest.warns(RuntimeWarning, match="20 tokens were read behind the 20") as warned:  # noqa: SIM117
        with compressing(model, "knorm", Ratio(0.25)) as cache:
            told(model, text, cache, prefill_chunk_size=20)
    assert len(warned) == 1
    with compressing(model, "knorm", Ratio(0.25)) as cache:
        told(model, text, cache)  # at once: nothing is said


@torch.no_grad()
def test_two_texts_in_a_row_are_refused():
    model, text = made(), ids()
    places = torch.cat([torch.arange(20), torch.arange(40)]).expand(2, -1)
    mask = torch.ones(60, 60, dtype=torch.bool).tril()
    mask[20:, :20] = False
    with (
        pytest.raises(UnsupportedModel, match="more than causality and padding"),
        compressing(model, "knorm", Ratio(0.25)) as cache,
    ):
        model(text, position_ids=places, attention_mask=mask[None, None].expand(2, -1, -1, -1), past_key_values=cache)


@torch.no_grad()
def test_another_thread_is_told_apart():
    model, text = made(), ids()

    def run(target, *before):
        with compressing(model, "knorm", Ratio(0.25), step=0) as cache:
            start = target or contextvars.copy_context().run
            thread = threading.Thread(target=start, args=(*before, model, text, cache))
            thread.start()
            thread.join()
        return cache

    with pytest.warns(RuntimeWarning, match="copy_context"), pytest.raises(UnsupportedModel, match="another thread"):
        run(told)
    assert int(torch.stack(run(None, told).lengths()).sum()) == 2 * 2 * 2 * (15 + 5)
