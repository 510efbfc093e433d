"""What whole sentences are worth: what they say that somebody would ask for, what the text is about, said once.

Without a question a sentence is worth the words in it: the more salient, the more sentences share them, and only for
the first time (weighted coverage, Lin & Bilmes 2011: MMR with all that was taken as the one thing to be unlike). It is
raised by its centrality (LexRank, Erkan & Radev 2004) and by its place, and divided by its tokens. With a question it
is worth its relevance, less what better sentences have said already.

One greedy pass makes turns of this, and worth falls with the turns: taking sentences by worth makes a good extract at
every budget. Near linear in the length of the text. Does not choose.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.models.scores import TokenScores
from tamis.prompt.headings import headings, under_headings
from tamis.prompt.methods.auto.features import Bags
from tamis.prompt.methods.auto.relevance import FUSION, Judged, sentence_scores
from tamis.prompt.methods.auto.salience import squashed
from tamis.prompt.methods.auto.walk import cosines, random_walk
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens
from tamis.text.function_words import FUNCTION_WORDS

LOOKS = 16  # sentences that are judged anew for one turn, at most: keeps a text of like sentences linear
TEMPERATURE = 4.0  # of the sigmoid that maps relevance to 0..1
HEADING = 0.9  # of the best sentence under a heading: the heading itself
SUBSTANCE = 3  # content words of a sentence that says something by itself
STEP = 1e-9  # by which worth falls from turn to turn at least


@dataclass(frozen=True, slots=True)
class Extract:
    """How sentences are weighed against each other. Fitted by `python -m training extract train`.

    Attributes:
        middle, width: of the sigmoid that makes a word's weight of its salience, in logits.
        topic: how much a word gains with the log of the number of sentences that share it.
        again: what is left of a word's weight each time that it was said by a better sentence.
        base: tokens that a sentence costs beside its own, so that scraps are not cheap.
        place: how much the first sentence of a document gains; the second half as much, the third a third.
        centre: how much the most central sentence gains.
        novelty: with a question: the relevance that a sentence loses if better ones have said all of it.
    """

    middle: float = -0.15
    width: float = 1.1
    topic: float = 0.6
    again: float = 0.12
    base: float = 1.0
    place: float = 0.1
    centre: float = 0.3
    novelty: float = 2.0


# The fit would leave base and centre at 0, for a gain within the noise; with them scraps come late and papers gain.
EXTRACT = Extract()


def sentence_worth(request: Request, tokens: TokenScores | None, reading: Judged | None = None) -> Floats:
    """(s,) what each of `request.sentences` is worth for its tokens, in 0..1, no two alike, falling in greedy order.

    A blank text has no sentence, and gets one number all the same, for its words.

    tokens -- of the encoder's pass over the text, see `Mini.keep`; None: all content words are alike
    reading -- of the question, if there is one; it decides, so that `tokens` are not worth a pass

    Example: the worth of every word is that of its sentence: `sentence_worth(request, tokens)[request.sentence_of]`
    """
    if not request.sentences:
        return np.ones(1)
    said = Said.of(request, tokens)
    return worth(said, EXTRACT) if reading is None else asked_worth(said, relevance(request, reading), EXTRACT)


@dataclass(frozen=True, eq=False)
class Said:
    """What the sentences of a text say: each content word of each sentence once.

    Attributes:
        sentence, term: (p,) in order of the sentences.
        logit: (p,) salience of the word where the sentence says it best.
        spread: (p,) in how many sentences the word stands.
        bounds: (s + 1,) where each sentence's pairs begin and end.
        terms: how many different words there are.
        costs: (s,) tokens of each sentence.
        place: (s,) 1 for the first sentence of a document, 1/2 for the second, and so on.
        centrality: (s,) LexRank of each sentence, 1 for the best.
        heading: (s,) which sentences are headings.
        under: (s, 2) for a heading or lead-in the half-open numbers of the sentences under it; 0, 0 for the others.
    """

    sentence: Ints
    term: Ints
    logit: Floats
    spread: Ints
    bounds: Ints
    terms: int
    costs: Floats
    place: Floats
    centrality: Floats
    heading: Bools
    under: Ints

    @staticmethod
    def of(request: Request, tokens: TokenScores | None) -> Said:
        """What a request's sentences say."""
        bodies = [body.lower() for body in request.units.bodies()]
        content = ~request.units.punct & np.array([body not in FUNCTION_WORDS for body in bodies], np.bool_)
        chosen = np.flatnonzero(content)
        bags = Bags([bodies[i] for i in chosen.tolist()], request.sentence_of[chosen], len(request.sentences))
        logit = np.full(bags.pair_term.size, -np.inf)
        np.maximum.at(logit, bags.pair_of_word, _salience(request, tokens)[chosen])
        heading = headings(request)
        rank = random_walk(cosines(bags), bags.sentences)
        return Said(
            bags.pair_sentence,
            bags.pair_term,
            logit,
            bags.spread[bags.pair_term],
            np.searchsorted(bags.pair_sentence, np.arange(bags.sentences + 1)),
            bags.spread.size,
            _tokens(request),
            _places(request),
            rank / max(float(rank.max()), 1e-9),
            heading,
            under_headings(request, heading),
        )

    def weights(self, extract: Extract) -> Floats:
        """(p,) what a sentence gains by saying a word first."""
        topic = 1 + extract.topic * np.log(np.maximum(self.spread, 1))
        return np.where(
            self.heading[self.sentence], 0.0, topic * squashed((self.logit - extract.middle) / extract.width)
        )

    @property
    def substance(self) -> Floats:
        """(s,) 1 for a sentence of at least `SUBSTANCE` content words, less for a scrap ("Thanks a lot.")."""
        return np.minimum(np.diff(self.bounds) / SUBSTANCE, 1.0)


