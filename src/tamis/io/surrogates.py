"""Lone surrogates: half a character, which Python strings can hold and no UTF-8 can."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, replaced one for one, so that offsets hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
