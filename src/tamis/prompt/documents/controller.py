"""Before words are scored: share the budget out over documents, sections and sentences.

Source: LLMLingua (arXiv 2310.05736) section 3.1, the budget controller: rates for instruction and question (tau_ins,
tau_que), eq. 2 for what is left to the demonstrations, algorithm 1 for which of them stay (coarse, k), eq. 3 for what
they leave over. LongLLMLingua (arXiv 2310.06839): rates by rank (eq. 5).

A plan is a guide for scoring. That the budget holds, to the token, is the selection's business.
"""

from __future__ import annotations

import numpy as np

from tamis.core import Bools, Floats
from tamis.prompt.documents.rankers import ranker
from tamis.prompt.documents.ranking import Ranking
from tamis.prompt.documents.sections import CONTEXT, INSTRUCTION, QUESTION
from tamis.prompt.pins import touched
from tamis.prompt.request import Request


def shares(request: Request, limit: int, *, question: str | None = None, dynamic: float = 0.0) -> Floats:
    """(n,) the share of its document or section that each word's is to keep; 0 for what is given up.

    What is pinned, and so stays anyway, is paid for first; a share is that of the words around it.

    limit -- tokens that may stay in all
    question -- what sentences are ranked by; None: by what they tell
    dynamic -- how much more the best document keeps than the worst, where the options do not say
    """
    return _Controller(request, limit, question, dynamic).shares()


class _Controller:
    """The budget controller at work on one source."""

    def __init__(self, request: Request, limit: int, question: str | None, dynamic: float) -> None:
        assert request.costs is not None
        self.request, self.source, self.costs = request, request.source, request.costs
        self.limit, self.question = limit, question
        self.knobs = request.options.surprisal
        self.dynamic = dynamic if request.options.dynamic is None else request.options.dynamic
        self.ruled, self.fixed = _rules(request)
        self.pinned = request.fixed

    def shares(self) -> Floats:
        """(n,) as the function of that name."""
        rates = self.fixed.copy()
        rates[self._of(INSTRUCTION)] = self.knobs.instruction
        rates[self._of(QUESTION)] = self.knobs.question
        room = self._context_room(rates)
        chosen = self._chosen(room)
        self._hand_back(rates, room, chosen)  # eq. 3
        share = self._share(rates, chosen)
        for rank, number in enumerate(self.source.best_first):
            rates[self._free_of(number)] = self._by_rank(share, rank, len(chosen)) if number in chosen else 0.0
        return self._without_weak_sentences(rates)

    def _of(self, role: str) -> Bools:
        numbers = [i for i in range(len(self.request.documents)) if self.source.role(i) == role]
        return np.asarray(np.isin(self.request.document_of, numbers) & ~self.ruled)

    def _free_of(self, number: int) -> Bools:
        return np.asarray((self.request.document_of == number) & ~self.ruled)

    def _cost(self, mask: Bools) -> float:
        """Tokens of what can still go."""
        return float(self.costs[mask & ~self.pinned].sum())

    def _context_room(self, rates: Floats) -> float:
        """Tokens that the context may keep: the budget less what the others keep (eq. 2, times L_dems)."""
        kept = np.where(self.pinned, 1.0, rates) * self.costs
        return max(0.0, self.limit - float(kept[self.pinned | ~self._of(CONTEXT)].sum()))

    def _chosen(self, room: float) -> frozenset[int]:
        """Documents that stay: best first, while they hold at most `coarse` times the room; at least one."""
        if not self.knobs.coarse or self.source.ranking is None:
            return frozenset(self.source.best_first)
        chosen: list[int] = []
        cost = 0.0
        for number in self.source.best_first:
            cost += self._cost(self._free_of(number))
            if chosen and cost > self.knobs.coarse * room:
                break
            chosen.append(number)
        return frozenset(chosen)

    def _hand_back(self, rates: Floats, room: float, chosen: frozenset[int]) -> None:
        """What the chosen documents leave of the coarse budget goes to instruction and question."""
        others = self._of(INSTRUCTION) | self._of(QUESTION)
        cost = sum(self._cost(self._free_of(number)) for number in chosen)
        if self.source.ranking is None or not others.any():
            return
        more = (self.knobs.coarse * room - cost) / max(self._cost(others), 1.0)
        rates[others] = np.clip(rates[others] + max(more, 0.0), 0.0, 1.0)

    def _share(self, rates: Floats, chosen: frozenset[int]) -> float:
        cost = sum(self._cost(self._free_of(number)) for number in chosen)
        return min(1.0, self._context_room(rates) / cost) if cost else 1.0

    def _by_rank(self, share: float, rank: int, chosen: int) -> float:
        """Eq. 5 over the chosen documents, symmetrical about the share; without a ranking the same for all."""
        if self.source.ranking is None or chosen < 2:
            return share
        return float(np.clip(share + (1 - 2 * rank / (chosen - 1)) * self.dynamic / 2, 0.0, 1.0))

    def _without_weak_sentences(self, rates: Floats) -> Floats:
        """Give up the sentences that do not fit into `sentences` times the room, best first; one stays."""
        if not self.knobs.sentences:
            return rates
        inside = self._of(CONTEXT) & (rates > 0)
        numbers = np.unique(self.request.sentence_of[inside])
        texts = [self.request.sentences[i].of(self.request.text) for i in numbers.tolist()]
        if len(texts) < 2:
            return rates
        judge = ranker("perplexity", model=self.request.model, threads=self.request.options.threads)
        room, cost = self.knobs.sentences * self._context_room(rates), 0.0
        for place, at in enumerate(Ranking.of("perplexity", judge(self.question, texts)).order):
            words = inside & (self.request.sentence_of == numbers[at])
            cost += self._cost(words)
            if place and cost > room:
                rates[words] = 0.0
        return rates


def _rules(request: Request) -> tuple[Bools, Floats]:
    """(n,) which words have a rule, and (n,) its rate, 0 elsewhere."""
    ruled, rates = np.zeros(len(request.units), np.bool_), np.zeros(len(request.units))
    for rule in request.source.rules:
        inside = touched(request.units, [rule.span])
        if rule.rate is not None:
            ruled |= inside
            rates[inside] = rule.rate
    return ruled, rates
