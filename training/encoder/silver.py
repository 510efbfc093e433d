"""Silver labels: corpus windows, a teacher's opinion, and how rare or repeated each word is.

The treebanks carry the outcome of the deletion rules (tiers), not the trees, so the teacher predicts tiers directly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.data.readers import read_corpus
from training.encoder.config import Silver
from training.encoder.labels import Floats, Ids


@dataclass(frozen=True)
class Draft:
    """A corpus window and, for every wordpiece, whether its four-gram was said before in the document."""

    ids: Ids
    repeated: NDArray[np.bool_]


def corpus_texts(data: Path, silver: Silver, seed: int) -> Iterator[str]:
    """Random stretches of some hundred words of random documents, by the groups' shares."""
    for number, (group, share) in enumerate(sorted(silver.shares.items())):
        rng = np.random.default_rng([seed, 7, number])
        left = int(silver.words * share)
        for text in read_corpus(data, group):
            part = _stretch(text, 3 * silver.window_words, rng)
            left -= len(part.split())
            yield part
            if left <= 0:
                break


def _stretch(text: str, words: int, rng: np.random.Generator) -> str:
    """A random run of whole lines of about `words` words."""
    lines = text.split("\n")
    start = int(rng.integers(len(lines)))
    total, chosen = 0, []
    for line in lines[start:] or lines:
        chosen.append(line)
        total += len(line.split())
        if total >= words:
            break
    return "\n".join(chosen)[: 9 * words]


def drafts(tokenizer: Tokenizer, texts: Sequence[str], length: int) -> list[Draft]:
    """Windows of about `length` wordpieces with repetition marks."""
    windows: list[Draft] = []
    for code in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        marks = repeated(code.ids)
        for i in range(0, len(code.ids), length):
            if len(code.ids[i : i + length]) >= 8:
                windows.append(Draft(np.array(code.ids[i : i + length], np.uint16), marks[i : i + length]))
    return windows


def repeated(ids: Sequence[int], n: int = 4) -> NDArray[np.bool_]:
    """True where a wordpiece belongs to an n-gram that occurred earlier in the same document.

    Example with n=2: [1, 2, 3, 1, 2] -> the last two are repeated.
    """
    seen: set[tuple[int, ...]] = set()
    marks = np.zeros(len(ids), bool)
    for i in range(len(ids) - n + 1):
        gram = tuple(ids[i : i + n])
        if gram in seen:
            marks[i : i + n] = True
        seen.add(gram)
    return marks


def rarity(windows: Sequence[Draft], vocabulary: int) -> NDArray[np.float32]:
    """Unigram surprisal of every vocabulary item, standardised over running text and clipped to +-2."""
    counts = np.ones(vocabulary)
    for window in windows:
        np.add.at(counts, window.ids.astype(np.int64), 1)
    surprisal = -np.log(counts / counts.sum())
    share = counts / counts.sum()
    mean = float((share * surprisal).sum())
    spread = float(np.sqrt((share * (surprisal - mean) ** 2).sum()))
    rare: Floats = np.clip((surprisal - mean) / spread, -2, 2).astype(np.float32)
    return rare


def blend(logits: Floats, draft: Draft, rare: NDArray[np.float32], silver: Silver) -> Floats:
    """Teacher logits (t, 4) moved by rarity x term frequency and by repetition, as probabilities."""
    counts = Counter(draft.ids.tolist())
    frequency = np.array([1 + np.log(counts[int(i)]) for i in draft.ids], np.float32)
    weight = rare[draft.ids.astype(np.int64)]
    move = silver.surprisal * weight * np.where(weight > 0, frequency, 1) - silver.repeated * draft.repeated
    chances: Floats = np.divide(1, 1 + np.exp(-(logits + move[:, None])), dtype=np.float32)
    return chances
