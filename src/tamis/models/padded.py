"""Sequences of ids through a model of transformers, in padded batches of like length. Extra `torch`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.models.sequences import TextSequence

# Padded pieces of a batch. On a CPU one sequence (the least) fills the cores, and scores do not depend on batch mates.
CPU_BATCH = 1
GPU_BATCH = 16384


def batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """The numbers of sequences, longest first, in batches of at most `most` padded pieces, at least one sequence each.

    Example: lengths 2 5 3, most 6 -> [[1], [2, 0]]
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    groups: list[list[int]] = []
    while order:
        fits = max(1, most // max(1, lengths[order[0]]))
        groups.append(order[:fits])
        order = order[fits:]
    return groups


def run(model: Any, sequences: Sequence[TextSequence], head: Callable[[Any, Any], Any]) -> list[Floats]:
    """What the model says of each sequence.

    said -- makes of the model's output and the mask (b, t), 0 = padding, a tensor (b, ...), a row a sequence
    """
    import torch

    alone = model.device.type == "cpu" or model.config.pad_token_id is None
    results: list[Floats] = [np.zeros(0)] * len(sequences)
    for batch in batches([len(r.ids) for r in sequences], CPU_BATCH if alone else GPU_BATCH):
        inputs, mask = feeds(model, [sequences[i] for i in batch])
        with torch.inference_mode():
            rows = head(model(**inputs), mask).float().cpu().numpy()
        for number, row in zip(batch, rows, strict=True):
            results[number] = row.astype(np.float64)
    return results


def feeds(model: Any, batch: Sequence[TextSequence]) -> tuple[dict[str, Any], Any]:
    """The inputs (b, t) of a model, on its device, and their mask.

    Mask and token types are inputs only where they say something, types only where the model knows them.
    """
    import torch

    longest, padding = max(len(r.ids) for r in batch), model.config.pad_token_id or 0

    def padded(rows: Sequence[Sequence[int]], fill: int) -> Any:
        return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows], device=model.device)

    inputs, mask = {"input_ids": padded([r.ids for r in batch], padding)}, padded([[1] * len(r.ids) for r in batch], 0)
    if any(len(r.ids) < longest for r in batch):
        inputs["attention_mask"] = mask
    if any(any(r.types) for r in batch) and "token_type_ids" in inspect.signature(model.forward).parameters:
        inputs["token_type_ids"] = padded([r.types for r in batch], 0)
    return inputs, mask
