"""How much of a reference summary a compressed text still says: its content words, and pairs of them.

Recall as in ROUGE-1 and ROUGE-2 (Lin 2004), without function words, and of what the source says: what a summary puts in
words of its own cannot be kept by deletion, so the full text has 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tamis.text.function_words import FUNCTION_WORDS

# Letters that are written without blanks (CJK, kana, Thai, Lao, Khmer, Burmese) count one by one.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+(?:['’-][^\W_]+)*"
)


def content_words(text: str) -> list[str]:
    """Words in lower case, function words left out.

    Example: "The mill of 1902" -> ["mill", "1902"]
    """
    return [word for word in _WORD.findall(text.lower()) if word not in FUNCTION_WORDS]


def coverage(text: str, source: str, reference: str) -> tuple[float | None, float | None]:
    """The share of the reference's content words, and of its pairs of neighbours, that the text says.

    Only words and pairs that the source says are counted; None where it says none of them.
    """
    ours, theirs, wanted = (content_words(part) for part in (text, source, reference))
    return _share(ours, theirs, wanted), _share(*(list(pairwise(words)) for words in (ours, theirs, wanted)))


def _share(text: Sequence[object], source: Sequence[object], reference: Sequence[object]) -> float | None:
    wanted = set(reference).intersection(source)
    return len(wanted.intersection(text)) / len(wanted) if wanted else None
