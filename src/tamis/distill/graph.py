"""The ONNX form of a token classifier: traced, proved against the original, and made small if asked for.

Traced by the older of torch's two exporters: the newer one needs a package more (onnxscript), and both give the same
figures for every family that was tried (BERT, XLM-R, DistilBERT, DeBERTa, ELECTRA, ModernBERT).
"""

from __future__ import annotations

import inspect
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tamis.distill.lessons import Lesson
from tamis.errors import ModelError
from tamis.io.files import atomic
from tamis.models.onnx import Graph

OPSET = 17
CLOSE = 1e-3  # largest difference of a logit, relative to the largest logit
_EXTERNAL = 2 * 10**9  # bytes: what does not fit into one file of protobuf


class _Logits(nn.Module):
    """The model as a function of plain tensors."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        super().__init__()
        self.model, self.names = model, list(names)

    def forward(self, *values: Tensor) -> Tensor:
        """(1, t, 2) logits."""
        logits: Tensor = self.model(**dict(zip(self.names, values, strict=True))).logits
        return logits


def build(model: Any, probes: Sequence[Lesson], path: Path, *, int8: bool) -> None:
    """Write the graph of a model on the CPU to `path`, proved to say the same on the probes before it is made int8.

    Raises:
        ModelError: the model cannot be traced, or the graph says something else.
    """
    names = _inputs(model, probes)
    size = sum(value.numel() * value.element_size() for value in model.state_dict().values())
    if size > _EXTERNAL:
        hint = "Leave it out with --no-onnx: torch runs the folder as it is."
        raise ModelError(f"{size / 1e9:.1f} GB do not fit into one ONNX file.", hint=hint)
    with TemporaryDirectory(dir=path.parent) as folder:
        plain = Path(folder) / "plain.onnx"
        _trace(_Logits(model, names).eval(), probes[0], names, plain)
        _prove(model, names, probes, Graph(plain))
        graph = _small(plain) if int8 else plain
        with atomic(path) as temporary:
            shutil.copyfile(graph, temporary)


def feeds(one: Lesson, names: Sequence[str]) -> dict[str, Tensor]:
    """The named inputs of one sequence, (1, t) each."""
    ids = torch.from_numpy(one.ids)[None]
    tensors = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.from_numpy(one.types)[None],
    }
    return {name: tensors[name] for name in names}


def _inputs(model: Any, probes: Sequence[Lesson]) -> list[str]:
    typed = any(one.types.any() for one in probes) and "token_type_ids" in inspect.signature(model.forward).parameters
    return ["input_ids", "attention_mask", *(["token_type_ids"] if typed else [])]


def _trace(model: nn.Module, probe: Lesson, names: Sequence[str], path: Path) -> None:
    axes = {name: {1: "pieces"} for name in (*names, "logits")}
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # of what is constant in a trace: `_prove` finds what should not be
            torch.onnx.export(
                model,
                tuple(feeds(probe, names).values()),
                str(path),
                input_names=list(names),
                output_names=["logits"],
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )
    except Exception as error:  # whatever an operator without an ONNX form raises
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        hint = "Leave it out with --no-onnx: torch runs the folder as it is."
        raise ModelError(f"The model cannot be exported to ONNX: {reason}", hint=hint) from error


def _prove(model: Any, names: Sequence[str], probes: Sequence[Lesson], graph: Graph) -> None:
    """Compare the graph with the model on sequences of several lengths."""
    for probe in probes:
        inputs = feeds(probe, names)
        with torch.inference_mode():
            expected = model(**inputs).logits.numpy()
        (logits,) = graph(("logits",), {name: value.numpy() for name, value in inputs.items()})
        far = float(np.abs(logits - expected).max())
        if not far <= CLOSE * max(1.0, float(np.abs(expected).max())):
            hint = "Leave it out with --no-onnx: torch runs the folder as it is."
            raise ModelError(
                f"The ONNX graph differs from the model by {far:.2g} at {len(probe.ids)} pieces.", hint=hint
            )


def _small(plain: Path) -> Path:
    """The graph with its matrices in eight bits, each column with a scale of its own."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantised = plain.with_name("int8.onnx")
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises a pre-processing that changes nothing here
    try:
        quantize_dynamic(str(plain), str(quantised), weight_type=QuantType.QInt8, per_channel=True, reduce_range=False)
    finally:
        root.setLevel(level)
    return quantised
