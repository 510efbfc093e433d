"""What is known of each line: what it has in common with the question, what it looks like, what kind of text it is of.

No model. Every feature is a number of about 0 to 1, so that weights can be read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.lines.asking import ASKING, WISHES, asking, wishes
from tamis.prompt.methods.auto.lines.looks import LOOKS, looks
from tamis.prompt.methods.auto.lines.places import HEADING, LONG, is_path, result_of

PROFILE = ("hunks", "paths", "found", "loud", "nested", "lines")
"""Of a text: the shares of it that are of a diff, a listing, a search, a log, code; the logarithm of its lines."""
FEATURES = (*ASKING, *LOOKS, *PROFILE, *(f"wish {number}" for number in range(len(WISHES))))
_FOUND = regex.compile(r"(?:\S*[/.]\S*?)?[:-]?\d+[:-]")
_SIGNED = regex.compile(r"[+-](?![+-]{2} )[ \t]*")


def features(lines: Sequence[str], indents: Ints, question: str | None) -> Floats:
    """(n, len(FEATURES)) of each line; those of the question are 0 where there is none.

    lines -- without their indentation
    indents -- (n,) characters of it
    """
    n = len(lines)
    if not n:
        return np.zeros((0, len(FEATURES)))
    inner = indents + np.array([_inside(line) for line in lines], np.int64)
    seen = looks(lines, inner)
    starts = (seen[:, LOOKS.index("definition")] > 0) | np.array([HEADING.match(line) is not None for line in lines])
    asked = asking(lines, inner, question, starts) if question else np.zeros((n, len(ASKING)))
    common = np.concatenate([profile(lines, seen), wishes(question)])
    return np.concatenate([asked, seen, np.tile(common, (n, 1))], axis=1)


def profile(lines: Sequence[str], seen: Floats) -> Floats:
    """(len(PROFILE),) what kind of text lines make up, as shares: a weight may be another one in search results.

    seen -- their `looks`
    """
    n = len(lines)
    hunks = min(1.0, 10 * sum(line.startswith("@@ ") for line in lines) / n)
    paths = sum(map(is_path, lines)) / n
    found = sum(_FOUND.match(line[:LONG]) is not None for line in lines) / n
    loud = min(1.0, 5 * float(seen[:, LOOKS.index("trouble")].mean()))
    nested = float(seen[:, LOOKS.index("depth")].mean() > 0.05)
    return np.array([hunks, paths, found, loud * (1 - hunks) * (1 - found), nested * (1 - hunks), np.log1p(n) / 8])


def _inside(line: str) -> int:
    """Characters of indentation behind the sign of a diff, or the path of a search result."""
    if signed := _SIGNED.match(line):
        return int(signed.end())
    if result := result_of(line):
        return len(line) - int(result.end()) - len(line[result.end() :].lstrip())
    return 0
