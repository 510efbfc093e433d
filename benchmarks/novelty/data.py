"""The sets of intents, and their sentence vectors, which are kept between runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.io.rows import read_jsonl
from tamis.models.sentence import load_sentences


@dataclass(frozen=True, eq=False)
class IntentSet:
    """Rows of a set: texts, intents, splits."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]
    splits: tuple[str, ...]

    @staticmethod
    def read(folder: Path, name: str) -> IntentSet:
        rows = list(read_jsonl(folder / f"{name}.jsonl.zst"))
        return IntentSet(*(tuple(row[key] for row in rows) for key in ("text", "intent", "split")))

    def part(self, split: str, *, scope: bool) -> list[str]:
        """Texts of a split, of known intents or out of scope."""
        rows = zip(self.texts, self.intents, self.splits, strict=True)
        return [text for text, intent, where in rows if where == split and (intent != "oos") == scope]


class StoredVectors:
    """An encoder that keeps the vectors of whole sets in a folder."""

    def __init__(self, folder: Path, name: str = "mini") -> None:
        self.folder, self.name, self.table = folder, name, dict[str, NDArray[np.float32]]()
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, key: str, texts: Sequence[str]) -> None:
        path = self.folder / f"{key}.{self.name}.npy"
        if not path.exists():
            model = load_sentences(self.name)
            np.save(path, np.concatenate([model.vectors(texts[i : i + 512]) for i in range(0, len(texts), 512)]))
        self.table |= dict(zip(texts, np.load(path), strict=True))

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        missing = [text for text in texts if text not in self.table]
        if missing:
            self.table |= dict(zip(missing, load_sentences(self.name).vectors(missing), strict=True))
        return np.stack([self.table[text] for text in texts])


def splits(folder: Path) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Data set -> split -> "train" or "valid" -> classes."""
    lines = (folder / "fewshot_splits.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["dataset"]: row["splits"] for row in map(json.loads, lines)}
