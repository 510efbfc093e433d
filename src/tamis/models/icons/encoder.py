"""The encoder: crops of a screen and names to unit vectors whose cosine says how well they fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tamis.errors import InvalidInput, ModelCorrupt, needs
from tamis.models.encoder import MINI, WEIGHTS, Mini, load_mini
from tamis.models.icons.canvas import Pixels, canvases
from tamis.models.icons.names import Matrix, NameTower
from tamis.models.onnx import Graph
from tamis.models.shared import once
from tamis.models.tensors import read_tensors

FOLDER = WEIGHTS / "icons"
_BATCH = 64  # crops a call: more are no faster and take more memory


class IconEncoder:
    """Pictures and names in one space. Thread-safe; a result depends on its own input alone.

    graph -- the network of pictures: "canvas" to "vector"
    tower -- that of names
    sentences -- says what `tower` was trained with: `mini`
    """

    def __init__(self, graph: Graph, tower: NameTower, sentences: Mini) -> None:
        graph.require(["vector"])
        self._graph, self._tower, self._sentences = graph, tower, sentences
        self.dimension = tower.last.shape[1]

    @staticmethod
    def pretrained(folder: Path = FOLDER, *, threads: int = 1) -> IconEncoder:
        """The embedded one, or one of another folder; opened once a process, then shared.

        threads -- that a call of `images` may use

        Raises:
            MissingExtra: OpenCV is not installed (the extra `screen`).
            ModelCorrupt: a file is missing, cut short or of another kind.
        """
        needs("screen", "cv2")
        return _open(folder, threads)

    def images(self, crops: Sequence[Pixels]) -> Matrix:
        """(n, d) unit vectors of pictures; those of pictures of one colour are all the same.

        crops -- (height, width, 3) RGB each, of any size: the icon with some of what is around it

        Raises:
            InvalidInput: an array of another form, or without pixels.
        """
        for index, crop in enumerate(crops):
            if crop.ndim != 3 or crop.shape[2] != 3 or crop.dtype != np.uint8 or not crop.size:
                raise InvalidInput(
                    f"Crop {index} is {crop.dtype} {crop.shape}; it must be uint8 (height, width, 3) with pixels."
                )
        vectors = np.zeros((len(crops), self.dimension), np.float32)
        for start in range(0, len(crops), _BATCH):
            part = canvases(crops[start : start + _BATCH])
            (vectors[start : start + _BATCH],) = self._graph(["vector"], {"canvas": part})
        return vectors

    def names(self, texts: Sequence[str]) -> Matrix:
        """(n, d) unit vectors of what icons are called or are for, in English."""
        return self._tower(texts, np.asarray(self._sentences.vectors(texts), np.float32))


@once(size=2)
def _open(folder: Path, threads: int) -> IconEncoder:
    graph = Graph(folder / "pictures.onnx", threads=threads)
    tower = NameTower.of(read_tensors(folder / "names.safetensors"))
    sentences = load_mini(MINI, threads=1)
    size = tower.hidden.shape[0] - 1 - tower.table.shape[1]
    if graph.outputs.get("vector", [0])[-1] != tower.last.shape[1] or size <= 0:
        raise ModelCorrupt(f"{str(folder)!r} holds files that do not belong together.", hint="Install tamis anew.")
    return IconEncoder(graph, tower, sentences)
