"""Exact binomial probabilities and intervals, in NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log

_HALVINGS = 60  # of the interval from 0 to 1: the last digit of a float


def at_least(count: int, total: int, chance: float) -> float:
    """P(X >= count) for X ~ Binomial(total, chance).

    Example: at_least(1, 2, 0.5) -> 0.75
    """
    if count <= 0:
        return 1.0
    if count > total or chance <= 0:
        return 0.0
    if chance >= 1:
        return 1.0
    terms = (_term(k, total, chance) for k in range(count, total + 1))
    return min(1.0, sum(terms))


def interval(count: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson 1934): where `count` of `total` is not surprising.

    Example: interval(0, 10) -> (0.0, 0.3085)
    """
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _root(lambda p: at_least(count, total, p), tail)
    high = 1.0 if count == total else _root(lambda p: at_least(count + 1, total, p), 1 - tail)
    return low, high


def order_interval(place: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Where the share above the `place`-th largest of `total` draws lies, by Beta(place, total + 1 - place).

    place -- 1 for the largest; 0 for a threshold that nothing passes
    """
    if place == 0:
        return 0.0, 0.0
    tail = (1 - confidence) / 2
    at = [_root(lambda p: at_least(place, total, p), level) for level in (tail, 1 - tail)]
    return at[0], at[1]


def _term(k: int, n: int, p: float) -> float:
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))


def _root(rising: Callable[[float], float], level: float) -> float:
    """Where a rising function on 0 to 1 passes a level."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return (low + high) / 2
