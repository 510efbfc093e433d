"""Weights in 4 bits: what comes back, what GPTQ gains, what a graph rounded by it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from training.lm.fourbit import BLOCK, four_bits

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("onnx")

from tests.models.tiny_lms import config  # noqa: E402
from training.lm.calibrate import watch  # noqa: E402
from training.lm.graph import build  # noqa: E402

WEIGHTS = arrays(np.float32, (3, 2 * BLOCK), elements=st.floats(-4, 4, width=16))


@given(WEIGHTS)
@settings(max_examples=50, deadline=None)
def test_no_value_is_farther_than_half_a_step_unless_it_is_cut_off(weight):
    made = four_bits(weight)
    steps = np.abs(made.scales.astype(np.float32)).repeat(BLOCK, axis=1)
    inside = (made.codes > -8) & (made.codes < 7)
    assert (np.abs(made.values() - weight)[inside] <= 0.5 * steps[inside] * 1.001 + 1e-6).all()
    assert made.codes.min() >= -8
    assert made.codes.max() <= 7


@given(WEIGHTS)
@settings(max_examples=20, deadline=None)
def test_bytes_hold_two_codes_each_the_first_below(weight):
    made = four_bits(weight)
    unpacked = [[b % 16 - 8, b // 16 - 8] for b in made.packed().reshape(-1).tolist()]
    assert np.array(unpacked).reshape(made.codes.shape).tolist() == made.codes.tolist()


def test_by_hand():
    """The largest has code -8: its scale is -1/2, and 0.3 / -0.5 = -0.6 rounds to -1."""
    weight = np.zeros((1, BLOCK), np.float32)
    weight[0, :3] = 4.0, 0.3, -3.5
    made = four_bits(weight)
    assert made.scales.tolist() == [[-0.5]]
    assert made.codes[0, :4].tolist() == [-8, -1, 7, 0]
    assert made.packed()[0, 0, :2].tolist() == [0 + 16 * 7, 15 + 16 * 8]


def test_what_inputs_have_in_common_makes_errors_good():
    rng = np.random.default_rng(1)
    inputs = (rng.normal(size=(500, 8)) @ rng.normal(size=(8, 96)) + 0.1 * rng.normal(size=(500, 96))).astype(
        np.float32
    )
    weight = rng.normal(size=(40, 96)).astype(np.float32)
    errors = [
        np.square(inputs @ (made.values() - weight).T).mean()
        for made in (four_bits(weight), four_bits(weight, inputs.T @ inputs))
    ]
    assert errors[1] < 0.5 * errors[0]


def test_inputs_that_never_differ_from_zero():
    weight = np.random.default_rng(2).normal(size=(4, 64)).astype(np.float32)
    made = four_bits(weight, np.zeros((64, 64), np.float32))
    assert np.isfinite(made.values()).all()
    assert np.abs(made.values() - weight).max() < 0.5


def test_a_width_that_is_no_multiple():
    with pytest.raises(ValueError, match="40 inputs"):
        four_bits(np.zeros((2, 40), np.float32))


@pytest.fixture(scope="module")
def model():
    shape = config("llama")
    shape.tie_word_embeddings = True
    with torch.random.fork_rng():
        torch.manual_seed(5)
        return transformers.LlamaForCausalLM(shape).eval()


def rows(seed):
    return np.random.default_rng(seed).integers(0, 300, (4, 48))


def test_what_is_seen_is_what_the_layers_get(model):
    seen = watch(model, [rows(0), rows(1)])
    caught = []
    hook = model.model.layers[1].mlp.down_proj.register_forward_pre_hook(lambda _, given: caught.append(given[0]))
    with torch.no_grad():
        for seed in (0, 1):
            model.model(input_ids=torch.from_numpy(rows(seed)))
    hook.remove()
    inputs = torch.cat(caught).flatten(0, 1).double().numpy()
    np.testing.assert_allclose(seen.together["model.layers.1.down"], inputs.T @ inputs, rtol=1e-3, atol=1e-3)
    assert not any(module._forward_pre_hooks for module in model.modules())


def said(graph, row):
    import onnxruntime

    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    none = np.zeros((2, 2, 0, 8), np.float32)
    return session.run(["surprisal"], {"ids": row[:-1], "targets": row[1:], "keys": none, "values": none})[0]


def test_rounding_by_what_is_seen_loses_less(model):
    seen = watch(model, [rows(seed) for seed in range(8)])
    texts = rows(99)
    true, near, far = (
        np.stack([said(graph, row) for row in texts])
        for graph in (build(model, bits=32), build(model, seen=seen), build(model))
    )
    assert np.square(near - true).mean() < np.square(far - true).mean()


def test_only_what_can_be_built(model):
    with pytest.raises(ValueError, match="bits must be 4 or 32, got 8"):
        build(model, bits=8)
    untied = transformers.LlamaForCausalLM(config("llama"))
    with pytest.raises(ValueError, match="tied"):
        build(untied)