def worth(said: Said, extract: Extract) -> Floats:
    """(s,) worth of sentences without a question: words new to the extract, raised, over tokens; 1 for the best."""
    raised = 1 + extract.place * said.place + extract.centre * said.centrality
    factors = said.substance * raised / (extract.base + said.costs)
    order, gains = turns(said, said.weights(extract), np.zeros(factors.size), factors, extract.again)
    return with_headings(said, _falling(order, gains / max(float(gains[0]), 1e-9)))


def asked_worth(said: Said, relevance: Floats, extract: Extract) -> Floats:
    """(s,) worth of sentences with a question: relevance, less the share of their words that better ones have said."""
    weights = said.weights(extract)
    whole = np.maximum(np.bincount(said.sentence, weights, minlength=relevance.size), 1e-9)
    order, gains = turns(said, weights, relevance - extract.novelty, extract.novelty / whole, 0.0)
    return with_headings(said, _falling(order, squashed(gains / TEMPERATURE)))


def with_headings(said: Said, worth: Floats) -> Floats:
    """The worth of sentences, where a heading is next to the best sentence under it, and a lead-in never before it."""
    worth = worth.copy()
    for number in np.flatnonzero(said.under[:, 1])[::-1].tolist():
        first, last = said.under[number].tolist()
        next_best = HEADING * float(worth[first:last].max())
        worth[number] = next_best if said.heading[number] else min(next_best, float(worth[number]))
    order = np.argsort(-worth, kind="stable")
    return _falling(order, worth[order])


def relevance(request: Request, reading: Judged) -> Floats:
    """(s,) relevance of the best of the sentences that the reading sees in each of the request's."""
    best = np.full(len(request.sentences), -np.inf)
    np.maximum.at(best, request.sentence_of, sentence_scores(reading, FUSION)[reading.laid.sentence_of])
    least = float(best[np.isfinite(best)].min(initial=0.0))
    return np.where(np.isfinite(best), best, least)


def turns(said: Said, weights: Floats, own: Floats, factors: Floats, again: float) -> tuple[Ints, Floats]:
    """Return the sentences, best first, and what each gains at its turn: own + factor * weight of what is new in it.

    What a sentence says is worth `again` as much for all after it. So gains only fall, and one that was computed
    earlier is a bound (lazy greedy, Minoux 1978).
    """
    left, bounds = np.ones(said.terms), said.bounds.tolist()

    def gain(number: int) -> float:
        at = slice(bounds[number], bounds[number + 1])
        return float(own[number] + factors[number] * (weights[at] @ left[said.term[at]]))

    heap = [(-gain(number), number) for number in range(own.size)]
    heapq.heapify(heap)
    order, gains = np.empty(own.size, np.int64), np.empty(own.size)
    for turn in range(own.size):
        lost, order[turn] = _next(heap, gain)
        gains[turn] = -lost
        left[said.term[bounds[order[turn]] : bounds[order[turn] + 1]]] *= again
    return order, gains


def _next(heap: list[tuple[float, int]], gain: Callable[[int], float]) -> tuple[float, int]:
    """Take the sentence that gains the most from a heap of bounds; after `LOOKS` of them, the best of those seen."""
    seen: list[tuple[float, int]] = []
    while heap and len(seen) < LOOKS and (not seen or heap[0] < min(seen)):
        number = heapq.heappop(heap)[1]
        seen.append((-gain(number), number))
    best = min(seen)
    seen.remove(best)
    for other in seen:
        heapq.heappush(heap, other)
    return best


def _falling(order: Ints, gains: Floats) -> Floats:
    """(s,) the gains by sentence, made to fall from turn to turn: equal ones, and those that `LOOKS` put too late."""
    falling = np.minimum.accumulate(gains)
    values = np.empty(order.size)
    values[order] = np.clip(falling, 0, 1) * (1 - STEP * order.size) + STEP * np.arange(order.size, 0, -1)
    return values


def _salience(request: Request, tokens: TokenScores | None) -> Floats:
    """(n,) salience of each word, as a logit; 0 where nobody read the text."""
    units = request.units
    if tokens is None:
        return np.zeros(len(units))
    chance = pool_tokens(tokens.offsets, tokens.values["salience"], units.starts, units.ends, how=request.options.pool)
    chance = np.clip(chance, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(chance / (1 - chance)), np.float64)


def _places(request: Request) -> Floats:
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
