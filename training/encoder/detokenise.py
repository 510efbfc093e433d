"""Treebank words back to natural text, keeping where each word went. Does not restore typography that was lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NO_SPACE_BEFORE = re.compile(r"^(?:[,.;:!?%…]+|\.\.+|[)\]}]|n[’']?t|[’'](?:s|S|re|ve|ll|d|m|RE|VE|LL|D|M)|[’'])$")
_NO_SPACE_AFTER = frozenset("([{$£€#")
_JOINS = frozenset({"-", "/", "–"})
_QUOTES = frozenset({'"', "``", "''", "“", "”"})
_CONTRACTS = re.compile(r"^(?:ca|do|does|did|is|are|was|were|wo|would|could|should|have|has|had|must|need|ai)$", re.I)


@dataclass(frozen=True)
class Placed:
    """Natural text and the half-open character span of every word in it."""

    text: str
    spans: tuple[tuple[int, int], ...]


def detokenise(words: Sequence[str]) -> Placed:
    """Join treebank words as a writer would: commas, clitics, brackets, quotes and hyphens attach.

    Example: `["I", "do", "n't", "know", "(", "yet", ")", "."]` -> "I don't know (yet)."
    """
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    length, open_quote = 0, False
    for index, word in enumerate(words):
        gap = " " if index and _spaced(words, index, open_quote=open_quote) else ""
        if word in _QUOTES:
            open_quote = not open_quote
        parts += [gap, word]
        spans.append((length + len(gap), length + len(gap) + len(word)))
        length = spans[-1][1]
    return Placed("".join(parts), tuple(spans))


def _spaced(words: Sequence[str], index: int, *, open_quote: bool) -> bool:
    """Whether a blank belongs before word `index`; `open_quote`: a quotation is open before it."""
    before, word = words[index - 1], words[index]
    if before in _QUOTES:
        return not open_quote  # after an opening quote nothing, after a closing one a blank
    if word in _QUOTES:
        return not open_quote
    if word in {"nt", "n't", "n’t"}:
        return not _CONTRACTS.match(before)
    if before in _NO_SPACE_AFTER or _NO_SPACE_BEFORE.match(word):
        return False
    return not _hyphenated(words, index)


def _hyphenated(words: Sequence[str], index: int) -> bool:
    """A lone hyphen or slash between two alphanumeric words joins them, as in "tenure-track"."""
    at = index if words[index] in _JOINS else index - 1
    if words[at] not in _JOINS or not 0 < at < len(words) - 1:
        return False
    return words[at - 1][-1].isalnum() and words[at + 1][0].isalnum()
