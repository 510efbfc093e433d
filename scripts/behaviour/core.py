"""The core: the best items within a budget, whatever they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from .outcomes import Calls
from .places import resolve


def selecting(_: Path) -> Calls:
    """The core."""
    core = resolve("core")
    scored, ranked = _scored()
    budgets = {"total": core.Total(90), "ratio": core.Ratio(0.3), "least": core.AtLeast(0.5), "none": core.Total(0)}
    for label, budget in budgets.items():
        for name in ("top", "fill"):
            yield f"{name}/{label}", partial(getattr(core, name), scored, budget)
            yield f"{name}/{label}/pinned", partial(getattr(core, name), ranked, budget)
    yield "wrong/ratio", partial(core.Ratio, 2)
    yield "wrong/total", partial(core.Total, -1)
    yield "wrong/span", partial(core.Span, 5, 2)


def _scored() -> tuple[Any, Any]:
    """Items with scores and costs, by themselves and with priorities."""
    import numpy as np

    generator = np.random.default_rng(0)
    scores, costs = generator.random(40).round(3), generator.integers(1, 9, 40)
    priority = generator.integers(0, 3, 40).astype(np.int8)
    scored = partial(resolve("core").Scored, tuple(range(40)), scores, costs)
    return scored(), scored(priority)
