"""What pages and retrieval share: when a call may be answered from some of its keys, attention over parts, the report.

Shapes: b batch items, h query heads, kv key/value heads, g = h / kv, t keys, n keys of a part, d head size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import torch
from torch import Tensor

from tamis.cache.ragged import owner_of
from tamis.models.transformers.fit import dropout, gradients, special, unfit
from tamis.models.transformers.hooks import Call
from tamis.models.transformers.masks import seen_by_last


@dataclass
class PartialReport:
    """What was read of the keys, over all layers and steps until now.

    Attributes:
        steps: calls of one token that were answered from some of the keys.
        keys_read: keys that these attended to, over batch items and key/value heads.
        keys_there: keys that they would have attended to.
        extra: bytes of what is kept beside the keys to choose among them, now.
        left: why calls of one token were left to the model, and how many.
    """

    steps: int = 0
    keys_read: int = 0
    keys_there: int = 0
    extra: int = 0
    left: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Share of the keys that was read; 1 before any step."""
        return self.keys_read / self.keys_there if self.keys_there else 1.0

    def add(self, keys: Tensor, read: int) -> None:
        """Count a step that read `read` keys of each head of keys (b, kv, t, d)."""
        b, kv, t, _ = keys.shape
        self.steps += 1
        self.keys_read += b * kv * read
        self.keys_there += b * kv * t


def why_whole(call: Call) -> str:
    """Why a call of one token cannot be answered from some of its keys; nothing where it can."""
    return unfit(call, (special, dropout, gradients, _masked))


def _masked(call: Call) -> str:
    mask, t = call.mask, call.key.shape[2]
    if mask is not None and not isinstance(mask, Tensor):
        return f"a mask of type {type(mask).__name__}"
    if mask is not None and (mask.shape[-1] != t or (mask.dim() == 4 and mask.shape[1] != 1)):
        return f"a mask of shape {tuple(mask.shape)}"
    return "a mask that adds to the scores" if mask is not None and _adds(mask) else ""


def partly_there(call: Call) -> bool:
    """Whether a ragged cache handed over only the new keys: `decoding` answers then."""
    owner = owner_of(call.key)
    return owner is not None and owner[0].ragged


def _adds(mask: Tensor) -> bool:
    return mask.dtype.is_floating_point and bool(((mask != 0) & (mask > torch.finfo(mask.dtype).min / 2)).any())


def visible(call: Call) -> Tensor | None:
    """(b, t) True for keys that the last query sees; None where it sees all."""
    if call.mask is None:
        return None
    keys = seen_by_last(call.mask, call.key.shape[0], call.key.shape[2])
    return None if bool(keys.all()) else keys


class Followed:
    """Notices whether keys continue those of the call before: longer by what is new, with the same last key.

    Other keys of the same length and last key are taken for the same: two texts in turns that differ in no more than
    that, in the first layer only, whose keys know nothing of the text before.
    """

    def __init__(self) -> None:
        self._length, self._last = 0, None  # type: tuple[int, Tensor | None]

    def goes_on(self, keys: Tensor, new: int) -> bool:
        """Whether keys (b, kv, t, d), the last `new` of which were not there before, continue those before."""
        before, last, t = self._length, self._last, keys.shape[2]
        self._length, self._last = t, keys[:, :, -1].clone()
        if last is None or before != t - new or before == 0 or last.shape[:2] != keys.shape[:2]:
            return False
        return torch.equal(last, keys[:, :, before - 1])


def by_group(call: Call) -> Tensor:
    """(b, kv, g, d) the query of one token, heads that share keys together."""
    b, h, _, d = call.query.shape
    kv = call.key.shape[1]
    return call.query.reshape(b, kv, h // kv, d)


def attended(query: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, scale: float) -> tuple[Tensor, Tensor]:
    """Attention over a part of the keys, (b, kv, g, d), and the log of the sum of its weights, (b, kv, g); float32.

    query -- (b, kv, g, d)
    keys, values -- (b, kv, n, d)
    mask -- (b, kv or 1, n) True for what is seen; None = all. A part of which nothing is seen weighs nothing.
    """
    scores = (query @ keys.transpose(2, 3)).float() * scale
    if mask is not None:
        scores = scores.masked_fill(~mask[:, :, None], -torch.inf)
    highest = scores.amax(-1, keepdim=True).nan_to_num(neginf=0.0)  # subtracted, so that nothing overflows
    weights = (scores - highest).exp()
    total = weights.sum(-1, keepdim=True)
    out = (weights.to(values.dtype) @ values).float() / total.clamp_min(torch.finfo(total.dtype).tiny)
    return out, (total.log() + highest)[..., 0]


def merged(parts: list[tuple[Tensor, Tensor]]) -> Tensor:
    """(b, kv, g, d) attention over the union of disjoint parts, each as `attended` gives it: exact.

    Of every query something is seen in at least one part.
    """
    logs = torch.stack([log for _, log in parts])
    weights = (logs - logs.amax(0)).exp()
    shares = weights / weights.sum(0)
    return torch.stack([share[..., None] * out for share, (out, _) in zip(shares, parts, strict=True)]).sum(0)


def answer(call: Call, out: Tensor) -> Tensor:
    """(b, 1, h, d) what the model expects, of (b, kv, g, d)."""
    return out.to(call.query.dtype).flatten(1, 2)[:, None].contiguous()
