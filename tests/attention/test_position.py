"""One hidden dimension, found by what it does and scaled for the last tokens: exact, undone, refused where it can't."""

from __future__ import annotations

import copy
import json
from contextlib import ExitStack
from dataclasses import replace
from threading import Thread

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tamis.attention import sparse  # noqa: E402
from tamis.attention.position import (  # noqa: E402
    PositionalDimension,
    candidates,
    lookups,
    profile,
    random_prompts,
    scaled,
    search,
)
from tamis.attention.position.pairs import spread  # noqa: E402
from tamis.attention.position.tuning import middle  # noqa: E402
from tamis.cache import compressing, decoding  # noqa: E402
from tamis.core import Ratio  # noqa: E402
from tamis.errors import InvalidInput, InvalidPlan, UnreadableInput, UnsupportedModel  # noqa: E402
from tests import tiny  # noqa: E402
from tests.attention.handmade import KNOWN, handmade, questions  # noqa: E402

FAMILIES = ("llama", "qwen2", "qwen3", "mistral", "gemma2")
HOW = {"dimension": 5, "factor": -1.0}


def made(family="llama", implementation="sdpa"):
    soft = family == "gemma2"  # soft caps: left to the model
    window = {"sliding_window": 16} if family in ("mistral", "gemma2") else {}
    model = tiny.made(family, "eager" if soft else implementation, num_hidden_layers=3, **window)
    with torch.no_grad():  # random models hardly look anywhere: let them
        for name, weight in model.named_parameters():
            if "q_proj" in name or "k_proj" in name:
                weight.mul_(12)
    return model


def prompt(n=40, items=2):
    return torch.randint(3, 64, (items, n), generator=torch.Generator().manual_seed(1))


def hooks_of(model):
    return sum(len(m._forward_pre_hooks) + len(m._forward_hooks) for m in model.modules())


# --- what is scaled ---------------------------------------------------------------------------------------------------


@torch.no_grad()
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_last_token_sees_scaled_queries_and_keys_and_plain_values(family, implementation):
    model, ids = made(family, implementation), prompt()
    other = copy.deepcopy(model)
    attention = other.model.layers[2].self_attn  # in the last layer, only its own token's output depends on it
    attention.q_proj.weight[:, 5] *= -1
    attention.k_proj.weight[:, 5] *= -1
    expected, plain = other(ids).logits, model(ids).logits
    with scaled(model, **HOW, layers=[2], skip=0):
        found = model(ids).logits
    assert torch.allclose(found[:, -1], expected[:, -1], atol=1e-5)
    assert not torch.allclose(found[:, -1], plain[:, -1], atol=1e-3)
    assert torch.allclose(found[:, :-1], plain[:, :-1], atol=1e-6)


@torch.no_grad()
@pytest.mark.parametrize("family", FAMILIES)
def test_decoding_sees_what_an_answer_read_at_once_sees(family):
    model, ids = made(family), prompt()
    with scaled(model, **HOW, layers=range(1, 3), last=6):
        expected = model(ids).logits[:, -6:]
    with scaled(model, **HOW, layers=range(1, 3)):
        read = model(ids[:, :-5], use_cache=True)
        found = [read.logits[:, -1:]]
        for at in range(35, 40):
            found.append(model(ids[:, at : at + 1], past_key_values=read.past_key_values).logits)
    assert torch.allclose(torch.cat(found, 1), expected, atol=1e-5)


@torch.no_grad()
def test_a_batch_padded_on_the_left_and_a_cache_of_fixed_size():
    model, ids = made(), prompt()
    padded = torch.cat([torch.zeros(2, 7, dtype=torch.long), ids], 1)
    mask = (padded != 0).long()
    how = {"max_new_tokens": 5, "do_sample": False}
    with scaled(model, **HOW, layers=[1, 2], skip=3):
        expected = model.generate(ids, **how)[:, 40:]
        found = model.generate(padded, attention_mask=mask, **how)[:, 47:]
        fixed = model.generate(ids, **how, cache_implementation="static", disable_compile=True)[:, 40:]
    assert torch.equal(found, expected)
    assert torch.equal(fixed, expected)
    assert not torch.equal(model.generate(ids, **how)[:, 40:], expected)


