"""What whole sentences are worth: what they say that somebody would ask for, what the text is about, said once.

Without a question a sentence is worth the words in it: the more salient, the more sentences share them, and only for
the first time (weighted coverage, Lin & Bilmes 2011: MMR with all that was taken as the one thing to be unlike). It is
raised by its centrality (LexRank, Erkan & Radev 2004) and by its place, and divided by a power of its tokens. With a
question it is worth its relevance, less what better sentences have said already.

One greedy pass makes turns of this and turns are the scores, so that whoever takes sentences best first and skips what
does not fit has a good extract at every budget. Near linear in the length of the text. Does not choose.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats, Ints
from tamis.models.scores import TokenScores
from tamis.prompt.methods.auto.features import Bags
from tamis.prompt.methods.auto.relevance import FUSION, Judged, sentence_scores
from tamis.prompt.methods.auto.salience import squashed
from tamis.prompt.methods.auto.walk import cosines, random_walk
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens
from tamis.text.function_words import FUNCTION_WORDS

LOOKS = 16  # sentences that are judged anew for one turn, at most: keeps a text of like sentences linear


@dataclass(frozen=True, slots=True)
class Extract:
    """How sentences are weighed against each other. Fitted by `python -m training extract train`.

    Attributes:
        middle, width: of the sigmoid that makes a word's weight of its salience, in logits.
        any: weight of any content word, salient or not.
        topic: how much a word gains with the log of the number of sentences that share it.
        again: what is left of a word's weight each time that it was said by a better sentence.
        power, base: a sentence is worth its words over (base + tokens) ** power.
        place: how much the first sentence of a document gains, the second half as much, the third a third.
        centre: how much the most central sentence gains.
        novelty: with a question: the relevance that a sentence loses if better ones have said all of it.
    """

    middle: float = 0.0
    width: float = 1.0
    any: float = 0.1
    topic: float = 0.5
    again: float = 0.1
    power: float = 0.8
    base: float = 1.0
    place: float = 0.3
    centre: float = 0.5
    novelty: float = 2.0


EXTRACT = Extract()


def sentence_worth(
    request: Request, tokens: TokenScores, reading: Judged | None = None, *, extract: Extract = EXTRACT
) -> Floats:
    """(s,) what each of `request.sentences` is worth, in 0..1, no two alike: by its turn in a greedy pass.

    A blank text has no sentence, and gets one number all the same, for its words.

    tokens -- of the encoder's pass over the text, see `Mini.keep`
    reading -- of the question, if there is one

    Example: the worth of every word is that of its sentence: `sentence_worth(request, tokens)[request.sentence_of]`
    """
    if not request.sentences:
        return np.ones(1)
    pairs = _Pairs.of(request, tokens, extract)
    if reading is None:
        order = pairs.turns(np.zeros(len(request.sentences)), pairs.factors(request, extract), extract.again)
    else:
        relevance = _relevance(request, reading)
        whole = np.maximum(np.bincount(pairs.sentence, pairs.weight, minlength=relevance.size), 1e-9)
        order = pairs.turns(relevance - extract.novelty, extract.novelty / whole, 0.0)
    worth = np.empty(order.size)
    worth[order] = 1 - np.arange(order.size) / order.size
    return worth


def _relevance(request: Request, reading: Judged) -> Floats:
    """(s,) relevance of the best of the sentences that the reading sees in each of the request's."""
    best = np.full(len(request.sentences), -np.inf)
    np.maximum.at(best, request.sentence_of, sentence_scores(reading, FUSION)[reading.laid.sentence_of])
    least = float(best[np.isfinite(best)].min(initial=0.0))
    return np.where(np.isfinite(best), best, least)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Each content word of each sentence once.

    Attributes:
        sentence, term: (p,) in order of the sentences.
        weight: (p,) what the sentence would gain by saying the word first.
        bounds: (s + 1,) where each sentence's pairs begin and end.
        terms: how many different words there are.
        centrality: (s,) LexRank of each sentence, 1 for the best.
    """

    sentence: Ints
    term: Ints
    weight: Floats
    bounds: Ints
    terms: int
    centrality: Floats

    @staticmethod
    def of(request: Request, tokens: TokenScores, extract: Extract) -> _Pairs:
        """The pairs of a request."""
        bodies = [body.lower() for body in request.units.bodies()]
        content = ~request.units.punct & np.array([body not in FUNCTION_WORDS for body in bodies], np.bool_)
        chosen = np.flatnonzero(content)
        bags = Bags([bodies[i] for i in chosen.tolist()], request.sentence_of[chosen], len(request.sentences))
        weight = np.zeros(bags.pair_term.size)
        np.maximum.at(weight, bags.pair_of_word, _word_weights(request, tokens, extract)[chosen])
        weight *= 1 + extract.topic * np.log(np.maximum(bags.spread, 1))[bags.pair_term]
        bounds = np.searchsorted(bags.pair_sentence, np.arange(bags.sentences + 1))
        rank = random_walk(cosines(bags), bags.sentences)
        rank /= max(float(rank.max(initial=0.0)), 1e-9)
        return _Pairs(bags.pair_sentence, bags.pair_term, weight, bounds, bags.spread.size, rank)

    def factors(self, request: Request, extract: Extract) -> Floats:
        """(s,) what each sentence's words are multiplied by: place, centrality, length."""
        gain = 1 + extract.place * _places(request) + extract.centre * self.centrality
        return gain / (extract.base + _tokens(request)) ** extract.power

    def turns(self, own: Floats, factors: Floats, again: float) -> Ints:
        """(s,) the sentences, best first: next is the largest own + factor * weight of its words that are still new.

        Gains only fall, so a gain that was computed earlier is a bound (lazy greedy, Minoux 1978).
        """
        left, order = np.ones(self.terms), np.empty(own.size, np.int64)
        bounds = self.bounds.tolist()

        def gain(number: int) -> float:
            at = slice(bounds[number], bounds[number + 1])
            return float(own[number] + factors[number] * (self.weight[at] @ left[self.term[at]]))

        heap = [(-gain(number), number) for number in range(own.size)]
        heapq.heapify(heap)
        for turn in range(own.size):
            order[turn] = number = _next(heap, gain)
            left[self.term[bounds[number] : bounds[number + 1]]] *= again
        return order


