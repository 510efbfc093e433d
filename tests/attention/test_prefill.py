"""Sparse prefill of real (tiny, random) transformers models: exact where dense, undone whatever happens."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from torch.nn.attention.flex_attention import create_block_mask  # noqa: E402

from tamis.attention import BlockPlan, Keys, Mass, Ratio, Speed, certificate, mass_recall, selector, sparse  # noqa: E402
from tamis.attention.certify import drawn, mask_at  # noqa: E402
from tamis.errors import InvalidInput, InvalidPlan, UnknownName, UnsupportedModel  # noqa: E402
from tamis.models.transformers.masks import padding  # noqa: E402
from tests.tiny import made, opened  # noqa: E402


def prompt(n=300, *, side=None, items=2):
    ids = torch.randint(3, 64, (items, n), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    if side == "left":
        mask[0, : n // 2] = 0
    if side == "right":
        mask[0, n - n // 3 :] = 0
    return {"input_ids": ids, "attention_mask": mask}


@torch.no_grad()
@pytest.mark.parametrize("side", [None, "left", "right"])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("family", ["llama", "qwen2", "qwen3", "gpt2"])
def test_a_dense_plan_is_the_models_own_attention(family, implementation, side):
    model, given = made(family, implementation), prompt(side=side)
    expected = model(**given).logits
    with sparse(model, "dense", mode="always") as report:
        found = model(**given).logits
    live = given["attention_mask"].bool()
    assert torch.allclose(found[live], expected[live], atol=1e-5)
    assert [one.reason for one in report.prefills] == ["", ""]
    assert torch.equal(model(**given).logits, expected)


@torch.no_grad()
@pytest.mark.parametrize("name", ["a_shape", "minference", "flex_prefill", "xattention", "tri_mix"])
def test_a_sparse_plan_of_everything_that_matters_gives_nearly_the_same(name):
    model, given = made("qwen2"), prompt(700, side="left")
    expected = model(**given).logits
    with sparse(model, name, mode="always", certify=16) as report:
        found = model(**given).logits
    live = given["attention_mask"].bool()
    assert float((found - expected)[live].norm() / expected[live].norm()) < 0.5
    for one in report.prefills:
        assert 0 < one.density <= 1
        assert len(one.certificate.mass) == 4
        assert all(
            low <= mean <= high
            for low, mean, high in zip(
                one.certificate.mass_low, one.certificate.mass, one.certificate.mass_high, strict=True
            )
        )
    assert "density" in str(report)


@torch.no_grad()
def test_generation_reads_sparsely_and_decodes_densely():
    model, given = made(), prompt(500)
    with sparse(model, selector("a_shape", n_sink=16, n_local=128), mode="always") as report:
        model.generate(**given, max_new_tokens=4, do_sample=False)
    assert len(report.prefills) == 2
    assert report.decoded == 2 * 3
    assert report.density < 1
    assert report.flops < 1.2 * report.dense_flops


@torch.no_grad()
@pytest.mark.parametrize(("side", "n_sink"), [(None, 16), ("left", 0)])  # behind padding sinks are whole blocks
def test_a_prompt_in_pieces_is_read_as_at_once(side, n_sink):
    model, given = made(), prompt(384, side=side)
    pattern = selector("a_shape", n_sink=n_sink, n_local=100)
    with sparse(model, pattern, mode="always"):
        expected = model(**given).logits
    cache, found = transformers.DynamicCache(), []
    with sparse(model, pattern, mode="always") as report:
        for start, end in ((0, 130), (130, 300), (300, 384)):
            found.append(
                model(
                    given["input_ids"][:, start:end],
                    attention_mask=given["attention_mask"][:, :end],
                    past_key_values=cache,
                ).logits
            )
    assert {one.reason for one in report.prefills} == {""}
    live = given["attention_mask"].bool()
    assert torch.allclose(torch.cat(found, 1)[live], expected[live], atol=1e-5)


@torch.no_grad()
def test_bfloat16():
    model, given = made().bfloat16(), prompt()
    expected = model(**given).logits
    with sparse(model, "dense", mode="always"):
        found = model(**given).logits
    assert found.dtype == torch.bfloat16
    assert torch.allclose(found, expected, atol=3e-2)


@torch.no_grad()
def test_auto_leaves_short_prompts_bit_for_bit_to_the_model():
    model, given = made(), prompt()
    expected = model(**given).logits
    with sparse(model) as report:
        assert torch.equal(model(**given).logits, expected)
    assert set(report.fallbacks) == {0, 1}
    assert report.density == 1
    assert report.flops == report.dense_flops


@torch.no_grad()
def test_auto_goes_by_density_and_does_not_plan_in_vain():
    model, given = made(), prompt(600)
    calls = []

    def choose(attended):
        calls.append(attended.layer)
        return selector("block_mean", budget=Mass(0.99), block=64)(attended)

    with sparse(model, choose, speed=Speed(shortest=512, efficiency=0.5)) as report:
        model(**given)
        model(**given)
    assert calls == [0, 1]
    assert all("would not be faster" in next(iter(why)) for why in report.fallbacks.values())
    quick = selector("block_mean", budget=Keys(128), block=64)
    with sparse(model, quick, speed=Speed(shortest=512, efficiency=0.9)) as report:
        model(**given)
    assert report.fallbacks == {}


@torch.no_grad()
def test_a_sliding_window_is_left_to_the_model():
    model, given = made("mistral", sliding_window=64), prompt()
    expected = model(**given).logits
    with sparse(model, "a_shape", mode="always") as report:
        assert torch.equal(model(**given).logits, expected)
    assert report.fallbacks == {0: {"a sliding window of 64": 1}, 1: {"a sliding window of 64": 1}}


def test_gradients_are_left_to_the_model():
    model, given = made(), prompt(64)
    with sparse(model, "a_shape", mode="always") as report:
        model(**given).logits.sum().backward()
    assert report.fallbacks[0] == {"gradients are needed": 1}
    assert model.model.layers[0].self_attn.q_proj.weight.grad is not None


@torch.no_grad()
def test_a_static_cache_is_left_to_the_model():
    model, given = made(), prompt()
    expected = model(**given).logits
    cache = transformers.StaticCache(config=model.config, max_cache_len=400)
    with sparse(model, "a_shape", mode="always") as report, pytest.warns(RuntimeWarning, match="static cache"):
        found = model(**given, past_key_values=cache).logits
    assert torch.allclose(found, expected, atol=1e-5)
    assert report.fallbacks == {layer: {"no mask, but more keys than queries": 1} for layer in (0, 1)}


@torch.no_grad()
def test_layers_may_have_patterns_of_their_own():
    model, given = made(), prompt()
    with sparse(model, {1: "a_shape"}, mode="always") as report:
        model(**given)
    assert report.fallbacks == {0: {"no pattern for this layer": 1}}
    with pytest.raises(InvalidInput, match="No layer 2"), sparse(model, {2: "a_shape"}):
        pass


@torch.no_grad()
def test_a_configuration_by_head(tmp_path):
    entries = {str(head): ["vertical_and_slash", 30, 50, 1.0] for head in range(4)}
    path = tmp_path / "heads.json"
    path.write_text(json.dumps([entries, entries]))
    model, given = made(), prompt(600)
    with sparse(model, path, mode="always") as report:
        model(**given)
    assert report.density < 1
    for bad in ([entries], [{"0": entries["0"]}] * 2):
        with pytest.raises(InvalidPlan, match="configuration"), sparse(model, bad):
            pass


@torch.no_grad()
def test_errors_undo_the_hooks():
    model, given = made(), prompt()
    expected = model(**given).logits

    def fail(*_, **__):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"), sparse(model, fail, mode="always"):
        model(**given)
    assert model.config._attn_implementation == "sdpa"
    assert torch.equal(model(**given).logits, expected)
    for bad in ({"mode": "never"}, {"pattern": "a_shap"}):
        with pytest.raises(UnknownName), sparse(model, **bad):
            pass
    for bad in ({"recompute": 2.0}, {"certify": -1}, {"pattern": 3}):
        with pytest.raises(InvalidInput), sparse(model, **bad):
            pass
    with pytest.raises(UnsupportedModel), sparse(torch.nn.Linear(2, 2)):
        pass
    assert model.config._attn_implementation == "sdpa"


@torch.no_grad()
def test_heads_that_lose_too_much_are_recomputed():
    model, given = made(), prompt(600)
    expected = model(**given).logits
    pattern = selector("a_shape", n_sink=1, n_local=4)
    with sparse(model, pattern, mode="always", recompute=1.0, certify=32) as report:
        assert torch.allclose(model(**given).logits, expected, atol=1e-5)
    assert [one.recomputed for one in report.prefills] == [(0, 1, 2, 3)] * 2
    assert report.density == 1
    with sparse(model, pattern, mode="always", recompute=0.0) as report:
        model(**given)
    assert [one.recomputed for one in report.prefills] == [()] * 2
    assert report.prefills[0].certificate.samples == 128


def random_plan(valid=None):
    made = torch.Generator().manual_seed(0)
    grid = torch.rand(2, 2, 4, 5, generator=made) < 0.4
    grid |= torch.eye(5, dtype=torch.bool)[1:]
    return BlockPlan.from_grid(grid, 230, 300, block=64, valid=valid).replace(n_sink=3)


def test_a_certificate_of_all_queries_is_the_truth():
    made = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, h, n, 8, generator=made) for h, n in ((4, 230), (2, 300), (2, 300)))
    valid = torch.ones(2, 300, dtype=torch.bool)
    valid[1, :100] = False
    for plan in (random_plan(), random_plan(valid)):
        found = certificate(q, k, v, plan, samples=230)
        recall = mass_recall(q, k, plan)
        alive = torch.ones(2, 230, dtype=torch.bool) if plan.valid is None else valid[:, 70:]
        for head in range(4):
            assert found.mass[head] == pytest.approx(float(recall[:, head][alive].mean()), abs=1e-5)
        rows = drawn(230, 20, 3)
        for item in range(2):
            for which in range(2):
                assert torch.equal(mask_at(plan, item, which, rows), plan.dense_mask()[item, which, rows])
    whole = certificate(q, k, v, BlockPlan.dense(230, 300), samples=20)
    assert min(whole.mass_low) > 1 - 1e-5
    assert max(whole.error_high) < 1e-5


def test_samples_by_hand():
    assert drawn(4, 9, 0).tolist() == [0, 1, 2, 3]
    found = drawn(100, 10, 0).tolist()
    assert [x // 10 for x in found] == list(range(10))
    assert drawn(100, 10, 0).tolist() == found
    assert drawn(100, 10, 1).tolist() != found


def test_masks_by_hand():
    causal = torch.ones(4, 6, dtype=torch.bool).tril(2)[None, None]
    assert padding(causal, 4, 6) == (None, "")
    padded = causal & torch.tensor([0, 1, 1, 1, 1, 1], dtype=torch.bool)
    valid, why = padding(padded, 4, 6)
    assert valid.tolist() == [[False, True, True, True, True, True]]
    assert why == ""
    added = torch.zeros(1, 1, 4, 6).masked_fill(~padded, torch.finfo(torch.float32).min)
    assert torch.equal(padding(added, 4, 6)[0], valid)
    assert torch.equal(padding(valid, 4, 6)[0], valid)
    assert "more than" in padding(causal.clone().index_fill_(2, torch.tensor([1]), value=True), 4, 6)[1]
    assert "shape" in padding(causal[..., :5], 4, 6)[1]


@torch.no_grad()
@pytest.mark.parametrize("mode", ["always", "auto"])
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_two_texts_in_a_row_are_left_to_the_model(implementation, mode):
    """Keys of the first text are not seen by the last query, yet no padding."""
    model, ids = made(implementation=implementation), prompt()["input_ids"]
    places = torch.cat([torch.arange(120), torch.arange(180)]).expand(2, -1)
    given = {"input_ids": ids, "position_ids": places, "use_cache": False}
    expected = model(**given).logits
    alone = model(ids[:, :120], use_cache=False).logits
    assert torch.allclose(expected[:, :120], alone, atol=1e-5)  # the mask keeps the texts apart
    said = pytest.warns(RuntimeWarning, match="more than causality") if mode == "always" else nullcontext()
    with sparse(model, selector("dense", block=64), mode=mode) as report, said:
        assert torch.allclose(model(**given).logits, expected, atol=1e-5)
    assert mode == "auto" or all("more than" in one.reason for one in report.prefills)


@torch.no_grad()
def test_chunks_are_left_to_the_model():
    sizes = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "intermediate_size_mlp": 48}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "num_hidden_layers": 2}
    config = transformers.Llama4TextConfig(
        **sizes, **heads, attention_chunk_size=64, num_local_experts=2, pad_token_id=0,
        layer_types=["chunked_attention", "full_attention"], max_position_embeddings=1024,
    )  # fmt: skip
    model, ids = opened(config, implementation="sdpa"), prompt()["input_ids"]
    expected = model(ids).logits
    with sparse(model, "dense", mode="always") as report, pytest.warns(RuntimeWarning, match="Layer 0"):
        assert torch.allclose(model(ids).logits, expected, atol=1e-5)
    assert [bool(one.reason) for one in report.prefills] == [True, False]


def test_masks_of_flex_attention_are_left_to_the_model():
    blocks = create_block_mask(lambda b, h, q, k: q >= k, None, None, 8, 8, device="cpu")
    assert padding(blocks, 8, 8) == (None, "a mask of type BlockMask")


@given(st.data())
def test_what_counts_as_padding_shows_every_text_what_its_mask_shows(data):
    """Of any mask: refused, or each query that is no padding sees just what causality and padding leave it."""
    n = data.draw(st.integers(1, 12))
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    owner = torch.tensor(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    kind = data.draw(st.sampled_from(["left", "right", "packed", "chunks", "window", "any"]))
    places = torch.arange(n)
    cut = data.draw(st.integers(0, n))
    shown = {
        "left": causal & (places >= cut)[None],
        "right": causal & (places < max(cut, 1))[None],
        "packed": causal & (owner.sort().values[:, None] == owner.sort().values[None]),
        "chunks": causal & (places[:, None] // max(cut, 1) == places[None] // max(cut, 1)),
        "window": causal & (places[:, None] - places[None] < max(cut, 1)),
        "any": causal & (owner[:, None] == owner[None]),
    }[kind]
    fixed = data.draw(st.booleans())
    mask = shown | ~shown.any(-1, keepdim=True) if fixed else shown
    valid, why = padding(mask[None, None], n, n)
    keys = torch.ones(n, dtype=torch.bool) if valid is None else valid[0]
    if not why:
        live = keys & shown.any(-1)
        assert torch.equal(shown[live], (causal & keys)[live])
        own, left = mask[~keys], (causal & keys)[~keys]
        assert bool((~own.any(-1) | own.all(-1) | (own == left).all(-1)).all())  # queries of padding have no text
    assert not why or kind not in ("left", "right")


def test_what_pays_by_hand():
    speed = Speed(shortest=1000, efficiency=0.5, overhead=0.1)
    assert speed.cost(0.2) == pytest.approx(0.5)
    assert speed.pays(0.4, 1000)
    assert not speed.pays(0.45, 1000)
    assert not speed.pays(0.1, 999)
    assert selector("block_mean", budget=Ratio(0.5), block=64).likely_density(256, 256, 8) == pytest.approx(5 / 10)
    assert selector("block_mean", budget=Mass(0.5)).likely_density(256, 256, 8) is None
    with pytest.raises(InvalidInput):
        Speed(efficiency=0.0)


def test_speed_is_measured():
    found = Speed.measured(heads=2, kv_heads=1, head_size=16, lengths=(256, 512), repeats=1)
    assert found.shortest in (256, 512, 1024)  # the last where it never pays
    assert found.efficiency > 0
