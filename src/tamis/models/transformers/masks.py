"""What a model's mask says beyond causality: which keys are padding, or that it is something else."""

from __future__ import annotations

import torch
from torch import Tensor

from tamis.models.transformers.hooks import Call

PIECE = 1024  # rows compared at a time


class Masks:
    """Reads masks, each once: the layers of one pass are given the same tensor."""

    def __init__(self) -> None:
        self._mask: Tensor | None = None
        self._layer, self._read = -1, (None, "")  # type: tuple[int, tuple[Tensor | None, str]]

    def read(self, call: Call) -> tuple[Tensor | None, str]:
        """(b, tk) bool keys that are not padding, None where all are; and why the mask cannot be used, or nothing."""
        if call.mask is None:
            return None, _plain(call)
        # A mask may be written anew in place between two passes; layers count up within one.
        if self._mask is not call.mask or call.layer <= self._layer:
            self._read = padding(call.mask, call.query.shape[2], call.key.shape[2])
        self._mask, self._layer = call.mask, call.layer
        return self._read

    def forget(self) -> None:
        """Let go of the last mask."""
        self._mask = None


def padding(mask: Tensor, q_len: int, kv_len: int) -> tuple[Tensor | None, str]:
    """The padding in a mask (b, tk), or (b, 1, tq, tk) of bool, True = seen, or of added numbers, 0 = seen.

    Keys that the last query does not see are padding only if each of their own queries sees nothing, everything, or
    what causality leaves it of the others; else texts were packed, or attention is to a window or a chunk.
    """
    if not isinstance(mask, Tensor):
        return None, f"a mask of type {type(mask).__name__}"
    if mask.dim() == 2 and mask.shape[1] == kv_len:
        return _some(mask.bool()), ""
    if mask.dim() != 4 or mask.shape[1] != 1 or tuple(mask.shape[2:]) != (q_len, kv_len):
        return None, f"a mask of shape {tuple(mask.shape)}"
    rows = mask[:, 0]
    valid = _unhidden(rows[:, -1])
    key = torch.arange(kv_len, device=mask.device)
    for start in range(0, q_len, PIECE):
        position = torch.arange(start, min(start + PIECE, q_len), device=mask.device) + kv_len - q_len
        expected = valid[:, None, :] & (key[None, :] <= position[:, None])
        visible = _unhidden(rows[:, start : start + PIECE])
        # Softmax needs something: where a query of padding would see nothing, transformers shows it everything.
        idle = ~valid[:, position] & (~visible.any(-1) | visible.all(-1))
        if bool(((visible != expected).any(-1) & ~idle).any()):
            return None, "a mask that is more than causality and padding"
    return _some(valid), ""


def seen(mask: Tensor) -> Tensor:
    """bool, True = seen: of a mask (b, tk), 0 for padding, or (b, 1, tq, tk) of bool or of added numbers, 0 = seen."""
    return mask.bool() if mask.dim() == 2 else _unhidden(mask)


def seen_by_last(mask: Tensor, items: int, keys: int) -> Tensor:
    """(b, t) True for those of the last `keys` keys that the last query sees: all but padding."""
    last = mask if mask.dim() == 2 else mask[:, :1, -1:]
    return seen(last).flatten(1)[:, -keys:].expand(items, keys)


def _unhidden(mask: Tensor) -> Tensor:
    return mask if mask.dtype == torch.bool else mask == 0


def _some(valid: Tensor) -> Tensor | None:
    return None if bool(valid.all()) else valid


def _packed(call: Call) -> bool:
    """Whether positions, or lengths of flash attention, say that one row holds several texts."""
    places = call.extra.get("position_ids")
    if call.extra.get("cu_seq_lens_q") is not None:
        return True
    return isinstance(places, Tensor) and places.dim() == 2 and bool((places.diff(dim=-1) < 1).any())


def _plain(call: Call) -> str:
    causal = call.extra.get("is_causal")
    if not (getattr(call.module, "is_causal", True) if causal is None else causal):
        return "not causal"
    if _packed(call):
        return "several texts in one row"
    # Without a mask, keys behind the queries are room in a cache not yet written.
    return "" if call.query.shape[2] == call.key.shape[2] else "no mask, but more keys than queries"
