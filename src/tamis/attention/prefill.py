"""Sparse prefill of `transformers` models, from outside: `with sparse(model): model.generate(...)`.

Each layer's attention over a prompt runs over what a selector chose; decoding, and whatever cannot be done sparsely or
would not be faster, is left to the model's own attention.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from tamis.attention.backends import attend
from tamis.attention.backends.gpu import unrunnable
from tamis.attention.certify import Certificate, certificate
from tamis.attention.machine import WORTH, speed_of
from tamis.attention.patterns import PATTERNS, Pattern, PerHead, Selector, selector
from tamis.attention.patterns.minference import minference
from tamis.attention.plan import BlockPlan
from tamis.attention.reading import ReadingPlan
from tamis.attention.report import Prefill, PrefillReport
from tamis.attention.speed import Speed
from tamis.errors import InvalidInput, unknown
from tamis.models.transformers.attended import Attended
from tamis.models.transformers.fit import dropout, gradients, special, uneven, unfit, windowed
from tamis.models.transformers.hooks import Call, attending, attention_modules
from tamis.models.transformers.masks import Masks

PatternLike: TypeAlias = "str | Path | Selector | Sequence[Mapping[str, Sequence[Any]]] | Mapping[int, str | Selector]"

MODES = ("auto", "always")


@contextmanager
def sparse(  # noqa: PLR0913  (keyword options)
    model: nn.Module, pattern: PatternLike = "xattention", *, mode: str = "auto", certify: int = 0,
    recompute: float | None = None, speed: Speed | None = None, plan: ReadingPlan | str | Path | None = None,
) -> Iterator[PrefillReport]:  # fmt: skip
    """Read prompts sparsely until the block ends, however it ends; the report says what was done.

    Args:
        model: of a family whose attention goes through transformers' registry.
        pattern: a name of PATTERNS; a pattern, such as any function from `Attended` to a plan; a configuration by head
            (a .json file or what it holds); or a
            selector or name for each layer by number; layers that are not named stay dense.
        mode: "auto" leaves to the model what would not be faster sparsely, and on a GPU everything unless `speed` is
            given; "always" does not ask.
        certify: queries to sample for each layer's certificate; 0 for none.
        recompute: heads are computed densely where the lower end of the interval of their attention mass is below
            this share. Samples 64 queries unless `certify` says otherwise.
        speed: when sparse attention is faster; if not given, what was measured for this machine, or is now.
        plan: in place of a pattern, what `tamis attention search` says of how this model may read, or its file.

    Raises:
        UnsupportedModel: no attention of the model can be taken over.
        UnknownName: no such selector or mode.
        InvalidPlan: a configuration of another number of layers or heads, or a plan of another model.
    """
    if plan is not None:
        plan = plan if isinstance(plan, ReadingPlan) else ReadingPlan.load(plan)
        plan.check(model)
        pattern = plan.pattern
    if mode not in MODES:
        raise unknown("mode", mode, MODES)
    if certify < 0 or (recompute is not None and not 0 <= recompute <= 1):
        raise InvalidInput(f"certify={certify!r}, recompute={recompute!r}.", hint="At least 0; a share, 0 to 1.")
    modules = attention_modules(model)
    chosen = _by_layer(pattern, {int(module.layer_idx) for module in modules})
    for one in chosen.values():
        if isinstance(one, PerHead):
            config = modules[0].config
            kv_heads = getattr(config, "num_key_value_heads", None)
            one.check(len({module.layer_idx for module in modules}), config.num_attention_heads, kv_heads)
    samples = certify or (64 if recompute is not None else 0)
    on_gpu = mode == "always" or speed is not None
    runner = _Runner(chosen, samples, recompute, mode == "auto", speed, on_gpu=on_gpu)
    with attending(model, compute=runner):
        try:
            yield runner.report
        finally:
            runner.masks.forget()


def _by_layer(pattern: PatternLike, layers: set[int]) -> dict[int, Selector]:
    if not isinstance(pattern, Mapping):
        one = _selector(pattern)
        return dict.fromkeys(layers, one)
    wrong = [layer for layer in pattern if layer not in layers]
    if wrong:
        raise InvalidInput(f"No layer {wrong[0]!r}.", hint=f"The model has layers 0 to {max(layers)}.")
    return {layer: _selector(one) for layer, one in pattern.items()}


def _selector(pattern: Any) -> Selector:
    if isinstance(pattern, Path) or (isinstance(pattern, str) and pattern.endswith(".json")):
        return minference(pattern)
    if isinstance(pattern, str):
        return selector(pattern)
    if isinstance(pattern, Sequence):
        return minference(pattern)
    if not callable(pattern):
        raise InvalidInput(f"{pattern!r} is no selector.", hint=f"A name: {', '.join(PATTERNS)}.")
    chooser: Selector = pattern
    return chooser


class _Runner:
    def __init__(
        self,
        chosen: Mapping[int, Selector],
        samples: int,
        recompute: float | None,
        auto: bool,  # noqa: FBT001  (a field)
        speed: Speed | None,
        *,
        on_gpu: bool,
    ) -> None:
        self.on_gpu = on_gpu
        self.chosen, self.samples, self.recompute, self.auto, self.speed = chosen, samples, recompute, auto, speed
        self.report, self.masks = PrefillReport(), Masks()
        self._refused: dict[int, int] = {}  # layer: keys at which its plan did not pay
        self._warned = False

    def __call__(self, call: Call) -> Tensor | None:
        if call.query.shape[2] == 1:
            self.report.decoded += 1
            return None
        start, reason = time.perf_counter(), self._unfit(call)
        valid, unread = (None, "") if reason else self.masks.read(call)
        reason = reason or unread
        if reason:
            self._left(call, reason)
            self._warn(call, unread)
            return None
        plan = self._plan(call, valid)
        if call.query.device.type != "cpu" and unrunnable(plan):
            self._left(call, f"the GPU's programs cannot run {unrunnable(plan)}")
            return None
        seen = None if not self.samples else certificate(*_tensors(call), plan, samples=self.samples, scale=call.scale)
        plan, again = self._recomputed(call, plan, seen)
        if self.auto and not self._rule(call).pays(plan.block_density, plan.kv_len):
            self._refused[call.layer] = plan.kv_len
            self._left(call, f"a density of {plan.block_density:.2f} would not be faster", seen)
            return None
        out = attend(*_tensors(call), plan, scale=call.scale).transpose(1, 2).contiguous()
        self.report.prefills.append(_prefill(call, plan, time.perf_counter() - start, again, seen))
        return out

    def _unfit(self, call: Call) -> str:
        """Why this call cannot, or should not, be computed sparsely; nothing where it may."""
        checks = (self._unchosen, windowed, special, uneven, self._no_backend, dropout, gradients, self._hopeless)
        return unfit(call, checks)

    def _unchosen(self, call: Call) -> str:
        return "" if call.layer in self.chosen else "no pattern for this layer"

    def _no_backend(self, call: Call) -> str:
        """On a GPU only where the caller says so: what is faster there was measured by nobody yet."""
        device = call.query.device.type
        runs = device == "cpu" or (device == "cuda" and self.on_gpu and find_spec("triton") is not None)
        return "" if runs else f"no sparse back-end, or none measured, for {device}"

    def _hopeless(self, call: Call) -> str:
        return "too short or too dense to be faster" if self._cannot_pay(call) else ""

    def _cannot_pay(self, call: Call) -> bool:
        """Whether it is known, before a plan is made, that sparse attention would not be faster."""
        if not self.auto:
            return False
        q_len, kv_len = call.query.shape[2], call.key.shape[2]
        if self.speed is None and kv_len < WORTH:
            return True
        speed = self._rule(call)
        if kv_len < speed.shortest or 2 * q_len < speed.shortest:
            return True
        choose = self.chosen[call.layer]
        shape = q_len, kv_len, call.query.shape[3]
        likely = choose.likely_density(*shape) if isinstance(choose, Pattern) else None
        # A plan that did not pay is not made again before the prompt is clearly longer.
        refused = 4 * kv_len < 5 * self._refused.get(call.layer, 0)
        return refused or (likely is not None and not speed.pays(0.9 * likely, kv_len))

    def _rule(self, call: Call) -> Speed:
        """When sparse attention is faster: as the caller says, else as this machine shows; on a GPU, the usual."""
        if self.speed is None:
            heads, kv_heads = call.query.shape[1], call.key.shape[1]
            on_cpu = call.query.device.type == "cpu"
            self.speed = speed_of(heads, kv_heads, call.query.shape[3], call.query.dtype) if on_cpu else Speed()
        return self.speed

    def _plan(self, call: Call, valid: Tensor | None) -> BlockPlan:
        choose = self.chosen[call.layer]
        with torch.inference_mode():
            plan = choose(Attended(call.layer, call.key, call.value, call.query, valid=valid, scale=call.scale))
        return plan.snapped() if call.query.device.type != "cpu" and unrunnable(plan) else plan

    def _recomputed(self, call: Call, plan: BlockPlan, seen: Certificate | None) -> tuple[BlockPlan, tuple[int, ...]]:
        """The plan with every list dense that serves a head of which too little was kept, and those heads."""
        if seen is None or self.recompute is None:
            return plan, ()
        heads, kv = call.query.shape[1], call.key.shape[1]
        poor = [number for number, low in enumerate(seen.mass_low) if low < self.recompute]
        if not poor:
            return plan, ()
        wide = plan.snapped()
        lists = max(plan.lists, kv)
        grid = wide.grid.expand(-1, lists, -1, -1).clone()
        touched = {number * lists // heads for number in poor}
        grid[:, sorted(touched)] = True
        dense = BlockPlan.from_grid(grid, plan.q_len, plan.kv_len, block=plan.block, valid=plan.valid)
        repaired = dense if plan.columns is None else dense | plan
        return repaired, tuple(number for number in range(heads) if number * lists // heads in touched)

    def _left(self, call: Call, reason: str, seen: Certificate | None = None) -> None:
        flops = _dense_flops(call)
        q_len, kv_len = call.query.shape[2], call.key.shape[2]
        prefill = Prefill(call.layer, q_len, kv_len, 1.0, flops, flops, reason=reason, certificate=seen)
        self.report.prefills.append(prefill)

    def _warn(self, call: Call, unread: str) -> None:
        """Say, once, that a mask keeps a model from being read sparsely; other reasons are in the report."""
        if not unread or self._warned:
            return
        self._warned = True
        warnings.warn(
            f"Layer {call.layer} is read densely: {unread}. Sparse prefill takes one text a row and a cache that grows "
            "(no static cache); what else is read densely, the report says.",
            RuntimeWarning,
            stacklevel=2,
        )


def _tensors(call: Call) -> tuple[Tensor, Tensor, Tensor]:
    return call.query, call.key, call.value


def _dense_flops(call: Call) -> int:
    b, h, tq, d = call.query.shape
    return 4 * b * h * d * (tq * call.key.shape[2] - tq * (tq - 1) // 2)


def _prefill(call: Call, plan: BlockPlan, seconds: float, again: tuple[int, ...], seen: Certificate | None) -> Prefill:
    b, h, _, d = call.query.shape
    items = plan.batch if plan.valid is None else max(plan.batch, plan.valid.shape[0])
    flops = plan.flops(d, heads=h) * b // items
    return Prefill(
        call.layer, plan.q_len, plan.kv_len, plan.block_density, flops, _dense_flops(call), seconds,
        recomputed=again, certificate=seen,
    )  # fmt: skip
