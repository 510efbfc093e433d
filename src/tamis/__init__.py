"""tamis: keep what matters in a language model's context.

    import tamis
    result = tamis.compress(text, rate=0.33)
    result.text, result.tokens, result.dropped

Importing this loads neither torch nor onnxruntime; models load at the first call that needs one.
"""

from __future__ import annotations

TYPE_CHECKING = False  # (type checkers take it for true by its name; to import `typing` takes 20 ms)

if TYPE_CHECKING:
    from typing import Any

    from tamis.core import Span
    from tamis.edge.adapters.clients import wrap
    from tamis.entities import RedactionTable, redact, restore
    from tamis.memory import AsyncMemory, Memory, Turn
    from tamis.prompt import (
        METHODS,
        Compression,
        Document,
        Options,
        Piece,
        Prompt,
        Section,
        Shown,
        Surprisal,
        compress,
        compress_many,
    )
    from tamis.prompt.advisor import Advice, advise
    from tamis.prompt.chats import Messages, compress_messages
    from tamis.prompt.documents.rankers import Ranking, rank
    from tamis.prompt.recover import Recovery, recover

_HOMES = {
    "Span": "tamis.core",
    "wrap": "tamis.edge.adapters.clients",
    **dict.fromkeys(
        (
            "METHODS",
            "Compression",
            "Document",
            "Options",
            "Piece",
            "Prompt",
            "Section",
            "Shown",
            "Surprisal",
            "compress",
            "compress_many",
        ),
        "tamis.prompt",
    ),
    **dict.fromkeys(("RedactionTable", "redact", "restore"), "tamis.entities"),
    **dict.fromkeys(("AsyncMemory", "Memory", "Turn"), "tamis.memory"),
    **dict.fromkeys(("Advice", "advise"), "tamis.prompt.advisor"),
    **dict.fromkeys(("Messages", "compress_messages"), "tamis.prompt.chats"),
    **dict.fromkeys(("Ranking", "rank"), "tamis.prompt.documents.rankers"),
    **dict.fromkeys(("Recovery", "recover"), "tamis.prompt.recover"),
}

__version__ = "0.1.0"
__all__ = [  # noqa: RUF022  (the call first, then what it takes and gives)
    "compress",
    "compress_many",
    "compress_messages",
    "advise",
    "rank",
    "recover",
    "redact",
    "restore",
    "wrap",
    "Memory",
    "AsyncMemory",
    "Turn",
    "Advice",
    "Compression",
    "Document",
    "METHODS",
    "Messages",
    "Options",
    "Piece",
    "Prompt",
    "Ranking",
    "Recovery",
    "RedactionTable",
    "Section",
    "Shown",
    "Span",
    "Surprisal",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tamis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
