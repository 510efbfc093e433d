"""What a form is: three functions between a text, its units and its edits. Does not score or select."""

from __future__ import annotations

from typing import Protocol

from tamis.core import Bools
from tamis.text.edits import Edits
from tamis.text.units import Units


class Form(Protocol):
    """A kind of text: prose, or a toy of a test; JSON, code, logs and the like can stand beside them.

    Laws: rendering all units of a text gives the text, without insertions; what stays is in order; what a mask keeps
    together (`Units.closed`) is never taken apart; the same mask always gives the same edits.
    """

    def parse(self, text: str) -> Units:
        """Cut a text into the units that can be kept or dropped, and say which of them need each other."""
        ...

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Put the units of a mask together again; what insertions cost counts in the budget.

        mask -- (n,) closed: with the parents and the bonds of all that stays
        fixed -- (n,) units that must stay whatever the form would tidy up
        """
        ...

    def check(self, text: str) -> bool:
        """Whether a text is well-formed. What was, stays so: it is an error of the form otherwise."""
        ...
