"""Scores of an answer, 0 to 1."""

from __future__ import annotations

import re
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


METRICS: Mapping[str, Callable[[str, Sequence[str]], float]] = {
    "contains": contains,
    "share": share,
    "number": number,
    "letter": letter,
    "code": code,
}
