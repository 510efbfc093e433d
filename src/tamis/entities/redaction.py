"""Take private values out of a text before a model sees it, and put them back into what the model answers.

A value gives way to a placeholder such as "[EMAIL_1]"; the same value always to the same one, also in later texts of a
conversation that go on with its table. What looks like a placeholder in the text itself gives way, too, so that the
round trip is exact for every text: `restore(redact(text).text, table) == text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tamis.entities.numeric import numerals
from tamis.errors import InvalidInput
from tamis.io.schema import Schema
from tamis.text.secrets import SECRETS

PRIVATE = ("email", "phone", "ip", "guid", "id", "card", "iban", "mention", "secret")
_SHAPE = re.compile(r"\[[A-Z]{1,24}_[0-9]{1,9}\]")
_BEGINNING = re.compile(r"\[(?:[A-Z]{1,24}(?:_(?:[0-9]{1,9})?)?)?\Z")
_LONGEST = 36
_REWRITTEN = re.compile(r"\\?\[\s?([A-Za-z]{1,24})\\?_0*([1-9][0-9]{0,8})\s?\\?\]")
_MOST = 100_000_000  # the number of a placeholder: behind it there must be room for as many again
_SCHEMA = Schema(
    "tamis.redaction", 1, InvalidInput, "No table of redactions: {}.", "Give the table that tamis redact has written."
)


class Mention(Protocol):
    """What a finder of names gives: a place in the text and what kind of thing is named there."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character behind its last one."""

    @property
    def kind(self) -> str:
        """Such as "person"."""


