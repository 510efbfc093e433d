"""Time sparse attention on a CPU beside PyTorch's own attention and beside whole models of transformers.

    python -m benchmarks.attention.cpu                 # all three, about 25 minutes on two cores
    python -m benchmarks.attention.cpu kernel          # plans of .25 / .13 / .065 at 8K, 16K, 32K tokens
    python -m benchmarks.attention.cpu auto            # is the automatic mode ever slower? 256 to 32K tokens
    python -m benchmarks.attention.cpu ttft            # first token of a model of Qwen2.5-0.5B's layer shape

Both sides take turns, the medians of paired ratios count. `kernel` includes the choice of the plan; the efficiency is
the speed-up times the density of blocks (1 = the ideal). `ttft` reads prompts of random tokens through the first
`--layers` layers (random weights; all layers are alike, so the ratio of 24 is the ratio of 4, without embedding and
the one row of logits).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from benchmarks.common.measure import machine, median, save, seconds
from tamis.attention import Ratio, Selector, attend, selector, sparse

DENSITIES = {8_192: 0.25, 16_384: 0.13, 32_768: 0.065}
BARS = {8_192: 2.0, 16_384: 3.9, 32_768: 7.3}
TTFT = {8_192: 1.4, 16_384: 2.2, 32_768: 3.8}
AUTO = (256, 512, 1_024, 2_048, 4_096, 6_144, 8_192, 12_288, 16_384, 32_768)


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 where a bar is missed."""
    chosen = _parser().parse_args(arguments)
    torch.manual_seed(chosen.seed)
    parts = {"kernel": kernel, "auto": auto, "ttft": ttft}
    wanted = list(parts) if chosen.command == "all" else [chosen.command]
    missed = 0
    for name in wanted:
        made = parts[name](chosen)
        save(f"attention-cpu-{name}", {"machine": machine(), "rows": made})
        missed += sum(not row["held"] for row in made)
    return int(bool(missed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", choices=("all", "kernel", "auto", "ttft"), default="all")
    parser.add_argument("--lengths", type=int, nargs="+")
    parser.add_argument("--heads", type=int, default=14, help="query heads (14, as Qwen2.5-0.5B)")
    parser.add_argument("--kv-heads", type=int, default=2)
    parser.add_argument("--size", type=int, default=64, help="of a head")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261127)
    return parser


# --- attention alone ---------------------------------------------------------------------------------------------


def tensors(chosen: argparse.Namespace, n: int) -> tuple[Tensor, Tensor, Tensor]:
    """Queries (1, h, n, d), keys and values (1, kv, n, d), bfloat16."""
    heads = (chosen.heads, chosen.kv_heads, chosen.kv_heads)
    q, k, v = (torch.randn(1, h, n, chosen.size).bfloat16() for h in heads)
    return q, k, v


def dense(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """PyTorch's own, as transformers calls it."""
    return scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)


def paired(ours: Callable[[], object], theirs: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """(our seconds, their seconds, median of theirs over ours), each run beside one of the other side."""
    ours()
    theirs()
    pairs = []
    for turn in range(repeats):
        both = (ours, theirs) if turn % 2 else (theirs, ours)
        taken = {work: seconds(work, 1)[0] for work in both}
        pairs.append((taken[ours], taken[theirs]))
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(b / a for a, b in pairs)


def a_shape_of(q: Tensor, k: Tensor, density: float) -> Selector:
    """The A-shape with a block of sinks and the widest window whose blocks are at most such a share."""
    window = 128
    while selector("a_shape", n_sink=128, n_local=window + 128)(q, k).block_density <= density:
        window += 128
    return selector("a_shape", n_sink=128, n_local=window)


@torch.inference_mode()
def kernel(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """Plans of falling density at growing length, choice included."""
    rows = []
    print(f"{'tokens':>7} {'pattern':>15} {'density':>8} {'ours ms':>9} {'sdpa ms':>9} {'times':>6} {'effic.':>6}  bar")
    for n in chosen.lengths or DENSITIES:
        density, qkv = DENSITIES.get(n, 0.25), tensors(chosen, n)
        rows.append(_raced("a_shape", a_shape_of(*qkv[:2], density), qkv, chosen.repeats))
        rows.append(_raced("vertical_slash", selector("vertical_slash", budget=Ratio(density)), qkv, chosen.repeats))
    return rows


def _raced(name: str, choose: Selector, qkv: tuple[Tensor, Tensor, Tensor], repeats: int) -> dict[str, Any]:
    n, plan = qkv[0].shape[2], choose(*qkv[:2])
    ours, theirs, times = paired(lambda: attend(*qkv, choose(*qkv[:2])), lambda: dense(*qkv), repeats)
    row = {
        "tokens": n, "pattern": name, "density": plan.block_density, "token_density": plan.density, "ours": ours,
        "theirs": theirs, "times": times, "efficiency": times * plan.block_density, "bar": BARS.get(n),
        "held": times >= BARS.get(n, 0),
    }  # fmt: skip
    print(
        f"{n:>7} {name:>15} {plan.block_density:>8.3f} {1e3 * ours:>9.1f} {1e3 * theirs:>9.1f} {times:>6.2f} "
        f"{row['efficiency']:>6.2f}  {BARS.get(n, '-')}",
        flush=True,
    )
    return row


# --- models ------------------------------------------------------------------------------------------------------


def model_of(chosen: argparse.Namespace, layers: int, longest: int) -> Any:
    """Random weights of the shape of Qwen2.5-0.5B's layers; a small vocabulary, as embeddings cost no time."""
    from transformers import Qwen2Config, Qwen2Model

    config = Qwen2Config(
        vocab_size=1_000, hidden_size=chosen.heads * chosen.size, intermediate_size=4_864, num_hidden_layers=layers,
        num_attention_heads=chosen.heads, num_key_value_heads=chosen.kv_heads, max_position_embeddings=longest,
    )  # fmt: skip
    return Qwen2Model(config).eval().bfloat16()


@torch.inference_mode()
def auto(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """The automatic mode beside the model as it is: at no length may it be more than 5 percent slower."""
    lengths = chosen.lengths or AUTO
    model, rows = model_of(chosen, 1, max(lengths)), []
    print(f"{'tokens':>7} {'ours s':>8} {'theirs s':>9} {'times':>6}  density")
    for n in lengths:
        ids = torch.randint(0, 1_000, (1, n))
        densities: list[float] = []

        def ours(ids: Tensor = ids, densities: list[float] = densities) -> None:
            with sparse(model) as report:
                model(ids, use_cache=False)
            densities.append(report.density)

        repeats = chosen.repeats if n > 4_096 else 4 * chosen.repeats
        taken, theirs, times = paired(ours, lambda ids=ids: model(ids, use_cache=False), repeats)
        rows.append(
            {
                "tokens": n,
                "ours": taken,
                "theirs": theirs,
                "times": times,
                "density": densities[-1],
                "held": times >= 1 / 1.05,
            }
        )
        print(f"{n:>7} {taken:>8.3f} {theirs:>9.3f} {times:>6.3f}  {densities[-1]:.3f}", flush=True)
    return rows


@torch.inference_mode()
def ttft(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """Reading a prompt, sparsely and as transformers does with sdpa."""
    lengths = chosen.lengths or tuple(TTFT)
    model, rows = model_of(chosen, chosen.layers, max(lengths)), []
    print(f"{'tokens':>7} {'pattern':>15} {'density':>8} {'ours s':>8} {'sdpa s':>8} {'times':>6}  bar")
    for n in lengths:
        ids = torch.randint(0, 1_000, (1, n))
        pattern = selector("vertical_slash", budget=Ratio(DENSITIES.get(n, 0.25)))
        densities: list[float] = []

        def ours(ids: Tensor = ids, pattern: Any = pattern, densities: list[float] = densities) -> None:
            with sparse(model, pattern) as report:
                model(ids)
            densities.append(report.density)

        taken, theirs, times = paired(ours, lambda ids=ids: model(ids), max(chosen.repeats // 2, 1))
        rows.append(
            {
                "tokens": n,
                "layers": chosen.layers,
                "density": densities[-1],
                "ours": taken,
                "theirs": theirs,
                "times": times,
                "bar": TTFT.get(n),
                "held": times >= TTFT.get(n, 0),
            }
        )
        print(
            f"{n:>7} {'vertical_slash':>15} {densities[-1]:>8.3f} {taken:>8.2f} {theirs:>8.2f} {times:>6.2f}  "
            f"{TTFT.get(n, '-')}",
            flush=True,
        )
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
