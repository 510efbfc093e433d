"""What a reader makes of a shortened text: whether it says something else than its source.

An example is a source and its facts, written as rules that any shortened text can be held against:

    together  an operator (not, only, except, if, at most) and what it governs: if one word is kept, all are
    needs     a word, and the words without which it would say something else: an amount and its thing
    never     what must not stand in the result, however it came about
    whole     kept as it stands, or not at all

A word of a rule is a string of the source; "not#2" is the second "not". What is denied must stay denied in every style,
and nothing of `never` may be said; the other rules are for texts that are to be read, and telegrams (style "words") may
break them. Besides, general laws hold for every text.
Judged by the characters of the source that are kept, not by search in the result: "take" there may be another "take".
Does not use the sentences, words and closed classes of tamis: it is an oracle beside them.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import regex as re

from tests.prompt.meaning.function_words import DANGLERS, NEGATORS

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

FOLDER = Path(__file__).parent
UNSPACED = "\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f"  # Han, Kana, Thai: words that no blank ends
_LETTER = rf"[\w\p{{M}}\u200c--[{UNSPACED}]]"
_WORD = re.compile(rf"{_LETTER}+(?:[-'’.@/:+#~\\]{{1,2}}{_LETTER}+)*", re.V1)
_PIECE = re.compile(rf"{_LETTER}+(?:[-'’]{_LETTER}+)*|[{UNSPACED}]", re.V1)
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]*_`]*(?=\s+\S)|[。！？؟۔।]+[\"”’」』）]*")
_JOIN = frozenset(".!?…。！？؟۔।:;：；\n")
_PAIRS = {")": "(", "]": "[", "}": "{", "”": "“", "»": "«", "」": "「", "』": "『", "）": "（", "》": "《"}
_EVEN = {mark: re.compile(pattern) for mark, pattern in {'"': '"', "`": "`", "**": r"(?<!\*)\*\*(?!\*)"}.items()}
_HEADING = re.compile(r"^(#{1,6}) +\S", re.MULTILINE)
_BARE_MARKER = re.compile(r"^[ \t]*(?:[-*+•>|]|\d{1,3}[.)]|#{1,6}|\[[ x]\])[ \t|]*$", re.MULTILINE)
_LABEL = re.compile(r"^[ \t]*((?:\w[\w.'’-]*[ \t]?){1,3}):[ \t]+(\S.*)$", re.MULTILINE)
Span = tuple[int, int]


@dataclass(frozen=True)
class Example:
    """A source and the rules that a shortened text must keep to go on saying what it says."""

    name: str
    text: str
    language: str = "en"
    together: Sequence[Sequence[str]] = ()
    needs: dict[str, Sequence[str]] = field(default_factory=dict)
    never: Sequence[str] = ()
    whole: Sequence[str] = ()
    abbreviations: Sequence[str] = ()
    wrapped: bool = False  # line ends are where the page ended, not the sentence

    def find(self, phrase: str) -> Span:
        """Where a phrase of a rule stands in the source. Raises ValueError if it does not, or more than once."""
        bare, _, number = phrase.partition("#") if re.search(r"\S#\d$", phrase) else (phrase, "", "")
        spots = list(_spots(bare, self.text))
        if not spots or (not number and len(spots) > 1) or (number and len(spots) < int(number)):
            raise ValueError(f"{self.name}: {phrase!r} stands {len(spots)} times in the source: {self.text!r}")
        return spots[int(number) - 1 if number else 0]

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences of the source, by its terminators and line ends."""
        ends = {m.end() for m in _STOP.finditer(self.text) if self._ends(m)}
        if not self.wrapped:
            ends |= {m.end() for m in re.finditer(r"\n", self.text)}
        edges = sorted({0, len(self.text)} | ends)
        return tuple(itertools.pairwise(edges))

    def _ends(self, stop: re.Match[str]) -> bool:
        head = re.split(r"[\s(\[“«]", self.text[: stop.end()])[-1]
        if head in self.abbreviations or (re.fullmatch(r"\d{1,3}\.", head) and _starts_line(self.text, stop.start())):
            return False
        return not re.match(r"\s*[\"'“«(]*[a-zà-ÿα-ωа-я]", self.text[stop.end() :])


def _spots(phrase: str, text: str, start: int = 0) -> Iterator[Span]:
    """Where the phrase stands as whole words, where blanks end words."""
    while (start := text.find(phrase, start)) >= 0:
        end = start + len(phrase)
        inside = start > 0 and _is_letter(phrase[0]) and _is_letter(text[start - 1])
        if not inside and not (end < len(text) and _is_letter(phrase[-1]) and _is_letter(text[end])):
            yield start, end
        start += 1


