"""Words that turn a sentence round: negations, and what a question asks for."""

from __future__ import annotations

import re

from tamis.core import Span
from tamis.text.protect.detection import either_case, merged, spread_left

_DENIALS = either_case(
    """
    not no never none nothing nobody nowhere neither nor without cannot unless except excluding hardly barely scarcely
    seldom rarely dont doesnt didnt isnt wasnt cant wont
    """
)
_NEGATION = re.compile(rf"(?<!\w)(?:{_DENIALS})(?!\w)(?!['’]t)")
# What is denied: the next word that says something, over at most three that do not. "Not" alone, its verb gone, would
# deny whatever word comes next in the compressed text.
_DENIED = re.compile(
    r"(?:[ \t\u00a0](?:be|been|being|to|a|an|the|any|very|so|really|quite|have|has|had|get|got|yet|even|just|all|do|of)"
    r"(?=[ \t\u00a0])){0,3}[ \t\u00a0]\w[\w'’-]{0,40}"
)
_CONTRACTED = re.compile(r"['’][tT](?!\w)")
# A run matches whatever follows it, and what follows is looked at afterwards: with a look-ahead, a long run that fails
# would be tried again from each of its characters.
_STOP = re.compile(r"[.!?…。！？]+|\n\s*")
_BEHIND_STOP = frozenset(" \t\n\r\u00a0\"'”’)]*_")

_WH_WORD = either_case("who whom whose what which when where why")
_HOW = "(?:how|How|HOW)(?: (?:many|much|long|often|far|old|big|tall|soon|fast|likely|come|about)\\b)?"
_WH = re.compile(rf"\b(?:{_WH_WORD}|{_HOW})(?:['’](?:s|re|d|ll))?\b")


def negations(text: str) -> list[Span]:
    """Return words that deny ("n't" with its verb), each with the word that it denies, if that follows at once.

    Example: "They did not approve it, nor did we." -> "not approve", "nor did"; "Never!" -> "Never"
    """
    spans = [Span(match.start(), _reach(text, match.end())) for match in _NEGATION.finditer(text)]
    for match in _CONTRACTED.finditer(text):
        start = match.start()
        if start and text[start - 1] in "nN":
            spans.append(Span(spread_left(text, start, str.isalpha, floor=0, most=24), _reach(text, match.end())))
    return merged(spans)


def _reach(text: str, end: int) -> int:
    """Where the denied word ends; `end` itself if none follows on the same line without punctuation between."""
    denied = _DENIED.match(text, end)
    return denied.end() if denied else end


def questions(text: str) -> list[Span]:
    """Return the question words of the sentences that end with a question mark.

    Example: "What is it, and how many are there?" -> "What", "how many"; "I know what it is." -> nothing
    """
    if "?" not in text and "？" not in text:
        return []
    sentences: list[tuple[int, int]] = []
    start = 0
    for match in _STOP.finditer(text):
        behind = text[match.end() : match.end() + 1]
        if behind and match[0][-1] in ".!?…" and behind not in _BEHIND_STOP:
            continue  # 3.5, a.b, x?y=1
        if "?" in match[0] or "？" in match[0]:
            sentences.append((start, match.start()))
        start = match.end()
    return [Span(*match.span()) for start, end in sentences for match in _WH.finditer(text, start, end)]
