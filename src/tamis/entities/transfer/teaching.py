"""From taggers to a tagger for other texts: what teachers say of texts that nobody labelled becomes examples.

Works over anything that gives probabilities of types at words (`Tagger`), such as `Recognizer`. Teachers of several
sources are weighted by how alike their texts are to the new ones (Wu et al. 2020a, section 3.2); a word that they do
not agree on, or are not sure of, teaches nothing (the vote of Wu et al. 2020b); texts that give themselves away as of
the new domain are left out (AdvPicker, Chen et al. 2021). There is no multilingual encoder here: teachers of one
language say little of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.tags import Example
from tamis.entities.recognition.words import words
from tamis.errors import InvalidInput
from tamis.models.encoder import load_mini

Shares = NDArray[np.float64]
_SHARPNESS = 10.0  # of the weights of teachers, in the exponent of a cosine
_RIDGE = 0.1


class Tagger(Protocol):
    """Says how probable types are at the words of texts."""

    @property
    def types(self) -> tuple[str, ...]:
        """What it knows."""

    def shares(self, texts: Sequence[str]) -> list[Shares]:
        """(n, 1 + types) of each text: of no name, and of each type, at each word (`recognition.words.words`)."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """Examples that teachers made.

    Attributes:
        examples: texts with names; what the teachers do not agree on, or are not sure of, is `unsure`.
        names: how many names there are.
        precision: the precision of their words to be expected, as the teachers say.
        unsure: the share of the words that teach nothing.
    """

    examples: tuple[Example, ...]
    names: int
    precision: float
    unsure: float


def teach(
    teachers: Sequence[Tagger], texts: Sequence[str], *, weights: Sequence[float] | None = None, least: float = 0.5
) -> Teaching:
    """Examples of what teachers say of texts.

    Args:
        teachers: taggers with the same types; of several, a word counts where all name the same type.
        texts: that nobody labelled.
        weights: of the teachers, see `teacher_weights`; None = all alike.
        least: how probable the type of a word, or that it is no name, must be.

    Raises:
        InvalidInput: there is no teacher, their types differ, or weights are not one a teacher.
    """
    if not teachers or len({teacher.types for teacher in teachers}) > 1:
        raise InvalidInput("Teachers must be there, and know the same types.")
    if weights is not None and (len(weights) != len(teachers) or min(weights) < 0 or sum(weights) <= 0):
        raise InvalidInput(f"{len(teachers)} teachers have the weights {list(weights)}.")
    share = np.full(len(teachers), 1.0) if weights is None else np.asarray(weights, np.float64)
    tables = [teacher.shares(texts) for teacher in teachers]
    examples, sure, count = [], [], 0
    for text, *rows in zip(texts, *tables, strict=True):
        mean = np.tensordot(share / share.sum(), np.stack(rows), 1)
        agreed = np.all([row.argmax(1) == mean.argmax(1) for row in rows], axis=0) if len(mean) else np.zeros(0, bool)
        unsure = ~agreed | (mean.max(1, initial=0.0) < least)
        examples.append(
            _example(text, mean.argmax(1) if len(mean) else np.zeros(0, np.int64), unsure, teachers[0].types)
        )
        sure += [float(one.max()) for one, no in zip(mean, unsure, strict=True) if one.argmax() and not no]
        count += len(mean)
    lost = sum(len(words(one.text[start:end])) for one in examples for start, end in one.unsure)
    names = sum(len(one.spans) for one in examples)
    return Teaching(tuple(examples), names, float(np.mean(sure)) if sure else 0.0, lost / max(1, count))


def _example(text: str, labels: NDArray[np.int64], unsure: NDArray[np.bool_], types: tuple[str, ...]) -> Example:
    """Neighbouring words of one type are a name; a name with a word that is unsure is unsure as a whole."""
    runs: list[list[int]] = []
    for n, label in enumerate(labels):
        if label and runs and runs[-1][-1] == n - 1 and labels[n - 1] == label:
            runs[-1].append(n)
        elif label or unsure[n]:
            runs.append([n])
    places = words(text)
    spans, lost = [], []
    for run in runs:
        start, end = places[run[0]][0], places[run[-1]][1]
        if unsure[run].any():
            lost.append((start, end))
        else:
            spans.append((start, end, types[labels[run[0]] - 1]))
    return Example(text, spans, unsure=lost)


def teacher_weights(sources: Sequence[Sequence[str]], texts: Sequence[str]) -> list[float]:
    """How much each teacher counts: the more alike the texts that it learned from are to the new ones; sum 1.

    sources -- some texts of each teacher
    texts -- the new ones

    Raises:
        InvalidInput: a list of texts is empty.
    """
    if not texts or not sources or not all(sources):
        raise InvalidInput("Teachers are weighted by texts: each needs some, and so do the new ones.")
    centre = _centre(texts)
    cosines = np.array([_centre(one) @ centre for one in sources])
    shares = np.exp(_SHARPNESS * (cosines - cosines.max()))
    return [float(one) for one in shares / shares.sum()]


def common_texts(texts: Sequence[str], source: Sequence[str], *, share: float = 0.8) -> list[int]:
    """Which of the new texts to learn from: those that tell least that they are not of the source.

    A linear discriminator learns to tell both apart; the share of the new texts nearest to even odds is taken.

    texts -- the new ones
    source -- some that the teacher learned from
    share -- of the new texts, 0 to 1

    Raises:
        InvalidInput: the share is not in 0 to 1, or one list is empty.
    """
    if not 0 <= share <= 1 or not texts or not source:
        raise InvalidInput(f"A share of {share} of {len(texts)} texts, told from {len(source)}.")
    mini = load_mini()
    new, old = mini.vectors(texts).astype(np.float64), mini.vectors(source).astype(np.float64)
    rows = np.concatenate([new, old])
    middle = (new.mean(0) + old.mean(0)) / 2
    wanted = np.concatenate([np.full(len(new), 1 / len(new)), np.full(len(old), -1 / len(old))])
    apart = rows - middle
    direction = np.linalg.solve(
        apart.T @ apart / len(rows) + _RIDGE * np.eye(rows.shape[1]) / rows.shape[1], apart.T @ wanted
    )
    order = np.argsort(np.abs((new - middle) @ direction), kind="stable")
    return sorted(int(n) for n in order[: round(share * len(texts))])


def _centre(texts: Sequence[str]) -> NDArray[np.float64]:
    mean = load_mini().vectors(texts).astype(np.float64).mean(0)
    return np.asarray(mean / max(1e-12, float(np.linalg.norm(mean))))
