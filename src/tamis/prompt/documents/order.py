"""Documents and a question: their ranking, their order, and how much each may keep.

Source: LongLLMLingua (arXiv 2310.06839) section 4: coarse ranking, document reordering (eq. 4), dynamic ratios (eq. 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tamis.core import Bools, Floats, Ints, Scored
from tamis.prompt.documents.ranking import Ranker, Ranking
from tamis.prompt.documents.source import Source, reordered
from tamis.prompt.request import Request

FRAGMENT = 3  # words of a sentence, fewer of which say nothing


def order_of(roles: Sequence[str], best_first: Sequence[int], how: str) -> list[int]:
    """Return the numbers of the documents in the order that `how` asks for: only ranked documents change places.

    Example: roles "instruction", "context", "context"; best first [2, 1]; "sort" -> [0, 2, 1]
    """
    moving = two_stage(best_first) if how == "two_stage" else list(best_first)
    places = sorted(best_first)
    order = list(range(len(roles)))
    for place, number in zip(places, moving, strict=True):
        order[place] = number
    return order


def rank_by(source: Source, rank: Ranker, name: str, how: str) -> Source:
    """Rank the context documents and put them into the order that `how` asks for; fewer than two are left alone.

    name -- what the result calls the ranker
    """
    if len(source.contexts) < 2:
        return source
    texts = [source.documents[number].of(source.text) for number in source.contexts]
    return arranged(source, Ranking.of(name, rank(source.question, texts)), how)


def arranged(source: Source, ranking: Ranking, how: str) -> Source:
    """Put ranked documents, which stand as they were given, into the order that `how` asks for."""
    ranked = replace(source, ranking=ranking)
    if how == "original":
        return ranked
    roles = [source.role(number) for number in range(len(source.documents))]
    return reordered(ranked, order_of(roles, ranked.best_first, how))


def merits(request: Request, scores: Floats, numbers: Sequence[int]) -> Floats:
    """Return the merit of some documents: the mean score of the best tenth of a document's words.

    The mean over all words would punish a long document for what it says besides the answer.
    """
    return np.array([_merit(scores[request.document_of == number]) for number in numbers], np.float64)


def _merit(scores: Floats) -> float:
    if not scores.size:
        return -np.inf
    best = max(1, scores.size // 10)
    return float(np.partition(scores, -best)[-best:].mean())


def two_stage(best_first: Sequence[int]) -> list[int]:
    """Put the best documents at both ends: readers attend least to the middle (LongLLMLingua, eq. 4).

    Example: [0, 1, 2, 3, 4] -> [0, 2, 4, 3, 1]
    """
    return [*best_first[0::2], *reversed(best_first[1::2])]


def dynamic(scores: Floats, document_of: Ints, best_first: Sequence[int], spread: float) -> Floats:
    """Return scores under which one global threshold keeps tau_k of document k (LongLLMLingua, eq. 5).

    tau_k = tau + (1 - 2 rank_k / (documents - 1)) spread / 2. A word scores its quantile within its document plus that
    shift: it passes the global threshold 1 - tau exactly if it is among the best tau_k of its document.
    """
    shifted = np.zeros_like(scores)
    last = max(len(best_first) - 1, 1)
    rank_of = {number: rank for rank, number in enumerate(best_first)}
    for number in np.unique(document_of).tolist():
        inside = np.flatnonzero(document_of == number)
        places = np.empty(inside.size)
        places[np.argsort(-scores[inside], kind="stable")] = np.arange(inside.size)
        rank = rank_of.get(number, last / 2)  # (an instruction or a question is not ranked: in the middle)
        shifted[inside] = 1 - (places + 0.5) / max(inside.size, 1) + (1 - 2 * rank / last) * spread / 2
    return shifted


def without_scraps(request: Request, scored: Scored[int], mask: Bools) -> Bools:
    """(n,) the words of the worse half of the documents of which fewer than `min_words` words are left.

    Whole documents that never had as many words are no scraps, nor is one that holds a pin, nor the last one left.
    """
    group, count = request.document_of, len(request.documents)
    left = np.bincount(group[mask], minlength=count)
    enough = np.minimum(request.options.min_words, np.bincount(group, minlength=count))
    pins = np.bincount(group[scored.pinned], minlength=count)
    scraps = np.flatnonzero((left > 0) & (left < enough) & (pins == 0))
    worst_first = scraps[np.lexsort((-scraps, left[scraps]))]
    going = worst_first[: min((scraps.size + 1) // 2, np.count_nonzero(left) - 1)]
    scrap: Bools = np.isin(group, going) & (scraps.size > 0)
    return scrap


def fragments(request: Request, mask: Bools) -> Bools:
    """(n,) the words of sentences that lost words one by one, and of which fewer than three are left.

    Pins are none, nor are short sentences that are whole.
    """
    if not request.sentences:  # (documents of nothing but blanks)
        return np.zeros(mask.size, np.bool_)
    units, group, mask = request.units, request.sentence_of, request.units.closed(mask)
    words = units.of_kind("word") if units.company is None else units.of_kind("word") & units.company.core
    size, left = (np.bincount(group[some], minlength=len(request.sentences)) for some in (words, words & mask))
    pinned = np.bincount(group[request.fixed], minlength=len(request.sentences)) > 0
    fragment: Bools = words & ((left > 0) & (left < np.minimum(FRAGMENT, size)) & ~pinned)[group]
    return fragment
