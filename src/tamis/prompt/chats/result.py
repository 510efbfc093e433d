"""What comes of a chat: the messages, and what was decided about each of their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one text.

    Attributes:
        message: the number of its message.
        path: from the message to the text.
        role: "system", "user", "assistant" or "tool".
        original_tokens, tokens: before and after.
        action: "kept", "shortened", "referred" (it stands above in full), "cut" (left out to stay within the limit).
        reason: why, in words.
        question: what it was shortened by.
        id: of the original in the store; "" where it is not needed, or there is no store.
        risk: of a text that was shortened, 0 to 1.
    """

    message: int
    path: tuple[int | str, ...]
    role: str
    original_tokens: int
    tokens: int
    action: str
    reason: str
    question: str | None = None
    id: str = ""
    risk: float | None = None


@dataclass(frozen=True)
class Messages:
    """A chat that was shortened.

    Attributes:
        messages: what to send, in the shape that was given; a list of its own.
        decisions: on each text, in order.
        tokens, original_tokens: of all that a model reads as text, counted by `tokenizer`; images and the few tokens
            that a provider's format adds are not counted.
        tokenizer: what counted.
        cuts: the numbers of the messages at whose arrival the limit stepped in: the messages before were rewritten
            then, and a provider's cache begins anew. Between two of these every longer chat begins with the shorter.
        warnings: what to be told, in sentences; mostly nothing.
        source, fold: the chat as it was, and what was decided, for the next turn (`after=`).
    """

    messages: list[Any]
    decisions: tuple[Decision, ...]
    tokens: int
    original_tokens: int
    tokenizer: str
    cuts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    source: tuple[Any, ...] | None = field(default=None, repr=False, compare=False)
    fold: Any = field(default=None, repr=False, compare=False)

    @property
    def rate(self) -> float:
        """Kept tokens over original tokens; 1.0 for an empty chat."""
        return self.tokens / self.original_tokens if self.original_tokens else 1.0

    @property
    def saved(self) -> int:
        """Tokens that are gone, by count."""
        return self.original_tokens - self.tokens

    @property
    def shortened(self) -> tuple[Decision, ...]:
        """What is not as it was."""
        return tuple(decision for decision in self.decisions if decision.action != "kept")

    def to_dict(self) -> dict[str, Any]:
        """What `tamis compress --messages --json` prints."""
        figures = {name: getattr(self, name) for name in ("tokens", "original_tokens", "tokenizer")}
        lists: dict[str, Sequence[Any]] = {"cuts": list(self.cuts), "warnings": list(self.warnings)}
        decisions = [asdict(decision) | {"path": list(decision.path)} for decision in self.decisions]
        return {"messages": self.messages, **figures, "rate": round(self.rate, 6), **lists, "decisions": decisions}
