"""Plans as JSON, and back (schema `tamis.attention.plan`, version 1); files of text, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from tamis.attention.lists import RowLists
from tamis.errors import InvalidPlan, UnreadableInput
from tamis.io.files import write
from tamis.io.schema import Schema

P = TypeVar("P", bound=RowLists)

SCHEMA = Schema("tamis.attention.plan", 1, InvalidPlan, "No plan: {}...", "A text that BlockPlan.to_json wrote.")
_NUMBERS = ("q_len", "kv_len", "batch", "lists", "block", "n_sink", "n_local")
_LISTS = ("blocks", "first", "columns", "column_first")


def to_json(plan: RowLists) -> str:
    """One line of JSON; padding as 0 and 1."""
    data: dict[str, Any] = {"causal": plan.causal}
    data |= {name: getattr(plan, name) for name in _NUMBERS}
    data |= {name: None if getattr(plan, name) is None else getattr(plan, name).tolist() for name in _LISTS}
    data["valid"] = None if plan.valid is None else plan.valid.int().tolist()
    return SCHEMA.dumps(data, separators=(",", ":"))


def from_json(text: str, make: Callable[..., P]) -> P:
    """The plan that `to_json` wrote, or InvalidPlan; make -- a plan from its fields."""
    data = SCHEMA.loads(text)
    with SCHEMA.reading(text):
        numbers = {name: _number(name, data[name]) for name in _NUMBERS}
        lists = {name: _tensor(data[name]) for name in _LISTS}
        valid = None if data["valid"] is None else torch.tensor(data["valid"], dtype=torch.bool)
        return make(**numbers, **lists, causal=bool(data["causal"]), valid=valid)


def _number(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidPlan(f"{name} is {value!r}.", hint="A whole number.")
    return value


def _tensor(value: list[int] | None) -> Tensor | None:
    return None if value is None else torch.tensor(value, dtype=torch.int32)


def save_text(path: str | Path, text: str) -> None:
    """Write a file, whole or not at all.

    Raises:
        OutputError: it cannot be written; what was there before is untouched.
    """
    write(Path(path), text.encode(), parents=False)


def load_text(path: str | Path) -> str:
    """Read a file.

    Raises:
        UnreadableInput: there is none, or it is no text.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"Cannot read {str(path)!r}: {error}.") from error
