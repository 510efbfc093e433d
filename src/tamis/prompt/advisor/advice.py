"""`advise`: whether shortening a chat pays, given what the provider's cache holds and how long the chat may go on.

What was, is counted: tokens by the target's tokenizer, costs by replay. What comes is an estimate, and is called one:
so many requests more, each adding what those so far added on average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from tamis.errors import InvalidInput, unknown
from tamis.prompt.advisor.prices import MILLION, Prices, Tariff, tariff_of
from tamis.prompt.advisor.session import Bill, replay, requests, tokens_of
from tamis.prompt.chats import Policy, compress_messages
from tamis.text.counting import NamedCounter, TokenCounter, counter

CACHED = ("raw", "short", "nothing")
LEAVE, COMING, ALL = "leave", "shorten what comes", "shorten"
WORTH = 0.98  # of the cost of leaving it, that the best other choice must not exceed


@dataclass(frozen=True)
class Advice:
    """Whether to shorten a chat, and why.

    Attributes:
        verdict: "shorten" (all of it), "shorten what comes" (the messages that the cache does not hold yet) or "leave".
        why: in a sentence.
        dollars: of the input of the coming requests, by what is done: estimated from those so far.
        tokens, original_tokens: of the chat now, shortened and as it is; counted.
        history: what the input so far cost or would have cost: "none" as it is, "ours" shortened all along; counted.
        turns: the requests that are expected to come.
        growth: tokens that each adds: as it is, and shortened.
        seconds: that shortening took, for all of it; measured.
        latency: seconds that each coming request is faster for the tokens that it has not to read, less what shortening
            takes; None where the speed of the model was not given.
        tariff: the prices.
    """

    verdict: str
    why: str
    dollars: Mapping[str, float]
    tokens: int
    original_tokens: int
    history: Mapping[str, Bill]
    turns: int
    growth: tuple[float, float]
    seconds: float
    latency: float | None
    tariff: Tariff

    @property
    def ratio(self) -> float:
        """What the advice costs, over leaving the chat as it is."""
        return self.dollars[self.verdict] / self.dollars[LEAVE] if self.dollars[LEAVE] else 1.0

    def to_dict(self) -> dict[str, Any]:
        """What `tamis advise --json` prints."""
        return asdict(self) | {"ratio": self.ratio, "growth": list(self.growth)}

    def __str__(self) -> str:
        past = {name: f"${one.dollars:.4f}" for name, one in self.history.items()}
        choices = ", ".join(f"{name} ${cost:.4f}" for name, cost in self.dollars.items())
        speed = "" if self.latency is None else f"\nlatency: {-self.latency:+.2f} s a request"
        return (
            f"{self.verdict}: {self.why}\n"
            f"now: {self.original_tokens:,} -> {self.tokens:,} tokens, counted, in {self.seconds:.2f} s\n"
            f"so far, {self.history['none'].requests} requests: {past['none']} as it is, "
            f"{past['ours']} shortened all along\n"
            f"next {self.turns} requests, estimated: {choices}{speed}\n"
            f"prices: {self.tariff.model}, {self.tariff.source} ({self.tariff.date})"
        )


def advise(  # noqa: PLR0913  (the public face)
    messages: Sequence[Any],
    *,
    model: str = "claude-sonnet-4.6",
    prices: Prices | None = None,
    turns: int | None = None,
    cached: str = "raw",
    prefill: float | None = None,
    tokenizer: str | TokenCounter = "o200k_base",
    **settings: Any,
) -> Advice:
    """Say whether shortening a chat pays, with the provider's cache in mind.

    Args:
        messages: the chat so far, as it is, as for `compress_messages`.
        model: whose prices count; `tamis.prompt.advisor.tariffs()` are known.
        prices: your own: rows, a `Tariff` or a JSON file.
        turns: the requests that will come; None = as many as there were, at least one.
        cached: what the provider's cache holds of it: "raw" (it was sent as it is), "short" (it was sent shortened all
            along), "nothing" (nothing was sent, or the cache has expired).
        prefill: tokens a second that the model reads, measured by you; None = nothing is said of its time.
        tokenizer: the model's.
        settings: as for `compress_messages`: rate, policy, method and so on; without a policy, the chat keeps the
            tokens from which on the model's cache begins (`Policy.floor`).

    Raises:
        InvalidInput: no chat, or a setting that cannot be used. UnknownName: no prices for that model.

    Example: print(advise(chat, turns=20))
    """
    _check(turns, cached, prefill)
    tariff, count = tariff_of(model, prices), counter(tokenizer)
    settings.setdefault("policy", Policy(floor=tariff.minimum))
    started = perf_counter()
    short = compress_messages(messages, tokenizer=count, **settings)
    seconds = perf_counter() - started
    case = _case(list(messages), short.messages, tariff, count, turns, cached)
    dollars = case.dollars()
    verdict = _verdict(dollars)
    history = {name: replay(messages, tariff, name, tokenizer=count, **settings) for name in ("none", "ours")}
    latency = None if prefill is None else (case.growth[0] - case.growth[1]) / prefill - seconds / case.requests
    return Advice(
        verdict,
        case.why(verdict, dollars),
        dollars,
        sum(case.short),
        sum(case.raw),
        history,
        case.turns,
        case.growth,
        seconds,
        latency,
        tariff,
    )


def _check(turns: object, cached: object, prefill: float | None) -> None:
    if cached not in CACHED:
        raise unknown("state of the cache", cached, CACHED)
    if turns is not None and (isinstance(turns, bool) or not isinstance(turns, int) or turns < 1):
        raise InvalidInput(f"turns is a number of requests, at least 1, got {turns!r}.")
    if prefill is not None and not prefill > 0:
        raise InvalidInput(f"prefill is a number of tokens a second, got {prefill!r}.")


@dataclass(frozen=True)
class _Case:
    """What the choices are about.

    Attributes:
        raw, short: tokens of each message.
        sent: messages that the cache holds.
        same: messages that are the same in both, from the beginning on.
        requests, turns: so far, and to come.
        held_short: whether the cache holds the short messages.
    """

    tariff: Tariff
    raw: list[int]
    short: list[int]
    sent: int
    same: int
    requests: int
    turns: int
    held_short: bool

    @property
    def growth(self) -> tuple[float, float]:
        """Tokens that a request adds on average, as it is and shortened."""
        return sum(self.raw) / self.requests, sum(self.short) / self.requests

    def dollars(self) -> dict[str, float]:
        """The input of the coming requests, by what is done."""
        before, rest = slice(self.sent), slice(self.sent, None)
        common = sum(self.raw[: min(self.sent, self.same)])
        raw, short = sum(self.raw[before]), sum(self.short[before])
        costs = {LEAVE: self._coming(sum(self.raw), common if self.held_short else raw, self.growth[0])}
        if not self.held_short and self.sent:
            costs[COMING] = self._coming(raw + sum(self.short[rest]), raw, self.growth[1])
        costs[ALL] = self._coming(sum(self.short), short if self.held_short else common, self.growth[1])
        return costs

    def _coming(self, prompt: float, held: float, growth: float) -> float:
        """What the coming requests cost: what is held is read, what is new written, and then that is held, too."""
        dollars = 0.0
        for _ in range(self.turns):
            read = held if held >= self.tariff.minimum else 0.0
            fresh = self.tariff.write if prompt >= self.tariff.minimum else self.tariff.input
            dollars += (read * self.tariff.read + (prompt - read) * fresh) / MILLION
            held, prompt = prompt, prompt + growth
        return dollars

    def why(self, verdict: str, dollars: Mapping[str, float]) -> str:
        """The reason for a verdict, in a sentence."""
        left, total = sum(self.short), sum(self.raw)
        over = {name: cost / dollars[LEAVE] if dollars[LEAVE] else 1.0 for name, cost in dollars.items()}
        if left >= total:
            return "nothing of it would become shorter."
        held = f"the cache holds the first {self.sent} messages as they are, {sum(self.raw[: self.sent]):,} tokens"
        if verdict == ALL:
            return f"{total - left:,} of {total:,} tokens go, and the input costs {over[ALL]:.2f}x."
        if verdict == COMING:
            return f"{held}: to rewrite them costs {over[ALL]:.2f}x, to shorten only what comes {over[COMING]:.2f}x."
        best = min(cost for name, cost in over.items() if name != LEAVE)
        if over[ALL] > 1:
            return f"do not shorten: {held}; written anew, it would cost {over[ALL]:.2f}x (at best {best:.2f}x)."
        return f"do not shorten: it would save {1 - best:.1%} of the input."


def _case(
    messages: list[Any], short: list[Any], tariff: Tariff, count: NamedCounter, turns: int | None, cached: str
) -> _Case:
    sizes = requests(messages)
    pending = bool(sizes) and sizes[-1] == len(messages)  # a request that is still to be sent
    done = sizes[:-1] if pending else sizes
    same = next((i for i, (a, b) in enumerate(zip(messages, short, strict=True)) if a != b), len(messages))
    return _Case(
        tariff,
        [tokens_of(message, count) for message in messages],
        [tokens_of(message, count) for message in short],
        done[-1] if done and cached != "nothing" else 0,
        same,
        max(len(sizes), 1),
        turns or max(len(sizes), 1),
        cached == "short",
    )


def _verdict(dollars: Mapping[str, float]) -> str:
    """The cheapest choice, if it is cheaper by something than leaving the chat as it is."""
    best = min(dollars, key=lambda name: (dollars[name], name != LEAVE))
    return best if dollars[best] <= WORTH * dollars[LEAVE] and dollars[LEAVE] > 0 else LEAVE
