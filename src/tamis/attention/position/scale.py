"""One hidden dimension, scaled where the last tokens look at a prompt (arXiv 2406.02536, section 3).

In the chosen layers the last token's query, and the keys that it meets, are computed from hidden states with one
dimension multiplied by a factor; values are as they were. All earlier tokens see the prompt as always. The scaled keys
are what the cache keeps, so that every token that is decoded sees them too.

No method of the model is replaced: hooks on the attention modules do it, and are removed however the block ends.
Costs, while a prompt is read: the attention projections of the chosen layers once more, and one row of attention.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from tamis.errors import InvalidInput, UnsupportedModel
from tamis.models.transformers.fit import dropout, special, unfit
from tamis.models.transformers.hooks import Call, attending, attention_modules
from tamis.models.transformers.shape import AttentionShape

SKIP = 1  # the first token is where attention goes that is for nothing (arXiv 2309.17453); its key stays as it is


@contextmanager
def scaled(
    model: nn.Module, *, dimension: int, factor: float, layers: Iterable[int], last: int = 1, skip: int = SKIP
) -> Iterator[None]:
    """Scale a dimension of what the attention of some layers reads, for the last tokens, until the block ends.

    Other threads that run the model meanwhile get it as it is. A prompt is read at once: where the cache holds keys
    already, at most `last` further tokens are read together, as in decoding. A factor of 1 changes nothing.

    Args:
        model: of a family with projections of their own for queries and keys.
        dimension: of the hidden states, from 0.
        factor: what it is multiplied by; useful ones lie between -1 and 0.5 (the paper's).
        layers: numbers of layers, as in `range(10, 25)`.
        last: tokens at the end that see the scaled prompt; more than one where known answers are scored at once.
        skip: so many first positions keep their keys.

    Raises:
        UnsupportedModel: queries and keys are not projected by `q_proj` and `k_proj`.
        InvalidInput: no such dimension or layer, a layer twice, or one that is scaled already; while the model runs:
            a prompt in pieces, or padded on the right.
    """
    chosen = _chosen(model, layers)
    parts = [_Layer(module, dimension, factor, last, skip) for module in chosen]
    _check(parts)
    if factor == 1:
        yield
        return
    by_module = {id(part.module): part for part in parts}
    before = _OPEN.get()
    with ExitStack() as stack:
        stack.enter_context(attending(model, compute=lambda call: _last_rows(call, by_module)))
        for part in parts:
            part.hook(stack)
        _OPEN.set((*before, *parts))
        stack.callback(lambda: _OPEN.set(tuple(part for part in _OPEN.get() if part not in parts)))
        yield


@dataclass(eq=False)
class _Layer:
    """The hooks of one layer, and what they tell one another within a call.

    Attributes:
        inner: the model's own attention is being asked, from within a hook: leave it alone.
        earlier: (b, tq - last, d) what the tokens before the last ones got of it; None where all tokens are last ones.
        scaled_positions: (b or 1, tq, 1) bool: the positions that are scaled; None = the projections are left alone.
    """

    module: Any
    dimension: int
    factor: float
    last: int
    skip: int
    inner: bool = False
    earlier: Tensor | None = None
    scaled_positions: Tensor | None = None

    def hook(self, stack: ExitStack) -> None:
        """Register everything; the stack removes it."""
        handles = [
            self.module.register_forward_pre_hook(self.begin, with_kwargs=True),
            self.module.register_forward_hook(self.end, always_call=True),
            self.module.q_proj.register_forward_pre_hook(self.project),
            self.module.k_proj.register_forward_pre_hook(self.project),
        ]
        for handle in handles:
            stack.callback(handle.remove)

    @property
    def in_own_thread(self) -> bool:
        """Whether this call is one of the thread that opened the block."""
        return any(part is self for part in _OPEN.get())

    def begin(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Before a layer's attention: ask it for the earlier tokens, then scale."""
        if self.inner or not self.in_own_thread:
            return
        hidden: Tensor = args[0] if args else kwargs["hidden_states"]
        cached = _cached_tokens(kwargs, self.module.layer_idx)
        tokens = hidden.shape[1]
        if tokens > self.last:
            _must_be_whole(kwargs, cached, tokens)
            self.earlier = self.own(args, kwargs, tokens)[:, : -self.last]
        ids = kwargs.get("position_ids")
        counted = torch.arange(cached, cached + tokens, device=hidden.device)[None]
        positions: Tensor = ids if isinstance(ids, Tensor) and ids.dim() == 2 else counted
        self.scaled_positions = (positions >= self.skip)[..., None]

    def own(self, args: tuple[Any, ...], kwargs: dict[str, Any], tokens: int) -> Tensor:
        """The model's own attention, unscaled, and without a trace in the cache."""
        mask = kwargs.get("attention_mask")
        # A cache of fixed size has a mask as wide as itself; nothing is in it yet.
        narrow = mask[..., :tokens] if isinstance(mask, Tensor) else mask
        self.inner = True
        try:
            out: Tensor = self.module(*args, **{**kwargs, "past_key_values": None, "attention_mask": narrow})[0]
        finally:
            self.inner = False
        return out

    def project(self, projection: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
        """Before queries and keys are projected: the states with the dimension scaled."""
        if self.inner or self.scaled_positions is None or not self.in_own_thread:
            return None
        states = args[0].clone()
        one = states[..., self.dimension : self.dimension + 1]
        states[..., self.dimension : self.dimension + 1] = torch.where(self.scaled_positions, one * self.factor, one)
        return (states, *args[1:])

    def end(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> Any:
        """Behind a layer's attention, also if it failed: put the earlier tokens in front of the last ones."""
        if self.inner or not self.in_own_thread:
            return None
        earlier, self.earlier, self.scaled_positions = self.earlier, None, None
        if earlier is None or output is None:
            return None
        return (torch.cat([earlier, output[0][:, -self.last :]], 1), *output[1:])


# Of this thread (or task) alone, as with `attending`.
_OPEN: ContextVar[tuple[_Layer, ...]] = ContextVar("tamis_scaled", default=())


def _last_rows(call: Call, parts: dict[int, _Layer]) -> Tensor | None:
    """Attention of the last tokens alone, where those before have theirs; None = as the model does it."""
    part = parts.get(id(call.module))
    if part is None or part.inner or part.earlier is None or not _usual(call):
        return None
    b, h, tokens, _ = call.query.shape
    rows = slice(tokens - part.last, tokens)
    mask = _causal(call, rows) if call.mask is None else call.mask[:, :, rows]
    query = call.query[:, :, rows]
    seen = scaled_dot_product_attention(query, call.key, call.value, mask, scale=call.scale, enable_gqa=True)
    out = call.value.new_zeros(b, tokens, h, call.value.shape[-1])
    out[:, rows] = seen.transpose(1, 2)
    return out


def _usual(call: Call) -> bool:
    plain = call.query.shape[2] == call.key.shape[2] if call.mask is None else call.mask.dim() == 4
    return plain and not unfit(call, (special, dropout))


def _causal(call: Call, rows: slice) -> Tensor:
    position = torch.arange(rows.start, rows.stop, device=call.key.device)
    return position[:, None] >= torch.arange(call.key.shape[2], device=call.key.device)[None]


def _cached_tokens(kwargs: dict[str, Any], layer: int) -> int:
    """Keys that are in the cache already."""
    cache = kwargs.get("past_key_values")
    return 0 if cache is None else int(cache.get_seq_length(layer))


def _must_be_whole(kwargs: dict[str, Any], cached: int, tokens: int) -> None:
    if cached:
        raise InvalidInput(
            f"{tokens} tokens behind {cached} that were read before.",
            hint="Scaled keys are for the last tokens only: read a prompt at once, or raise `last`.",
        )
    mask = kwargs.get("attention_mask")
    if isinstance(mask, Tensor) and mask.dim() == 4:
        corner = mask[:, :, tokens - 1, tokens - 1]
        if bool((~corner if corner.dtype == torch.bool else corner < 0).any()):
            raise InvalidInput("The last token of a prompt is padding.", hint="Pad on the left.")


def _chosen(model: nn.Module, layers: Iterable[int]) -> list[Any]:
    modules = {int(module.layer_idx): module for module in attention_modules(model)}
    numbers = list(layers)
    wrong = [layer for layer in numbers if layer not in modules]
    if wrong or not numbers or len(set(numbers)) < len(numbers):
        raise InvalidInput(f"Layers {numbers!r}.", hint=f"Some of 0 to {max(modules)}, each once.")
    return [modules[layer] for layer in numbers]


def _check(parts: list[_Layer]) -> None:
    for part in parts:
        if not _projects(part.module):
            raise UnsupportedModel(
                f"{type(part.module).__name__} does not project queries and keys by themselves.",
                hint="Llama, Qwen, Mistral, Gemma and most later families do.",
            )
    first = parts[0]
    width = first.module.k_proj.in_features
    for name, value, right, hint in (
        ("dimension", first.dimension, 0 <= first.dimension < width, f"0 to {width - 1}."),
        ("factor", first.factor, math.isfinite(first.factor), "A finite number."),
        ("last", first.last, first.last >= 1, "1 or more."),
        ("skip", first.skip, first.skip >= 0, "0 or more."),
    ):
        if not right:
            raise InvalidInput(f"{name}={value!r}.", hint=hint)
    scaled_already = {id(part.module) for part in _OPEN.get()} & {id(part.module) for part in parts}
    if scaled_already:
        raise InvalidInput("A layer is scaled already.", hint="One dimension of a layer at a time.")


def _projects(module: Any) -> bool:
    query, key = getattr(module, "q_proj", None), getattr(module, "k_proj", None)
    if not isinstance(query, nn.Linear) or not isinstance(key, nn.Linear):
        return False
    shape = AttentionShape.of(module.config)
    # Wider ones carry a gate as well, which is not to be scaled.
    return query.out_features == shape.heads * shape.head_size
