"""What the weights of `mini-lm` meet on real text: how the inputs of each go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Real = NDArray[np.float32]

NAMES = {"qkv": "self_attn.q_proj", "o": "self_attn.o_proj", "wide": "mlp.gate_proj", "down": "mlp.down_proj"}
"""Products of a layer in the graph -> a module that has the same input."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Inputs of the products over some text.

    Attributes:
        together: (in, in) sum of x x^T, by the product's name in the graph.
    """

    together: dict[str, Real]


def watch(model: Any, batches: Iterable[NDArray[np.int64]]) -> Seen:
    """Run the model over rows of tokens (b, t) and note what its products meet."""
    sums: dict[str, Tensor] = {}
    hooks = [
        model.get_submodule(f"model.layers.{index}.{module}").register_forward_pre_hook(
            _adder(sums, f"model.layers.{index}.{name}")
        )
        for index in range(model.config.num_hidden_layers)
        for name, module in NAMES.items()
    ]
    try:
        with torch.inference_mode():
            for rows in batches:
                model.model(input_ids=torch.from_numpy(rows), use_cache=False)
    finally:
        for hook in hooks:
            hook.remove()
    return Seen({name: value.numpy() for name, value in sums.items()})


def _adder(sums: dict[str, Tensor], name: str) -> Any:
    def add(_module: Any, inputs: tuple[Tensor, ...]) -> None:
        rows = inputs[0].flatten(0, -2)
        sums[name] = sums.get(name, 0) + rows.T @ rows

    return add
