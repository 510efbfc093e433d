"""The position curve: scores of answers by place, with and without a method, paired.

The same pairs are asked about in every place, so places, and the two ways to run the model, are compared on the same
items. A model too weak to be right still has a curve: that of the log-probability of the right answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean

from tamis.attention.position import Lookup
from tamis.bench.paired import Difference, difference
from tamis.bench.position.run import LookupAnswer
from tamis.errors import InvalidInput, unknown
from tamis.io.schema import Schema

SCHEMA = Schema("tamis.bench.position", 1, InvalidInput, "No curve: {}.", "What `Curve.to_json` wrote.")
MEASURES: Mapping[str, Callable[[LookupAnswer], float]] = {
    "exact": lambda answer: float(answer.exact),
    "logprob": lambda answer: answer.logprob,
}


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One place of the curve; means over samples with their intervals.

    Attributes:
        place: of the pair among the pairs, from 0.
        depth: 0 for the first place, 1 for the last.
        plain: of the model as it is.
        ours: with the method; None without one.
        gain: ours minus plain, paired.
    """

    place: int
    depth: float
    plain: Difference
    ours: Difference | None = None
    gain: Difference | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Scores by place.

    Attributes:
        measure: a name in `MEASURES`.
        pairs, samples: of the lookups.
        points: by place, from first to last.
        gain: over all places; None without a method. One set of pairs is one item.
    """

    measure: str
    pairs: int
    samples: int
    points: tuple[CurvePoint, ...]
    gain: Difference | None = None

    @property
    def bias(self) -> float:
        """Best place minus worst place, of the model as it is."""
        return _range([point.plain for point in self.points])

    @property
    def bias_left(self) -> float | None:
        """Best place minus worst place with the method; None without one."""
        ours = [point.ours for point in self.points if point.ours is not None]
        return _range(ours) if ours else None

    def to_json(self) -> str:
        """One line of JSON."""
        return SCHEMA.dumps(asdict(self))

    def __str__(self) -> str:
        lines = [
            f"{self.measure}, {self.samples} samples of {self.pairs} pairs",
            _line("place", "plain", "ours", "gain"),
        ]
        return "\n".join([*lines, *(_line(*row) for row in cells(self))])


def compared(
    plain: Sequence[LookupAnswer], ours: Sequence[LookupAnswer] | None = None, *, measure: str = "exact", seed: int = 0
) -> Curve:
    """The curve of answers that are there; see `curve`."""
    if measure not in MEASURES:
        raise unknown("measure", measure, MEASURES)
    lookups = [answer.lookup for answer in plain]
    if ours is not None and [answer.lookup for answer in ours] != lookups:
        raise InvalidInput("The answers are to other questions.", hint="Ask both the same, in the same order.")
    places = places_of(lookups)
    by_place = {place: _scores(plain, place, measure) for place in places}
    with_ours = None if ours is None else {place: _scores(ours, place, measure) for place in places}
    pairs = lookups[0].pairs
    points = tuple(
        _point(place, pairs, by_place[place], None if with_ours is None else with_ours[place], seed) for place in places
    )
    overall = None
    if with_ours is not None:
        overall = difference(_by_sample(with_ours), _by_sample(by_place), seed=seed)
    return Curve(measure, pairs, len(by_place[places[0]]), points, overall)


def places_of(lookups: Sequence[Lookup]) -> list[int]:
    """The places, ascending; each sample has each of them once."""
    cells = sorted((one.place, one.sample) for one in lookups)
    places, samples = sorted({place for place, _ in cells}), sorted({sample for _, sample in cells})
    if not cells or cells != [(place, sample) for place in places for sample in samples]:
        raise InvalidInput(f"{len(lookups)} lookups.", hint="Ask about each sample in each place, once.")
    return places


def _scores(answers: Sequence[LookupAnswer], place: int, measure: str) -> list[float]:
    """At one place, by sample."""
    scores = sorted(
        (answer.lookup.sample, MEASURES[measure](answer)) for answer in answers if answer.lookup.place == place
    )
    return [score for _, score in scores]


def _by_sample(scores: Mapping[int, Sequence[float]]) -> list[float]:
    return [fmean(of_sample) for of_sample in zip(*scores.values(), strict=True)]


def _point(place: int, pairs: int, plain: Sequence[float], ours: Sequence[float] | None, seed: int) -> CurvePoint:
    depth, zero = place / max(pairs - 1, 1), [0.0] * len(plain)
    mean = difference(plain, zero, seed=seed)
    if ours is None:
        return CurvePoint(place, depth, mean)
    return CurvePoint(place, depth, mean, difference(ours, zero, seed=seed), difference(ours, plain, seed=seed))


def _range(means: Sequence[Difference]) -> float:
    return max(one.mean for one in means) - min(one.mean for one in means)


def _figure(one: Difference | None) -> str:
    return "-" if one is None else f"{one.mean:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _line(place: str, plain: str, ours: str, gain: str) -> str:
    return f"{place:>5}  {plain:<24} {ours:<24} {gain}".rstrip()


HEAD = ("place", "plain", "with the method", "gain")


def cells(curve: Curve) -> list[tuple[str, str, str, str]]:
    """A curve as rows of text under `HEAD`: a place each, then the bias, then all places together."""
    points = curve.points
    rows = [(f"{one.place}", _figure(one.plain), _figure(one.ours), _figure(one.gain)) for one in points]
    left = "-" if curve.bias_left is None else f"{curve.bias_left:.3f}"
    return [*rows, ("bias", f"{curve.bias:.3f}", left, ""), ("all", "", "", _figure(curve.gain))]


def table(curves: Sequence[Curve]) -> str:
    """The curves as text, a block each."""
    return "\n\n".join(map(str, curves))
