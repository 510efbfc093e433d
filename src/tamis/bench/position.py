"""The position curve: how well a pair is looked up by where it stands, with and without a method.

The same pairs are asked about in every place, so places, and the two ways to run the model, are compared on the same
items. A model too weak to be right still has a curve: that of the log-probability of the right answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, TypeAlias

from tamis.attention.position import Lookup
from tamis.bench.paired import Difference, difference
from tamis.errors import InvalidInput, unknown
from tamis.io.schema import Schema

Method: TypeAlias = Callable[[Any], AbstractContextManager[Any]]
"""Makes the block in which a model is to be run, anew for each question: `lambda model: sparse(model)`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model made of one lookup.

    Attributes:
        lookup: what was asked.
        exact: whether greedy decoding gives the right answer to the last token.
        logprob: of the right answer, nats a token, the mean.
    """

    lookup: Lookup
    exact: bool
    logprob: float


SCHEMA = Schema("tamis.bench.position", 1, InvalidInput, "No curve: {}.", "What `Curve.to_json` wrote.")
MEASURES: Mapping[str, Callable[[Answer], float]] = {
    "exact": lambda answer: float(answer.exact),
    "logprob": lambda answer: answer.logprob,
}


@dataclass(frozen=True, slots=True)
class Point:
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
    points: tuple[Point, ...]
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
        lines += [_line(f"{one.place}", _told(one.plain), _told(one.ours), _told(one.gain)) for one in self.points]
        left = "-" if self.bias_left is None else f"{self.bias_left:.3f}"
        return "\n".join([*lines, _line("bias", f"{self.bias:.3f}", left, ""), _line("all", "", "", _told(self.gain))])


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
    _places(lookups)
    if measure not in MEASURES:
        raise unknown("measure", measure, MEASURES)
    plain = ask(model, lookups)
    return compared(plain, None if method is None else ask(model, lookups, method), measure=measure, seed=seed)


def compared(
    plain: Sequence[Answer], ours: Sequence[Answer] | None = None, *, measure: str = "exact", seed: int = 0
) -> Curve:
    """The curve of answers that are there; see `curve`."""
    if measure not in MEASURES:
        raise unknown("measure", measure, MEASURES)
    asked = [answer.lookup for answer in plain]
    if ours is not None and [answer.lookup for answer in ours] != asked:
        raise InvalidInput("The answers are to other questions.", hint="Ask both the same, in the same order.")
    places = _places(asked)
    by_place = {place: _scores(plain, place, measure) for place in places}
    with_ours = None if ours is None else {place: _scores(ours, place, measure) for place in places}
    pairs = asked[0].pairs
    points = tuple(
        _point(place, pairs, by_place[place], None if with_ours is None else with_ours[place], seed) for place in places
    )
    overall = None
    if with_ours is not None:
        overall = difference(_by_sample(with_ours), _by_sample(by_place), seed=seed)
    return Curve(measure, pairs, len(by_place[places[0]]), points, overall)


def ask(model: Any, lookups: Sequence[Lookup], method: Method | None = None) -> list[Answer]:
    """Read each prompt, then the right answer token by token: what is scored is what would be decoded."""
    import torch

    answers = []
    for lookup in lookups:
        with torch.no_grad(), nullcontext() if method is None else method(model):
            answers.append(_answered(model, lookup))
    return answers


def _answered(model: Any, lookup: Lookup) -> Answer:
    import torch

    fed = torch.tensor([lookup.prompt], device=model.device)
    cache, exact, nats = None, True, []
    for token in lookup.answer:
        read = model(input_ids=fed, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, logits = read.past_key_values, read.logits[0, -1].float()
        nats.append(float(logits.log_softmax(-1)[token]))
        # Greedy decoding goes this way as long as the right token is the likeliest.
        exact = exact and int(logits.argmax()) == token
        fed = torch.tensor([[token]], device=model.device)
    return Answer(lookup, exact, math.fsum(nats) / len(nats))


def _places(lookups: Sequence[Lookup]) -> list[int]:
    """The places, ascending; each sample has each of them once."""
    asked = sorted((one.place, one.sample) for one in lookups)
    places, samples = sorted({place for place, _ in asked}), sorted({sample for _, sample in asked})
    if not asked or asked != [(place, sample) for place in places for sample in samples]:
        raise InvalidInput(f"{len(asked)} lookups.", hint="Ask about each sample in each place, once.")
    return places


def _scores(answers: Sequence[Answer], place: int, measure: str) -> list[float]:
    """At one place, by sample."""
    mine = sorted(
        (answer.lookup.sample, MEASURES[measure](answer)) for answer in answers if answer.lookup.place == place
    )
    return [score for _, score in mine]


def _by_sample(scores: Mapping[int, Sequence[float]]) -> list[float]:
    return [fmean(of_sample) for of_sample in zip(*scores.values(), strict=True)]


def _point(place: int, pairs: int, plain: Sequence[float], ours: Sequence[float] | None, seed: int) -> Point:
    depth, zero = place / max(pairs - 1, 1), [0.0] * len(plain)
    mean = difference(plain, zero, seed=seed)
    if ours is None:
        return Point(place, depth, mean)
    return Point(place, depth, mean, difference(ours, zero, seed=seed), difference(ours, plain, seed=seed))


def _range(means: Sequence[Difference]) -> float:
    return max(one.mean for one in means) - min(one.mean for one in means)


def _told(one: Difference | None) -> str:
    return "-" if one is None else f"{one.mean:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _line(place: str, plain: str, ours: str, gain: str) -> str:
    return f"{place:>5}  {plain:<24} {ours:<24} {gain}".rstrip()
