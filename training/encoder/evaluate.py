"""Measuring an encoder on whole held-out documents: tiers, question-blind answers, vectors. Ranking is in `ranking`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.distill.auc import auc
from tamis.text.align import word_of_piece
from training.data.readers import read_passages, read_tiers, squad, titled
from training.data.splits import Split
from training.encoder.detokenise import Placed, detokenise
from training.encoder.kinds import Source
from training.encoder.labels import Floats, Ids, occurrences
from training.encoder.metrics import all_kept, kept_words, word_means
from training.encoder.scorers import Scorer

_WORD = re.compile(r"\S+")
WINDOW = 224  # wordpieces of text a window at run time: whole paragraphs say best what will be asked about
MARGIN = 15  # wordpieces of neighbouring text on either side, judged but not used


@dataclass(frozen=True)
class Judged:
    """A text's words: (n, 5) tiers and salience, and each word's cost in wordpieces."""

    placed: Placed
    scores: Floats
    costs: NDArray[np.int64]


Mix = Callable[[Floats], Floats]  # (n, 5) word probabilities to (n,) scores


def judge(scorer: Scorer, source: Source, texts: Sequence[Placed]) -> list[Judged]:
    """Word scores of texts, judged in overlapping windows as at run time."""
    codes = [source.tokenizer.encode(text.text, add_special_tokens=False) for text in texts]
    cuts = [(i, start) for i, code in enumerate(codes) for start in range(0, len(code.ids), WINDOW)]
    rows = [_window(codes[i].ids, start) for i, start in cuts]
    outputs = scorer.keep(rows)
    pieces = [np.zeros((len(code.ids), 5), np.float32) for code in codes]
    for (i, start), probabilities in zip(cuts, outputs, strict=True):
        left = min(start, MARGIN)
        size = len(pieces[i][start : start + WINDOW])
        pieces[i][start : start + size] = probabilities[1 + left : 1 + left + size]
    judged = []
    for text, code, scores in zip(texts, codes, pieces, strict=True):
        owner = word_of_piece(code.offsets, text.spans)
        n = len(text.spans)
        words = np.stack([word_means(scores[:, k], owner, n) for k in range(5)], 1)
        judged.append(Judged(text, words, np.bincount(owner[owner >= 0], minlength=n)))
    return judged


def _window(ids: Sequence[int], start: int) -> Ids:
    return np.array([101, *ids[max(0, start - MARGIN) : start + WINDOW + MARGIN], 102], np.uint16)


@dataclass(frozen=True)
class Kept:
    """Judged treebank documents, which of their words are to be kept, and their genres."""

    judged: list[Judged]
    labels: list[NDArray[np.bool_]]
    genres: list[str]


def keep_set(scorer: Scorer, source: Source, split: Split) -> Kept:
    """The treebank documents of a split; "keep" is a tier of at most 1."""
    rows = [row for row in read_tiers(source.data, source.config.splits) if row.split == split]
    genres = [row.genre if row.genre.startswith("gum") else "ewt" for row in rows]
    judged = judge(scorer, source, [detokenise(row.words) for row in rows])
    return Kept(judged, [np.array(row.tiers) <= 1 for row in rows], genres)


def keep_auc(data: Kept, mix: Mix) -> dict[str, float]:
    """Word-level AUC for each genre, and over all words."""
    scores = [mix(item.scores) for item in data.judged]
    chosen = {name: [genre == name for genre in data.genres] for name in sorted(set(data.genres))}
    chosen["all"] = [True] * len(scores)
    return {name: _auc(scores, data.labels, part) for name, part in chosen.items()}


def _auc(scores: Sequence[Floats], labels: Sequence[NDArray[np.bool_]], chosen: Sequence[bool]) -> float:
    picked = np.concatenate([s for s, c in zip(scores, chosen, strict=True) if c])
    truth = np.concatenate([y for y, c in zip(labels, chosen, strict=True) if c])
    mask = ~np.isnan(picked)  # a word may own no wordpiece (odd control characters)
    return auc(picked[mask], truth[mask])


def whole_words(text: str) -> Placed:
    """A text split at blanks."""
    return Placed(text, tuple(m.span() for m in _WORD.finditer(text)))


@dataclass(frozen=True)
class Blind:
    """Judged paragraphs and the spans of each question's answers (any of them will do)."""

    judged: list[Judged]
    answers: list[list[list[tuple[int, int]]]]


def blind_set(scorer: Scorer, source: Source, split: Split) -> Blind:
    """SQuAD paragraphs of a split, judged without their questions."""
    passages = squad(source.data, source.config.splits, split)
    answers = [
        [[s for answer in q.answers for s in occurrences(p.text, answer)] for q in p.questions if q.answers]
        for p in passages
    ]
    return Blind(judge(scorer, source, [whole_words(p.text) for p in passages]), answers)


def blind(data: Blind, mix: Mix, share: float) -> float:
    """Share of questions with every word of an answer kept when `share` of the cost is kept."""
    hits: list[bool] = []
    for item, questions in zip(data.judged, data.answers, strict=True):
        kept = kept_words(np.nan_to_num(mix(item.scores)), item.costs, share)
        hits += [all_kept(kept, item.placed.spans, spans) for spans in questions if spans]
    return float(np.mean(hits))


def recall_at_5(scorer: Scorer, source: Source, split: Split) -> float:
    """Share of a split's SQuAD questions whose paragraph is among the 5 nearest of all 40 articles' paragraphs."""
    everything = read_passages(source.data, "squad_train")
    wanted = {p.title for p in squad(source.data, source.config.splits, split)}
    queries = [(q.text, at) for at, p in enumerate(everything) if p.title in wanted for q in p.questions if q.answers]
    documents = scorer.vector(_rows(source, [titled(p) for p in everything]))
    questions = scorer.vector(_rows(source, [text for text, _ in queries]))
    nearest = np.argsort(-(questions @ documents.T), axis=1, kind="stable")[:, :5]
    return float(np.mean([at in row for (_, at), row in zip(queries, nearest, strict=True)]))


def _rows(source: Source, texts: Sequence[str]) -> list[Ids]:
    limit = source.config.max_length - 2
    codes = source.tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [np.array([101, *code.ids[:limit], 102], np.uint16) for code in codes]
