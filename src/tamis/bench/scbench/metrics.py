"""Scores of an answer, 0 to 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

ALIKE = 0.8  # similarity from which code counts as found (RepoQA, arXiv 2406.06025)


def contains(answer: str, gold: Sequence[str]) -> float:
    """1 if the answer says any of the gold strings, whatever the case; else 0."""
    return float(any(text.casefold() in answer.casefold() for text in gold))


def share(answer: str, gold: Sequence[str]) -> float:
    """Share of the gold names that the answer says as whole words; says nothing of names too many."""
    words = set(re.findall(r"\w+", answer.casefold()))
    return sum(name.casefold() in words for name in gold) / len(gold)


def number(answer: str, gold: Sequence[str]) -> float:
    """1 if the first integer of the answer is the gold one, 0 if it is another or there is none."""
    first = re.search(r"-?\d+", answer)
    return float(first is not None and int(first.group()) == int(gold[0]))


def letter(answer: str, gold: Sequence[str]) -> float:
    """1 if the first capital A to D that stands alone is the gold one."""
    first = re.search(r"\b[ABCD]\b", answer)
    return float(first is not None and first.group() == gold[0])


def code(answer: str, gold: Sequence[str]) -> float:
    """1 if the tokens of the answer are like those of the code, from 0.8 on; else 0."""
    ours, theirs = (re.findall(r"\w+|[^\w\s]", text) for text in (answer, gold[0]))
    return float(SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= ALIKE)


def characters(answer: str, gold: Sequence[str]) -> float:
    """F1 of the characters that answer and gold have in common, white space left out; the best of several golds."""
    return max(_f1(_overlap(answer, text), _size(answer), _size(text)) for text in gold)


def rouge(answer: str, gold: Sequence[str]) -> float:
    """ROUGE-L (Lin 2004): F1 of the longest common subsequence of words; the best of several golds."""
    words = re.findall(r"\w+", answer.casefold())
    return max(_rouge(words, re.findall(r"\w+", text.casefold())) for text in gold)


def _rouge(ours: Sequence[str], theirs: Sequence[str]) -> float:
    best = [0] * (len(theirs) + 1)  # of the words so far and each beginning of theirs
    for word in ours:
        before = 0
        for place, other in enumerate(theirs, 1):
            above = best[place]
            best[place] = before + 1 if word == other else max(above, best[place - 1])
            before = above
    return _f1(best[-1], len(ours), len(theirs))


def _overlap(a: str, b: str) -> int:
    return (Counter("".join(a.split())) & Counter("".join(b.split()))).total()


def _size(text: str) -> int:
    return len("".join(text.split()))


def _f1(common: int, ours: int, theirs: int) -> float:
    return 2 * common / (ours + theirs) if common else 0.0


METRICS: Mapping[str, Callable[[str, Sequence[str]], float]] = {
    "contains": contains,
    "share": share,
    "number": number,
    "letter": letter,
    "code": code,
    "characters": characters,
    "rouge": rouge,
}
