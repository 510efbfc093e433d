"""Chats on their way to a provider: shortened, counted, and sent as they are where something goes wrong, if so wished.

A chat that goes on where an earlier one ended is shortened from there: what was sent once is sent the same again,
whatever has happened to the store meanwhile. Knows no client and no protocol but the names of the lists in a request.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from tamis.edge.adapters.chats import ChatShortener
from tamis.errors import unknown
from tamis.prompt.chats import Messages, compress_messages
from tamis.prompt.recovery import open_originals

REMEMBERED = 32  # chats that are gone on with
REASONS = 100  # of failures, the last ones
ON_ERROR = ("send", "raise")
LISTS = {  # the end of a request's path, and what its list of messages is called
    "/chat/completions": "messages",
    "/messages": "messages",
    "/messages/count_tokens": "messages",
    "/responses": "input",
    "/responses/input_tokens": "input",
}


@dataclass
class SentLedger:
    """What was sent, by count of the texts (`tokenizer` of the settings), and what was not shortened because of errors.

    Attributes:
        calls: requests with messages.
        original_tokens, tokens: of all of them, before and after.
        failures: why requests were sent as they were; the last 100.
        last: what came of the last chat.
    """

    calls: int = 0
    original_tokens: int = 0
    tokens: int = 0
    failures: deque[str] = field(default_factory=lambda: deque(maxlen=REASONS))
    last: Messages | None = None

    @property
    def saved(self) -> int:
        """Tokens that were not sent."""
        return self.original_tokens - self.tokens


class SentChats(ChatShortener):
    """`compress_messages` with its settings, for every chat that a client sends. Thread-safe.

    Attributes:
        ledger: what was sent.
        on_error: "send" a chat as it is where it cannot be shortened, or "raise".
    """

    def __init__(self, *, on_error: str = "send", **settings: Any) -> None:
        if on_error not in ON_ERROR:
            raise unknown("on_error", on_error, ON_ERROR)
        if isinstance(settings.get("store"), (str, os.PathLike)):
            settings["store"] = open_originals(settings["store"])  # once, and now: not at the first request
        super().__init__(**settings)
        self.on_error, self.ledger = on_error, SentLedger()
        self._recent: deque[Messages] = deque(maxlen=REMEMBERED)
        self._lock = Lock()

    def request(self, path: str, body: Any) -> Any:
        """The body of a request, with its chat shortened; the same where there is none.

        Raises:
            TamisError: it cannot be shortened, with on_error="raise".
        """
        name = _list_of(path)
        chat = body.get(name) if name and isinstance(body, Mapping) else None
        if isinstance(chat, str) and chat:
            short = self([{"role": "user", "content": chat}])
            return {**body, name: short[0]["content"]}
        return {**body, name: self(chat)} if isinstance(chat, list) and chat else body

    def result(self, messages: Sequence[Any]) -> Messages | None:
        """What `compress_messages` says; None where the chat is sent as it is since something went wrong."""
        chat = list(messages)
        try:
            result = self._shortened(chat)
        except Exception as error:
            self._note(None, f"{type(error).__name__}: {error}")
            if self.on_error == "raise":
                raise
            return None
        self._note(result, "")
        return result

    def _shortened(self, chat: list[Any]) -> Messages:
        with self._lock:
            begun = [one for one in self._recent if one.source and chat[: len(one.source)] == list(one.source)]
        return compress_messages(chat, **self.settings, after=max(begun, key=_length, default=None))

    def _note(self, result: Messages | None, failure: str) -> None:
        with self._lock:
            ledger = self.ledger
            ledger.calls += 1
            ledger.last = result
            if result is None:
                ledger.failures.append(failure)
                return
            ledger.original_tokens += result.original_tokens
            ledger.tokens += result.tokens
            self._recent = deque((one for one in self._recent if one.source != result.source), REMEMBERED)
            self._recent.append(result)


def _length(result: Messages) -> int:
    return len(result.source or ())


def _list_of(path: str) -> str:
    """What the list of messages is called in a request to a path; "" for none.

    Example: "/v1/messages?beta=true" -> "messages"
    """
    return LISTS.get(path.partition("?")[0].rstrip("/").removeprefix("/v1"), "")
