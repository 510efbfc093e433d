"""Texts with names from public sets, mapped to four types; fitting and measuring."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tamis.entities.recognition.recognizer import Recognizer
from tamis.entities.recognition.tags import Example
from tamis.entities.recognition.training import FitSettings
from tamis.io.rows import read_jsonl

Row = dict[str, Any]
PERSON, PLACE, ORGANISATION, OTHER = "person", "place", "organisation", "other"
COMMON = {"PER": PERSON, "LOC": PLACE, "ORG": ORGANISATION, "MISC": OTHER}
WNUT = {
    "person": PERSON, "location": PLACE, "corporation": ORGANISATION, "group": ORGANISATION, "product": OTHER,
    "creative-work": OTHER,
}  # fmt: skip
_PERSONS = ("person", "researcher", "writer", "musicalartist", "politician", "scientist")
_PLACES = ("country", "location")
_ORGANISATIONS = ("organisation", "university", "band", "politicalparty")
CROSS = dict.fromkeys(_PERSONS, PERSON) | dict.fromkeys(_PLACES, PLACE) | dict.fromkeys(_ORGANISATIONS, ORGANISATION)
_log = logging.getLogger(__name__)


def rows(data: Path, name: str) -> Iterator[Row]:
    """The rows of a set."""
    yield from read_jsonl(data / f"{name}.jsonl.zst")


def mapped(
    row: Row, types: dict[str, str], *, default: str | None = None, without: frozenset[str] = frozenset()
) -> Example:
    """A row as an example with the four types; those that are in no table are left out without a default."""
    spans = [(start, end, types.get(kind, default)) for start, end, kind in row["entities"]]
    named = tuple((start, end, kind) for start, end, kind in spans if kind and not is_handle(row["text"], start, end))
    return Example(row["text"], named, without)


def is_handle(text: str, start: int, end: int) -> bool:
    """The "@" and the name of a user are tagged as persons in tweets; they are handles."""
    return text[start:end] == "@" or text[max(0, start - 2) : start].strip() == "@"


def training_examples(data: Path) -> list[Example]:
    """What the embedded recogniser learns from: wikigold has all four types, the others no "other"."""
    three = frozenset([OTHER])
    examples = [mapped(row, COMMON) for row in rows(data, "wikigold")]
    tweets = [mapped(row, COMMON, without=three) for row in rows(data, "btc")]
    trees = [
        mapped(row, COMMON, without=three)
        for row in rows(data, "uner")
        if (row["treebank"], row["split"]) == ("en_ewt", "train")
    ]
    return [*examples, *tweets, *trees]


def fit(data: Path, folder: Path, *, epochs: int) -> None:
    """Fit and write the embedded recogniser; its card stays."""
    examples = training_examples(data)
    _log.info("%d texts, %d names", len(examples), sum(len(one.spans) for one in examples))
    recognizer = Recognizer.fit(examples, FitSettings(epochs=epochs, batch=32))
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8") if card.exists() else ""
    recognizer.save(folder)
    if text:
        card.write_text(text, encoding="utf-8")
    measure(data, folder)


def measure(data: Path, folder: Path) -> None:
    """Log strict F1 on sets that the recogniser was not trained on, with bootstrap intervals over sentences."""
    recognizer = Recognizer.load(folder)
    for name, examples in held_out(data):
        found = recognizer.many([one.text for one in examples])
        pairs = [
            ({(e.start, e.end, e.kind) for e in row}, set(one.spans)) for row, one in zip(found, examples, strict=True)
        ]
        _log.info("%-22s %s", name, interval(pairs))


def held_out(data: Path) -> Iterator[tuple[str, list[Example]]]:
    """Development parts by name, with the four types."""
    dev: Callable[[Row], bool] = lambda row: row["split"] == "dev"  # noqa: E731
    yield "wnut17 dev", [mapped(row, WNUT) for row in rows(data, "wnut17") if dev(row)]
    cross = [row for row in rows(data, "crossner") if dev(row)]
    for domain in sorted({row["domain"] for row in cross}):
        yield f"crossner {domain} dev", [mapped(row, CROSS, default=OTHER) for row in cross if row["domain"] == domain]
    yield (
        "uner en_ewt dev",
        [mapped(row, COMMON) for row in rows(data, "uner") if (row["treebank"], row["split"]) == ("en_ewt", "dev")],
    )


def interval(pairs: Sequence[tuple[set[tuple[int, int, str]], set[tuple[int, int, str]]]], rounds: int = 1000) -> str:
    """Precision, recall and F1 in percent, and the interval of F1 that 95 % of resampled sets have."""
    table = np.array([(len(found & gold), len(found), len(gold)) for found, gold in pairs])
    rng = np.random.default_rng(0)
    sums = np.stack([table[rng.integers(0, len(table), len(table))].sum(0) for _ in range(rounds)])
    scores = 200 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
    right, found, gold = table.sum(0)
    low, high = np.quantile(scores, [0.025, 0.975])
    f1 = 200 * right / max(1, found + gold)
    return (
        f"P {100 * right / max(1, found):.1f} R {100 * right / max(1, gold):.1f} F1 {f1:.1f} ({low:.1f} to {high:.1f})"
    )
