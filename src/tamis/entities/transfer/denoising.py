"""Labels that are partly wrong: which to keep, to change, to add, and which teach nothing.

Two witnesses that have not seen a label judge it (CoLaDa, Ma et al. 2023): a tagger trained on the other texts (model
collaboration), and the most alike names elsewhere with their labels (instance collaboration, class-normalised). Where
both name another type, that one counts (the vote of UniTrans, Wu et al. 2020); where they differ among each other and
together outweigh the label, the place teaches nothing. Names that nobody marked are added where the tagger is as sure
that there is one as it is of marked ones (confident learning, Northcutt et al. 2021); where it is a third as sure, the
place teaches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.decoding import BATCH, word_shares
from tamis.entities.recognition.network import Sentence, sentences
from tamis.entities.recognition.prototypes import Matrix, Whitening, span_vectors
from tamis.entities.recognition.tags import Example, TagSet
from tamis.entities.recognition.training import FitSettings, train
from tamis.errors import InvalidInput

Shares = NDArray[np.float64]
_LABEL = 0.3  # weight of the label itself, where each witness has a half
_PART = 3  # of how sure a tagger is of marked names, what a place without a mark must have not to count as empty
ACTIONS = ("same", "other", "new", "unsure")


@dataclass(frozen=True, slots=True)
class DenoiseSettings:
    """How labels are judged.

    Attributes:
        folds: taggers, each trained on the texts of all parts but one.
        rounds: how often; each begins with what the last one left.
        neighbours: names that vote on a name.
        rank: directions of the space of names.
        fit: how taggers are trained.
    """

    folds: int = 3
    rounds: int = 1
    neighbours: int = 25
    rank: int = 128
    fit: FitSettings = field(default_factory=FitSettings)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of a place.

    Attributes:
        number: of the text.
        start: the first character of the name.
        end: the character behind its last one.
        action: "same", the label stays; "other", another type; "new", a name that was not marked; "unsure", no lesson.
        label: as it was, "" for none.
        kind: as it is now; of what is unsure the best guess.
        probability: that `kind` is right, as both witnesses say together.
    """

    number: int
    start: int
    end: int
    action: str
    label: str
    kind: str
    probability: float


@dataclass(frozen=True, slots=True)
class Denoising:
    """Examples to train on, and what was thought of each name."""

    examples: tuple[Example, ...]
    judgements: tuple[Judgement, ...]

    def report(self) -> dict[str, tuple[int, float]]:
        """For each action: how many names, and the precision to be expected of their types."""
        rows = {action: [one.probability for one in self.judgements if one.action == action] for action in ACTIONS}
        return {action: (len(values), float(np.mean(values)) if values else 0.0) for action, values in rows.items()}

    def review(self, count: int = 20) -> tuple[Judgement, ...]:
        """The names that a person should look at first: those nearest to even odds."""
        return tuple(
            sorted(self.judgements, key=lambda one: (abs(one.probability - 0.5), one.number, one.start))[:count]
        )


