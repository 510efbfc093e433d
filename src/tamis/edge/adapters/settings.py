"""The settings of `compress_messages`, for functions that pass them on."""

from __future__ import annotations

import os
from typing import TypedDict

from tamis.prompt.chats import Policy
from tamis.prompt.methods.protocol import Method, Scorer
from tamis.prompt.options import Options
from tamis.prompt.recovery import Originals
from tamis.text.counting import TokenCounter


class ChatSettings(TypedDict, total=False):
    """What chats are shortened by; see `compress_messages`."""

    rate: float | None
    tokens: int | None
    limit: int | None
    question: str | None
    policy: Policy | None
    store: Originals | str | os.PathLike[str] | None
    on_risk: str | None
    tokenizer: str | TokenCounter
    method: str | Method | Scorer
    model: str | None
    options: Options | None
    style: str | None
