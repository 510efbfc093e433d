"""Edits: how a source becomes its compressed text. Spans of it stay, and between them something may be put in.

Pure deletion is the usual case, and a law for prose. Does not decide what stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Ints


@dataclass(frozen=True, slots=True)
class Insertion:
    """What stands in the compressed text and not in the source, such as "... 3 rows ...".

    Attributes:
        at: the character of the source before which it stands; not inside of a span that stays.
        text: what it says.
    """

    at: int
    text: str


@dataclass(frozen=True, eq=False)
class Edits:
    """The edits that make the compressed text of a source.

    Attributes:
        mask: (n,) the units that stay.
        starts, ends: (k,) the spans of the source that stay, in order and disjoint.
        insertions: what is put between them, in order.
    """

    mask: Bools
    starts: Ints
    ends: Ints
    insertions: tuple[Insertion, ...] = ()

    def of(self, source: str) -> str:
        """The compressed text.

        Example: the span 0-3 of "a, b, c" and an insertion "..." at 4 -> "a, ..."
        """
        parts = [source[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]
        for insertion in reversed(self.insertions):
            parts.insert(int(np.searchsorted(self.starts, insertion.at)), insertion.text)
        return "".join(parts)
