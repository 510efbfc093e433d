"""Prose: words, clauses and sentences, and only deletion. Any text is well-formed prose."""

from __future__ import annotations

from dataclasses import dataclass

from tamis.core import Bools
from tamis.prompt.forms.nested import nested
from tamis.text.edits import Edits
from tamis.text.render import omissions, pieces, tidy
from tamis.text.units import Units
from tamis.text.words import words


@dataclass(frozen=True, slots=True)
class Prose:
    """The form of running text: its units are words and punctuation (`text/words.py`), nested in clauses and sentences.

    Attributes:
        style: "clauses", "sentences" or "words", see `nested`.
        ellipsis: what stands where something was left out; "" for nothing.
        clean: drop punctuation whose words are all gone.
        whole: in the style "clauses", plain statements lose clauses only, as all others do.
    """

    style: str = "clauses"
    ellipsis: str = ""
    clean: bool = True
    whole: bool = False

    def parse(self, text: str) -> Units:
        """Cut a text into words, and say which of them need each other."""
        return nested(words(text), self.style, whole=self.whole)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other words, and the punctuation that only belonged to them; what joins the rest stays."""
        kept = tidy(units, mask, fixed)
        kept = kept if self.clean else kept | mask
        starts, ends = pieces(units, kept)
        marks = omissions(units, kept, starts, ends, self.ellipsis) if self.ellipsis else ()
        return Edits(kept, starts, ends, marks)

    def check(self, text: str) -> bool:
        """Always: deleting from prose leaves prose."""
        return True


@dataclass(frozen=True, slots=True)
class Bare:
    """Words and punctuation without any law, as LLMLingua deletes them: what the compat calls promise.

    Attributes:
        clean: drop punctuation whose words are all gone.
    """

    clean: bool = True

    def parse(self, text: str) -> Units:
        """Cut a text into words."""
        return words(text)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Delete all other words."""
        kept = tidy(units, mask, fixed) if self.clean else mask
        return Edits(kept, *pieces(units, kept))

    def check(self, text: str) -> bool:
        """Always: deleting from prose leaves prose."""
        return True
