"""Check and time the Triton kernels on a GPU beside dense attention, flex_attention and the card's own limit.

    python -m benchmarks.attention.gpu                     # both, about six minutes on a Hopper card
    python -m benchmarks.attention.gpu check
    python -m benchmarks.attention.gpu speed --lengths 8192 131072 --density 0.1

`check` compares bfloat16 and float16 outputs with a float64 softmax over the same keys, on sampled rows. `speed` draws
a random causal block plan of the given density at each length, and prints milliseconds (median), the speed-up over
dense, the efficiency (dense time x density / sparse time; 1 is perfect), and the share of the card's measured matrix
rate. The bar is an efficiency of 0.7 at 131,072. Inputs are drawn anew for each case.
Table to the terminal, results to benchmarks/results/attention-gpu.json.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention as sdpa

from tamis.attention.kernels import Lists, SinkWindow, a_shape, sparse

RESULTS = Path(__file__).parents[1] / "results"
LENGTHS = (8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288)
BLOCK = 128
BAR, BAR_LENGTH = 0.7, 131_072
TOLERANCE = {torch.bfloat16: 1e-2, torch.float16: 2e-3}
FLEX_MOST = 131_072  # tokens up to which flex_attention is timed


def main(arguments: list[str] | None = None) -> int:
    """Check, then time; 1 where a check fails or the bar is missed."""
    chosen = _parser().parse_args(arguments)
    if not torch.cuda.is_available():
        print("This needs a CUDA card; on a CPU the kernels are tested by tests/attention/kernels.")
        return 2
    made: dict[str, Any] = {"card": torch.cuda.get_device_name(), "torch": torch.__version__}
    failed = False
    if chosen.command in ("all", "check"):
        made["checks"] = checks(chosen)
        failed |= not all(row["ok"] for row in made["checks"])
    if chosen.command in ("all", "speed"):
        made |= speeds(chosen)
        failed |= any(row["length"] == BAR_LENGTH and row["efficiency"] < BAR for row in made["speed"])
    chosen.results.mkdir(parents=True, exist_ok=True)
    (chosen.results / "attention-gpu.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", choices=("all", "check", "speed"), default="all")
    parser.add_argument("--lengths", type=int, nargs="+", default=list(LENGTHS))
    parser.add_argument("--density", type=float, default=0.1)
    parser.add_argument("--heads", type=int, default=32)
    parser.add_argument("--kv-heads", type=int, default=8)
    parser.add_argument("--size", type=int, default=128, help="of a head")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


def tensors(shape: tuple[int, int, int, int], kv: int, dtype: torch.dtype, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Queries (b, h, n, d), keys and values (b, kv, n, d), drawn anew."""
    made = torch.Generator("cuda").manual_seed(seed)
    b, h, n, d = shape
    q = torch.randn(b, h, n, d, device="cuda", dtype=dtype, generator=made)
    k, v = (torch.randn(b, kv, n, d, device="cuda", dtype=dtype, generator=made) for _ in "kv")
    return q, k, v


def plan(n: int, lists: int, density: float, seed: int) -> Lists:
    """A random causal block plan: in each row the diagonal and so many of the blocks before it."""
    rows = math.ceil(n / BLOCK)
    made = torch.Generator("cuda").manual_seed(seed)
    index = torch.arange(rows, device="cuda")
    counts = torch.clamp((density * (index + 1)).round().long(), min=1)
    noise = torch.rand(lists, rows, rows, device="cuda", generator=made)
    noise.masked_fill_(index[None, :] > index[:, None], 2.0)  # blocks ahead come last
    noise[:, index, index] = -1.0  # the diagonal first
    order = noise.argsort(-1)
    chosen = (index[None, :] < counts[:, None]).expand_as(noise)
    kept = torch.zeros_like(noise, dtype=torch.bool).scatter_(-1, order, chosen)
    first = torch.zeros(lists * rows + 1, dtype=torch.int32, device="cuda")
    first[1:] = kept.sum(-1).flatten().cumsum(0)
    return Lists(BLOCK, kept.nonzero()[:, 2].to(torch.int32), first, lists)


