"""What lines have in common with a question: its words, whole and in their parts, here and in what stands around.

Every feature is a number of about 0 to 1. Does not look at what a line looks like (`looks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from tamis.core import Bools, Floats, Ints
from tamis.prompt.methods.auto.lines.places import blocks, content, files, headed, outer
from tamis.text.identifiers import TOKEN, stems_of

ASKING = (
    "words",  # BM25 of the line's words and their parts to the question, 1 for the best
    "share",  # the share of the question's words, by their rarity, that the line says
    "lead",  # as "share", for the first line of the question
    "name",  # whether it says an identifier, path or number of the question as it stands there
    "own",  # as "share", without the path of a search result
    "alike",  # as "share", for words that begin as one of the question does
    "kin",  # its words in common with the lines that have most in common with the question, 1 for the best
    "place",  # its rank by "words" among the lines, 1 for the first
    "near",  # the best "words" of the three lines before and behind it
    "around",  # mean "words" of the ten lines before and behind it
    "scope",  # the best "share" of the lines that it is indented under
    "under",  # the "share" of the heading, head or file that it stands under
    "block",  # mean "words" of the lines from one definition to the next
    "crest",  # the best "words" of these
    "peers",  # mean "words" of the lines of the same file, or folder
    "path",  # the "share" of the path of a search result, or of what a path ends in
)
WISHES = (  # what a question is about, as far as words tell: a "fix typo" needs other lines than an "add test"
    r"test|spec|coverage|fixture",
    r"docs?|documentation|comment|docstring|typo|readme|javadoc|wording|spelling",
    r"remov|delet|drop|deprecat|unused|clean",
    r"add|support|allow|introduc|implement|new",
    r"fix|bug|crash|wrong|incorrect|broken|error|exception|issue|fail",
    r"renam|refactor|mov|simplif|extract|replac|split",
    r"import|depend|bump|upgrad|version|updat",
    r"type|typing|annotat|mypy|generic|nullable",
)
_WISHES = tuple(regex.compile(rf"\b(?:{words})", regex.IGNORECASE) for words in WISHES)
KIN = 8  # lines that have most in common with the question, which tell what else belongs to it
PREFIX = 4  # letters that two words begin with, at least, to be alike


@dataclass(frozen=True, slots=True)
class LineWords:
    """The words of lines, flat.

    Attributes:
        line: (m,) the line of each word.
        word: (m,) its number in the vocabulary.
        vocabulary: words as they are written.
        size: (n,) words of each line.
    """

    line: Ints
    word: Ints
    vocabulary: tuple[str, ...]
    size: Floats


def words_of(lines: Sequence[str]) -> LineWords:
    """The words of each line."""
    known: dict[str, int] = {}
    rows = [[known.setdefault(token, len(known)) for token in TOKEN.findall(line[:2000])] for line in lines]
    size = np.array([len(row) for row in rows], np.int64)
    flat = np.fromiter((word for row in rows for word in row), np.int64, int(size.sum()))
    return LineWords(np.repeat(np.arange(len(lines)), size), flat, tuple(known), size.astype(np.float64))


def asking(lines: Sequence[str], indents: Ints, question: str, starts: Bools) -> Floats:
    """(n, len(ASKING)) what each line has in common with a question.

    starts -- (n,) whether a block begins: a definition, a heading
    """
    terms, n = _terms(question), len(lines)
    words = words_of(lines)
    counts, alike = _counts(words, terms, n)
    has = counts > 0
    idf = np.log(1 + (n - has.sum(axis=0) + 0.5) / (has.sum(axis=0) + 0.5))
    norm = 1.2 * (0.25 + 0.75 * words.size / max(float(words.size.mean()) if n else 1.0, 1.0))
    best = _relative((counts * 2.2 / (counts + norm[:, None])) @ idf)
    lead = np.isin(np.arange(counts.shape[1]), [*_terms(question.strip().partition("\n")[0]).values()]).astype(
        np.float64
    )
    share, whole = np.minimum(counts, 1) @ idf, max(float(idf.sum()), 1e-9)
    paths = files(lines)
    own = _share([content(line) for line in lines], terms, idf, words, share, paths)
    near = _near(best, 3), window_mean(best, 10)
    block, group = blocks(starts), _numbers(paths)
    columns = (
        best,
        share / whole,
        np.minimum(counts, 1) @ (idf * lead) / max(float(idf @ lead), 1e-9),
        _named(lines, question),
        own / whole,
        np.minimum(alike, 1) @ idf / whole,
        _kin(words, best, counts, n),
        _rank(best),
        *near,
        outer(share / whole, indents),
        headed(share / whole, lines),
        _group_mean(best, block),
        _group_best(best, block),
        np.where(np.array([not path for path in paths], np.bool_), 0.0, _group_mean(best, group)),
        (share - own) / whole,
    )
    return np.stack(columns, axis=1)


def wishes(question: str | None) -> Floats:
    """(len(WISHES),) what a question is about: 1 where its first line says so, .5 where another one does."""
    lead = (question or "").strip().partition("\n")[0]
    return np.array([
        1.0 if wish.search(lead) else 0.5 * (wish.search(question or "") is not None) for wish in _WISHES
    ])  # fmt: skip


def _terms(question: str) -> dict[str, int]:
    """The stems that a question asks for, numbered."""
    stems = [stem for token in TOKEN.findall(question) for stem in stems_of(token)]
    return {stem: number for number, stem in enumerate(dict.fromkeys(stems))}


def _counts(words: LineWords, terms: dict[str, int], n: int) -> tuple[Floats, Floats]:
    """(n, terms) how often each line says each term, parts of words for less; and words that are only alike."""
    exact, alike = _matches(words.vocabulary, terms)
    return _spread(words, exact, len(terms), n), _spread(words, alike, len(terms), n)


_Matches = list[tuple[int, int, float]]  # a word, a term, and how much it counts


def _matches(vocabulary: Sequence[str], terms: dict[str, int]) -> tuple[_Matches, _Matches]:
    """What words of a vocabulary say which terms, and which only begin as one."""
    begins: dict[str, list[tuple[str, int]]] = {}
    for term, number in terms.items():
        if len(term) >= PREFIX:
            begins.setdefault(term[:PREFIX], []).append((term, number))
    exact: _Matches = []
    alike: _Matches = []
    for word, token in enumerate(vocabulary):
        for place, stem in enumerate(stems_of(token)):
            if stem in terms:
                exact.append((word, terms[stem], 1.0 if place == 0 else 0.7))
            else:
                alike += [
                    (word, other, min(len(stem), len(term)) / max(len(stem), len(term)))
                    for term, other in begins.get(stem[:PREFIX], ())
                ]
    return exact, alike


def _spread(words: LineWords, matches: _Matches, width: int, n: int) -> Floats:
    """(n, width) sums over the words of each line of what they match."""
    if not matches:
        return np.zeros((n, max(width, 1)))
    word, term, weight = (np.array(column) for column in zip(*matches, strict=True))
    order = np.argsort(word, kind="stable")
    word, term, weight = word[order], term[order], weight[order]
    first = np.searchsorted(word, np.arange(len(words.vocabulary) + 1))
    hits = np.flatnonzero(np.diff(first)[words.word])
    each = np.diff(first)[words.word[hits]]
    at = np.repeat(first[words.word[hits]] - np.cumsum(each) + each, each) + np.arange(int(each.sum()))
    cell = np.repeat(words.line[hits], each) * width + term[at]
    sums = np.bincount(cell, weight[at].astype(np.float64), minlength=n * width)
    return sums.astype(np.float64).reshape(n, width)


def _share(
    texts: Sequence[str], terms: dict[str, int], idf: Floats, words: LineWords, share: Floats, paths: Sequence[str]
) -> Floats:
    """(n,) the share of lines without their paths; that of the whole lines where there are none."""
    if not any(paths):
        return share
    bodies = words_of([text if path else "" for text, path in zip(texts, paths, strict=True)])
    counts = _spread(bodies, _matches(bodies.vocabulary, terms)[0], len(terms), len(texts))
    own = np.minimum(counts, 1) @ idf
    return np.where(np.array([bool(path) for path in paths], np.bool_), own, share)


def _kin(words: LineWords, best: Floats, counts: Floats, n: int) -> Floats:
    """(n,) what lines have in common with those that answer best, but for the question's own words."""
    top = np.argsort(-best, kind="stable")[:KIN]
    top = top[best[top] > 0]
    size = len(words.vocabulary)
    if not top.size:
        return np.zeros(n)
    cells = np.unique(words.line * max(size, 1) + words.word)
    line, word = cells // size, cells % size
    frequency = np.bincount(word, minlength=size)
    worth = np.zeros(n)
    worth[top] = best[top]
    near = np.bincount(word, worth[line], minlength=size) / worth.sum()
    alone = np.array([len(token) > 2 for token in words.vocabulary], np.float64)
    weight = near * np.log(1 + n / np.maximum(frequency, 1)) * alone * (frequency > 1)
    return _relative(np.bincount(line, weight[word], minlength=n) / np.sqrt(np.maximum(words.size, 4)))


