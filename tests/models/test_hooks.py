"""Attention seen and replaced from outside: nothing changes unless asked, everything is undone."""

from __future__ import annotations

import contextvars
import threading

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tamis.errors import UnsupportedModel  # noqa: E402
from tamis.models.transformers.hooks import attending  # noqa: E402
from tests import tiny  # noqa: E402

FAMILIES = {
    "llama": {},
    "qwen2": {},
    "qwen3": {},
    "mistral": {"sliding_window": 8},
    "gemma2": {"sliding_window": 8},
    "gemma3": {"sliding_window": 8},
    "phi3": {},
    "glm4": {},
}


def made(family="llama", implementation="sdpa"):
    return tiny.made(family, implementation, max_position_embeddings=128, **FAMILIES[family])


def prompt():
    ids = torch.arange(3, 3 + 34).view(2, 17)
    mask = torch.ones_like(ids)
    mask[0, :5] = 0
    return {"input_ids": ids, "attention_mask": mask}


@torch.no_grad()
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_changes_when_nothing_is_computed(family, implementation):
    if family == "gemma2" and implementation == "sdpa":
        implementation = "eager"  # softcap: transformers' sdpa refuses it
    model, calls = made(family, implementation), []
    expected = model(**prompt()).logits
    with attending(model, compute=lambda _: None, observe=calls.append):
        assert torch.equal(model(**prompt()).logits, expected)
    assert [call.layer for call in calls] == [0, 1]
    assert calls[0].query.shape == (2, 4, 17, 8)
    assert calls[0].key.shape == calls[0].value.shape == (2, 2, 17, 8)
    assert calls[0].mask is not None
    assert model.config._attn_implementation == implementation


@torch.no_grad()
def test_the_innermost_computes_first_and_observers_see_all():
    model, order = made(), []
    zeros = lambda call: torch.zeros_like(call.query.transpose(1, 2))  # noqa: E731
    plain = model(**prompt()).logits
    with (
        attending(model, compute=lambda _: order.append("outer"), observe=lambda _: order.append("seen")),
        attending(model, compute=lambda _: order.append("inner")),
    ):
        assert torch.equal(model(**prompt()).logits, plain)
    assert order == ["seen", "inner", "outer"] * 2
    with attending(model, compute=zeros), attending(model, compute=lambda _: None):
        assert not torch.equal(model(**prompt()).logits, plain)
    assert torch.equal(model(**prompt()).logits, plain)


@torch.no_grad()
def test_generation_that_raises_leaves_the_model_as_it_was():
    model = made()
    expected = model.generate(**prompt(), max_new_tokens=4, do_sample=False)

    def fail(_):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"), attending(model, compute=fail):
        model.generate(**prompt(), max_new_tokens=4, do_sample=False)
    assert model.config._attn_implementation == "sdpa"
    calls = []
    with attending(model, observe=calls.append):
        assert torch.equal(model.generate(**prompt(), max_new_tokens=4, do_sample=False), expected)
    assert [call.key.shape[2] for call in calls] == [17, 17, 18, 18, 19, 19, 20, 20]


@torch.no_grad()
def test_another_thread_gets_the_models_own_attention():
    model, found, calls = made(), [], []
    expected = model(**prompt()).logits

    def run():
        with torch.no_grad():
            found.append(model(**prompt()).logits)

    def elsewhere():
        with attending(model, observe=calls.append, compute=zeros, missed=lambda: missed.append(1)):
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()

    zeros = lambda call: torch.zeros_like(call.query.transpose(1, 2))  # noqa: E731
    missed = []
    with pytest.warns(RuntimeWarning, match="copy_context") as warned:
        elsewhere()
    assert torch.equal(found[0], expected)
    assert not calls
    assert len(warned) == len(missed) == 1


@torch.no_grad()
def test_two_models_each_with_its_own():
    one, other, calls = made("llama"), made("qwen2"), []
    with attending(one, observe=lambda _: calls.append("one")), attending(other, observe=lambda _: calls.append("two")):
        other(**prompt())
        one(**prompt())
    assert calls == ["two", "two", "one", "one"]


def test_a_family_without_the_registry_is_refused():
    config = transformers.BloomConfig(vocab_size=64, hidden_size=32, n_layer=1, n_head=4)
    with pytest.raises(UnsupportedModel, match="Bloom"), attending(transformers.BloomForCausalLM(config)):
        pass


@torch.no_grad()
def test_a_thread_with_the_context_of_the_block_takes_part():
    model, calls = made(), []
    context = contextvars.copy_context
    with attending(model, observe=calls.append):
        thread = threading.Thread(target=context().run, args=(model,), kwargs=prompt())
        thread.start()
        thread.join()
    assert [call.layer for call in calls] == [0, 1]
