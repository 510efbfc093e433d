"""The vocabularies `o200k_base` and `cl100k_base` as data, for `tiktoken`, which ships none and would download them.

Each `NAME.bin` is zlib-compressed: for every token, in order of rank, one byte with its length; then all tokens' bytes.
Made by `scripts/vocabularies.py`; the tests compare counts with an implementation that shares neither code nor data.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from tamis.errors import unknown

if TYPE_CHECKING:
    import tiktoken

# Runs of white space are what a backtracking engine chokes on. These two say with little backtracking what the
# published patterns say: up to the last line end of a run, then all but the last blank before a word.
_LINES = r"(?:[^\S\r\n]*+[\r\n]++)++"
_BLANKS = r"\s++(?!\S)|\s+?(?=\s\S)|\s"
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"

# How a text is cut before merging; the facts are those of tiktoken's `openai_public`.
PATTERNS: MappingProxyType[str, str] = MappingProxyType(
    {
        "o200k_base": "|".join(
            [
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_SUFFIX}",
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_SUFFIX}",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]++[\r\n/]*+",
                _LINES,
                _BLANKS,
            ]
        ),
        "cl100k_base": "|".join(
            [
                r"'(?i:[sdmt]|ll|ve|re)",
                r"[^\r\n\p{L}\p{N}]?+\p{L}++",
                r"\p{N}{1,3}+",
                r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
                _LINES,
                _BLANKS,
            ]
        ),
    }
)

LONG_RUN = 100_000  # blanks in a row; the engine inside tiktoken gives up at about a million steps back


def ranks(name: str) -> dict[bytes, int]:
    """Return the rank of every token of a vocabulary."""
    if name not in PATTERNS:
        raise unknown("vocabulary", name, PATTERNS)
    data = zlib.decompress(resources.files(__package__).joinpath(f"{name}.bin").read_bytes())
    size = int.from_bytes(data[:4], "little")
    ends = list(itertools.accumulate(data[4 : 4 + size], initial=4 + size))
    return {data[a:b]: rank for rank, (a, b) in enumerate(itertools.pairwise(ends))}


def encoding(name: str) -> tiktoken.Encoding:
    """Return the tokenizer; no string is special, so "<|endoftext|>" is the ordinary text that it is in a prompt."""
    import tiktoken  # only who counts by these vocabularies loads it

    return tiktoken.Encoding(name, pat_str=PATTERNS[name], mergeable_ranks=ranks(name), special_tokens={})


def count(coder: tiktoken.Encoding, text: str) -> int:
    """Return how many tokens a text has.

    Raises:
        UnicodeEncodeError: the text holds a lone surrogate.
    """
    if len(text) > LONG_RUN and _RUN.search(text):
        return sum(len(coder.encode_ordinary(piece)) for piece in _pieces(coder.name, text))
    return len(coder.encode_ordinary(text))


_RUN = re.compile(rf"\s{{{LONG_RUN}}}")


def _pieces(name: str, text: str) -> Iterator[str]:
    """Cut as tiktoken would, by an engine that takes any run; each piece alone is cut no further."""
    import regex  # only absurd texts need it

    return (match[0] for match in regex.finditer(PATTERNS[name], text))
