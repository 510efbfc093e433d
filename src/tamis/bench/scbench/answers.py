"""What was asked and answered, of each task's first context: a score is believed once its answers were read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tamis.io.journal import Row
from tamis.io.page import escape

QUESTIONS = 2  # of each task
LONGEST = 300  # characters of an answer


def answers(rows: Sequence[Row]) -> str:
    """A table for each task: its first questions, the golden answers, and what each method made the model say."""
    tasks = dict.fromkeys(row["task"] for row in rows)
    return "".join(_task(task, [row for row in rows if row["task"] == task]) for task in tasks)


def _task(task: str, rows: Sequence[Row]) -> str:
    """The first context in the first mode, folded."""
    first = [row for row in rows if (row["seed"], row["mode"]) == (rows[0]["seed"], rows[0]["mode"])]
    many = min(QUESTIONS, len(first[0]["turns"]))
    parts = "".join(_question(number, first) for number in range(many))
    return f"<details><summary>{escape(task)}</summary><table class=answers>{parts}</table></details>"


def _question(number: int, rows: Sequence[Row]) -> str:
    turn = rows[0]["turns"][number]
    head = (
        f"<tr><th colspan=3>{_cut(turn.get('query', ''))}</th></tr>"
        f"<tr><td>golden</td><td></td><td>{_cut(turn.get('gold', ''))}</td></tr>"
    )
    return head + "".join(_answer(row["method"], row["turns"][number]) for row in rows)


def _answer(method: str, turn: dict[str, Any]) -> str:
    return f"<tr><td>{escape(method)}</td><td>{100 * turn['score']:.0f}</td><td>{_cut(turn['answer'])}</td></tr>"


def _cut(text: str) -> str:
    return escape(text if len(text) <= LONGEST else f"{text[:LONGEST]} \u2026")
