"""What a text may be read as: as it stands, without what hides letters from a reader, and decoded.

A reading is a text with the place in the source of each of its characters, so that what is noticed in it can be shown
in the source. The wrappings here are those that can be taken off with certainty: invisible and look-alike characters,
letters set apart, base64, hexadecimal digits, percent signs, character references, ROT13, text written backwards, and
digits for letters. Ciphers with a key, pictures and translations are not among them.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import numpy as np

from tamis.core import Ints
from tamis.text.function_words import FUNCTION_WORDS

DEEP = 2  # codes within codes
MOST = 24  # decoded readings of one text
LONGEST = 20_000  # characters that are decoded of one run
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0100-\U000e01ef]"
)
_TAG = re.compile("[\U000e0020-\U000e007e]")
_CYRILLIC = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d"
_CYRILLIC += "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
_GREEK = "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
_GREEK += "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
_LIKE = "aeopcyxijsdhqw" + "ABEKMHOPCTYXIJS" + "aeiknoptux" + "ABEZHIKMNOPTYX"
_LOOKALIKES = dict(zip(_CYRILLIC + _GREEK, _LIKE, strict=True))
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[A-Za-z]")
_APART = re.compile(r"(?<!\w)\w(?:([ ._*|/-])\1{0,3}\w){5,}(?!\w)")
_LEET = str.maketrans("013457@$!", "oieastasi")
_LEET_WORD = re.compile(r"(?i)\b(?=\w*[a-z])[a-z@$!]*(?:[013457][a-z@$!]+|[a-z@$!]+[013457])[\w@$!]*")
_CODES = (
    ("base64", re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=])")),
    ("hexadecimal", re.compile(r"(?i)(?<!\w)(?:(?:0x|\\x)?[0-9a-f]{2}[ ,]?){12,}(?!\w)")),
    ("percent signs", re.compile(r"(?:[\w.~+-]*%[0-9A-Fa-f]{2}[\w.~+-]*){4,}")),
    ("character references", re.compile(r"(?:&#x?[0-9A-Fa-f]{2,6};\s?){4,}")),
    ("escapes", re.compile(r"(?:\\u[0-9A-Fa-f]{4}\s?){4,}")),
)


@dataclass(frozen=True, eq=False)
class TextReading:
    """A text as it may be read.

    Attributes:
        text: it.
        starts, ends: (n,) place in the source of each character, and the place behind it.
        how: what was taken off to read it so; empty for the text as it stands.
    """

    text: str
    starts: Ints
    ends: Ints
    how: tuple[str, ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The place in the source of a stretch that is not empty."""
        return int(self.starts[start:end].min()), int(self.ends[start:end].max())


def readings(text: str) -> list[TextReading]:
    """The readings of a text; the first one is the text as a reader sees it."""
    first = visible(text)
    rows = [first]
    for change in (_together, _plain_digits):
        other = change(first)
        if other is not None:
            rows.append(other)
    rows += _decoded(first, DEEP)
    return rows[: MOST + 1]


def identity(text: str) -> TextReading:
    """The text as it stands."""
    places = np.arange(len(text), dtype=np.int64)
    return TextReading(text, places, places + 1)


def visible(text: str) -> TextReading:
    """The text with ordinary letters in place of look-alikes, without characters that nobody sees."""
    if text.isascii():
        return identity(text)
    how = []
    characters = [_folded(char) for char in text]
    if any(map(_TAG.match, text)):
        how.append("tag characters")
    if any(not plain and char not in "\ufe0f\u200d" for char, plain in zip(text, characters, strict=True)):
        how.append("invisible characters")
    for match in _WORD.finditer(text):
        if any(char in _LOOKALIKES for char in match[0]) and _is_disguised(match[0]):
            how.append("look-alike letters")
            for place in range(*match.span()):
                characters[place] = _LOOKALIKES.get(text[place], characters[place])
    counts = np.array([len(part) for part in characters], np.int64)
    places = np.repeat(np.arange(len(text), dtype=np.int64), counts)
    return TextReading("".join(characters), places, places + 1, tuple(dict.fromkeys(how)))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """A character as it is read; "" for one that is not seen."""
    if char < "\x80":
        return char
    if _TAG.match(char):
        return chr(ord(char) - 0xE0000)
    if _INVISIBLE.match(char):
        return ""
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain.isascii() and plain.strip() else char


def _is_disguised(word: str) -> bool:
    """Whether letters of other alphabets stand for Latin ones: both are in one word."""
    return _LATIN.search(word) is not None


def _together(reading: TextReading) -> TextReading | None:
    """Letters that are set apart, as words; None where there are none."""
    runs = list(_APART.finditer(reading.text))
    if not runs:
        return None
    text: list[str] = []
    places: list[int] = []
    last = 0
    for run in runs:
        letters = [(place, reading.text[place]) for place in range(*run.span()) if reading.text[place] not in run[1]]
        cuts = _words_of("".join(char for _, char in letters).lower())
        text.append(reading.text[last : run.start()])
        places += range(last, run.start())
        for number, (place, char) in enumerate(letters):
            if number in cuts and number:
                text.append(" ")
                places.append(place)
            text.append(char)
            places.append(place)
        last = run.end()
    text.append(reading.text[last:])
    places += range(last, len(reading.text))
    index = np.array(places, np.int64)
    return TextReading("".join(text), reading.starts[index], reading.ends[index], (*reading.how, "letters set apart"))


