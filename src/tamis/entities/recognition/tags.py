"""Tags of words and spans of text, one into the other; readers of the usual formats.

Inside, tags are BIOES: single words S, others from B over I to E. Outside, spans of characters are what counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from tamis.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is named in it.

    Attributes:
        text: as it is.
        spans: (start, end, type) of each name, in characters, end exclusive; none over another.
        without: types that nobody looked for in this text: that they are missing says nothing.
        unsure: places, apart from the names, of which nobody knows what they are: they teach nothing.
    """

    text: str
    spans: Sequence[tuple[int, int, str]]
    without: frozenset[str] = field(default=frozenset())
    unsure: Sequence[tuple[int, int]] = ()

    def __post_init__(self) -> None:
        """Take spans as lists, too, as JSON has them."""
        object.__setattr__(self, "spans", tuple((start, end, kind) for start, end, kind in self.spans))
        object.__setattr__(self, "unsure", tuple((start, end) for start, end in self.unsure))

    def check(self) -> None:
        """Make sure that the spans can be learned from.

        Raises:
            InvalidInput: a span is empty, outside of the text, reversed or over another, or its type is no name.
        """
        last = 0
        for start, end, kind in sorted(self.spans):
            if not 0 <= start < end <= len(self.text):
                raise InvalidInput(
                    f"Span {start}-{end} is not in the text {self.text[:40]!r} ({len(self.text)} characters)."
                )
            if start < last:
                raise InvalidInput(f"Span {start}-{end} overlaps another one in {self.text[:40]!r}.")
            if not isinstance(kind, str) or not kind.strip():
                raise InvalidInput(f"A type must be a name, got {kind!r}.")
            last = end
        for start, end in self.unsure:
            if not 0 <= start < end <= len(self.text):
                raise InvalidInput(f"The unsure place {start}-{end} is not in the text {self.text[:40]!r}.")


def from_tags(tokens: Sequence[str], tags: Sequence[str], *, joint: str = " ") -> Example:
    """An example from words with tags in IO, BIO (IOB1 and IOB2) or BIOES (BILOU, BMES).

    An I without a B of its type in front begins a name, as in conlleval.

    Raises:
        InvalidInput: a tag is of none of these, or the two differ in length.

    Example: from_tags(["Ann", "Lee", "left"], ["B-PER", "I-PER", "O"]) -> "Ann Lee left", (0, 7, "PER")
    """
    if len(tokens) != len(tags):
        raise InvalidInput(f"{len(tokens)} words and {len(tags)} tags.", hint="Give one tag for each word.")
    starts, place = [], 0
    for token in tokens:
        starts.append(place)
        place += len(token) + len(joint)
    spans: list[tuple[int, int, str]] = []
    open_ = False
    for start, token, tag in zip(starts, tokens, tags, strict=True):
        letter, kind = _parts(tag)
        if letter == "O":
            open_ = False
        elif letter in "BSU" or not open_ or spans[-1][2] != kind:
            spans.append((start, start + len(token), kind))
            open_ = letter not in "SU"
        else:
            spans[-1] = (spans[-1][0], start + len(token), kind)
            open_ = letter not in "EL"
    return Example(joint.join(tokens), tuple(spans))


def _parts(tag: str) -> tuple[str, str]:
    letter, dash, kind = tag.partition("-")
    if tag == "O":
        return "O", ""
    if letter not in ("B", "I", "E", "S", "L", "U", "M") or not dash or not kind:
        raise InvalidInput(f"{tag!r} is no tag.", hint="Tags are O and B-, I-, E-, S- (or L-, U-, M-) with a type.")
    return letter, kind


def read_conll(lines: Iterable[str], *, word: int = 0, tag: int = -1) -> list[Example]:
    """Examples from a file of columns, a word a line, blank lines between sentences.

    word -- the column of the word
    tag -- the column of its tag

    Raises:
        InvalidInput: a line has no such column.
    """
    rows = (line.rstrip("\n\r") for line in lines)
    examples = []
    for blank, block in groupby(rows, key=lambda line: not line.strip() or line.startswith("-DOCSTART-")):
        if blank:
            continue
        cells = [line.split("\t") if "\t" in line else line.split() for line in block]
        try:
            examples.append(from_tags([row[word] for row in cells], [row[tag] for row in cells]))
        except IndexError as error:
            raise InvalidInput(f"A line of {cells[0]!r} has no column {word} or {tag}.") from error
    return examples


@dataclass(frozen=True)
class TagSet:
    """The tags of some types: O, and B, I, E, S of each.

    Attributes:
        types: in the order of their numbers.
    """

    types: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many tags there are."""
        return 1 + 4 * len(self.types)

    def encode(self, places: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int, str]]) -> list[int]:
        """The tag of each word; a span that ends within a word takes the whole word."""
        tags = [0] * len(places)
        for start, end, kind in spans:
            inside = [n for n, (low, high) in enumerate(places) if low < end and high > start]
            if not inside or any(tags[n] for n in inside):
                continue
            base = 1 + 4 * self.types.index(kind)
            for n in inside:
                tags[n] = base + 1
            tags[inside[0]], tags[inside[-1]] = base, base + 2
            if len(inside) == 1:
                tags[inside[0]] = base + 3
        return tags

    def decode(self, tags: Sequence[int]) -> list[tuple[int, int, str]]:
        """Spans of words (first, behind the last, type) of a valid row of tags."""
        spans, first = [], 0
        for n, tag in enumerate(tags):
            kind, letter = divmod(tag - 1, 4)
            if tag and letter in (0, 3):
                first = n
            if tag and letter in (2, 3):
                spans.append((first, n + 1, self.types[kind]))
        return spans

    def allowed(self) -> list[tuple[int, int]]:
        """Which tag may follow which."""
        return [(a, b) for a in range(self.size) for b in range(self.size) if self._follows(a, b)]

    def _follows(self, a: int, b: int) -> bool:
        inside = a > 0 and (a - 1) % 4 in (0, 1)
        if inside:
            return b > 0 and (b - 1) // 4 == (a - 1) // 4 and (b - 1) % 4 in (1, 2)
        return b == 0 or (b - 1) % 4 in (0, 3)

    def first(self) -> list[int]:
        """Tags that a text may begin with."""
        return [b for b in range(self.size) if self._follows(0, b)]

    def last(self) -> list[int]:
        """Tags that a text may end with."""
        return [a for a in range(self.size) if a == 0 or (a - 1) % 4 in (2, 3)]
