"""What is written in one piece: addresses, telephone numbers, ids, versions, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from tamis.entities.numeric.numeral import Numeral
from tamis.text.secrets import iban, luhn

_URL = re.compile(
    r"(?<![\w@])(?:https?|ftps?)://(?:localhost|[\w-]+(?:\.[\w-]+)+|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?:[/?#][^\s<>\"'，。]*)?"
    r"|(?<![\w@.:/-])(?:www\.)?[A-Za-z\d-]+(?:\.[A-Za-z\d-]+)*\.(?:com|org|net|edu|gov|io|ai|dev|info|de|fr|uk|eu|cn|co)"
    r"(?::\d{1,5})?(?:[/?#][^\s<>\"'，。]*)?(?![\w@])(?!\.\w)",
    re.ASCII,
)
_LETTER = (
    r"A-Za-z\u00aa-\u024f\u0370-\u052f"  # of Latin, Greek and Cyrillic: others stand beside addresses without a space
)
_EMAIL = re.compile(
    rf"(?<![{_LETTER}\d_.+%-])(?<![{_LETTER}\d]')[{_LETTER}\d_](?:[{_LETTER}\d_+%'-]|\.(?!\.)){{0,63}}(?<!\.)"
    rf"@(?:[{_LETTER}\d](?:[{_LETTER}\d-]{{0,62}}[{_LETTER}\d])?\.){{1,5}}[{_LETTER}]{{2,18}}(?![\w@])",
    re.ASCII,
)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w])(?!\.\d)|[\da-fA-F:]*::[\da-fA-F:.]*(?![\w:])|(?:[\da-fA-F]{1,4}:){7}[\da-fA-F]{1,4}(?![\w:]))"
)
_GUID = re.compile(
    r"(?<![\da-zA-Z-])[({]?(?:[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}|[\da-fA-F]{32})[)}]?(?![\da-zA-Z-])"
)
_ID = re.compile(
    r"(?<![\w/-])(?:[A-Z]{2,8}(?:[-_][A-Z\d]{2,12}){1,4}(?<=\d)|[A-Z]{1,4}\d{4,12}|(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{7,40})(?![\w/-])"
)
_BLANK = r" \u00a0\u202f"  # between groups of figures, in typeset text too
_CARD = re.compile(
    rf"(?<![\w.-])(?:\d{{4}}[{_BLANK}-]?){{3}}\d{{1,7}}(?![\w-]|\.\d)|(?<![\w.-])3\d{{3}}[{_BLANK}-]?\d{{6}}[{_BLANK}-]?\d{{5}}(?![\w-])"
)
_IBAN = re.compile(rf"(?<!\w)[A-Z]{{2}}\d\d(?:[{_BLANK}]?[A-Z\d]{{4}}){{2,7}}(?:[{_BLANK}]?[A-Z\d]{{1,3}})?(?!\w)")
_TAG = re.compile(r"(?<![\w/&#.])#(?=\w*[^\W\d])\w+")
_MENTION = re.compile(r"(?<![\w@./-])@[A-Za-z]\w*(?![\w@])")
_VERSION = re.compile(
    r"(?<![\w.])(?:[vV]\.?\d+(?:\.\d+){0,3}|\d+\.\d+\.\d+(?:\.\d+)?)(?:[-+.]?(?:alpha|beta|rc|dev|post)[.\d]*)?(?![\w])(?!\.\d)"
)
_PHONE = re.compile(
    r"(?:(?<![\w+*=.,/$€£%#-])(?<!\d[ (/-])|(?<=[A-Za-z:#-])(?=\(\+?\d)|(?<=[,=])(?=\+\d))(?P<phone>(?:\(?\+\d{1,3}\)?|00[ ]?\d{1,3}|\d{1,3}(?=[ ]?\())?"
    r"(?:[ ./-]{0,2}\(\d{1,5}\))?(?:[ ./-]{0,2}\(\d{1,5}\))?[ ]?[./-]?[ ]?\d{1,14}(?:(?:[ ]?[./-][ ]?|[ ])\d{1,14}){0,5}"
    r"(?:[ ]?(?:x|X|ext\.?)[ ]?\d{2,6})?)(?![\w%*]|[.,/+-]\d|[ ]?[*=])"
)
_TYPESET = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2010": "-", "\u2011": "-"})  # read like their plain kin
_NO_PHONE = re.compile(
    r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}|[12]\d{3}[-/. ]\d{1,2}[-/. ]\d{1,2}(?:[ T].*)?|\d+\.\d+|\d{1,3}(?:\.\d{1,3}){3}|\d(?: \d){2,}"
    r"|\d{1,4}[ ]?[-–/][ ]?\d{1,4}|(?:\d{4} ){3,}\d{1,4}|\d{4} \d{4}|0\.0\d+|1[89]\d\d[ -]?(?:1[89]|20)\d\d|[1-9]\d{0,2}(?: \d{3})+"
)
_ACCOUNT = re.compile(
    r"(?:account number|account|acct|order|invoice|ticket|serial|no\.|number #|id|isbn|zip|#)[ :#]*$", re.IGNORECASE
)


def sequences(text: str) -> Iterator[Numeral]:
    """Addresses, phones, ids, versions and tags of a text; they may overlap."""
    yield from _plain("url", _URL, text)
    yield from _plain("email", _EMAIL, text)
    yield from _plain("hashtag", _TAG, text)
    yield from _plain("mention", _MENTION, text)
    yield from _plain("guid", _GUID, text)
    yield from _plain("id", _ID, text)
    yield from (one for one in _plain("card", _CARD, text) if luhn(one.text))
    yield from (one for one in _plain("iban", _IBAN, text) if iban(one.text))
    yield from _plain("version", _VERSION, text)
    yield from (one for one in _plain("ip", _IP, text) if _is_address(one.text))
    yield from _phones(text)


def _plain(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Numeral]:
    for match in pattern.finditer(text):
        end = match.end()
        while kind == "url" and text[end - 1] in ".,;:!?)]}" and not (text[end - 1] == ")" and "(" in match[0]):
            end -= 1
        yield Numeral(match.start(), end, text[match.start() : end], kind, text[match.start() : end])


def _is_address(written: str) -> bool:
    try:
        ip_address(written)
    except ValueError:
        return False
    return True


def _no_phone(text: str, start: int, written: str) -> bool:
    """Whether figures are something else: a date, a number, a range; unless the words before say that it is a phone."""
    said = re.search(r"(?:phone|tel|call|mobile|fax|number is)", text[max(0, start - 24) : start], re.IGNORECASE)
    return bool(_NO_PHONE.fullmatch(written)) and not (
        said and re.fullmatch(r"\d{2} \d{3} \d{3}|\d{4} \d{4}|\d{3}-\d{4}", written)
    )


def _phones(text: str) -> Iterator[Numeral]:
    addresses = [match.span() for match in _URL.finditer(text)]
    plain = text.translate(_TYPESET)
    for match in _PHONE.finditer(plain):
        start, end = match.span("phone")
        start += len(match["phone"]) - len(match["phone"].lstrip(" ./-"))
        written = plain[start:end]
        digits = sum(map(str.isdigit, written))
        if (
            not 7 <= digits <= 16
            or _no_phone(plain, start, written)
            or _ACCOUNT.search(plain, max(0, start - 20), start)
        ):
            continue
        if not any(first <= start < last for first, last in addresses):
            yield Numeral(
                start, end, text[start:end], "phone", "+" * written.startswith(("+", "(+")) + re.sub(r"\D", "", written)
            )
