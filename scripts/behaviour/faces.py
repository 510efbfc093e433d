"""The public face itself: names, parameters and defaults of the modules that people import. It calls none of them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from .outcomes import SHORT, Calls
from .places import resolve

FACES = (
    "tamis", "tamis.attention", "tamis.cache", "tamis.memory", "tamis.compat", "core", "errors", "rankers", "segment",
    "position", "search", "scaling", "policies", "wrappers",
)  # fmt: skip


def faces(_: Path) -> Calls:
    """Names, parameters and defaults."""
    for face in FACES:
        yield face, partial(_face, face)
    yield "version", lambda: resolve("tamis").__version__
    yield "dir", lambda: dir(resolve("tamis"))
    yield "unknown", lambda: resolve("tamis").compres


def _face(face: str) -> dict[str, Any]:
    module = resolve(face)
    names = getattr(module, "__all__", None) or [n for n, v in vars(module).items() if _own(n, v)]
    return {name: _shape(getattr(module, name)) for name in sorted(names)}


def _own(name: str, value: Any) -> bool:
    return name[0] != "_" and callable(value) and getattr(value, "__module__", "").startswith("tamis")


def _shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted(map(str, value))
    if not callable(value):
        return _bare(repr(value))[:SHORT]
    members = [n for n in vars(value) if n[0] != "_"] if inspect.isclass(value) else []
    bases = [base.__name__ for base in value.__mro__[1:]] if inspect.isclass(value) else []
    return {"takes": _parameters(value), "members": sorted(members), "bases": bases}


def _parameters(value: Any) -> list[str]:
    try:
        parameters = inspect.signature(value).parameters.values()
        return [_bare(str(p.replace(annotation=p.empty))) for p in parameters]
    except (TypeError, ValueError):
        return ["?"]


def _bare(text: str) -> str:
    """The text without the modules that names of tamis live in: they may move."""
    return re.sub(r"tamis(\.\w+)*\.", "", text)
