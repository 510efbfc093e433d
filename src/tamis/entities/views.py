"""Names and numerals of a text, shown where they stand: as a page, and painted for a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from tamis.entities.numeric import KINDS, MOMENTS
from tamis.io.page import Markup, escape, page

if TYPE_CHECKING:
    from rich.text import Text

ADDRESSES = frozenset(["version", "phone", "email", "url", "ip", "guid", "id", "card", "iban", "hashtag", "mention"])
STYLES = {"name": "bold cyan", "time": "magenta", "address": "yellow", "number": "green"}
NO_IDS: Mapping[int, str] = MappingProxyType({})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class KindSpan(Protocol):
    """A place with a kind."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character behind its last one."""

    @property
    def kind(self) -> str:
        """Its kind."""


def group_of(kind: str) -> str:
    """What a kind looks like: name, time, address or number."""
    if kind not in KINDS:
        return "name"
    return "time" if kind in MOMENTS else "address" if kind in ADDRESSES else "number"


def stretches(text: str, marks: Sequence[KindSpan], ids: Mapping[int, str] = NO_IDS) -> Iterator[tuple[str, str, str]]:
    """Every part of the text in order with its kind and its label; "" between the marks."""
    last = 0
    for mark in marks:
        yield text[last : mark.start], "", ""
        label = f"{mark.kind} {ids[mark.start]}" if mark.start in ids else mark.kind
        yield text[mark.start : mark.end], mark.kind, label
        last = mark.end
    yield text[last:], "", ""


def entities_page(text: str, marks: Sequence[KindSpan], ids: Mapping[int, str] = NO_IDS, *, title: str) -> str:
    """The text as a page that loads nothing, each mark with its kind.

    marks -- in order, none over another
    ids -- what marks are linked to, by their start
    """
    body = "".join(
        f'<mark class="{group_of(kind)}">{escape(part)}<i>{escape(label)}</i></mark>' if kind else escape(part)
        for part, kind, label in stretches(text, marks, ids)
    )
    counts = Counter(mark.kind for mark in marks)
    legend = ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "nothing"
    return page("tamis.entities:page", title=title, fields={"title": title, "legend": legend, "text": Markup(body)})


def painted(text: str, marks: Sequence[KindSpan], ids: Mapping[int, str] = NO_IDS, *, colours: bool) -> Text:
    """The text for a terminal; without colours each mark stands as [text|kind], or [text|kind id].

    marks -- in order, none over another
    ids -- what marks are linked to, by their start
    """
    from rich.text import Text

    line = Text()
    for part, kind, label in stretches(text, marks, ids):
        visible = _CONTROL.sub("\ufffd", part)
        if not kind:
            line.append(visible)
        elif colours:
            line.append(visible, STYLES[group_of(kind)]).append(f" {label}", "dim")
        else:
            line.append(f"[{visible}|{label}]")
    return line
