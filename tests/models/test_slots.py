"""The network of slots: paths of tags, neighbours of words, weights that do not fit."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tamis.errors import ModelCorrupt
from tamis.models.slots import DILATIONS, FOLDER, WIDTH, around, best_path, load_slots, slot_net, slots_of
from tamis.models.tensors import read_tensors

NUMBERS = st.integers(-20, 20).map(float)


@given(
    st.integers(1, 5).flatmap(lambda n: arrays(np.float32, (n, 3), elements=NUMBERS)),
    arrays(np.float32, (3, 3), elements=NUMBERS),
)
def test_no_path_is_likelier_than_the_best(scores, links):
    def worth(path):
        return sum(scores[at, tag] for at, tag in enumerate(path)) + sum(links[a, b] for a, b in pairwise(path))

    best = max(worth(path) for path in product(range(3), repeat=len(scores)))
    assert worth(best_path(scores, links)) == pytest.approx(best)


@given(st.integers(1, 9), st.sampled_from(DILATIONS))
def test_each_word_sees_those_at_its_distances_and_nothing_beyond_the_ends(count, dilation):
    hidden = np.arange(1, count + 1, dtype=np.float32)[:, None]
    seen = around(hidden, dilation)
    for at in range(count):
        places = [at + dilation * step for step in range(-(WIDTH // 2), WIDTH // 2 + 1)]
        assert seen[at].tolist() == [place + 1 if 0 <= place < count else 0 for place in places]


def test_what_is_said_of_words_does_not_depend_on_words_far_away():
    net, reach = load_slots(), sum(DILATIONS) * (WIDTH // 2)
    rng = np.random.default_rng(0)
    parts, flags = (
        rng.integers(0, len(net.table), (2 * reach + 2, 5)),
        np.zeros((2 * reach + 2, len(net.first) - 1 - net.table.shape[1]), np.float32),
    )
    net = slot_net(net.tags, net.kinds, {**_tensors(), "links": np.zeros_like(net.links)})
    tags, kinds = net(parts, flags)
    assert set(tags) <= set(net.tags)
    assert sum(kinds.values()) == pytest.approx(1)
    parts[-1] = 0
    assert net(parts, flags)[0][:reach] == tags[:reach]


def test_weights_that_do_not_fit_are_refused(tmp_path):
    tensors = _tensors()
    net = load_slots()
    with pytest.raises(ModelCorrupt, match="another form"):
        slot_net(net.tags, net.kinds, {name: value for name, value in tensors.items() if name != "tag"})
    with pytest.raises(ModelCorrupt, match="do not fit"):
        slot_net(net.tags[:-1], net.kinds, tensors)
    with pytest.raises(ModelCorrupt, match="slots"):
        slots_of(tmp_path)
    (tmp_path / "slots.safetensors").write_bytes((FOLDER / "slots.safetensors").read_bytes())
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        slots_of(tmp_path)


def _tensors():
    return read_tensors(FOLDER / "slots.safetensors")
