"""What a reader of talks makes: turns, and how much it left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tamis.memory.turns import digest, utc
from tamis.memory.types import Turn


@dataclass(frozen=True, slots=True)
class Parsed:
    """The turns of a file or folder.

    Attributes:
        kind: what it was read as.
        turns: in order.
        left_out: how many messages, by reason ("empty", "system", "media", ...).
    """

    kind: str
    turns: tuple[Turn, ...]
    left_out: dict[str, int] = field(default_factory=dict)


def collect(kind: str, messages: Iterable[Turn | str]) -> Parsed:
    """The turns among the found, each with an id of its own; text is the reason why something was left out."""
    turns: list[Turn] = []
    reasons: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    for message in messages:
        if isinstance(message, str):
            reasons[message] += 1
        elif not message.text.strip():
            reasons["empty"] += 1
        else:
            ident = message.id or digest(replace(message, time=utc(message.time)))  # the same file gives the same ids
            ids[ident] += 1
            turns.append(replace(message, id=ident if ids[ident] == 1 else f"{ident}-{ids[ident]}"))
    return Parsed(kind, tuple(turns), dict(reasons))


def clean(text: str) -> str:
    """The text without what no database holds: NUL, and halves of surrogate pairs, which exports do contain."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def number_titles(titles: Iterable[str]) -> Iterator[str]:
    """The titles, repeated ones numbered: two talks of one title are two sessions."""
    seen: Counter[str] = Counter()
    for title in titles:
        name = clean(title).strip() or "untitled"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
