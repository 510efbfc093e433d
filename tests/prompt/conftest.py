"""An encoder and a language model whose opinions can be worked out by hand, in place of the embedded ones."""

import re

import numpy as np
import pytest

from tamis.models.causal.load import load_causal
from tamis.models.scores import TokenScores
from tamis.prompt.documents.source import source_of
from tamis.prompt.options import Options
from tamis.prompt.request import Request
from tamis.text.words import words
from tests.prompt.cache_lm import CacheLM

WORD = re.compile(r"\w+|[^\w\s]")


class PlainEncoder:
    """Keep: the longer a word, the better. Evidence: +2 for the question's words, else -2. Answer: +3 for digits."""

    def keep(self, texts):
        rules = dict.fromkeys(("keep", "tiers", "salience"), lambda w: min(len(w), 20) / 20)
        return [self._scores(t, **rules) for t in texts]

    def relevance(self, question, passages):
        asked = {w.lower() for w in WORD.findall(question)}
        return [
            self._scores(
                p,
                evidence=lambda w: 2.0 if w.lower() in asked else -2.0,
                answer=lambda w: 3.0 if w.isdigit() else -3.0,
            )
            for p in passages
        ]

    def vectors(self, texts):
        """Bags of words: the cosine of two texts is the share of words in common."""
        made = np.zeros((len(texts), 512), np.float32)
        for row, text in zip(made, texts, strict=True):
            for word in set(WORD.findall(text.lower())):
                row[sum(ord(c) * 31**i for i, c in enumerate(word)) % 512] = 1
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)

    def _scores(self, text, **rules):
        found = list(WORD.finditer(text))
        offsets = np.array([m.span() for m in found], np.int64).reshape(-1, 2)
        return TokenScores(offsets, {name: np.array([rule(m.group()) for m in found]) for name, rule in rules.items()})


@pytest.fixture
def plain_encoder(monkeypatch):
    """Let the learned scorers and the embedding baseline use the plain encoder."""
    encoder = PlainEncoder()
    for module in ("auto.features", "auto.relevance", "auto.scorer", "extracts"):
        monkeypatch.setattr(f"tamis.prompt.methods.{module}.encoder_of", lambda request: encoder)
    return encoder


@pytest.fixture
def request_of():
    """Build what a scorer sees from a text or documents."""

    def build(given, question=None, **options):
        source = source_of(given)
        units = words(source.text)
        return Request(units, source, np.zeros(len(units), bool), question, "mini", Options(**options))

    return build


@pytest.fixture(scope="module")
def some_lm():
    """Let "mini-lm" be a cache model: the embedded one takes a second where this takes a millisecond."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch, CacheLM())
        yield


@pytest.fixture
def lm_of(monkeypatch):
    """Let "mini-lm" be a cache model of these properties, which is returned."""

    def make(**properties):
        model = CacheLM(**properties)
        stand_in(monkeypatch, model)
        return model

    return make


def stand_in(patch, model):
    """Open this model by the name "mini-lm"; other names are opened as ever."""

    def load(name, **settings):
        return model if name == "mini-lm" else load_causal(name, **settings)

    for module in ("tamis.models.causal", "tamis.prompt.documents.rankers.perplexity"):
        patch.setattr(f"{module}.load_causal", load)
