"""Questions on held-out SQuAD articles: contexts of 20 titled paragraphs, and single paragraphs. No model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tamis import Document
from tamis.bench.prompt.answers import contains
from training.data.bm25 import BM25
from training.data.readers import Passage, read_passages
from training.data.splits import Split, squad_articles

DOCUMENTS = 20  # of a context: the paragraph that answers, and 19 hard distractors


@dataclass(frozen=True)
class Question:
    """A question with its gold answers, and the documents to look in; `gold` is the number of the one that answers."""

    text: str
    answers: tuple[str, ...]
    documents: tuple[Document, ...]
    gold: int = 0


def contexts(data: Path, split: Split, count: int, *, seed: int) -> list[Question]:
    """Return `count` random questions of a split, each in a context of 20 paragraphs in random order.

    The distractors are the best BM25 neighbours of the question among all paragraphs of all articles that contain none
    of the answers.
    """
    passages = read_passages(data, "squad_train")
    index = BM25([f"{_title(p)}\n{p.text}" for p in passages])
    wanted = set(squad_articles(split))
    candidates = [
        (i, q.text, q.answers) for i, p in enumerate(passages) if p.title in wanted for q in p.questions if q.answers
    ]
    rng = np.random.default_rng([seed, len(candidates)])
    questions: list[Question] = []
    for pick in rng.permutation(len(candidates)).tolist():
        at, text, answers = candidates[pick]
        if len(questions) == count:
            break
        near = _distractors(index.nearest(text, len(passages)), at, passages, answers)
        # An answer such as "a" stands nearly everywhere: there are not 19 paragraphs without it.
        if len(near) == DOCUMENTS - 1 and contains(passages[at].text, answers):
            order = rng.permutation(DOCUMENTS).tolist()
            chosen = [at, *near]
            documents = tuple(_document(passages[chosen[i]]) for i in order)
            questions.append(Question(text, answers, documents, order.index(0)))
    return questions


def _distractors(near: Sequence[int], gold: int, passages: Sequence[Passage], answers: Sequence[str]) -> list[int]:
    def silent(i: int) -> Iterator[bool]:
        text = passages[i].text
        yield i != gold
        yield not any(a.lower() in text.lower() for a in answers)
        yield not contains(f"{_title(passages[i])}\n{text}", answers)

    distractors: list[int] = []
    for i in near:
        if all(silent(i)):
            distractors.append(i)
        if len(distractors) == DOCUMENTS - 1:
            break
    return distractors


def _title(passage: Passage) -> str:
    return passage.title.replace("_", " ")


def _document(passage: Passage) -> Document:
    return Document(passage.text, _title(passage))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, and the gold answers of each question that it answers."""

    text: str
    answers: tuple[tuple[str, ...], ...]


def paragraphs(data: Path, split: Split) -> list[Paragraph]:
    """Return the paragraphs of a split that answer at least one question."""
    wanted = set(squad_articles(split))
    passages = [p for p in read_passages(data, "squad_train") if p.title in wanted]
    candidates = [
        Paragraph(p.text, tuple(q.answers for q in p.questions if contains(p.text, q.answers))) for p in passages
    ]
    return [p for p in candidates if p.answers]
