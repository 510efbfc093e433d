"""Weights in 4 bits for `MatMulNBits`: codes -8..7 and one half-precision scale for each 32 inputs of an output.

Rounding is that of GPTQ (arXiv 2210.17323): inputs are rounded one after the other, and the error of each is made good
by those still to come, as far as the inputs go together on real text. Without inputs to go by, each is rounded to the
nearest. Scales are the best of a few shares of the block's range, by squared error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float32]

BLOCK = 32
LOW, HIGH = -8, 7
CLIPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)  # shares of a block's range that are tried; what lies outside is cut off
DAMPING = 0.01  # of the mean of the diagonal, as in the paper


@dataclass(frozen=True, eq=False)
class FourBit:
    """A weight (out, in): value = scale * code.

    Attributes:
        codes: (out, in) whole numbers -8..7.
        scales: (out, in / 32), float16 or exactly that.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float16]

    def values(self) -> Real:
        """(out, in) the weight that comes back."""
        blocks = self.codes.reshape(*self.scales.shape, BLOCK).astype(np.float32)
        return (blocks * self.scales.astype(np.float32)[..., None]).reshape(self.codes.shape)

    def packed(self) -> NDArray[np.uint8]:
        """(out, in / 32, 16) bytes of two codes, counted from 0, the first in the low bits."""
        whole = (self.codes - LOW).astype(np.uint8).reshape(*self.scales.shape, BLOCK)
        return (whole[..., ::2] + 16 * whole[..., 1::2]).astype(np.uint8)


def four_bits(weight: Real, together: Real | None = None) -> FourBit:
    """Round a weight (out, in), `in` a multiple of 32.

    together -- (in, in) the sum of x x^T over the inputs x that the weight meets on real text
    """
    if weight.shape[1] % BLOCK:
        raise ValueError(f"a weight of {weight.shape[1]} inputs is no multiple of {BLOCK}")
    rest, shares = weight.astype(np.float32), None if together is None else _shares(together)
    importance = np.ones(weight.shape[1], np.float32)
    if shares is not None:
        importance /= np.diag(shares) ** 2
    codes = np.zeros(weight.shape, np.int8)
    scales = np.zeros((len(weight), weight.shape[1] // BLOCK), np.float16)
    for number in range(scales.shape[1]):
        part = slice(number * BLOCK, (number + 1) * BLOCK)
        scales[:, number] = _scales(rest[:, part], importance[part])
        scale = scales[:, number].astype(np.float32)
        if shares is None:
            codes[:, part] = _codes(rest[:, part], scale[:, None])
        else:
            codes[:, part], missed = _one_by_one(rest[:, part], scale, shares[part, part])
            rest[:, part.stop :] -= missed @ shares[part, part.stop :]
    return FourBit(codes, scales)


def _shares(together: Real) -> Real:
    """Upper Cholesky factor of the inverse: row i says how the inputs behind i make good an error of input i."""
    whole = together.astype(np.float64)
    spread = max(float(np.diag(whole).mean()), 1e-12)
    whole = whole + DAMPING * spread * np.eye(len(whole))
    upper: Real = np.linalg.cholesky(np.linalg.inv(whole)).T.astype(np.float32)
    return upper


def _one_by_one(part: Real, scale: Real, shares: Real) -> tuple[NDArray[np.int8], Real]:
    """Codes (out, 32) of a block whose later inputs make good the errors, and the errors (out, 32)."""
    rest, codes, missed = part.copy(), np.zeros(part.shape, np.int8), np.zeros_like(part)
    for at in range(part.shape[1]):
        codes[:, at] = _codes(rest[:, at], scale)
        missed[:, at] = (rest[:, at] - codes[:, at] * scale) / shares[at, at]
        rest[:, at + 1 :] -= missed[:, at, None] * shares[at, at + 1 :]
    return codes, missed


def _scales(part: Real, importance: Real) -> NDArray[np.float16]:
    """(out,) for blocks (out, 32): the value farthest from 0 has code -8, or is cut off where that is better."""
    most = np.take_along_axis(part, np.abs(part).argmax(1)[:, None], 1)[:, 0]
    best, least = np.zeros(len(part), np.float16), np.full(len(part), np.inf, np.float32)
    for clip in CLIPS:
        tried = (most * clip / LOW).astype(np.float16)
        scale = tried.astype(np.float32)[:, None]
        error = ((_codes(part, scale) * scale - part) ** 2 * importance).sum(1)
        best, least = np.where(error < least, tried, best), np.minimum(error, least)
    return best


def _codes(values: Real, scale: Real) -> NDArray[np.int8]:
    safe = np.where(scale == 0, np.float32(1), scale)
    return np.clip(np.rint(values / safe), LOW, HIGH).astype(np.int8)
