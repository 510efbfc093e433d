"""Rankers behind HTTP: embeddings (OpenAI, Voyage, who speaks like them), rerankers (Cohere, Voyage, Jina, vLLM).

Documents are sent in batches within the service's limits, all of them, and answers are put back by their index, so none
is lost and duplicates cannot be mixed up. A document longer than the service reads is sent in parts; the best counts.
Questions and documents leave this machine: only these rankers do that, and only when they are named.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput, RemoteError
from tamis.io.http import bearer, post_json
from tamis.models.chunks import chunks
from tamis.text.counting import counter


@dataclass(frozen=True, slots=True)
class Service:
    """What there is to know of one.

    Attributes:
        name: of the ranker that asks it.
        address: without the last part of the path; the environment variable `variable` overrides it.
        model: the one that is asked by default.
        keys: environment variables that may hold the key.
        documents: the most that one request may hold.
        tokens: the most that one request may hold, all documents together (counted in `cl100k_base`).
        longest: tokens of one document; a longer one is sent in parts.
        results: where a reranker's answer holds them.
        count: what a reranker calls the number of results wanted; it gets all.
        kinds: whether embeddings are asked for as "query" or "document".
    """

    name: str
    address: str
    model: str
    variable: str
    keys: tuple[str, ...]
    documents: int
    tokens: int
    longest: int
    results: str = "results"
    count: str = "top_n"
    kinds: bool = False


# Limits as the services document them in 2025, some tokens below where their tokenizer is another one.
OPENAI = Service(
    name="openai",
    address="https://api.openai.com/v1",
    model="text-embedding-3-small",
    variable="OPENAI_BASE_URL",
    keys=("OPENAI_API_KEY",),
    documents=2048,
    tokens=250_000,
    longest=8000,
)
COHERE = Service(
    name="cohere",
    address="https://api.cohere.com/v2",
    model="rerank-v3.5",
    variable="CO_API_URL",
    keys=("CO_API_KEY", "COHERE_API_KEY"),
    documents=1000,
    tokens=1_000_000,
    longest=3000,
)
VOYAGE = Service(
    name="voyage",
    address="https://api.voyageai.com/v1",
    model="voyage-3.5",
    variable="VOYAGE_BASE_URL",
    keys=("VOYAGE_API_KEY",),
    documents=1000,
    tokens=100_000,
    longest=24_000,
    kinds=True,
)
VOYAGE_RERANK = replace(
    VOYAGE,
    name="voyage-rerank",
    model="rerank-2.5",
    tokens=300_000,
    longest=12_000,
    results="data",
    count="top_k",
    kinds=False,
)
SERVICES: Mapping[str, Service] = MappingProxyType({s.name: s for s in (OPENAI, COHERE, VOYAGE, VOYAGE_RERANK)})


@dataclass(frozen=True)
class Remote:
    """A service with a model: what both kinds of remote ranker share.

    Attributes:
        service: which.
        model: its name for the model, or `http(s)://host/path#model` for another server that speaks the same.
        timeout: seconds of one try.
        tries: of one request.
    """

    service: Service
    model: str | None = None
    timeout: float = 60.0
    tries: int = 4

    def ask(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What the service answers.

        Raises:
            InvalidInput: the service's own address, and no key for it.
            RemoteError: as `post_json`.
        """
        address, model = self._place()
        key = bearer(self.service.keys)
        if not key and address == self.service.address:
            raise InvalidInput(f"{address!r} needs a key.", hint=f"Set {' or '.join(self.service.keys)}.")
        url = f"{address}/{path}"
        return post_json(url, {"model": model, **payload}, headers=key, timeout=self.timeout, tries=self.tries)

    def _place(self) -> tuple[str, str]:
        name = self.model or self.service.model
        if name.startswith(("http://", "https://")):
            address, _, model = name.partition("#")
            return address.rstrip("/"), model or self.service.model
        return os.environ.get(self.service.variable, self.service.address).rstrip("/"), name


