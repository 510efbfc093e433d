"""How much of each segment the `llmlingua` package wants to keep. Knows token counts and spans, no models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from tamis.core import Ints
from tamis.errors import InvalidInput

SEPARATOR_COST = 2  # tokens that the package counts for the separator behind each document, whatever it is in tokens
PROTECTED = 2.0  # stands for a stretch that must not be compressed, as no share can be that
Ratios: TypeAlias = list[list[tuple[int, float]]]
"""For each segment its parts in order: their length in tokens, and the share of them to keep."""


@dataclass(frozen=True)
class Tagged:
    """A stretch of a structured prompt: its length in characters, the share to keep, and whether to compress at all."""

    length: int
    rate: float
    compress: bool = True


def segment_ratios(
    lengths: Sequence[int], target: float, *, size: int = 200, offsets: Sequence[float] | None = None
) -> Ratios:
    """The shares for documents of these lengths in tokens.

    A share is target / (all tokens + 1), plus the document's offset (LongLLMLingua, eq. 5), between 0 and 1. The first
    segment is one token short, for a token that begins the text and is not there.

    Example: segment_ratios([250], 126.5, size=200) -> [[(199, 0.5)], [(53, 0.5)]]

    target -- tokens to keep, a question not counted
    offsets -- one for each document; all 0 by default

    Raises:
        InvalidInput: not as many offsets as documents, or a size below 1.
    """
    added = [0.0] * len(lengths) if offsets is None else list(offsets)
    if len(added) != len(lengths):
        raise InvalidInput(f"{len(lengths)} documents but {len(added)} offsets.", hint="Give one for each document.")
    check_size(size)
    costs = [length + SEPARATOR_COST for length in lengths]
    share = target / (sum(costs) + 1)
    done: Ratios = []
    open_: list[tuple[int, float]] = []
    filled = 1
    for rest, offset in zip(costs, added, strict=True):
        ratio = max(min(1.0, share + offset), 0.0)
        if filled + rest >= size:
            done.append([*open_, (size - filled, ratio)])
            rest -= size - filled  # noqa: PLW2901  (what is left of the document)
            whole = rest // size if rest > size else 0  # a segment that is just full stays open
            done += [[(size, ratio)] for _ in range(whole)]
            rest -= whole * size  # noqa: PLW2901
            open_, filled = [], 0
        open_ += [(rest, ratio)] if rest else []
        filled += rest
    return [*done, open_] if open_ else done


def tagged_ratios(ends: Ints, documents: Sequence[Sequence[Tagged]], *, size: int = 200) -> Ratios:
    """The shares for documents that consist of tagged stretches; a document's last one reaches over the blank line.

    A token that lies in several stretches gets the smallest share of them, or 1 if one of them is protected.

    ends -- (n,) where in the text, the documents joined by blank lines, each token ends

    Raises:
        InvalidInput: a size below 1, or tokens beyond the last stretch.
    """
    check_size(size)
    shares = _token_shares(ends, documents)
    segments = [shares[start : start + size] for start in range(0, len(shares), size)]
    return [[(len(list(run)), share) for share, run in groupby(segment)] for segment in segments]


def check_size(size: int) -> None:
    """Refuse a segment without tokens.

    Raises:
        InvalidInput: a size below 1.
    """
    if size < 1:
        raise InvalidInput(f"A segment must have at least one token, got {size!r}.", hint="The package's own is 200.")


def _token_shares(ends: Ints, documents: Sequence[Sequence[Tagged]]) -> list[float]:
    """The share of each token."""
    borders: list[tuple[int, float]] = []  # where a stretch ends, and its share
    for number, stretches in enumerate(documents):
        for place, part in enumerate(stretches):
            joint = place == len(stretches) - 1 and number < len(documents) - 1
            begin = borders[-1][0] if borders else 0
            borders.append((begin + part.length + 2 * joint, part.rate if part.compress else PROTECTED))
    shares, at = [], 0
    for end in ends.tolist():
        if at == len(borders) or end > borders[-1][0]:
            raise InvalidInput(f"A token ends at {end}, the last stretch before it.", hint="Do the lengths add up?")
        touched = [borders[at][1]]
        while at < len(borders) and borders[at][0] <= end:  # a token that ends with a stretch is still of it
            touched.append(borders[at][1])
            at += 1
        if at < len(borders) and len(touched) > 1 and borders[at - 1][0] < end:
            touched.append(borders[at][1])
        shares.append(1.0 if PROTECTED in touched else min(touched))
    return shares
