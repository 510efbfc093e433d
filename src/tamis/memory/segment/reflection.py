"""Reflection: rules for the LLM segmenter, learned from its worst mistakes on labelled talks (SeCom, section 2.2).

A textual gradient descent: cut every talk, take those with the largest WindowDiff, show them in small batches beside
the truth, and let the model add one rule a batch and name the talk that shows it best.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools
from tamis.errors import InvalidInput
from tamis.memory.segment.agreement import window_diff
from tamis.memory.segment.llm import LLMSegmenter, numbered
from tamis.memory.types import Turn

TASK = """\
You divide conversations into topical segments, by these rules:
{rules}

Below are conversations with the segments that you found and the true ones, given as the numbers of the turns that
begin a segment. Find what your mistakes have in common. Then add exactly one rule that would have avoided most of them;
you may reword the old rules. Name the conversation that shows the new rule best.

Answer with one JSON object: {{"rules": ["...", ...], "example": NUMBER OF THE CONVERSATION}}

{talks}"""


@dataclass(frozen=True, eq=False)
class LabelledTalk:
    """A labelled talk: (n,) truth."""

    turns: tuple[Turn, ...]
    truth: Bools


def reflect(
    segmenter: LLMSegmenter,
    lessons: Sequence[LabelledTalk],
    *,
    worst: int = 100,
    batches: int = 10,
    progress: Callable[[int, int], None] | None = None,
) -> LLMSegmenter:
    """The segmenter with the rules and examples that it has learned.

    worst -- so many talks, those with the largest WindowDiff, are looked at
    batches -- they are shown in so many batches, each of which adds a rule

    Raises:
        InvalidInput: no talk, or no batch.
        RemoteError: the model cannot be asked.
    """
    if not lessons or batches < 1 or worst < 1:
        raise InvalidInput(f"Nothing to reflect on: {len(lessons)} talks, {worst} worst, {batches} batches.")
    cuts = [segmenter.cut(talk.turns, np.zeros((len(talk.turns), 1), np.float32)) for talk in lessons]
    errors = [window_diff(talk.truth, cut) for talk, cut in zip(lessons, cuts, strict=True)]
    hardest = sorted(range(len(lessons)), key=lambda place: (-errors[place], place))[:worst]
    rules, examples = list(segmenter.rubric), list(segmenter.examples)
    parts = [part.tolist() for part in np.array_split(hardest, min(batches, len(hardest)))]
    for number, part in enumerate(parts, 1):
        batch = [(lessons[place], cuts[place]) for place in part]
        reply = segmenter.complete([{"role": "user", "content": _task(rules, batch)}], 2_000)
        rules, chosen = _read_lesson(reply, rules, len(batch))
        if chosen is not None:
            examples.append((batch[chosen][0].turns, tuple(batch[chosen][0].truth.tolist())))
        if progress is not None:
            progress(number, len(parts))
    return segmenter.guided(rules, examples)


def _task(rules: Sequence[str], batch: Sequence[tuple[LabelledTalk, Bools]]) -> str:
    rule_lines = "\n".join(f"- {rule}" for rule in rules) or "- (none yet)"
    talks = [
        f"Conversation {number}\n{numbered(lesson.turns)}\nfound: {_starts(cut)}\ntrue: {_starts(lesson.truth)}"
        for number, (lesson, cut) in enumerate(batch)
    ]
    return TASK.format(rules=rule_lines, talks="\n\n".join(talks))


def _starts(opens: Bools) -> list[int]:
    return [0, *(np.flatnonzero(opens[1:]) + 1).tolist()]


def _read_lesson(reply: str, rules: Sequence[str], count: int) -> tuple[list[str], int | None]:
    """The rules after an answer, at most one more than before, and the example; the old ones if it cannot be read."""
    match = re.search(r"\{.*\}", reply, re.S)
    try:
        answer = json.loads(match[0]) if match else {}
        new = [" ".join(rule.split()) for rule in answer["rules"] if isinstance(rule, str) and rule.strip()]
    except (ValueError, KeyError, TypeError):
        return list(rules), None
    chosen = answer.get("example")
    fits = isinstance(chosen, int) and not isinstance(chosen, bool) and 0 <= chosen < count
    return (new[: len(rules) + 1] if len(new) >= len(rules) else list(rules)), chosen if fits else None
