"""Which of a handful of intents a short request has, by a few examples of each, or none of them.

An intent is a prototype: the mean of its examples' vectors and that of its name, which counts as one example more
(IDML, NAACL 2022); the nearest by squared distance is chosen (Snell et al. 2017, arXiv 1703.05175).
None of them is chosen where the distance to the nearest is larger than known requests have it, by the conformal test of
`calibration.py`. Unlabelled traffic can move the prototypes (`adapted`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput
from tamis.models.protocols import Encoder
from tamis.novelty.calibration import HeldOut, Promise, checked_rate
from tamis.novelty.detector import open_encoder
from tamis.novelty.inputs import Inputs, Vectors, checked_texts
from tamis.novelty.labels import label_text

WEIGHTS = (1.0, 0.0, 0.5, 1.5, 2.0, 3.0)  # that the name of an intent may have; the first where examples cannot tell
SHARPNESS = 10.0  # of probabilities: exp(-10 times the squared distance)
ROUNDS = 5  # of moving prototypes by traffic
TRUST = 2.0  # texts of traffic that a prototype outweighs
RATE = 0.05


@dataclass(frozen=True, slots=True)
class Choice:
    """The intent of a request.

    Attributes:
        text: of the request.
        intent: the nearest; None where it is none of them.
        probability: of the nearest among the intents.
        second: the next nearest; None where there is one intent only.
        p: as far from every intent as this are this share of known requests at most.
    """

    text: str
    intent: str | None
    probability: float
    second: str | None
    p: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two intents that are taken for each other.

    Attributes:
        one, other: their names.
        errors: examples of either that are nearer to the other, each left out of its own prototype.
        examples: of both.
        cosine: of the two prototypes.
    """

    one: str
    other: str
    errors: int
    examples: int
    cosine: float


@dataclass(frozen=True, eq=False)
class Intents:
    """Intents as prototypes; obtained from `Intents.fit`. Immutable.

    Attributes:
        names: (c,) of the intents.
        prototypes: (c, d).
        label_weight: how many examples a name counts as.
        calibration: distances of known requests to the nearest prototype.
        encoder: of sentence vectors.
        encoder_name: under which it is opened again.
        confusions: pairs with errors or near prototypes, worst first.
    """

    names: tuple[str, ...]
    prototypes: Vectors
    label_weight: float
    calibration: HeldOut
    encoder: Encoder
    encoder_name: str = ""
    confusions: tuple[Confusion, ...] = ()

    @staticmethod
    def fit(
        examples: Mapping[str, Sequence[str]],
        *,
        encoder: str | Encoder = "mini",
        traffic: Sequence[str] = (),
        label_weight: float | None = None,
    ) -> Intents:
        """Prototypes of intents by one example or more of each.

        Args:
            examples: name of an intent -> requests.
            encoder: a name, or an object with `vectors`.
            traffic: known requests without labels that are not among the examples: they calibrate "none of these".
                Without them, examples do, each left out of its own prototype, where an intent has two or more; that
                is an approximation, since the others then have one more.
            label_weight: how many examples a name counts as; by default what does best on examples left out.

        Raises:
            InvalidInput: no intents, one without examples or with something that is no text.
        """
        rows = _checked(examples)
        model = open_encoder(encoder) if isinstance(encoder, str) else encoder
        support = _Support.of(rows, model)
        weight = support.best_weight() if label_weight is None else float(label_weight)
        prototypes = support.prototypes(weight)
        known = Inputs.of(checked_texts(traffic, "traffic"), model).vectors if traffic else None
        distances = support.left_out(weight)[1] if known is None else _squares(known, prototypes).min(axis=1)
        name = encoder if isinstance(encoder, str) else ""
        confusions = support.confusions(weight)
        return Intents(tuple(rows), prototypes, weight, HeldOut.of(distances), model, name, confusions)

    def route(self, texts: Sequence[str], *, rate: float = RATE) -> list[Choice]:
        """The intent of each request.

        rate -- how often a request of a known intent may be called none of them

        Raises:
            InvalidInput: something that is no text, or a rate not between 0 and 1.
        """
        rows, limit = checked_texts(texts), checked_rate(rate)
        if not rows:
            return []
        squares = self._squares(rows)
        p_values = self.calibration.p_values(squares.min(axis=1))
        return [self._choice(*row, limit) for row in zip(rows, squares, p_values.tolist(), strict=True)]

    def adapted(self, traffic: Sequence[str]) -> Intents:
        """Prototypes moved towards the traffic near them, by soft k-means that starts from them.

        What the traffic asks for may be none of the intents: give requests that mostly are. The calibration stays, so
        calibrate anew (`calibrated`) where "none of these" matters.

        Raises:
            InvalidInput: something that is no text.
        """
        rows = checked_texts(traffic, "traffic")
        if not rows:
            return self
        vectors = Inputs.of(rows, self.encoder).vectors
        assert vectors is not None
        return replace(self, prototypes=moved(self.prototypes, vectors))

    def calibrated(self, traffic: Sequence[str]) -> Intents:
        """The same intents, "none of these" by other known requests.

        Raises:
            InvalidInput: no texts.
        """
        rows = checked_texts(traffic, "traffic")
        if not rows:
            raise InvalidInput("There is no traffic to calibrate with.", hint="Give known requests.")
        return replace(self, calibration=HeldOut.of(self._squares(rows).min(axis=1)))

    def promise(self, rate: float = RATE) -> Promise:
        """What can be said of requests that are wrongly called none of the intents."""
        return self.calibration.promise(rate)

    def _squares(self, texts: Sequence[str]) -> Floats:
        vectors = Inputs.of(texts, self.encoder).vectors
        assert vectors is not None
        return _squares(vectors, self.prototypes)

    def _choice(self, text: str, squares: Floats, p: float, rate: float) -> Choice:
        order = np.argsort(squares, kind="stable")
        chances = np.exp(-SHARPNESS * (squares - squares.min()))
        second = self.names[order[1]] if len(order) > 1 else None
        intent = None if p <= rate or not text.strip() else self.names[order[0]]
        return Choice(text, intent, float(1 / chances.sum()), second, p)


