"""When sparse attention pays on this machine: measured once for heads of a shape and a dtype, and kept in a file.

The file is `tamis/attention-speed.json` in the user's cache folder (XDG_CACHE_HOME, else ~/.cache); delete it to
measure anew. Where it cannot be written, what was measured holds for the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

import torch

from tamis.attention.speed import Speed
from tamis.errors import OutputError, TamisError
from tamis.io.files import write

WORTH = 4096
"""Shorter prompts are read densely without a measurement: there is next to nothing to win."""

LENGTHS = (2048, 4096, 8192)  # at which it is measured

_KNOWN: dict[str, Speed] = {}


def speed_of(
    heads: int, kv_heads: int, head_size: int, dtype: torch.dtype, *, lengths: tuple[int, ...] = LENGTHS
) -> Speed:
    """The rule of this machine for heads of these shapes; seconds, the first time.

    Only the query heads of one key/value head are timed: the others take as long.
    """
    group = heads // kv_heads
    key = f"{_machine()}, torch {torch.__version__}, {torch.get_num_threads()} threads, {group} x {head_size}, {dtype}"
    if key not in _KNOWN:
        stored = _stored()
        if key not in stored:
            stored[key] = Speed.measured(heads=group, kv_heads=1, head_size=head_size, dtype=dtype, lengths=lengths)
            with contextlib.suppress(OutputError):
                rules = {name: asdict(speed) for name, speed in stored.items()}
                write(place(), (json.dumps(rules, indent=1) + "\n").encode())
        _KNOWN.update(stored)
    return _KNOWN[key]


def place() -> Path:
    """The file."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tamis" / "attention-speed.json"


def _stored() -> dict[str, Speed]:
    """What the file says; nothing where there is none, or it is no such file."""
    try:
        data = json.loads(place().read_text(encoding="utf-8"))
        return {str(name): Speed(**rule) for name, rule in data.items()}
    except (OSError, ValueError, TypeError, AttributeError, TamisError):
        return {}


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
