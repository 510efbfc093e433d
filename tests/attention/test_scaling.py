"""The costs on paper against what real (tiny) models hold and compute."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from tamis.attention import BlockPlan  # noqa: E402
from tamis.attention.scaling import COLUMNS, SHAPES, ModelShape, table  # noqa: E402
from tamis.errors import InvalidInput, UnsupportedModel  # noqa: E402
from tests import tiny  # noqa: E402

SMALL = {
    "vocab_size": 96, "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 3, "num_attention_heads": 6,
    "num_key_value_heads": 2, "max_position_embeddings": 512,
}  # fmt: skip
FAMILIES = {"llama": {}, "qwen2": {}, "qwen3": {"head_dim": 16}, "mistral": {"sliding_window": None}}
EACH = pytest.mark.parametrize("family", list(FAMILIES))


def made(family, **more):
    config = tiny.CONFIGS[family](**SMALL, **FAMILIES[family], **more)
    return tiny.opened(config, implementation="eager"), ModelShape.of(config)


def counted(model, ids, **how):
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        read = model(ids, logits_to_keep=1, **how)
    return counter.get_total_flops(), read


def near(found, paper, shape, tokens):
    """Exactly; some versions of transformers write positions times frequencies, of rotary embeddings, as a product."""
    return found - paper in (0, shape.head_size * tokens)


@EACH
@pytest.mark.parametrize("tied", [False, True])
def test_weights_exactly(family, tied):
    model, shape = made(family, tie_word_embeddings=tied)
    assert shape.parameters == sum(weight.numel() for weight in model.parameters())
    held = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    assert shape.weight_bytes(bits=32) == held


@EACH
def test_the_cache_exactly(family):
    model, shape = made(family)
    read = model(torch.ones(1, 77, dtype=torch.long), use_cache=True)
    layers = read.past_key_values.layers
    held = sum(x.numel() * x.element_size() for layer in layers for x in (layer.keys, layer.values))
    assert shape.kv_bytes(77, bits=32) == held
    assert shape.kv_bytes(77) == held / 2
    assert shape.kv_bytes(100, bits=4, kept=0.25) == shape.kv_bytes(25) / 4


@EACH
@pytest.mark.parametrize("tokens", [1, 64, 129])
def test_operations_of_a_prefill_exactly(family, tokens):
    model, shape = made(family)
    found, _ = counted(model, torch.ones(1, tokens, dtype=torch.long))
    # This back-end computes the pairs with later keys too.
    more = shape.attention_flops(tokens, tokens, causal=False) - shape.attention_flops(tokens, tokens)
    assert near(found, shape.prefill_flops(tokens) + more, shape, tokens)


@EACH
def test_operations_of_a_decoded_token_exactly(family):
    model, shape = made(family)
    _, read = counted(model, torch.ones(1, 100, dtype=torch.long), use_cache=True)
    found, _ = counted(model, torch.ones(1, 1, dtype=torch.long), past_key_values=read.past_key_values)
    assert near(found, shape.decode_flops(100), shape, 1)


def test_causal_pairs_are_those_of_a_plan():
    shape = ModelShape(1, 8, 1, 1, 4, 8, 8)
    for queries, keys in ((300, 300), (100, 300), (1, 300)):
        dense = BlockPlan.dense(queries, keys)
        pairs = int(dense.dense_mask().sum())
        assert shape.attention_flops(queries, keys) == 4 * 4 * pairs
    assert shape.attention_flops(300, 300, 0.5) == shape.attention_flops(300, 300) / 2


@pytest.mark.parametrize("tokens", [128, 1000, 4096])
@pytest.mark.parametrize("share", [1.0, 0.3])
def test_bytes_of_a_plan(tokens, share):
    shape = ModelShape(1, 8, 4, 2, 4, 8, 8)
    blocks = math.ceil(tokens / 128)
    grid = torch.rand(1, 2, blocks, blocks, generator=torch.Generator().manual_seed(0)) < share
    grid |= torch.eye(blocks, dtype=torch.bool)
    plan = BlockPlan.from_grid(grid, tokens, tokens)
    density = plan.blocks.numel() / (2 * blocks * (blocks + 1) / 2)
    assert abs(shape.plan_bytes(tokens, density) - plan.bytes) <= 4 * 2  # the lists differ in length, the mean is whole
    if share == 1:
        assert shape.plan_bytes(tokens) == plan.bytes


def test_published_sizes():
    llama, qwen = SHAPES["Llama-3.1-8B"], SHAPES["Qwen2.5-0.5B"]
    assert llama.parameters == 8_030_261_248
    assert qwen.parameters == 494_032_768
    assert llama.kv_bytes(1) == 128 * 1024
    assert qwen.kv_bytes(1) == 12 * 1024
    assert llama.kv_bytes(2**20) == 128 * 2**30


def test_what_holds_for_every_length():
    for shape in SHAPES.values():
        shares = [shape.attention_share(tokens) for tokens in (1, 1_000, 30_000, 10**6)]
        assert shares == sorted(shares)
        for tokens in (1, 1_000, 10**6):
            assert shape.prefill_flops(tokens, 0.1) < shape.prefill_flops(tokens)
            assert shape.kv_bytes(2 * tokens) == 2 * shape.kv_bytes(tokens)
            assert shape.decode_bytes(tokens) >= shape.kv_bytes(tokens)
    llama = SHAPES["Llama-3.1-8B"]
    table_of_inputs = (llama.vocabulary - 1) * llama.hidden
    assert llama.decode_bytes(0) == 2 * (llama.parameters - table_of_inputs)


def test_the_page_shows_these_tables():
    page = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text(encoding="utf-8")
    for shape in SHAPES.values():
        assert table(shape) in page


def test_the_table():
    lines = table(SHAPES["Llama-3.1-8B"]).splitlines()
    assert len(lines) == 6
    assert all(line.count("|") == len(COLUMNS) + 2 for line in lines)
    assert lines[-1].startswith("| 1,048,576 | 128.00 |")
    for wrong in ({"lengths": [0]}, {"density": 0}, {"density": 1.5}):
        with pytest.raises(InvalidInput):
            table(SHAPES["Llama-3.1-8B"], **wrong)


@pytest.mark.parametrize(
    "config",
    [
        lambda: transformers.MistralConfig(sliding_window=16),
        lambda: transformers.LlamaConfig(attention_bias=True),
        transformers.MixtralConfig,
        transformers.GPT2Config,
        transformers.Gemma2Config,
    ],
)
def test_other_models_are_refused(config):
    with pytest.raises(UnsupportedModel):
        ModelShape.of(config())
