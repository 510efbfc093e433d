"""Compress a model's cache while it reads: each layer is scored, cut and packed before the next one is read.

So at no time is more than one layer at its full length. The attention of the prompt itself is not changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from tamis.cache.decode import decoding
from tamis.cache.layer import RaggedLayer
from tamis.cache.ledger import Bytes
from tamis.cache.mass import kept_mass
from tamis.cache.packed import Block, Packed
from tamis.cache.policies import policy_of
from tamis.cache.quantise import Quantiser
from tamis.cache.ragged import RaggedCache, owner_of
from tamis.cache.select import choose
from tamis.cache.spend import SPREADS, CacheBudget, entries
from tamis.cache.upkeep import Upkeep
from tamis.core import Ratio
from tamis.errors import BudgetTooSmall, InvalidPlan, UnsupportedModel, unknown
from tamis.models.transformers.attended import Attended, KVPolicy
from tamis.models.transformers.decoder import decoder_of
from tamis.models.transformers.hooks import Call, attending, attention_modules
from tamis.models.transformers.masks import Masks
from tamis.models.transformers.rotary import rotary_of
from tamis.models.transformers.shape import must_see_all

HALF = Ratio(0.5)
STEP = 128


@contextmanager
def compressing(  # noqa: PLR0913  (keyword options)
    model: nn.Module,
    policy: str | KVPolicy = "snapkv",
    budget: CacheBudget = HALF,
    *,
    spread: str = "even",
    quantiser: Quantiser | None = None,
    certify: int = 0,
    step: int = STEP,
) -> Iterator[RaggedCache]:  # fmt: skip
    """An empty cache; what the model reads into it first is compressed, and stays within the budget while it generates.

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
        step: entries of a head that are given up at a time where generated tokens exceed the budget, while the block is
            open; the last 64 tokens stay. 0 keeps what comes after the prompt whole, as policies of one text do.

    Raises:
        UnsupportedModel: layers that do not attend to all that came before, or not through transformers' registry.
        UnknownName: no such policy or spread.
        BudgetTooSmall: while the model reads: more is protected than the budget holds.
        InvalidPlan: while the model reads: attention that is not a number, or a policy without what it needs.
    """
    work = _Work(model, policy_of(policy), budget, spread, quantiser, RaggedCache(quantiser=quantiser), certify, step)
    work.cache.to_be_cut = True
    with decoding(model), attending(model, observe=work.cut, missed=work.miss):
        try:
            yield work.cache
        finally:
            work.masks.forget()
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
    arguments = {"input_ids": inputs} if isinstance(inputs, Tensor) else dict(inputs)
    mask = arguments.get("attention_mask")
    if mask is not None:  # as generate numbers them
        arguments["position_ids"] = (mask.long().cumsum(1) - 1).clamp_min(0)
    policy = policy_of(policy, model, inputs)
    with torch.no_grad(), compressing(model, policy, budget, **settings) as cache:
        decoder_of(model)(**arguments, past_key_values=cache, use_cache=True)
    return cache


@dataclass(eq=False)
class _Work:
    model: nn.Module
    policy: KVPolicy
    budget: CacheBudget
    spread: str
    quantiser: Quantiser | None
    cache: RaggedCache
    certify: int = 0
    step: int = STEP
    masks: Masks = field(default_factory=Masks)
    elsewhere: bool = False  # the model ran in a thread that did not open the block
    _warned: bool = False
    _first: dict[int, tuple[Tensor, Tensor]] = field(
        default_factory=dict
    )  # entries of each head; where all get the same

    def __post_init__(self) -> None:
        self.upkeep = Upkeep(self.policy, self._store, self.step)
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
        owner = owner_of(call.key)
        if owner is None or owner[0] is not self.cache:
            return
        if self.step:
            self.upkeep.follow(call)
        if owner[1].first:
            self._piece(call, owner[1])
            self._keep_up(call, owner[1])
        elif owner[1].seen == call.query.shape[2]:
            self._cut(call, owner[1])

    def _keep_up(self, call: Call, layer: RaggedLayer) -> None:
        """Cut a layer again that generated tokens have brought past its budget."""
        if not self.step or call.query.shape[2] > 1 or call.layer not in self._first:
            return
        held, even = self._first[call.layer]
        quantiser = None if self.quantiser is None else self.quantiser.growing()
        layers = len(attention_modules(self.model))
        each = entries(self.budget, _unread(call, layer), layers=layers, quantiser=quantiser)
        allowed = held.long() * each // even.clamp(min=1)
        lengths = layer.lengths
        if lengths is None or not bool((lengths > allowed).any()):
            return
        try:
            self.upkeep.cut(call, layer, allowed)
            if self.quantiser is not None:
                self.quantiser.settle(layer)
        except InvalidPlan as error:
            self.step = 0
            warnings.warn(f"What is generated is kept whole: {error}", RuntimeWarning, stacklevel=2)

    def _store(self, packed: Packed) -> tuple[Block, ...]:
        return (packed,) if self.quantiser is None else self.quantiser.store(packed)

    def _piece(self, call: Call, layer: RaggedLayer) -> None:
        """Say, once, that a prompt was read in pieces of one size: of these the first is compressed."""
        piece = call.query.shape[2]
        if self._warned or piece == 1 or not piece == layer.since == layer.seen - piece:
            return
        self._warned = True
        warnings.warn(
            f"{piece} tokens were read behind the {piece} that were compressed, before anything was generated; they "
            "are kept whole. To compress a prompt, read it at once, without prefill_chunk_size.",
            RuntimeWarning,
            stacklevel=2,
        )

    def miss(self) -> None:
        """Note that the model ran in a thread of its own, where nothing is compressed."""
        self.elsewhere = True

    def _cut(self, call: Call, layer: RaggedLayer) -> None:
        valid, why = self.masks.read(call)
        if why:
            raise UnsupportedModel(
                f"Layer {call.layer} reads the prompt with {why}.",
                hint="Compress one text a row, read at once, by layers that see all that came before.",
            )
        attended, layers = attended_of(call, self.model, valid), len(attention_modules(self.model))
        scores = self.policy(attended)
        each = entries(self.budget, attended, layers=layers, quantiser=self.quantiser)
        many = SPREADS[self.spread](scores, attended, each, layers)
        selection = choose(scores, many, valid=attended.mask)
        if selection.raised:
            allowed = int(many.sum())
            raise BudgetTooSmall(
                f"Layer {call.layer} may keep {allowed} entries, and {selection.raised} more are protected.",
                limit=allowed,
                needed=allowed + selection.raised,
                hint="Raise the budget, or protect less.",
            )
        if self.certify:
            self.cache.masses[call.layer] = kept_mass(attended, selection.mask, self.certify)
        layer.replace(selection.mask, self._store)
        self._first[call.layer] = selection.mask.sum(-1), each.to(selection.mask.device)

    def must_be_done(self) -> None:
        """Raise where the model went another way than through the cache."""
        left = [n for n, layer in enumerate(self.cache.layers) if isinstance(layer, RaggedLayer) and not layer.first]
        if left and self.elsewhere:
            raise UnsupportedModel(
                f"{type(self.model).__name__} read in another thread than the one that opened the block.",
                hint="Start it as Thread(target=contextvars.copy_context().run, args=(model.generate,), kwargs=...).",
            )
        if left:
            raise UnsupportedModel(
                f"Layers {left} of {type(self.model).__name__} did not attend to the keys that the cache gave them.",
                hint="Such a model cannot be compressed from outside.",
            )


def _unread(call: Call, layer: RaggedLayer) -> Attended:
    """A layer as long as what was read, without its entries: what a budget counts."""
    some = call.key[:, :, :1].expand(-1, -1, layer.seen, -1)
    return Attended(call.layer, some, call.value[:, :, :1].expand(-1, -1, layer.seen, -1))


def attended_of(call: Call, model: nn.Module, valid: Tensor | None) -> Attended:
    """What a policy may look at, from a call that reads the whole text.

    valid -- (b, t) False for padding; None where there is none

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
    seen = torch.ones(b, t, dtype=torch.bool, device=call.key.device) if valid is None else valid.expand(b, t)
    rotary = rotary_of(model, call.module)
    return Attended(call.layer, call.key, call.value, call.query, None, positions, seen, rotary, call.scale)
