"""The whole measurement as one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tamis.attention.position import Lookup
from tamis.bench.position.run import Method, ask
from tamis.bench.position.summary import MEASURES, Curve, compared, places_of
from tamis.errors import unknown


def curve(
    model: Any, lookups: Sequence[Lookup], method: Method | None = None, *, measure: str = "exact", seed: int = 0
) -> Curve:
    """Ask everything, with and without the method.

    Args:
        model: of transformers.
        lookups: of `tamis.attention.position.lookups`: each sample in each place.
        method: what is compared with the model as it is.
        measure: a name in `MEASURES`.
        seed: of the intervals.

    Raises:
        UnknownName: no such measure.
        InvalidInput: no lookups, or a sample that is not asked about in each place once.
    """
    places_of(lookups)
    if measure not in MEASURES:
        raise unknown("measure", measure, MEASURES)
    plain = ask(model, lookups)
    return compared(plain, None if method is None else ask(model, lookups, method), measure=measure, seed=seed)
