"""A chat, played again request by request: what its input costs with a prompt cache, by what is done to it.

A request is sent wherever the model answered, and at the end. What it has in common with the one before it, from the
beginning on, is read from the cache; the rest is written into it. That the cache has not expired is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from tamis.errors import unknown
from tamis.prompt.advisor.prices import MILLION, Tariff
from tamis.prompt.chats import Messages, compress_messages
from tamis.text.counting import NamedCounter, TokenCounter, counter
from tamis.text.messages import ROLES, Path, member, other_texts, slots, with_texts, written

FRESH = 3  # results that "clear" leaves alone
CLEARED = "[Old result of a tool, cleared.]"
Prompt: TypeAlias = "Sequence[Any]"
Strategy: TypeAlias = "Callable[[Sequence[Any], Sequence[int], Mapping[str, Any]], list[list[Any]]]"


@dataclass(frozen=True, slots=True)
class Bill:
    """What the input of a session came to.

    Attributes:
        requests: how many.
        read, wrote: tokens that came from the cache, and that did not.
        dollars: for all of them.
    """

    requests: int
    read: int
    wrote: int
    dollars: float


def requests(messages: Sequence[Any]) -> list[int]:
    """How many messages each request had: up to every answer of the model, and at the end all, unless it answered."""
    sizes, answering = [], True
    for number, message in enumerate(messages):
        answer = is_answer(message)
        if answer and not answering:
            sizes.append(number)
        answering = answer
    return sizes if answering or not messages else [*sizes, len(messages)]


def is_answer(message: Any) -> bool:
    """Whether the model wrote it."""
    kind = member(message, "type")
    calls = isinstance(kind, str) and (kind in ("function_call", "reasoning") or kind.endswith("_call"))
    return calls or ROLES.get(str(member(message, "role"))) == "assistant"


def tokens_of(message: Any, count: NamedCounter) -> int:
    """What a model reads of a message as text, in tokens."""
    texts = slots(message, 0)
    paths = frozenset(slot.path for slot in texts)
    return count(other_texts(message, paths)) + sum(count(slot.text) for slot in texts)


def bill(prompts: Sequence[Prompt], tariff: Tariff, count: NamedCounter) -> Bill:
    """What a row of requests costs."""
    costs: dict[str, int] = {}
    read = wrote = 0
    dollars = 0.0
    before: list[str] = []
    for prompt in prompts:
        keys = [written(message) for message in prompt]
        costs.update({key: tokens_of(m, count) for key, m in zip(keys, prompt, strict=True) if key not in costs})
        shared = min(len(before), len(keys))
        common = next((i for i in range(shared) if before[i] != keys[i]), shared)
        total, held = sum(costs[key] for key in keys), sum(costs[key] for key in keys[:common])
        held = held if held >= tariff.minimum else 0
        fresh = tariff.write if total >= tariff.minimum else tariff.input
        read, wrote, before = read + held, wrote + total - held, keys
        dollars += (held * tariff.read + (total - held) * fresh) / MILLION
    return Bill(len(prompts), read, wrote, dollars)


def _none(messages: Sequence[Any], sizes: Sequence[int], _: Mapping[str, Any]) -> list[list[Any]]:
    return [list(messages[:size]) for size in sizes]


def _ours(messages: Sequence[Any], sizes: Sequence[int], settings: Mapping[str, Any]) -> list[list[Any]]:
    prompts: list[list[Any]] = []
    last: Messages | None = None
    for size in sizes:
        last = compress_messages(list(messages[:size]), after=last, **settings)
        prompts.append(last.messages)
    return prompts


def _afresh(messages: Sequence[Any], sizes: Sequence[int], settings: Mapping[str, Any]) -> list[list[Any]]:
    """Every result anew for each request, by the newest question."""
    prompts = []
    for size in sizes:
        some = list(messages[:size])
        newest = compress_messages(some, **settings)
        question = next((d.question for d in reversed(newest.decisions) if d.question), None)
        prompts.append(compress_messages(some, **{**settings, "question": question}).messages)
    return prompts


def _clear(messages: Sequence[Any], sizes: Sequence[int], _: Mapping[str, Any]) -> list[list[Any]]:
    """The results of tools but the last few are cleared."""
    return [_cleared(messages[:size]) for size in sizes]


def _cleared(messages: Sequence[Any]) -> list[Any]:
    results = [s for number, message in enumerate(messages) for s in slots(message, number) if s.role == "tool"]
    old: dict[int, dict[Path, str]] = {}
    for slot in results[: max(len(results) - FRESH, 0)]:
        old.setdefault(slot.message, {})[slot.path] = CLEARED
    return [with_texts(message, old[i]) if i in old else message for i, message in enumerate(messages)]


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {"none": _none, "ours": _ours, "afresh": _afresh, "clear": _clear}
)
"""What may be done to a chat: nothing, what `compress_messages` does, all of it anew each time, old results cleared."""


def replay(
    messages: Sequence[Any],
    tariff: Tariff,
    strategy: str = "none",
    *,
    tokenizer: str | TokenCounter = "o200k_base",
    **settings: Any,
) -> Bill:
    """What the input of a session cost, had this been done to it.

    settings -- of `compress_messages`

    Raises:
        UnknownName: no such strategy.
    """
    if strategy not in STRATEGIES:
        raise unknown("strategy", strategy, STRATEGIES)
    sizes = requests(messages)
    prompts = STRATEGIES[strategy](messages, sizes, {**settings, "tokenizer": tokenizer})
    return bill(prompts, tariff, counter(tokenizer))
