"""Entries scored by telling the text again, beside the model's own attention weights."""

from __future__ import annotations

import pytest
import torch

from tamis.cache import compress, kvzip
from tamis.cache.policies.reconstruct import greatest
from tamis.core import Ratio, Total
from tamis.errors import InvalidPlan, UnsupportedModel
from tamis.models.causal.plain import open_plain
from tests.tiny import ids
from tests.tiny import wide as made


@torch.no_grad()
@pytest.mark.parametrize("piece", [7, 24, 100])
def test_scores_are_the_greatest_attention_of_the_second_reading(piece):
    model, text = made(attn_implementation="eager"), ids(24, batch=2)
    policy = kvzip(model, text, piece=piece)
    expected = [torch.zeros(2, 2, 24) for _ in range(2)]
    for start in range(0, 24, piece):
        whole = torch.cat([text, text[:, start : start + piece]], 1)
        places = torch.arange(24 + whole.shape[1] - 24)[None]
        out = model(whole, position_ids=places, output_attentions=True)
        for layer, weights in enumerate(out.attentions):
            best = weights[:, :, 24:, :24].amax(2).view(2, 2, 2, 24).amax(2)
            expected[layer] = torch.maximum(expected[layer], best)
    for layer in range(2):
        assert torch.allclose(policy.__self__.scores[layer], expected[layer], atol=1e-5)


@torch.no_grad()
def test_it_compresses_and_leaves_the_model_as_it_was():
    model, text = made(), ids(60)
    before = model(text).logits
    cache = compress(model, {"input_ids": text}, kvzip(model, {"input_ids": text}), Ratio(0.3), spread="adaptive")
    assert all(int(lengths.sum()) == 2 * 2 * 18 for lengths in cache.lengths())
    assert torch.equal(model(text).logits, before)


@torch.no_grad()
def test_what_can_be_asked_for_later_is_kept():
    """A quarter of a context of pairs: telling it again finds the values, whichever is asked for."""
    from tamis.bench.scbench import session
    from tamis.bench.scbench.layout import PLAIN
    from tamis.bench.scbench.methods import method
    from tamis.bench.scbench.play import Player

    player = Player(*open_plain("micro"), PLAIN, None, 64)
    scores = dict.fromkeys(("kvzip@0.5", "knorm@0.5", "streaming@0.5"), 0.0)
    for name in scores:
        for seed in range(3):
            made_ = session("kv", seed=seed, size=60, turns=5, wording="micro")
            scores[name] += sum(turn.score for turn in player.play(made_, method(name), "multi_request").turns)
    assert scores["kvzip@0.5"] > max(scores["knorm@0.5"], scores["streaming@0.5"])


@torch.no_grad()
def test_another_text_or_model_is_refused():
    model, text = made(), ids(30)
    policy = kvzip(model, text)
    with pytest.raises(InvalidPlan, match="another text"):
        compress(model, ids(31), policy, Total(10))
    with pytest.raises(InvalidPlan):
        kvzip(model, text, piece=0)
    mask = torch.ones_like(text)
    mask[0, :3] = 0
    with pytest.raises(InvalidPlan, match="padding"):
        kvzip(model, {"input_ids": text, "attention_mask": mask})
    with pytest.raises(UnsupportedModel):
        kvzip(made("mistral", sliding_window=16), text)


@pytest.mark.parametrize("count", [1, 100, 130, 300])
def test_the_greatest_attention_is_that_of_the_whole_matrix(count):
    generator = torch.Generator().manual_seed(count)
    queries, keys = torch.randn(3, count, 8, generator=generator), torch.randn(320, 8, generator=generator)
    scores = queries @ keys.T * 0.3
    later = torch.ones(count, 320, dtype=torch.bool).triu(320 - count + 1)
    expected = scores.masked_fill(later, -torch.inf).softmax(-1).amax((0, 1))
    assert torch.allclose(greatest(queries, keys, 0.3), expected, atol=1e-6)
