"""Sentences with the slots of their words marked, composed from the training wordings: what the tagger learns from.

No screen is needed: names are those of the develop sources, meanings those of the table, roles any that fit the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tamis.screen.matching import plain
from training.screen.instructions import readable
from training.screen.meanings import meanings
from training.screen.wordings import Wordings, filled

KINDS: Final = (  # of sentence, and how often each is drawn
    ("name", 3), ("press", 3), ("role", 4), ("input", 4), ("choice", 3), ("list", 2), ("value", 2), ("icon", 3),
    ("looks", 2), ("function", 4), ("relation", 5), ("beside", 3), ("row", 4), ("heading", 2), ("ordinal", 3),
    ("counted", 2), ("place", 3), ("area", 2), ("state", 2),
    ("de", 1), ("fr", 1), ("es", 1), ("pt", 1), ("it", 1), ("zh", 1),
)  # fmt: skip
_ROLES: Mapping[str, Sequence[str]] = {
    "input": ("textbox", "searchbox", "spinbutton"), "choice": ("checkbox", "radio", "switch"), "list": ("combobox",),
    "value": ("textbox", "searchbox", "combobox", "spinbutton"), "function": ("button", "link", "icon"),
    "state": ("checkbox", "radio", "switch", "tab", "button", "link", "option", "menuitem", "textbox"),
    "role": ("link", "button", "tab", "menuitem", "option", "treeitem", "heading", "columnheader"),
    "relation": ("link", "button", "textbox", "checkbox", "radio", "combobox", "icon", "tab", "switch", "slider"),
}  # fmt: skip
_WIDE = re.compile(r"[\u4e00-\u9fff]")
_ANY = ("link", "button", "icon", "textbox", "checkbox", "tab", "menuitem", "image", "listitem", "combobox", "heading")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A composed sentence.

    Attributes:
        kind: of sentence.
        spans: (slot, start, end) in characters of the text; an anchor's slot says the relation: "anchor below".
        words: what was said in each slot, as the tables know it: the role, the ordinal.
    """

    kind: str
    text: str
    spans: tuple[tuple[str, int, int], ...]
    words: Mapping[str, str]


def composed(words: Wordings, names: Sequence[str], count: int, rng: np.random.Generator) -> Iterator[Sentence]:
    """So many sentences of all kinds.

    names -- that things are called
    """
    kinds = [kind for kind, share in KINDS for _ in range(share)]
    wide = [name for name in names if _WIDE.search(name)]
    for number in range(count):
        kind = kinds[int(rng.integers(len(kinds)))]
        sentence = words.sentence(kind, str(rng.integers(1 << 40)), str(number))
        said, known = _said(kind, words, (kind == "zh" and wide) or names, rng)
        text, spans = filled(sentence, said)
        relation = "row" if kind == "row" else "section" if kind == "heading" else known.get("relation", "")
        marked = ((f"anchor {relation}" if slot == "anchor" else slot, low, high) for slot, low, high in spans)
        if rng.random() < 0.25:
            text = text.lower()
        yield Sentence(kind, text, tuple(marked), known)


def _said(
    kind: str, words: Wordings, names: Sequence[str], rng: np.random.Generator
) -> tuple[dict[str, str], dict[str, str]]:
    """The words for the slots, and what they mean."""

    def one(choices: Sequence[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    role, relation = one(_ROLES.get(kind, _ANY)), one(sorted(words.relations))
    state, area, place = one(sorted(words.states)), one(sorted(words.areas)), one(sorted(words.places))
    which, side = one(sorted(words.ordinals)), one(sorted(words.sides))
    said = {
        "name": one(names), "anchor": one(names), "value": one(names),
        "role": words.role(role, str(rng.integers(1 << 40))),
        "relation": one(words.relations[relation]), "state": one(words.states[state]), "area": one(words.areas[area]),
        "place": one(words.places[place]), "which": one(words.ordinals[which]), "from": one(words.sides[side]),
    }  # fmt: skip
    meaning = meanings()[one(sorted(meanings()))]
    for slot, phrases in (("looks", meaning.looks), ("function", meaning.does)):
        some = words.some(phrases[words.part])
        said[slot] = one(some) if some else said["name"].lower()
    if kind in ("icon", "beside", "row", "ordinal", "counted") and rng.random() < (1.0 if kind == "icon" else 0.2):
        said["name"] = one([*words.some(meaning.called[words.part]), *meaning.glyphs, meaning.name])
    known = {
        "role": role,
        "relation": relation,
        "which": which,
        "from": side,
        "place": place,
        "area": area,
        "state": state,
    }
    return said, known


def names_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What things are called on the shots of the develop part, each once.

    rows -- of a harvest
    """
    result: dict[str, None] = {}
    for row in rows:
        if row["split"] == "develop":
            for element in row["elements"]:
                name = " ".join(str(element.get("text") or element["name"]).split())
                if 2 <= len(name) <= 40 and plain(name) and readable(name):
                    result[name] = None
    return list(result)
