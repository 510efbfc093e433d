"""Evidence recall: the share of the turns that hold an answer among those recalled within a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Floats
from tamis.memory.recall import Budget, Encoder, Index, Options, recall
from tamis.memory.recall.ask import without_names
from tamis.memory.types import Changes, Entry, Turn


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the ids of the turns that answer it (never empty), and its kind."""

    text: str
    evidence: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order, and what is asked about them."""

    name: str
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]


def evidence_recall(
    conversation: Conversation,
    budgets: Sequence[int],
    *,
    encoder: Encoder,
    count: Callable[[str], int],
    options: Options | None = None,
) -> Floats:
    """(questions, budgets) share of each question's evidence that was recalled."""
    index = _index(conversation.turns, encoder)
    now = max((turn.time for turn in conversation.turns if turn.time is not None), default=None)
    found = np.zeros((len(conversation.questions), len(budgets)))
    for row, question in enumerate(conversation.questions):
        for column, tokens in enumerate(budgets):
            budget = Budget(tokens, count)
            got = recall(index, question.text, budget, encoder=encoder, now=now, options=options).turn_ids
            found[row, column] = np.mean([ident in got for ident in question.evidence])
    return found


def _index(turns: Sequence[Turn], encoder: Encoder) -> Index:
    names = sorted({turn.speaker for turn in turns})
    vectors = encoder.vectors([without_names(turn.text, names) for turn in turns]).astype(np.float16)
    entries = (Entry(turn, turn.text, vector, "bench") for turn, vector in zip(turns, vectors, strict=True))
    index = Index()
    index.apply(Changes(1, reset=True, added=tuple(entries)))
    return index
