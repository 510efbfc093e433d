"""A token classifier that was exported to ONNX (`tamis distill`), as a keep-scorer. Runs without torch.

Such a folder holds the same weights twice: `model.safetensors` for torch and `model.onnx` for onnxruntime. Its
`config.json` is that of transformers with a section `tamis`, which says where the graph is and what it was cut for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.errors import ModelCorrupt
from tamis.models.encoder import read_config
from tamis.models.onnx import Graph
from tamis.models.parallel import spread, thread_count
from tamis.models.pieces import open_tokenizer
from tamis.models.scores import TokenScores
from tamis.models.sequences import SequenceReader, TextSequence, joined
from tamis.models.shared import once

SECTION = "tamis"
KIND = "keep-classifier"
FORMAT = 1


@dataclass(frozen=True, eq=False)
class OnnxClassifier:
    """An open classifier; obtained from `load_onnx_classifier`. Thread-safe.

    Attributes:
        name: what it was loaded from.
        keep_label: index of the label that means keep.
    """

    name: str
    graph: Graph
    reader: SequenceReader
    keep_label: int
    threads: int

    def keep(self, texts: Sequence[str]) -> list[TokenScores]:
        """The keep-probability of every piece ("keep", 0 to 1)."""
        sequences = self.reader.read(texts)
        return joined(len(texts), sequences, spread(self._probabilities, sequences, self.threads))

    def _probabilities(self, sequence: TextSequence) -> Floats:
        """(c,) softmax of the keep label."""
        ids = np.array([sequence.ids], np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.array([sequence.types])}
        logits = self.graph(("logits",), feeds)[0][0, sequence.content].astype(np.float64)
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        share: Floats = odds[:, self.keep_label] / odds.sum(axis=-1)
        return share


def says_onnx(config: Mapping[str, Any]) -> bool:
    """Whether a `config.json` speaks of an exported keep-classifier."""
    section = config.get(SECTION)
    return isinstance(section, Mapping) and section.get("kind") == KIND


def load_onnx_classifier(folder: Path, *, threads: int | None = None) -> OnnxClassifier:
    """Open the exported classifier in a folder.

    Raises:
        ModelCorrupt: a file is missing, cut short, of a newer format, or another model's.
        InvalidInput: `threads` is not a positive whole number.
    """
    limit, label, file = _described(folder)
    graph = Graph(folder / file)
    graph.require(("logits",))
    reader = SequenceReader(open_tokenizer(folder / "tokenizer.json"), limit)
    return OnnxClassifier(str(folder), graph, reader, label, thread_count(threads))


def _described(folder: Path) -> tuple[int, int, str]:
    """Longest sequence, label that means keep, and file of the graph."""
    section = read_config(folder).get(SECTION, {})
    try:
        if int(section["format"]) != FORMAT:
            raise ValueError(f"format {section['format']}")
        return int(section["limit"]), int(section["keep_label"]), str(section["onnx"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(
            f"{str(folder / 'config.json')!r} says nothing usable in its section {SECTION!r}: {error}.",
            hint="Export the model anew: tamis distill export.",
        ) from error


def onnx_classifier(folder: Path, *, threads: int | None = None) -> OnnxClassifier:
    """`load_onnx_classifier`, once a process for each folder and number of threads."""
    return _shared(folder.resolve(), thread_count(threads))


@once(size=2)
def _shared(folder: Path, threads: int) -> OnnxClassifier:
    return load_onnx_classifier(folder, threads=threads)