@cache
def _is_letter(char: str) -> bool:
    """Whether a word goes on with this character: not in scripts without blanks."""
    return re.match(_LETTER, char, re.V1) is not None


def _starts_line(text: str, at: int) -> bool:
    return text[text.rfind("\n", 0, at) + 1 : at].strip().isdigit()


def examples() -> list[Example]:
    """All examples of the folder; each is named after its file."""
    found = []
    for file in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        shared = {key: value for key, value in table.items() if key != "example"}
        for entry in table["example"]:
            found.append(Example(**{**shared, **entry, "name": f"{file.stem}: {entry['name']}"}))
    return found


@dataclass(frozen=True)
class Reading:
    """A shortened text beside its source.

    Attributes:
        example: the source and its rules.
        text: the shortened text.
        spans: what it keeps of the source, [start, end) each, in order.
    """

    example: Example
    text: str
    spans: tuple[Span, ...]

    @cached_property
    def kept(self) -> list[bool]:
        """For each character of the source whether it is still there."""
        mask = [False] * len(self.example.text)
        for start, end in self.spans:
            mask[start:end] = [True] * (end - start)
        return mask

    def share(self, span: Span) -> float:
        """How much of a stretch of the source is kept, white space apart."""
        spots = [i for i in range(*span) if not self.example.text[i].isspace()]
        return sum(self.kept[i] for i in spots) / len(spots) if spots else 0.0

    def has(self, phrase: str) -> bool:
        """Whether all of a phrase is kept."""
        return self.share(self.example.find(phrase)) == 1


def reading(example: Example, text: str) -> Reading:
    """A shortened text given by hand: each of its words is taken from the first place in the source that is left."""
    spans, at = [], 0
    for word in re.findall(rf"{_WORD.pattern}|\S|\n", text, re.V1):
        spans.append(next(_spots(word, example.text, at)))
        at = spans[-1][1]
    return Reading(example, text, tuple(spans))


def faults(seen: Reading, *, prose: bool = True) -> list[str]:
    """Everything that is wrong with a shortened text, in words; [] if it says what the source says.

    prose -- also what a text that is to be read must keep (the style "words" need not).
    """
    laws = LAWS + READABLE if prose else LAWS
    return [fault for law in laws for fault in law(seen)]


def _subsequence(seen: Reading) -> Iterator[str]:
    rest = iter(seen.example.text)
    if not all(char in rest for char in seen.text):
        yield "it is not made of the source by deleting alone"


def _together(seen: Reading) -> Iterator[str]:
    return _torn(seen, [group for group in seen.example.together if not _denies(group)])


def _denied(seen: Reading) -> Iterator[str]:
    return _torn(seen, [group for group in seen.example.together if _denies(group)])


def _denies(group: Sequence[str]) -> bool:
    return any(word.partition("#")[0].lower() in NEGATORS for word in group)


def _torn(seen: Reading, groups: Sequence[Sequence[str]]) -> Iterator[str]:
    """Groups of words of which a part is kept."""
    for group in groups:
        lost = [word for word in group if not seen.has(word)]
        if lost and len(lost) < len(group):
            stays = [word for word in group if word not in lost]
            yield f"together: {stays} is kept without {lost}"


def _needs(seen: Reading) -> Iterator[str]:
    for word, needed in seen.example.needs.items():
        lost = [other for other in needed if not seen.has(other)]
        if lost and seen.has(word):
            yield f"needs: {word!r} is kept without {lost}"


def _never(seen: Reading) -> Iterator[str]:
    flat = " ".join(seen.text.split()).casefold()
    for wrong in seen.example.never:
        if any(_spots(wrong.casefold(), flat)):
            yield f"never: it says {wrong!r}"


def _whole(seen: Reading) -> Iterator[str]:
    for phrase in seen.example.whole:
        share = seen.share(seen.example.find(phrase))
        if 0 < share < 1 or (share == 1 and phrase not in seen.text):
            yield f"whole: only a part of {phrase!r} is kept"


def _uncut(seen: Reading) -> Iterator[str]:
    for match in _WORD.finditer(seen.example.text):
        if 0 < seen.share(match.span()) < 1:
            yield f"cut: only a part of {match.group()!r} is kept"


