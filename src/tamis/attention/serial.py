"""Plans as JSON, and back (schema `tamis.attention.plan`, version 1); files of text, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from tamis.attention.lists import RowLists
from tamis.errors import InvalidPlan, UnreadableInput
from tamis.io.files import write

P = TypeVar("P", bound=RowLists)

SCHEMA, VERSION = "tamis.attention.plan", 1
_NUMBERS = ("q_len", "kv_len", "batch", "lists", "block", "n_sink", "n_local")
_LISTS = ("blocks", "first", "columns", "column_first")


def to_json(plan: RowLists) -> str:
    """One line of JSON; padding as 0 and 1."""
    fields: dict[str, Any] = {"schema": SCHEMA, "version": VERSION, "causal": plan.causal}
    fields |= {name: getattr(plan, name) for name in _NUMBERS}
    fields |= {name: None if getattr(plan, name) is None else getattr(plan, name).tolist() for name in _LISTS}
    fields["valid"] = None if plan.valid is None else plan.valid.int().tolist()
    return json.dumps(fields, separators=(",", ":"))


def from_json(text: str, make: Callable[..., P]) -> P:
    """The plan that `to_json` wrote, or InvalidPlan; make -- a plan from its fields."""
    try:
        data = json.loads(text)
        if (data["schema"], data["version"]) != (SCHEMA, VERSION):
            raise InvalidPlan(f"Schema {data['schema']!r}, version {data['version']!r}.", hint=f"{SCHEMA}, {VERSION}.")
        numbers = {name: _number(name, data[name]) for name in _NUMBERS}
        lists = {name: _tensor(data[name]) for name in _LISTS}
        valid = None if data["valid"] is None else torch.tensor(data["valid"], dtype=torch.bool)
        return make(**numbers, **lists, causal=bool(data["causal"]), valid=valid)
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError, OverflowError, RecursionError) as error:
        if isinstance(error, InvalidPlan):
            raise
        raise InvalidPlan(f"No plan: {text[:60]!r}...", hint="A text that BlockPlan.to_json wrote.") from error


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
