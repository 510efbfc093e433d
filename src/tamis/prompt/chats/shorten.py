"""One text, shortened within its budget: its note counts, its risk is judged, and what was done before is remembered.

A pure function of the text, the question and the settings; the memory of what was done before changes no result.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from hashlib import sha256
from threading import Lock
from typing import Any

from tamis.errors import BudgetTooSmall, RiskyResult
from tamis.prompt.chats.note import Pointer, attached, lines_of, longest_note, note
from tamis.prompt.chats.policy import WORTH, Shortening
from tamis.prompt.chats.question import ends
from tamis.prompt.compressor import compress
from tamis.prompt.kinds.kind import PROSE
from tamis.prompt.recovery.originals import encoded, original_id
from tamis.prompt.result import Compression

SPARE = 1.2  # of the tokens that must stay: whole lines and sentences do not fill a budget
_CHANGE = re.compile(r"^(?:\+(?!\+\+ )|-(?!-- ))", re.MULTILINE)  # a line of a diff that says what changed
REMEMBERED = 32 << 20  # characters of texts that are remembered


@dataclass(frozen=True, slots=True)
class Short:
    """What became of a text.

    Attributes:
        text: the short one, with its note; None where the text stays as it is.
        tokens: of it.
        reason: why, in words.
        risk: that it says something else than its source.
    """

    text: str | None
    tokens: int
    reason: str
    risk: float | None = None


class RecentTexts:
    """What became of the texts shortened last. Thread-safe; texts are known by digests."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size, self._taken, self._lock = size, 0, Lock()
        self._texts: OrderedDict[Hashable, Short] = OrderedDict()

    def get(self, key: Hashable) -> Short | None:
        """What is remembered."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
            return self._texts.get(key)

    def put(self, key: Hashable, short: Short) -> None:
        """Remember it, and forget what was not asked for for longest."""
        with self._lock:
            if key not in self._texts:
                self._texts[key] = short
                self._taken += _room(short)
            while self._taken > self._size:
                self._taken -= _room(self._texts.popitem(last=False)[1])


def _room(short: Short) -> int:
    return len(short.text or "") + 300


RECENT = RecentTexts()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a text.

    Attributes:
        question: it is shortened by.
        role: whose it is.
        least: tokens that must stay.
        form: that its call tells; "" where that does not tell.
    """

    question: str | None
    role: str
    least: int = 0
    form: str = ""


def shortened(text: str, wish: Wish, how: Shortening, pointer: Pointer | None) -> Short:
    """The text, shortened; or why it stays as it is."""
    where = pointer("id", "1-2") if pointer else ""
    key = (sha256(encoded(text)).digest(), wish, where, how)
    try:
        hash(key)
    except TypeError:  # options that hold something of the caller's
        return _shortened(text, wish, how, pointer)
    short = RECENT.get(key)
    if short is None:
        short = _shortened(text, wish, how, pointer)
        RECENT.put(key, short)
    return short


def _shortened(text: str, wish: Wish, how: Shortening, pointer: Pointer | None) -> Short:
    original = how.count(text)
    budget = how.budget(original, int(SPARE * wish.least))
    room = budget - how.count("\n" + longest_note(_lines(text), original_id(text), pointer))
    if budget >= WORTH * original or room <= 0:
        return Short(None, original, "too short for what the budget and a note would leave")
    try:
        result = _compressed(text, wish, room, how)
    except (BudgetTooSmall, RiskyResult) as error:
        if how.on_risk == "raise" and isinstance(error, RiskyResult):
            raise
        return Short(None, original, str(error))
    risk = result.risk.score if how.on_risk else None
    if fault := _fault(result, text, how):
        return Short(None, original, fault, risk)
    edits = result.selection.edits
    remark = note(lines_of(text, edits.starts, edits.ends), _lines(text), original_id(text), pointer)
    kind = result.kinds[0].kind if len(result.kinds) == 1 else PROSE
    final = attached(result.text, remark, kind.name, kind.language)
    tokens = how.count(final)
    if tokens > min(budget, WORTH * original):
        return Short(None, original, "it would save too little")
    if tokens < wish.least:
        return Short(None, original, "the chat is too short for a provider's cache")
    return Short(final, tokens, "; ".join((f"by {result.budget}", *result.warnings)), risk)


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n"))


def _fault(result: Compression, text: str, how: Shortening) -> str:
    """Why a compression is not used; "" where it is."""
    if result.source != text:
        return "it holds <keep> tags"
    if not result.text.strip():
        return "nothing of it fits the budget whole"
    if len(result.kinds) == 1 and result.kinds[0].name == "diff" and not _CHANGE.search(result.text):
        return "no hunk of it fits the budget"
    if how.on_risk == "keep" and result.risk.risky:
        return f"shortened it would say something else: {'; '.join(result.risk.reasons[:2])}"
    return ""


def _compressed(text: str, wish: Wish, room: int, how: Shortening) -> Compression:
    """The compression of a text; one that is risky is tried again with nothing but whole sentences and lines."""
    settings: dict[str, Any] = {
        "tokens": room,
        "tokenizer": how.count,
        "method": how.method,
        "model": how.model,
        "keep": ends(text) if wish.role == "user" else (),
        "question": wish.question,
    }
    form = wish.form if wish.form and how.options.form == "auto" else how.options.form
    options = replace(how.options, form=form, on_risk="raise" if how.on_risk == "raise" else None)
    result = compress(text, options=options, style=how.style, **settings)
    if how.on_risk == "keep" and how.style is None and result.risk.risky:
        whole = compress(text, options=options, style="sentences", **settings)
        return whole if whole.text.strip() and not whole.risk.risky else result
    return result