def _joins(seen: Reading) -> Iterator[str]:
    """Between kept words of two sentences stands a terminator, a colon, a semicolon or a line end."""
    text, last, closed, tail = seen.example.text, None, True, 0
    for number, (start, end) in enumerate(seen.example.sentences):
        for i in range(start, end):
            if not seen.kept[i]:
                continue
            if text[i] in _JOIN and not _inside_word(text, i):
                closed = True
            elif text[i].isalnum():
                if last not in {None, number} and not closed:
                    yield f"joined: {text[max(0, tail - 15) : tail + 1]!r} runs into {text[i : i + 15]!r}"
                last, closed, tail = number, False, i


def _inside_word(text: str, i: int) -> bool:
    return 0 < i < len(text) - 1 and text[i - 1].isalnum() and text[i + 1].isalnum() and text[i] in ".:"


def _pairs(seen: Reading) -> Iterator[str]:
    if not _unpaired(seen.example.text) and (odd := _unpaired(seen.text)):
        yield f"pairs: {odd!r} has no partner"
    for mark, pattern in _EVEN.items():
        if len(pattern.findall(seen.example.text)) % 2 == 0 and len(pattern.findall(seen.text)) % 2:
            yield f"pairs: {mark!r} has no partner"


def _unpaired(text: str) -> str:
    """The first bracket or quotation mark without its partner; "" if all are in pairs."""
    stack: list[str] = []
    for char in text:
        if char in _PAIRS.values():
            stack.append(char)
        elif char in _PAIRS and (not stack or stack.pop() != _PAIRS[char]):
            return char
    return stack[-1] if stack else ""


def _structure(seen: Reading) -> Iterator[str]:
    """No heading without anything under it that had something, no list marker without its item."""
    for marker in set(_BARE_MARKER.findall(seen.text)) - set(_BARE_MARKER.findall(seen.example.text)):
        yield f"structure: nothing stands behind the marker {marker!r}"
    bodies = dict(_headings(seen.example.text))
    for heading, size in _headings(seen.text):
        if not size and bodies.get(heading):
            yield f"structure: nothing of what stood under the heading {heading!r} is kept"


def _headings(text: str) -> list[tuple[str, int]]:
    """Each heading and how many characters stand under it, those of its lower headings included."""
    found = list(_HEADING.finditer(text))
    rows = []
    for i, match in enumerate(found):
        peers = (other.start() for other in found[i + 1 :] if len(other[1]) <= len(match[1]))
        line_end = text.find("\n", match.start()) % (len(text) + 1)
        rows.append((text[match.start() : line_end], len(text[line_end : next(peers, len(text))].strip())))
    return rows


def _dangling(seen: Reading) -> Iterator[str]:
    """No sentence breaks off behind an article, a conjunction or a preposition whose words are gone."""
    marks = DANGLERS.get(seen.example.language, frozenset())
    for start, end in seen.example.sentences:
        pieces = list(_PIECE.finditer(seen.example.text, start, end))
        stay = [i for i, m in enumerate(pieces) if seen.share(m.span()) == 1]
        if not stay or stay[-1] == len(pieces) - 1 or pieces[stay[-1]].group().lower() not in marks:
            continue
        behind = seen.example.text[pieces[stay[-1]].end() : end].lstrip()
        if behind[:1] not in _JOIN:
            yield f"dangling: a sentence ends in {pieces[stay[-1]].group()!r}"


def _scraps(seen: Reading) -> Iterator[str]:
    """No single word is all that is left of a sentence of five or more; a label may stand before another sentence."""
    labels = [m.span(1) for m in _LABEL.finditer(seen.example.text)]
    for span in seen.example.sentences:
        pieces = [m.span() for m in _PIECE.finditer(seen.example.text, *span)]
        stay = [piece for piece in pieces if seen.share(piece) > 0]
        if len(pieces) >= 5 and len(stay) == 1 and not any(a <= stay[0][0] < b for a, b in labels):
            yield f"scrap: {seen.example.text[slice(*stay[0])]!r} is all that is left of a sentence"


def _labels(seen: Reading) -> Iterator[str]:
    """No name of a speaker without what is said, no key without its value."""
    for match in _LABEL.finditer(seen.example.text):
        said = any(seen.kept[i] and seen.example.text[i].isalnum() for i in range(*match.span(2)))
        if seen.share(match.span(1)) > 0 and not said:
            yield f"label: nothing of what stood behind {match[1]!r} is kept"


Law = Callable[[Reading], Iterator[str]]
LAWS: tuple[Law, ...] = (_subsequence, _denied, _never, _uncut, _joins, _pairs)
READABLE: tuple[Law, ...] = (_together, _needs, _whole, _structure, _dangling, _scraps, _labels)
