"""What a model says about a text, piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tamis.core import Floats, Ints


@dataclass(frozen=True, eq=False)
class TokenScores:
    """Scores of the pieces that a model's tokenizer cuts a text into.

    Pieces come in the order of the text; white space belongs to none, and a model may see nothing in some characters
    (control characters, lone surrogates), so they do not partition the text.

    Attributes:
        offsets: (m, 2) half-open character ranges into the text as it was given.
        values: (m,) arrays by name, higher = keep.
    """

    offsets: Ints
    values: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.offsets)
