"""Attention to the keys that score highest, beside the first and the last (RetrievalAttention, Liu et al. 2024).

The paper (arXiv 2409.10516) searches an index of approximate neighbours in the host's memory; here the search is exact,
over a copy of the keys that may be of half precision. What is found and what is always read are attended to apart and
put together by the logarithms of the sums of their weights (its sec. 3.3), the greatest subtracted before.

Saves the values of what is not found, and where the copy is of half precision half of the keys; not the search itself.

Shapes: b batch items, kv key/value heads, g query heads of each, t keys, d head size.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tamis.cache.ledger import bytes_of
from tamis.cache.partial import (
    Followed,
    PartialReport,
    answer,
    attended,
    by_group,
    merged,
    partly_there,
    visible,
    why_whole,
)
from tamis.errors import InvalidPlan
from tamis.models.transformers.hooks import Call, attending

STEP = 64  # keys that enter the index together: until then they count as recent


@contextmanager
def retrieving(
    model: nn.Module,
    *,
    top_k: int = 1024,
    sink: int = 128,
    recent: int = 512,
    skip_layers: int = 0,
    dtype: torch.dtype | None = None,
) -> Iterator[PartialReport]:
    """Let new tokens attend to the keys that they score highest, until the block ends; the report says what was read.

        with retrieving(model, top_k=1024) as report:
            model.generate(**inputs)

    Query heads that share keys share what is found: the keys that the best of them scores highest. Prompts are read as
    ever, and so is what cannot be read in part; see `paged`.

    Args:
        model: of a family whose attention goes through transformers' registry; with any cache that gives it all keys.
        top_k: keys to find between the first and the last.
        sink: first keys, always read.
        recent: last keys, always read; up to 63 more, until they enter the index.
        skip_layers: first layers that attend to everything.
        dtype: of the copy that is searched, for instance torch.bfloat16; None = as the keys are.

    Raises:
        InvalidPlan: nothing to find, or no recent keys.
        UnsupportedModel: no attention of the model can be taken over.
    """
    if top_k < 1 or sink < 0 or recent < 1 or skip_layers < 0:
        raise InvalidPlan(
            f"top_k={top_k!r}, sink={sink!r}, recent={recent!r}, skip_layers={skip_layers!r}.",
            hint="At least one key is found, and one is recent: the token's own.",
        )
    reader = _Reader(_Reach(top_k, sink, recent, skip_layers, dtype))
    with attending(model, compute=reader):
        yield reader.report


@dataclass(frozen=True)
class _Reach:
    top_k: int
    sink: int
    recent: int
    skip_layers: int
    dtype: torch.dtype | None


class KeyIndex:
    """A copy of the keys between the first and the last, searched exactly; it grows in steps, never made again.

    sink -- first keys that are not in it
    recent -- last keys, at least, that are not in it
    dtype -- of the copy; None = the keys'
    """

    def __init__(self, sink: int, recent: int, dtype: torch.dtype | None = None) -> None:
        self.sink, self.recent, self.dtype = sink, recent, dtype
        self.parts: list[Tensor] = []
        self._followed = Followed()

    @property
    def end(self) -> int:
        """The place of the first key behind those of the index."""
        return self.sink + sum(part.shape[2] for part in self.parts)

    @property
    def nbytes(self) -> int:
        """Bytes of the copy."""
        return sum(map(bytes_of, self.parts))

    def follow(self, keys: Tensor, new: int) -> None:
        """Take in the keys (b, kv, t, d) that are recent no more; the last `new` of them were not there before."""
        if not self._followed.goes_on(keys, new):
            self.parts = []
        many = (keys.shape[2] - self.recent - self.end) // STEP * STEP
        if many > 0:
            part = keys[:, :, self.end : self.end + many]
            self.parts.append(part.to(self.dtype or part.dtype, copy=True).contiguous())
        if len(self.parts) > 16:  # few enough to search one by one
            self.parts = [torch.cat(self.parts, 2)]

    def top(self, query: Tensor, many: int, keys_seen: Tensor | None = None) -> Tensor:
        """(b, kv, many) places of the keys that the queries of a group (b, kv, g, d) score highest, in their order.

        keys_seen -- (b, t) True for keys that are seen; the others come last
        """
        cast = query.to(self.parts[0].dtype)
        scores = torch.cat([(cast @ part.transpose(2, 3)).amax(2) for part in self.parts], -1)
        if keys_seen is not None:
            scores = scores.masked_fill(~keys_seen[:, None, self.sink : self.end], -torch.inf)
        places = scores.topk(min(many, scores.shape[-1]), -1).indices
        return places.sort(-1).values + self.sink


class _Reader:
    def __init__(self, reach: _Reach) -> None:
        self.reach, self.report = reach, PartialReport()
        self._indices: dict[int, KeyIndex] = {}

    def __call__(self, call: Call) -> Tensor | None:
        reach, new = self.reach, call.query.shape[2]
        if call.layer < reach.skip_layers or partly_there(call):
            return None
        index = self._indices.setdefault(call.layer, KeyIndex(reach.sink, reach.recent, reach.dtype))
        with torch.no_grad():
            index.follow(call.key, new)
        self.report.extra = sum(each.nbytes for each in self._indices.values())
        if new != 1:
            return None
        reason = "all keys fit" if index.end - reach.sink <= reach.top_k else why_whole(call)
        if reason:
            self.report.left[reason] += 1
            return None
        return self._read(call, index)

    def _read(self, call: Call, index: KeyIndex) -> Tensor:
        keys_seen, query, t = visible(call), by_group(call), call.key.shape[2]
        places = index.top(query, self.reach.top_k, keys_seen)
        always = torch.cat([torch.arange(self.reach.sink), torch.arange(index.end, t)]).to(places.device)
        parts = [(places, _picked), (always, _sliced)]
        out = [
            attended(query, pick(call.key, rows), pick(call.value, rows), _mask(keys_seen, rows), call.scale)
            for rows, pick in parts
        ]
        self.report.add(call.key, places.shape[2] + len(always))
        return answer(call, merged(out))


def _picked(part: Tensor, places: Tensor) -> Tensor:
    """(b, kv, n, d) entries at the places (b, kv, n) of each head."""
    b, kv = part.shape[:2]
    item = torch.arange(b, device=part.device)[:, None, None]
    return part[item, torch.arange(kv, device=part.device)[None, :, None], places]


def _sliced(part: Tensor, places: Tensor) -> Tensor:
    """(b, kv, n, d) entries at the places (n,), the same for all heads."""
    return part[:, :, places]


def _mask(keys_seen: Tensor | None, places: Tensor) -> Tensor | None:
    """(b, kv or 1, n) what is seen of the places."""
    if keys_seen is None:
        return None
    if places.dim() == 1:
        return keys_seen[:, None, places]
    return keys_seen[torch.arange(len(keys_seen), device=keys_seen.device)[:, None, None], places]
