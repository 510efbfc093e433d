"""Headings and lead-ins among the sentences of a text, and what stands under them. Does not score anything.

With marks (`#`, an underline) or without: a short line that does not end like a sentence, before a blank line or before
a list, a table or code. In a text of which most lines look like that (verse, a transcript without punctuation) there
are only the marked ones. A lead-in is a line that ends with a colon ("The following files are created:").
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.prompt.request import Request
from tamis.text.units import united

WIDEST = 80  # characters of a heading
SHARE = 0.5  # of the sentences, from which on short lines are no headings
_MARKED = re.compile(r"#{1,6}[ \t]+\S[^\n]*\s*$|[^\n]+\n[=\-]{3,}\s*$")
_BLOCK = re.compile(r"[-+*•][ \t]|\(?\d{1,3}[.)][ \t]|\||```|~~~|[^\n|]+\|")
_ITEM = re.compile(r"[-+*•>|][ \t]?|\(?\d{1,3}[.)]?[ \t]|```|~~~|\[|https?:")
_STOPS = tuple(".!?:;,：。！？；，、…|{})]>\"'`")


def under_headings(request: Request, heading: Bools) -> Ints:
    """(s, 2) for each heading and lead-in the half-open numbers of the sentences under it; 0, 0 for the others.

    Up to the next heading, of a lead-in only the paragraph or list behind it. Of headings that follow each other
    directly the upper one stands over the lower one.

    heading -- (s,) see `headings`
    """
    bodies = [span.of(request.text) for span in request.sentences]
    under, end, block = np.zeros((heading.size, 2), np.int64), heading.size, heading.size
    for number in range(heading.size - 1, -1, -1):
        body = bodies[number]
        gap = body[len(body.rstrip()) :]
        if heading[number]:
            under[number] = number + 1, max(end, number + 2)
            end = block = number
        elif "\n" in gap and body.rstrip().endswith((":", "：")) and number + 1 < end:
            under[number] = number + 1, max(block, number + 2)
        if gap.count("\n") > 1 and under[number, 1] == 0:
            block = number + 1
    return under


def with_headings(request: Request, bonds: Ints, scores: Floats) -> Ints:
    """(n,) the bonds, and each heading goes or stays with the sentence under it that scores best.

    bonds -- (n,) a number that units have in common which go or stay together
    scores -- (n,) of the units
    """
    heading = headings(request)
    if not heading.any():
        return bonds
    size = heading.size
    best = np.full(size, -np.inf)
    np.maximum.at(best, request.sentence_of, scores)
    under, tie = under_headings(request, heading), np.arange(size)
    for number in np.flatnonzero(heading)[::-1].tolist():  # (the lower one of two headings first: it has its tie)
        first, last = under[number].tolist()
        tie[number] = tie[first + int(np.argmax(best[first:last]))]
    first_unit = np.full(size, request.sentence_of.size, np.int64)
    np.minimum.at(first_unit, request.sentence_of, np.arange(request.sentence_of.size))
    tied = np.isin(request.sentence_of, np.concatenate([np.flatnonzero(heading), tie[heading]]))
    units = np.arange(request.sentence_of.size)
    together: Ints = united(bonds, np.where(tied, first_unit[tie[request.sentence_of]], units))
    return together


def headings(request: Request) -> Bools:
    """(s,) whether each sentence is a heading with something under it in its document."""
    text, spans = request.text, request.sentences
    bodies = [span.of(text) for span in spans]
    marked = np.array([_MARKED.match(body.strip()) is not None for body in bodies], np.bool_)
    followed = np.zeros(len(spans), np.bool_)
    ends = {document.end for document in request.documents}
    followed[:-1] = [span.end not in ends for span in spans[:-1]]
    plain = np.zeros(len(spans), np.bool_)
    plain[:-1] = [_plain(body, following) for body, following in pairwise(bodies)]
    if plain.mean() > SHARE:
        plain[:] = False
    return (marked | plain) & followed


def _plain(body: str, following: str) -> bool:
    line = body.strip()
    if not line or "\n" in line or len(line) > WIDEST or line.endswith(_STOPS) or _ITEM.match(line):
        return False
    gap = body[len(body.rstrip()) :]
    return "\n" in gap and (gap.count("\n") > 1 or _BLOCK.match(following.lstrip()) is not None)
