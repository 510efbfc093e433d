"""Capitalised names: of people, places, organisations, works; speaker labels.

By capital letters alone, no lists of names. Knows which capitals say nothing: a sentence's first word, words like "I"
and "The", text in capitals or title case, languages that capitalise every noun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tamis.core import Span
from tamis.text.abbreviations import ALWAYS, OPENERS_OF_SENTENCES, word_set
from tamis.text.protect.detection import spread_left

_FUNCTION_WORDS = OPENERS_OF_SENTENCES | word_set(
    """
    am me us him them myself himself herself itself themselves i'm i'll i've i'd you're you've you'll he'll she'll we'll
    we've they've they'll that's there's here's what's who's where's how's let's don't doesn't didn't can't won't isn't
    wasn't aren't weren't ok okay yes yeah yep nope hi hello hey oh ah um uh uh-huh mm mmhmm hmm well right sure thanks
    thank sorry just only even again once never always often sometimes perhaps maybe actually basically really probably
    finally first second third next last later earlier soon recently currently generally usually typically likewise
    similarly consequently nevertheless nonetheless otherwise additionally furthermore indeed overall especially
    particularly specifically such other others another same which whose whom whether than because unless per via
    during within along across against toward towards around near upon off out up down into onto through throughout
    while whereas given based using see note go get make take use using look come think know say
    be been being having did done doing shall ought need used more less few little several enough much very too
    """
)
_TITLES = "Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Gen|Gov|Sen|Rep|Lt|Col|Sgt|Capt|Rev|Hon|Pres|Inc|Ltd|Corp|Co|Mt|Ft"
_JOINS = (
    "of the|of|for the|the|de la|de las|de los|de|del|della|di|da|das|dos|du|des|la|le|van der|van den|van de|van"
    "|von der|von|der|ter|bin|ibn|al|el|y|&"
)
_NO_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af"
_LONG_TEXT = 2000  # characters from which on the share of capitals says something
_CROWDED = 0.35  # share of the characters: above it, capitals do not single out names
_ENDS = frozenset(".!?:。！？…;\n\r\u2028\u2029|")
_QUOTES = frozenset("\"'“‘«„")
_BETWEEN = frozenset(" \t\u00a0([{*_#>-–—•~`0123456789)") | _QUOTES


_WORD = re.compile(r"[^ \u00a0]+")


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Compile on first use: the class of capital letters takes a millisecond to write down."""
    capitals = "".join(char for char in map(chr, range(65, 0x2000)) if char.isupper() or char.istitle())
    rest = rf"(?:[^\W{_NO_SPACES}]|[&'’-](?=\w))*"
    word = f"[{capitals}]{rest}"
    titles = "|".join(rf"(?<={title}\.)" for title in _TITLES.split("|"))
    part = rf"(?:[A-Z]\.-?(?:[A-Z]\.-?){{0,5}}(?!\w)|{word}(?:\.(?:{titles})(?= ))?)"
    more = rf"(?:[ \u00a0](?:(?:{_JOINS})[ \u00a0])?{part}){{0,9}}"
    # A capital ahead of everything else: that is what the scan looks for.
    first = rf"[{capitals}](?:(?<=[A-Z])\.-?(?:[A-Z]\.-?){{0,5}}(?!\w)|{rest}(?:\.(?:{titles})(?= ))?)"
    return re.compile(rf"{first}{more}(?:[ \u00a0]\d{{1,4}}(?![\w%.,:/-]))?")


@dataclass(frozen=True, slots=True)
class _Name:
    """A candidate: its span, whether it begins a sentence, and whether it is a single word."""

    span: Span
    word: str
    opening: bool
    lone: bool


def names(text: str) -> list[Span]:
    """Return capitalised names, several words as one, and acronyms.

    A lone word that begins a sentence counts only if it is an acronym, has a capital inside, is a speaker's label, or
    is seen with its capital in the middle of a sentence elsewhere.

    Example: "Yesterday Bob flew to the University of Chicago." -> "Bob", "University of Chicago"
    """
    candidates = _candidates(text)
    if len(text) >= _LONG_TEXT and _share(candidates, text) > _CROWDED:
        candidates = [name for name in candidates if not name.lone and not name.word.isupper()]
        if _share(candidates, text) > _CROWDED:
            return []
    stems = {_stem(word) for name in candidates if not name.opening for word in name.word.split()}
    return [name.span for name in candidates if _is_name(text, name, stems)]


def _share(candidates: list[_Name], text: str) -> float:
    return sum(len(name.span) for name in candidates if not (name.opening and name.lone)) / len(text)


def _stem(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def _is_name(text: str, name: _Name, stems: set[str]) -> bool:
    if not (name.opening and name.lone):
        return True
    word = name.word
    if word.isupper():
        return 1 < len(word) <= 6 or word in stems  # NASA; not a shouted IMPORTANT
    return any(map(str.isupper, word[1:])) or _stem(word) in stems or _is_label(text, name.span)


def _is_label(text: str, span: Span) -> bool:
    """Whether the word is a speaker's label: alone at the beginning of a line, with a colon."""
    return text[span.end : span.end + 1] == ":" and (span.start == 0 or text[span.start - 1] in "\n\r")


def _candidates(text: str) -> list[_Name]:
    candidates: list[_Name] = []
    last = 0
    for match in _pattern().finditer(text):
        start, end = match.span()
        if start and text[start - 1].isalnum():
            start = spread_left(text, start, str.isalnum, floor=last, most=24)  # iPhone
        last = end
        first, end = _without_function_words(text, start, end)
        if first < end:
            word = text[first:end]
            lone = " " not in word and "\u00a0" not in word
            candidates.append(_Name(Span(first, end), word, first == start and _opens(text, start), lone))
    return candidates


def _without_function_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without what is no part of a name at either end: "The", "I", "But", "of", a number."""
    if text.find(" ", start, end) < 0 and text.find("\u00a0", start, end) < 0:
        return (end, end) if _is_function_word(text[start:end]) else (start, end)
    words = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text, start, end)]
    while words and _is_function_word(words[0][2]):
        del words[0]
    while words and _is_function_word(words[-1][2]):
        del words[-1]
    return (words[0][0], words[-1][1]) if words else (end, end)


def _is_function_word(word: str) -> bool:
    return word.lower().replace("’", "'") in _FUNCTION_WORDS


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here, as far as the characters before say."""
    quoted = False
    for at in range(start - 1, max(start - 16, -1), -1):
        char = text[at]
        if char not in _BETWEEN:
            if char == ".":
                return not _abbreviates(text[max(0, at - 8) : at])
            return char in _ENDS or (quoted and char == ",")
        quoted |= char in _QUOTES
    return start < 16


def _abbreviates(head: str) -> bool:
    last = head.rsplit(None, 1)[-1:]
    return bool(last) and last[0].lower().lstrip("(") in ALWAYS