@torch.no_grad()
def test_the_first_positions_keep_their_keys():
    model, ids = made(), prompt()
    keys = []
    for skip in (0, 1, 40):
        with scaled(model, **HOW, layers=[1], skip=skip):
            keys.append(model(ids, use_cache=True).past_key_values.layers[1].keys)
    plain = model(ids, use_cache=True).past_key_values.layers[1].keys
    assert torch.equal(keys[2], plain)
    assert torch.equal(keys[1][:, :, 0], plain[:, :, 0])
    assert not torch.allclose(keys[0][:, :, 0], plain[:, :, 0])
    assert torch.equal(keys[0][:, :, 1:], keys[1][:, :, 1:])


@torch.no_grad()
def test_all_tokens_may_be_last_ones():
    model, ids = made(), prompt(8)
    other = copy.deepcopy(model)
    for layer in other.model.layers[1:]:
        layer.self_attn.q_proj.weight[:, 5] *= 0.5
        layer.self_attn.k_proj.weight[:, 5] *= 0.5
    with scaled(model, dimension=5, factor=0.5, layers=[1, 2], last=8, skip=0):
        assert torch.allclose(model(ids).logits, other(ids).logits, atol=1e-6)


# --- what is not ------------------------------------------------------------------------------------------------------


@torch.no_grad()
@pytest.mark.parametrize("family", FAMILIES)
def test_a_factor_of_one_is_the_model_bit_for_bit(family):
    model, ids = made(family), prompt()
    expected = model(ids).logits
    with scaled(model, dimension=5, factor=1, layers=range(3)):
        assert torch.equal(model(ids).logits, expected)


@torch.no_grad()
def test_a_factor_near_one_changes_nearly_nothing():  # with all the hooks at work
    model, ids = made(), prompt()
    with scaled(model, dimension=5, factor=1 + 1e-7, layers=range(3)):
        assert torch.allclose(model(ids).logits, made()(ids).logits, atol=1e-5)


