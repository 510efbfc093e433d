"""Where the tokens that a server names lie in the text that it was sent. Knows strings, neither servers nor models.

Servers write tokens as the text they stand for, as entries of a vocabulary (a sign for a blank, an alphabet for bytes),
or, where a token is a part of a character, as escaped bytes or as the replacement character. All of that is tried; what
cannot be found in the text is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

import numpy as np
import regex

from tamis.core import Ints

Token = str | bytes
Spelling = Callable[[Token], bytes]

PATIENCE = 5.0  # seconds for a text with many characters that the server could not name
_UNKNOWN = "\ufffd"  # a part of a character, decoded by itself
_NO_ASCII = r"[^\x00-\x7f]+?"
_BLANKS = b" \t\n\r\v\f"
_BYTES = re.compile(r"bytes:((?:\\x[0-9a-fA-F]{2}|[\x20-\x7e])+)")  # OpenAI's way
_FALLBACK = re.compile(r"<0x([0-9A-Fa-f]{2})>")  # that of SentencePiece


def byte_ends(tokens: Sequence[Token], text: str, starts: Sequence[int] | None = None) -> Ints | None:
    """Where each token ends (m,) in the UTF-8 bytes of the text, which they cover; None if they do not make it up.

    A token that ends where the one before it does stands for no byte of its own: a blank that the text does not have,
    or a part of a character that only the whole run of such tokens, up to its last, is known to cover.

    Tried in this order: equal bytes; equal but for blanks; parts of characters; the server's own offsets, where each
    token looks like the text there but for blanks and case.

    starts -- (m,) the server's own offsets, in characters
    """
    whole = text.encode()
    spelled = [pieces_of for spell in SPELLINGS if (pieces_of := _spelled(tokens, spell)) is not None]
    for match in (_equal, _equal_but_for_blanks):
        for pieces in spelled:
            if (ends := match(pieces, whole)) is not None:
                return ends
    if (ends := _around_unknown(tokens, text)) is not None:
        return ends
    return None if starts is None else _at_offsets(tokens, text, starts)


def character_offsets(ends: Ints, text: str) -> Ints:
    """The characters (m, 2) that tokens touch which end at these bytes and each begin where the one before it ends.

    Example: ends [1, 2, 4] in "aé" ("é" has two bytes) -> [[0, 1], [1, 2], [1, 2]]
    """
    owner = np.repeat(np.arange(len(text)), [len(character.encode()) for character in text])
    begins = np.concatenate([[0], ends[:-1]]).astype(np.int64)[: len(ends)]
    return np.stack([owner[begins], owner[ends - 1] + 1], axis=1) if len(ends) else np.zeros((0, 2), np.int64)


def _as_text(token: Token) -> bytes:
    if isinstance(token, bytes):
        return token
    if escapes := _BYTES.fullmatch(token):
        return escapes[1].encode().decode("unicode_escape").encode("latin-1")
    return token.encode()


def _as_sentencepiece(token: Token) -> bytes:
    if isinstance(token, bytes):
        return token
    if code := _FALLBACK.fullmatch(token):
        return bytes.fromhex(code[1])
    return token.replace("▁", " ").encode()


def _as_byte_level(token: Token) -> bytes:
    """The alphabet of GPT-2's tokenizer; `KeyError` for what is not in it."""
    return token if isinstance(token, bytes) else bytes(_ALPHABET[character] for character in token)


def _alphabet() -> dict[str, int]:
    """Visible Latin-1 stands for its own byte; the other bytes, in order, for the characters from 256 on."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {chr(256 + n): byte for n, byte in enumerate(hidden)}


_ALPHABET = _alphabet()
SPELLINGS: tuple[Spelling, ...] = (_as_text, _as_sentencepiece, _as_byte_level)


def _spelled(tokens: Sequence[Token], spell: Spelling) -> list[bytes] | None:
    try:
        return [spell(token) for token in tokens]
    except (KeyError, UnicodeError):
        return None


def _equal(pieces: Sequence[bytes], whole: bytes) -> Ints | None:
    return np.cumsum([len(piece) for piece in pieces], dtype=np.int64) if b"".join(pieces) == whole else None


def _equal_but_for_blanks(pieces: Sequence[bytes], whole: bytes) -> Ints | None:
    """Blanks of the text belong to the token behind them, those at its end to the last."""
    solid = [piece.translate(None, _BLANKS) for piece in pieces]
    if b"".join(solid) != whole.translate(None, _BLANKS) or not pieces:
        return None
    behind = np.flatnonzero([byte not in _BLANKS for byte in whole]) + 1  # where each byte that is no blank ends
    ends: Ints = np.concatenate([[0], behind])[np.cumsum([len(piece) for piece in solid])].astype(np.int64)
    ends[-1] = len(whole)
    return ends


def _around_unknown(tokens: Sequence[Token], text: str) -> Ints | None:
    """Runs of tokens with replacement characters stand for whatever lies between their neighbours and is not ASCII."""
    named = [token for token in tokens if isinstance(token, str)]
    unknown = [_UNKNOWN in token for token in named]
    if len(named) < len(tokens) or not any(unknown):
        return None
    runs = [
        ("".join(token for token, _ in group), u)
        for u, group in groupby(zip(named, unknown, strict=True), lambda pair: pair[1])
    ]
    try:
        aligned = regex.fullmatch("".join(map(_pattern, runs)), text, timeout=PATIENCE)
    except TimeoutError:
        return None
    if aligned is None:
        return None
    position, run, ends = 0, 0, []
    for token, u, more in zip(named, unknown, [*unknown[1:], False], strict=True):
        if not u:
            position += len(token)
        elif not more:  # the last of a run has all of its characters
            run += 1
            position = aligned.end(run)
        ends.append(position)
    return _bytes_before(text)[np.array(ends, np.int64)]


def _pattern(run: tuple[str, bool]) -> str:
    """What a run of tokens looks like in the text; a group for one with unknown characters."""
    spelling, unknown = run
    if not unknown:
        return str(regex.escape(spelling))
    parts = map(regex.escape, re.split(f"{_UNKNOWN}+", spelling))
    return f"({_NO_ASCII.join(parts)})"


def _bytes_before(text: str) -> Ints:
    """How many bytes (n + 1,) lie before each character, and before the end."""
    return np.cumsum([0, *(len(character.encode()) for character in text)], dtype=np.int64)


def _at_offsets(tokens: Sequence[Token], text: str, starts: Sequence[int]) -> Ints | None:
    bounds = [*starts, len(text)]
    if len(starts) != len(tokens) or bounds[0] != 0 or any(a > b for a, b in pairwise(bounds)):
        return None
    for token, start, end in zip(tokens, bounds[:-1], bounds[1:], strict=True):
        spelled = _as_sentencepiece(token).decode(errors="replace")
        if "".join(spelled.split()).casefold() != "".join(text[start:end].split()).casefold():
            return None
    return _bytes_before(text)[np.array(bounds[1:], np.int64)]
