"""The two networks as torch trains them, and as files: ONNX for pictures, safetensors for names.

Pictures: convolutions with residual blocks (He et al., 2016), batch normalisation, one linear layer over the last map,
whose places are kept: where a stroke lies is what an arrow means. Names: `tamis.models.icons.names` in torch.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tamis.models.icons.canvas import SIDE
from tamis.models.icons.names import buckets

ROWS = 1 << 14  # of the table of hashed words and letters
_PLANES, _BAG, _HIDDEN, _SENTENCE = 2, 64, 256, 384


def _convolution(planes: int, more: int, size: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(planes, more, size, stride, size // 2, bias=False), nn.BatchNorm2d(more)]


class Block(nn.Module):
    """Two convolutions and what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*_convolution(width, width, 3), nn.ReLU(), *_convolution(width, width, 3))

    def forward(self, maps: Tensor) -> Tensor:
        """Of the same shape."""
        return F.relu(maps + self.body(maps))


class PictureNet(nn.Module):
    """(n, 2, SIDE, SIDE) canvases to (n, d) unit vectors.

    widths -- of the maps at half, a quarter, an eighth and a sixteenth of the size
    blocks -- how many residual blocks follow the second, third and fourth
    """

    def __init__(self, widths: Sequence[int], blocks: Sequence[int], dimension: int) -> None:
        super().__init__()
        layers = [*_convolution(_PLANES, widths[0], 5, 2), nn.ReLU()]
        for before, width, count in zip(widths, widths[1:], blocks, strict=False):
            layers += [*_convolution(before, width, 3, 2), nn.ReLU(), *(Block(width) for _ in range(count))]
        side = -(-SIDE // 16)
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.1))
        self.last = nn.Linear(widths[-1] * side * side, dimension)

    def forward(self, canvas: Tensor) -> Tensor:
        """Unit vectors."""
        vectors: Tensor = F.normalize(self.last(self.body(canvas)).float(), dim=-1)
        return vectors


class NameNet(nn.Module):
    """Sentence vectors and hashed words to (n, d) unit vectors; one of the two is left out now and then."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(ROWS, _BAG, mode="mean")
        nn.init.normal_(self.table.weight, std=0.3)
        self.hidden, self.last = nn.Linear(_SENTENCE + _BAG, _HIDDEN), nn.Linear(_HIDDEN, dimension)

    def forward(self, sentences: Tensor, rows: Tensor, starts: Tensor) -> Tensor:
        """Unit vectors.

        sentences -- (n, s)
        rows, starts -- of the table, and where each text's begin
        """
        bags = self.table(rows, starts)
        if self.training:
            draw = torch.rand(len(bags), 1)
            sentences = sentences * (draw > 0.1)
            bags = bags * (draw < 0.7)
        hidden = F.dropout(F.relu(self.hidden(torch.cat([sentences, bags], 1))), 0.1, self.training)
        return F.normalize(self.last(hidden).float(), dim=-1)


def rows_of(texts: Sequence[str]) -> list[np.ndarray]:
    """The rows of the table for each text."""
    return [buckets(text, ROWS) for text in texts]


def save(pictures: PictureNet, names: NameNet, folder: Path) -> None:
    """Write both networks as `tamis.models.icons` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    _save_pictures(pictures.eval(), folder / "pictures.onnx")
    _save_names(names, folder / "names.safetensors")


def _save_pictures(net: PictureNet, path: Path) -> None:
    """ONNX with weights of 16 bits, which are widened when the file is opened: half the size, the same speed."""
    import onnx

    example = (torch.zeros(2, _PLANES, SIDE, SIDE),)
    axes = {"canvas": {0: "n"}, "vector": {0: "n"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's age
        torch.onnx.export(
            net, example, path, input_names=["canvas"], output_names=["vector"], dynamic_axes=axes, dynamo=False
        )
    model = onnx.load(path)
    casts = []
    for tensor in model.graph.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        if array.dtype == np.float32 and array.ndim > 1:
            name = tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _save_names(net: NameNet, path: Path) -> None:
    from safetensors.numpy import save_file

    table = net.table.weight.detach().numpy()
    scales = np.abs(table).max(1, keepdims=True) / 127 + 1e-12
    layers = {
        name: np.concatenate([layer.bias.detach().numpy()[None], layer.weight.detach().numpy().T]).astype(np.float16)
        for name, layer in (("hidden", net.hidden), ("last", net.last))
    }
    tensors = {"table": np.round(table / scales).astype(np.int8), "scales": scales.astype(np.float16), **layers}
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, path)
