"""Extracts without a question: the sentence rankers of the literature, as baselines for whole sentences.

Each gives every word its sentence's score, in 0..1, so that with `style="sentences"` they choose sentences. Faithful to
their papers and linear in memory: no matrix of sentences by sentences is ever held. Nothing here is tuned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.prompt.methods.auto.features import Bags, encoder_of, load_encoder
from tamis.prompt.methods.auto.walk import Product, cosines, random_walk
from tamis.prompt.methods.protocol import Method
from tamis.prompt.request import Request
from tamis.text.function_words import FUNCTION_WORDS

TRADE = 0.6  # of MMR: what relevance counts against novelty; of 0.3 to 1.0 the best on meetings and papers together


def lead(requests: Sequence[Request]) -> list[Floats]:
    """Score sentences by their place: the first ones stay, whole."""
    return [_spread(r, lambda r: 1 - np.arange(len(r.sentences)) / len(r.sentences)) for r in requests]


def textrank(requests: Sequence[Request]) -> list[Floats]:
    """Score sentences by TextRank (Mihalcea & Tarau 2004): words in common over the logs of both lengths, PageRank."""
    return [_spread(r, textrank_scores) for r in requests]


def lexrank(requests: Sequence[Request]) -> list[Floats]:
    """Score sentences by continuous LexRank (Erkan & Radev 2004): cosines of tf-idf, PageRank."""
    return [_spread(r, lexrank_scores) for r in requests]


def centroid_mmr(requests: Sequence[Request]) -> list[Floats]:
    """Score sentences by their turn in MMR (Carbonell & Goldstein 1998) towards the centroid of the sentence vectors.

    The centroid of vectors as what a text is about: Rossiello et al. 2017, after Radev et al. 2004.
    """
    return [_spread(r, _centroid_turns) for r in requests]


def textrank_scores(request: Request) -> Floats:
    """(s,) TextRank of each sentence; content words are what sentences have in common."""
    bodies = np.array([body.lower() for body in request.units.bodies()], np.object_)
    content = ~request.units.punct & ~np.isin(bodies, sorted(FUNCTION_WORDS))
    sizes = np.bincount(request.sentence_of[~request.units.punct], minlength=len(request.sentences))
    return random_walk(_overlaps(_bags(request, content), sizes), len(request.sentences))


def lexrank_scores(request: Request) -> Floats:
    """(s,) continuous LexRank of each sentence; the text's own sentences give the idf."""
    return random_walk(cosines(_bags(request, ~request.units.punct)), len(request.sentences))


def max_marginal_relevance(relevance: Floats, vectors: Floats, trade: float) -> Ints:
    """Return the order of MMR: next is what is most relevant and least like any that was taken; ties from the left.

    relevance -- (s,)
    vectors -- (s, d) of length 1
    returns -- (s,) numbers, best first

    Example: relevance .9 .8 .5, the first two alike, trade .5 -> 0, 2, 1
    """
    alike, order = np.zeros(relevance.size), np.zeros(relevance.size, np.int64)
    gain = trade * relevance
    for turn in range(relevance.size):
        best = int(np.argmax(gain - (1 - trade) * alike))
        order[turn], gain[best] = best, -np.inf
        alike = np.maximum(alike, vectors @ vectors[best])
    return order


def _centroid_turns(request: Request) -> Floats:
    texts = [sentence.of(request.text).strip() for sentence in request.sentences]
    vectors = encoder_of(request).vectors(texts).astype(np.float64)
    centre = vectors.mean(axis=0)
    relevance = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-12))
    turns = np.empty(len(texts))
    turns[max_marginal_relevance(relevance, vectors, TRADE)] = np.arange(len(texts))
    return 1 - turns / len(texts)


def _overlaps(bags: Bags, sizes: Ints) -> Product:
    """The weights of TextRank, |A and B| / (log |A| + log |B|), without edges from a sentence to itself.

    The divisor is no product of two factors, but sentences have few different lengths: one pass for each of these.
    sizes -- (s,) words of each sentence
    """
    logs = np.log(np.maximum(sizes, 1))
    lengths = np.unique(logs)
    members = [np.flatnonzero(logs[bags.pair_sentence] == length) for length in lengths]
    itself = np.bincount(bags.pair_sentence, minlength=bags.sentences) * _inverse(2 * logs)

    def weigh(values: Floats) -> Floats:
        total = -itself * values
        for length, pairs in zip(lengths, members, strict=True):
            of_term = np.bincount(bags.pair_term[pairs], values[bags.pair_sentence[pairs]], minlength=bags.spread.size)
            shared = np.bincount(bags.pair_sentence, of_term[bags.pair_term], minlength=bags.sentences)
            total += shared * _inverse(logs + length)
        return total

    return weigh


def _inverse(values: Floats) -> Floats:
    """1 / x, and 0 for 0: two sentences of one word each have no weight."""
    return np.divide(1.0, values, out=np.zeros(values.size), where=values > 0)


def _bags(request: Request, chosen: Bools) -> Bags:
    """The sentences as bags of some of their words."""
    bodies = request.units.bodies()
    return Bags(
        [bodies[i] for i in np.flatnonzero(chosen).tolist()], request.sentence_of[chosen], len(request.sentences)
    )


def _spread(request: Request, rank: Callable[[Request], Floats]) -> Floats:
    """(n,) each word's sentence's score as a share of the best; 0 where there is no sentence (blank documents)."""
    if not request.sentences:
        return np.zeros(len(request.units))
    scores = rank(request)
    shares: Floats = scores / max(float(scores.max()), 1e-12)
    return shares[request.sentence_of]


LEAD = Method("lead", lead, "the first sentences, whole (baseline)")
TEXTRANK = Method("textrank", textrank, "sentences by words in common and PageRank (baseline)")
LEXRANK = Method("lexrank", lexrank, "sentences by tf-idf cosines and PageRank (baseline)")
CENTROID = Method(
    "centroid-mmr",
    centroid_mmr,
    "sentences near the centroid of all, unlike each other (strong baseline)",
    model="mini",
    load=load_encoder,
)
