"""Every policy and wrapper; the choice of entries beside `core.select.top`."""

from dataclasses import replace

import pytest
import torch

from tamis.cache.mass import kept_mass
from tamis.cache.policies import POLICIES, policy_of
from tamis.cache.select import adaptive, choose, counts, keep, pyramid
from tamis.cache.wrappers import chunk, per_layer, pool, protect, summed
from tamis.core import Ratio
from tamis.errors import InvalidPlan, UnknownName
from tamis.models.transformers.attended import Attended


def attended(seed=0, t=40, tq=40, dtype=torch.float32, valid=None):
    dice = torch.Generator().manual_seed(seed)
    keys, values = (torch.randn(2, 2, t, 8, generator=dice).to(dtype) for _ in range(2))
    return Attended(1, keys, values, torch.randn(2, 6, tq, 8, generator=dice).to(dtype), valid=valid)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("wrap", [lambda p: p, protect, pool, chunk])
@pytest.mark.parametrize("name", [name for name, entry in POLICIES.items() if not entry.of_text])
def test_scores_are_one_a_head_and_entry_and_no_nan(name, wrap, dtype):
    scores = wrap(policy_of(name))(attended(dtype=dtype))
    assert scores.shape == (2, 2, 40)
    assert not scores.isnan().any()


def test_padding_is_never_kept_and_budgets_are_exact():
    valid = torch.ones(2, 40, dtype=torch.bool)
    valid[1, :30] = False
    scores = policy_of("knorm")(attended(valid=valid))
    mask = choose(scores, counts(Ratio(0.5), valid, heads=2), valid=valid).mask
    assert mask.sum(-1).tolist() == [[20, 20], [5, 5]]
    assert not (mask & ~valid[:, None]).any()


def test_protected_entries_raise_the_budget_and_it_is_reported():
    valid = torch.ones(2, 40, dtype=torch.bool)
    chosen = choose(protect(policy_of("random"), sink=2, recent=3)(attended()), torch.full((2, 2), 4), valid=valid)
    assert chosen.mask.sum(-1).tolist() == [[5, 5], [5, 5]]
    assert chosen.raised == 4


def test_streaming_keeps_sinks_then_the_most_recent():
    valid = torch.ones(2, 40, dtype=torch.bool)
    mask = keep(policy_of("streaming")(attended()), torch.full((2, 2), 7), valid=valid)
    assert mask[0, 0].nonzero().flatten().tolist() == [0, 1, 2, 3, 37, 38, 39]


def test_adaptive_budgets_spend_the_same_in_all():
    valid = torch.ones(2, 40, dtype=torch.bool)
    each = torch.full((2, 2), 10)
    many = adaptive(policy_of("snapkv")(attended()), each, valid=valid)
    assert many.sum(1).tolist() == [20, 20]
    assert (many >= 2).all()


def test_pyramid_spends_the_same_in_all():
    assert pyramid(100, 2, window=0) == [195, 5]
    assert sum(pyramid(100, 7)) == 700


def test_bad_input_is_named():
    with pytest.raises(UnknownName, match="snapkv"):
        policy_of("snapvk")
    with pytest.raises(InvalidPlan, match="NaN"):
        keep(torch.full((1, 1, 2), float("nan")), torch.ones(1, 1), valid=torch.ones(1, 2) > 0)
    with pytest.raises(InvalidPlan, match="queries"):
        policy_of("tova")(Attended(0, torch.ones(1, 1, 2, 4), torch.ones(1, 1, 2, 4)))


def test_policies_made_of_policies():
    layer = attended()  # of layer 1
    small, first = policy_of("knorm"), policy_of("streaming")
    assert torch.equal(per_layer([first, small].__getitem__)(layer), small(layer))
    assert torch.equal(summed([(2.0, small), (-1.0, first)])(layer), 2 * small(layer) - first(layer))


@pytest.mark.parametrize("name", ["snapkv", "h2o", "tova", "expected_attention"])
def test_policies_score_by_the_models_own_scale(name):
    """As with queries that are so much longer and the usual scale: Granite multiplies by a number of its own."""
    plain = attended(tq=12)
    scaled = replace(plain, scale=3 * plain.score_scale)
    longer = replace(plain, queries=3 * plain.queries)
    assert torch.allclose(policy_of(name)(scaled), policy_of(name)(longer), rtol=1e-4, atol=1e-6)
    assert not torch.allclose(policy_of(name)(scaled), policy_of(name)(plain), rtol=1e-2)
    mask = torch.rand(2, 2, 40, generator=torch.Generator().manual_seed(0)) < 0.5
    whole = attended()
    scaled, longer = replace(whole, scale=3 * whole.score_scale), replace(whole, queries=3 * whole.queries)
    assert kept_mass(scaled, mask, 9) == pytest.approx(kept_mass(longer, mask, 9), rel=1e-4)
