"""Addresses that break when a character is missing: URLs, e-mails, file paths."""

from __future__ import annotations

import re

from tamis.core import Span
from tamis.text.protect.detection import spread_left

_URL_BODY = re.compile(r"[^\s<>\"“”`{}|\\^「」。，、\u3040-\u30ff\u3400-\u9fff]+")
_URL_ANCHOR = re.compile(r"://|www\.(?=\w)|\.(?:com|org|net|edu|gov|io|ai|dev)(?![\w@-])")
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}")
_TRAILING = ".,;:!?'’*_…"
_BRACKETS = {")": "(", "]": "["}


def urls(text: str) -> list[Span]:
    """Return web addresses: with a scheme, with "www.", or a bare host of a common domain with its path.

    Punctuation that belongs to the sentence is left out, balanced brackets are kept in.

    Example: "https://a.org/b_(c)?d=1", "www.example.com", "example.com/docs"
    """
    spans: list[Span] = []
    last = 0
    for match in _URL_ANCHOR.finditer(text):
        if match.start() < last:
            continue
        start = _url_start(text, match, last)
        if start < 0:
            continue
        bare = match[0][0] == "."
        body = None if bare and text[match.end() : match.end() + 1] not in {"/", ":", "?"} else match.end()
        last = match.end() if body is None else _without_trailing(text, start, _body_end(text, body))
        if last >= match.end() and (bare or last > match.end()):
            spans.append(Span(start, last))
    return spans


def _url_start(text: str, match: re.Match[str], floor: int) -> int:
    """Return where the address begins that the scheme's colon, "www." or ".com" belongs to; -1 if there is none."""
    start = match.start()
    if match[0] == "://":
        begin = spread_left(text, start, lambda c: c.isascii() and (c.isalnum() or c in "+-."), floor=floor, most=16)
        while begin < start and not text[begin].isalpha():
            begin += 1
        return begin if begin < start else -1
    if match[0] == "www.":
        return -1 if start and (text[start - 1].isalnum() or text[start - 1] in "@.-_") else start
    begin = spread_left(text, start, lambda c: c.isascii() and (c.isalnum() or c in "-."), floor=floor, most=128)
    inside = begin > 0 and text[begin - 1] in "@/\\_"
    return -1 if inside or not _HOST.fullmatch(text, begin, start) else begin


def _body_end(text: str, start: int) -> int:
    body = _URL_BODY.match(text, start)
    return body.end() if body else start


def _without_trailing(text: str, start: int, end: int) -> int:
    """Return the end without the punctuation of the sentence around it."""
    balance = {
        close: text.count(open_, start, end) - text.count(close, start, end) for close, open_ in _BRACKETS.items()
    }
    while end > start:
        char = text[end - 1]
        if char in balance and balance[char] < 0:
            balance[char] += 1
        elif char not in _TRAILING:
            break
        end -= 1
    return end


_LOCAL = frozenset("!#$%&'*+-/=?^_{|}~.")
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w-])")


def emails(text: str) -> list[Span]:
    """Return e-mail addresses.

    Example: "Write to jane.doe+x@mail.example.org." -> "jane.doe+x@mail.example.org"
    """
    spans: list[Span] = []
    last = at = 0
    while (at := text.find("@", at)) >= 0:
        domain = _DOMAIN.match(text, at + 1)
        if domain:
            start = spread_left(text, at, lambda c: c.isalnum() or c in _LOCAL, floor=last, most=64)
            while start < at and not text[start].isalnum():
                start += 1
            if start < at:
                last = domain.end()
                spans.append(Span(start, last))
        at += 1
    return spans


_SEPARATORS = frozenset(" \t\n\r\x0b\x0c\u00a0\u2028\u2029\u3000\"'`<>|,;()[]{}“”‘’«»=*?")
_LONGEST_PATH = 400
_PATH_ANCHOR = re.compile(r"[/\\]|\.(?=[A-Za-z]\w{0,5}(?!\w))")
_PATH_TAIL = re.compile(rf"[^{re.escape(''.join(sorted(_SEPARATORS)))}]*")
_FILE_TYPES = (
    "py|pyi|ipynb|js|jsx|mjs|ts|tsx|vue|css|scss|html|htm|xml|svg|md|rst|txt|tex|bib|json|jsonl|yaml|yml|toml|ini|cfg|conf"
    "|env|lock|csv|tsv|parquet|sql|db|sqlite|log|pdf|doc|docx|xls|xlsx|ppt|pptx|odt|png|jpg|jpeg|gif|webp|bmp|ico|mp3|mp4"
    "|wav|avi|mov|mkv|zip|tar|gz|bz2|xz|zst|7z|rar|exe|dll|so|dylib|bin|iso|img|c|cc|cpp|cxx|h|hpp|cs|go|rs|java|kt|scala"
    "|swift|rb|php|pl|lua|r|jl|sh|bash|zsh|bat|ps1|cmake|gradle|onnx|safetensors|pt|ckpt|npz|npy|whl|jar|apk|deb|rpm"
)
_LINE_NUMBER = r"(?::\d{1,7}){0,2}"
_PATH = re.compile(
    rf"(?:[A-Za-z]:[\\/]|\\\\)[^:]*{_LINE_NUMBER}"  # C:\x, \\server\x
    rf"|(?:~|\.{{1,2}})?/[^/\\:]+(?:/[^/\\:]*)+{_LINE_NUMBER}|(?:~|\.{{1,2}})[/\\][^:]*{_LINE_NUMBER}"
    rf"|/(?:[a-z][\w.-]{{2,}})"
    rf"|(?:[\w.@+~%-]+[/\\])+[\w.@+~%-]*\.[A-Za-z]\w{{0,7}}{_LINE_NUMBER}|(?:[\w.@+~%-]+[/\\]){{2,}}"
    rf"|[\w@+~-][\w.@+~-]*\.(?:{_FILE_TYPES}){_LINE_NUMBER}"
)


def paths(text: str) -> list[Span]:
    r"""Return file paths: absolute, relative with an extension or a closing slash, and bare file names of known types.

    Example: "/usr/bin/env", "~/notes", "C:\\temp\\x.txt", "src/app/main.py:12", "README.md"; not "and/or", "e.g."
    """
    spans: list[Span] = []
    last = 0
    for match in _PATH_ANCHOR.finditer(text):
        if match.start() < last:
            continue
        start = spread_left(text, match.start(), lambda c: c not in _SEPARATORS, floor=last, most=_LONGEST_PATH)
        tail = _PATH_TAIL.match(text, match.start())
        last = tail.end() if tail else match.end()
        end = start + len(text[start:last].rstrip(".,;:!…"))
        if text[max(start - 1, 0)] == "<" or end - start > _LONGEST_PATH:
            continue  # "</div>"; a blob
        if "://" not in text[start:end] and _PATH.fullmatch(text, start, end):
            spans.append(Span(start, end))
    return spans
