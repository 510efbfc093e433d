"""Drive NVIDIA's `kvpress` in an environment of its own. Knows nothing of tamis.

    python reference_kv.py MODEL_FOLDER IDS.json OUT.json

Reads {"ids": [[...]], "ratios": [...]}; writes for each press and ratio the entries that each head of each layer keeps,
found by comparing the compressed keys with those of the whole cache, bit for bit.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PRESSES = {
    "snapkv": ("SnapKVPress", {"window_size": 64, "kernel_size": 5}),
    "knorm": ("KnormPress", {}),
    "streaming": ("StreamingLLMPress", {"n_sink": 4}),
    "expected_attention": ("ExpectedAttentionPress", {"n_future_positions": 512, "n_sink": 4}),
    "tova": ("TOVAPress", {}),
    "key_diff": ("KeyDiffPress", {}),
}


def main() -> None:
    """Compress with every press at every ratio."""
    folder, asked, out = sys.argv[1:]
    import kvpress
    import torch
    import transformers

    torch.set_grad_enabled(False)
    request = json.loads(Path(asked).read_text(encoding="utf-8"))
    ids = torch.tensor(request["ids"])
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="sdpa").eval()
    full = _keys(model, ids, None)
    kept: dict[str, Any] = {}
    for name, (kind, options) in PRESSES.items():
        for ratio in request["ratios"]:
            press = getattr(kvpress, kind)(compression_ratio=1 - ratio, **options)
            kept[f"{name}@{ratio}"] = [
                _places(some, every) for some, every in zip(_keys(model, ids, press), full, strict=True)
            ]
    versions = {"kvpress": _version("kvpress"), "transformers": transformers.__version__, "torch": torch.__version__}
    Path(out).write_text(json.dumps({"kept": kept, "versions": versions}), encoding="utf-8")


def _version(name: str) -> str:
    from importlib.metadata import version

    return version(name)


def _keys(model: Any, ids: Any, press: Any) -> list[Any]:
    """(b, kv, t', d) keys of each layer after the prompt was read."""
    from contextlib import nullcontext

    from transformers import DynamicCache

    cache = DynamicCache()
    with nullcontext() if press is None else press(model):
        model.model(input_ids=ids, past_key_values=cache)
    return [layer.keys for layer in cache.layers]


def _places(some: Any, every: Any) -> list[list[int]]:
    """For each head the places of its keys among all keys of that head, ascending."""
    found = []
    for head in range(every.shape[1]):
        same = (some[0, head][:, None] == every[0, head][None]).all(-1)
        assert bool((same.sum(1) == 1).all())
        found.append(sorted(same.float().argmax(1).tolist()))
    return found


if __name__ == "__main__":
    main()
