"""From scored turns to a text within a budget: turns by score while they fit, joined to passages, in time order.

The unit that is chosen is the turn, since at equal tokens turns with the scores of their windows and sessions beat
whole windows, segments and sessions (specification, 3.2); turns side by side become one passage. The budget is counted
on the text that is returned, headers included.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

import numpy as np

from tamis.core import Scored, Total, fill
from tamis.memory.recall.index import NONE, Index
from tamis.memory.recall.score import TurnScores
from tamis.memory.recall.wide import best

LOOK = 8  # tokens: no turn is shorter, so a budget of t tokens is filled by the best t / LOOK turns at most
SPARE = 4  # turns looked at beside those
ENOUGH = 2  # budgets' worth of turns that are looked at


@dataclass(frozen=True, slots=True)
class Passage:
    """Turns side by side in one session.

    Attributes:
        text: as it is delivered, "Speaker: text" in each line; the header is not part of it.
        turn_ids: of its turns, in order.
        score: of its best turn.
        session: they belong to.
        segments: the segments they are of, in order.
        speakers: who speaks, in order of appearance.
        start, end: times of its first and last turn that have one.
        offset: where `text` begins in the recalled text.
        why: with `explain`, what the score of its best turn is made of, and the words in common with the question.
    """

    text: str
    turn_ids: tuple[str, ...]
    score: float
    session: str
    segments: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    offset: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """What was recalled.

    Attributes:
        text: the passages under their headers, within the budget; empty where nothing fits or nothing is there.
        passages: in time order.
        tokens: of the text.
        relevance: 0 to 1, the best cosine of question and turn; what is below about 0.25 is hardly about the question.
    """

    text: str
    passages: tuple[Passage, ...]
    tokens: int
    relevance: float = 0.0

    @property
    def turn_ids(self) -> tuple[str, ...]:
        """All turns, in the order of the text."""
        return tuple(ident for passage in self.passages for ident in passage.turn_ids)


def select_turns(index: Index, turn_scores: TurnScores, tokens: int, count: Callable[[str], int]) -> list[int]:
    """Numbers of the turns that fit into a budget, by score; those that do not fit are passed over."""
    order = best(turn_scores.scores, max(tokens, 0) // LOOK + SPARE)
    costs = _costs(index, turn_scores.turns[order].tolist(), tokens, count)
    numbers = turn_scores.turns[order[: len(costs)]].tolist()
    order = order[: len(costs)]
    kept = fill(Scored(tuple(numbers), turn_scores.scores[order], np.array(costs, np.int64)), Total(max(tokens, 0)))
    return [number for number, keep in zip(numbers, kept, strict=True) if keep]


def _costs(index: Index, numbers: Sequence[int], tokens: int, count: Callable[[str], int]) -> list[int]:
    """The cost of each turn with its line end, until they cost twice the budget: the rest would fill gaps only."""
    costs: list[int] = []
    total = 0
    for number in numbers:
        if total > ENOUGH * tokens:
            break
        costs.append(count(line(index, number)) + 1)
        total += costs[-1]
    return costs


def line(index: Index, number: int) -> str:
    """A turn as it is delivered."""
    turn = index.turn(number)
    return f"{turn.speaker}: {turn.text}" if turn.speaker else turn.text


def passages(index: Index, numbers: Sequence[int], scores: dict[int, float]) -> list[Passage]:
    """Turns side by side joined, sessions by their first time, turns of a session in order."""
    members = set(numbers)
    runs: list[list[int]] = []
    for number in sorted(members):  # in a session, numbers rise with the turns
        before = int(index.before.rows[number][1])
        run = next((run for run in reversed(runs) if run[-1] == before), None) if before in members else None
        if run is None:
            runs.append([number])
        else:
            run.append(number)
    return [_passage(index, run, scores) for run in _in_time(index, runs)]


def _in_time(index: Index, runs: list[list[int]]) -> list[list[int]]:
    """Sessions stay together: by the time of the first of their turns that is shown, then as they came."""
    first: dict[int, float] = {}
    for run in runs:
        session = int(index.session.rows[run[0]])
        earliest = min((time for time in index.times.rows[run].tolist() if not math.isnan(time)), default=np.inf)
        first[session] = min(first.get(session, np.inf), earliest)
    sessions = index.session.rows
    return sorted(runs, key=lambda run: (first[int(sessions[run[0]])], int(sessions[run[0]]), run[0]))


def _passage(index: Index, run: list[int], scores: dict[int, float]) -> Passage:
    turns = [index.turn(number) for number in run]
    times = [turn.time for turn in turns if turn.time is not None]
    places = dict.fromkeys(int(index.segment.rows[number]) for number in run)
    return Passage(
        "\n".join(line(index, number) for number in run),
        tuple(turn.id for turn in turns),
        max(scores[number] for number in run),
        turns[0].session,
        tuple(index.segment_name[place] for place in places if place != NONE),
        tuple(dict.fromkeys(turn.speaker for turn in turns if turn.speaker)),
        min(times, default=None),
        max(times, default=None),
    )


def render(pieces: Sequence[Passage], *, headers: bool = True) -> tuple[str, tuple[Passage, ...]]:
    """The text of passages, a header where the session or its day changes, and the passages with their offsets."""
    text, placed, above = "", [], ""
    for passage in pieces:
        header = _header(passage) if headers else ""
        if text:
            text += "\n" if header == above else "\n\n"
        if header and header != above:
            text += header + "\n"
        placed.append(replace(passage, offset=len(text)))
        text += passage.text
        above = header
    return text, tuple(placed)


def _header(passage: Passage) -> str:
    day = "" if passage.start is None else passage.start.astimezone(timezone.utc).strftime("%Y-%m-%d")
    return f"[{', '.join(part for part in (day, passage.session) if part)}]" if day or passage.session else ""


def fit(
    index: Index, turn_scores: TurnScores, tokens: int, count: Callable[[str], int], *, headers: bool = True
) -> tuple[str, tuple[Passage, ...], int]:
    """The text and passages of the best turns that fit, headers and all, and what the text costs.

    Headers are paid for by the turns of least score: as long as the text is too long, the last of them go.
    """
    numbers = select_turns(index, turn_scores, tokens, count)
    scores = dict(zip(turn_scores.turns.tolist(), turn_scores.scores.tolist(), strict=True))
    while numbers:
        text, placed = render(passages(index, numbers, scores), headers=headers)
        cost = count(text)
        if cost <= tokens:
            return text, placed, cost
        numbers = _without(index, numbers, cost - tokens, count)
    return "", (), count("")


def _without(index: Index, numbers: list[int], over: int, count: Callable[[str], int]) -> list[int]:
    """The turns without the last of them, as many as cost what is too much; at least one goes."""
    kept = list(numbers)
    while kept and over > 0:
        over -= count(line(index, kept.pop())) + 1
    return kept
