"""From documents to the chunks that a teacher is asked about. Does not read files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tamis.errors import InvalidInput
from tamis.io.files import write
from tamis.io.rows import read_jsonl
from tamis.io.surrogates import encodable
from tamis.models.chunks import chunks
from tamis.text.counting import NamedCounter

TOKENS = 512  # of the target model: the paper's chunks (section 3.1)
LEAST = 16  # tokens that a chunk must be allowed to have


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text with a name that stays the same from run to run: what is held out is decided by it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document, whole sentences where they fit.

    Attributes:
        id: hash of the text and of how it was cut; equal texts share it, and are asked about once.
        document: name of the document (of the first, if several hold this text).
        text: without the white space around it.
        tokens: what it costs by the target model's tokenizer.
    """

    id: str
    document: str
    text: str
    tokens: int


def cut(documents: Iterable[NamedText], count: NamedCounter, limit: int = TOKENS) -> list[Chunk]:
    """The chunks of all documents, in order, each of at most `limit` tokens; texts that were seen are left out.

    Raises:
        InvalidInput: the limit is too small to hold a sentence.
    """
    if limit < LEAST:
        raise InvalidInput(f"A chunk must have room for {LEAST} tokens, got {limit}.", hint=f"The default is {TOKENS}.")
    chunks: dict[str, Chunk] = {}
    for document in documents:
        for text in _texts(document.text, count, limit):
            chunk = _chunk(document.name, text, count, limit)
            chunks.setdefault(chunk.id, chunk)
    return list(chunks.values())


def _texts(text: str, count: NamedCounter, limit: int) -> Iterator[str]:
    text = encodable(text)

    def measure(parts: Sequence[str]) -> list[int]:
        return [count(part) for part in parts]

    for span in chunks(text, measure, limit):
        if body := span.of(text).strip():
            yield body


def _chunk(document: str, text: str, count: NamedCounter, limit: int) -> Chunk:
    return Chunk(fingerprint("chunk", text, count.name, limit), document, text, count(text))


def fingerprint(*parts: object) -> str:
    """A short stable hash (80 bits) of plain values."""
    data = json.dumps(parts, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()[:20]


def save_chunks(path: Path, chunks: Sequence[Chunk]) -> None:
    """Write one chunk a line."""
    write(path, "".join(json.dumps(asdict(chunk), ensure_ascii=False) + "\n" for chunk in chunks).encode())


def load_chunks(path: Path) -> list[Chunk]:
    """Read what `save_chunks` wrote.

    Raises:
        InvalidInput: nothing was cut there yet, or the file was changed.
    """
    try:
        return [Chunk(**row) for row in read_jsonl(path)]
    except FileNotFoundError:
        raise InvalidInput(
            f"There is no {str(path)!r}.", hint="Begin with: tamis distill ask FILES --out DIR."
        ) from None
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"{str(path)!r} cannot be read: {error}.", hint="Make it anew: tamis distill ask."
        ) from error
