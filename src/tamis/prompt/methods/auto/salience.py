"""What any reader needs: one score of each word without a question, blended from the encoder's heads and the text.

The heads judge token by token; an answer, a name, a figure is only worth its tokens if it stays whole. So a word
between two that matter is raised ("University of Chicago"), a word that is said again is worth less than the first
time, and a word of many pieces has to matter more than a short one: the budget is in tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.models.scores import TokenScores
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens
from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.units import Units

FEATURES = (
    "tiers",  # logit: survives when a sentence is cut to its core
    "salience",  # logit: somebody would ask for it
    "best",  # the same of the word's best token
    "closed 1",  # salience, with dips of one word filled
    "closed 2",  # of two
    "closed 3",  # of three
    "function",  # 1 for a function word
    "pieces",  # log of its word pieces
    "repeats",  # how often a content word was said just before, at most 3
    "preferred",  # 1 for what a detector found
    "again",  # 1 for a content word that was said anywhere before
)
# Fitted by `python -m training fusion train` on the dev articles and QMSum training meetings: fitted on the articles
# alone it keeps 1-2 points more answers, and 9 points fewer of the words of meetings' summaries (docs/lab-log.md).
# `AGAIN` was set by hand afterwards, on the same: 2 points of meetings at 2x, 1 of answers, nothing lost at 3x.
AGAIN = -3.0
WEIGHTS = (0.56, -2.07, 2.72, 0.5, 2.32, 0.57, -3.28, -2.6, -2.0, 3.1, AGAIN)
MIDDLE, TEMPERATURE = -10.0, 6.0  # of the sigmoid that maps the blend to 0..1: half of the words of prose score 0.5
LEAST = -7.0  # logit of punctuation, and of words that no token covers
STOP = -3.0  # logit of what ends a sentence: kept at mild rates, where room is left; the heads do not know punctuation
STOPS = frozenset(".!?。！？")
REPEATS = 3
NEAR = 150  # words: about a paragraph


def salience(request: Request, tokens: TokenScores, weights: Sequence[float] | None = None) -> Floats:
    """(n,) how much any reader needs each word, as a logit; `weights` of `FEATURES`, the fitted ones by default."""
    blended: Floats = features(request, tokens) @ np.array(WEIGHTS if weights is None else weights)
    return blended


def chance(logits: Floats) -> Floats:
    """Map scores to 0..1, for thresholds."""
    return squashed((logits - MIDDLE) / TEMPERATURE)


def squashed(values: Floats) -> Floats:
    """Map numbers to 0..1, keeping unequal ones apart as far as floating point goes."""
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), np.float64)


def features(request: Request, tokens: TokenScores) -> Floats:
    """(n, len(FEATURES)) of each word."""
    units, how = request.units, request.options.pool
    floor = np.where(_stops(units), STOP, LEAST)

    def logit(name: str, pool: str) -> Floats:
        chance = pool_tokens(tokens.offsets, tokens.values[name], units.starts, units.ends, how=pool)
        chance = np.clip(chance, 1e-3, 1 - 1e-3)
        return np.where(units.punct, floor, np.log(chance / (1 - chance)))

    bodies = [body.lower() for body in units.bodies()]
    function = np.array([body in FUNCTION_WORDS for body in bodies], np.bool_)
    content = ~function & ~units.punct
    raw = logit("salience", how)
    return np.stack(
        [
            logit("tiers", how),
            raw,
            logit("salience", "max"),
            *(closed(raw, reach) for reach in (1, 2, 3)),
            function,
            np.log(_pieces(tokens.offsets, units.starts, units.ends)),
            _repeats(bodies, content),
            request.preferred,
            _again(bodies, content),
        ],
        axis=1,
    )


def _stops(units: Units) -> Bools:
    """(n,) whether a unit is punctuation that ends a sentence."""
    stops = np.zeros(len(units), np.bool_)
    marks = np.flatnonzero(units.punct)
    stops[marks] = [units.text[at] in STOPS for at in units.starts[marks].tolist()]
    return stops


def closed(values: Floats, reach: int) -> Floats:
    """Fill dips of up to `reach` values to the level of their lower side (a morphological closing): names stay whole.

    Example: [5, 0, 0, 4, 0], reach 2 -> [5, 4, 4, 4, 0]
    """
    if not values.size:
        return values
    view = np.lib.stride_tricks.sliding_window_view
    best = view(np.pad(values, reach, constant_values=-np.inf), reach + 1).max(axis=1)
    filled: Floats = view(best, reach + 1).min(axis=1)
    return filled


def _pieces(offsets: Ints, starts: Ints, ends: Ints) -> Ints:
    """(n,) how many tokens begin in each word, at least one."""
    begun: Ints = np.searchsorted(offsets[:, 0], ends) - np.searchsorted(offsets[:, 0], starts)
    return np.maximum(begun, 1)


def _repeats(bodies: Sequence[str], content: Bools) -> Floats:
    """(n,) how often each content word was said in the `NEAR` words before it, at most `REPEATS`.

    Near repeats are worth less than far ones: what a long text keeps coming back to is its topic.
    """
    places_of: dict[str, list[int]] = {}
    before = np.zeros(len(bodies))
    for i in np.flatnonzero(content).tolist():
        places = places_of.setdefault(bodies[i], [])
        before[i] = sum(i - at <= NEAR for at in places[-REPEATS:])
        places.append(i)
    return before


def _again(bodies: Sequence[str], content: Bools) -> Bools:
    """(n,) content words of three letters or more that stand somewhere before, however far: a reader has seen them."""
    seen = set[str]()
    again = np.zeros(len(bodies), np.bool_)
    for i in np.flatnonzero(content).tolist():
        if len(bodies[i]) > 2:
            again[i] = bodies[i] in seen
            seen.add(bodies[i])
    return again
