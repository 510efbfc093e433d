"""Documents of a retriever, shortened together: one budget over all, and of each a text that can be restored.

Knows no framework: these bring texts, and put what comes back into documents of their own kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tamis.errors import InvalidInput
from tamis.prompt import Compression, Options, Shown, compress
from tamis.prompt.documents.source import SEPARATOR
from tamis.prompt.task import DEFAULT_RATE, task_of
from tamis.text.counting import counter
from tamis.text.edits import Insertion

KEY = "tamis"  # in the metadata of a document
TRIES = 3  # with a smaller budget each, where the texts alone cost more than the text that they are parts of
_TAG = re.compile(r"<(/?keep)>")


@dataclass(frozen=True, slots=True)
class DocumentExcerpt:
    """What stays of one document.

    Attributes:
        number: which one it was, as they were given.
        text: what stays of its text.
        relevance: how likely it answers the question, 0 to 1; None where nothing judged.
        dropped: (offset into the original, text) of what is gone, in order.
        inserted: (offset into `text`, length) of what was put in, in order; mostly nothing.
    """

    number: int
    text: str
    relevance: float | None
    dropped: tuple[tuple[int, str], ...]
    inserted: tuple[tuple[int, int], ...] = ()

    def record(self) -> dict[str, Any]:
        """What a document says of it under the key "tamis": JSON, enough for `restored`."""
        record: dict[str, Any] = {"dropped": [list(one) for one in self.dropped]}
        if self.inserted:
            record["inserted"] = [list(one) for one in self.inserted]
        if self.relevance is not None:
            record["relevance"] = round(self.relevance, 4)
        return record


def restored(text: str, record: Mapping[str, Any]) -> str:
    """The original of a shortened text, from what its document says under the key "tamis".

    Raises:
        InvalidInput: the record is none, or of another text.

    Example: "a c" with {"dropped": [[2, "b "]]} -> "a b c"
    """
    try:
        for at, length in reversed(record.get("inserted", [])):
            text = text[:at] + text[at + length :]
        for at, piece in record["dropped"]:
            if at > len(text):
                raise InvalidInput(f"The record is of a longer text: it says that {piece!r:.40} stood at {at}.")
            text = text[:at] + piece + text[at:]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"This is no record of what was dropped: {record!r:.80}.") from error
    return text


def settings_of(**settings: Any) -> dict[str, Any]:
    """The arguments of `tamis.compress` that an adapter holds, checked now and not at the first document.

    Raises:
        InvalidInput: one that cannot be used (`InvalidBudget`, `UnknownName` are kinds of it).
    """
    given = {name: value for name, value in settings.items() if value is not None}
    given.setdefault("options", Options(form="auto", omissions=False))
    task_of(**given, question="?")
    return given


def excerpts(
    texts: Sequence[str], question: str | None, settings: Mapping[str, Any], *, blank: frozenset[int] = frozenset()
) -> list[DocumentExcerpt]:
    """What stays of documents, in the order of the result; documents of which nothing stays are left out.

    blank -- the numbers of those that stay even so, since they are more than their text

    The texts that come back, joined by blank lines, keep to the budget. `<keep>` tags in them are text like any other:
    what was retrieved does not say what must stay.

    Raises:
        BudgetTooSmall: what `keep` pins does not fit. ModelError, MissingExtra: the model cannot be loaded.
    """
    plain = [_TAG.sub(r"(\1)", text) for text in texts]
    count = counter(settings.get("tokenizer", "o200k_base"))
    limit, wanted = _limit(count(SEPARATOR.join(texts)), settings), dict(settings)
    for _ in range(TRIES):
        result = compress(plain, question=question, **wanted)
        some = [_excerpt(texts, shown, result) for shown in result.documents]
        over = _tokens(some, count) - limit
        if over <= 0:
            break
        wanted = {name: value for name, value in wanted.items() if name not in ("rate", "threshold")}
        wanted["tokens"] = max(result.tokens - over, 0)
    while _tokens(some, count) > limit:  # the least of them goes, whole
        some.remove(min((one for one in some if one.text.strip()), key=lambda one: one.relevance or 0.0))
    return [one for one in some if one.text.strip() or one.number in blank]


def _tokens(some: Sequence[DocumentExcerpt], count: Callable[[str], int]) -> int:
    """What the texts cost, joined by blank lines."""
    return count(SEPARATOR.join(one.text for one in some if one.text.strip()))


def _limit(total: int, settings: Mapping[str, Any]) -> int:
    """The tokens that may stay of so many; all where the budget is a threshold."""
    if settings.get("threshold") is not None:
        return total
    if settings.get("tokens") is not None:
        return int(settings["tokens"])
    return int(settings.get("rate", DEFAULT_RATE) * total + 1e-9)


def _excerpt(texts: Sequence[str], shown: Shown, result: Compression) -> DocumentExcerpt:
    """The part of a result that is of one document; `texts` as they were, with their tags."""
    text = texts[shown.number]
    spans = [(a - shown.start, b - shown.start) for a, b in _inside(shown, result)]
    marks = [mark for mark in result.inserted if shown.start <= mark.at <= shown.end]
    parts, at, dropped, inserted = list[str](), 0, list[tuple[int, str]](), list[tuple[int, int]]()
    for a, b in [*spans, (len(text), len(text))]:
        for mark in _due(marks, shown.start + a, last=a == len(text)):
            inserted.append((sum(map(len, parts)), len(mark.text)))
            parts.append(mark.text)
        if a > at:
            dropped.append((at, text[at:a]))
        parts.append(text[a:b])
        at = b
    return DocumentExcerpt(shown.number, "".join(parts), shown.relevance, tuple(dropped), tuple(inserted))


def _inside(shown: Shown, result: Compression) -> Iterator[tuple[int, int]]:
    """The spans of the source that stay and lie in a document, cut at its ends."""
    starts, ends = result.selection.starts.tolist(), result.selection.ends.tolist()
    for start, end in zip(starts, ends, strict=True):
        a, b = max(start, shown.start), min(end, shown.end)
        if a < b:
            yield a, b


def _due(marks: list[Insertion], at: int, *, last: bool) -> list[Insertion]:
    """Take out of the list what stands before a place of the source."""
    due = [mark for mark in marks if last or mark.at <= at]
    del marks[: len(due)]
    return due
