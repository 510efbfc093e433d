"""Maps of a plan: rows of queries down, key blocks across; in characters and as SVG."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor

from tamis.attention.geometry import causal_grid
from tamis.attention.lists import RowLists
from tamis.errors import InvalidPlan
from tamis.io.page import escape, fills

CHARACTERS = " .|+#"  # ahead of the row, not seen, columns only, through sinks or window, listed
CLASSES = {"tamis-unseen": "line", "tamis-column": "level-1", "tamis-touched": "level-2", "tamis-listed": "level-3"}


def levels(plan: RowLists, item: int, which: int) -> Tensor:
    """(r, c) int64: an index into CHARACTERS for each row and key block."""
    if not (0 <= item < plan.batch and 0 <= which < plan.lists):
        raise InvalidPlan(f"Item {item}, list {which} of {plan!r}.", hint="Both count from 0.")
    level = causal_grid(plan.q_len, plan.kv_len, plan.block, plan.blocks.device, causal=plan.causal).long()
    columns = plan.column_grid
    if columns is not None:
        padded = torch.nn.functional.pad(columns[item, which], (0, plan.key_blocks * plan.block - plan.kv_len))
        level[padded.view(plan.rows, plan.key_blocks, plan.block).any(-1)] = 2
    level[plan.touched[item, which]] = 3
    level[plan.grid[item, which]] = 4
    return level.cpu()


def ascii_map(plan: RowLists, *, item: int, which: int, width: int) -> str:
    """One character a block; several blocks share one where the map is wider than `width`: the most that is seen."""
    level = _coarse(levels(plan, item, which), width)
    return "\n".join("".join(CHARACTERS[x] for x in row).rstrip() for row in level.tolist())


def svg_map(plan: RowLists, *, item: int, which: int, size: int) -> str:
    """A self-contained picture, `size` pixels wide; light or dark as its viewer is."""
    level = levels(plan, item, which)
    side = size / max(level.shape[1], 1)
    high = max(1, math.ceil(side * level.shape[0]))
    names = ("", *CLASSES)
    cells = [
        f'<rect x="{c * side:.2f}" y="{r * side:.2f}" width="{(end - c) * side:.2f}" height="{side:.2f}" '
        f'class="{names[x]}"/>'
        for r, row in enumerate(level.tolist())
        for c, end, x in _runs(row)
        if x
    ]
    title = f"<title>{escape(repr(plan))}</title><style>{fills(CLASSES)}</style>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{high}" viewBox="0 0 {size} {high}">'
    return "\n".join([head, title, *cells, "</svg>"])


def _coarse(level: Tensor, width: int) -> Tensor:
    step = math.ceil(max(level.shape[1], 1) / max(width, 1))
    if step == 1 or not level.numel():
        return level
    pad = (0, -level.shape[1] % step, 0, -level.shape[0] % step)
    return torch.nn.functional.max_pool2d(torch.nn.functional.pad(level.float(), pad)[None], step)[0].long()


def _runs(row: list[int]) -> list[tuple[int, int, int]]:
    """Half-open stretches of equal values."""
    cuts = [0, *(i for i in range(1, len(row)) if row[i] != row[i - 1]), len(row)]
    return [(a, b, row[a]) for a, b in pairwise(cuts) if b > a]
