"""Intents, 5-way: the protocol of IDML on classes that no choice was made with (the validation classes)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import measure
from benchmarks.novelty.data import IntentSet, StoredVectors, splits
from tamis.novelty.inputs import Vectors
from tamis.novelty.intents import moved
from tamis.novelty.labels import label_text

WAYS, QUERIES, EPISODES = 5, 5, 600
SETS = {"BANKING77": "banking77", "HWU64": "hwu64", "Liu": "liu", "OOS": "clinc150"}
METHODS = ("nearest example", "prototypes", "with names", "with names, moved by the queries")


def run(chosen: argparse.Namespace) -> int:
    """The table, 1 and 5 examples."""
    encoder, rows = StoredVectors(chosen.vectors), []
    for name, file in SETS.items():
        data = IntentSet.read(chosen.data, file)
        encoder.add(file, data.texts)
        for shots in (1, 5):
            parts = [
                _split(data, classes[chosen.classes], encoder, shots, seed)
                for seed, classes in enumerate(splits(chosen.data)[name].values())
            ]
            means = np.mean([[np.mean(part[method]) for method in METHODS] for part in parts], axis=0)
            errors = np.mean([[1.96 * np.std(p[m]) / np.sqrt(EPISODES) for m in METHODS] for p in parts], axis=0)
            cells = [f"{100 * mean:.2f} ± {100 * error:.2f}" for mean, error in zip(means, errors, strict=True)]
            rows.append({"set": f"{name}, {shots}-shot, {len(parts)} splits", **dict(zip(METHODS, cells, strict=True))})
            print(rows[-1], flush=True)
    print(measure.table(rows, ("set", *METHODS)))
    measure.save(f"novelty_intents_{chosen.classes}", {"machine": measure.machine(), "rows": rows})
    return 0


def _split(
    data: IntentSet, classes: Sequence[str], encoder: StoredVectors, shots: int, seed: int
) -> Mapping[str, list[float]]:
    """Accuracy of each episode by each method."""
    by_class: dict[str, list[str]] = {name: [] for name in classes}
    for text, intent in zip(data.texts, data.intents, strict=True):
        if intent in by_class:
            by_class[intent].append(text)
    names = [name for name, texts in by_class.items() if len(texts) >= shots + QUERIES]
    vectors = {name: encoder.vectors(by_class[name]) for name in names}
    labels = dict(zip(names, encoder.vectors([label_text(name) for name in names]), strict=True))
    rng = np.random.default_rng(seed)
    results: dict[str, list[float]] = {method: [] for method in METHODS}
    for _ in range(EPISODES):
        chosen = [names[row] for row in rng.choice(len(names), WAYS, replace=False)]
        picks = [vectors[name][rng.choice(len(vectors[name]), shots + QUERIES, replace=False)] for name in chosen]
        support, queries = np.stack([p[:shots] for p in picks]), np.concatenate([p[shots:] for p in picks])
        for method, guess in _guesses(support, queries, np.stack([labels[name] for name in chosen])).items():
            results[method].append(float((guess == np.repeat(np.arange(WAYS), QUERIES)).mean()))
    return results


def _guesses(support: Vectors, queries: Vectors, names: Vectors) -> dict[str, NDArray[np.int64]]:
    """The class of each query; support (ways, shots, d), names (ways, d)."""
    nearest = (queries @ support.reshape(-1, support.shape[-1]).T).reshape(len(queries), WAYS, -1).max(axis=2)
    plain, named = support.mean(axis=1), (support.sum(axis=1) + names) / (support.shape[1] + 1)
    prototypes = dict(zip(METHODS[1:], (plain, named, moved(named, queries)), strict=True))
    by_distance = {
        method: ((queries[:, None] - rows[None]) ** 2).sum(axis=2).argmin(axis=1) for method, rows in prototypes.items()
    }
    return {METHODS[0]: nearest.argmax(axis=1), **by_distance}
