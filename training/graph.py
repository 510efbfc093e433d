"""ONNX graphs under construction, with products of dynamic int8. Knows no model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

State = dict[str, NDArray[np.float32]]
OPSET = 17
CONTRIB = "com.microsoft"
FULL_RANGE, REDUCED_RANGE = 127, 63  # 7 bits cannot saturate the 16-bit sums of AVX2 without VNNI


@dataclass
class Graph:
    """Nodes and initialisers under construction; methods return the name of what they add."""

    levels: int
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """A named initialiser."""
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        """An operator with one output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def matmul(self, name: str, hidden: str, weight: NDArray[np.float32], bias: NDArray[np.float32] | None) -> str:
        """Dynamic-int8 `hidden @ weight.T (+ bias)`; `weight` as torch keeps it, (out, in)."""
        codes, scale = quantise(weight, self.levels)
        inputs = [hidden, self.constant(f"{name}.int8", codes.T), self.constant(f"{name}.scale", scale), ""]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias))
        else:
            inputs.pop()
        return self.node("DynamicQuantizeMatMul", inputs, f"{name}.out", domain=CONTRIB)


def quantise(weight: NDArray[np.float32], levels: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric codes (out, in) in -levels..levels and one scale a row (out,).

    Example: [[1.0, -0.5]] with 127 levels -> [[127, -64]], [1/127]
    """
    scale = np.maximum(np.abs(weight).max(1), 1e-8) / levels
    return np.rint(weight / scale[:, None]).astype(np.int8), scale.astype(np.float32)
