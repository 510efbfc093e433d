"""The n-gram model against a naive one in dictionaries, a sum over the vocabulary, and an example by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.text.ngrams import train

DOCUMENTS = st.lists(st.lists(st.integers(1, 4), max_size=12), min_size=1, max_size=6)


def joined(documents):
    return np.array([token for document in documents for token in [0, *document]], np.int64)


class Naive:
    """Chen & Goodman's formulas over tuples."""

    def __init__(self, documents, vocabulary, order):
        self.vocabulary, self.order = vocabulary, order
        plain = [Counter() for _ in range(order + 2)]
        for document in documents:
            row = (0, *document)
            for end in range(2, len(row) + 1):
                for size in range(1, min(order, end) + 1):
                    plain[size][row[end - size : end]] += 1
        self.counts = [Counter() for _ in range(order + 1)]
        self.counts[order] = plain[order]
        for size in range(1, order):
            for gram in plain[size]:
                before = sum(longer[1:] == gram for longer in plain[size + 1])
                self.counts[size][gram] = plain[size][gram] if gram[0] == 0 else before
        self.discounts = [self.discount(Counter(c.values())) for c in self.counts]

    @staticmethod
    def discount(sizes):
        n = [max(1, sizes[size]) for size in (1, 2, 3, 4)]
        share = n[0] / (n[0] + 2 * n[1])
        raw = [k - (k + 1) * share * n[k] / n[k - 1] for k in (1, 2, 3)]
        return [0, *(min(max(d, 0), k) for k, d in zip((1, 2, 3), raw, strict=True))]

    def chance(self, history, token):
        history = tuple(history)[-(self.order - 1) :] if self.order > 1 else ()
        lower = self.chance(history[1:], token) if history else 1 / self.vocabulary
        size = len(history) + 1
        follow = {g[-1]: c for g, c in self.counts[size].items() if g[:-1] == history}
        if not (total := sum(follow.values())):
            return lower
        off = self.discounts[size]
        count = follow.get(token, 0)
        rest = sum(off[min(c, 3)] for c in follow.values()) / total
        return (count - off[min(count, 3)]) / total + rest * lower


@given(DOCUMENTS, st.lists(st.integers(1, 4), max_size=10), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_it_is_the_naive_model(documents, text, order):
    naive, model = Naive(documents, 6, order), train(joined(documents), 6, begin=0, order=order)
    found = model.chances(joined([text]))
    expected = [1.0, *(naive.chance([0, *text[:at]], token) for at, token in enumerate(text))]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@given(DOCUMENTS, st.lists(st.integers(1, 4), max_size=6))
@settings(max_examples=40, deadline=None)
def test_chances_sum_to_one(documents, history):
    model = train(joined(documents), 6, begin=0)
    # `begin` is never counted, but has its share of the uniform distribution: ask the naive model for it
    naive = Naive(documents, 6, 5)
    total = sum(model.chances(joined([[*history, token]]))[-1] for token in range(1, 6))
    assert total + naive.chance([0, *history], 0) == pytest.approx(1, abs=1e-5)


def test_a_bigram_model_by_hand():
    """Documents "1 2", "1 2", "1 3": after 1 there is 2 twice and 3 once; after the beginning 1 three times."""
    model = train(joined([[1, 2], [1, 2], [1, 3]]), 5, begin=0, order=2)
    # bigrams (0 1) x3, (1 2) x2, (1 3) x1: n1 = n2 = n3 = 1 (and n4 taken as 1), so Y = 1/3 and the discounts are
    # D1 = 1 - 2/3 = 1/3, D2 = 2 - 1 = 1, D3 = 3 - 4/3 = 5/3.
    # Unigrams count what stands in front of them: 1, 2 and 3 once each: n1 = 3, n2 taken as 1, Y = 3/5,
    # D1 = 1 - 2 * 3/5 * 1/3 = 3/5; each has (1 - 3/5) / 3 + 3/5 / 5.
    single = 0.4 / 3 + 0.6 / 5
    after_one = (1 + 1 / 3) / 3  # what is taken off 2 and 3, over the three times that something follows 1
    expected = [1, (3 - 5 / 3) / 3 + (5 / 3) / 3 * single, (2 - 1) / 3 + after_one * single]
    np.testing.assert_allclose(model.chances(np.array([0, 1, 2])), expected, atol=1e-6)


def test_no_ngram_reaches_over_a_beginning():
    apart, together = train(joined([[1, 2], [3, 4]]), 6, begin=0), train(joined([[1, 2, 3, 4]]), 6, begin=0)
    assert apart.chances(joined([[1, 2, 3]]))[-1] < together.chances(joined([[1, 2, 3]]))[-1]
    again = apart.chances(joined([[1, 2], [1, 2]]))
    np.testing.assert_allclose(again[:3], again[3:])
