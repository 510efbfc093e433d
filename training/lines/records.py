"""Examples of data: made-up records as JSON, CSV or a shell's table, and a question about one of them.

The question names a record by what it is called and asks for one of its fields; the line that answers is needed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence

from training.lines.examples import LineExample

NAMES = (
    *("amber", "birch", "cedar", "dahlia", "ember", "fjord", "garnet", "hazel"),
    *("indigo", "juniper", "kestrel", "lotus", "maple", "nimbus", "opal"),
)
ROLES = ("gateway", "worker", "billing", "search", "mailer", "cache", "scheduler", "ingest", "report", "auth")
STATES = ("running", "running", "running", "running", "stopped", "failed")
QUESTIONS = (
    "What is the {field} of {name}?",
    "Why does {name} report another {field} than yesterday? Look it up.",
    "Set the alarm by the {field} of {name}.",
)
FIELDS = ("state", "port", "memory", "owner")


def records(count: int, seed: int = 0) -> Iterator[LineExample]:
    """So many examples, one form after another."""
    dice = random.Random(seed)
    for number in range(count):
        rows = _rows(dice, dice.randint(25, 60))
        row, field = dice.choice(rows), dice.choice(FIELDS)
        task = dice.choice(QUESTIONS).format(field=field, name=row["name"])
        kind, lines = (("json", _json(rows)), ("csv", _csv(rows)), ("shell", _table(rows)))[number % 3]
        wanted = f'"name": "{row["name"]}"' if kind == "json" else str(row["name"])
        relevant = tuple(i for i, line in enumerate(lines) if wanted in line)
        yield LineExample(kind, f"records-{seed}-{number}", task, "\n".join(lines) + "\n", relevant)


def _rows(dice: random.Random, count: int) -> list[dict[str, object]]:
    pairs = dice.sample([f"{name}-{role}" for name in NAMES for role in ROLES], count)
    return [
        {
            "name": pair,
            "state": dice.choice(STATES),
            "port": dice.randint(2000, 9999),
            "memory": dice.randint(40, 2000),
            "owner": dice.choice(NAMES),
        }
        for pair in pairs
    ]


def _json(rows: Sequence[dict[str, object]]) -> list[str]:
    """A record a line, as many services answer."""
    bodies = [json.dumps(row) for row in rows]
    return ["[", *(f"  {body}," for body in bodies[:-1]), f"  {bodies[-1]}", "]"]


def _csv(rows: Sequence[dict[str, object]]) -> list[str]:
    return [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]


def _table(rows: Sequence[dict[str, object]]) -> list[str]:
    """Columns as a shell prints them."""
    cells = [[name.upper() for name in rows[0]], *([str(value) for value in row.values()] for row in rows)]
    return ["  ".join(cell.ljust(22) for cell in row).rstrip() for row in cells]
