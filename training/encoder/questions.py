"""Question-aware examples: groups of one question with the passage that answers it and hard negatives.

Labels sentences and answer words; draws negatives by BM25. Does not batch or train.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.data.bm25 import BM25
from training.data.readers import Meeting, MultiDoc, Passage, Question, titled
from training.encoder.labels import (
    Pair,
    Span,
    best_sentence,
    chunk_spans,
    covered,
    occurrences,
    sentence_spans,
)

CLS, SEP = 101, 102
_TITLE_PIECES = 24
_QUESTION_PIECES = 48
_EVERY_ANSWER = ("yes", "no")


@dataclass(frozen=True)
class Encoded:
    """A passage in wordpieces; `unit` is the sentence of each piece (-1: title or between sentences)."""

    text: str
    ids: NDArray[np.uint16]
    offsets: tuple[Span, ...]
    unit: NDArray[np.int16]
    sentences: tuple[Span, ...]


@dataclass(frozen=True)
class AnswerLocation:
    """Where a question is answered in a passage: the sentence, every sentence with the answer, its characters."""

    best: int
    holding: frozenset[int]
    hits: tuple[Span, ...]


Group = tuple[Pair, ...]
NOTHING = AnswerLocation(-1, frozenset(), ())


def encode(tokenizer: Tokenizer, passage: Passage, units: Sequence[Span] | None = None) -> Encoded:
    """Wordpieces of a titled passage; `units` replaces the sentences (spans of `passage.text`)."""
    text = titled(passage)
    shift = len(text) - len(passage.text)
    spans = [(s + shift, e + shift) for s, e in units or sentence_spans(passage.text)]
    code = tokenizer.encode(text, add_special_tokens=False)
    unit = np.full(len(code.ids), -1, np.int16)
    first = np.array([s for s, _ in code.offsets], np.int64)
    for index, (start, end) in enumerate(spans):
        unit[(first >= start) & (first < end)] = index
    return Encoded(text, np.array(code.ids, np.uint16), tuple(code.offsets), unit, tuple(spans))


def locate(passage: Encoded, question: Question) -> AnswerLocation:
    """Find a question's answer; `NOTHING` when it is unanswerable or its words are not there."""
    hits = [span for answer in question.answers for span in occurrences(passage.text, answer)]
    sentences = passage.sentences
    if question.sentence:
        shift = sentences[0][0] if sentences else 0
        start, end = question.sentence[0] + shift, question.sentence[1] + shift
        hits = [hit for hit in hits if start <= hit[0] < end]
    best, holding = best_sentence(passage.text, question.text, sentences, hits)
    if best < 0:
        return NOTHING
    inside = [h for h in hits if h[0] < sentences[best][1] and h[1] > sentences[best][0]]
    return AnswerLocation(best, frozenset(holding), tuple(inside))


def chunks(passage: Encoded, limit: int) -> list[tuple[int, int]]:
    """Sentence ranges that fit `limit` wordpieces beside the title."""
    sizes = [int((passage.unit == i).sum()) for i in range(len(passage.sentences))]
    return chunk_spans(sizes, limit - _TITLE_PIECES)


def pair(
    question: Sequence[int], passage: Encoded, location: AnswerLocation, part: tuple[int, int], limit: int
) -> Pair:
    """One "[CLS] question [SEP] title, sentences `part` [SEP]" with labels, cut at `limit` wordpieces."""
    title = np.flatnonzero(passage.unit[:_TITLE_PIECES] == -1)
    title = title[title < np.argmax(passage.unit >= 0)]
    body = np.flatnonzero((passage.unit >= part[0]) & (passage.unit < part[1]))
    pieces = np.concatenate([title, body])[: limit - len(question) - 3]
    unit = passage.unit[pieces]
    other = np.isin(unit, list(location.holding - {location.best})) | (unit < 0)
    evidence = np.where(other, np.nan, unit == location.best).astype(np.float32)
    answer = covered([passage.offsets[i] for i in pieces], location.hits)
    return _framed(question, passage.ids[pieces], evidence, np.where(other, np.nan, answer).astype(np.float32), unit)


def _framed(
    question: Sequence[int],
    ids: NDArray[np.uint16],
    evidence: NDArray[np.float32],
    answer: NDArray[np.float32],
    unit: NDArray[np.int16],
) -> Pair:
    split = len(question) + 2
    nan = {"constant_values": np.nan}
    return Pair(
        np.concatenate([[CLS], question, [SEP], ids, [SEP]]).astype(np.uint16),
        split,
        np.pad(evidence, (split, 1), **nan),  # type: ignore[call-overload]
        np.pad(answer, (split, 1), **nan),  # type: ignore[call-overload]
        np.pad(unit, (split, 1), constant_values=-1),
    )


