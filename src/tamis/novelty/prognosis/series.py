"""Metered processes: what is measured at even steps, from the start of each until its end or until now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tamis.core import Floats
from tamis.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Series:
    """One process: an engine, a session, a worker.

    Attributes:
        values: (t, d) what is measured, a row a step, the first one first.
        settings: (t, k) how it is run (height, speed, kind of machine), where that changes what is usual; None without.
        ended: the last row is the last one before the end; False where it still goes on.
    """

    values: Floats
    settings: Floats | None = None
    ended: bool = True

    @staticmethod
    def of(values: ArrayLike | Series, settings: ArrayLike | None = None, *, ended: bool = True) -> Series:
        """A series of an array, (t,) or (t, d); one that is a series already stays.

        Raises:
            InvalidInput: empty, of another shape, not finite, or settings of another length.
        """
        if isinstance(values, Series):
            return values
        table = _table(values, "values")
        conditions = None if settings is None else _table(settings, "settings")
        if conditions is not None and len(conditions) != len(table):
            raise InvalidInput(f"There are {len(table):,} rows of values and {len(conditions):,} of settings.")
        return Series(table, conditions, ended)

    def __len__(self) -> int:
        """Steps so far."""
        return len(self.values)

    @property
    def left(self) -> Floats:
        """(t,) steps that are left after each, of a series that ended."""
        return np.arange(len(self) - 1, -1, -1, dtype=np.float64)


def _table(values: ArrayLike, what: str) -> Floats:
    try:
        table = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{what} are not numbers: {str(values)[:60]}.") from error
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not table.size:
        raise InvalidInput(f"{what} must be of shape (t,) or (t, d), got {table.shape}.", hint="A row is a step.")
    if not np.isfinite(table).all():
        bad = int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])
        raise InvalidInput(f"Row {bad} of {what} is not finite: {table[bad].tolist()!r}.", hint="Fill gaps first.")
    return table


def alike(series: Sequence[Series]) -> tuple[int, int]:
    """How many values and settings each has.

    Raises:
        InvalidInput: they differ, or there are none.
    """
    widths = {(one.values.shape[1], 0 if one.settings is None else one.settings.shape[1]) for one in series}
    if len(widths) != 1:
        raise InvalidInput(f"Series need the same values and settings, got {sorted(widths)!r} of each.")
    return widths.pop()
