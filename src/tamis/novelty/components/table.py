"""The components by name: how each is fitted and read back, and what it weighs by default. One line adds one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from numpy.typing import NDArray

from tamis.errors import InvalidInput, unknown
from tamis.novelty.components.phrases import Phrases
from tamis.novelty.components.protocol import Component, Look, Tensors
from tamis.novelty.components.surprise import Surprise, characters, word_marks
from tamis.novelty.components.vectors import Clusters, Density, Neighbours
from tamis.novelty.inputs import Inputs

Fit = Callable[[Inputs], Component]
Read = Callable[[Tensors], Component]


@dataclass(frozen=True, slots=True)
class ComponentKind:
    """How components of a name come to be.

    Attributes:
        says: what it looks at, in a line.
        fit, read: from known texts; from its tensors.
        weight: in the fused score, where nothing else is asked for.
        reads_vectors: it needs an encoder.
    """

    says: str
    fit: Fit
    read: Read
    weight: float
    reads_vectors: bool = False


COMPONENTS: dict[str, ComponentKind] = {
    "neighbours": ComponentKind(
        says="cosine to the five nearest known vectors",
        fit=Neighbours.fit,
        read=Neighbours.from_tensors,
        weight=1.0,
        reads_vectors=True,
    ),
    "density": ComponentKind(
        says="energy over all known vectors",
        fit=Density.fit,
        read=Density.from_tensors,
        weight=1.0,
        reads_vectors=True,
    ),
    "clusters": ComponentKind(
        says="Mahalanobis distance to the nearest cluster of vectors",
        fit=Clusters.fit,
        read=Clusters.from_tensors,
        weight=1.0,
        reads_vectors=True,
    ),
    "phrases": ComponentKind(
        says="spelling shared with the three nearest known texts (TF-IDF)",
        fit=Phrases.fit,
        read=Phrases.from_tensors,
        weight=1.0,
    ),
    "characters": ComponentKind(
        says="perplexity of characters (8-grams, Kneser-Ney)",
        fit=partial(Surprise.fit, cut=characters, order=8),
        read=partial(Surprise.from_tensors, cut=characters),
        weight=0.3,
    ),
    "words": ComponentKind(
        says="perplexity of words (3-grams, Kneser-Ney)",
        fit=partial(Surprise.fit, cut=word_marks, order=3),
        read=partial(Surprise.from_tensors, cut=word_marks),
        weight=0.3,
    ),
}
WITH_VECTORS = ("neighbours", "density", "clusters", "characters")
WITHOUT = ("phrases", "characters")


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Components of one detector by name."""

    by_name: Mapping[str, Component] = field(default_factory=dict)

    @staticmethod
    def fit(names: Sequence[str], inputs: Inputs) -> Ensemble:
        """Each fitted on the same texts."""
        return Ensemble({name: COMPONENTS[name].fit(inputs) for name in names})

    @staticmethod
    def from_tensors(names: Sequence[str], tensors: Tensors) -> Ensemble:
        """What `tensors` were taken of."""
        return Ensemble({name: COMPONENTS[name].read(_below(name, tensors)) for name in names})

    def look(self, inputs: Inputs) -> dict[str, Look]:
        """What each component sees."""
        return {name: part.look(inputs) for name, part in self.by_name.items()}

    def tensors(self) -> dict[str, NDArray[Any]]:
        """All arrays, each as component/array."""
        parts = self.by_name.items()
        return {f"{name}/{key}": array for name, part in parts for key, array in part.tensors().items()}


def checked_names(names: Sequence[str] | None, *, vectors: bool) -> tuple[str, ...]:
    """The components to use: the default ones, or those of a caller.

    Raises:
        UnknownName: no such component.
        InvalidInput: none at all, or one that needs an encoder where there is none.
    """
    if names is None:
        return WITH_VECTORS if vectors else WITHOUT
    chosen = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in chosen:
        if name not in COMPONENTS:
            raise unknown("component", name, COMPONENTS)
        if COMPONENTS[name].reads_vectors and not vectors:
            raise InvalidInput(f"The component {name!r} needs an encoder.", hint="Name one: encoder='mini'.")
    if not chosen:
        raise InvalidInput("components is empty.", hint=f"Name some of {', '.join(COMPONENTS)}.")
    return chosen


def _below(name: str, tensors: Tensors) -> Tensors:
    return {key.partition("/")[2]: array for key, array in tensors.items() if key.startswith(f"{name}/")}
