"""Hidden states of the embedded encoder, for heads that are trained elsewhere.

Only the lower four layers run. The graph's inner tensors become outputs when it is opened (`onnx.py`); its file stays.
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


@dataclass(frozen=True, eq=False)
class HiddenEncoder:
    """An open encoder that gives out what its lower layers make of each piece. Thread-safe."""

    cutter: Cutter
    graph: Graph
    threads: int

    def __call__(self, texts: Sequence[str]) -> list[HiddenStates]:
        """The states of each text; long ones are read in windows that overlap."""
        pieces = self.cutter.cut(texts)
        states = [np.zeros((len(one), len(LAYERS) * WIDTH), np.float32) for one in pieces]
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
        return np.concatenate([part[0, 1:-1] for part in self.graph(LAYERS, feeds)], axis=1)


def load_hidden(*, threads: int | None = None) -> HiddenEncoder:
    """The embedded encoder with its lower layers as outputs; opened once a process.

    threads -- how many to use; None = `TAMIS_THREADS`, else all physical cores
    """
    return _opened(thread_count(threads))


@once(size=4)
def _opened(threads: int) -> HiddenEncoder:
    graph = Graph(MINI / "model.onnx", more=LAYERS)
    graph.require(LAYERS)
    return HiddenEncoder(Cutter(MINI / "tokenizer.json"), graph, threads)
