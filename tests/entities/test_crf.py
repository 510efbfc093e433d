"""The field against all rows of tags, one by one."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.entities.recognition.crf import NEVER, Chain, span_probability
from tamis.entities.recognition.tags import TagSet

TAGS = TagSet(("a", "b"))


def field(seed: int, steps: int) -> tuple[Chain, np.ndarray]:
    rng = np.random.default_rng(seed)
    chain = Chain.of(TAGS)
    for value in (chain.between, chain.first, chain.last):
        np.add(value, rng.normal(size=value.shape) * (value > NEVER / 2), out=value)
    return chain, rng.normal(size=(steps, TAGS.size))


def total(chain: Chain, scores: np.ndarray, row: tuple[int, ...]) -> float:
    value = chain.first[row[0]] + chain.last[row[-1]] + sum(scores[n, tag] for n, tag in enumerate(row))
    return float(value + sum(chain.between[a, b] for a, b in pairwise(row)))


def rows(steps: int) -> list[tuple[int, ...]]:
    allowed = set(TAGS.allowed())
    return [
        row
        for row in product(range(TAGS.size), repeat=steps)
        if row[0] in TAGS.first() and row[-1] in TAGS.last() and allowed.issuperset(pairwise(row))
    ]


def padded(scores: np.ndarray, steps: int) -> np.ndarray:
    return np.concatenate([scores, np.full((steps - len(scores), TAGS.size), 7.0)])[None]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 2))
def test_partition_best_row_and_spans_are_those_of_all_rows(seed: int, steps: int, more: int) -> None:
    chain, scores = field(seed, steps)
    values = {row: total(chain, scores, row) for row in rows(steps)}
    log_sum = np.logaddexp.reduce(list(values.values()))
    batch, lengths = padded(scores, steps + more), np.array([steps])
    alphas, totals = chain.forward(batch, lengths)
    betas = chain.backward(batch, lengths)
    best = chain.best(batch, lengths)[0]
    assert totals[0] == pytest.approx(log_sum)
    assert tuple(best) == max(values, key=lambda row: values[row])
    for first, last, _ in TAGS.decode(best):
        same = [value for row, value in values.items() if list(row[first:last]) == best[first:last]]
        around = alphas[0], betas[0], float(totals[0])
        share = span_probability(chain, batch[0], around, best[first:last], first)
        assert share == pytest.approx(float(np.exp(np.logaddexp.reduce(same) - log_sum)))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_the_gradient_is_that_of_small_steps(seed: int) -> None:
    chain, scores = field(seed, 3)
    batch, lengths = np.concatenate([padded(scores, 3), padded(scores[:2], 3)]), np.array([3, 2])
    gold = np.array([[1, 3, 0], [0, 4, 0]])
    _, by_scores, by_chain = chain.gradient(batch, gold, lengths)
    step = 1e-5
    rng = np.random.default_rng(seed)
    for value, gradient in ((batch, by_scores), (chain.between, by_chain.between), (chain.first, by_chain.first)):
        place = tuple(int(rng.integers(size)) for size in value.shape)
        if value[place] < NEVER / 2:
            continue
        before = value[place]
        losses = []
        for sign in (1, -1):
            value[place] = before + sign * step
            losses.append(chain.gradient(batch, gold, lengths)[0])
        value[place] = before
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_words_that_nobody_knows_teach_nothing(seed: int, steps: int) -> None:
    """Of all rows of tags, those that agree with the sure words count as right."""
    chain, scores = field(seed, steps)
    free = np.random.default_rng(seed).random(steps) < 0.5
    gold = np.zeros((1, steps), np.int64)
    loss, by_scores, _ = chain.partial(scores[None], gold, np.array([steps]), free[None])
    every = rows(steps)
    shares = np.exp([total(chain, scores, row) for row in every])
    fits = np.array([all(f or not tag for f, tag in zip(free, row, strict=True)) for row in every])
    assert loss == pytest.approx(np.log(shares.sum() / shares[fits].sum()), abs=1e-8)
    for t, tag in np.ndindex(scores.shape):
        here = np.array([row[t] == tag for row in every])
        expected = shares[here].sum() / shares.sum() - shares[here & fits].sum() / shares[fits].sum()
        assert by_scores[0, t, tag] == pytest.approx(expected, abs=1e-8)


def test_if_all_words_are_sure_it_is_the_gradient() -> None:
    rng = np.random.default_rng(1)
    chain = Chain.of(TagSet(("a",)))
    scores, gold = rng.normal(size=(2, 3, 5)), np.array([[0, 4, 0], [1, 3, 0]])
    lengths = np.array([3, 2])
    loss, by_scores, links = chain.gradient(scores, gold, lengths)
    again, by_again, more = chain.partial(scores, gold, lengths, np.zeros((2, 3), bool))
    assert again == pytest.approx(loss)
    assert by_again == pytest.approx(by_scores)
    assert [more.between, more.first, more.last] == [
        pytest.approx(one) for one in (links.between, links.first, links.last)
    ]
