"""Which language a text is in: its script, then its function words, then how it is spelled.

A sample is looked at, so the time hardly grows with the text. Where two languages are close, or nothing is known, the
answer is None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tamis.core import Span
from tamis.text.languages.language import Language
from tamis.text.languages.trigrams import Profile, of_script, spaced

_SAMPLE = 3  # places of a long text that are looked at
_PIECE = 1500  # characters of each
_CLEAR, _LEAD = 1.5, 4  # listed words of the first language: so many times those of the second, and so many more
_SHARE = 0.25  # of the words, at least, where listed words alone decide
_WORD = 2.5  # nats that a listed word speaks for its language
_MARGIN = 3.0  # nats by which the first must be better than the second
_PRIOR = 4.0  # nats that speak for the language of the document
# A text is in the best language, not in a cousin of it that is not in the table, where its trigrams are so familiar
# (nats a letter above the mean of the languages), listed words counting, too. Measured on treebanks before Croatian
# and Slovak were in the table: taken for Czech, they had 0.6 and 0.75 at the median of documents; documents in a
# language of the table 1.6 to 1.8, nineteen in twenty of their sentences more than 0.8 to 1.3.
_FAMILIAR = 0.8
_OF_WORDS = 2.0
_MANY = 8  # languages, from which on their mean says how letters follow each other anywhere
_FAMILIAR_OF_FEW = 0.2
_SCRIPTS = {
    "Kana": re.compile(r"[\u3040-\u30ff]"),
    "Han": re.compile(r"[\u3400-\u9fff]"),
    "Hangul": re.compile(r"[\uac00-\ud7a3]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
    "Cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "Greek": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Bengali": re.compile(r"[\u0980-\u09ff]"),
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
    counts = {
        name: len(letters.findall(text)) * _WEIGHT.get(name, 1.0)
        for name, letters in _SCRIPTS.items()
        if letters.search(text)
    }
    if "Kana" in counts and counts["Kana"] >= _KANA_SHARE * counts.get("Han", 0):
        counts["Kana"] += counts.pop("Han", 0)
    return max(counts, key=counts.__getitem__, default="")


def _language(text: str, prior: Language | None) -> Language | None:
    """The language of a piece of text; `prior` gets a start."""
    script = script_of(text)
    if script == "Han" and prior is not None and prior.script == "Kana":
        return prior  # (a Japanese sentence without kana)
    profile = of_script(script)
    if len(profile.languages) <= 1:
        return profile.languages[0] if profile.languages else None
    letters = spaced(text)
    words = profile.words(letters)
    second, best = sorted(range(len(words)), key=words.__getitem__)[-2:]
    language = profile.languages[best]
    clear = words[best] >= _CLEAR * words[second] + _LEAD and words[best] > _SHARE * letters.count(" ")
    if clear or (language is prior and words[best] > max(words[second], 1)):
        return language
    return _by_spelling(letters, words, profile, prior)


def _by_spelling(letters: str, words: list[int], profile: Profile, prior: Language | None) -> Language | None:
    """The language of a piece whose listed words do not say it alone; `prior` or None if nothing does."""
    languages = profile.languages
    likelihoods = profile.likelihoods(letters)
    scores = likelihoods + _WORD * np.array(words)
    if prior in languages:
        scores[languages.index(prior)] += _PRIOR
    second, best = scores.argsort()[-2:]
    if scores[best] - scores[second] < _MARGIN:
        return None
    if prior in languages and words[best] <= words[languages.index(prior)]:
        return prior  # names, titles: no reason to leave the language of the document
    familiarity = likelihoods[best] / len(letters) + _OF_WORDS * words[best] / letters.count(" ")
    return languages[best] if familiarity >= (_FAMILIAR if len(languages) >= _MANY else _FAMILIAR_OF_FEW) else None
