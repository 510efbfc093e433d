"""`tamis bench scbench`, as small as it goes; times are left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .cli import command
from .outcomes import Calls

RUN: tuple[object, ...] = ("bench", "scbench", "--sessions", 1, "--turns", 2, "--quiet", "--json", "--size", 4)
ARGUMENTS: dict[str, list[object]] = {
    "methods": ["--tasks", "kv", "--methods",
                "a_shape,vertical_slash@0.3,streaming,snapkv@0.5/adaptive+int4,prompt@0.6"],
    "tasks": ["--tasks", "kv,vt,qa_en,needles", "--methods", "knorm@0.5", "--modes", "multi_turn"],
    "shown": ["--tasks", "prefix_suffix", "--methods", "xattention+tova@0.5", "--shown", "--own"],
    "spoken": ["--tasks", "math_find,many_shot,qa_zh", "--methods", "kvzip@0.5", "--seed", 3,
               "--modes", "multi_request"],
}  # fmt: skip


def benching(folder: Path) -> Calls:
    """`tamis bench scbench`, as small as it goes."""
    for number, (label, arguments) in enumerate(ARGUMENTS.items()):
        out = folder / f"bench{number}"
        yield label, partial(_lines, [*RUN, *arguments, "--out", out])
        yield f"{label}/again", partial(_lines, [*RUN, *arguments, "--out", out])
    yield "rows", lambda: sum(1 for _ in (folder / "bench0" / "rows.jsonl").open(encoding="utf-8"))
    yield "data", partial(command, *RUN, "--data", folder / "nowhere", "--out", folder / "d")


def _lines(arguments: Sequence[object]) -> dict[str, Any]:
    reply = command(*arguments)
    times = ("prefill", "ttft", "decode")
    lines = [{k: v for k, v in line.items() if k not in times} for line in json.loads(reply["stdout"] or "[]")]
    return {"code": reply["code"], "lines": lines, "stderr": reply["stderr"]}
