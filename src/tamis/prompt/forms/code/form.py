"""The form of code: parse -> lines that need each other, render -> whole lines and comments on those that went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tamis.core import Bools
from tamis.errors import InvalidInput, unknown
from tamis.prompt.forms.code.grammar import root_of, well_formed
from tamis.prompt.forms.code.languages import LANGUAGES
from tamis.prompt.forms.code.notes import insertions
from tamis.prompt.forms.code.parts import CodeParts, CodeUnits
from tamis.prompt.forms.code.syntax import SYNTAX
from tamis.prompt.kinds.marks import language_by_look
from tamis.text.edits import Edits
from tamis.text.source_lines import line_edits, line_units
from tamis.text.units import Units

LONG = 2000  # characters; lines that are longer are of a program that made them smaller, not of people
HINT = "form='prose' takes any text."


@dataclass(frozen=True, slots=True)
class Code:
    """The form of code.

    Attributes:
        language: a name in `LANGUAGES`; "" = what the text looks like.
        omissions: say in comments which lines went. Without it, only what the syntax asks for is put in.
    """

    language: str = ""
    omissions: bool = True

    def __post_init__(self) -> None:
        if self.language and self.language not in LANGUAGES:
            raise unknown("language", self.language, LANGUAGES)

    def speaking(self, language: str) -> Code:
        """The form for a language; for one that it does not know, what the text looks like."""
        return Code(language if language in LANGUAGES else "", self.omissions)

    def parse(self, text: str) -> CodeUnits:
        """Cut code into lines that go or stay together.

        Raises:
            InvalidInput: no language is evident, most of it does not parse, or it was made smaller by a program.
            MissingExtra: the grammar of the language is not installed.
        """
        language = self.language or language_by_look(text)
        if language is None:
            raise InvalidInput("No programming language is evident in this text.", hint=HINT)
        units = line_units(text)
        if not len(units):
            return CodeUnits(text, units.starts, units.ends, units.kinds, units.names, language=language)
        _refuse_minified(units)
        parts = CodeParts(units, SYNTAX[language])
        parts.cut(root_of(text, language))
        code = parts.units_of(language)
        if code.broken.mean() > 0.5:
            raise InvalidInput(f"Most of this does not parse as {language}.", hint=HINT)
        return code

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Whole lines with their indentation; what went is said in comments.

        Raises:
            TypeError: units of another form.
        """
        del fixed
        if not isinstance(units, CodeUnits):
            raise TypeError(f"Expected units of code, got {type(units).__name__}.")
        edits = line_edits(units, mask)
        if not mask.any() or mask.all():
            return edits
        notes = insertions(units, mask, LANGUAGES[units.language], omissions=self.omissions)
        return Edits(mask, edits.starts, edits.ends, notes)

    def check(self, text: str) -> bool:
        """Whether it parses; where no language is named, in that which it looks like."""
        language = self.language or language_by_look(text)
        return language is None or well_formed(text, language)


def _refuse_minified(units: Units) -> None:
    sizes = units.ends - units.starts
    if sizes[sizes > LONG].sum() > 0.5 * sizes.sum():
        longest = int(np.max(sizes))
        raise InvalidInput(f"Code with lines of up to {longest} characters has no lines to choose from.", hint=HINT)