def _named(lines: Sequence[str], question: str) -> Floats:
    """(n,) how many of the names of a question stand in each line: none, one, two and more."""
    name = np.zeros(len(lines))
    for literal in _names(question):
        name += [literal in line for line in lines]
    return np.minimum(name, 2) / 2


def _names(question: str) -> list[str]:
    """What in a question looks like taken from the text: identifiers, paths, figures, what is quoted."""
    quoted = regex.findall(r"[`\"']([^`\"'\n]{3,80})[`\"']", question)
    plain = regex.findall(r"[\w./-]*(?:[a-z][A-Z]|_|\w[./]\w|\d\d)[\w./-]*\w", question)
    return list(dict.fromkeys([*quoted, *(word for word in plain if len(word) > 3)]))[:20]


def _rank(values: Floats) -> Floats:
    """(n,) 1 for the best, falling with the logarithm of the rank; 0 for those that are worth nothing."""
    order = np.argsort(-values, kind="stable")
    rank = np.empty(values.size)
    rank[order] = np.arange(values.size)
    return np.where(values > 0, 1 / (1 + np.log1p(rank)), 0.0)


def _relative(values: Floats) -> Floats:
    return values / max(float(values.max(initial=0.0)), 1e-9)


def _numbers(names: Sequence[str]) -> Ints:
    """(n,) a number for each name."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], np.int64)


def _group_mean(values: Floats, group: Ints) -> Floats:
    if not values.size:
        return values
    mean: Floats = (np.bincount(group, values) / np.maximum(np.bincount(group), 1))[group]
    return mean


def _group_best(values: Floats, group: Ints) -> Floats:
    best = np.zeros(int(group.max(initial=-1)) + 1)
    np.maximum.at(best, group, values)
    return best[group]


def _near(values: Floats, reach: int) -> Floats:
    """(n,) the best value of so many lines before and behind each, less the farther it is."""
    best = np.zeros_like(values)
    for step in range(1, min(reach + 1, values.size)):
        best[step:] = np.maximum(best[step:], values[:-step] / step**0.5)
        best[:-step] = np.maximum(best[:-step], values[step:] / step**0.5)
    return best


def window_mean(values: Floats, reach: int) -> Floats:
    """(n,) the mean of so many lines before and behind each."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    place = np.arange(values.size)
    low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, values.size)
    return np.asarray((total[high] - total[low]) / np.maximum(high - low, 1), np.float64)
