"""Rankers: which documents have most to do with a question. One protocol, many ways, and any callable.

    rank("Who wrote Emma?", documents).order
    ranker("bm25")("Who wrote Emma?", texts)

Every ranker gives every document a score, higher = more relevant, and throws none away.
"""

from tamis.prompt.documents.rankers.learned import Auto, Embedding, Reranking
from tamis.prompt.documents.rankers.perplexity import CONDITIONS, RESTRICT, Perplexity
from tamis.prompt.documents.rankers.remote import SERVICES, RemoteEmbedding, RemoteReranker, Service
from tamis.prompt.documents.rankers.table import ALIASES, RANKERS, Alias, RankerInfo, rank, ranker, reference_ranker
from tamis.prompt.documents.ranking import Ranker, Ranking

__all__ = [
    "ALIASES",
    "CONDITIONS",
    "RANKERS",
    "RESTRICT",
    "SERVICES",
    "Alias",
    "Auto",
    "Embedding",
    "Perplexity",
    "Ranker",
    "RankerInfo",
    "Ranking",
    "RemoteEmbedding",
    "RemoteReranker",
    "Reranking",
    "Service",
    "rank",
    "ranker",
    "reference_ranker",
]
