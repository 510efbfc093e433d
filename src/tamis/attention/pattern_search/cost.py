"""What a plan takes on this machine: a few measured plans, and lines fitted through them.

It knows the time of one layer's attention over a whole prompt, for heads of the shapes that were measured, on the CPU
back-end. Like `Speed` it compares with dense attention; unlike it, it knows pattern by pattern what choosing takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tamis.attention.backends import attend
from tamis.attention.count import computed_pairs
from tamis.attention.geometry import BLOCK, row_count
from tamis.attention.patterns.registry import PATTERNS, head_pattern
from tamis.attention.plan import BlockPlan
from tamis.attention.speed import dense_attention, timed
from tamis.errors import InvalidInput, InvalidPlan
from tamis.io.schema import Schema

SCHEMA = Schema("tamis.attention.cost", 1, InvalidPlan, "No costs: {}.", "What `CostModel.to_json` wrote.")
LENGTHS = (1024, 2048, 4096)
SHARES = (0.1, 0.3)  # of the length: the densities at which the back-end is measured

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CostModel:
    """Seconds of one layer's attention, fitted.

    Attributes:
        heads, kv_heads, head_size, dtype, block: what was measured; a list for each query head.
        threads: of torch, when it was measured.
        dense: seconds a key and a key squared of dense attention.
        sparse: seconds a row of a query head, and a computed pair of one.
        index: of each pattern, what choosing takes: seconds a key and a key squared.
    """

    heads: int
    kv_heads: int
    head_size: int
    dtype: str
    threads: int
    dense: Pair
    sparse: Pair
    index: Mapping[str, Pair]
    block: int = BLOCK

    def __post_init__(self) -> None:
        numbers = (*self.dense, *self.sparse, *(x for pair in self.index.values() for x in pair))
        if not all(math.isfinite(x) and x >= 0 for x in numbers) or not any(self.dense) or not any(self.sparse):
            raise InvalidInput(f"{self!r}.", hint="Seconds are at least 0, and not all of them are 0.")

    def dense_seconds(self, n: int) -> float:
        """Of dense attention over a prompt of so many tokens."""
        return self.dense[0] * n + self.dense[1] * n * n

    def seconds(self, name: str, n: int, density: float) -> float:
        """Of choosing and computing a plan of that pattern.

        Args:
            name: of `patterns.registry.head_patterns`; dense is computed by the model's own attention.
            n: tokens of the prompt.
            density: blocks computed, as a share of those of dense attention.

        Raises:
            InvalidInput: a pattern that was not measured.
        """
        if name == "dense":
            return self.dense_seconds(n)
        if name not in self.index:
            raise InvalidInput(f"No cost of {name!r}.", hint=f"Measured: {', '.join(self.index)}.")
        rows = row_count(n, n, self.block)
        pairs = density * rows * (rows + 1) / 2 * self.block**2
        chosen = self.index[name][0] * n + self.index[name][1] * n * n
        return chosen + self.heads * (self.sparse[0] * rows + self.sparse[1] * pairs)

    def share(self, name: str, n: int, density: float) -> float:
        """The same, the time of dense attention being 1."""
        return self.seconds(name, n, density) / self.dense_seconds(n)

    @classmethod
    def measured(
        cls, *, heads: int, kv_heads: int, head_size: int, dtype: torch.dtype = torch.float32,
        lengths: tuple[int, ...] = LENGTHS, block: int = BLOCK,
    ) -> CostModel:  # fmt: skip
        """The cost on this machine, for heads of these shapes. Takes seconds; the best of three runs of each counts.

        Raises:
            InvalidInput: fewer than two lengths, or one of less than four blocks.
        """
        if len(set(lengths)) < 2 or min(lengths) < 4 * block:
            raise InvalidInput(f"Lengths {lengths!r}.", hint=f"At least two, of at least {4 * block} tokens.")
        dense, sparse = [], []
        index: dict[str, list[tuple[Pair, float]]] = {name: [] for name in _measured()}
        for n in sorted(set(lengths)):
            q, k, v = _tensors(n, (heads, kv_heads, head_size), dtype)
            dense.append(((float(n), float(n * n)), _seconds(partial(dense_attention, q, k, v))))
            for name, plan, chosen in _plans(q, k, block):
                index[name].append(((float(n), float(n * n)), chosen))
                sparse.append((_work(plan, heads), _seconds(partial(attend, q, k, v, plan, backend="torch"))))
        fitted = {name: fit(points) for name, points in index.items()}
        return cls(
            heads, kv_heads, head_size, _name(dtype), torch.get_num_threads(), fit(dense), fit(sparse), fitted, block
        )

    def to_json(self) -> str:
        """One line of JSON, with a schema and a version."""
        return SCHEMA.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> CostModel:
        """What `to_json` wrote, or InvalidPlan."""
        data = SCHEMA.loads(text)
        with SCHEMA.reading(text):
            index = {str(name): _pair(pair) for name, pair in data["index"].items()}
            numbers: dict[str, Any] = {
                name: int(data[name]) for name in ("heads", "kv_heads", "head_size", "threads", "block")
            }
            pairs = {name: _pair(data[name]) for name in ("dense", "sparse")}
            return CostModel(dtype=str(data["dtype"]), index=index, **{**numbers, **pairs})


def fit(points: Sequence[tuple[Pair, float]]) -> Pair:
    """The two numbers, none below 0, with which a * x + b * y comes closest to the seconds, each by its share of them.

    Example: fit([((1, 1), 3), ((2, 4), 10)]) is (1, 2)
    """
    size = torch.tensor([seconds for _, seconds in points], dtype=torch.float64).clamp(min=1e-12)
    x = torch.tensor([pair for pair, _ in points], dtype=torch.float64) / size[:, None]
    ones = torch.ones(len(points), 1, dtype=torch.float64)
    # Each column by its own size: keys and keys squared differ by thousands.
    unit = x.abs().amax(0).clamp(min=1e-300)
    a, b = (torch.linalg.lstsq(x / unit, ones).solution[:, 0] / unit).tolist()
    if a >= 0 and b >= 0:
        return a, b
    alone = [max(0.0, float(column.sum() / (column @ column).clamp(min=1e-300))) for column in x.T]
    return (alone[0], 0.0) if b < 0 else (0.0, alone[1])


def _measured() -> dict[str, Mapping[str, Any]]:
    """The arguments with which the cost of each pattern is measured."""
    return {name: entry.measured for name, entry in PATTERNS.items() if entry.measured is not None}


def _plans(q: Tensor, k: Tensor, block: int) -> Iterator[tuple[str, BlockPlan, float]]:
    """(pattern, plan with a list for each query head, seconds of choosing) of each measured pattern and share."""
    for name, more in _measured().items():
        for share in SHARES:
            choose = head_pattern(name, {**more, "share": share}, block)
            plan = choose(q, k)
            grid = plan.grid.expand(1, q.shape[1], -1, -1)  # heads with patterns of their own share no list
            listed = BlockPlan.from_grid(grid, plan.q_len, plan.kv_len, block=block)
            yield name, listed, _seconds(partial(choose, q, k))


def _work(plan: BlockPlan, heads: int) -> Pair:
    """Rows and computed pairs, of all query heads."""
    return float(plan.rows * heads), computed_pairs(plan)


def _seconds(work: Callable[[], object]) -> float:
    """The best of three: what disturbs a run only ever makes it longer."""
    return min(timed(work) for _ in range(3))


def _tensors(n: int, shape: tuple[int, int, int], dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    heads, kv, size = shape
    q, k, v = (torch.randn(1, h, n, size, generator=generator).to(dtype) for h in (heads, kv, kv))
    return q, k, v


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _pair(numbers: Sequence[Any]) -> Pair:
    one, two = numbers
    return float(one), float(two)
