"""Templates of lines: what is left of a line when its numbers, times, paths and quoted words are masked.

Lines of one template say the same thing of other values; Drain (He et al. 2017) groups logs likewise, by a tree.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from tamis.core import Ints

_MASKED = regex.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|[\"'`][^\"'`\n]{1,120}[\"'`]|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b0x[0-9a-fA-F]+\b"
    r"|\b(?=[a-f]*[0-9])[0-9a-f]{7,64}\b|(?:\.{0,2}/)?(?:[\w.@+-]+/)+[\w.@+-]*|\b[A-Z][a-z]{2}(?= [ \d]\d )|"
    r"\d+(?:[.,:]\d+)*|[█▏▎▍▌▋▊▉#=>.-]{4,}"
)


def template(line: str) -> str:
    """What a line has in common with others that say the same of other values.

    Example: 'worker[3]: read "a.txt" in 12.5 ms' -> "worker[*]: read * in * ms"
    """
    masked: str = _MASKED.sub("*", line)
    return " ".join(masked.split())


def template_numbers(lines: Sequence[str]) -> Ints:
    """(n,) a number for the template of each line, in the order in which they come up first."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(template(line), len(known)) for line in lines], np.int64)
