"""One scale for lines and for the words of long texts in them: a word of a text in a value competes with other values.

Words and lines are scored by different means, on scales that say nothing of each other. Here the sentences of such a
text are scored as lines, too, and its words are lifted or lowered together until they stand where their sentences do.
What is better among the words stays better.
"""

from __future__ import annotations

import numpy as np

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.lines.score import text_scores
from tamis.prompt.request import Request
from tamis.text.units import Units

_EDGE = 1e-4  # of chances, so that their logits are finite


def levelled(request: Request, scores: Floats) -> Floats:
    """(n,) the scores, those of words that need a line on the scale of lines."""
    owner = owners(request.units)
    inner = np.flatnonzero(owner >= 0)
    if not inner.size:
        return scores
    starts = _sentence_starts(request, owner, inner)
    own, lines = owner[inner[starts]], np.flatnonzero(request.units.of_kind("line"))
    level = _sentence_scores(request, inner, starts, lines)
    logits = _logit(scores)
    shift = np.zeros(len(scores))
    for number in np.unique(own).tolist():
        words = inner[owner[inner] == number]
        best, top = _logit(level[own == number]), logits[words]
        shift[words] = best.max() - top.max() if request.question else best.mean() - top.mean()
    unread = scores[inner] == 0  # what the model did not read is worth what its sentences are
    sentence = np.searchsorted(starts, np.flatnonzero(unread), side="right") - 1
    logits[inner[unread]], shift[inner[unread]] = _logit(level[sentence]), 0
    lifted: Floats = np.where(owner >= 0, 1 / (1 + np.exp(-(logits + shift))), scores)
    return lifted


def owners(units: Units) -> Ints:
    """(n,) the line that each word needs, or that stays because of it; -1 for none."""
    is_line, owner = units.of_kind("line"), np.full(len(units), -1, np.int64)
    if units.parents is not None:
        rows = np.atleast_2d(units.parents)
        owner = np.where((rows >= 0) & is_line[rows], rows, -1).max(axis=0)
    if units.company is not None:
        for line in np.flatnonzero(is_line & ~units.company.core).tolist():
            owner[slice(*units.company.left[:, line].tolist())] = line
    return np.where(units.of_kind("word") | units.of_kind("mark"), owner, -1)


def _sentence_starts(request: Request, owner: Ints, inner: Ints) -> Ints:
    """Where among some words a sentence begins, or the text of another line."""
    sentence, line = request.sentence_of[inner], owner[inner]
    return np.flatnonzero(np.concatenate(([True], (np.diff(sentence) != 0) | (np.diff(line) != 0))))


def _sentence_scores(request: Request, inner: Ints, starts: Ints, lines: Ints) -> Floats:
    """(k,) what the sentences are worth as lines among the other lines.

    inner -- numbers of the words
    starts -- (k,) where among them the sentences begin
    lines -- numbers of the lines
    """
    units = request.units
    last = np.append(starts[1:], inner.size) - 1
    begin = np.concatenate([units.starts[lines], units.starts[inner[starts]]])
    end = np.concatenate([units.ends[lines], units.ends[inner[last]]])
    order = np.argsort(begin, kind="stable")
    scored = text_scores(request, begin[order], end[order])
    back = np.empty_like(order)
    back[order] = np.arange(order.size)
    return scored[back[lines.size :]]


def _logit(chances: Floats) -> Floats:
    clipped = np.clip(chances, _EDGE, 1 - _EDGE)
    return np.log(clipped / (1 - clipped))