def _words_of(letters: str) -> set[int]:
    """Where the words of a row of letters begin: the row of words of the vocabulary that is most frequent."""
    ranks = _ranks()
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        ways = [(best[end - 1][0] + 14.0, end - 1)]
        ways += [
            (best[start][0] + ranks[letters[start:end]], start)
            for start in range(max(0, end - 16), end)
            if letters[start:end] in ranks
        ]
        best.append(min(ways))
    starts, end = set(), len(letters)
    while end:
        end = best[end][1]
        starts.add(end)
    return starts


@lru_cache(maxsize=1)
def _ranks() -> dict[str, float]:
    """What a word of the encoder's vocabulary costs: its vocabulary is sorted by how frequent words are."""
    from tamis.models.encoder import MINI
    from tamis.models.pieces import open_tokenizer

    vocabulary = open_tokenizer(MINI / "tokenizer.json").get_vocab()
    words = {word: rank for word, rank in vocabulary.items() if word.isalpha() and (len(word) > 1 or word in "ai")}
    return {word: 2.0 + float(np.log(max(rank, 1500) - 900)) for word, rank in words.items()}


def _plain_digits(reading: TextReading) -> TextReading | None:
    """Digits that stand for letters, as these; None where fewer than three words have some."""
    words = [match.span() for match in _LEET_WORD.finditer(reading.text)]
    if len(words) < 3:
        return None
    text = list(reading.text)
    for start, end in words:
        text[start:end] = reading.text[start:end].translate(_LEET)
    return TextReading("".join(text), reading.starts, reading.ends, (*reading.how, "digits for letters"))


def _decoded(reading: TextReading, deep: int) -> Iterator[TextReading]:
    """What is written in codes in a reading."""
    if deep == 0:
        return
    for start, end, plain, name in (*_runs(reading.text), *_turned(reading.text)):
        low, high = reading.source(start, end)
        starts = np.full(len(plain), low, np.int64)
        inner = TextReading(plain, starts, np.full(len(plain), high, np.int64), (*reading.how, name))
        yield inner
        yield from _decoded(inner, deep - 1)


def _runs(text: str) -> Iterator[tuple[int, int, str, str]]:
    for name, pattern in _CODES:
        for match in pattern.finditer(text):
            plain = _decode(name, match[0][:LONGEST])
            if plain and _is_prose(plain):
                yield match.start(), match.end(), plain, name


def _decode(name: str, run: str) -> str:
    """The text behind a code; "" where there is none."""
    try:
        if name == "base64":
            data = run.rstrip("=").replace("-", "+").replace("_", "/")
            return base64.b64decode(data + "=" * (-len(data) % 4), validate=True).decode("utf-8")
        if name == "hexadecimal":
            return bytes.fromhex(re.sub(r"0x|\\x|[ ,]", "", run)).decode("utf-8")
        if name == "percent signs":
            return unquote(run.replace("+", " "), errors="strict")
        if name == "escapes":
            return "".join(chr(int(digits, 16)) for digits in re.findall(r"\\u([0-9A-Fa-f]{4})", run))
        return html.unescape(re.sub(r";\s", ";", run))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _is_prose(text: str) -> bool:
    """Whether it is something to read: words with blanks between, nothing unprintable."""
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return (
        len(text) >= 8 and " " in text.strip() and letters >= 0.7 * len(text) and text.replace("\n", " ").isprintable()
    )


def _turned(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Lines that are English only if their letters are shifted by 13 places, or if they are read backwards."""
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("ROT13", lambda line: codecs.encode(line, "rot13")),
        ("backwards", lambda line: line[::-1]),
    )
    for match in re.finditer(r"[^\n]+", text):
        line = match[0][:LONGEST]
        own = _english(line)
        for name, turn in ways if own < 0.25 else ():
            low, high = _stretch(line, turn)
            if high > low:
                yield match.start() + low, match.start() + high, turn(line[low:high]), name


def _stretch(line: str, turn: Callable[[str], str]) -> tuple[int, int]:
    """From the first to the last word that is a function word once it is turned; nothing where they are few."""
    words = [match.span() for match in re.finditer(r"[A-Za-z']+", line)]
    longer = [(n, line[low:high]) for n, (low, high) in enumerate(words) if high - low > 1]
    hits = [n for n, word in longer if turn(word).lower() in FUNCTION_WORDS]
    own = sum(line[low:high].lower() in FUNCTION_WORDS for low, high in words[hits[0] : hits[-1] + 1]) if hits else 0
    if len(hits) < 2 or len(hits) < 0.2 * (hits[-1] - hits[0] + 1) or len(hits) <= 2 * own:
        return 0, 0
    return 0, len(line)


def _english(line: str) -> float:
    words = re.findall(r"[A-Za-z']+", line)
    return sum(word.lower() in FUNCTION_WORDS for word in words) / max(1, len(words))
