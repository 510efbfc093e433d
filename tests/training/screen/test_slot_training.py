"""The network of slots in training: the same arithmetic as at work, weights that read back as they were written."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from tamis.models.slots import slot_net, slots_of
from tamis.screen.instruction import KINDS, RELATIONS, TAGS, Description, wish_of
from tamis.screen.sentence import FLAGS
from training.screen.composing import KINDS as SENTENCES
from training.screen.composing import Sentence, composed
from training.screen.slot_check import report, slots_right
from training.screen.slot_fit import SlotModule, SlotRecipe, fit, read, tensors_of
from training.screen.slots import _write
from training.screen.wordings import wordings

TINY = SlotRecipe(epochs=1, lot=96, batch=16, table=4, wide=6)
NAMES = ["Save", "Log out", "Größe", "News of today"]


def some(count: int = 40) -> list[Sentence]:
    return list(composed(wordings("develop"), NAMES, count, np.random.default_rng(0)))


def module() -> SlotModule:
    torch.manual_seed(0)
    one = SlotModule(TINY).eval()
    torch.nn.init.normal_(one.links)
    return one.requires_grad_(False)


def test_numpy_and_torch_agree():
    one = module()
    net = slot_net(TAGS, KINDS, tensors_of(one))
    for sentence in some():
        row = read(sentence)
        parts, flags = torch.from_numpy(row.parts)[None], torch.from_numpy(row.flags)[None]
        scores, logits = one(parts, flags, torch.ones(1, len(row.tags), dtype=torch.bool))
        tags, kinds = net(row.parts, row.flags)
        assert list(kinds.values()) == pytest.approx(logits.softmax(-1)[0].tolist(), abs=0.02)
        path = torch.tensor([[net.tags.index(tag) for tag in tags]])
        live = torch.ones_like(path, dtype=torch.bool)
        right = torch.from_numpy(row.tags)[None]
        assert one.entropy(scores, path, live) <= one.entropy(scores, right, live) + 0.2  # (half precision)


def test_the_entropy_of_a_chain_is_that_over_all_paths():
    one, rng = module(), np.random.default_rng(1)
    scores = torch.from_numpy(rng.normal(size=(1, 2, len(TAGS))).astype(np.float32))
    worth = {
        path: float(scores[0, 0, path[0]] + scores[0, 1, path[1]] + one.links[path[0], path[1]])
        for path in product(range(len(TAGS)), repeat=2)
    }
    total = np.log(np.exp(list(worth.values())).sum())
    for path in ((0, 0), (3, 5)):
        entropy = one.entropy(scores, torch.tensor([path]), torch.ones(1, 2, dtype=torch.bool))
        assert float(entropy) == pytest.approx(total - worth[path], abs=1e-3)


def test_weights_read_back_as_they_were_written(tmp_path):
    tensors = fit(wordings("develop", 0), NAMES, TINY)
    assert tensors["first"].shape == (1 + TINY.table + len(FLAGS), TINY.wide)
    _write(tensors, tmp_path)
    written, there = slot_net(TAGS, KINDS, tensors), slots_of(tmp_path)
    for name in ("table", "first", "layers", "tag", "links", "kind"):
        np.testing.assert_array_equal(getattr(written, name), getattr(there, name))


def test_tags_are_those_of_the_slots():
    for sentence in some(200):
        tags = {TAGS[tag] for tag in read(sentence).tags}
        slots = {slot for slot, *_ in sentence.spans}
        assert ("name" in tags) == bool(slots & {"name", "value", "looks", "function"}), sentence
        assert {f"anchor {one}" for one in RELATIONS} & tags == {slot for slot in slots if slot.startswith("anchor")}


def test_the_embedded_network_reads_what_it_was_trained_on_and_no_network_nothing():
    right = slots_right(some(300), wish_of)
    share = sum(n for (_, slot, good), n in right.items() if slot == "all" and good) / 300
    assert share > 0.8
    blind = slots_right(some(300), lambda _: Description(""))
    assert sum(n for (_, slot, good), n in blind.items() if slot == "all" and good) < 30
    assert report(right).count("\n") == len({one.kind for one in some(300)}) + 2 <= len(SENTENCES) + 2