@dataclass(frozen=True, slots=True)
class RedactionTable:
    """Which placeholder stands for which value.

    Attributes:
        values: the value by its placeholder, in the order of their first occurrence.
    """

    values: Mapping[str, str] = field(default_factory=dict)

    def dumps(self) -> str:
        """The table as JSON."""
        return _SCHEMA.dumps({"values": dict(self.values)}, indent=2) + "\n"

    @classmethod
    def loads(cls, text: str) -> RedactionTable:
        """The table that a JSON text holds.

        Raises:
            InvalidInput: it holds none, or one with placeholders that cannot be told from text.
        """
        values = _SCHEMA.loads(text).get("values")
        if not isinstance(values, dict):
            raise InvalidInput(f"No table of redactions: {text[:60]!r}.", hint=_SCHEMA.hint)
        for placeholder, value in values.items():
            small = _SHAPE.fullmatch(placeholder) and int(placeholder[1:-1].split("_")[1]) < _MOST
            if not small or not isinstance(value, str):
                raise InvalidInput(f"{placeholder!r}: {value!r} is no placeholder and its value.", hint=_SCHEMA.hint)
        return cls(values)


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without its private values.

    Attributes:
        text: what may be sent.
        table: how to restore it; give it to the next call of the same conversation.
        spans: of the source, what was taken out: (start, end, placeholder).
    """

    text: str
    table: RedactionTable
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    start: int
    end: int
    kind: str


Finder = Callable[[str], Iterable[Mention]]


def redact(
    text: str,
    *,
    kinds: Iterable[str] = PRIVATE,
    terms: Sequence[str] = (),
    find: Finder | None = None,
    table: RedactionTable | None = None,
    now: datetime | None = None,
) -> Redaction:
    """A text with placeholders for its private values, and the table that restores them.

    Args:
        text: any text.
        kinds: the kinds of numerals to take out (`tamis.entities.KINDS`), and "secret" for keys, tokens and
            passwords; by default secrets, addresses, phones, ids, cards and accounts. What `find` gives goes
            whatever its kind.
        terms: words and names to take out wherever they stand as whole words, whatever their case and spaces.
            An address that holds one goes as a whole.
        find: what else to take out: anything that maps a text to places with a kind, such as a recogniser of names.
        table: of earlier texts, so that the same value keeps its placeholder.
        now: as in `numerals`.

    Raises:
        UnknownName: there is no such kind.
        InvalidInput: a term is empty, the text is no str, or `find` gives places that are not in it.

    Example: redact("mail to a@b.de").text -> "mail to [EMAIL_1]"
    """
    if not isinstance(text, str):
        raise InvalidInput(f"A text must be a str, got {type(text).__name__}.")
    places = _places(text, kinds, terms, find, now)
    values = dict((table or RedactionTable()).values)
    known = {(_label_of(placeholder), value): placeholder for placeholder, value in values.items()}
    numbers = _numbers(values)
    pieces, spans, last = [], [], 0
    for place in places:
        value, label = text[place.start : place.end], _label(place.kind)
        if (label, value) not in known:
            numbers[label] = numbers.get(label, 0) + 1
            placeholder = f"[{label}_{numbers[label]}]"
            known[label, value], values[placeholder] = placeholder, value
        pieces += [text[last : place.start], known[label, value]]
        spans.append((place.start, place.end, known[label, value]))
        last = place.end
    return Redaction("".join([*pieces, text[last:]]), RedactionTable(values), tuple(spans))


def _places(
    text: str, kinds: Iterable[str], terms: Sequence[str], find: Finder | None, now: datetime | None
) -> list[_Taken]:
    """What goes: what looks like a placeholder, terms, what was found; where some overlap, all that they cover."""
    wanted = tuple(kinds) if not isinstance(kinds, str) else (kinds,)
    literal = [_Taken(*match.span(), "text") for match in _SHAPE.finditer(text)]
    named = [_within(text, one) for one in (find(text) if find else ()) if one.start < one.end]
    numeric = [kind for kind in wanted if kind != "secret"]
    counted = (
        [_Taken(one.start, one.end, one.kind) for one in numerals(text, kinds=numeric, now=now)] if numeric else []
    )
    return _covered([*literal, *_terms(text, terms), *named, *counted, *(_secrets(text) if "secret" in wanted else ())])


def _secrets(text: str) -> Iterator[_Taken]:
    """Keys, tokens and passwords; cards and accounts are kinds of their own."""
    for secret in SECRETS:
        if secret.name not in ("card", "iban"):
            yield from (_Taken(start, end, "secret") for start, end in secret.spans(text))


def _within(text: str, one: Mention) -> _Taken:
    if not 0 <= one.start < one.end <= len(text):
        raise InvalidInput(f"`find` gave {one.start} to {one.end} in a text of {len(text)} characters.")
    return _Taken(one.start, one.end, one.kind)


def _covered(places: Iterable[_Taken]) -> list[_Taken]:
    """The same text in places of which none overlaps another, each of the kind of its longest one."""
    joined: list[_Taken] = []
    longest = 0
    for one in sorted(places, key=lambda one: one.start):
        if not joined or one.start >= joined[-1].end:
            joined.append(one)
            longest = one.end - one.start
            continue
        last = joined[-1]
        kind = one.kind if one.end - one.start > longest else last.kind
        longest = max(longest, one.end - one.start)
        joined[-1] = _Taken(last.start, max(last.end, one.end), kind)
    return joined


def _terms(text: str, terms: Sequence[str]) -> list[_Taken]:
    if isinstance(terms, str) or not all(isinstance(term, str) and term.strip() for term in terms):
        raise InvalidInput(f"Terms must be words that are not empty, got {terms!r}.")
    if not terms:
        return []
    either = "|".join(_wrapped(term) for term in sorted(terms, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    return [_Taken(*match.span(), "term") for match in pattern.finditer(text)]


def _wrapped(term: str) -> str:
    """A pattern of a term however its words are spaced: a line may end between them."""
    return r"\s+".join(re.escape(word) for word in term.split())


def _label(kind: str) -> str:
    return re.sub(r"[^A-Z]", "", kind.upper())[:24] or "VALUE"


def _label_of(placeholder: str) -> str:
    return placeholder[1:].partition("_")[0]


def _numbers(values: Mapping[str, str]) -> dict[str, int]:
    """The highest number of each label."""
    highest: dict[str, int] = {}
    for placeholder in values:
        label, number = placeholder[1:-1].split("_")
        highest[label] = max(highest.get(label, 0), int(number))
    return highest


def restore(text: str, table: RedactionTable) -> str:
    """A text with the values of its placeholders; those that the table does not know stay.

    Example: restore("Written to [EMAIL_1].", redact("mail to a@b.de").table) -> "Written to a@b.de."
    """
    return _SHAPE.sub(lambda match: table.values.get(match[0], match[0]), text)


def strays(text: str, table: RedactionTable) -> tuple[str, ...]:
    """Placeholders of a table that a model wrote otherwise, as they stand in its answer: `restore` leaves them.

    Example: strays("Written to [Email_01].", redact("mail to a@b.de").table) -> ("[Email_01]",)
    """
    written = ((match[0], f"[{match[1].upper()}_{match[2]}]") for match in _REWRITTEN.finditer(text))
    return tuple(as_is for as_is, meant in written if meant in table.values and as_is != meant)


class Restorer:
    """Restores an answer that comes in pieces, however placeholders are cut: what may be one is held back.

    The pieces together are what `restore` makes of the whole.
    """

    def __init__(self, table: RedactionTable) -> None:
        self._table = table
        self._rest = ""

    def feed(self, piece: str) -> str:
        """What can be shown after this piece."""
        text = self._rest + piece
        begun = _BEGINNING.search(text, max(0, len(text) - _LONGEST))
        cut = begun.start() if begun else len(text)
        self._rest = text[cut:]
        return restore(text[:cut], self._table)

    def finish(self) -> str:
        """What was held back."""
        rest, self._rest = self._rest, ""
        return rest
