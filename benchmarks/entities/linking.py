"""Linking: gold names of diseases in abstracts to ids, by a knowledge base made of the training abstracts' names.

Weights are fitted on training abstracts, each part with a base of the other parts; figures are of the development
part. An id that the training abstracts do not have is in no base: none is the right answer there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.common.figures import share, shown
from tamis.entities.linking.knowledge import KnowledgeBase, LinkedText, from_mentions
from tamis.entities.linking.linker import Link, Linker
from training.entities.run import Row, rows

FOLDS = 4


def texts(data: Path, split: str) -> list[LinkedText]:
    """The abstracts of a split; joint ids ("a+b") are one id, of others only names with one id are taken."""
    chosen = [row for row in rows(data, "ncbi_linking") if row["split"] == split]
    return [LinkedText(row["text"], list(_mentions(row))) for row in chosen]


def _mentions(row: Row) -> Iterator[tuple[int, int, str | None]]:
    for one in row["mentions"]:
        if one["joint"] or len(one["ids"]) == 1:
            yield one["start"], one["end"], "+".join(one["ids"])


def cross(train: Sequence[LinkedText]) -> list[tuple[Linker, list[LinkedText]]]:
    """Each part of the training texts, with a base of the other parts."""
    parts = [[one for n, one in enumerate(train) if n % FOLDS == fold] for fold in range(FOLDS)]
    others = [[one for n, one in enumerate(train) if n % FOLDS != fold] for fold in range(FOLDS)]
    return [(Linker(from_mentions(rest)), part) for rest, part in zip(others, parts, strict=True)]


def run(options: argparse.Namespace) -> int:
    """Print the weights and the figures."""
    train, dev = texts(options.data, "train"), texts(options.data, "dev")
    weights = Linker.fit(cross(train)) if options.fit else None
    base = from_mentions(train)
    linker = Linker(base, weights) if weights else Linker(base)
    print(linker.weights)
    pairs = [
        (link, name)
        for one in dev
        for link, (_, _, name) in zip(linker(one.text, [m[:2] for m in one.mentions]), one.mentions, strict=True)
    ]
    for title, figures in summary(base, pairs):
        print(f"{title:44} {figures}")
    for link, name in pairs[: options.misses] if options.misses else ():
        if link.id != _right(base, name):
            print(f"{link.text!r} is {name} ({base.resolve(name or '')}), got {link.id}: {link.candidates[:1]}")
    return 0


def _right(base: KnowledgeBase, name: str | None) -> str | None:
    return name if name is not None and base.resolve(name) is not None else None


def summary(base: KnowledgeBase, pairs: Sequence[tuple[Link, str | None]]) -> Iterator[tuple[str, str]]:
    """Accuracy with intervals, none apart."""
    gold = [_right(base, name) for _, name in pairs]
    right = np.array([link.id == one for (link, _), one in zip(pairs, gold, strict=True)])
    there = np.array([one is not None for one in gold])
    none = np.array([link.id is None for link, _ in pairs])
    known = {name for concept in base for name in concept.names}
    seen = np.array([link.text in known for link, _ in pairs])
    yield f"all names ({len(pairs)})", shown(share(right))
    yield f"id in the base ({there.sum()})", shown(share(right[there]))
    yield f"of these, name in the base too ({(there & seen).sum()})", shown(share(right[there & seen]))
    yield f"of these, name not in the base ({(there & ~seen).sum()})", shown(share(right[there & ~seen]))
    first = [name in [one.id for one in link.candidates] for (link, _), name in zip(pairs, gold, strict=True)]
    yield "right id among the first five", shown(share(np.array(first)[there]))
    both, said, real = (none & ~there).sum(), none.sum(), (~there).sum()
    scores = 100 * both / max(1, said), 100 * both / real, 200 * both / (said + real)
    yield "none: precision, recall, F1", " ".join(f"{one:.1f}" for one in scores)
    sure = np.array([link.confidence for link, _ in pairs])
    bins = np.minimum((sure * 5).astype(int), 4)
    gap = sum(abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    yield "mean gap of confidence and accuracy, 5 bins", f"{100 * gap:.1f}"
