"""Types from a few sentences: episodes of CrossNER and WNUT-17, beside nearest neighbours.

An episode draws five types of a set, sentences until each type stands in five, and twenty others to read. Names of
other types count as none. F1 is strict and pooled over the texts of all episodes; intervals and differences come from
drawing episodes. The embedded detector was trained on neither set.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.network import Sentence, sentences
from tamis.entities.recognition.recognizer import Recognizer
from tamis.entities.recognition.tags import Example
from tamis.entities.recognition.training import FitSettings
from training.entities.run import rows

WAYS, SHOTS, QUERIES, DRAWS = 5, 5, 20, 2000
Found = set[tuple[int, int, str]]
NAMES = {
    "musicalartist": "musical artist", "musicgenre": "music genre", "musicalinstrument": "musical instrument",
    "literarygenre": "literary genre", "politicalparty": "political party", "astronomicalobject": "astronomical object",
    "chemicalcompound": "chemical compound", "chemicalelement": "chemical element",
    "academicjournal": "academic journal", "programlang": "programming language",
}  # fmt: skip
FROM_NOTHING = FitSettings(epochs=1, least=150)


@dataclass(frozen=True)
class Episode:
    """Sentences to learn from, and sentences to read; both with names of the drawn types alone."""

    support: list[Example]
    queries: list[Example]


def episode(examples: Sequence[Example], seed: int) -> Episode:
    """One episode of a set; "misc" is no type that five sentences could say."""
    rng = np.random.default_rng(seed)
    homes: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        for kind in {kind for *_, kind in example.spans} - {"misc"}:
            homes.setdefault(kind, []).append(number)
    known = sorted(kind for kind, places in homes.items() if len(places) >= 2 * SHOTS)
    types = {str(kind) for kind in rng.choice(known, min(WAYS, len(known)), replace=False)}
    support: list[int] = []
    for kind in sorted(types, key=lambda kind: (len(homes[kind]), kind)):
        fresh = [int(n) for n in rng.permutation(homes[kind]) if n not in support]
        support += fresh[: max(0, SHOTS - len(set(homes[kind]) & set(support)))]
    rest = sorted({n for kind in types for n in homes[kind]} - set(support))
    queries = [int(n) for n in rng.permutation(rest)[:QUERIES]]
    return Episode([only(examples[n], types) for n in sorted(support)], [only(examples[n], types) for n in queries])


def only(example: Example, types: set[str]) -> Example:
    """The example with names of these types."""
    return Example(example.text, [span for span in example.spans if span[2] in types])


def neighbours(one: Episode) -> list[Found]:
    """Each word has the type of the support's word with the nearest state (NNShot); neighbours of a type are a name."""
    inputs = sentences([example.text for example in one.support])
    states = _unit(np.concatenate([sentence.states for sentence in inputs]))
    labels = [_label(example, place) for example, i in zip(one.support, inputs, strict=True) for place in i.places]
    return [_runs(s, [labels[n] for n in (_unit(s.states) @ states.T).argmax(1)]) for s in _texts(one.queries)]


def _texts(examples: Sequence[Example]) -> list[Sentence]:
    return sentences([example.text for example in examples])


def _unit(states: NDArray[np.float16]) -> NDArray[np.float32]:
    rows = states.astype(np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))


def _label(example: Example, place: tuple[int, int]) -> str:
    return next((kind for start, end, kind in example.spans if place[0] < end and place[1] > start), "")


def _runs(sentence: Sentence, labels: Sequence[str]) -> Found:
    spans: list[tuple[int, int, str]] = []
    before = ""
    for (start, end), label in zip(sentence.places, labels, strict=True):
        if label and label == before:
            spans[-1] = (spans[-1][0], end, label)
        elif label:
            spans.append((start, end, label))
        before = label
    return set(spans)


def few(one: Episode) -> list[Found]:
    """The recipe of `Recognizer.fit_few`."""
    types = {kind for example in one.support for *_, kind in example.spans}
    names = {kind: words for kind, words in NAMES.items() if kind in types}
    return _read(Recognizer.fit_few(one.support, names), one)


def from_nothing(one: Episode) -> list[Found]:
    """`Recognizer.fit`, on so few sentences."""
    return _read(Recognizer.fit(one.support, FROM_NOTHING), one)


def _read(recognizer: Recognizer, one: Episode) -> list[Found]:
    return [
        {(e.start, e.end, e.kind) for e in row} for row in recognizer.many([example.text for example in one.queries])
    ]


WAYS_TO_READ: Mapping[str, Callable[[Episode], list[Found]]] = {
    "nearest neighbours": neighbours,
    "fit": from_nothing,
    "fit_few": few,
}


def counts(found: Sequence[Found], one: Episode) -> list[int]:
    """How many names are right, read, and there."""
    gold = [set(example.spans) for example in one.queries]
    right = sum(len(a & b) for a, b in zip(found, gold, strict=True))
    return [right, sum(map(len, found)), sum(map(len, gold))]


def f1(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 in percent of rows of counts, pooled over the axis before the last."""
    right, read, there = np.moveaxis(table.sum(-2), -1, 0)
    return np.asarray(200 * right / np.maximum(read + there, 1))


def sets(options: argparse.Namespace) -> Iterator[tuple[str, list[Example]]]:
    """The sets: WNUT-17's development part, and the domains of CrossNER."""
    dev = [row for row in rows(options.data, "wnut17") if row["split"] == "dev"]
    yield "wnut17", [Example(row["text"], row["entities"]) for row in dev]
    cross = list(rows(options.data, "crossner"))
    for domain in sorted({row["domain"] for row in cross}):
        yield domain, [Example(row["text"], row["entities"]) for row in cross if row["domain"] == domain]


def run(options: argparse.Namespace) -> int:
    """Print a line a set and a way, and the difference to nearest neighbours."""
    total: dict[str, list[list[int]]] = {name: [] for name in options.ways}
    for title, examples in sets(options):
        table: dict[str, list[list[int]]] = {name: [] for name in options.ways}
        for seed in range(options.seed, options.seed + options.episodes):
            one = episode(examples, seed)
            for name in options.ways:
                table[name].append(counts(WAYS_TO_READ[name](one), one))
        _print(title, table)
        for name, more in table.items():
            total[name] += more
    _print("all", total)
    return 0


def _print(title: str, table: Mapping[str, list[list[int]]]) -> None:
    arrays = {name: np.array(rows_) for name, rows_ in table.items()}
    size = len(next(iter(arrays.values())))
    draws = np.random.default_rng(0).integers(0, size, (DRAWS, size))
    first = next(iter(arrays.values()))
    for name, array in arrays.items():
        scores, gaps = f1(array[draws]), f1(array[draws]) - f1(first[draws])
        low, high = np.quantile(scores, [0.025, 0.975])
        less, more = np.quantile(gaps, [0.025, 0.975])
        gap = f1(array) - f1(first)
        line = f"{f1(array):5.1f} ({low:.1f} to {high:.1f})   {gap:+5.1f} ({less:+.1f} to {more:+.1f})"
        print(f"{title:12} {name:20} {line}", flush=True)