def _next(heap: list[tuple[float, int]], gain: Callable[[int], float]) -> int:
    """Take the sentence that gains the most from a heap of bounds; after `LOOKS` of them, the best of those seen."""
    seen: list[tuple[float, int]] = []
    while heap and len(seen) < LOOKS and (not seen or heap[0] < min(seen)):
        number = heapq.heappop(heap)[1]
        seen.append((-gain(number), number))
    best = min(seen)
    seen.remove(best)
    for other in seen:
        heapq.heappush(heap, other)
    return best[1]


def _word_weights(request: Request, tokens: TokenScores, extract: Extract) -> Floats:
    """(n,) what each word counts for, before what other sentences say."""
    units = request.units
    chance = pool_tokens(tokens.offsets, tokens.values["salience"], units.starts, units.ends, how=request.options.pool)
    chance = np.clip(chance, 1e-3, 1 - 1e-3)
    logit = np.log(chance / (1 - chance))
    return extract.any + squashed((logit - extract.middle) / extract.width)


def _places(request: Request) -> Floats:
    """(s,) 1 for the first sentence of a document, 1/2 for the second, and so on."""
    starts = np.array([sentence.start for sentence in request.sentences], np.int64)
    documents = np.array([document.start for document in request.documents], np.int64)
    document_of = np.searchsorted(documents, starts, side="right") - 1
    first = np.searchsorted(document_of, document_of)
    places: Floats = 1 / (1 + np.arange(starts.size) - first)
    return places


def _tokens(request: Request) -> Floats:
    """(s,) what each sentence costs; where nobody counted, one a unit."""
    costs = np.ones(len(request.units)) if request.costs is None else request.costs
    return np.bincount(request.sentence_of, costs, minlength=len(request.sentences)).astype(np.float64)
