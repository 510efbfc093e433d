"""Every conversation by every system, one row each, kept as they come; a run that was killed goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from tamis.bench.memory.index import IndexedConversation
from tamis.bench.memory.systems import SYSTEMS, CachedEncoder
from tamis.bench.memory.tasks import Conversation
from tamis.bench.rows import Advance, collect
from tamis.errors import InvalidInput, unknown
from tamis.io.journal import Row
from tamis.models.protocols import Encoder
from tamis.text.counting import counter

BUDGETS = (500, 1_000, 4_000)


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What is to be measured; two runs of equal plans recall the same turns.

    Attributes:
        systems: names in `SYSTEMS`.
        budgets: tokens that a recall may spend.
        tokenizer: that counts them.
        denoise: whether keys are compressed before they are embedded.
    """

    systems: tuple[str, ...] = tuple(SYSTEMS)
    budgets: tuple[int, ...] = BUDGETS
    tokenizer: str = "cl100k_base"
    denoise: bool = False

    def __post_init__(self) -> None:
        for name in self.systems:
            if name not in SYSTEMS:
                raise unknown("system", name, SYSTEMS)
        if not self.systems or not self.budgets or min(self.budgets) < 1:
            raise InvalidInput("Nothing to measure.", hint="At least one system, and budgets of at least one token.")

    def as_row(self) -> dict[str, Any]:
        """What rows depend on: not which systems, so that a run can be widened."""
        return {name: value for name, value in asdict(self).items() if name != "systems"}


def measure_recall(
    plan: MemoryPlan,
    conversations: Sequence[Conversation],
    folder: Path,
    encoder: Encoder,
    *,
    denoise: Callable[[Sequence[str]], Sequence[str]] | None = None,
    advance: Advance | None = None,
) -> list[Row]:
    """Ask what is not in the folder's journal yet; return all rows of the plan.

    A row has `conversation`, `system`, and `shares`: (questions, budgets) shares of the evidence.

    Args:
        plan: what is to be measured.
        conversations: of `tasks.read_conversations`.
        folder: of the journal; made if need be.
        encoder: of turns and questions.
        denoise: makes the keys of turns, where the plan says so.
        advance: called before each row.

    Raises:
        InvalidInput: two conversations of one name, or the journal is of a run with other settings.
        OutputError: a row cannot be written.
    """
    if len({one.name for one in conversations}) < len(conversations):
        raise InvalidInput("Two conversations have one id.", hint="Give each its own.")
    cached, count = CachedEncoder(encoder), counter(plan.tokenizer)

    @lru_cache(maxsize=1)  # all systems ask one conversation after another
    def indexed(number: int) -> IndexedConversation:
        return IndexedConversation(conversations[number], cached, denoise=denoise if plan.denoise else None)

    def row(number: int, system: str) -> Row:
        shares = indexed(number).evidence_recall(SYSTEMS[system], plan.budgets, count)
        return {"conversation": conversations[number].name, "system": system, "shares": shares.tolist()}

    cells = {
        f"{conversation.name}|{system}|{_mark(conversation)}": partial(row, number, system)
        for number, conversation in enumerate(conversations)
        if conversation.questions
        for system in plan.systems
    }
    return collect(folder, plan.as_row(), cells, advance)


def _mark(conversation: Conversation) -> str:
    """Changes with the conversation: what was measured of another one does not count."""
    return hashlib.sha256(repr(conversation).encode("utf-8", "replace")).hexdigest()[:8]
