"""For those who come from SeCom: its manager of memories."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from .memory import RECALL_QUESTIONS
from .outcomes import Calls
from .places import resolve
from .talks import chats


def managing(_: Path) -> Calls:
    """SeCom."""
    make, history = resolve("SeCom"), _history()
    for granularity in ("turn", "segment", "session"):
        for config in ("mpnet", "bm25", "fast"):
            manager = make(granularity=granularity, config_path=f"configs/{config}.yaml")
            yield from _memories(f"{granularity}/{config}", manager, history)
    manager = make()
    yield "segment", partial(manager.segment, history)
    yield "compress", partial(manager.compress, history, 0.6)
    yield "empty", partial(manager.get_memory, "What?")
    yield "wrong/rate", partial(manager.get_memory, "What?", history, compress_rate=2)
    yield "wrong/history", partial(manager.get_memory, "What?", ["one text"])
    yield "wrong/granularity", partial(make, granularity="page")
    yield "wrong/config", partial(make, config_path="configs/best.yaml")


def _history() -> list[list[str]]:
    turns = [f"[human]: {turn.text}" for turn in chats()]
    return [turns[:12], turns[12:24]]


def _memories(label: str, manager: Any, history: list[list[str]]) -> Calls:
    yield label, partial(manager.get_memory, list(RECALL_QUESTIONS[:2]), history, retrieve_topk=2)
    yield f"{label}/update", partial(manager.update_memory, "[human]: I sold it to Maud.")
    yield f"{label}/after", partial(manager.get_memory, "Who is Maud?", retrieve_topk=1)
    yield f"{label}/bank", lambda: manager.memory_bank
