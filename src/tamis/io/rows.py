"""Rows of JSONL files, plain or compressed."""

from __future__ import annotations

import io
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a `.zst`, `.xz` or plain JSONL file, lazily."""
    if path.suffix == ".zst":
        import zstandard

        with path.open("rb") as raw:
            reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw)
            yield from map(json.loads, io.TextIOWrapper(reader, encoding="utf-8"))
    elif path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    else:
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
