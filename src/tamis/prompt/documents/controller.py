"""Before words are scored: rank the documents, put them in order, and share the budget out.

Source: LLMLingua (arXiv 2310.05736) section 3.1, the budget controller: rates for instruction and question (tau_ins,
tau_que), eq. 2 for what is left to the demonstrations, algorithm 1 for which of them stay (coarse, k), eq. 3 for what
they leave over. LongLLMLingua (arXiv 2310.06839): ranking by the question (eq. 2), order (eq. 4), rates by rank (5).

A plan is a guide for scoring. That the budget holds, to the token, is the selection's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.prompt.documents.order import order_of
from tamis.prompt.documents.rankers import ranker
from tamis.prompt.documents.ranking import Ranker, Ranking
from tamis.prompt.documents.sections import CONTEXT, INSTRUCTION, QUESTION
from tamis.prompt.documents.source import Source, reordered
from tamis.prompt.pins import touched
from tamis.prompt.request import Request
from tamis.prompt.result import Shown


@dataclass(frozen=True, eq=False)
class Ranked:
    """Documents in the order in which they are shown.

    Attributes:
        source: with the documents in that order.
        ranking: of the context documents, numbered among themselves as they were given; None where nothing ranked.
        best_first: numbers of the context documents in `source`, best first.
        order: `order[i]` is the number that document i of `source` had as it was given.
    """

    source: Source
    ranking: Ranking | None
    best_first: tuple[int, ...]
    order: tuple[int, ...]

    @staticmethod
    def unranked(source: Source) -> Ranked:
        """As given."""
        return Ranked(source, None, tuple(contexts(source)), tuple(range(len(source.documents))))

    def shown(self) -> tuple[Shown, ...]:
        """The documents as the result lists them."""
        scores: dict[int, float] = {}
        if self.ranking is not None:
            scores = {
                n: float(self.ranking.scores[i]) for n, i in zip(self.best_first, self.ranking.order, strict=True)
            }
        spans = zip(self.order, self.source.documents, strict=True)
        # (a document without a word has the merit -inf, which is no score, and no JSON)
        finite = {n: score for n, score in scores.items() if np.isfinite(score)}
        return tuple(Shown(number, s.start, s.end, finite.get(i)) for i, (number, s) in enumerate(spans))


def contexts(source: Source) -> list[int]:
    """Numbers of the documents that may be ranked, moved and dropped."""
    return [number for number in range(len(source.documents)) if source.role(number) == CONTEXT]


def rank_by(source: Source, rank: Ranker, name: str, *, question: str | None, how: str) -> Ranked:
    """Rank the context documents and put them into the order that `how` asks for.

    name -- what the result calls the ranker
    """
    numbers = contexts(source)
    if len(numbers) < 2:
        return Ranked.unranked(source)
    texts = [source.documents[number].of(source.text) for number in numbers]
    return arranged(source, Ranking.of(name, rank(question, texts)), how)


def arranged(source: Source, ranking: Ranking, how: str) -> Ranked:
    """Put ranked documents into the order that `how` asks for."""
    numbers = contexts(source)
    best_first = [numbers[i] for i in ranking.order]
    if how == "original":
        return Ranked(source, ranking, tuple(best_first), tuple(range(len(source.documents))))
    roles = [source.role(number) for number in range(len(source.documents))]
    order = order_of(roles, best_first, how)
    place = {old: new for new, old in enumerate(order)}
    return Ranked(reordered(source, order), ranking, tuple(place[n] for n in best_first), tuple(order))


def shares(
    request: Request,
    ranked: Ranked,
    costs: Ints,
    limit: int,
    *,
    question: str | None = None,
    dynamic: float = 0.0,
) -> Floats:
    """(n,) the share of its document or section that each word's is to keep; 0 for what is given up.

    What is pinned, and so stays anyway, is paid for first; a share is that of the words around it.

    costs, limit -- (n,) tokens of each word, and tokens that may stay in all
    question -- what sentences are ranked by; None: by what they tell
    dynamic -- how much more the best document keeps than the worst, where the options do not say
    """
    return _Controller(request, ranked, costs, limit, question, dynamic).shares()


class _Controller:
    """The budget controller at work on one source."""

    def __init__(
        self, request: Request, ranked: Ranked, costs: Ints, limit: int, question: str | None, dynamic: float
    ) -> None:
        self.request, self.ranked, self.costs, self.limit, self.question = request, ranked, costs, limit, question
        self.knobs = request.options.surprisal
        self.dynamic = dynamic if request.options.dynamic is None else request.options.dynamic
        self.ruled, self.fixed = _rules(request, ranked.source)
        self.pinned = np.zeros(len(request.words), np.bool_) if request.pinned is None else request.pinned

    def shares(self) -> Floats:
        """(n,) as the function of that name."""
        made = self.fixed.copy()
        made[self._of(INSTRUCTION)] = self.knobs.instruction
        made[self._of(QUESTION)] = self.knobs.question
        room = self._context_room(made)
        chosen = self._chosen(room)
        self._hand_back(made, room, chosen)  # eq. 3
        share = self._share(made, chosen)
        for rank, number in enumerate(self.ranked.best_first):
            made[self._free_of(number)] = self._by_rank(share, rank, len(chosen)) if number in chosen else 0.0
        return self._without_weak_sentences(made)

    def _of(self, role: str) -> Bools:
        numbers = [i for i in range(len(self.request.documents)) if self.ranked.source.role(i) == role]
        return np.asarray(np.isin(self.request.document_of, numbers) & ~self.ruled)

    def _free_of(self, number: int) -> Bools:
        return np.asarray((self.request.document_of == number) & ~self.ruled)

    def _cost(self, mask: Bools) -> float:
        """Tokens of what can still go."""
        return float(self.costs[mask & ~self.pinned].sum())

    def _context_room(self, made: Floats) -> float:
        """Tokens that the context may keep: the budget less what the others keep (eq. 2, times L_dems)."""
        taken = np.where(self.pinned, 1.0, made) * self.costs
        return max(0.0, self.limit - float(taken[self.pinned | ~self._of(CONTEXT)].sum()))

    def _chosen(self, room: float) -> frozenset[int]:
        """Documents that stay: best first, while they hold at most `coarse` times the room; at least one."""
        if not self.knobs.coarse or self.ranked.ranking is None:
            return frozenset(self.ranked.best_first)
        chosen: list[int] = []
        held = 0.0
        for number in self.ranked.best_first:
            held += self._cost(self._free_of(number))
            if chosen and held > self.knobs.coarse * room:
                break
            chosen.append(number)
        return frozenset(chosen)

    def _hand_back(self, made: Floats, room: float, chosen: frozenset[int]) -> None:
        """What the chosen documents leave of the coarse budget goes to instruction and question."""
        others = self._of(INSTRUCTION) | self._of(QUESTION)
        held = sum(self._cost(self._free_of(number)) for number in chosen)
        if self.ranked.ranking is None or not others.any():
            return
        more = (self.knobs.coarse * room - held) / max(self._cost(others), 1.0)
        made[others] = np.clip(made[others] + max(more, 0.0), 0.0, 1.0)

    def _share(self, made: Floats, chosen: frozenset[int]) -> float:
        held = sum(self._cost(self._free_of(number)) for number in chosen)
        return min(1.0, self._context_room(made) / held) if held else 1.0

    def _by_rank(self, share: float, rank: int, chosen: int) -> float:
        """Eq. 5 over the chosen documents, symmetrical about the share; without a ranking the same for all."""
        if self.ranked.ranking is None or chosen < 2:
            return share
        return float(np.clip(share + (1 - 2 * rank / (chosen - 1)) * self.dynamic / 2, 0.0, 1.0))

    def _without_weak_sentences(self, made: Floats) -> Floats:
        """Give up the sentences that do not fit into `sentences` times the room, best first; one stays."""
        if not self.knobs.sentences:
            return made
        mine = self._of(CONTEXT) & (made > 0)
        numbers = np.unique(self.request.sentence_of[mine])
        texts = [self.request.sentences[i].of(self.request.text) for i in numbers.tolist()]
        if len(texts) < 2:
            return made
        judge = ranker("perplexity", model=self.request.model, threads=self.request.options.threads)
        room, held = self.knobs.sentences * self._context_room(made), 0.0
        for place, at in enumerate(Ranking.of("perplexity", judge(self.question, texts)).order):
            words = mine & (self.request.sentence_of == numbers[at])
            held += self._cost(words)
            if place and held > room:
                made[words] = 0.0
        return made


def _rules(request: Request, source: Source) -> tuple[Bools, Floats]:
    """(n,) which words have a rule, and (n,) its rate, 0 elsewhere."""
    ruled, rates = np.zeros(len(request.words), np.bool_), np.zeros(len(request.words))
    for rule in source.rules:
        inside = touched(request.words, [rule.span])
        if rule.rate is not None:
            ruled |= inside
            rates[inside] = rule.rate
    return ruled, rates
