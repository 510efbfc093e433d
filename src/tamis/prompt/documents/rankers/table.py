"""The rankers by name, the reference's names for them, and the two calls: `ranker` makes one, `rank` uses one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tamis.errors import InvalidInput, ModelError, unknown
from tamis.prompt.documents.rankers.learned import Auto, Embedding, Reranking
from tamis.prompt.documents.rankers.lexical import bm25, gzip
from tamis.prompt.documents.rankers.perplexity import Perplexity
from tamis.prompt.documents.rankers.protocol import Checked, Distinct, name_of
from tamis.prompt.documents.rankers.remote import (
    COHERE,
    OPENAI,
    VOYAGE,
    VOYAGE_RERANK,
    Remote,
    RemoteEmbedding,
    RemoteReranker,
    Service,
)
from tamis.prompt.documents.ranking import Ranker, RankerFactory, Ranking
from tamis.prompt.documents.source import Document, text_of


@dataclass(frozen=True, slots=True)
class RankerInfo:
    """A way to rank documents.

    Attributes:
        make: makes it; what it makes is not yet checked, see `ranker`.
        says: one line for `--help` and the documentation.
        needs_question: refuses to work without one.
        extra: the optional dependencies that it needs; "" for none.
    """

    make: RankerFactory
    says: str
    needs_question: bool = True
    extra: str = ""


def _embedding_of(service: Service) -> RankerFactory:
    return lambda model, threads: RemoteEmbedding(service, model)


def _reranker_of(service: Service) -> RankerFactory:
    return lambda model, threads: RemoteReranker(service, model)


RANKERS: Mapping[str, RankerInfo] = MappingProxyType(
    {
        "auto": RankerInfo(lambda model, threads: Auto(model or "mini", threads), "our best: the best sentence counts"),
        "embedding": RankerInfo(
            lambda model, threads: Embedding(model or "mini", threads),
            "cosine of sentence vectors: mini, or any sentence-transformers model (extra torch)",
        ),
        "cross-encoder": RankerInfo(
            lambda model, threads: Reranking(model) if model else Reranking(),
            "a reranker of transformers reads question and document together",
            extra="torch",
        ),
        "perplexity": RankerInfo(
            lambda model, threads: Perplexity(model or "mini-lm", threads=threads),
            "how little the question surprises a language model after the document; without one, how much it tells",
            needs_question=False,
        ),
        "bm25": RankerInfo(lambda model, threads: bm25, "words in common, rare ones count more"),
        "gzip": RankerInfo(lambda model, threads: gzip, "what a compressor finds in common"),
        "openai": RankerInfo(_embedding_of(OPENAI), "embeddings of an OpenAI-compatible service", extra="remote"),
        "cohere": RankerInfo(_reranker_of(COHERE), "a reranker of Cohere, or one that speaks like it", extra="remote"),
        "voyage": RankerInfo(_embedding_of(VOYAGE), "embeddings of Voyage", extra="remote"),
        "voyage-rerank": RankerInfo(_reranker_of(VOYAGE_RERANK), "a reranker of Voyage", extra="remote"),
    }
)


_OWN: Mapping[type, str] = {
    Auto: "auto",
    Embedding: "embedding",
    Reranking: "cross-encoder",
    Perplexity: "perplexity",
}
"""What a user may make himself, to set more than a model; he then gets what the rankers of these names promise."""


@dataclass(frozen=True, slots=True)
class Alias:
    """What a `rank_method` of the reference is here.

    Attributes:
        ranker: name in `RANKERS`.
        make: makes it with the reference's model, or with another; not yet checked.
    """

    ranker: str
    make: RankerFactory


def _vectors(model: str, query: str | None = None, document: str | None = None) -> Alias:
    def make(name: str | None, threads: int | None) -> Ranker:
        return Embedding(
            name or model,
            threads,
            query if name is None else None,
            document if name is None else None,
        )

    return Alias("embedding", make)


def _named(ranker: str, model: str | None = None) -> Alias:
    return Alias(ranker, lambda name, threads: RANKERS[ranker].make(name or model, threads))


# The reference's names and models. It gave BGE no instruction; here the queries get the one that each was trained with.
ALIASES: Mapping[str, Alias] = MappingProxyType(
    {
        "llmlingua": Alias(
            "perplexity", lambda model, threads: Perplexity(model or "mini-lm", condition="none", threads=threads)
        ),
        "longllmlingua": _named("perplexity"),
        "bm25": _named("bm25"),
        "gzip": _named("gzip"),
        "sentbert": _vectors("sentence-transformers/multi-qa-mpnet-base-dot-v1"),
        "bge": _vectors("BAAI/bge-large-en-v1.5", "Represent this sentence for searching relevant passages: "),
        "bge_reranker": _named("cross-encoder", "BAAI/bge-reranker-large"),
        "bge_llmembedder": _vectors(
            "BAAI/llm-embedder",
            "Represent this query for retrieving relevant documents: ",
            "Represent this document for retrieval: ",
        ),
        "jinza": _vectors("jinaai/jina-embeddings-v2-base-en"),  # (its code is remote, so it is refused by the loader)
        "openai": _named("openai", "text-embedding-ada-002"),
        "voyageai": _named("voyage", "voyage-01"),
        "cohere": _named("cohere", "rerank-english-v2.0"),
    }
)


def ranker(name: str | Ranker, *, model: str | None = None, threads: int | None = None) -> Ranker:
    """A ranker by its name in `RANKERS` or, where that has none, in `ALIASES`; or any callable.

    What comes back checks its arguments and scores. A callable gets (question or None, texts) and returns a number a
    text, higher = more relevant; it is called once, with the documents as they are. Of tamis's own (`Perplexity(...)`
    and its like too), duplicates score alike and blank documents come last. Nothing is loaded or asked before the
    first call.

    Args:
        name: which, or a callable.
        model: name, folder or address of another model than the ranker's own.
        threads: that an embedded model may use.

    Raises:
        UnknownName: neither a known name nor a callable.
        InvalidInput: a model for a callable.
    """
    if not isinstance(name, str):
        if not callable(name):
            raise unknown("ranker", name, RANKERS)
        if model is not None:
            raise InvalidInput(f"A callable has its own model, got model={model!r}.", hint="Leave model out.")
        own = name.service.name if isinstance(name, Remote) else _OWN.get(type(name))
        if own is not None:
            return Checked(own, Distinct(name), own != "perplexity", ModelError)
        return name if isinstance(name, Checked) else Checked(name_of(name), name)
    if name in RANKERS:
        info = RANKERS[name]
        return Checked(name, Distinct(info.make(model, threads)), info.needs_question, ModelError)
    if name not in ALIASES:
        raise unknown("ranker", name, RANKERS)
    return reference_ranker(name, model=model, threads=threads)


def reference_ranker(name: str, *, model: str | None = None, threads: int | None = None) -> Ranker:
    """A ranker by the name that the reference has for it, with the reference's model: for those who come from there.

    Raises:
        UnknownName: the reference has none of that name.
    """
    if name not in ALIASES:
        raise unknown("rank_method", name, ALIASES)
    alias = ALIASES[name]
    needs = RANKERS[alias.ranker].needs_question or name == "longllmlingua"
    return Checked(name, Distinct(alias.make(model, threads)), needs, ModelError)


def rank(
    question: str | None,
    documents: Sequence[str | Document],
    *,
    ranker: str | Ranker = "auto",
    model: str | None = None,
) -> Ranking:
    """Rank documents by what they have to do with a question, best first. Every score is kept.

    Args:
        question: what the reader wants to know; None only where the ranker can do without ("perplexity").
        documents: texts, or `Document`s, whose title counts as their first line.
        ranker: "auto", another name, or a callable (question, texts) -> one number a text, higher = more relevant.
        model: name, folder or address of another model than the ranker's own.

    Raises:
        InvalidInput: an argument that cannot be used, or a callable's scores (`UnknownName` is a kind of it).
        ModelError, MissingExtra: the model cannot be loaded.
        RemoteError: a service cannot be reached, refuses, or answers nonsense.

    Example: rank("Who wrote Emma?", ["Emma is by Jane Austen.", "Oslo is in Norway."]).order -> (0, 1)
    """
    judge = _ranker(ranker, model=model)
    if isinstance(documents, (str, Document)) or not isinstance(documents, Sequence):
        raise InvalidInput(
            f"Expected a list of texts, got {type(documents).__name__}.", hint="Wrap one text in a list."
        )
    texts = [text_of(document) for document in documents]
    scores = judge(question, texts)
    chances = judge.relevance(question, texts) if isinstance(judge, Checked) else None
    return Ranking.of(name_of(judge), scores, chances)


_ranker = ranker  # `rank` has an argument of that name
