"""Prose: words, and only deletion. Any text is well-formed prose."""

from __future__ import annotations

from dataclasses import dataclass

from tamis.core import Bools
from tamis.text.edits import Edits
from tamis.text.render import pieces, tidy
from tamis.text.units import Units
from tamis.text.words import words


@dataclass(frozen=True, slots=True)
class Prose:
    """The form of running text: its units are words and punctuation (`text/words.py`).

    Attributes:
        clean: drop punctuation whose words are all gone.
    """

    clean: bool = True

    def parse(self, text: str) -> Units:
        """Cut a text into words; what sentences and documents they stand in, a `Request` says."""
        return words(text)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other words, and the punctuation that only belonged to them."""
        kept = tidy(units, mask, fixed) if self.clean else mask
        return Edits(kept, *pieces(units, kept))

    def check(self, text: str) -> bool:
        """Always: deleting from prose leaves prose."""
        return True
