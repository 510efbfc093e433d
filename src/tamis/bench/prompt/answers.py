"""Whether an answer stands in a text, as the SQuAD metric compares words (arXiv 1606.05250, section 6.1)."""

from __future__ import annotations

import re
import string
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
