"""How a recipe's settings are read: one TOML file a model, into frozen dataclasses. Knows no model."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - the extra `train` installs tomli on 3.10
    import tomli as tomllib

T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file."""
    values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return values


def build_section(kind: type[T], where: str, values: dict[str, Any]) -> T:
    """The dataclass of a section's values, lists as tuples; `ValueError` names a missing or unknown key."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if names != set(values):
        raise ValueError(f"{where}: missing {sorted(names - set(values))}, unknown {sorted(set(values) - names)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
