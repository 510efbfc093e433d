"""The corpus in the tokens of `mini-lm`, as one flat file for each group and split.

A document is held out, or for development, by a hash of its text. Documents that quote a SQuAD article of the encoder's
test split are dropped: what `auto` is measured on must be unseen by every part of it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tamis.io.files import write
from training.data.readers import read_corpus, squad
from training.data.splits import load_splits
from training.lm.config import GROUPS, LMConfig

BEGIN = 0  # the token in front of every document: <|endoftext|>
SPLITS = ("train", "dev", "test")
SLAB = 512  # documents tokenised at a time
QUOTE = 60  # characters in a row that count as a quotation
_LOG = logging.getLogger(__name__)


def split_of(text: str, held_out: int) -> str:
    """Return "test" or "dev" for one document in `held_out` each, by a hash of the text; "train" for the rest."""
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") % held_out
    return {0: "test", 1: "dev"}.get(number, "train")


def documents(data: Path, group: str) -> Iterator[str]:
    """Texts of one corpus group, without those that quote an article held out for the encoder."""
    quotes = _quotes(data)
    for text in read_corpus(data, group):
        if not any(text[at : at + QUOTE] in quotes for at in range(0, len(text), QUOTE)):
            yield text


def _quotes(data: Path) -> frozenset[str]:
    """Every stretch of `QUOTE` characters of the encoder's SQuAD test articles.

    Looked up at steps of `QUOTE` characters, they find every quotation of twice that length.
    """
    texts = [p.text for p in squad(data, load_splits(), "test")]
    return frozenset(t[at : at + QUOTE] for t in texts for at in range(len(t) - QUOTE + 1))


def write_shards(config: LMConfig, data: Path, tokenizer: Any, out: Path) -> None:
    """Write `out/GROUP.SPLIT.bin` (uint16, each document behind a `BEGIN`), and their UTF-8 bytes to `out/bytes.json`.

    Of training text, about `train_mb` megabytes times the group's share are taken.
    """
    out.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    for group in GROUPS:
        sizes |= _write_group(config, documents(data, group), tokenizer, out / group)
        _LOG.info("%s: %s", group, {k: v for k, v in sizes.items() if k.startswith(group)})
    write(out / "bytes.json", json.dumps(sizes, indent=1).encode())


def _write_group(config: LMConfig, texts: Iterable[str], tokenizer: Any, stem: Path) -> dict[str, int]:
    files = {split: stem.with_name(f"{stem.name}.{split}.bin").open("wb") for split in SPLITS}
    sizes = {f"{stem.name}.{split}": 0 for split in SPLITS}
    room = 1e6 * config.shards.train_mb * config.shards.shares[stem.name]
    selection = (text for text in texts if sizes[f"{stem.name}.train"] < room or _split(config, text) != "train")
    try:
        while slab := list(islice(selection, SLAB)):
            for text, code in zip(slab, tokenizer.encode_batch(slab, add_special_tokens=False), strict=True):
                split = _split(config, text)
                files[split].write(np.array([BEGIN, *code.ids], np.uint16).tobytes())
                sizes[f"{stem.name}.{split}"] += len(text.encode("utf-8", "replace"))
    finally:
        for file in files.values():
            file.close()
    return sizes


def _split(config: LMConfig, text: str) -> str:
    return split_of(text, config.shards.held_out)


@dataclass(frozen=True, eq=False)
class Shards:
    """The corpus in tokens, on disk."""

    folder: Path

    def tokens(self, group: str, split: str) -> npt.NDArray[np.uint16]:
        """All tokens of a group's split, in order, mapped from the file."""
        return np.memmap(self.folder / f"{group}.{split}.bin", np.uint16, "r")

    def size(self, group: str, split: str) -> int:
        """UTF-8 bytes of the same text."""
        sizes: dict[str, int] = json.loads((self.folder / "bytes.json").read_text(encoding="utf-8"))
        return sizes[f"{group}.{split}"]


class Windows:
    """Training windows drawn at random: the group by its share, then a place in it. Resumes by its step number."""

    def __init__(self, shards: Shards, config: LMConfig) -> None:
        self.config = config
        self.groups = [shards.tokens(group, "train") for group in GROUPS]
        shares = np.array([config.shards.shares[group] for group in GROUPS])
        self.shares = shares / shares.sum()

    def batch(self, step: int) -> npt.NDArray[np.int64]:
        """(batch, length + 1) tokens of one step: a pure function of the seed and the step."""
        run = self.config.run
        rng = np.random.Generator(np.random.PCG64([self.config.seed, step]))
        rows = []
        for group in rng.choice(len(self.groups), run.batch, p=self.shares):
            at = int(rng.integers(0, len(self.groups[group]) - run.length - 1))
            rows.append(self.groups[group][at : at + run.length + 1].astype(np.int64))
        return np.stack(rows)
