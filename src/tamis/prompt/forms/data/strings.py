"""Texts inside of values: what they say, and where each of their characters stands in the source."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import regex

from tamis.core import Ints

LONG = 60  # words from which on a text inside of a value is shortened by itself
WIDE = 240  # characters of a text in a script without blanks, from which on it is long
_JSON_ESCAPE = regex.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_GAP = regex.compile(r"(?:[\s]|\\[nrt])+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_BLOB = regex.compile(r"[^\s\\]{100}")


def is_long(text: str) -> bool:
    """Whether a text has so many words that it is shortened by itself; one run without blanks (base64) never is.

    Example: sixty words of prose -> True; a data: URL of a megabyte -> False
    """
    if len(text) < WIDE // 2:
        return False
    if text.isascii():
        return len(text) > 2 * LONG and sum(1 for _ in _GAP.finditer(text)) >= LONG and not _mostly_blob(text)
    wide = sum(1 for _ in _UNSPACED.finditer(text))
    return wide >= WIDE // 2 or sum(1 for _ in _GAP.finditer(text)) >= LONG


def _mostly_blob(text: str) -> bool:
    return sum(100 for _ in _BLOB.finditer(text)) > len(text) / 2


def unescaped(
    text: str, start: int, end: int, escape: regex.Pattern[str], meaning: Callable[[str], str]
) -> tuple[str, Ints]:
    r"""What a stretch of a source stands for, and (characters + 1,) where each of its characters begins.

    escape -- matches what stands for one character
    meaning -- gives that character

    Example: r"a\nb" -> "a", line end, "b"; 0 1 3 4
    """
    parts: list[str] = []
    offsets: list[Ints] = []
    at = start
    for match in escape.finditer(text, start, end):
        char = meaning(match.group())
        parts += [text[at : match.start()], char]
        offsets.append(np.arange(at, match.start() + 1))
        offsets.extend([np.full(len(char) - 1, match.end())] if len(char) > 1 else [])
        at = match.end()
    parts.append(text[at:end])
    offsets.append(np.arange(at, end + 1))
    return "".join(parts), np.concatenate(offsets)


def json_string(text: str, start: int, end: int) -> tuple[str, Ints]:
    """What stands between the quotes of a JSON string, and where."""
    return unescaped(text, start, end, _JSON_ESCAPE, _json_char)


def _json_char(escape: str) -> str:
    char = str(json.loads(f'"{escape}"'))
    return "\ufffd" if "\ud800" <= char <= "\udfff" else char  # half of a pair: no tokenizer takes it
