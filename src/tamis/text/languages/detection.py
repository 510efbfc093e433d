"""Which language a text is in: its script, then its most frequent function words.

A sample is looked at, so the time hardly grows with the text. Where two languages are close, or nothing is known, the
answer is None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from tamis.core import Span
from tamis.text.languages.language import Language
from tamis.text.languages.table import LANGUAGES

_SAMPLE = 3  # places of a long text that are looked at
_PIECE = 1500  # characters of each
_WORD = re.compile(r"[^\W\d_]+'?")
_MARGIN = 1.25  # how many times better than the second the first must be
_PRIOR = 0.5  # words that speak for the language of the document
_SCRIPTS = {
    "Kana": re.compile(r"[\u3040-\u30ff]"),
    "Han": re.compile(r"[\u3400-\u9fff]"),
    "Hangul": re.compile(r"[\uac00-\ud7a3]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
    "Cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "Greek": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Devanagari": re.compile(r"[\u0900-\u097f]"),
    "Latin": re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}
# Characters of a word, about: a Chinese character says as much as three Latin letters.
_WEIGHT = {"Kana": 3.0, "Han": 3.0, "Hangul": 2.5}
_KANA_SHARE = 0.1  # of Han and Kana together, from which on a text is Japanese


def language_of(text: str) -> Language | None:
    """Return the language of most of the text, or None if none is clear.

    Example: language_of("Das ist nicht wahr.").code -> "de"; language_of("42") -> None
    """
    return _language(_sample(text), prior=None)


def languages_of(text: str, spans: Sequence[Span], prior: Language | None = None) -> tuple[Language | None, ...]:
    """Return the language of each span (paragraphs, sentences); the document's own where a span does not say.

    prior: the language of the document; by default `language_of(text)`.
    """
    document = prior or language_of(text)
    return tuple(_language(span.of(text)[: _PIECE * _SAMPLE], prior=document) or document for span in spans)


def _sample(text: str) -> str:
    """The start, the middle and the end of a long text."""
    if len(text) <= _PIECE * _SAMPLE:
        return text
    middle = (len(text) - _PIECE) // 2
    return text[:_PIECE] + " " + text[middle : middle + _PIECE] + " " + text[-_PIECE:]


def script_of(text: str) -> str:
    """Return the script of most of the letters; "" for a text without letters.

    Example: script_of("Привет, world") -> "Cyrillic"
    """
    if text.isascii():
        return "Latin" if _SCRIPTS["Latin"].search(text) else ""
    counts = {name: len(letters.findall(text)) * _WEIGHT.get(name, 1.0) for name, letters in _SCRIPTS.items()}
    japanese = counts["Kana"] + counts["Han"]
    if counts["Kana"] >= _KANA_SHARE * japanese:
        counts["Kana"], counts["Han"] = japanese, 0
    name = max(counts, key=lambda name: counts[name])
    return name if counts[name] else ""


def _language(text: str, prior: Language | None) -> Language | None:
    script = script_of(text)
    if script == "Han" and prior is not None and prior.script == "Kana":
        return prior  # (a Japanese sentence without kana)
    candidates = _of_script(script)
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    scores = _scores(text, script)
    if prior is not None and prior.code in scores:
        scores[prior.code] += _PRIOR
    best, second = sorted(scores, key=lambda code: -scores[code])[:2]
    return LANGUAGES[best] if scores[best] > _MARGIN * scores[second] else None


def _scores(text: str, script: str) -> dict[str, float]:
    """Evidence for each language of the script: a word that only it has counts 1, one of two languages 1/2."""
    profile = _profile(script)
    scores = {language.code: 0.0 for language in _of_script(script)}
    for word, count in Counter(_words(text)).items():
        codes = profile.get(word, ())
        for code in codes:
            scores[code] += count / len(codes)
    return scores


def _words(text: str) -> Iterable[str]:
    """Lower-case words, and each letter that is not ASCII."""
    lowered = text.lower().replace("’", "'")
    yield from _WORD.findall(lowered)
    if not lowered.isascii():
        yield from re.findall(r"[^\W\d_a-z]", lowered)


@lru_cache(maxsize=16)
def _of_script(script: str) -> tuple[Language, ...]:
    return tuple(language for language in LANGUAGES.values() if language.script == script)


@lru_cache(maxsize=16)
def _profile(script: str) -> dict[str, tuple[str, ...]]:
    """Which languages of the script have a word, or a letter, among their most frequent ones."""
    profile: dict[str, list[str]] = {}
    for language in _of_script(script):
        for entry in language.common | language.denials | set(language.letters):
            profile.setdefault(entry, []).append(language.code)
    return {entry: tuple(codes) for entry, codes in profile.items()}
