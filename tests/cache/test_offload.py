"""Parked caches: the same results to the bit, memory that really falls, files that go when nobody needs them."""

from __future__ import annotations

import gc
import sys
from functools import cache as cache_of_calls
from pathlib import Path

import pytest
import torch

from tamis.cache import Quantiser, RaggedCache, compress, decoding, load, park, save, unpark
from tamis.cache.ledger import storage_of
from tamis.core import Ratio, Total
from tamis.errors import OutputError, UnreadableInput
from tamis.models.transformers.hooks import attending
from tests.tiny import ids, wide

LAYERS = 8
CASES = [
    (None, "even", Ratio(1.0)),
    (None, "even", Total(30)),
    (None, "adaptive", Total(30)),
    (Quantiser(4, group=8, window=8), "even", Ratio(0.5)),
    (Quantiser(8, group=8, window=8), "adaptive", Ratio(0.5)),
]


@cache_of_calls
def made():
    return wide(num_hidden_layers=LAYERS)


def live():
    """Bytes of all tensors that there are, mapped ones included."""
    gc.collect()
    return storage_of(one for one in gc.get_objects() if type(one) in {torch.Tensor, torch.nn.Parameter})


@pytest.fixture
def fast_collection():
    """What there is before the test is not looked at: it would take seconds each time."""
    made()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def entries(cache):
    ledger = cache.ledger()
    return ledger.full + ledger.quantised


@torch.no_grad()
@pytest.mark.parametrize("where", ["disk", "host"])
@pytest.mark.parametrize(("quantiser", "spread", "budget"), CASES)
def test_a_parked_cache_is_read_as_before(tmp_path, where, quantiser, spread, budget):
    model = made()
    cache = compress(model, ids(), "knorm", budget, spread=spread, quantiser=quantiser)
    parked, taken = cache.fork(), entries(cache)
    park(parked, tmp_path if where == "disk" else None)
    assert (parked.seen, parked.ragged) == (cache.seen, cache.ragged)
    assert all(torch.equal(one, other) for one, other in zip(parked.lengths(), cache.lengths(), strict=True))
    assert parked.ledger().parked == taken
    assert entries(parked) == 0
    with decoding(model):
        for turn, length in enumerate((1, 7, 20)):
            following = ids(length, seed=turn)
            expected = model(following, past_key_values=cache).logits
            assert torch.equal(model(following, past_key_values=parked).logits, expected)
            if turn == 1:
                park(parked, tmp_path if where == "disk" else None)  # what came after, too
    unpark(parked)
    assert parked.ledger().parked == 0
    assert parked.ledger().entries == cache.ledger().entries


@torch.no_grad()
def test_an_uncompressed_cache_is_parked_whole(tmp_path):
    model, cache, mask = made(), RaggedCache(), torch.ones(2, 60, dtype=torch.long)
    mask[0, :9] = 0
    model(ids(), past_key_values=cache, attention_mask=mask)
    parked = cache.fork()
    park(parked, tmp_path)
    assert parked.ledger().parked == cache.ledger().full
    assert parked.ledger().total < 0.1 * cache.nbytes
    after = {"attention_mask": torch.cat([mask, mask[:, -1:]], 1)}  # its padding is masked as before
    expected = model(ids(1), past_key_values=cache, **after).logits
    assert torch.equal(model(ids(1), past_key_values=parked, **after).logits, expected)


def peak(model, cache):
    """The most bytes of tensors at any layer's attention, while a token is read."""
    seen = []
    with decoding(model), attending(model, observe=lambda _: seen.append(live())):
        model(ids(1, seed=5), past_key_values=cache)
    assert len(seen) >= LAYERS
    return max(seen)


@torch.no_grad()
@pytest.mark.parametrize(("quantiser", "spread", "budget"), CASES)
@pytest.mark.usefixtures("fast_collection")
def test_no_more_than_two_layers_are_in_memory(tmp_path, quantiser, spread, budget):
    model, text = made(), ids(400)
    start = live()
    cache = compress(model, text, "knorm", budget, spread=spread, quantiser=quantiser)
    stored = entries(cache)
    assert live() - start <= cache.nbytes + 4096
    before = peak(model, cache)
    cache.rollback(1)
    park(cache, tmp_path)
    assert live() - start <= cache.nbytes + 4096
    assert before - peak(model, cache) >= stored - 2 * stored / LAYERS - 4096
    assert live() - start <= cache.nbytes + 4096  # nothing stays


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_shrinks(tmp_path):
    def resident():
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    cache, size = RaggedCache(), 40 * 2**20
    for layer in range(2):  # large enough for the allocator to give it back
        cache.update(torch.ones(1, 1, size // 256, 64), torch.ones(1, 1, size // 256, 64), layer)
    full = resident()
    park(cache, tmp_path)
    assert full - resident() > 0.8 * cache.ledger().parked
    assert float(cache.layers[0].whole()[0].sum()) == size // 4
    assert full - resident() > 0.8 * cache.ledger().parked


@torch.no_grad()
def test_files_live_as_long_as_a_cache_needs_them(tmp_path):
    model = made()
    cache = compress(model, ids(), "knorm", Ratio(0.5))
    park(cache, tmp_path)
    assert len(list(tmp_path.iterdir())) == LAYERS
    fork = cache.fork()
    unpark(cache)
    gc.collect()
    expected = model(ids(1), past_key_values=cache).logits
    assert torch.equal(model(ids(1), past_key_values=fork).logits, expected)
    del fork
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@torch.no_grad()
def test_parked_caches_are_saved_rolled_back_and_reordered(tmp_path):
    model = made()
    cache = compress(model, ids(), "knorm", Ratio(1.0), quantiser=Quantiser(4, group=8, window=8))
    parked = cache.fork()
    park(parked, tmp_path / "parked")
    save(parked, tmp_path / "file")
    found = dict(load(tmp_path / "file").tensors())
    assert all(torch.equal(found[name], tensor) for name, tensor in cache.tensors())
    for one in (cache, parked):
        one.rollback(5)
        one.reorder_cache(torch.tensor([1, 0]))
    expected = model(ids(2), past_key_values=cache).logits
    assert torch.equal(model(ids(2), past_key_values=parked).logits, expected)


@torch.no_grad()
def test_what_goes_wrong_is_said(tmp_path):
    cache = compress(made(), ids(), "knorm", Ratio(1.0))
    before = cache.ledger()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        park(cache, tmp_path / "file" / "folder")
    assert cache.ledger() == before
    park(cache, tmp_path / "folder")
    for path in (tmp_path / "folder").iterdir():
        path.unlink()
    with pytest.raises(UnreadableInput, match="no file"):
        unpark(cache)
