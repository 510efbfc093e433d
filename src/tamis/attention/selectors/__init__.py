"""Selectors: which keys each block of queries sees. One interface, a table of names."""

from __future__ import annotations

from collections.abc import Callable

from tamis.attention.selectors.protocol import Selector
from tamis.attention.selectors.static import AShape, Dense
from tamis.errors import unknown

SELECTORS: dict[str, Callable[..., Selector]] = {
    "dense": Dense,
    "a_shape": AShape,
}


def selector(name: str, **options: object) -> Selector:
    """The selector of that name, with its options.

    Raises:
        UnknownName: no such selector.
    """
    if name not in SELECTORS:
        raise unknown("selector", name, SELECTORS)
    return SELECTORS[name](**options)


__all__ = ["SELECTORS", "AShape", "Dense", "Selector", "selector"]