def true_density(lists: Lists, n: int) -> float:
    """Kept query-key pairs as a share of the causal ones; the diagonal block counts half."""
    rows = math.ceil(n / BLOCK)
    kept = lists.blocks.numel() / lists.lists - rows / 2
    return kept / (rows * rows / 2)


def checks(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """Sampled rows of each kernel against float64."""
    made = []
    for dtype, tolerance in TOLERANCE.items():
        for size in (64, 128):
            for n in (1_000, 4_096):
                made += _check(n, size, dtype, tolerance, chosen)
    for row in made:
        print(f"{row['what']:28} {row['dtype']:15} n {row['n']:6} d {row['d']:4} error {row['error']:.1e} {row['ok']}")
    return made


def _check(n: int, size: int, dtype: torch.dtype, tolerance: float, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    q, k, v = tensors((2, 8, n, size), 2, dtype, chosen.seed + n + size)
    lists, columns = _with_columns(n, chosen.seed)
    i, j = torch.arange(n, device="cuda")[:, None], torch.arange(n, device="cuda")[None]
    blocks = _mask(lists, n)
    shapes = {
        "listed blocks": (lambda: sparse(q, k, v, lists)[0], blocks),
        "listed blocks and columns": (lambda: sparse(q, k, v, columns)[0], blocks | _column_mask(columns, n)),
        "A-shape": (
            lambda: a_shape(q, k, v, SinkWindow(130, 900))[0],
            ((j < 130) | (i - j < 900)).expand(2, 8, n, n),
        ),
    }
    causal = j <= i
    return [
        {"what": what, "dtype": str(dtype), "n": n, "d": size, "error": error, "ok": error <= tolerance}
        for what, (run, mask) in shapes.items()
        for error in [_error(run(), q, k, v, mask & causal)]
    ]


def _with_columns(n: int, seed: int) -> tuple[Lists, Lists]:
    """A plan of 2 x 2 lists over both batch items, and the same with 40 columns in each row, none in its blocks."""
    one = plan(n, 4, 0.3, seed)
    rows = math.ceil(n / BLOCK)
    starts, found = [0], []
    for place in range(4 * rows):
        mine = one.blocks[one.first[place] : one.first[place + 1]].tolist()
        free = [c for c in range(0, n, 23) if c // BLOCK not in mine][:40]
        found += free
        starts.append(len(found))
    as_ints = [torch.tensor(values, dtype=torch.int32, device="cuda") for values in (found, starts)]
    return Lists(BLOCK, one.blocks, one.first, 2), Lists(BLOCK, one.blocks, one.first, 2, *as_ints)


def _mask(lists: Lists, n: int) -> Tensor:
    """(2, 8, n, n) of the listed blocks, two lists for each of two batch items."""
    rows = math.ceil(n / BLOCK)
    grid = torch.zeros(4 * rows, rows, dtype=torch.bool, device="cuda")
    of = torch.repeat_interleave(torch.arange(4 * rows, device="cuda"), lists.first.diff())
    grid[of, lists.blocks.long()] = True
    whole = grid.view(2, 2, rows, rows).repeat_interleave(BLOCK, 2).repeat_interleave(BLOCK, 3)
    return whole[:, :, :n, :n].repeat_interleave(4, 1)


def _column_mask(lists: Lists, n: int) -> Tensor:
    rows = math.ceil(n / BLOCK)
    assert lists.columns is not None
    assert lists.column_first is not None
    grid = torch.zeros(4 * rows, n, dtype=torch.bool, device="cuda")
    of = torch.repeat_interleave(torch.arange(4 * rows, device="cuda"), lists.column_first.diff())
    grid[of, lists.columns.long()] = True
    return grid.view(2, 2, rows, n).repeat_interleave(BLOCK, 2)[:, :, :n].repeat_interleave(4, 1)


def _error(out: Tensor, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, sample: int = 97) -> float:
    """The largest difference from a float64 softmax over sampled rows."""
    rows = torch.linspace(0, q.shape[2] - 1, sample, device=q.device).long()
    group = q.shape[1] // k.shape[1]
    keys, values = (x.double().repeat_interleave(group, 1) for x in (k, v))
    scores = q[:, :, rows].double() @ keys.transpose(-1, -2) * q.shape[-1] ** -0.5
    weights = scores.masked_fill(~mask[:, :, rows], -math.inf).softmax(-1)
    return float((out[:, :, rows].double() - weights @ values).abs().max())


def speeds(chosen: argparse.Namespace) -> dict[str, Any]:
    """A table over the lengths."""
    rate = matrix_rate()
    print(f"{torch.cuda.get_device_name()}, matrix products in bfloat16: {rate / 1e12:.0f} TFLOP/s")
    rows = []
    for n in chosen.lengths:
        rows.append(_speed(n, rate, chosen))
        print(
            " ".join(
                f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                for key, value in rows[-1].items()
            )
        )
        torch.cuda.empty_cache()
    return {"matrix TFLOP/s": rate / 1e12, "speed": rows}


def _speed(n: int, rate: float, chosen: argparse.Namespace) -> dict[str, Any]:
    heads = chosen.heads if n <= BAR_LENGTH else max(chosen.kv_heads, chosen.heads // 4)
    kv = min(chosen.kv_heads, heads)
    q, k, v = tensors((1, heads, n, chosen.size), kv, torch.bfloat16, chosen.seed + n)
    lists = plan(n, 1, chosen.density, chosen.seed)
    density = true_density(lists, n)
    dense = timed(lambda: sdpa(q, k, v, is_causal=True, enable_gqa=True))
    ours = timed(lambda: sparse(q, k, v, lists))
    local = max(1, int(chosen.density * n / 2) - 128)
    window = timed(lambda: a_shape(q, k, v, SinkWindow(128, local)))
    flops = 4 * heads * chosen.size * density * n * n / 2
    row = {
        "length": n,
        "heads": heads,
        "density": density,
        "dense ms": dense,
        "sparse ms": ours,
        "speed-up": dense / ours,
        "efficiency": dense * density / ours,
        "of the matrix rate": flops / (ours / 1e3) / rate,
        "dense of the matrix rate": flops / density / (dense / 1e3) / rate,
        "A-shape ms": window,
    }
    if n <= FLEX_MOST:
        row["flex ms"] = _flex(q, k, v, lists, n)
    return row


def _flex(q: Tensor, k: Tensor, v: Tensor, lists: Lists, n: int) -> float:
    """flex_attention over the same blocks, compiled; NaN where it cannot."""
    from torch.nn.attention.flex_attention import BlockMask, flex_attention

    rows = math.ceil(n / BLOCK)
    of = torch.repeat_interleave(torch.arange(rows, device="cuda"), lists.first.diff())
    whole = of != lists.blocks
    try:
        full = _ragged(of[whole], lists.blocks[whole], rows)
        cut = _ragged(of[~whole], lists.blocks[~whole], rows)
        mask = BlockMask.from_kv_blocks(*cut, *full, BLOCK_SIZE=BLOCK, mask_mod=lambda b, h, i, j: i >= j)
        run = torch.compile(flex_attention)
        return timed(lambda: run(q, k, v, block_mask=mask, enable_gqa=True))
    except Exception as error:
        print(f"flex_attention at {n}: {type(error).__name__}: {str(error).splitlines()[0]}")
        return math.nan


def _ragged(of: Tensor, blocks: Tensor, rows: int) -> tuple[Tensor, Tensor]:
    """Counts (1, 1, rows) and indices (1, 1, rows, rows) as flex_attention wants them."""
    counts = torch.bincount(of, minlength=rows)
    place = torch.arange(len(of), device=of.device) - (counts.cumsum(0) - counts)[of]
    indices = torch.zeros(rows, rows, dtype=torch.int32, device=of.device)
    indices[of, place] = blocks
    return counts.int()[None, None], indices[None, None]


def timed(run: Callable[[], Any]) -> float:
    """Milliseconds, median; the first calls, which compile, are not counted."""
    from triton.testing import do_bench

    run()
    return float(do_bench(run, warmup=50, rep=300, return_mode="median"))


def matrix_rate(size: int = 8_192) -> float:
    """FLOP/s of a large bfloat16 product: the limit that attention is held against."""
    a, b = (torch.randn(size, size, device="cuda", dtype=torch.bfloat16) for _ in "ab")
    return 2 * size**3 / (timed(lambda: a @ b) / 1e3)


if __name__ == "__main__":
    raise SystemExit(main())
