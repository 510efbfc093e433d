"""Compress a model's cache while it reads: each layer is scored, cut and packed before the next one is read.

So at no time is more than one layer at its full length. The attention of the prompt itself is not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from tamis.cache.decode import decoding
from tamis.cache.layer import RaggedLayer
from tamis.cache.ledger import Bytes
from tamis.cache.mass import kept_mass
from tamis.cache.policies import policy_of, rotated
from tamis.cache.quantise import Quantiser
from tamis.cache.ragged import RaggedCache, owner_of
from tamis.cache.select import choose
from tamis.cache.spend import SPREADS, CacheBudget, entries
from tamis.core import Ratio
from tamis.errors import BudgetTooSmall, InvalidPlan, UnsupportedModel, unknown
from tamis.models.transformers.attended import Attended, KVPolicy, Rotary
from tamis.models.transformers.hooks import Call, attending, attention_modules

DENSE = "full_attention"
HALF = Ratio(0.5)


@contextmanager
def compressing(
    model: nn.Module,
    policy: str | KVPolicy = "snapkv",
    budget: CacheBudget = HALF,
    *,
    spread: str = "even",
    quantiser: Quantiser | None = None,
    certify: int = 0,
) -> Iterator[RaggedCache]:
    """An empty cache; what the model reads into it first is compressed, what comes later is kept whole.

        with compressing(model, "snapkv", Ratio(0.25)) as cache:
            model.generate(**inputs, past_key_values=cache)

    Args:
        model: a transformers model.
        policy: a name of `POLICIES`, or a function of `Attended`.
        budget: `Ratio` of the entries, `Total` entries of each head, or `Bytes` of the whole cache.
        spread: `even`; `adaptive` between the heads of a layer; `pyramid` between layers.
        quantiser: how entries are stored; None = at full precision.
        certify: queries of the prompt to sample for the attention that falls on what is kept (`cache.masses`, a layer
            each); 0 for none.

    Raises:
        UnsupportedModel: layers that do not attend to all that came before, or not through transformers' registry.
        UnknownName: no such policy or spread.
        BudgetTooSmall: while the model reads: more is protected than the budget holds.
        InvalidPlan: while the model reads: attention that is not a number, or a policy without what it needs.
    """
    work = _Work(model, policy_of(policy), budget, spread, quantiser, RaggedCache(quantiser=quantiser), certify)
    work.cache.to_be_cut = True
    with decoding(model), attending(model, observe=work.cut):
        yield work.cache
    work.must_be_done()


def compress(
    model: Any,
    inputs: Mapping[str, Tensor] | Tensor,
    policy: str | KVPolicy = "snapkv",
    budget: CacheBudget = HALF,
    **settings: Any,
) -> RaggedCache:
    """Read a prompt, and return its compressed cache; continue with `generate(..., past_key_values=cache)`.

    `generate` takes the whole text, of which it reads what the cache has not seen, one token at least: roll the cache
    back by one to answer the prompt as it is. Where `cache.ragged`, it needs `with decoding(model):` around it.

    Args:
        model: a transformers model for text.
        inputs: token numbers (b, t), or these as `input_ids` with an `attention_mask` that is 0 for padding.
        policy: see `compressing`; so are budget and settings (`spread`, `quantiser`) and what is raised.
        budget: see there.
        settings: see there.
    """
    given = {"input_ids": inputs} if isinstance(inputs, Tensor) else dict(inputs)
    mask = given.get("attention_mask")
    if mask is not None:  # as generate numbers them
        given["position_ids"] = (mask.long().cumsum(1) - 1).clamp_min(0)
    reader = model.get_decoder() if hasattr(model, "get_decoder") else model  # no logits are needed
    with torch.no_grad(), compressing(model, policy, budget, **settings) as cache:
        reader(**given, past_key_values=cache, use_cache=True)
    return cache


@dataclass(frozen=True, eq=False)
class _Work:
    model: nn.Module
    policy: KVPolicy
    budget: CacheBudget
    spread: str
    quantiser: Quantiser | None
    cache: RaggedCache
    certify: int = 0

    def __post_init__(self) -> None:
        if self.spread not in SPREADS:
            raise unknown("spread", self.spread, SPREADS)
        if isinstance(self.budget, Bytes) and self.quantiser is not None and self.spread != "even":
            raise InvalidPlan(
                f"A budget in bytes of quantised entries cannot be spread {self.spread!r}: uneven heads cost more.",
                hint="Give entries: Total(...), or spread='even'.",
            )
        must_see_all(self.model)

    def cut(self, call: Call) -> None:
        """Compress a layer that has just been read for the first time."""
        found = owner_of(call.key)
        if found is None or found[0] is not self.cache or found[1].first or found[1].seen != call.query.shape[2]:
            return
        self._cut(call, found[1])

    def _cut(self, call: Call, layer: RaggedLayer) -> None:
        attended, many = attended_of(call, self.model), len(attention_modules(self.model))
        scores = self.policy(attended)
        each = entries(self.budget, attended, layers=many, quantiser=self.quantiser)
        wanted = SPREADS[self.spread](scores, attended, each, many)
        chosen = choose(scores, wanted, valid=attended.mask)
        if chosen.raised:
            allowed = int(wanted.sum())
            raise BudgetTooSmall(
                f"Layer {call.layer} may keep {allowed} entries, and {chosen.raised} more are protected.",
                limit=allowed,
                needed=allowed + chosen.raised,
                hint="Raise the budget, or protect less.",
            )
        if self.certify:
            self.cache.masses[call.layer] = kept_mass(attended, chosen.mask, self.certify)
        quantiser = self.quantiser
        layer.replace(chosen.mask, (lambda packed: (packed,)) if quantiser is None else quantiser.store)

    def must_be_done(self) -> None:
        """Raise where the model went another way than through the cache."""
        left = [n for n, layer in enumerate(self.cache.layers) if isinstance(layer, RaggedLayer) and not layer.first]
        if left:
            raise UnsupportedModel(
                f"Layers {left} of {type(self.model).__name__} did not attend to the keys that the cache gave them.",
                hint="Such a model cannot be compressed from outside.",
            )


def attended_of(call: Call, model: nn.Module) -> Attended:
    """What a policy may look at, from a call that reads the whole text.

    Raises:
        InvalidPlan: something in it is not a number.
    """
    for name, tensor in (("queries", call.query), ("keys", call.key), ("values", call.value)):
        if not bool(tensor.isfinite().all()):
            raise InvalidPlan(
                f"The {name} of layer {call.layer} are not all finite numbers.",
                hint="Look for overflow: float16 where the model needs bfloat16 or float32.",
            )
    b, t = call.key.shape[0], call.key.shape[2]
    places = call.extra.get("position_ids")
    positions = places.expand(b, -1) if isinstance(places, Tensor) and places.shape[-1] == t else None
    valid = _valid(call.mask, b, t, call.key.device)
    return Attended(call.layer, call.key, call.value, call.query, None, positions, valid, rotary_of(model, call.module))


def _valid(mask: Tensor | None, b: int, t: int, device: torch.device) -> Tensor:
    """(b, t) True for keys that the last query sees: it sees all but padding, even where it is padding itself."""
    if mask is None:
        return torch.ones(b, t, dtype=torch.bool, device=device)
    last = mask if mask.dim() == 2 else mask[:, 0, -1]
    shown = last.bool() if mask.dim() == 2 or last.dtype == torch.bool else last == 0
    return shown[:, -t:].expand(b, t)


def rotary_of(model: nn.Module, module: nn.Module) -> Rotary | None:
    """The rotation of a model; None for a model without one.

    Called for a model that does not pair the first half of a head with the second, it raises UnsupportedModel.
    """
    embedding = next((part for name, part in model.named_modules() if name.endswith("rotary_emb")), None)
    if embedding is None:
        return None

    def rotary(positions: Tensor) -> tuple[Tensor, Tensor]:
        like = next(model.parameters())
        given: Any = embedding
        cos, sin = given(like.new_zeros(1, 1, 1, dtype=torch.float32), positions.to(like.device)[None])
        scaling = getattr(embedding, "attention_scaling", 1.0)  # keys and queries have it already
        _must_pair_halves(module, cos, sin)
        return cos[0].float() / scaling, sin[0].float() / scaling

    return rotary


def _must_pair_halves(module: nn.Module, cos: Tensor, sin: Tensor) -> None:
    import sys

    apply = getattr(sys.modules[type(module).__module__], "apply_rotary_pos_emb", None)
    width = int(getattr(module, "head_dim", cos.shape[-1]))
    x = torch.linspace(-1, 1, cos.shape[1] * width, device=cos.device).view(1, 1, cos.shape[1], width)
    ours = rotated(x, cos[:, None], sin[:, None]) if cos.shape[-1] == width else None
    if apply is None or ours is None or not torch.allclose(apply(x, x, cos, sin)[0], ours, atol=1e-5):
        raise UnsupportedModel(
            f"{type(module).__name__} rotates queries in a way of its own.",
            hint="Take a policy that does not need it: snapkv, tova, knorm.",
        )


def must_see_all(model: nn.Module) -> None:
    """Check that every layer attends to all that came before.

    Raises:
        UnsupportedModel: some slide, are chunked or keep a state instead.
    """
    for module in attention_modules(model):
        kinds = getattr(module.config, "layer_types", None)
        kind = kinds[module.layer_idx] if kinds else DENSE
        if not kinds and getattr(module.config, "sliding_window", None) is not None:
            kind = "sliding_attention"
        if kind != DENSE:
            raise UnsupportedModel(
                f"Layer {module.layer_idx} of {type(model).__name__} is of type {kind}; its cache is not compressed.",
                hint="Models whose layers all see the whole text: Llama, Qwen2, Qwen3, Mistral without a window.",
            )
    _no_other_layers(model)


def _no_other_layers(model: nn.Module) -> None:
    config: Any = model.config
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    kinds = getattr(text, "layer_types", None) or ()
    other = sorted({kind for kind in kinds if kind != DENSE})
    if other:
        raise UnsupportedModel(
            f"{type(model).__name__} has layers of type {', '.join(other)} beside attention to the whole text.",
            hint="Models whose layers all see the whole text: Llama, Qwen2, Qwen3, Mistral without a window.",
        )
