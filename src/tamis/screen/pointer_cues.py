"""What single words say of where a thing is, whatever the sentence around them: "beneath", "third", "top right".

The parser (`instruction`) knows sentences, and is exact; words are known in sentences that it does not know, too.
English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tamis.screen.instruction import ROLES, Description
from tamis.text.function_words import FUNCTION_WORDS

_OF = r"(?: of(?! the (?:screen|page|window|display))| from| to)"
_TO = r"(?:(?:to|on|at) the |just |directly |immediately )*"
_RELATIONS: Final[Mapping[str, str]] = {  # the first that a text has counts, "near" only where there is none
    "section": r"(?:under|below|beneath|in|within|inside|of|from)(?: the)? (?:heading|headline|section|title|header|"
    r"group|block|panel|chapter|caption)",
    "row": r"(?:row|line|record|table entry)(?: of| for| with| where| that| named| called)?|belong(?:s|ing)? to",
    "left": rf"{_TO}left(?:[- ]?hand)?(?: side)?{_OF}|to the left\b|preceding|in front of",
    "right": rf"{_TO}right(?:[- ]?hand)?(?: side)?{_OF}|to the right\b|following|behind",
    "below": r"below|beneath|underneath|under|lower than|down from",
    "above": r"above|atop|on top of|higher than|up from",
    "near": r"next to|beside|near(?:est|by)?(?: to)?|clos(?:e|est) to|adjacent to|alongside|around|accompanying|"
    r"along with",
}
_PATTERNS = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in _RELATIONS.items()}
_NUMBERS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NTH = re.compile(
    rf"\b(?:({'|'.join(_NUMBERS)})|(\d{{1,2}})(?:st|nd|rd|th)|(?:number|no|nr) (\d{{1,2}})|(last|final))\b"
)
_SIDE: Final[Mapping[str, tuple[float | None, float | None]]] = {
    **dict.fromkeys(("top", "upper", "uppermost", "topmost"), (None, 0.0)),
    **dict.fromkeys(("bottom", "lower", "lowest", "bottommost"), (None, 1.0)),
    **dict.fromkeys(("left", "leftmost"), (0.0, None)), **dict.fromkeys(("right", "rightmost"), (1.0, None)),
    **dict.fromkeys(("middle", "center", "centre", "central"), (0.5, 0.5)),
}  # fmt: skip
_WORD = "|".join(_SIDE)
_PLACE = re.compile(  # said clearly with "at the" before, another side beside, or what has sides behind
    rf"(?P<at>\b(?:at|in|on|near|towards?|from) the (?:very )?|\b)(?P<side>{_WORD})"
    r"(?:[- ]?(?P<other>left|right)\b)?\b(?:[- ]?hand)?"
    r"(?P<part>[- ](?:corner|edge|side|half|part|area|end|border|region)\b)?"
    r"(?P<of> of (?!the (?:screen|page|window|display)))?"
)
_ROLE = re.compile(rf"\b({'|'.join(sorted(map(re.escape, ROLES), key=len, reverse=True))})s?\b")
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]|(?<!\w)['‘]([^'’]+)['’](?!\w)")
_IDLE = re.compile(
    r"\b(?:there (?:is|are)|that (?:is|are|lies|stands|sits)|which (?:is|are)|the one|one|it|its|you will|directly|"
    r"just|right|immediately|same|on the (?:screen|page)|click|press|tap|hit|push|find|select|choose|open)\b"
)
_SMALL = FUNCTION_WORDS | frozenset(
    ["screen", "page", "window", "nearest", "closest", "what's", "please", "now", "want", "left", "right"]
)


def hint_of(text: str, wish: Description, core: str) -> Description:
    """What is asked for, with what single words say of where it is, if the parser knows nothing of that.

    core -- the name where words say nothing

    Example: "beneath News, a link" -> Description("", "link", relation="below", anchor="news, a link")
    """
    known = wish.relation or wish.ordinal is not None or wish.place != (None, None)
    if known or (wish.name and 2 * len(wish.name) < len(text)):  # (a sentence of which the parser knows most)
        return wish
    lower = " ".join(text.lower().split())
    hidden = _QUOTED.sub(lambda match: "\0" * len(match[0]), lower)
    relation, start, end = _relation(hidden)
    outside = hidden[:start] if relation and start > 12 else hidden
    ordinal, place = _ordinal(outside), _place(hidden) if not relation else (None, None)
    if not relation and ordinal is None and place == (None, None):
        return wish
    role = _ROLE.search(outside)
    name = _name(lower[: len(outside)], hidden[: len(outside)]) if outside != hidden or not relation else ""
    kind = wish.role or (ROLES.get(role[1], "") if role else "")
    anchor = lower[end:].strip(" .,") if relation else ""
    name = name if relation or place != (None, None) or name else core
    return replace(wish, name=name, role=kind, ordinal=ordinal, place=place, relation=relation, anchor=anchor,
                   literal=wish.literal and not relation)  # fmt: skip


def _relation(text: str) -> tuple[str, int, int]:
    """The relation that is said first, and where its words are."""
    some = [
        (match.start(), -match.end(), name) for name, pattern in _PATTERNS.items() if (match := pattern.search(text))
    ]
    some = [one for one in some if one[2] != "near"] or some
    return (min(some)[2], min(some)[0], -min(some)[1]) if some else ("", 0, 0)


def _ordinal(text: str) -> int | None:
    match = _NTH.search(text)
    if match is None:
        return None
    if match[4]:
        return -1
    return _NUMBERS.index(match[1]) if match[1] else max(0, int(match[2] or match[3]) - 1)


def _place(text: str) -> tuple[float | None, float | None]:
    match = next((one for one in _PLACE.finditer(text) if _clear(one)), None)
    across: float | None = None
    down: float | None = None
    for word in (match["side"], match["other"]) if match else ():
        if word is None:
            continue
        x, y = _SIDE[word]
        across, down = x if x is not None else across, y if y is not None else down
    return across, down


def _clear(match: re.Match[str]) -> bool:
    """Whether a side of the screen is meant, not a word that happens to be one."""
    said = match["at"] or match["other"] or match["part"] or match["side"].endswith("most")
    return bool(said) and not match["of"]


def _name(text: str, hidden: str) -> str:
    """What is left of the words before a relation: what is quoted, else what neither asks nor says what or where."""
    if match := _QUOTED.search(text):
        return (match[1] or match[2]).strip()
    bare = hidden
    for pattern in (_NTH, _PLACE, _ROLE, _IDLE):
        bare = pattern.sub(" ", bare)
    words = re.findall(r"[^\s\0.,:;!?]+", bare)
    return " ".join(word for word in words if word not in _SMALL)
