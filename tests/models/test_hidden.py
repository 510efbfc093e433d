"""Hidden states of the encoder: a graph that was cut says what the whole one says."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.errors import ModelCorrupt
from tamis.models.encoder import MINI
from tamis.models.hidden import LAYERS, WIDTH, load_hidden
from tamis.models.onnx import Graph

TEXT = "Only the layers below run. " * 30


def test_a_graph_cut_below_says_the_same():
    both = load_hidden(threads=1)([TEXT])[0]
    lower = load_hidden(LAYERS[:1], threads=1)([TEXT])[0]
    assert lower.states.shape == (len(both.offsets), WIDTH)
    np.testing.assert_array_equal(lower.states, both.states[:, :WIDTH])


def test_what_the_outputs_do_not_need_is_no_input():
    whole, cut = Graph(MINI / "model.onnx"), Graph(MINI / "model.onnx", only=LAYERS)
    assert set(cut.outputs) == set(LAYERS)
    assert cut.inputs <= whole.inputs


def test_a_tensor_that_is_not_there_is_refused():
    with pytest.raises(ModelCorrupt):
        Graph(MINI / "model.onnx", only=("layers.9.hidden",)).require(("layers.9.hidden",))


@pytest.mark.parametrize(
    ("places", "rows"),
    [
        ([], 0),
        ([(0, 4)], 1),
        ([(0, 4), (5, 8), (2000, 2004)], 3),  # (the last one lies behind the text)
    ],
)
def test_states_of_words(places, rows):
    one = load_hidden(LAYERS[:1], threads=1)(["Only the layers"])[0]
    states = one.of_words(places)
    assert states.shape == (rows, WIDTH)
    if places:
        np.testing.assert_allclose(states[0], one.states[0], rtol=1e-2, atol=1e-2)  # "Only" is one piece
    assert (states[2:] == 0).all()
