"""One interface over a torch checkpoint and an exported ONNX file, for evaluation and for labelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.encoder.batches import tokens
from training.encoder.labels import Floats, Ids
from training.encoder.model import MiniEncoder, Tokens

_BATCH = 6144  # padded wordpieces a forward pass


class Scorer(Protocol):
    """What evaluation asks of a model; rows keep their order."""

    def keep(self, rows: Sequence[Ids], *, logits: bool = False) -> list[Floats]:
        """Tiers and salience of each row, (t, 5) probabilities or logits."""

    def answer(self, rows: Sequence[Ids], splits: Sequence[int]) -> list[Floats]:
        """Evidence and answer logits of each pair, (t, 2)."""

    def vector(self, rows: Sequence[Ids]) -> Floats:
        """Unit vectors (n, d)."""


def bucketed(
    rows: Sequence[Ids], splits: Sequence[int] | None, run: Callable[[Tokens], NDArray[np.float32]]
) -> list[Floats]:
    """Apply `run` (b, t) -> (b, t, k) to length-sorted batches and undo sorting and padding."""
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
    results: list[Floats] = [np.zeros(0, np.float32)] * len(rows)
    start = 0
    while start < len(order):
        size = max(1, _BATCH // len(rows[order[start]]))
        part = order[start : start + size]
        outputs = run(tokens([rows[i] for i in part], [splits[i] if splits else 1 << 30 for i in part]))
        for index, row in zip(part, outputs, strict=True):
            results[index] = row[: len(rows[index])]
        start += size
    return results


class TorchScorer:
    """A checkpoint, in float32 (or bf16 where speed matters more)."""

    def __init__(self, model: MiniEncoder, tap: int, *, bf16: bool = False) -> None:
        self._model, self._tap, self._bf16 = model.eval(), tap, bf16

    def _forward(self, forward: Callable[[Tokens], Tensor]) -> Callable[[Tokens], NDArray[np.float32]]:
        def run(batch: Tokens) -> NDArray[np.float32]:
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self._bf16):
                return forward(batch).float().numpy()

        return run

    def keep(self, rows: Sequence[Ids], *, logits: bool = False) -> list[Floats]:
        """See `Scorer`."""

        def forward(batch: Tokens) -> Tensor:
            heads = self._model.keep(self._model.body(batch, self._tap))
            joined = torch.cat([heads.tiers, heads.salience[..., None]], -1)
            return joined if logits else joined.sigmoid()

        return bucketed(rows, None, self._forward(forward))

    def answer(self, rows: Sequence[Ids], splits: Sequence[int]) -> list[Floats]:
        """See `Scorer`."""

        def forward(batch: Tokens) -> Tensor:
            heads = self._model.answer(self._model.body(batch, len(self._model.layers)))
            return torch.stack([heads.evidence, heads.answer], -1)

        return bucketed(rows, splits, self._forward(forward))

    def vector(self, rows: Sequence[Ids]) -> Floats:
        """See `Scorer`."""

        def forward(batch: Tokens) -> Tensor:
            return self._model.vector(self._model.body(batch, len(self._model.layers)), batch.mask)[:, None]

        return np.concatenate(bucketed(rows, None, self._forward(forward)))


class OnnxScorer:
    """The exported file, run as the product runs it: only the outputs asked for."""

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def _outputs(self, names: Sequence[str], batch: Tokens) -> list[NDArray[np.float32]]:
        feed = {
            "input_ids": batch.ids.numpy(),
            "attention_mask": batch.mask.long().numpy(),
            "token_type_ids": batch.types.numpy(),
            "deep": np.array("tiers" not in names),
        }
        return list(self._session.run(list(names), feed))

    def keep(self, rows: Sequence[Ids], *, logits: bool = False) -> list[Floats]:
        """See `Scorer`."""

        def run(batch: Tokens) -> NDArray[np.float32]:
            tiers, salience = self._outputs(["tiers", "salience"], batch)
            joined = np.concatenate([tiers, salience[..., None]], -1)
            return np.log(joined / (1 - joined)) if logits else joined

        return bucketed(rows, None, run)

    def answer(self, rows: Sequence[Ids], splits: Sequence[int]) -> list[Floats]:
        """See `Scorer`."""
        return bucketed(rows, splits, lambda batch: np.stack(self._outputs(["evidence", "answer"], batch), -1))

    def vector(self, rows: Sequence[Ids]) -> Floats:
        """See `Scorer`."""
        return np.concatenate(bucketed(rows, None, lambda batch: self._outputs(["vector"], batch)[0][:, None]))
