"""Numbers in German, Spanish, French and Chinese words: written out and read back, and worked by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.entities import numerals
from tamis.entities.numeric.languages import LANGUAGES
from tamis.errors import UnknownName

TABLES = {name: table for name, table in LANGUAGES.items() if table is not None}
HAND = [
    ("de", "dreihundertfünfundzwanzig", "number", 325),
    ("de", "anderthalb Millionen", "number", 1_500_000),
    ("de", "1.200,5", "number", 1200.5),
    ("de", "drei Viertel", "fraction", 0.75),
    ("de", "zweiundzwanzigste", "ordinal", 22),
    ("de", "12,5 Prozent", "percent", 12.5),
    ("de", "minus sieben", "number", -7),
    ("es", "tres millones dos mil trescientos cuarenta y siete", "number", 3_002_347),
    ("es", "dos mil millones", "number", 2e9),
    ("es", "veintidosmilésimo", "ordinal", 22_000),
    ("es", "tricentésimo cuadragésimo séptimo", "ordinal", 347),
    ("es", "ciento treinta y tres veintiunavos", "fraction", 133 / 21),
    ("es", "cuarenta y siete coma veintiocho", "number", 47.28),
    ("es", "2,75 millones", "number", 2_750_000),
    ("es", "20 por ciento", "percent", 20),
    ("fr", "quatre-vingt-quinze", "number", 95),
    ("fr", "soixante-dix-huit", "number", 78),
    ("fr", "vingt et un", "number", 21),
    ("fr", "trois et un cinquième", "fraction", 3.2),
    ("fr", "un million et demi", "fraction", 1_500_000),
    ("fr", "un sur vingt", "fraction", 0.05),
    ("fr", "la 111e année", "ordinal", 111),
    ("fr", "pourcentage de vingt", "percent", 20),
    ("zh", "二百五", "number", 250),
    ("zh", "二百零五", "number", 205),
    ("zh", "二〇〇八", "number", 2008),
    ("zh", "5萬4千6百", "number", 54_600),
    ("zh", "一千零十又3分之1", "fraction", 1010 + 1 / 3),
    ("zh", "千分之一百一十一", "percent", 11.1),
    ("zh", "七成六", "percent", 76),
    ("zh", "第十五", "ordinal", 15),
    ("zh", "两千三百五十点二五", "number", 2350.25),
]


@pytest.mark.parametrize(("language", "text", "kind", "value"), HAND)
def test_by_hand(language, text, kind, value):
    (one,) = numerals(text, language=language)
    assert (one.kind, one.value) == (kind, pytest.approx(value))
    assert text[one.start : one.end] == one.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Er hat ein Haus und eine Katze."),
        ("fr", "un homme"),
        ("es", "tuna undosx"),
        ("zh", "万万一切"),
        ("zh", "他很放肆"),
    ],
)
def test_what_is_no_number(language, text):
    assert numerals(text, language=language) == ()


def test_and_joins_no_enumeration():
    assert [one.value for one in numerals("entre veinte y treinta", language="es")] == [20, 30]
    assert [one.value for one in numerals("vingt et trente", language="fr")] == [20, 30]


GERMAN = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " achtzehn neunzehn"
)
GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
FRENCH = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"


def german(number):
    """A number below a million, as it is written."""
    for scale, word in ((1000, "tausend"), (100, "hundert")):
        if number >= scale:
            head, rest = divmod(number, scale)
            return _bare(head) + word + (german(rest) if rest else "")
    if number < 20:
        return GERMAN.split()[number]
    ten, unit = divmod(number, 10)
    return (_bare(unit) + "und" if unit else "") + GERMAN_TENS.split()[ten - 2]


def _bare(number):
    """Before another word "eins" is "ein"."""
    return re.sub("eins$", "ein", german(number))


def french(number):
    """A number below a million, as it is written."""
    small = FRENCH.split()
    tens = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
    for scale, word in ((1000, "mille"), (100, "cent")):
        if number >= scale:
            head, rest = divmod(number, scale)
            return " ".join(filter(None, [french(head) if head > 1 else "", word, french(rest) if rest else ""]))
    if number < 17:
        return small[number]
    if number < 20:
        return f"dix-{small[number - 10]}"
    ten = max(ten for ten in tens if ten <= number)
    rest = number - ten
    joint = " et " if rest in (1, 11) and ten != 80 else "-"
    return tens[ten] + (joint + french(rest) if rest else "")


def chinese(number):
    """A number below ten thousand, as it is written."""
    digits, text, zero = "零一二三四五六七八九", "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if zero else "") + digits[digit] + word
        zero = bool(text) and not digit
    return text or "零"


@given(st.integers(0, 999_999))
@settings(max_examples=150, deadline=None)
def test_german_and_french_are_read_back(number):
    for language, write in (("de", german), ("fr", french)):
        text = write(number)
        if text in TABLES[language].alone:
            continue
        (one,) = numerals(text, kinds="number", language=language)
        assert (one.text, one.value) == (text, number)


@given(st.integers(1, 9999))
@settings(max_examples=100, deadline=None)
def test_chinese_is_read_back(number):
    text = chinese(number)
    if text in TABLES["zh"].alone:
        return
    (one,) = numerals(text, kinds="number", language="zh")
    assert (one.text, one.value) == (text, number)


@pytest.mark.parametrize("language", sorted(TABLES))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_words_in_any_order_keep_their_places(language, data):
    words = [*sorted(TABLES[language].words), "12", "3,5", "x", "%", "-", "."]
    joint = data.draw(st.sampled_from(["", " "]))
    text = joint.join(data.draw(st.lists(st.sampled_from(words), max_size=14)))
    last = 0
    for one in numerals(text, language=language):
        assert text[one.start : one.end] == one.text
        assert last <= one.start < one.end
        last = one.end


def test_long_runs_stay_fast():
    for language, word in (("zh", "二"), ("zh", "万"), ("es", "trillones "), ("de", "hundert"), ("fr", "vingt ")):
        numerals(word * 100, language=language)


def test_an_unknown_language():
    with pytest.raises(UnknownName, match="de, en, es, fr, zh"):
        numerals("een", language="nl")
