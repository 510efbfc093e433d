"""How many steps are left? Learnt from processes that were measured until they ended.

fit:       series -> regimes -> a model for each fold of the series -> how its predictions go wrong on the fold left out
remaining: series -> regimes -> predictions -> what to expect, the median, and a lower bound
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput, NoEnds, unknown
from tamis.novelty.calibration import checked_rate
from tamis.novelty.prognosis.bound import Ratios
from tamis.novelty.prognosis.forecasters import METHODS, Fit, Forecaster
from tamis.novelty.prognosis.regimes import Regimes
from tamis.novelty.prognosis.series import Series, alike

LEAST = 4  # series that ended: fewer cannot be left out in turn
FOLDS = 5
MOMENTS = 24  # of a life, at which predictions are compared with what was left
RATE = 0.1

_Moments = Callable[[int], Ints]


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of a process.

    Attributes:
        expected: steps on average; under a cap, of what is left up to it.
        median: steps that half of such processes reach.
        at_least: steps that are left in all but a share `rate` of cases.
        rate: of cases in which `at_least` is too much.
        series: by how many series that ended this is calibrated.
    """

    expected: float
    median: int
    at_least: int
    rate: float
    series: int

    def __str__(self) -> str:
        """In a sentence."""
        return (
            f"about {self.median:,} steps left, at least {self.at_least:,} "
            f"(wrong in {100 * self.rate:g} % of cases; {self.series:,} series)"
        )


@dataclass(frozen=True, eq=False)
class Prognosis:
    """Knows how processes end; obtained from `Prognosis.fit`. Immutable.

    Attributes:
        regimes: what is usual under which settings.
        models: one for each fold of the series, which it has not seen.
        ratios: how their predictions went wrong on the folds left out.
        widths: how many values and settings a series has.
        count: of series that ended.
    """

    regimes: Regimes
    models: tuple[Forecaster, ...]
    ratios: Ratios
    widths: tuple[int, int]
    count: int

    @staticmethod
    def fit(
        series: Sequence[Series | ArrayLike],
        *,
        method: str = "boosted",
        cap: float | None = None,
        seed: int = 0,
    ) -> Prognosis:
        """Learn from processes that were measured until they ended.

        Args:
            series: of each process; an array (t,) or (t, d) is one that ended with its last row. Those that still go
                on (`Series.of(..., ended=False)`) show what is usual and are not learnt from otherwise.
            method: a name in `METHODS`.
            cap: teach that no more than this is left: what begins in good state shows no sign of its end.
            seed: of folds and models.

        Raises:
            NoEnds: fewer than four series ended.
            InvalidInput: series that do not fit together, or whose values never change.
            UnknownName: no such method.
            MissingExtra: the method needs torch.
        """
        rows = [Series.of(one) for one in series]
        ended = [one for one in rows if one.ended]
        if len(ended) < LEAST:
            raise NoEnds(
                f"{len(ended)} of {len(rows)} series ended; {LEAST} at least are needed.",
                hint="What never ended shows no end: give series up to their last step.",
            )
        if cap is not None and not cap > 0:
            raise InvalidInput(f"cap must be above 0, got {cap!r}.", hint="125 is usual for turbofan engines.")
        widths, regimes = alike(rows), Regimes.fit(rows, seed)
        if method not in METHODS:
            raise unknown("method", method, METHODS)
        lives = _Lives([regimes(one) for one in ended], [one.left for one in ended], cap or np.inf, seed)
        models, ratios = lives.cross_fit(METHODS[method])
        return Prognosis(regimes, models, ratios, widths, len(ended))

    def remaining(self, series: Series | ArrayLike, *, rate: float = RATE) -> Remaining:
        """What is left after the last row of a series.

        Args:
            series: from the start of the process on.
            rate: of cases in which `at_least` may be too much. Below 1 / (series that ended + 1) nothing can be said,
                and it is 0.

        Raises:
            InvalidInput: other values than those learnt, or a rate that is not between 0 and 1.
        """
        predictions = self._predictions(series, lambda count: np.array([count - 1]))[:, 0]
        shares = 0.5, checked_rate(rate)
        median, low = (math.ceil(self.ratios.quantile(predictions, share) - 1e-9) for share in shares)  # whole steps
        return Remaining(float(np.maximum(predictions, 0).mean()), median, low, rate, self.count)

    def expected(self, series: Series | ArrayLike) -> Floats:
        """(t,) steps left on average after each row of a series, by the rows up to it.

        Raises:
            InvalidInput: other values than those learnt.
        """
        return np.asarray(np.maximum(self._predictions(series, np.arange), 0).mean(axis=0))

    def _predictions(self, series: Series | ArrayLike, moments: _Moments) -> Floats:
        """(models, moments)."""
        one = Series.of(series)
        if alike([one]) != self.widths:
            raise InvalidInput(
                f"The series has {alike([one])!r} values and settings; {self.widths!r} were learnt.",
                hint="Give the same columns as to fit.",
            )
        history = self.regimes(one)
        return np.stack([model.predict(history, moments(len(history))) for model in self.models])


@dataclass(frozen=True, eq=False)
class _Lives:
    """Whole lives: histories (t, d) and what was left at each row."""

    histories: list[Floats]
    left: list[Floats]
    cap: float
    seed: int

    def cross_fit(self, fit: Fit) -> tuple[tuple[Forecaster, ...], Ratios]:
        """A model for each fold, learnt without it, and what it says of it."""
        rng, count = np.random.default_rng(self.seed), len(self.histories)
        folds = rng.permutation(count) % min(FOLDS, count)
        models, parts = [], []
        for fold in range(folds.max() + 1):
            learn = np.flatnonzero(folds != fold)
            targets = [np.minimum(self.left[row], self.cap) for row in learn]
            models.append(fit([self.histories[row] for row in learn], targets, self.seed + fold))
            for row in np.flatnonzero(folds == fold):
                moments = np.unique(rng.integers(len(self.left[row]), size=MOMENTS))
                parts.append((fold, models[-1].predict(self.histories[row], moments), self.left[row][moments]))
        return tuple(models), Ratios.of(parts)
