"""Answers compared as SQuAD compares words (arXiv 1606.05250, section 6.1): with a text, and with each other."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "–—‘’“”")


def normalised(text: str) -> list[str]:
    """Words of a text as the metric sees them: lower case, no punctuation, no articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def contains(text: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands in the text, word for word, after normalisation.

    Example: "built in May, 1902" contains "may 1902"; "built in 1902" does not contain "19"
    """
    whole = f" {' '.join(normalised(text))} "
    return any(f" {' '.join(words)} " in whole for words in map(normalised, answers) if words)


def every_word(text: str, answers: Sequence[str]) -> bool:
    """Whether all words of one of the answers are in the text, anywhere, after normalisation; each mention needs one.

    Example: "Chicago has a University of" holds every word of "University of Chicago"
    """
    whole = Counter(normalised(text))
    return any(not Counter(words) - whole for words in map(normalised, answers) if words)


def exact(answer: str, answers: Sequence[str]) -> float:
    """1 if the answer is one of the right ones after normalisation, else 0.

    Example: "The mill." is "mill"
    """
    return float(any(normalised(answer) == words for words in map(normalised, answers) if words))


def overlap(answer: str, answers: Sequence[str]) -> float:
    """F1 of the words that the answer and a right one have in common, of the one where it is best.

    Example: "in May 1902" and "1902" -> precision 1/3, recall 1, F1 0.5
    """
    return max((_f1(Counter(normalised(answer)), Counter(normalised(right))) for right in answers), default=0.0)


def _f1(ours: Counter[str], theirs: Counter[str]) -> float:
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0
