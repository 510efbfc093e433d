"""Prompts that a small model reads sparsely: every pattern, padding, prefills that are certified or refused.

Plans by themselves are in `plans`, patterns that are searched for in `search`.
"""

from __future__ import annotations

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import Any

from .outcomes import Calls
from .places import resolve
from .tiny import ids, padded, tiny

SELECTORS: dict[str, dict[str, Any]] = {
    "dense": {}, "a_shape": {"n_sink": 8, "n_local": 100}, "tri_shape": {"n_sink": 8, "n_local": 100, "n_last": 20},
    "tri_mix": {"start": 1}, "dilated": {"n_sink": 8, "n_local": 64, "window": 320}, "vertical_slash": {},
    "block_mean": {}, "xattention": {"stride": 8}, "flex_prefill": {"min_keys": 64}, "oracle": {}, "random": {},
    "minference": {},
}  # fmt: skip
CONFIGURED = [{"0": ["vertical_and_slash", 30, 50, 1], "1": ["stream_llm", 8, 80, 1], "2": ["block_sparse", 2, 0, 1],
               "3": ["vertical_and_slash", 40, 120, 1]}] * 3  # fmt: skip
WRONG: dict[str, Any] = {"unknown": "a_shap", "number": 7, "layer": {9: "a_shape"}, "short": CONFIGURED[:2]}


def selector(name: str, **settings: Any) -> Any:
    """A selector with blocks of 64."""
    block = {} if name == "tri_mix" else {"block": 64}
    return resolve("tamis.attention").selector(name, **SELECTORS.get(name, {}), **block, **settings)


def read(pattern: Any, batch: Any = None, family: str = "llama", **settings: Any) -> dict[str, Any]:
    """The logits after a sparse prefill, and what the report of it says."""
    import torch

    model, batch = tiny(family), {"input_ids": ids()} if batch is None else batch
    with torch.no_grad(), resolve("tamis.attention").sparse(model, pattern, **{"mode": "always", **settings}) as report:
        logits = model(**batch).logits
    prefills = [{k: v for k, v in dataclasses.asdict(each).items() if k != "seconds"} for each in report.prefills]
    return {"logits": logits, "said": str(report), "prefills": prefills, "flops": report.flops}


def prefilling(folder: Path) -> Calls:
    """Prompts read sparsely."""
    for name in SELECTORS:
        yield f"{name}", partial(_read_by, name, certify=16)
        yield f"{name}/qwen2", partial(read, name, family="qwen2")
        yield f"{name}/auto", partial(read, name, mode="auto")
    for name in ("a_shape", "vertical_slash", "flex_prefill", "minference"):
        yield f"padded/{name}", partial(_read_by, name, padded(500, 200))
    yield from _patterns(folder)
    for label, pattern in WRONG.items():
        yield f"wrong/{label}", partial(read, pattern)
    yield "wrong/mode", partial(read, "a_shape", mode="often")
    yield "wrong/certify", partial(read, "a_shape", certify=-1)
    yield "wrong/file", partial(read, "nowhere.json")
    yield "generate", _generated


def _read_by(name: str, batch: Any = None, **settings: Any) -> dict[str, Any]:
    return read(selector(name), batch, **settings)


def _patterns(folder: Path) -> Calls:
    yield "configured", partial(read, CONFIGURED)
    yield "recompute", lambda: read(selector("random", budget=resolve("core").Ratio(0.2)), recompute=0.9)
    yield "by layer", lambda: read({0: "a_shape", 2: selector("block_mean")})
    path = folder / "patterns.json"
    path.write_text(json.dumps(CONFIGURED), encoding="utf-8")
    yield "file", partial(read, str(path))


def _generated() -> Any:
    import torch

    with torch.no_grad(), resolve("tamis.attention").sparse(tiny(), selector("a_shape"), mode="always") as report:
        reply = tiny().generate(ids(), attention_mask=torch.ones_like(ids()), max_new_tokens=6, do_sample=False)
    return reply[0, -6:].tolist(), report.decoded, len(report.prefills)
