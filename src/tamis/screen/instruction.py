"""What an instruction asks for: a name, a role, an ordinal, a place on the screen, a relation to something else.

English, by hand-written tables; in other languages the whole instruction is the name, or what is quoted in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tamis.errors import InvalidInput
from tamis.screen.elements import INPUTS

MOST = 2000  # characters: longer is a task, not a thing to point at

ROLES: Mapping[str, str] = {  # word: role
    **dict.fromkeys(("button", "btn"), "button"),
    **dict.fromkeys(("link", "hyperlink"), "link"),
    **dict.fromkeys(("tab",), "tab"),
    **dict.fromkeys(("icon", "symbol", "glyph", "logo"), "icon"),
    **dict.fromkeys(("image", "picture", "photo", "avatar"), "image"),
    **dict.fromkeys(("checkbox", "check box", "tick box", "tickbox"), "checkbox"),
    **dict.fromkeys(("radio button", "radio", "option button"), "radio"),
    **dict.fromkeys(("text field", "text box", "textbox", "input field", "input box", "input", "field", "text area",
                     "textarea", "search box", "search bar", "search field", "box"), "textbox"),
    **dict.fromkeys(("dropdown", "drop-down", "combo box", "combobox", "select box", "selector"), "combobox"),
    **dict.fromkeys(("heading", "title", "headline", "header"), "heading"),
    **dict.fromkeys(("menu item", "item", "entry", "option", "row"), "text"),
    **dict.fromkeys(("text", "label", "word", "paragraph"), "text"),
    **dict.fromkeys(("switch", "toggle"), "checkbox"),
}  # fmt: skip
_ORDINALS = {
    word: index
    for index, words in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th",
         "ninth 9th", "tenth 10th")
    )
    for word in words.split()
} | {"last": -1}  # fmt: skip
_RELATIONS: Mapping[str, str] = {
    **dict.fromkeys(("directly below", "just below", "below", "under", "underneath", "beneath"), "below"),
    **dict.fromkeys(("directly above", "just above", "above", "on top of", "over"), "above"),
    **dict.fromkeys(("to the left of", "left of", "on the left of", "before"), "left"),
    **dict.fromkeys(("to the right of", "right of", "on the right of", "after"), "right"),
    **dict.fromkeys(("next to", "beside", "near", "closest to", "by"), "near"),
    **dict.fromkeys(
        (
            "in the row of",
            "in the row with",
            "in the line of",
            "in the same row as",
            "that belongs to",
            "belonging to",
            "in the row",
        ),
        "row",
    ),
    **dict.fromkeys(
        ("under the heading", "below the heading", "right after the title", "under the title", "in the section"),
        "section",
    ),
}
_PLACES = {"top": (None, 0.0), "upper": (None, 0.0), "bottom": (None, 1.0), "lower": (None, 1.0), "left": (0.0, None),
           "right": (1.0, None), "middle": (0.5, 0.5), "center": (0.5, 0.5), "centre": (0.5, 0.5)}  # fmt: skip
_VERB = re.compile(
    r"^(?:please\s+)?(?:(?:double|right|left)[- ]?click|click|tap|press|hit|push|open|select|choose|pick|go to|"
    r"navigate to|find|locate|point (?:at|to)|focus|check|tick|untick|uncheck|toggle|activate|follow|hover over|"
    r"move to|show me|use)\b"
    r"(?:\s+(?:on|at|in|into|over|to))?\s+",
    re.I,
)
_TYPING = re.compile(r"^(?:please\s+)?(?:type|enter|write|fill(?: in| out)?|put)\b.*?\b(?:in|into|to)\s+", re.I)
_FILL = re.compile(
    r"^(?:please\s+)?(?:fill(?: in| out)?|type in(?:to)?|edit|enter a value for|enter|"
    r"(?:put the cursor|write|type something) in(?:to)?|click into)\s+",
    re.I,
)
_TICK = re.compile(r"^(?:please\s+)?(?:tick|untick|uncheck)\b|^(?:please\s+)?switch\b.*\bon or off$", re.I)
_LIST = re.compile(r"^(?:please\s+)?(?:open the list of|drop down|choose another)\s+", re.I)
_ON_OFF = re.compile(r"^switch\s+|\s+on or off$", re.I)
_QUOTED = re.compile(r"[\"“”„«»‘’']((?:(?<=\w)['’](?=\w)|[^\"“”„«»‘’'])+)[\"“”„«»‘’']")
_DENIAL = re.compile(  # "Don't save" is the name of a button
    r"^(?:please\s+)?(?:(?:do not|don['’]t|never|avoid)\s+(?:click|press|tap|hit|select|choose|pick)(?:ing)?\s+\S|"
    r"(?:anything|everything|any \w+)\s+(?:but|except)\b)",
    re.I,
)
_ARTICLE = re.compile(r"^(?:the|a|an|this|that|my|your)\s+", re.I)
_PLACE = re.compile(
    r"\s*\b(?:in|at|on|of|from)\s+(?:the\s+)?((?:(?:top|upper|bottom|lower|left|right|middle|center|centre)[- ]?)+)"
    r"(?:\s*(?:hand)?[- ]?(?:corner|side|edge|sidebar|bar|half|part|area|menu))?"
    r"(?:\s+of\s+(?:the\s+)?(?:screen|page|window))?\s*$",
    re.I,
)
_RELATION = re.compile(
    rf"^(.*?)\s*\b({'|'.join(sorted(map(re.escape, _RELATIONS), key=len, reverse=True))})\s+(.+)$", re.I | re.S
)
_FIRST = re.compile(  # "below News there is a link", "in the section News, the first link"
    rf"^({'|'.join(sorted(map(re.escape, _RELATIONS), key=len, reverse=True))})\s+"
    r"(.+?)(?:\s*,\s*|\s+there (?:is|are)\s+)(.+)$",
    re.I | re.S,
)
_IDLE = re.compile(r"\s+(?:that|which)(?:\s+(?:is|are|lies|stands))?$", re.I)  # "the link that is | below News"
_NEAREST = re.compile(r"^(?:the\s+)?(?:nearest|closest)\s+", re.I)
_BARE = re.compile(r"\s+(?:labell?ed|called|named|titled|that says|that contains|saying|with(?: in it)?)$", re.I)
_AREA = re.compile(
    r"\s+(?:in|of)\s+the\s+(navigation|menu|header|top bar|footer|sidebar|dialog|toolbar|table|form)\s*$", re.I
)
_AREAS = {"header": (None, 0.0), "top bar": (None, 0.0), "footer": (None, 1.0)}
_ROLE = "|".join(sorted(map(re.escape, ROLES), key=len, reverse=True))
_ROLE_BEHIND = re.compile(rf"^(?:(.*?)\s+)?({_ROLE})$", re.I | re.S)
_ROLE_BEFORE = re.compile(
    rf"^({_ROLE})\s+(?:called|named|labell?ed|titled|saying|that (?:says|reads|contains)|with the text|for|of)\s+(.+)$",
    re.I | re.S,
)
_ORDINAL = re.compile(rf"^({'|'.join(_ORDINALS)})\s+(?!names?\b)(.+)$", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Description:
    """What an instruction asks for.

    Attributes:
        name: words that should be on or beside the thing; empty for none.
        role: of `ROLES`; empty where the instruction names none.
        ordinal: which of several, from 0, -1 for the last; None for the best.
        place: where on the screen, as shares across and down; None for no matter.
        relation: "below", "above", "left", "right" or "near" the `anchor`, in its "row", or in the "section" that it is
            the heading of; empty for none.
        anchor: words on the thing that the relation is to.
        literal: whether the name was quoted: then nothing that reads otherwise is meant.
    """

    name: str
    role: str = ""
    ordinal: int | None = None
    place: tuple[float | None, float | None] = (None, None)
    relation: str = ""
    anchor: str = ""
    literal: bool = False


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
    text = one_line(instruction).strip(" .!")
    typing = _TYPING.match(text) or _FILL.match(text)
    ticks, drops = bool(_TICK.match(text)), bool(_LIST.match(text))
    rest = text[typing.end() :] if typing else _VERB.sub("", _LIST.sub("", text))
    rest = _ON_OFF.sub("", rest) if ticks else rest
    rest, place = _placed(_ARTICLE.sub("", rest))
    thing, relation, anchor = _related(rest)
    wish = _thing(thing)
    if typing and wish.role and wish.role not in INPUTS:  # ("edit Job title": no heading)
        wish = Description(_ARTICLE.sub("", thing), literal=wish.literal)
    role = wish.role or ("textbox" if typing else "checkbox" if ticks else "combobox" if drops else "")
    bare = not wish.name and wish.ordinal is None and place == (None, None) and not relation
    name = thing if bare else wish.name  # ("Text" may be what a link reads)
    return Description(name, role, wish.ordinal, place, relation, anchor, wish.literal)


def _placed(text: str) -> tuple[str, tuple[float | None, float | None]]:
    match = _PLACE.search(text)
    if match is None and (area := _AREA.search(text)):
        return text[: area.start()], _AREAS.get(area[1].lower(), (None, None))
    if match is None or not text[: match.start()].strip():
        return text, (None, None)
    across: float | None = None
    down: float | None = None
    for word in re.findall(r"[a-z]+", match[1].lower()):
        x, y = _PLACES[word]
        across, down = x if x is not None else across, y if y is not None else down
    return text[: match.start()], (across, down)


def _related(text: str) -> tuple[str, str, str]:
    """The thing, the relation, the anchor: outside of quotes only."""
    hidden = _QUOTED.sub(lambda match: "\0" * len(match[0]), text)
    if match := _FIRST.match(hidden):
        relation, anchor, thing = match[1], text[match.start(2) : match.end(2)], text[match.start(3) :]
    elif (match := _RELATION.match(hidden)) and match[1].strip():
        thing, relation, anchor = text[: match.end(1)], match[2], text[match.start(3) : match.end(3)]
    else:
        return text, "", ""
    thing = _NEAREST.sub("", _IDLE.sub("", thing))
    return thing, _RELATIONS[relation.lower()], _thing(anchor).name or anchor


def _thing(text: str) -> Description:
    """Name, role and ordinal of a noun phrase."""
    text = _ARTICLE.sub("", text.strip())
    ordinal = None
    if match := _ORDINAL.match(text):
        ordinal, text = _ORDINALS[match[1].lower()], match[2]
    quoted = _QUOTED.search(text)
    bare = " ".join((text[: quoted.start()] + " " + text[quoted.end() :]).split()) if quoted else text
    bare = _BARE.sub("", bare)
    name, role = _role(bare)
    if quoted:
        return Description(quoted[1].strip(), role, ordinal, literal=True)
    return Description(_ARTICLE.sub("", name), role, ordinal)


def _role(text: str) -> tuple[str, str]:
    if match := _ROLE_BEFORE.match(text):
        return match[2], ROLES[match[1].lower()]
    if match := _ROLE_BEHIND.match(text):
        return match[1] or "", ROLES[match[2].lower()]
    return text, ""
