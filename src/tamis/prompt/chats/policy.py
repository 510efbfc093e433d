"""Which texts of a chat are shortened, and how far."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tamis.core import Ratio
from tamis.errors import InvalidBudget, InvalidInput, unknown
from tamis.prompt.options import ON_RISK, Options
from tamis.text.counting import NamedCounter

RATE = 0.3
WORTH = 0.9  # a text is only replaced by one of at most so much of its tokens
SHARE = 4  # no single text takes more than a fourth of the limit


@dataclass(frozen=True, slots=True)
class Policy:
    """From how many tokens on texts are shortened, by whose they are; None = never.

    Attributes:
        tool: results of tools.
        user: what users send; its first and last paragraph stay.
        assistant: what the model said.
        system: instructions.
        errors: also results that say that a call failed.
        repeats: a result that stands above in full already becomes a reference to it.
        floor: tokens that the chat keeps before anything is shortened below them: from so many on providers cache a
            beginning (1,024 with most; 4,096 with some), and to be read from a cache is cheaper than to be short.
    """

    tool: int | None = 200
    user: int | None = 4_000
    assistant: int | None = None
    system: int | None = None
    errors: bool = False
    repeats: bool = True
    floor: int = 1_024

    def least(self, role: str) -> int | None:
        """The tokens from which on a text of a role is shortened."""
        least: int | None = getattr(self, role)
        return least


@dataclass(frozen=True)
class Shortening:
    """How a text is shortened: the arguments of `compress_messages` that say so, checked."""

    rate: float | None
    tokens: int | None
    count: NamedCounter
    method: object
    model: str | None
    options: Options
    style: str | None
    question: str | None
    on_risk: str | None
    limit: int | None

    def budget(self, original: int, least: int = 0) -> int:
        """The tokens that a text of so many tokens may keep; `least` that it keeps whatever its rate says."""
        share = original if self.rate is None else int(self.rate * original + 1e-9)
        most = max(min([share, *([self.tokens] if self.tokens is not None else [])]), least)
        return min([most, *([self.limit // SHARE] if self.limit else [])])


def check_policy(policy: Policy) -> None:
    """Raise `InvalidInput` for a policy that makes no sense."""
    if not isinstance(policy, Policy):
        raise InvalidInput(f"A policy is a tamis.prompt.chats.Policy, got {policy!r:.80}.")
    if isinstance(policy.floor, bool) or not isinstance(policy.floor, int) or policy.floor < 0:
        raise InvalidInput(f"policy.floor is a number of tokens, got {policy.floor!r}.")
    for name in [field.name for field in fields(policy)][:4]:
        least = getattr(policy, name)
        if least is not None and (isinstance(least, bool) or not isinstance(least, int) or least < 0):
            raise InvalidInput(f"policy.{name} is a number of tokens, or None for never, got {least!r}.")


def check_budget(rate: float | None, tokens: int | None, limit: int | None, on_risk: str | None) -> float | None:
    """Check what says how far texts are shortened; the rate, which has a default where nothing is said.

    Raises:
        InvalidBudget: a number out of range, or both rate and tokens. UnknownName: no such answer to a risk.
    """
    if on_risk is not None and on_risk not in ON_RISK:
        raise unknown("on_risk", on_risk, ON_RISK)
    if rate is not None and tokens is not None:
        raise InvalidBudget("Give one of rate and tokens, not both.")
    for name, value, least in (("tokens", tokens, 0), ("limit", limit, 1)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise InvalidBudget(f"{name} must be a whole number of at least {least}, got {value!r}.")
    if rate is None:
        return RATE if tokens is None else None
    return Ratio(rate).share
