"""Attention over the pages of the cache that matter to a token (Quest, Tang et al. 2024, arXiv 2406.10774).

Of each page of keys, the least and the greatest number of every channel bound what any of its keys can score with a
query (sec. 3.3). A new token reads these bounds, and of the keys and values only the pages whose bound is highest. All
entries stay in the cache: what one token does not need, another may.

Shapes: b batch items, kv key/value heads, g query heads of each, t keys, p pages, m chosen pages, d head size.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tamis.cache.ledger import bytes_of
from tamis.cache.partial import Followed, PartialReport, answer, by_group, partly_there, visible, why_whole
from tamis.errors import InvalidPlan
from tamis.models.transformers.hooks import Call, attending


@contextmanager
def paged(model: nn.Module, *, tokens: int = 1024, page: int = 16, skip_layers: int = 2) -> Iterator[PartialReport]:
    """Let new tokens attend to the pages that matter to them, until the block ends; the report says what was read.

        with paged(model, tokens=1024) as report:
            model.generate(**inputs)

    Prompts are read as ever, and so is what cannot be read by pages: heads that differ in length, soft caps. The query
    heads that share keys share pages. Keys are followed one text at a time: those that do not continue the ones before
    are bounded anew.

    Args:
        model: of a family whose attention goes through transformers' registry; with any cache that gives it all keys.
        tokens: that a token attends to, those of its own page included.
        page: keys of a page (the paper's 16).
        skip_layers: first layers that attend to everything (the paper's 2): theirs is spread widely.

    Raises:
        InvalidPlan: less than one page, or no page at all.
        UnsupportedModel: no attention of the model can be taken over.
    """
    if page < 1 or tokens < page or skip_layers < 0:
        raise InvalidPlan(
            f"tokens={tokens!r}, page={page!r}, skip_layers={skip_layers!r}.",
            hint="A page holds one key at least, and the budget one page.",
        )
    reader = _Reader(tokens // page, page, skip_layers)
    with attending(model, compute=reader):
        yield reader.report


class Bounds:
    """Least and greatest number of each channel of each page: grows by the pages that are new, never made again.

    The page of the newest key is not among them.

    page -- keys of each
    """

    def __init__(self, page: int) -> None:
        self.page = page
        self.low: Tensor | None = None
        self.high: Tensor | None = None
        self._followed = Followed()

    @property
    def many(self) -> int:
        """Pages that are bounded."""
        return 0 if self.low is None else self.low.shape[2]

    @property
    def nbytes(self) -> int:
        """Bytes of the bounds."""
        return sum(bytes_of(bound) for bound in (self.low, self.high) if bound is not None)

    def follow(self, keys: Tensor, new: int) -> None:
        """Bound the pages of keys (b, kv, t, d) that are complete; the last `new` keys were not there before."""
        if not self._followed.goes_on(keys, new):
            self.low = self.high = None
        complete = (keys.shape[2] - 1) // self.page
        if complete <= self.many:
            return
        pages = paginated(keys[:, :, self.many * self.page : complete * self.page], self.page)
        self.low, self.high = _behind(self.low, pages.amin(3)), _behind(self.high, pages.amax(3))

    def upper(self, query: Tensor) -> Tensor:
        """(b, kv, p) what no key of a page scores above, with any query of the group (b, kv, g, d); before scaling."""
        assert self.low is not None
        assert self.high is not None
        positive, negative = query.clamp_min(0), query.clamp_max(0)
        return (positive @ self.high.transpose(2, 3) + negative @ self.low.transpose(2, 3)).amax(2)


def paginated(part: Tensor, page: int) -> Tensor:
    """(b, kv, p, page, d) whole pages of (b, kv, p * page, d), without a copy."""
    b, kv, t, d = part.shape
    return part.view(b, kv, t // page, page, d) if t else part.new_zeros(b, kv, 0, page, d)


def _behind(one: Tensor | None, other: Tensor) -> Tensor:
    return other if one is None else torch.cat([one, other], 2)


def gathered(
    keys: Tensor, values: Tensor, pages: Tensor, *, page: int, keys_seen: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Keys and values (b, kv, n, d) of some pages and of the newest one, and the mask (b, kv, 1, n) of what is seen.

    Nothing else is read.

    keys, values -- (b, kv, t, d)
    pages -- (b, kv, m) numbers of complete pages
    page -- keys of a page
    keys_seen -- (b, t) True for keys that are seen; None = all, and no mask
    """
    mask = None
    if keys_seen is not None:
        spread = keys_seen[:, None, :, None].expand(-1, keys.shape[1], -1, -1)
        mask = _of_pages(spread, pages, page)[..., 0][:, :, None]
    return _of_pages(keys, pages, page), _of_pages(values, pages, page), mask


def _of_pages(part: Tensor, pages: Tensor, page: int) -> Tensor:
    """(b, kv, n, d) entries of the chosen pages, and behind them those of the newest page."""
    b, kv, t, _ = part.shape
    complete = (t - 1) // page * page
    item = torch.arange(b, device=part.device)[:, None, None]
    head = torch.arange(kv, device=part.device)[None, :, None]
    chosen = paginated(part[:, :, :complete], page)[item, head, pages]
    return torch.cat([chosen.flatten(2, 3), part[:, :, complete:]], 2)


class _Reader:
    def __init__(self, most: int, page: int, skip_layers: int) -> None:
        self.most, self.page, self.skip_layers = most, page, skip_layers
        self.report = PartialReport()
        self._bounds: dict[int, Bounds] = {}

    def __call__(self, call: Call) -> Tensor | None:
        if call.layer < self.skip_layers or partly_there(call):
            return None
        new, t = call.query.shape[2], call.key.shape[2]
        bounds = self._bounds.setdefault(call.layer, Bounds(self.page))
        with torch.no_grad():
            bounds.follow(call.key, new)
        self.report.extra = sum(each.nbytes for each in self._bounds.values())
        if new != 1:
            return None
        reason = "all pages fit" if t <= self.most * self.page else why_whole(call)
        if reason:
            self.report.left[reason] += 1
            return None
        return self._read(call, bounds)

    def _read(self, call: Call, bounds: Bounds) -> Tensor:
        keys_seen, query = visible(call), by_group(call)
        scores = bounds.upper(query)
        if keys_seen is not None:  # a page of padding is none
            there = keys_seen[:, : bounds.many * self.page].reshape(len(keys_seen), -1, self.page).any(2)
            scores = scores.masked_fill(~there[:, None], -torch.inf)
        pages = scores.topk(min(self.most - 1, bounds.many), -1).indices.sort(-1).values
        keys, values, mask = gathered(call.key, call.value, pages, page=self.page, keys_seen=keys_seen)
        self.report.add(call.key, keys.shape[2])
        out = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask, scale=call.scale)
        return answer(call, out)
