"""What may be written into a memory: secrets are masked, copies and what was only recalled are not stored as news.

Works on texts and tables; knows neither stores nor vectors. Every decision has a reason that the caller gets to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tamis.errors import InvalidTurn, unknown
from tamis.memory.guard.patterns import BOILERPLATE, INSTRUCTIONS, OUTSIDE
from tamis.memory.guard.seen import Delivered, Seen
from tamis.memory.types import Turn
from tamis.text.secrets import SECRETS

_POLICIES = {
    "secrets": ("mask", "refuse", "allow"),
    "duplicates": ("skip", "flag", "allow"),
    "near": ("skip", "flag", "allow"),
    "boilerplate": ("flag", "skip", "allow"),
    "recalled": ("skip", "flag", "allow"),
    "instructions": ("flag", "skip", "allow"),
}


@dataclass(frozen=True, slots=True)
class WriteGuard:
    """What is done about what the guard notices.

    Attributes:
        secrets: "mask" (before anything is written), "refuse" (`InvalidTurn`), "allow".
        duplicates: the same words by the same speaker once more: "skip", "flag", "allow".
        near: nearly the same words as one of the last turns: "flag", "skip", "allow".
        boilerplate: greetings, "ok", signatures: "flag", "skip", "allow".
        recalled: what `recall` has given before and comes back: "skip", "flag", "allow".
        instructions: orders in the text of tools and retrieval: "flag", "skip", "allow".
        orders: whether a text gives orders to a model; without it, a few patterns decide. `tamis.guard` reads more:
            `lambda text: guard.check(text, where="tool").flagged`.
    """

    secrets: str = "mask"
    duplicates: str = "skip"
    near: str = "flag"
    boilerplate: str = "flag"
    recalled: str = "skip"
    instructions: str = "flag"
    orders: Callable[[str], bool] | None = None

    def __post_init__(self) -> None:
        for name, policies in _POLICIES.items():
            if getattr(self, name) not in policies:
                raise unknown(f"policy for {name}", getattr(self, name), policies)


STANDARD = WriteGuard()
"""What is done unless told otherwise."""
OFF = replace(STANDARD, **dict.fromkeys(_POLICIES, "allow"))  # type: ignore[arg-type]  # (names of policies)
"""Stores everything as it is."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A turn as it may be stored, secrets masked, and the kinds of secrets that were found."""

    turn: Turn
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WriteVerdict:
    """What the guard says of a turn.

    Attributes:
        turn: as it may be stored, secrets masked.
        flags: what was noticed.
        skipped: why it is not stored; empty where it is.
    """

    turn: Turn
    flags: tuple[str, ...] = ()
    skipped: str = ""


def screen(turn: Turn, guard: WriteGuard) -> Screened:
    """The turn without its secrets; what can be said of a turn alone, before anything is made of it.

    Raises:
        InvalidTurn: a secret, where the policy is "refuse"; the message names its kind, never the secret.
    """
    if guard.secrets == "allow":
        return Screened(turn)
    text, kinds = masked(turn.text)
    if kinds and guard.secrets == "refuse":
        hint = "Remove it, or let it be masked: WriteGuard(secrets='mask')."
        raise InvalidTurn(f"A turn of {turn.speaker!r} holds a secret ({', '.join(kinds)}).", hint=hint)
    return Screened(replace(turn, text=text) if kinds else turn, kinds)


def judge(screened: Screened, guard: WriteGuard, seen: Iterable[Seen], delivered: Delivered) -> WriteVerdict:
    """What is to be done with a turn, given what was said and recalled before."""
    turn, seen, orders = screened.turn, tuple(seen), guard.orders or is_instruction
    flags = ["secret-masked"] if screened.kinds else []
    looks: tuple[tuple[str, str, Callable[[], bool]], ...] = (
        ("recalled", "recalled", lambda: delivered.says(turn.text)),
        ("duplicates", "duplicate", lambda: any(log.copy_of(turn) for log in seen)),
        ("near", "near-duplicate", lambda: any(log.near(turn) for log in seen)),
        ("boilerplate", "boilerplate", lambda: is_boilerplate(turn.text)),
        ("instructions", "instruction", lambda: turn.speaker.lower() in OUTSIDE and orders(turn.text)),
    )
    for name, flag, applies in looks:
        policy = getattr(guard, name)
        if policy == "allow" or not applies():
            continue
        if policy == "skip":
            return WriteVerdict(turn, tuple(flags), flag)
        if not (flag == "near-duplicate" and "duplicate" in flags):
            flags.append(flag)
    return WriteVerdict(turn, tuple(flags))


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with every secret replaced by "[KIND removed]", and the kinds that were found.

    Example: "my key is AKIAIOSFODNN7EXAMPLE" -> "my key is [aws key removed]", ("aws key",)
    """
    kinds: list[str] = []
    for secret in SECRETS:
        for start, end in reversed(list(secret.spans(text))):
            text = f"{text[:start]}[{secret.name} removed]{text[end:]}"
            kinds.append(secret.name)
    return text, tuple(dict.fromkeys(kinds))


def is_boilerplate(text: str) -> bool:
    """Whether nothing is said: greetings, thanks, "ok", a signature."""
    return len(text) <= 80 and BOILERPLATE.fullmatch(text.strip()) is not None


def is_instruction(text: str) -> bool:
    """Whether the text gives orders to a model."""
    return any(pattern.search(text) for pattern in INSTRUCTIONS)


__all__ = [
    "OFF",
    "STANDARD",
    "Delivered",
    "Screened",
    "Seen",
    "WriteGuard",
    "WriteVerdict",
    "is_boilerplate",
    "is_instruction",
    "judge",
    "masked",
    "screen",
]