@dataclass(frozen=True)
class RemoteEmbedding(Remote):
    """The cosine of the vectors that a service makes of question and document."""

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document."""
        parts, sizes, owner = _parts(documents, self.service.longest)
        query = self._vectors([question or ""], "query")
        vectors = np.concatenate([self._vectors(parts[a:b], "document") for a, b in _batches(sizes, self.service)])
        if vectors.shape[1] != query.shape[1]:
            raise RemoteError(f"{self._place()[0]!r} gives vectors of {query.shape[1]} and {vectors.shape[1]} numbers.")
        return _best(vectors @ query[0], owner, len(documents))

    def _vectors(self, texts: Sequence[str], kind: str) -> Floats:
        """(n, d) unit vectors."""
        more = {"input_type": kind, "truncation": False} if self.service.kinds else {}
        answer = self.ask("embeddings", {"input": list(texts), **more})
        rows = _by_index(answer.get("data"), "embedding", len(texts), self._place()[0])
        try:
            vectors = np.array(rows, np.float64).reshape(len(texts), -1)
        except (TypeError, ValueError) as error:
            raise RemoteError(f"{self._place()[0]!r} answers no vectors: {rows!r:.80}.") from error
        if not np.isfinite(vectors).all():
            raise RemoteError(f"{self._place()[0]!r} answers vectors that are not finite.")
        unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit


@dataclass(frozen=True)
class RemoteReranker(Remote):
    """The relevance that a service's reranker sees."""

    def __call__(self, question: str | None, documents: Sequence[str]) -> Floats:
        """Return the score of each document."""
        parts, sizes, owner = _parts(documents, self.service.longest)
        scores = [self._scores(question or "", parts[a:b]) for a, b in _batches(sizes, self.service)]
        return _best(np.concatenate(scores), owner, len(documents))

    def _scores(self, question: str, texts: Sequence[str]) -> Floats:
        payload = {"query": question, "documents": list(texts), self.service.count: len(texts)}
        results = self.ask("rerank", payload).get(self.service.results)
        rows = _by_index(results, "relevance_score", len(texts), self._place()[0])
        try:
            scores = np.array(rows, np.float64).reshape(len(texts))
        except (TypeError, ValueError) as error:
            raise RemoteError(f"{self._place()[0]!r} answers no scores: {rows!r:.80}.") from error
        if not np.isfinite(scores).all():
            raise RemoteError(f"{self._place()[0]!r} answers scores that are not finite.")
        return scores


def _by_index(rows: Any, field: str, count: int, address: str) -> list[Any]:
    """The field of each row in the order of the rows' `index`, which must be 0 to count - 1, each once."""
    try:
        values = {int(row["index"]): row[field] for row in rows}
    except (TypeError, KeyError, ValueError) as error:
        raise RemoteError(f"{address!r} answers no {field} with an index: {rows!r:.200}.") from error
    if len(rows) != count or sorted(values) != list(range(count)):
        raise RemoteError(f"{address!r} was asked about {count} texts and answers about {sorted(values)!r:.80}.")
    return [values[i] for i in range(count)]


def _parts(documents: Sequence[str], longest: int) -> tuple[list[str], list[int], list[int]]:
    """The documents in parts of at most so many tokens, the tokens of each, and the document that each is of."""
    count = counter("cl100k_base")

    def measure(texts: Sequence[str]) -> list[int]:
        return [count(text) for text in texts]

    parts: list[str] = []
    owner: list[int] = []
    for number, (document, size) in enumerate(zip(documents, measure(documents), strict=True)):
        document_parts = [document] if size <= longest else [s.of(document) for s in chunks(document, measure, longest)]
        parts += document_parts
        owner += [number] * len(document_parts)
    return parts, measure(parts), owner


def _batches(sizes: Sequence[int], service: Service) -> Iterator[tuple[int, int]]:
    """Half-open ranges of neighbouring parts that one request may hold, at least one part each."""
    begin, tokens = 0, 0
    for i, size in enumerate(sizes):
        if i > begin and (i - begin == service.documents or tokens + size > service.tokens):
            yield begin, i
            begin, tokens = i, 0
        tokens += size
    yield begin, len(sizes)


def _best(scores: Floats, owner: Sequence[int], count: int) -> Floats:
    best = np.full(count, -np.inf)
    np.maximum.at(best, np.array(owner), scores)
    return best
