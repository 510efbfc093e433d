"""Questions on paragraphs that answer them and on three kinds that do not, and on 20 documents. No model.

"answered" and "unanswerable" (SQuAD 2.0: written to look answerable) stand on their own paragraph; every question with
an answer is asked of another paragraph of the same article ("same") and of one of another article ("swapped") too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis import Document
from tamis.core import Floats
from training.data.readers import Passage, Question, read_passages
from training.data.splits import Split, squad_articles
from training.data.squad import contexts

KINDS = ("answered", "unanswerable", "same", "swapped")
DOCUMENTS = 20


@dataclass(frozen=True)
class Case:
    """A question asked of some documents, and whether they hold an answer."""

    kind: str
    question: str
    documents: tuple[str | Document, ...]


def cases(data: Path, split: Split, *, seed: int, count: int | None = None) -> list[Case]:
    """Return all cases of a split, or `count` random ones."""
    wanted = set(squad_articles(split))
    passages = [p for p in read_passages(data, "squad_train") if p.title in wanted]
    rng = np.random.default_rng(seed)
    drawn = [case for p in passages for q in p.questions for case in _of(q, p, passages, rng)]
    return drawn if count is None else [drawn[i] for i in rng.permutation(len(drawn))[:count].tolist()]


def _of(question: Question, own: Passage, passages: Sequence[Passage], rng: np.random.Generator) -> Iterator[Case]:
    yield Case("answered" if question.answers else "unanswerable", question.text, (own.text,))
    if not question.answers:
        return
    silent = [p for p in passages if p is not own and not says(p.text, question.answers)]
    for kind, same in (("swapped", False), ("same", True)):
        others = [p for p in silent if (p.title == own.title) == same]
        if others:
            yield Case(kind, question.text, (others[int(rng.integers(len(others)))].text,))


def says(text: str, answers: Sequence[str]) -> bool:
    """Whether an answer stands in a text, upper or lower case."""
    low = text.lower()
    return any(answer.lower() in low for answer in answers)


def document_cases(data: Path, split: Split, count: int, *, seed: int) -> list[Case]:
    """Return three cases of each of `count` questions, every other one with titles.

    "one": the paragraph that answers and 19 that resemble the question; "none": the same with the first exchanged for
    one of another article; "far": 20 of other articles.
    """
    passages = read_passages(data, "squad_train")
    rng = np.random.default_rng(seed)
    drawn: list[Case] = []
    for number, question in enumerate(contexts(data, split, count, seed=seed)):
        gold = question.documents[question.gold]
        others = [p for p in passages if _title(p) != gold.title and not says(p.text, question.answers)]
        some = [Document(others[i].text, _title(others[i])) for i in rng.permutation(len(others))[: DOCUMENTS + 1]]
        near = [d for i, d in enumerate(question.documents) if i != question.gold]
        for kind, found in (("one", question.documents), ("none", [*near, some[0]]), ("far", some[1:])):
            documents = found if number % 2 == 0 else [d.text for d in found]
            drawn.append(Case(kind, question.text, tuple(documents)))
    return drawn


def _title(passage: Passage) -> str:
    return passage.title.replace("_", " ")


def weights(kinds: NDArray[np.str_]) -> Floats:
    """(n,) of each case: half of the weight has an answer, the other half is shared evenly by the kinds that do not."""
    positive = np.isin(kinds, ["answered", "one"])
    others = sorted(set(kinds[~positive].tolist()))
    weight: Floats = np.where(positive, 1 / max(int(positive.sum()), 1), 0.0)
    for kind in others:
        weight[kinds == kind] = 1 / len(others) / int((kinds == kind).sum())
    mean: Floats = weight / weight.mean()
    return mean
