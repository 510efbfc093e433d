"""Attention of `transformers` models, seen and replaced from outside.

While `attending` is open, the model's attention goes through a function in transformers' own registry. No method of
the model is replaced. Masks are made as before, so that padding arrives, and a call that nobody computes is computed
by the implementation that the model had: bit for bit what it would have been.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeAlias

from torch import Tensor, nn

from tamis.errors import UnsupportedModel

PREFIX = "tamis_"


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a layer's attention.

    Attributes:
        module: the attention module.
        layer: its number, from 0.
        query: (b, h, tq, d), after rotary embedding.
        key, value: (b, kv, tk, d), those in the cache included, not repeated for the query heads.
        mask: what the model's own implementation gets: (b, 1, tq, tk), added or bool, or (b, tk); None = plain causal.
        scale: of the scores.
        extra: other arguments by name: `sliding_window`, `softcap`, `s_aux` (sinks), `dropout`, ...
    """

    module: nn.Module
    layer: int
    query: Tensor
    key: Tensor
    value: Tensor
    mask: Tensor | None
    scale: float
    extra: Mapping[str, Any]


Compute: TypeAlias = Callable[[Call], "Tensor | None"]
"""The output, (b, tq, h, d); None = leave it to the next one outwards, at last to the model."""

Observer: TypeAlias = Callable[[Call], None]
"""Sees every call before it is computed."""


@dataclass(frozen=True, eq=False)
class _Frame:
    modules: Mapping[int, nn.Module]
    compute: Compute | None
    observe: Observer | None
    missed: Callable[[], None] | None = None


@dataclass
class _Switched:
    config: Any
    base: str
    holders: int = 0


# Of this thread (or task) alone: another one that runs the same model meanwhile gets the model's own attention.
_FRAMES: ContextVar[tuple[_Frame, ...]] = ContextVar("tamis_attending", default=())
_OPEN: dict[int, _Frame] = {}  # the frames of all threads, by their own number
_SWITCHED: dict[int, _Switched] = {}
_SWITCHING = Lock()


@contextmanager
def attending(
    model: nn.Module,
    *,
    compute: Compute | None = None,
    observe: Observer | None = None,
    missed: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Take part in the model's attention, in this thread, until the block ends, however it ends.

    Blocks nest, on the same model or several. Observers are called outermost first; the innermost `compute` is asked
    first, and where it returns None, the next one outwards. Another thread that runs the model meanwhile gets the
    model's own attention, with a RuntimeWarning, unless it was started with a copy of this thread's context.

    missed -- called when another thread runs the model, for the first time

    Raises:
        UnsupportedModel: no attention of the model goes through transformers' registry.
    """
    layers = attention_modules(model)
    frame = _Frame({id(module): module for module in layers}, compute, observe, missed)
    configs = list({id(module.config): module.config for module in layers}.values())
    switched: list[Any] = []
    try:
        for config in configs:
            _hold(config)
            switched.append(config)
        _FRAMES.set((*_FRAMES.get(), frame))
        _OPEN[id(frame)] = frame
        yield
    finally:
        _OPEN.pop(id(frame), None)
        _FRAMES.set(tuple(other for other in _FRAMES.get() if other is not frame))
        for config in switched:
            _release(config)


def attention_modules(model: nn.Module) -> list[Any]:
    """The model's attention modules that go through transformers' registry, those of the text layers.

    Raises:
        UnsupportedModel: there are none.
    """
    modules = [module for module in model.modules() if _is_attention(module)]
    if not modules:
        raise UnsupportedModel(
            f"No attention of {type(model).__name__} goes through transformers' AttentionInterface.",
            hint="Llama, Qwen, Mistral, Gemma, Phi-3, GLM-4 and most later families do.",
        )
    return modules


def _is_attention(module: nn.Module) -> bool:
    numbered = isinstance(getattr(module, "layer_idx", None), int)
    configured = hasattr(getattr(module, "config", None), "_attn_implementation")
    scaled = hasattr(module, "is_causal") or hasattr(module, "scaling")
    return numbered and configured and scaled and hasattr(_file_of(module), "ALL_ATTENTION_FUNCTIONS")


def _file_of(module: nn.Module) -> Any:
    return sys.modules[type(module).__module__]


def _hold(config: Any) -> None:
    """Switch a config to the registered function of its implementation, once for all who hold it."""
    with _SWITCHING:
        switched = _SWITCHED.get(id(config))
        if switched is None:
            base = config._attn_implementation
            name = _registered(base)
            switched = _SWITCHED[id(config)] = _Switched(config, base)
            config._attn_implementation = name
        switched.holders += 1


def _release(config: Any) -> None:
    with _SWITCHING:
        switched = _SWITCHED[id(config)]
        switched.holders -= 1
        if not switched.holders:
            del _SWITCHED[id(config)]
            config._attn_implementation = switched.base


def _registered(base: str) -> str:
    """The name of our function over an implementation; registered with that one's masks."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    name = f"{PREFIX}{base}"

    def attention(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **arguments: Any
    ) -> tuple[Tensor, Tensor | None]:
        out = _computed(module, query, key, value, attention_mask, arguments)
        if out is not None:
            return out, None
        own = _own(module, base)
        result: tuple[Tensor, Tensor | None] = own(module, query, key, value, attention_mask, **arguments)
        return result

    AttentionInterface.register(name, attention)
    if base in ALL_MASK_ATTENTION_FUNCTIONS:
        AttentionMaskInterface.register(name, ALL_MASK_ATTENTION_FUNCTIONS[base])
    return name


def _computed(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, arguments: Mapping[str, Any]
) -> Tensor | None:
    """What the frames of this thread compute of a call; None where none does."""
    frames = [frame for frame in _FRAMES.get() if id(module) in frame.modules]
    if not frames:
        _miss(module)
        return None
    scale = arguments.get("scaling")
    extra = {name: value for name, value in arguments.items() if name != "scaling"}
    layer: Any = module.layer_idx
    call = Call(module, layer, query, key, value, mask, query.shape[-1] ** -0.5 if scale is None else scale, extra)
    for frame in frames:
        if frame.observe is not None:
            frame.observe(call)
    for frame in reversed(frames):
        out = None if frame.compute is None else frame.compute(call)
        if out is not None:
            return out
    return None


def _miss(module: nn.Module) -> None:
    """Say, once a block, that a thread which did not open it runs its model."""
    for number, frame in list(_OPEN.items()):
        if id(module) in frame.modules and _OPEN.pop(number, None) is not None:
            if frame.missed is not None:
                frame.missed()
            warnings.warn(
                f"{type(module).__name__} runs in a thread that did not open the block around its model, and attends "
                "as without it. To take part: Thread(target=contextvars.copy_context().run, args=(model.generate,), "
                "kwargs=...).",
                RuntimeWarning,
                stacklevel=2,
            )


def _own(module: nn.Module, base: str) -> Callable[..., Any]:
    """The implementation that the model had; its file may have one of its own, eager always is."""
    file = _file_of(module)
    own: Callable[..., Any] = file.ALL_ATTENTION_FUNCTIONS.get_interface(
        base, getattr(file, "eager_attention_forward", None)
    )
    return own
