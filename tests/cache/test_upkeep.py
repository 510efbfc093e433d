"""Caches while a model generates: within their budget, the last tokens whole, and the best of the others."""

from __future__ import annotations

import pytest
import torch
import transformers

from tamis.cache import Bytes, Quantiser, compress, compressing, kvzip
from tamis.cache.upkeep import RECENT
from tamis.core import Ratio, Total
from tamis.errors import UnsupportedModel
from tests.tiny import ids, opened, wide

SETTINGS = [
    ("snapkv", Ratio(0.5), {}),
    ("snapkv", Total(24), {"spread": "adaptive"}),
    ("knorm", Total(20), {"spread": "pyramid"}),
    ("expected_attention", Total(16), {}),
    ("streaming", Bytes(24_000), {"quantiser": Quantiser(4, group=8, window=8)}),
    ("tova", Total(3), {}),
]


@pytest.mark.parametrize(("policy", "budget", "settings"), SETTINGS)
@torch.no_grad()
def test_no_generated_token_brings_a_cache_past_its_budget(policy, budget, settings):
    model = wide()
    with compressing(model, policy, budget, **settings) as cache:
        model(ids(60), past_key_values=cache)
        first, tokens = cache.nbytes, ids(90)
        for step in range(tokens.shape[1]):
            model(tokens[:, step : step + 1], past_key_values=cache)
            limit = budget.limit if isinstance(budget, Bytes) else first * (1 + step / 60 + 0.02)
            assert cache.nbytes <= (limit if isinstance(budget, (Bytes, Ratio)) else first)
    assert cache.seen == 150


@torch.no_grad()
def test_the_sinks_and_the_last_tokens_stay_as_streaming_says():
    model = wide()
    with compressing(model, "streaming", Total(24)) as cache:
        model(ids(60), past_key_values=cache)
        for token in ids(40).unbind(1):
            model(token[:, None], past_key_values=cache)
    for layer in cache.layers:
        packed, heads = layer.packed(), layer.first[0].lengths.numel()
        places = packed.places.view(heads, -1)
        assert (places[:, :4] == torch.arange(4)).all()  # the sinks
        everything = torch.cat([places[0, 4:], torch.arange(cache.seen - layer.since, cache.seen)])
        assert (everything.diff() == 1).all()  # then the most recent, without a hole


@torch.no_grad()
def test_without_upkeep_what_comes_later_is_whole():
    model = wide()
    with compressing(model, "snapkv", Total(16), step=0) as cache:
        model(ids(60), past_key_values=cache)
        for token in ids(2 * RECENT).unbind(1):
            model(token[:, None], past_key_values=cache)
    assert [int(lengths.max()) for lengths in cache.lengths()] == [16 + 2 * RECENT] * len(cache.layers)


@torch.no_grad()
def test_a_policy_of_one_text_says_that_it_keeps_the_rest():
    model, text = wide(), ids(60)
    with compressing(model, kvzip(model, text), Total(16)) as cache:
        model(text, past_key_values=cache)
        with pytest.warns(RuntimeWarning, match="kept whole"):
            model(ids(1), past_key_values=cache)
        for token in ids(4).unbind(1):
            model(token[:, None], past_key_values=cache)
    assert [int(lengths.max()) for lengths in cache.lengths()] == [21] * len(cache.layers)


SIZES = {
    "vocab_size": 100, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 4, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 512,
}  # fmt: skip
WINDOWED = {
    "gemma2": (transformers.Gemma2Config, {"sliding_window": 16}),
    "gemma3": (transformers.Gemma3TextConfig, {"sliding_window": 16}),
    "mistral": (transformers.MistralConfig, {"sliding_window": 16}),
    "gpt-oss": (transformers.GptOssConfig, {"sliding_window": 16, "num_local_experts": 2, "num_experts_per_tok": 1}),
    "llama4": (transformers.Llama4TextConfig, {"attention_chunk_size": 16, "num_local_experts": 2}),
}


@torch.no_grad()
@pytest.mark.parametrize("family", WINDOWED)
def test_windowed_and_chunked_layers_are_refused_by_type(family):
    kind, more = WINDOWED[family]
    model = opened(kind(**SIZES, **more))
    with pytest.raises(UnsupportedModel, match=r"sliding_attention|chunked_attention"):
        compress(model, ids(40), "snapkv", Ratio(0.5))
