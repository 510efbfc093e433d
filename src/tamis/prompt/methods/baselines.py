"""Baselines under the interface of every method: what a learned scorer has to beat.

Deterministic, and as good as their name allows. Scores lie in 0..1 so that thresholds mean something; words with equal
scores are kept from the left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.core import Floats
from tamis.prompt.methods.auto.features import Bags, bm25, cosines
from tamis.prompt.methods.auto.layout import layout
from tamis.prompt.request import Request

# Words that carry grammar rather than content: articles, pronouns, prepositions, conjunctions, auxiliaries, particles.
# Negations are absent on purpose: "not" and "never" turn a sentence round.
_FUNCTION = """
    a about above across after afterwards again against albeit all along alongside already also although am amid among
    amongst an and another any anyway are around as aside at away back be became because become becomes been before
    behind being below beneath beside besides between beyond both but by can could despite did do does doing done down
    during each either else enough even ever every except few for from further furthermore had has have having he hence
    her here hers herself him himself his how however i if in indeed inside instead into is it its itself just least
    less lest like many may me meanwhile might mine more moreover most much must my myself near nearly of off often on
    once one onto or other others otherwise ought our ours ourselves out outside over own per perhaps quite rather
    really shall she should since so some somehow someone something sometimes somewhat still such than that the their
    theirs them themselves then thence there thereby therefore these they this those though through throughout thus
    till to together too toward towards under underneath unless until unto up upon us very via was we well were what
    whatever when whence whenever where whereas whereby wherever whether which whichever while whilst who whoever whole
    whom whose why will with within would yet you your yours yourself yourselves
    i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd
    we'll they're they've they'd they'll that's that'd that'll there's there're who's who'd what's where's here's let's
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())


def random_words(requests: Sequence[Request]) -> list[Floats]:
    """Score words at random, by the seed of the options and never by what they say."""
    return [np.random.Generator(np.random.PCG64(r.options.seed)).random(len(r.words)) for r in requests]


def truncate(requests: Sequence[Request]) -> list[Floats]:
    """Score words by their place: the beginning stays."""
    return [_falling(len(r.words)) for r in requests]


def stopwords(requests: Sequence[Request]) -> list[Floats]:
    """Score content words above function words and punctuation; within each kind the beginning stays."""
    return [(_content(r) + _falling(len(r.words))) / 2 for r in requests]


def _content(request: Request) -> Floats:
    function = np.array([body.lower().replace("’", "'") in FUNCTION_WORDS for body in request.words.bodies()], np.bool_)
    return (~function & ~request.words.punct).astype(np.float64)


def _falling(size: int) -> Floats:
    return 1 - np.arange(size) / max(size, 1)


def tfidf_words(requests: Sequence[Request]) -> list[Floats]:
    """Score words by tf-idf, the sentences of the text itself being the documents: nothing learned."""
    return [_tfidf(r) for r in requests]


def _tfidf(request: Request) -> Floats:
    bags = Bags(request.words.bodies(), request.sentence_of, len(request.sentences))
    idf = np.log((1 + bags.sentences) / (bags.spread + 0.5))
    raw = bags.counts[bags.pair_of_word] * idf[bags.terms]
    return np.asarray(raw / max(float(raw.max(initial=0.0)), 1e-9), np.float64)


def bm25_sentences(requests: Sequence[Request]) -> list[Floats]:
    """Score every word by its sentence's BM25 to the question."""
    scored: list[Floats] = []
    for request in requests:
        laid = layout(request)
        raw = bm25(request, laid.sentence_of, len(laid.sentences))
        scored.append((raw / (1 + raw))[laid.sentence_of])
    return scored


def embedding_sentences(requests: Sequence[Request]) -> list[Floats]:
    """Score every word by cos(question, title + sentence) + cos(question, passage): the strong untrained baseline."""
    laid = [layout(r) for r in requests]
    found = cosines(requests, laid)
    return [((s + p[at.passage_of] + 2) / 4)[at.sentence_of] for (s, p), at in zip(found, laid, strict=True)]