@dataclass(frozen=True)
class Maker:
    """Builds groups: tokenizer, window length, negatives a question, neighbours they are drawn from."""

    tokenizer: Tokenizer
    limit: int
    negatives: int
    neighbours: int

    def ask(self, text: str) -> list[int]:
        """Wordpieces of a question."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids[:_QUESTION_PIECES]

    def room(self, question: Sequence[int]) -> int:
        """Wordpieces left for the passage."""
        return self.limit - len(question) - 3

    def positive(self, question: Sequence[int], passage: Encoded, location: AnswerLocation) -> list[Pair]:
        """The chunk that answers first, then the passage's other chunks."""
        parts = chunks(passage, self.room(question))
        ordered = sorted(parts, key=lambda part: not part[0] <= location.best < part[1])
        return [pair(question, passage, location, part, self.limit) for part in ordered]

    def negative(self, question: Sequence[int], passage: Encoded, rng: np.random.Generator) -> Pair:
        """A random chunk of a passage that does not answer."""
        parts = chunks(passage, self.room(question))
        return pair(question, passage, NOTHING, parts[int(rng.integers(len(parts)))], self.limit)

    def group(self, query: Question, at: int, pool: Pool, rng: np.random.Generator) -> Group:
        """A question on passage `at` of the pool with hard negatives, or alone when it has no answer there."""
        question, passage = self.ask(query.text), pool.passages[at]
        location = locate(passage, query)
        if location is NOTHING:
            return tuple(self.positive(question, passage, NOTHING)[:1]) if not query.answers else ()
        near = [i for i in pool.index.nearest(query.text, self.neighbours) if i != at]
        clean = [i for i in near if not _answers(pool.passages[i].text, query.answers)]
        drawn = [int(i) for i in rng.permutation(len(clean))[: self.negatives]]
        positive = self.positive(question, passage, location)[: 1 + max(0, self.negatives - len(drawn))]
        return (*positive, *(self.negative(question, pool.passages[clean[i]], rng) for i in drawn))


@dataclass(frozen=True)
class Pool:
    """Passages and their BM25 index."""

    passages: tuple[Encoded, ...]
    index: BM25


def make_pool(tokenizer: Tokenizer, passages: Sequence[Passage]) -> Pool:
    """Encode and index passages."""
    encoded = tuple(encode(tokenizer, passage) for passage in passages)
    return Pool(encoded, BM25([passage.text for passage in encoded]))


def question_groups(
    maker: Maker, passages: Sequence[Passage], rng: np.random.Generator, *, sample: int | None = None
) -> list[Group]:
    """Groups of every (or `sample` random) question of some passages."""
    pool = make_pool(maker.tokenizer, passages)
    cases = [(at, query) for at, passage in enumerate(passages) for query in passage.questions]
    order = rng.permutation(len(cases))[: sample or len(cases)]
    groups = (maker.group(cases[i][1], cases[i][0], pool, rng) for i in order)
    return [group for group in groups if group]


def multidoc_groups(maker: Maker, rows: Sequence[MultiDoc], rng: np.random.Generator) -> list[Group]:
    """Gold documents that hold the answer, with documents that are not gold."""
    return [group for row in rows for group in _multidoc(maker, row, rng)]


def _multidoc(maker: Maker, row: MultiDoc, rng: np.random.Generator) -> Iterator[Group]:
    if row.answers[0].lower() in _EVERY_ANSWER:
        return
    question, query = maker.ask(row.question), Question("", row.question, row.answers)
    docs = [encode(maker.tokenizer, doc) for doc in row.docs]
    others = [doc for doc, gold in zip(docs, row.gold, strict=True) if not gold and not _answers(doc.text, row.answers)]
    usable = [doc for doc in others if doc.sentences]
    for doc, gold in zip(docs, row.gold, strict=True):
        location = locate(doc, query)
        if gold and location is not NOTHING and usable:
            drawn = rng.permutation(len(usable))[:3]
            negatives = (maker.negative(question, usable[int(i)], rng) for i in drawn)
            yield (*maker.positive(question, doc, location)[:1], *negatives)


def meeting_groups(maker: Maker, rows: Sequence[Meeting], rng: np.random.Generator, count: int) -> list[Group]:
    """For random queries: a window at the start of the relevant turns and one elsewhere; turns are the units."""
    groups: list[Group] = []
    for index in rng.permutation(len(rows))[:count]:
        row = rows[int(index)]
        relevant, rest = np.flatnonzero(row.keep), np.flatnonzero(~np.array(row.keep))
        if len(relevant) and len(rest):
            inside = max(0, int(rng.choice(relevant)) - int(rng.integers(4)))
            groups.append(tuple(_turns(maker, row, start) for start in (inside, int(rng.choice(rest)))))
    return groups


def _turns(maker: Maker, row: Meeting, start: int) -> Pair:
    """A pair over consecutive turns from `start`, each turn labelled; which words answer is unknown."""
    question = maker.ask(row.query)
    turns = row.turns[start : start + 40]
    ends = np.cumsum([len(turn) + 1 for turn in turns])
    spans = [(int(end) - len(turn) - 1, int(end) - 1) for turn, end in zip(turns, ends, strict=True)]
    passage = encode(maker.tokenizer, Passage("", "\n".join(turns), ()), spans)
    base = pair(question, passage, NOTHING, (0, len(spans)), maker.limit)
    keep = np.array(row.keep[start : start + 40], np.float32)
    evidence = np.where(base.unit >= 0, keep[np.maximum(base.unit, 0)], np.nan).astype(np.float32)
    return Pair(base.ids, base.split, evidence, np.full_like(evidence, np.nan), base.unit)


def _answers(text: str, answers: Sequence[str]) -> bool:
    low = text.lower()
    return any(answer.lower() in low for answer in answers)
