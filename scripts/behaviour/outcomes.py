"""What a call gave, as JSON: values rounded, what differs between runs masked, long ones kept as a digest.

It writes down one outcome; which calls there are and what is compared is said elsewhere.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from .places import ROOT, resolve

SHORT, BEGINNING = 400, 200
Calls: TypeAlias = Iterator[tuple[str, Callable[[], object]]]
Outcomes: TypeAlias = dict[str, Any]


@dataclasses.dataclass
class Masks:
    """What differs between runs and trees, and what stands for it."""

    literals: dict[str, str]
    patterns: tuple[tuple[str, str], ...] = (
        (r"<src>[^\s\"']*", "<path>"),
        (r"127\.0\.0\.1:\d+", "<host>"),
        (r"0x[0-9a-f]{6,}", "<address>"),
        (r"\bmark [0-9a-f]{20}\b", "mark <mark>"),  # of a training: it depends on where its folder is
        (r"(?<![\w.])\d[\d,.]*(?:e-\d+)? ?(?:ms|s|sec|seconds|minutes)\b", "<time>"),
        (r"(?<![\w.])\d[\d,.]* (?:tokens|turns|words)(?:/s| a second)", "<speed>"),
    )

    def __call__(self, text: str) -> str:
        """The text without them."""
        for literal, sign in self.literals.items():
            text = text.replace(literal, sign)
        for pattern, sign in self.patterns:
            text = re.sub(pattern, sign, text)
        return text


def masks(folder: Path) -> Masks:
    """For a run with this temporary folder."""
    package = Path(resolve("tamis").__file__).parents[1]
    return Masks({str(folder): "<tmp>", str(package): "<src>", str(ROOT): "<repo>", sys.prefix: "<env>"})


def plain(value: Any, digits: int, mask: Callable[[str], str]) -> Any:  # noqa: PLR0911, C901  (a kind of value a line)
    """A value as JSON has it: dataclasses and mappings as objects, floats rounded, tensors as what they amount to."""
    again = partial(plain, digits=digits, mask=mask)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else str(value)
    if isinstance(value, (datetime, date, Path, timedelta)):
        return mask(str(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: again(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name[0] != "_"}
    if isinstance(value, Mapping):
        return {mask(str(key)): again(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(again, value))
    if type(value).__module__.startswith("torch"):
        return again(_tensor(value)) if hasattr(value, "numel") else mask(str(value))
    if hasattr(value, "tolist"):
        return again(value.tolist())
    if isinstance(value, Iterable):
        return [again(item) for item in value]
    return f"<{type(value).__name__}>"


def _tensor(tensor: Any) -> dict[str, Any]:
    kind = {"shape": list(tensor.shape), "dtype": str(tensor.dtype)}
    if not tensor.is_floating_point():
        return {**kind, "sum": int(tensor.sum()), "first": tensor.flatten()[:8].tolist()}
    flat = tensor.detach().double().flatten()
    return {**kind, "mean": float(flat.mean()), "std": float(flat.std(correction=0)), "first": flat[:8].tolist()}


def shortened(value: Any) -> Any:
    """The value where it is short, else the digest of its JSON with the first characters; objects part by part."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(text) <= SHORT:
        return value
    if isinstance(value, dict) and len(value) <= SHORT:
        return {key: shortened(item) for key, item in value.items()}
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return {"sha256": digest, "length": len(text), "begins": text[:BEGINNING]}


def outcome(call: Callable[[], object], digits: int, mask: Callable[[str], str]) -> dict[str, Any]:
    """What a call gives: its value or its error, with the warnings of tamis."""
    with warnings.catch_warnings(record=True) as messages:
        warnings.simplefilter("always")
        try:
            result: dict[str, Any] = {"value": plain(call(), digits, mask)}
        except Exception as error:
            result = {"error": type(error).__name__, "message": mask(str(error))}
    ours = [f"{each.category.__name__}: {mask(str(each.message))}" for each in messages if _is_ours(each.category)]
    return result | ({"warnings": ours} if ours else {})


def _is_ours(category: type[Warning]) -> bool:
    return category.__module__.split(".")[0] == "tamis"
