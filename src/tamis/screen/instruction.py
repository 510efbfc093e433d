"""What an instruction asks for: a name, a role, an ordinal, a place, a state, a relation to something else.

A small network says of each word what it is there for (`tamis.models.slots`), so that sentences need not be known; what
single words mean stands in tables (`said.py`). What is quoted is taken as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tamis.errors import InvalidInput
from tamis.models.slots import load_slots
from tamis.screen.said import NOWHERE, ROLES, Place, ordinal_of, place_of, role_of, state_of
from tamis.screen.sentence import Word, flags_of, parts_of, words_of

MOST = 2000  # characters: longer is a task, not a thing to point at
RELATIONS: Final = ("below", "above", "left", "right", "near", "row", "section")
TAGS: Final = (  # what a word is there for
    "", "name", "role", "ordinal", "side", "place", "state", *(f"anchor {relation}" for relation in RELATIONS),
)  # fmt: skip
KINDS: Final = ("thing", "input", "choice", "list", "icon", "looks", "function")  # of sentences
_IMPLIED: Mapping[str, str] = {
    "input": "textbox",
    "choice": "checkbox",
    "list": "combobox",
    "icon": "icon",
    "looks": "icon",
}
_DENIAL = re.compile(  # "Don't save" is the name of a button
    r"^(?:please\s+)?(?:(?:do not|don['’]t|never|avoid)\s+(?:click|press|tap|hit|select|choose|pick)(?:ing)?\s+\S|"
    r"(?:anything|everything|any \w+)\s+(?:but|except)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Description:
    """What an instruction asks for.

    Attributes:
        name: words that should be on or beside the thing, or what its picture shows, or what it does; empty for none.
        role: of `ROLES`; empty where the instruction names none, and its verb none.
        ordinal: which of several, from 0, -1 for the last; None for the best.
        place: where on the screen, as shares across and down; None for no matter.
        relation: "below", "above", "left", "right" or "near" the `anchor`, in its "row", or in the "section" that it is
            the heading of; empty for none.
        anchor: words on the thing that the relation is to.
        literal: whether the name was quoted: then nothing that reads otherwise is meant.
        state: "on", "off", "disabled"; empty for no matter.
    """

    name: str
    role: str = ""
    ordinal: int | None = None
    place: Place = NOWHERE
    relation: str = ""
    anchor: str = ""
    literal: bool = False
    state: str = ""


def one_line(instruction: str) -> str:
    """An instruction without line breaks and repeated spaces.

    Raises:
        InvalidInput: it says nothing, is longer than `MOST` characters, or says what not to point at.
    """
    text = " ".join(instruction.split())
    if not text.strip(" .!"):
        raise InvalidInput("The instruction is empty.", hint="Say what to point at: 'the Save button'.")
    if len(text) > MOST:
        hint = "Give one step: what to point at, in a sentence."
        raise InvalidInput(f"The instruction has {len(text):,} characters: {text[:60]!r}...", hint=hint)
    if _DENIAL.match(text):
        hint = "Say what to point at; what else must not be clicked, nobody clicks."
        raise InvalidInput(f"The instruction says what not to point at: {text[:60]!r}.", hint=hint)
    return text


def wish_of(instruction: str) -> Description:
    """What an instruction asks for.

    Example: 'Click the second link below "News"' -> Description("", "link", 1, relation="below", anchor="News")

    Raises:
        InvalidInput: see `one_line`.
    """
    text = one_line(instruction)
    words = words_of(text)
    if not words:
        return Description(text)
    tags, kinds = load_slots()(parts_of(words), flags_of(words))
    return description(text, words, tags, kinds)


def description(text: str, words: Sequence[Word], tags: Sequence[str], kinds: Mapping[str, float]) -> Description:
    """What the tags of an instruction's words come to.

    tags -- of `TAGS`, one for each word
    kinds -- how likely each of `KINDS` is
    """
    runs = _runs(words, tags)
    name, literal = _words(text, runs.get("name", ()))
    tag = max((tag for tag in runs if tag.startswith("anchor")), key=lambda tag: sum(map(len, runs[tag])), default="")
    anchor, _ = _words(text, runs.get(tag, ()))
    said = {tag: [_text(text, run) for run in some] for tag, some in runs.items()}
    role = next(filter(None, map(role_of, said.get("role", ()))), "")
    side = next(iter(said.get("side", ())), "")
    ordinal = next((n for words in said.get("ordinal", ()) if (n := ordinal_of(words, side)) is not None), None)
    place = next((at for words in said.get("place", ()) if (at := place_of(words)) != NOWHERE), NOWHERE)
    state = next(filter(None, map(state_of, said.get("state", ()))), "")
    role = role or _IMPLIED.get(max(kinds, key=lambda kind: kinds[kind]), "")
    if not (name or anchor or state) and ordinal is None and place == NOWHERE:  # ("Text" may be what a link reads)
        name = next(iter(said.get("role", ())), text.strip(" .!"))
    relation = tag.removeprefix("anchor ")
    return Description(name, role, ordinal, place, relation, anchor, literal, state)


def _runs(words: Sequence[Word], tags: Sequence[str]) -> Mapping[str, list[tuple[Word, ...]]]:
    """For each tag the runs of words that have it."""
    result: dict[str, list[tuple[Word, ...]]] = {}
    for tag, some in groupby(zip(tags, words, strict=True), key=lambda pair: pair[0]):
        if tag:
            result.setdefault(tag, []).append(tuple(word for _, word in some))
    return result


def _words(text: str, runs: Sequence[Sequence[Word]]) -> tuple[str, bool]:
    """What the runs of a tag say, and whether it is quoted; what is quoted goes before what is longer."""
    quoted = [word for run in runs for word in run if word.quoted]
    if quoted:
        return quoted[0].text.strip(), True
    return max((_text(text, run).rstrip(" .!") for run in runs), key=len, default=""), False


def _text(text: str, run: Sequence[Word]) -> str:
    return text[run[0].start : run[-1].end].strip() if run else ""


__all__ = ["KINDS", "MOST", "RELATIONS", "ROLES", "TAGS", "Description", "description", "one_line", "wish_of"]
