"""Linear layers whose weights are laid out once for oneDNN, for float32 inference on the CPU.

Where torch's default library (MKL) is not tuned for the processor (AMD), it runs about twice as fast, with the same
results to rounding. Uses operators that torch's own compiler emits; where they are missing, or say something else,
layers stay as they are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

TYPICAL_ROWS = 512  # pieces of a chunk: a hint for the layout
SMALLEST = 64  # output features; below, nothing is gained
TOLERANCE = 1e-4
TRANSPOSED = "transformers.pytorch_utils.Conv1D"  # y = x W + b with W (in, out): GPT-2, CodeGen, ...


class PackedLinear(nn.Module):
    """`nn.Linear`, or GPT-2's layer that keeps the transpose, for inference on the CPU in float32."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.weight = torch.ops.mkldnn._reorder_linear_weight(_by_output(layer), TYPICAL_ROWS)
        bias = layer.bias
        self.bias = bias.detach() if isinstance(bias, Tensor) else None

    def forward(self, x: Tensor) -> Tensor:
        """Return x W^T + b; x -- (..., features)."""
        out: Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", [], "")
        return out


def pack(model: nn.Module) -> int:
    """Replace the large linear layers of a float32 CPU model by packed ones; return how many."""
    replaced = 0
    for module in list(model.modules()):
        for name, layer in list(module.named_children()):
            if _is_linear(layer) and _suits(layer) and (packed := _packed(layer)) is not None:
                setattr(module, name, packed)
                replaced += 1
    return replaced


def _is_linear(layer: nn.Module) -> bool:
    """Whether it is one of the two kinds; a subclass may do more."""
    return type(layer) is nn.Linear or f"{type(layer).__module__}.{type(layer).__name__}" == TRANSPOSED


def _by_output(layer: nn.Module) -> Tensor:
    """(out, in) the weight."""
    assert isinstance(layer.weight, Tensor)
    weight = layer.weight.detach()
    return weight if type(layer) is nn.Linear else weight.t().contiguous()


def _suits(layer: nn.Module) -> bool:
    weight = _by_output(layer)
    return weight.device.type == "cpu" and weight.dtype == torch.float32 and len(weight) >= SMALLEST


@torch.inference_mode()
def _packed(layer: nn.Module) -> PackedLinear | None:
    """Return the packed layer, provided that it exists here and says the same."""
    try:
        packed = PackedLinear(layer)
        size = _by_output(layer).shape[1]
        probe = torch.linspace(-1, 1, 3 * size).reshape(1, 3, size)
        same = torch.allclose(packed(probe), layer(probe), rtol=TOLERANCE, atol=TOLERANCE)
    except (RuntimeError, AttributeError, NotImplementedError):
        return None
    return packed if same else None
