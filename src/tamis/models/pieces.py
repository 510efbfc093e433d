"""Word pieces of texts of any size, with character offsets. Adds no special tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Ints
from tamis.errors import ModelCorrupt
from tamis.io.surrogates import encodable

CHUNK = 2000  # characters; many short chunks tokenise faster than one long text, and in parallel
SLAB = 128  # chunks at a time, so that the tokenizer's own records stay small on texts of megabytes

Chunk = tuple[int, int, str]  # number of the text, where the chunk starts in it, the chunk


@dataclass(frozen=True, eq=False)
class Pieces:
    """One text in pieces: `ids` (m,) and `offsets` (m, 2) in characters of the text."""

    ids: Ints
    offsets: Ints

    def __len__(self) -> int:
        return len(self.ids)


class Cutter:
    """A tokenizer file whose tokenizer treats white space as a border. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = open_tokenizer(path)
        self.begin, self.end = self._special("[CLS]", path), self._special("[SEP]", path)

    def _special(self, name: str, path: Path) -> int:
        number = self._tokenizer.token_to_id(name)
        if number is None:
            raise ModelCorrupt(f"{str(path)!r} has no token {name}.", hint="Install the model's files anew.")
        return int(number)

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """The pieces of each text."""
        parts: list[list[Pieces]] = [[] for _ in texts]
        jobs = (chunk for number, text in enumerate(texts) for chunk in _chunks(number, text))
        while slab := list(islice(jobs, SLAB)):
            codes = self._tokenizer.encode_batch([text for _, _, text in slab], add_special_tokens=False)
            for (number, start, _), code in zip(slab, codes, strict=True):
                parts[number].append(_pieces(code, start))
        return [_joined(part) for part in parts]


def open_tokenizer(path: Path) -> Any:
    """The tokenizer in a `tokenizer.json`, with neither padding nor truncation; `ModelCorrupt` if it cannot be read."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ModelCorrupt(f"{str(path)!r} is not a tokenizer: {error}.", hint="Install it anew.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _chunks(number: int, text: str) -> Iterator[Chunk]:
    """Cut behind a line end, else behind a space, else anywhere: a pure function of the text."""
    text, start = encodable(text), 0
    while start < len(text):
        end, middle = min(start + CHUNK, len(text)), start + CHUNK // 2
        if end < len(text):
            end = (text.rfind("\n", middle, end) + 1) or (text.rfind(" ", middle, end) + 1) or end
        yield number, start, text[start:end]
        start = end


def _pieces(code: Any, start: int) -> Pieces:
    ids = np.array(code.ids, np.int64)
    offsets = np.fromiter(chain.from_iterable(code.offsets), np.int64, 2 * len(ids)).reshape(-1, 2)
    return Pieces(ids, offsets + start)


def _joined(parts: Sequence[Pieces]) -> Pieces:
    if not parts:
        return Pieces(np.zeros(0, np.int64), np.zeros((0, 2), np.int64))
    return Pieces(np.concatenate([p.ids for p in parts]), np.concatenate([p.offsets for p in parts]))
