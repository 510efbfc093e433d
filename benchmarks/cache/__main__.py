"""What caches keep and cost, beside NVIDIA's `kvpress`.

    python -m benchmarks.cache kvpress             # the same entries kept on the same model? (own environment, 3 GB)
    python -m benchmarks.cache bytes               # bytes of a cache, counted and measured, by policy and bits

`kvpress` runs in an environment made for it (`--work`), with the transformers version that it works on. A random Llama
and a random Qwen2 are saved once and read by both sides.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.common.measure import machine, save
from benchmarks.prompt.peers import environment
from tamis.cache import Quantiser, RaggedCache, compress
from tamis.cache.ledger import storage_of
from tamis.core import Ratio

PACKAGES = ("kvpress==0.5.5", "torch==2.13.0", "transformers==5.2.0")
POLICIES = ("snapkv", "knorm", "streaming", "expected_attention", "tova", "key_diff")
RATIOS = (0.25, 0.5, 0.75)
TOKENS = 700


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 where kept entries differ."""
    chosen = _parser().parse_args(arguments)
    torch.set_grad_enabled(False)
    if chosen.command == "bytes":
        rows = list(_bytes())
        save("cache-bytes", {"machine": machine(), "rows": rows})
        return int(any(row["counted"] != row["stored"] for row in rows))
    rows = kvpress(chosen.work, chosen.seed)
    save("cache-kvpress", {"machine": machine(), **rows})
    # Keys of the same token have the same norm in the first layer, up to rounding: ties, which either side may break.
    return int(any(row["different"] and row["policy"] != "knorm" for row in rows["rows"]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("kvpress", "bytes"))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "tamis-kvpress")
    parser.add_argument("--seed", type=int, default=20261127)
    return parser


def model_of(family: str, seed: int) -> Any:
    """A random model of four layers, eight query heads on two key/value heads."""
    import transformers

    torch.manual_seed(seed)
    kind = {"llama": transformers.LlamaConfig, "qwen2": transformers.Qwen2Config}[family]
    config = kind(
        vocab_size=500, hidden_size=256, intermediate_size=512, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=4_096, initializer_range=0.08,
    )  # fmt: skip
    return transformers.AutoModelForCausalLM.from_config(config).eval()


# --- beside kvpress ----------------------------------------------------------------------------------------------


def kvpress(work: Path, seed: int) -> dict[str, Any]:
    """Entries kept by both sides, family by family."""
    work.mkdir(parents=True, exist_ok=True)
    python, rows, versions = environment(work, PACKAGES), [], {}
    print(f"{'family':>7} {'policy':>19} {'kept':>5} {'entries':>8} {'different':>9}")
    for family in ("llama", "qwen2"):
        model = model_of(family, seed)
        ids = torch.randint(1, 500, (1, TOKENS), generator=torch.Generator().manual_seed(seed))
        theirs = _theirs(python, work / family, model, ids)
        versions = theirs["versions"]
        for name, layers in theirs["kept"].items():
            rows.append(_compared(family, name, layers, model, ids))
            print("{family:>7} {policy:>19} {ratio:>5} {entries:>8} {different:>9}".format(**rows[-1]), flush=True)
    return {"rows": rows, "versions": versions}


def _theirs(python: str, folder: Path, model: Any, ids: Tensor) -> dict[str, Any]:
    model.save_pretrained(folder)
    asked, out = folder / "asked.json", folder / "kept.json"
    asked.write_text(json.dumps({"ids": ids.tolist(), "ratios": RATIOS}), encoding="utf-8")
    subprocess.run([python, Path(__file__).with_name("reference_kv.py"), folder, asked, out], check=True)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _compared(family: str, name: str, theirs: list[list[list[int]]], model: Any, ids: Tensor) -> dict[str, Any]:
    policy, _, ratio = name.partition("@")
    ours = kept(compress(model, ids, policy, Ratio(float(ratio))))
    different = sum(
        len(set(a) ^ set(b)) // 2 + abs(len(a) - len(b))
        for layer, others in zip(ours, theirs, strict=True)
        for a, b in zip(layer, others, strict=True)
    )
    entries = sum(len(head) for layer in ours for head in layer)
    return {"family": family, "policy": policy, "ratio": float(ratio), "entries": entries, "different": different}


def kept(cache: RaggedCache) -> list[list[list[int]]]:
    """The places that each head of each layer kept, ascending; one batch item."""
    found = []
    for layer in cache.layers:
        packed = layer.packed()  # type: ignore[attr-defined]
        found.append([part.tolist() for part in packed.places.split(packed.lengths.flatten().tolist())])
    return found


# --- bytes -------------------------------------------------------------------------------------------------------


def _bytes() -> Iterator[dict[str, Any]]:
    model = model_of("llama", 0).bfloat16()
    ids = torch.randint(1, 500, (1, 2_048), generator=torch.Generator().manual_seed(0))
    dense = compress(model, ids, "knorm", Ratio(1.0)).ledger()
    print(f"{'kept':>5} {'bits':>5} {'spread':>9} {'counted':>10} {'stored':>10} {'times smaller':>13}")
    for ratio in (1.0, 0.5, 0.25):
        for bits in (None, 8, 4, 2):
            for spread in ("even", "adaptive"):
                quantiser = None if bits is None else Quantiser(bits)
                cache = compress(model, ids, "snapkv", Ratio(ratio), quantiser=quantiser, spread=spread)
                stored = storage_of(tensor for _, tensor in cache.tensors())
                row = {"kept": ratio, "bits": bits or 16, "spread": spread, "counted": cache.nbytes, "stored": stored,
                       "times": (dense.full) / cache.nbytes}  # fmt: skip
                print("{kept:>5} {bits:>5} {spread:>9} {counted:>10,} {stored:>10,} {times:>13.2f}".format(**row))
                yield row


if __name__ == "__main__":
    raise SystemExit(main())
