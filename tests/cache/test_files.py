"""Caches as files: bit-exact, decoding as before, and every way in which a file can be wrong said in words."""

from __future__ import annotations

import json
import os
import resource
import signal

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file

from tamis.cache import Quantiser, RaggedCache, compress, compressing, decoding, fingerprint
from tamis.cache.files import KEY, SCHEMA, VERSION, load, save
from tamis.core import Ratio, Total
from tamis.errors import InvalidPlan, OutputError, UnreadableInput
from tests.tiny import ids
from tests.tiny import wide as made


def same(one, other):
    left, right = dict(one.tensors()), dict(other.tensors())
    assert left.keys() == right.keys()
    for name, tensor in left.items():
        assert (tensor.dtype, tensor.shape) == (right[name].dtype, right[name].shape)
        assert torch.equal(tensor, right[name])
    assert [layer.seen for layer in one.layers] == [layer.seen for layer in other.layers]
    assert [layer.kept for layer in one.layers] == [layer.kept for layer in other.layers]
    assert (one.quantiser, one.masses, one.seen, one.ledger()) == (
        other.quantiser, other.masses, other.seen, other.ledger(),
    )  # fmt: skip


CASES = [
    (None, "even", Ratio(1.0)),
    (None, "adaptive", Total(20)),
    (Quantiser(4), "even", Ratio(0.5)),
    (Quantiser(2, group=8, window=4), "even", Ratio(0.7)),
    (Quantiser(8, group=8, window=4), "adaptive", Ratio(0.7)),
]


@torch.no_grad()
@pytest.mark.parametrize(("quantiser", "spread", "budget"), CASES)
def test_what_is_loaded_is_what_was_saved(tmp_path, quantiser, spread, budget):
    model = made()
    with compressing(model, "snapkv", budget, spread=spread, quantiser=quantiser, certify=8) as cache:
        model(ids(), past_key_values=cache)
        model(ids(20, seed=4), past_key_values=cache)  # so that there is a tail, or a middle
    save(cache, tmp_path / "a.safetensors", model=model)
    again = load(tmp_path / "a.safetensors", model=model)
    same(cache, again)
    with decoding(model):
        for following in (ids(1, seed=5), ids(12, seed=6)):
            assert torch.equal(
                model(following, past_key_values=cache).logits, model(following, past_key_values=again).logits
            )
    same(cache, again)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.safetensors"]


@torch.no_grad()
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision(tmp_path, dtype):
    cache = compress(made().to(dtype), ids(), "knorm", Ratio(0.5))
    save(cache, tmp_path / "a")
    same(cache, load(tmp_path / "a"))


def test_an_empty_cache(tmp_path):
    save(RaggedCache(quantiser=Quantiser(8)), tmp_path / "a")
    cache = load(tmp_path / "a", model=made())
    assert (cache.seen, cache.quantiser, cache.ragged) == (0, Quantiser(8), False)


@torch.no_grad()
def test_the_file_may_be_replaced_by_the_cache_that_came_from_it(tmp_path):
    path = tmp_path / "a"
    cache = compress(made(), ids(), "knorm", Ratio(0.5))
    save(cache, path)
    first = load(path)
    save(first, path)
    same(cache, first)
    same(cache, load(path))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("cache") / "a.safetensors"
    with torch.no_grad():
        save(compress(made(), ids(20, 1), "knorm", Ratio(0.5), quantiser=Quantiser(4, group=4, window=2)), path)
    return path.read_bytes()


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_damage_goes_unnoticed(written, tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged"
    at = data.draw(st.integers(0, len(written) - 1))
    if data.draw(st.booleans()):
        broken = written[:at]
    else:
        broken = bytearray(written)
        broken[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(broken)
    try:
        found = load(path)
    except UnreadableInput:
        pass
    else:  # a byte of the header that means nothing, as a blank at its end
        whole = path.with_name("whole")
        whole.write_bytes(written)
        same(found, load(whole))


def rewritten(written, path, **changes):
    path.write_bytes(written)
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
        told = json.loads(file.metadata()[KEY])
    save_file(tensors, path, metadata={KEY: json.dumps(told | changes)})
    return path


def test_files_that_are_something_else_are_refused(written, tmp_path):
    path = tmp_path / "a"
    with pytest.raises(UnreadableInput, match="no file"):
        load(tmp_path / "missing")
    with pytest.raises(UnreadableInput, match="no file"):
        load(tmp_path)
    save_file({"weight": torch.zeros(3)}, path)
    with pytest.raises(UnreadableInput, match="no cache of tamis"):
        load(path)
    with pytest.raises(UnreadableInput, match="Update tamis"):
        load(rewritten(written, path, version=VERSION + 1))
    with pytest.raises(UnreadableInput, match=r"tamis\.other"):
        load(rewritten(written, path, schema="tamis.other"))
    with pytest.raises(UnreadableInput, match="checksum"):
        load(rewritten(written, path, seen=[1, 1]))
    assert SCHEMA == "tamis.cache"


@torch.no_grad()
def test_a_cache_of_another_model_is_refused(tmp_path):
    model, path = made(), tmp_path / "a"
    cache = compress(model, ids(), "knorm", Ratio(0.5))
    save(cache, path, model=model)
    assert load(path, model=model).seen == load(path, model=fingerprint(model)).seen == load(path).seen == 60
    others = (made(seed=1), made(num_hidden_layers=3), made().to(torch.bfloat16), made(rope_theta=5e5))
    for other in (*others, "llama of mine"):
        with pytest.raises(InvalidPlan, match="holds a cache of"):
            load(path, model=other)
    save(cache, path)  # without the model's name, its shape is still compared
    load(path, model=made(seed=1))
    for other in (made(num_hidden_layers=3), made(num_key_value_heads=1), made(head_dim=32)):
        with pytest.raises(InvalidPlan, match="does not fit"):
            load(path, model=other)


@torch.no_grad()
def test_what_cannot_be_written_leaves_the_old_file(written, tmp_path):
    cache = compress(made(), ids(), "knorm", Ratio(1.0))
    with pytest.raises(OutputError):
        save(cache, tmp_path / "none" / "a")
    with pytest.raises(OutputError, match="no file"):
        save(cache, tmp_path)
    os.mkfifo(tmp_path / "pipe")  # as a device: a rename would put a file in its place
    with pytest.raises(OutputError, match="no file"):
        save(cache, tmp_path / "pipe")


@torch.no_grad()
def test_a_full_disk_leaves_the_old_file(written, tmp_path):
    cache, path = compress(made(), ids(), "knorm", Ratio(1.0)), tmp_path / "a"
    path.write_bytes(written)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:  # a limit to the size of files fails in the midst of writing, as a full disk does
        resource.setrlimit(resource.RLIMIT_FSIZE, (cache.nbytes // 2, before[1]))
        with pytest.raises(OutputError, match="half-written"):
            save(cache, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == written
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
