"""Texts whose best sentences are known by what is asked of them: answers, and words of reference summaries.

Answers: paragraphs of SQuAD's dev and train articles, and ten of an article in a row as one text. Words: QMSum's
training meetings by the turns that belong to a query, SciTLDR's training abstracts by their summaries in a sentence.
No held-out article, meeting or paper is here.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TypeAlias

import numpy as np

from tamis.bench.prompt.answers import normalised
from tamis.core import Bools, Floats, Ints, Scored, Total, packed
from tamis.io.rows import read_jsonl
from tamis.prompt.documents.source import source_of
from tamis.prompt.fit import unit_costs
from tamis.prompt.methods.auto.centrality import Extract, Said, worth
from tamis.prompt.methods.auto.features import encoder_of
from tamis.prompt.request import Request
from tamis.text.counting import counter
from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.words import words
from training.data.readers import Passage, read_passages
from training.data.splits import Split, squad_articles
from training.fusion.meetings import NOISE, SIZE

WORD = re.compile(r"[a-z0-9'-]{3,}")
TOGETHER = 10  # paragraphs of a long text
FEWEST = 5, 3  # content words that a meeting, a paper has in common with its reference
Wanted: TypeAlias = "tuple[tuple[Ints, Ints], ...]"
"""Alternatives: how often each word is needed (w,), and how often each sentence says it (w, s)."""


@dataclass(frozen=True, eq=False)
class Case:
    """A text as what its sentences say, what they cost, and what somebody will look for.

    Attributes:
        request: the text as a scorer sees it.
        said: what its sentences say.
        costs: (s,) tokens of each.
        total: tokens of the text.
        wanted: each question, or each word of the reference.
    """

    request: Request
    said: Said
    costs: Ints
    total: int
    wanted: tuple[Wanted, ...]

    def share(self, scored: Scored[int], rate: float) -> float:
        """Share of what is wanted that the best sentences say."""
        mask = packed(scored, scored.scores * scored.costs, self.limit(rate))
        return float(np.mean(self.met(mask)))

    def scored(self, scores: Floats) -> Scored[int]:
        """The sentences under some scores."""
        return Scored(tuple(range(scores.size)), scores, self.costs)

    def limit(self, rate: float) -> Total:
        """The budget of a rate."""
        return Total(int(rate * self.total))

    def met(self, mask: Bools) -> list[bool]:
        """Whether each thing that is wanted is in some sentences."""
        return [_met(alternatives, mask) for alternatives in self.wanted]


def _met(alternatives: Wanted, mask: Bools) -> bool:
    return any(bool((counts[:, mask].sum(axis=1) >= needed).all()) for needed, counts in alternatives)


def paragraphs(data: Path, split: Split, count: int, *, seed: int) -> list[Case]:
    """`count` random paragraphs of a split, with the answers to their questions."""
    passages = [p for p in _articles(data, split) if any(q.answers for q in p.questions)]
    random.Random(seed).shuffle(passages)
    return _some((_asked(p.text, [p]) for p in passages), count)


def articles(data: Path, split: Split, count: int, *, seed: int) -> list[Case]:
    """`count` random stretches of ten paragraphs of a split, with the answers to all their questions."""
    stretches: list[list[Passage]] = []
    for _, group in groupby(_articles(data, split), key=lambda p: p.title):
        of_title = list(group)
        stretches += [of_title[i : i + TOGETHER] for i in range(0, len(of_title) - TOGETHER + 1, TOGETHER)]
    random.Random(seed).shuffle(stretches)
    return _some((_asked("\n\n".join(p.text for p in some), some) for some in stretches), count)


def meetings(data: Path, count: int, *, seed: int, skip: int = 0) -> list[Case]:
    """`count` random queries of training meetings behind the first `skip`: their turns, words of their answers."""
    turns = {row["id"]: row["turns"] for row in read_jsonl(data / "segmentation" / "qmsum_topics_trainval.jsonl.zst")}
    rows = [r for r in read_jsonl(data / "compression" / "qmsum_turn_spans_trainval.jsonl.zst") if r["id"] in turns]
    random.Random(seed).shuffle(rows)
    fitting = [r for r in rows if len(r["keep"]) == len(turns[r["id"]])]
    spoken = ([turn for turn, keep in zip(turns[r["id"]], r["keep"], strict=True) if keep] for r in fitting)
    talks = ((NOISE.sub("", "\n".join(some)), r["answer"]) for some, r in zip(spoken, fitting, strict=True))
    size = counter("o200k_base")
    right = (talk for talk in talks if SIZE[0] < size(talk[0]) < SIZE[1])
    return _some((_summed_up(text, answer, FEWEST[0]) for text, answer in islice(right, skip, None)), count)


def papers(data: Path, count: int, *, seed: int, skip: int = 0) -> list[Case]:
    """`count` random training abstracts behind the first `skip`, with the words of their summaries."""
    rows = [r for r in read_jsonl(data / "compression" / "scitldr_sentence.jsonl.zst") if r["split"] == "train"]
    random.Random(seed).shuffle(rows)
    pairs = ((" ".join(row["units"]), " ".join(row["target"])) for row in rows[skip:])
    return _some((_summed_up(text, target, FEWEST[1]) for text, target in pairs), count)


def _some(cases: Iterable[Case | None], count: int) -> list[Case]:
    return list(islice((case for case in cases if case and case.wanted), count))


def _articles(data: Path, split: Split) -> list[Passage]:
    titles = set(squad_articles(split))
    return [p for p in read_passages(data, "squad_train") if p.title in titles]


def _asked(text: str, passages: Sequence[Passage]) -> Case:
    request = _request(text)
    said = [Counter(normalised(s.of(text))) for s in request.sentences]
    answers = (q.answers for p in passages for q in p.questions)
    wanted = (tuple(_counts(said, Counter(normalised(a))) for a in some if normalised(a)) for some in answers)
    return _case(request, tuple(w for w in wanted if any(_met((a,), np.ones(len(said), np.bool_)) for a in w)))


def _summed_up(text: str, reference: str, fewest: int) -> Case | None:
    """A text with the content words that its reference shares with it; None where these are too few."""
    request = _request(text)
    said = [Counter(WORD.findall(s.of(text).lower())) for s in request.sentences]
    common = set(WORD.findall(reference.lower())) & set().union(*said) - FUNCTION_WORDS
    if len(common) < fewest:
        return None
    return _case(request, tuple((_counts(said, Counter([word])),) for word in sorted(common)))


def _counts(said: Sequence[Counter[str]], needed: Counter[str]) -> tuple[Ints, Ints]:
    rows = [[sentence[word] for sentence in said] for word in needed]
    return np.array(list(needed.values()), np.int64), np.array(rows, np.int64)


def _request(text: str) -> Request:
    units, count = words(text), counter("o200k_base")
    return Request(units, source_of(text), np.zeros(len(units), np.bool_), costs=unit_costs(units, count))


def _case(request: Request, wanted: tuple[Wanted, ...]) -> Case:
    (tokens,) = encoder_of(request).keep([request.text])
    count = counter("o200k_base")
    costs = [count(" " + sentence.of(request.text).strip()) for sentence in request.sentences]
    return Case(request, Said.of(request, tokens), np.array(costs, np.int64), count(request.text), wanted)


def shares(cases: Sequence[Case], extract: Extract, rates: Sequence[float]) -> Iterator[float]:
    """The mean share of what is wanted that is kept, at each rate."""
    scored = [case.scored(worth(case.said, extract)) for case in cases]
    for rate in rates:
        yield float(np.mean([case.share(some, rate) for case, some in zip(cases, scored, strict=True)]))
