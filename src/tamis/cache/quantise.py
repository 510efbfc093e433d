"""Entries in 2, 4 or 8 bits: keys quantised per channel, values per token (KIVI, Liu et al. 2024, arXiv 2402.02750).

Asymmetric and uniform: a group of numbers keeps its least (zero point) and its step, and each number the nearest step
(sec. 3.1). Keys have outlier channels, so that a group is `group` tokens of one channel; values have none, and a group
is `group` channels of one token (sec. 3.2). The last tokens stay at full precision (sec. 3.3).

Shapes: n entries of all heads, g groups of tokens, d head size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tamis.cache.layer import RaggedLayer
from tamis.cache.packed import LENGTH, Block, Packed, pack, starts, uniform
from tamis.errors import InvalidPlan

BITS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class Quantiser:
    """How entries are quantised.

    Attributes:
        bits: of each number, 2, 4 or 8.
        group: tokens of a group of keys, channels of a group of values.
        window: the last entries of a head, at full precision; up to `group` more wait for their group to be full.
    """

    bits: int = 4
    group: int = 32
    window: int = 32

    def __post_init__(self) -> None:
        if self.bits not in BITS:
            raise InvalidPlan(f"Numbers have 2, 4 or 8 bits, got {self.bits!r}.")
        if self.group < 1 or self.window < 0:
            raise InvalidPlan(f"No group of {self.group!r} entries behind a window of {self.window!r}.")

    def store(self, packed: Packed) -> tuple[Block, ...]:
        """Packed entries as stored: the last `window` of each head as they are, those before quantised."""
        old, new = _split(packed, self.window)
        return (quantised(old, self), new)

    def growing(self) -> Quantiser:
        """What a cache costs that generated tokens come to: they have a window of their own, and wait for a group."""
        return replace(self, window=2 * self.window + self.group)

    def settle(self, layer: RaggedLayer) -> None:
        """Quantise the full groups of tokens that have left the window."""
        many = max(layer.tail - self.window, 0) // self.group * self.group
        if not many or layer.keys is None or layer.values is None:
            return
        old, start = (layer.keys[:, :, :many], layer.values[:, :, :many]), layer.seen - layer.tail
        mask = torch.ones(old[0].shape[:3], dtype=torch.bool, device=layer.keys.device)
        block = quantised(pack(*old, mask, start=start), self)
        layer.middle = block if layer.middle is None else _joined(layer.middle, block)
        layer.keys, layer.values = layer.keys[:, :, many:].clone(), layer.values[:, :, many:].clone()


@dataclass(frozen=True, eq=False)
class Quantised:
    """Quantised entries; the groups of keys of a head follow one another, the last one may be smaller.

    Attributes:
        lengths: (b, kv) int32 entries of each head.
        places: (n,) int32 place of each entry in the text.
        key_codes: (n, dk * bits / 8) uint8.
        key_low, key_step: (g, dk) least number and step of each group of tokens, a channel each.
        value_codes: (n, dv * bits / 8) uint8.
        value_low, value_step: (n, ceil(dv / group)) the same of each group of channels.
        how: the quantiser.
    """

    lengths: Tensor
    places: Tensor
    key_codes: Tensor
    key_low: Tensor
    key_step: Tensor
    value_codes: Tensor
    value_low: Tensor
    value_step: Tensor
    how: Quantiser

    def dense(self) -> Packed:
        """The entries at full precision, with the error that they have now."""
        bits, group = self.how.bits, self.how.group
        keys = _by_token(_unpacked(self.key_codes, bits), self.key_low, self.key_step, self.lengths, group)
        values = _of_channels(_unpacked(self.value_codes, bits), self.value_low, self.value_step, group)
        return Packed(self.lengths, self.places, keys, values)

    def held(self) -> Quantised:
        """The entries in memory, as they are stored: these."""
        return self

    @property
    def parked(self) -> int:
        """Bytes that are elsewhere: none."""
        return 0

    def picked(self, rows: Tensor, lengths: Tensor) -> Quantised:
        """The entries of these rows, which come to `lengths`; of a head the first ones or all: groups stay whole."""
        begins = _within(lengths.to(rows.device)) % self.how.group == 0
        groups = _groups(self.lengths, self.how.group)[rows[begins]]
        return Quantised(
            lengths.to(LENGTH),
            self.places[rows],
            self.key_codes[rows],
            self.key_low[groups],
            self.key_step[groups],
            self.value_codes[rows],
            self.value_low[rows],
            self.value_step[rows],
            self.how,
        )

    def tensors(self) -> Mapping[str, Tensor]:
        """What is stored, by name."""
        return {name: getattr(self, name) for name in STORED}


STORED = ("lengths", "places", "key_codes", "key_low", "key_step", "value_codes", "value_low", "value_step")


def quantised(packed: Packed, how: Quantiser) -> Quantised:
    """Entries, quantised.

    Raises:
        InvalidPlan: heads so small that their numbers do not fill whole bytes.
    """
    groups = _groups(packed.lengths, how.group)
    low, high = _extremes(packed.keys, groups, _group_count(packed.lengths, how.group))
    key_low, key_step = low, _step(low, high, how.bits)
    value_low, value_high = _by_channel(packed.values, how.group)
    value_step = _step(value_low, value_high, how.bits)
    wide_low, wide_step = (_widened(part, packed.values.shape[1], how.group) for part in (value_low, value_step))
    return Quantised(
        packed.lengths,
        packed.places,
        _packed(_codes(packed.keys, key_low[groups], key_step[groups], how.bits), how.bits),
        key_low,
        key_step,
        _packed(_codes(packed.values, wide_low, wide_step, how.bits), how.bits),
        value_low,
        value_step,
        how,
    )


# --- numbers -----------------------------------------------------------------------------------------------------


def _step(low: Tensor, high: Tensor, bits: int) -> Tensor:
    """Distance of two neighbouring codes."""
    step: Tensor = (high.float() - low.float()) / (2**bits - 1)
    return step.to(low.dtype)


def _codes(numbers: Tensor, low: Tensor, step: Tensor, bits: int) -> Tensor:
    """uint8 code of each number: the nearest step; 0 where a group is all one number."""
    steps: Tensor = (numbers.float() - low.float()) / step.float().masked_fill(step == 0, 1)
    return steps.round().clamp(0, 2**bits - 1).to(torch.uint8)


def _restored(codes: Tensor, low: Tensor, step: Tensor) -> Tensor:
    return (codes.float() * step.float() + low.float()).to(low.dtype)


def _by_token(codes: Tensor, low: Tensor, step: Tensor, lengths: Tensor, group: int) -> Tensor:
    """(n, d) numbers of codes whose groups are tokens of a head, the last one of each head as long as it comes.

    Groups are seen as slices: to look each row's scale up would take several times as long.
    """
    out, row, first = low.new_empty(codes.shape), 0, 0
    for many in lengths.flatten().tolist():
        full, rest = many // group, many % group
        middle, last = row + full * group, first + full
        whole = codes[row:middle].view(full, group, codes.shape[1])
        out[row:middle] = _restored(whole, low[first:last, None], step[first:last, None]).flatten(0, 1)
        if rest:
            out[middle : row + many] = _restored(codes[middle : row + many], low[last], step[last])
        row, first = row + many, last + (rest > 0)
    return out


def _of_channels(codes: Tensor, low: Tensor, step: Tensor, group: int) -> Tensor:
    """(n, d) numbers of codes whose groups are channels of a token."""
    if codes.shape[1] % group:
        return _restored(codes, *(_widened(part, codes.shape[1], group) for part in (low, step)))
    return _restored(codes.view(len(codes), -1, group), low[..., None], step[..., None]).flatten(1)


def _packed(codes: Tensor, bits: int) -> Tensor:
    """(n, d * bits / 8) bytes of codes (n, d), the first in the low bits."""
    each = 8 // bits
    if codes.shape[1] % each:
        raise InvalidPlan(f"{codes.shape[1]} numbers of {bits} bits do not fill whole bytes.", hint="Take more bits.")
    shifts = torch.arange(0, 8, bits, dtype=torch.uint8, device=codes.device)
    return (codes.view(len(codes), codes.shape[1] // each, each) << shifts).sum(2, dtype=torch.uint8)


def _unpacked(stored: Tensor, bits: int) -> Tensor:
    """(n, d) uint8 codes."""
    codes = stored.new_empty(*stored.shape, 8 // bits)
    for number in range(8 // bits):
        codes[..., number] = (stored >> (number * bits)) & (2**bits - 1)
    return codes.flatten(1)


# --- groups ------------------------------------------------------------------------------------------------------


def _many(lengths: Tensor, group: int) -> Tensor:
    """(b * kv,) groups of tokens of each head."""
    return (lengths.flatten().long() + group - 1) // group


def _group_count(lengths: Tensor, group: int) -> int:
    return int(_many(lengths, group).sum())


def _within(lengths: Tensor) -> Tensor:
    """(n,) number of each row within its head."""
    many = lengths.flatten().long()
    return torch.arange(int(many.sum()), device=many.device) - starts(lengths)[:-1].repeat_interleave(many)


def _groups(lengths: Tensor, group: int) -> Tensor:
    """(n,) number of the group of tokens of each row."""
    begin = _many(lengths, group).cumsum(0) - _many(lengths, group)
    return begin.repeat_interleave(lengths.flatten().long()) + _within(lengths) // group


def _extremes(numbers: Tensor, groups: Tensor, many: int) -> tuple[Tensor, Tensor]:
    """(g, d) least and greatest number of each group of rows, each channel."""
    index, out = groups[:, None].expand_as(numbers), numbers.new_zeros(many, numbers.shape[1])
    low = out.scatter_reduce(0, index, numbers, "amin", include_self=False)
    return low, out.scatter_reduce(0, index, numbers, "amax", include_self=False)


def _by_channel(numbers: Tensor, group: int) -> tuple[Tensor, Tensor]:
    """(n, ceil(d / group)) least and greatest number of each group of channels."""
    parts = torch.split(numbers, group, 1)
    return torch.stack([part.amin(1) for part in parts], 1), torch.stack([part.amax(1) for part in parts], 1)


def _widened(part: Tensor, d: int, group: int) -> Tensor:
    """(n, d) what a group of channels has, for each of its channels."""
    return part.repeat_interleave(group, 1)[:, :d]


# --- blocks ------------------------------------------------------------------------------------------------------


def _split(packed: Packed, window: int) -> tuple[Packed, Packed]:
    """All but the last `window` entries of each head, and these."""
    lengths = packed.lengths.long()
    left = (lengths - window).clamp_min(0)
    old = _within(lengths) < left.flatten().repeat_interleave(lengths.flatten())
    return packed.picked(old.nonzero().flatten(), left), packed.picked((~old).nonzero().flatten(), lengths - left)


def _joined(one: Block, other: Quantised) -> Quantised:
    """Two blocks whose heads have the same number of entries, the first in whole groups, one behind the other."""
    assert isinstance(one, Quantised)
    heads = one.lengths.numel()
    assert uniform(one) is not None
    parts = {name: _behind(getattr(one, name), getattr(other, name), heads) for name in STORED[1:]}
    return Quantised(lengths=one.lengths + other.lengths, how=one.how, **parts)


def _behind(one: Tensor, other: Tensor, heads: int) -> Tensor:
    """Rows of each head of one, then of the other."""
    shape = (heads, -1, *one.shape[1:])
    return torch.cat([one.view(shape), other.view(shape)], 1).flatten(0, 1)
