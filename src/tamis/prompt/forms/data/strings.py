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


_YAML_ESCAPE = regex.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_SINGLE = regex.compile(r"''")
_YAML_SHORT = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "e": "\x1b", "_": "\xa0", "N": "\x85", "L": "\u2028"}
_HEADER = regex.compile(r"[|>][-+]?[ \t]*(?:#[^\r\n]*)?\r?\n")
_INDENT = regex.compile(r"(?:[ \t]*\r?\n)*( +)(?=\S)")


def plain_quotes(text: str, start: int, end: int) -> tuple[str, Ints]:
    """What stands between the double quotes of a YAML string on one line, and where."""
    return unescaped(text, start, end, _YAML_ESCAPE, _yaml_char)


def doubled_quotes(text: str, start: int, end: int) -> tuple[str, Ints]:
    """What stands between the single quotes of a YAML string on one line, and where."""
    return unescaped(text, start, end, _SINGLE, lambda _: "'")


def _yaml_char(escape: str) -> str:
    kind, digits = escape[1], escape[2:]
    if not digits:
        return _YAML_SHORT.get(kind, kind)
    number = int(digits, 16)
    return "\ufffd" if 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else chr(number)


def block_text(text: str, start: int, end: int) -> tuple[str, Ints] | None:
    r"""What a YAML block scalar says, and where, without the indentation of its lines.

    None for one that cannot be shortened by words: its header gives the indentation, or it has none.

    Example: "|\n  a\n  b" -> "a\nb"; 4 5 8 9
    """
    header = _HEADER.match(text, start, end)
    indent = _INDENT.match(text, header.end(), end) if header else None
    if header is None or indent is None or indent.end(1) >= end:
        return None
    width, at = len(indent[1]), indent.end(1)
    lines = text[at:end].split("\n")
    says, offsets = [lines[0]], [np.arange(at, at + len(lines[0]))]
    at += len(lines[0])
    for line in lines[1:]:
        body = line[width:] if line[:width].strip(" ") == "" and len(line) >= width else line.lstrip(" \t")
        says.append(body)
        offsets.append(np.concatenate([[at], np.arange(at + 1 + len(line) - len(body), at + 1 + len(line))]))
        at += 1 + len(line)
    offsets.append(np.array([at]))
    return "\n".join(says), np.concatenate(offsets)
