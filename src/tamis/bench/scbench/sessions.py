"""One context and the questions about it: what every task of the benchmark makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SessionTurn:
    """A question and what answers it.

    Attributes:
        query: the question, to be put behind the context.
        gold: what the answer must say; several where it is a set of names.
        metric: its name in `metrics.METRICS`.
        said: the golden answer as it stands in the history; the gold strings, joined, if not given.
    """

    query: str
    gold: tuple[str, ...]
    metric: str
    said: str = ""

    @property
    def answer(self) -> str:
        """The golden answer as text."""
        return self.said or ", ".join(self.gold)


@dataclass(frozen=True, slots=True)
class Session:
    """A context that several questions share.

    Attributes:
        task: the generator's name in `tasks.TASKS`.
        seed: of the generator; the same task, size and seed give the same session.
        context: what comes first, and what a method compresses.
        turns: the questions, in order.
    """

    task: str
    seed: int
    context: str
    turns: tuple[SessionTurn, ...]


Made: TypeAlias = tuple[str, tuple[SessionTurn, ...]]
"""Context and turns, of a generator."""
