"""Plans of attention: made by every selector, counted, drawn, written, put together, attended with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .attention import SELECTORS, selector
from .outcomes import Calls
from .places import resolve
from .tiny import tensors


def planning(_: Path) -> Calls:
    """Plans: made, counted, drawn, written, put together."""
    for name in SELECTORS:
        yield f"plan/{name}", partial(_selected, name)
    for name in ("block_mean", "xattention", "oracle", "random", "vertical_slash"):
        for label, budget in _budgets().items():
            yield f"budget/{name}/{label}", partial(_selected, name, 200, budget=budget)
    for name in ("a_shape", "block_mean", "vertical_slash", "flex_prefill"):
        for backend in ("torch", "reference"):
            yield f"attend/{name}/{backend}", partial(_attended, name, backend)
        yield f"certificate/{name}", partial(_certified, name)
    yield from _algebra()
    for label, work in _wrong().items():
        yield f"wrong/{label}", work


def _budgets() -> dict[str, Any]:
    attention, core = resolve("tamis.attention"), resolve("core")
    return {
        "keys": attention.Keys(128), "ratio": core.Ratio(0.4), "relative": attention.Relative(0.3),
        "mass": attention.Mass(0.8), "flops": attention.Flops(4 * 16 * 64 * 64 * 8),
    }  # fmt: skip


def _wrong() -> dict[str, Callable[[], object]]:
    attention = resolve("tamis.attention")
    return {
        "keys": lambda: attention.Keys(0), "mass": lambda: attention.Mass(2), "selector": lambda: selector("a_shap"),
        "block": lambda: attention.selector("a_shape", block=7), "json": lambda: attention.BlockPlan.from_json("{}"),
        "finite": lambda: attention.check_finite(q=tensors()[0] / 0), "backend": lambda: _attended("a_shape", "cuda"),
        "shapes": lambda: attention.attend(*tensors(300, 200)), "costs": lambda: attention.CostModel.from_json("{}"),
    }  # fmt: skip


def _selected(name: str, n: int = 300, **settings: Any) -> dict[str, Any]:
    return _description(selector(name, **settings)(*tensors(n)[:2], layer=1))


def _description(plan: Any) -> dict[str, Any]:
    assert plan.from_json(plan.to_json()) == plan
    return {
        "repr": repr(plan),
        "density": plan.density,
        "blocks": plan.block_density,
        "flops": plan.flops(16, heads=4),
        "bytes": plan.bytes,
        "rows": plan.rows,
        "dense": plan.is_dense,
        "static": plan.is_static,
        "json": plan.to_json(),
        "ascii": plan.ascii(width=32),
        "svg": plan.svg(),
        "mask": plan.dense_mask(),
    }


def _attended(name: str, backend: str) -> Any:
    q, k, v = tensors()
    return resolve("tamis.attention").attend(q, k, v, selector(name)(q, k, layer=1), backend=backend)


def _certified(name: str) -> Any:
    q, k, v = tensors()
    plan, attention = selector(name)(q, k, layer=1), resolve("tamis.attention")
    return attention.certificate(q, k, v, plan, samples=32), attention.mass_recall(q, k, plan)


def _algebra() -> Calls:
    attention = resolve("tamis.attention")
    q, k, _ = tensors()
    left, right = selector("a_shape")(q, k), selector("block_mean")(q, k)
    yield "or", lambda: _description(left | right)
    yield "and", lambda: _description(left & right)
    yield "snapped", lambda: _description(left.snapped())
    yield "static", lambda: _description(attention.BlockPlan.static(100, 300, n_sink=4, n_local=70, block=64))
    yield "dense", lambda: _description(attention.BlockPlan.dense(64, 64))
    yield "speed", attention.Speed
