"""What the pointer takes of an instruction: its words, and what the parser makes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from tamis.core import Floats, Ints
from tamis.screen.instruction import Description, wish_of
from tamis.screen.matching import plain
from tamis.screen.pointer_cues import hint_of
from tamis.screen.pointer_looks import ROLES
from tamis.screen.pointer_words import bag
from tamis.text.function_words import FUNCTION_WORDS

RELATIONS: Final = ("below", "above", "left", "right", "near", "row", "section")
COLUMNS: Final = (
    *(f"asks {role}" for role in ROLES), *RELATIONS, "ordinal", "first", "last", "place", "literal", "named", "length",
    "on", "off", "hinted",
)  # fmt: skip
_ASKING = """
    click press tap hit push please find go show look looking point select choose want wish pick icon symbol button link
    field box checkbox dropdown text says say called labelled words menu item entry heading title row line section page
    screen thing type something fill enter value cursor
"""  # words that ask; what is left names
_SILENT = FUNCTION_WORDS | frozenset(_ASKING.split())
_ON = re.compile(r"\b(?:checked|ticked|selected|enabled|active|turned on|switched on)\b", re.I)
_OFF = re.compile(r"\b(?:unchecked|unticked|not checked|empty|deselected|turned off|switched off)\b", re.I)


@dataclass(frozen=True, slots=True)
class Ask:
    """An instruction, read.

    Attributes:
        text: as it was given.
        wish: what the parser makes of it.
        whole: all of it, in plain letters.
        core: the words that neither carry grammar nor ask, whatever the parser makes of them; the name where none are.
        hint: the wish, or what single words say of where it is where the parser knows nothing of that.
    """

    text: str
    wish: Description
    whole: str
    core: str
    hint: Description

    @property
    def state(self) -> int:
        """1 where something switched on is asked for, -1 for something that is off, 0 for neither."""
        return -1 if _OFF.search(self.text) else int(bool(_ON.search(self.text)))

    @property
    def bags(self) -> tuple[Ints, Ints, Ints]:
        """Parts of the core, of the name and of the anchor, whose words the head knows."""
        return bag(self.whole), bag(self.wish.name), bag(self.wish.anchor)

    @property
    def columns(self) -> Floats:
        """(len(COLUMNS),) what is asked for, as numbers."""
        wish, hint = self.wish, self.hint
        roles = [hint.role == role for role in ROLES]
        relations = [hint.relation == relation for relation in RELATIONS]
        ordinal = hint.ordinal is not None, hint.ordinal == 0, hint.ordinal == -1
        rest = hint.place != (None, None), wish.literal, bool(wish.name), np.log1p(len(self.whole.split())) / 3
        return np.array(
            [*roles, *relations, *ordinal, *rest, self.state > 0, self.state < 0, hint is not wish], dtype=float
        )


def ask_of(instruction: str, *, parsed: bool = True) -> Ask:
    """An instruction, read.

    parsed -- whether the parser is asked; otherwise all of it is the name, as of a sentence that it does not know

    Raises:
        InvalidInput: it is empty or far too long.
    """
    wish, whole = wish_of(instruction), plain(instruction)
    wish = wish if parsed else Description(whole)
    core = " ".join(word for word in whole.split() if word not in _SILENT)
    core = core or plain(wish.name)
    return Ask(instruction, wish, whole, core, hint_of(instruction, wish, core))