@torch.no_grad()
def test_everything_is_undone_also_after_errors():
    model, ids = made(), prompt()
    expected, implementation, hooks = model(ids).logits, model.config._attn_implementation, hooks_of(model)
    with pytest.raises(ZeroDivisionError), scaled(model, **HOW, layers=range(3)):
        model(ids).logits.fill_(1 / 0)
    with scaled(model, **HOW, layers=range(3)):
        inside = model(ids).logits
        broken = model.model.layers[1].self_attn.v_proj.register_forward_pre_hook(lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            model(ids)
        broken.remove()
        assert torch.equal(model(ids).logits, inside)
    assert hooks_of(model) == hooks
    assert model.config._attn_implementation == implementation
    assert torch.equal(model(ids).logits, expected)


@torch.no_grad()
def test_other_threads_get_the_model_as_it_is():
    model, ids, found = made(), prompt(), []
    expected = model(ids).logits

    def run():
        with torch.no_grad():
            found.append(model(ids).logits)

    def meanwhile():
        with scaled(model, **HOW, layers=range(3)):
            thread = Thread(target=run)
            thread.start()
            thread.join()

    with pytest.warns(RuntimeWarning, match="copy_context"):
        meanwhile()
    assert torch.equal(found[0], expected)


@torch.no_grad()
def test_prompts_may_be_read_sparsely_meanwhile():
    model, ids = made(), prompt(200)
    with scaled(model, **HOW, layers=[1]):
        expected = model(ids).logits
        with sparse(model, "dense", mode="always"):
            inner = model(ids).logits
    with sparse(model, "dense", mode="always") as report, scaled(model, **HOW, layers=[1]):
        outer = model(ids).logits
    assert report.prefills
    assert torch.allclose(inner, expected, atol=1e-4)
    assert torch.allclose(outer, expected, atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("outer", [True, False])
def test_the_cache_may_be_compressed_meanwhile(outer):
    model, ids, how = made("qwen3"), prompt(60, 1), {**HOW, "layers": [1, 2]}
    with scaled(model, **how):
        expected = model(ids).logits
    with ExitStack() as stack:
        blocks = [lambda: scaled(model, **how), lambda: compressing(model, "snapkv", Ratio(0.5))]
        entered = [stack.enter_context(block()) for block in (blocks if outer else reversed(blocks))]
        cache = entered[1 if outer else 0]
        assert torch.allclose(model(ids, past_key_values=cache, use_cache=True).logits, expected, atol=1e-5)
        with decoding(model):
            assert model(ids[:, :1], past_key_values=cache, use_cache=True).logits.isfinite().all()


@torch.no_grad()
def test_what_cannot_be_done_right_is_refused():
    model, ids = made(), prompt()
    with scaled(model, **HOW, layers=[1]):
        cache = model(ids[:, :20], use_cache=True).past_key_values
        with pytest.raises(InvalidInput, match="read before"):
            model(ids[:, 20:], past_key_values=cache)
        mask = torch.ones_like(ids)
        mask[0, 30:] = 0
        with pytest.raises(InvalidInput, match="padding"):
            model(ids, attention_mask=mask)
        with pytest.raises(InvalidInput, match="already"), scaled(model, **HOW, layers=[0, 1]):
            pass
        with scaled(model, **HOW, layers=[2]):
            model(ids)


@pytest.mark.parametrize(
    "wrong",
    [{"dimension": 32}, {"dimension": -1}, {"factor": float("nan")}, {"layers": [3]}, {"layers": []},
     {"layers": [1, 1]}, {"last": 0}, {"skip": -1}],
)  # fmt: skip
def test_wrong_arguments_are_named(wrong):
    with pytest.raises(InvalidInput), scaled(made(), **{**HOW, "layers": [1], **wrong}):
        pass


def test_models_with_joint_projections_are_refused():
    small = {"vocab_size": 64, "n_embd": 32, "n_layer": 2, "n_head": 4}
    model = transformers.AutoModelForCausalLM.from_config(transformers.GPT2Config(**small))
    with pytest.raises(UnsupportedModel), scaled(model, **HOW, layers=[1]):
        pass


# --- finding it -------------------------------------------------------------------------------------------------------


def test_the_dimension_that_follows_the_position_is_the_first_candidate():
    model = handmade()
    found = candidates(profile(model, random_prompts(model, samples=60, tokens=200), batch=10))
    assert found[0].dimension == KNOWN
    assert found[0].layers == 2
    assert found[0].roughness < 0.01 * found[1].roughness


def test_candidates_of_known_courses():
    t = torch.linspace(0, 1, 100)
    noise = torch.randn(100, generator=torch.Generator().manual_seed(0))
    wave, flat = torch.sin(12 * t), torch.zeros(100)
    courses = torch.stack([t.square(), -t, wave, flat, t + 0.05 * noise], 1)
    once = torch.stack([wave, wave, wave, flat, wave], 1)
    found = candidates(torch.stack([courses, once, courses]))
    assert [one.dimension for one in found] == [1, 0, 4]  # the straight one first, the shaky one last
    assert [one.layers for one in found] == [2, 2, 2]
    assert [one.dimension for one in candidates(torch.stack([courses, once, courses]), count=1)] == [1]
    assert candidates(torch.stack([courses, *[once] * 3])) == []  # one of four is no more than a quarter
    with pytest.raises(InvalidInput):
        candidates(courses[None, :20])


def test_the_search_finds_dimension_and_layer_and_helps_on_other_data():
    model = handmade()
    likely = candidates(profile(model, random_prompts(model, samples=40, tokens=200), batch=10))
    found = search(
        model, questions(), dimensions=[one.dimension for one in likely], layers=[range(1, 2), range(2, 3)],
        factors=(-1.0, 0.0),
    )  # fmt: skip
    assert (found.best.dimension, found.best.layers) == (KNOWN, (2, 3))
    assert found.best.loss < 0.5 * found.plain
    assert found.trials[0] == found.best
    assert len(found.trials) == 4 * len(likely)
    assert right(model, found) > right(model, None) + 0.15


@torch.no_grad()
def right(model, found):
    hits = []
    for one in questions(seed=1):
        ids = torch.tensor([one.prompt])
        if found is None:
            hits.append(int(model(ids).logits[0, -1].argmax()) == one.answer[0])
        else:
            with found.scaled(model):
                hits.append(int(model(ids).logits[0, -1].argmax()) == one.answer[0])
    return sum(hits) / len(hits)


def test_what_was_found_is_kept_and_refuses_another_model(tmp_path):
    found = search(made(), questions_in_bytes(), dimensions=[5], factors=(0.5, 2.0), layers=[range(1, 3)])
    found.save(tmp_path / "found.json")
    assert PositionalDimension.load(tmp_path / "found.json") == found
    with pytest.raises(InvalidPlan, match="Found for"), found.scaled(made("qwen2")):
        pass
    told = json.loads(found.to_json())
    assert (told["schema"], told["version"]) == ("tamis.attention.position", 1)
    for text in ("", "[]", "{}", json.dumps({**told, "version": 2}), json.dumps({**told, "best": {}})):
        with pytest.raises(InvalidPlan):
            PositionalDimension.from_json(text)
    with pytest.raises(UnreadableInput):
        PositionalDimension.load(tmp_path / "none.json")
    assert replace(found, skip=2) != found


def questions_in_bytes():
    def encode(text):
        return [3 + byte % 60 for byte in text.encode()]

    return lookups(encode, pairs=3, places=2, samples=1)


def test_searches_of_nothing_are_refused():
    for how in ({"dimensions": []}, {"factors": ()}, {"layers": [range(0, 3, 2)]}, {"layers": []}):
        with pytest.raises(InvalidInput):
            search(made(), questions_in_bytes(), **{"dimensions": [1], **how})
    with pytest.raises(InvalidInput):
        search(made(), [], dimensions=[1])
    with pytest.raises(InvalidInput):
        profile(made(), torch.zeros(0, 4, dtype=torch.long))


def test_the_middle_layers():
    assert middle(32) == range(10, 25)
    assert middle(1) == range(1)
    assert all(middle(n)[-1] < n for n in range(1, 100))


# --- what is looked up ------------------------------------------------------------------------------------------------


def test_lookups_move_one_pair_among_the_same_others():
    made = lookups(lambda text: list(text.encode()), pairs=6, places=3, samples=2, seed=3)
    assert [(one.sample, one.place) for one in made] == [(0, 0), (0, 2), (0, 5), (1, 0), (1, 2), (1, 5)]
    held = []
    for one in made[:3]:
        text = bytes(one.prompt).decode()
        pairs = json.loads(text[text.index("{") : text.index("}") + 1])
        key = text.split("Key: ")[1].split("\n")[0]
        assert f" {pairs[key]}" == bytes(one.answer).decode()
        assert list(pairs).index(key) == one.place
        held.append(pairs)
    assert held[0] == held[1] == held[2]
    again = lookups(lambda text: list(text.encode()), pairs=6, places=3, samples=2, seed=3)
    assert again == made
    assert lookups(lambda text: list(text.encode()), pairs=6, places=3, samples=2, seed=4) != made


def test_lookups_that_cannot_be_are_refused():
    for how in ({"places": [6]}, {"places": []}, {"samples": 0}, {"draw": lambda random: "same"}):
        with pytest.raises(InvalidInput):
            lookups(list, **{"pairs": 6, "samples": 1, **how})


def test_spread():
    assert spread(9, 3) == [0, 4, 8]
    assert spread(1, 3) == [0]
    assert spread(2, 5) == [0, 1]
    assert spread(9, 0) == []
