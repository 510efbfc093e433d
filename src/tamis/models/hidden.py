"""Hidden states of the embedded encoder, for heads that are trained elsewhere.

The graph's inner tensors become its outputs when it is opened (`onnx.py`), so that only the layers below them run; its
file stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.models.encoder import MINI
from tamis.models.onnx import Graph
from tamis.models.parallel import spread, thread_count
from tamis.models.pieces import Cutter, Pieces
from tamis.models.shared import once
from tamis.models.windows import Window, windows

LAYERS = ("layers.1.hidden", "layers.3.hidden")
WIDTH = 384
_SIZE, _MARGIN = 160, 16


@dataclass(frozen=True, eq=False)
class HiddenStates:
    """One text: `offsets` (m, 2) of its pieces in characters, `states` (m, layers * 384)."""

    offsets: Ints
    states: NDArray[np.float32]

    def of_words(self, places: Sequence[tuple[int, int]]) -> NDArray[np.float16]:
        """(n, layers * 384): the mean of the first and the last piece of each word; zeros where it has none.

        places -- of the words, in characters, in order
        """
        if not places or not len(self.offsets):
            return np.zeros((len(places), self.states.shape[1]), np.float16)
        ends = np.array(places)
        first = np.searchsorted(self.offsets[:, 1], ends[:, 0], side="right")
        last = np.searchsorted(self.offsets[:, 0], ends[:, 1], side="left") - 1
        there = (first < len(self.offsets)) & (last >= 0) & (last >= first)
        first, last = np.clip(first, 0, len(self.offsets) - 1), np.clip(last, 0, len(self.offsets) - 1)
        pooled = (self.states[first] + self.states[last]) * np.float32(0.5)
        return np.asarray(pooled * there[:, None], np.float16)


@dataclass(frozen=True, eq=False)
class HiddenEncoder:
    """An open encoder that gives out what its lower layers make of each piece. Thread-safe."""

    cutter: Cutter
    graph: Graph
    threads: int
    layers: tuple[str, ...] = LAYERS

    def __call__(self, texts: Sequence[str]) -> list[HiddenStates]:
        """The states of each text; long ones are read in windows that overlap."""
        pieces = self.cutter.cut(texts)
        states = [np.zeros((len(one), len(self.layers) * WIDTH), np.float32) for one in pieces]
        jobs = ((number, window) for number, one in enumerate(pieces) for window in windows(len(one), _SIZE, _MARGIN))

        def work(job: tuple[int, Window]) -> None:
            number, window = job
            rows = self._read(pieces[number], window)
            states[number][window.first : window.last] = rows[window.first - window.start : window.last - window.start]

        spread(work, jobs, self.threads)
        return [HiddenStates(one.offsets, rows) for one, rows in zip(pieces, states, strict=True)]

    def _read(self, pieces: Pieces, window: Window) -> NDArray[np.float32]:
        inner = pieces.ids[window.start : window.end]
        ids = np.concatenate([[self.cutter.begin], inner, [self.cutter.end]]).astype(np.int64)[None]
        feeds = {
            "input_ids": ids,
            "token_type_ids": np.zeros_like(ids),
            "attention_mask": np.ones_like(ids),
            "deep": np.zeros((), bool),
        }
        return np.concatenate([part[0, 1:-1] for part in self.graph(self.layers, feeds)], axis=1)


def load_hidden(layers: tuple[str, ...] = LAYERS, *, threads: int | None = None) -> HiddenEncoder:
    """The embedded encoder with some of its lower layers as outputs; opened once a process.

    layers -- "layers.0.hidden" to "layers.3.hidden"; those above the last one do not run
    threads -- how many to use; None = `TAMIS_THREADS`, else all physical cores
    """
    return _opened(layers, thread_count(threads))


@once(size=4)
def _opened(layers: tuple[str, ...], threads: int) -> HiddenEncoder:
    graph = Graph(MINI / "model.onnx", only=layers)
    graph.require(layers)
    return HiddenEncoder(Cutter(MINI / "tokenizer.json"), graph, threads, layers)