def denoise(
    examples: Sequence[Example],
    settings: DenoiseSettings | None = None,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Denoising:
    """Examples with better labels than these, to `fit` a recogniser on.

    Args:
        examples: texts with names, some of them wrong, some missing; hundreds of texts at least.
        settings: how labels are judged.
        progress: called with the taggers that are trained, and how many there will be.

    Raises:
        InvalidInput: there are fewer texts than folds, or no names.
    """
    settings = settings or DenoiseSettings()
    types = tuple(sorted({kind for one in examples for *_, kind in one.spans}))
    if len(examples) < settings.folds or not types:
        raise InvalidInput(f"{len(examples)} texts with {len(types)} types cannot judge each other.")
    for one in examples:
        one.check()
    inputs = sentences([one.text for one in examples])
    total = settings.rounds * settings.folds
    now: list[Example] = list(examples)
    judgements: tuple[Judgement, ...] = ()
    for turn in range(settings.rounds):
        witness = _out_of_fold(now, inputs, types, settings, partial(_report, progress, turn * settings.folds, total))
        judgements = tuple(_judged(examples, inputs, types, witness, settings))
        now = _applied(examples, judgements)
    return Denoising(tuple(now), judgements)


def _report(progress: Callable[[int, int], None], before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _out_of_fold(
    examples: Sequence[Example],
    inputs: Sequence[Sentence],
    types: tuple[str, ...],
    settings: DenoiseSettings,
    done: Callable[[int], None],
) -> list[Shares]:
    """What taggers say of the words of texts that they have not seen: (n, 1 + types) of each text."""
    tags = TagSet(types)
    order = np.random.default_rng(settings.fit.seed).permutation(len(examples))
    words: list[Shares] = [np.zeros((0, 0))] * len(examples)
    for fold in range(settings.folds):
        held = [int(n) for n in order[fold :: settings.folds]]
        rest = sorted(set(range(len(examples))) - set(held))
        network, chain = train([examples[n] for n in rest], [inputs[n] for n in rest], tags, settings.fit)
        live = [n for n in held if inputs[n].places]
        for low in range(0, len(live), BATCH):
            group = live[low : low + BATCH]
            tables = word_shares(network, chain, tags, [inputs[n] for n in group])
            for n, shares in zip(group, tables, strict=True):
                words[n] = shares
        done(fold + 1)
    return words


def _judged(
    examples: Sequence[Example],
    inputs: Sequence[Sentence],
    types: tuple[str, ...],
    witness: list[Shares],
    settings: DenoiseSettings,
) -> Iterator[Judgement]:
    marked = [(n, span) for n, one in enumerate(examples) if inputs[n].places for span in one.spans]
    labels = np.array([types.index(kind) for _, (_, _, kind) in marked])
    vectors = np.stack([span_vectors(inputs[n], [span[:2]])[0] for n, span in marked])
    space = Whitening.of(vectors, [kind for _, (_, _, kind) in marked], settings.rank)
    rows = space(vectors)
    votes = _votes(rows, rows, labels, len(types), settings.neighbours, own=True)
    model = np.stack([_span_share(witness[n], inputs[n], span[:2]) for n, span in marked])
    for (n, (start, end, kind)), vote, share in zip(marked, votes, model, strict=True):
        yield _marked(n, (start, end, kind), types, vote, share)
    sure = float(np.mean(1 - model[:, 0]))
    missing = list(_missing(examples, inputs, witness, sure / _PART))
    if not missing:
        return
    others = space(np.stack([span_vectors(inputs[n], [(start, end)])[0] for n, start, end, _ in missing]))
    votes = _votes(others, rows, labels, len(types), settings.neighbours, own=False)
    for (n, start, end, share), vote in zip(missing, votes, strict=True):
        both = (vote + _typed(share)) / 2
        named = 1 - float(share[0])
        kind, action = types[int(both.argmax())], "new" if named >= sure else "unsure"
        yield Judgement(n, start, end, action, "", kind, named * float(both.max()))


def _marked(number: int, span: tuple[int, int, str], types: tuple[str, ...], vote: Shares, share: Shares) -> Judgement:
    """A marked name, by what its neighbours and the tagger say."""
    start, end, label = span
    typed, own = _typed(share), types.index(label)
    both = (vote + typed) / 2
    both[own] += _LABEL
    both /= both.sum()
    best = int(both.argmax())
    if best == own:
        action = "same"
    elif vote.argmax() == typed.argmax() == best:
        action = "other"
    else:
        action = "unsure"
    return Judgement(number, start, end, action, label, types[best], float(both[best]))


def _span_share(words: Shares, sentence: Sentence, span: tuple[int, int]) -> Shares:
    inside = [n for n, (low, high) in enumerate(sentence.places) if low < span[1] and high > span[0]]
    return np.asarray(words[inside].mean(0)) if inside else np.full(words.shape[1], 1 / words.shape[1])


def _typed(share: Shares) -> Shares:
    """How probable each type is of what is a name."""
    return np.asarray(share[1:] / max(1e-9, float(share[1:].sum())))


def _missing(
    examples: Sequence[Example], inputs: Sequence[Sentence], witness: Sequence[Shares], least: float
) -> Iterator[tuple[int, int, int, Shares]]:
    """Words side by side that are names with some probability, where nothing is marked: text, start, end, shares."""
    for number, (example, sentence) in enumerate(zip(examples, inputs, strict=True)):
        run: list[int] = []
        for n, (low, high) in enumerate(sentence.places):
            free = all(high <= start or low >= end for start, end, _ in example.spans)
            if free and 1 - witness[number][n, 0] >= least:
                run.append(n)
            elif run:
                yield number, *_place(sentence, run), witness[number][run].mean(0)
                run = []
        if run:
            yield number, *_place(sentence, run), witness[number][run].mean(0)


def _place(sentence: Sentence, run: Sequence[int]) -> tuple[int, int]:
    return sentence.places[run[0]][0], sentence.places[run[-1]][1]


def _votes(rows: Matrix, known: Matrix, labels: NDArray[np.int64], types: int, count: int, *, own: bool) -> Shares:
    """(n, types): the share of each type among the nearest known names, as if all types were as frequent.

    own -- whether `rows` are the known names themselves, which do not vote on themselves
    """
    sizes = np.bincount(labels, minlength=types).clip(1)
    result = np.zeros((len(rows), types))
    for low in range(0, len(rows), 512):
        cosines = rows[low : low + 512] @ known.T
        if own:
            cosines[np.arange(len(cosines)), low + np.arange(len(cosines))] = -2
        nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
        for row, places in enumerate(nearest):
            result[low + row] = np.bincount(labels[places], minlength=types) / np.sqrt(sizes)
    return np.asarray(result / np.maximum(result.sum(1, keepdims=True), 1e-9))


def _applied(examples: Sequence[Example], judgements: Sequence[Judgement]) -> list[Example]:
    spans_: list[list[tuple[int, int, str]]] = [[] for _ in examples]
    unsure: list[list[tuple[int, int]]] = [list(one.unsure) for one in examples]
    for one in judgements:
        if one.action == "unsure":
            unsure[one.number].append((one.start, one.end))
        else:
            spans_[one.number].append((one.start, one.end, one.kind))
    return [
        replace(example, spans=tuple(sorted(row)), unsure=tuple(places))
        for example, row, places in zip(examples, spans_, unsure, strict=True)
    ]