def moved(prototypes: Vectors, vectors: Vectors) -> Vectors:
    """(c, d) prototypes of unit length after some rounds of soft k-means on vectors (n, d)."""
    start = _unit(prototypes)
    centres = start
    for _ in range(ROUNDS):
        shares = np.exp(SHARPNESS * (vectors @ centres.T))
        shares /= shares.sum(axis=1, keepdims=True)
        centres = _unit(TRUST * start + shares.T @ vectors)
    return centres


@dataclass(frozen=True, eq=False)
class _Support:
    """Examples (n, d), the number of the intent of each (n,), and vectors of the names (c, d)."""

    names: tuple[str, ...]
    examples: Vectors
    owner: np.ndarray[Any, np.dtype[np.int64]]
    labels: Vectors

    @staticmethod
    def of(rows: Mapping[str, Sequence[str]], encoder: Encoder) -> _Support:
        flat = [text for texts in rows.values() for text in texts]
        vectors = Inputs.of([*flat, *map(label_text, rows)], encoder).vectors
        assert vectors is not None
        owner = np.repeat(np.arange(len(rows)), [len(texts) for texts in rows.values()])
        return _Support(tuple(rows), vectors[: len(flat)], owner, vectors[len(flat) :])

    def prototypes(self, weight: float) -> Vectors:
        """(c, d) means of examples and name."""
        sums, sizes = self._sums(weight)
        return np.asarray(sums / sizes[:, None], np.float32)

    def left_out(self, weight: float) -> tuple[Floats, Floats]:
        """(m, c) distances of examples, each left out of its own prototype, and (m,) the smallest of each.

        Only of intents that have another example.
        """
        sums, sizes = self._sums(weight)
        rows = self._others()
        squares = _squares(self.examples[rows], np.asarray(sums / sizes[:, None], np.float32))
        owner = self.owner[rows]
        own = (sums[owner] - self.examples[rows]) / (sizes[owner] - 1)[:, None]
        squares[np.arange(len(rows)), owner] = ((self.examples[rows] - own) ** 2).sum(1)
        return squares, squares.min(axis=1) if len(rows) else np.zeros(0)

    def best_weight(self) -> float:
        """The weight with which most examples are right, the first of equals."""
        rows = self._others()
        if not len(rows):
            return WEIGHTS[0]
        right = [(self.left_out(weight)[0].argmin(axis=1) == self.owner[rows]).mean() for weight in WEIGHTS]
        return WEIGHTS[int(np.argmax(right))]

    def confusions(self, weight: float) -> tuple[Confusion, ...]:
        """Pairs with an error or with prototypes whose cosine is above 0.7, worst first."""
        rows, units = self._others(), _unit(self.prototypes(weight))
        nearest = self.left_out(weight)[0].argmin(axis=1) if len(rows) else np.zeros(0, np.int64)
        errors = np.zeros((len(self.names),) * 2, np.int64)
        np.add.at(errors, (self.owner[rows], nearest), 1)
        errors, cosines = errors + errors.T, units @ units.T
        sizes = np.bincount(self.owner, minlength=len(self.names))
        pairs = [
            Confusion(self.names[a], self.names[b], int(errors[a, b]), int(sizes[a] + sizes[b]), float(cosines[a, b]))
            for a, b in zip(*np.triu_indices(len(self.names), 1), strict=True)
            if errors[a, b] or cosines[a, b] > 0.7
        ]
        return tuple(sorted(pairs, key=lambda pair: (-pair.errors / pair.examples, -pair.cosine)))

    def _sums(self, weight: float) -> tuple[Floats, Floats]:
        sums = weight * self.labels.astype(np.float64)
        np.add.at(sums, self.owner, self.examples)
        sizes = np.bincount(self.owner, minlength=len(self.names)).astype(np.float64)
        return sums, sizes + weight

    def _others(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The examples whose intent has another one."""
        return np.flatnonzero(np.bincount(self.owner)[self.owner] > 1)


def _checked(examples: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    if not examples:
        raise InvalidInput("There are no intents.", hint="Give names with an example of each.")
    rows = {str(name): checked_texts(texts, f"examples of {name!r}") for name, texts in examples.items()}
    for name, texts in rows.items():
        if not any(text.strip() for text in texts):
            raise InvalidInput(f"The intent {name!r} has no example.", hint="Give one at least.")
    return {name: tuple(text for text in texts if text.strip()) for name, texts in rows.items()}


def _squares(vectors: Vectors, prototypes: Vectors) -> Floats:
    """(n, c) squared distances."""
    squares = (vectors**2).sum(1)[:, None] - 2 * vectors @ prototypes.T + (prototypes**2).sum(1)
    return np.asarray(np.maximum(squares, 0), np.float64)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
