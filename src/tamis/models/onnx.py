"""One ONNX graph, run by onnxruntime on the CPU. Knows nothing of text.

A call uses one thread unless told otherwise, and takes one sequence, unpadded; callers run many calls at once. That is
as fast as batches (measured: 28,000 word pieces a second and thread at 256), and it makes a result a pure function of
its input: the scale of dynamic int8 quantisation is computed over a whole batch, so a batch mate or padding would
change scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt

Array = NDArray[Any]

_ERRORS_ONLY = 3
_GRAPH, _OUTPUT, _NAME = 7, 12, 1  # fields of ModelProto, GraphProto and ValueInfoProto in onnx.proto
_NODE, _NODE_INPUT, _NODE_OUTPUT = 1, 1, 2  # of GraphProto and NodeProto
# Since onnxruntime 1.30 the fused operator takes 200 us where the two that it replaces take 45 us (128 pieces).
_SLOW_FUSIONS = ("SkipLayerNormFusion",)


class Graph:
    """An open graph. Thread-safe.

    threads -- that one call may use; calls at the same time share them
    only -- inner tensors that become the outputs, in place of all others: what these do not need does not run
    """

    def __init__(self, path: Path, *, threads: int = 1, only: Sequence[str] = ()) -> None:
        self.path = path
        self._session = _open(path, threads, only)
        self.inputs = frozenset(value.name for value in self._session.get_inputs())
        self.inputs |= frozenset(value.name for value in self._session.get_overridable_initializers())
        self.outputs = {value.name: value.shape for value in self._session.get_outputs()}  # names and sizes

    def require(self, outputs: Sequence[str]) -> None:
        """Raise `ModelCorrupt` unless the graph has these outputs."""
        if missing := sorted(set(outputs) - set(self.outputs)):
            hint = "It is another kind of model; install the model's files anew."
            raise ModelCorrupt(f"{str(self.path)!r} has no output {', '.join(missing)}.", hint=hint)

    def metadata(self, name: str) -> str:
        """What the graph's file says about itself.

        Raises:
            ModelCorrupt: it says nothing under that name.
        """
        values = self._session.get_modelmeta().custom_metadata_map
        if name not in values:
            raise ModelCorrupt(f"{str(self.path)!r} has no metadata {name!r}.", hint="Install the file anew.")
        return str(values[name])

    def __call__(self, outputs: Sequence[str], feeds: Mapping[str, Array]) -> list[NDArray[np.float32]]:
        """The named outputs; feeds that the graph does not take are left out."""
        inputs = {name: value for name, value in feeds.items() if name in self.inputs}
        arrays: list[NDArray[np.float32]] = self._session.run(list(outputs), inputs)
        return arrays


def _open(path: Path, threads: int, only: Sequence[str]) -> Any:
    import onnxruntime

    if not path.is_file():
        raise ModelCorrupt(f"There is no file {str(path)!r}.", hint="Install the model's files anew.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # Threads that wait in a loop take the cores from everybody else: with other work beside it, minutes for seconds.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = _ERRORS_ONLY
    try:
        model = _with_outputs(path.read_bytes(), only) if only else str(path)
        return onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=list(_SLOW_FUSIONS)
        )
    except Exception as error:  # a dozen unrelated types, one for each way to be broken
        reason = str(error).splitlines()[0]
        raise ModelCorrupt(f"{str(path)!r} cannot be opened: {reason}", hint="Install the file anew.") from error


def _with_outputs(model: bytes, names: Sequence[str]) -> bytes:
    """A serialised model whose outputs are these tensors, without the nodes that these do not need.

    onnxruntime runs every node of a graph, whatever is asked for. Nodes stand in order, each behind what it reads.
    """
    parts = []
    for number, raw, body in _fields(model):
        parts.append(_field(_GRAPH, _sliced(body, names)) if number == _GRAPH else raw)
    return b"".join(parts)


def _sliced(graph: bytes, names: Sequence[str]) -> bytes:
    needed, rows = {name.encode() for name in names}, []
    for number, raw, body in reversed(list(_fields(graph))):
        if number == _NODE:
            ends = {n: [text for m, _, text in _fields(body) if m == n] for n in (_NODE_INPUT, _NODE_OUTPUT)}
            if not needed.intersection(ends[_NODE_OUTPUT]):
                continue
            needed.update(ends[_NODE_INPUT])
        if number != _OUTPUT:
            rows.append(raw)
    outputs = [_field(_OUTPUT, _field(_NAME, name.encode())) for name in names]
    return b"".join([*reversed(rows), *outputs])


def _fields(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The fields of a message: number, as they stand there, and their content; of numbers the content is empty."""
    place = 0
    while place < len(data):
        key, value = _read_varint(data, place)
        kind = key & 7
        if kind == 0:
            body, end = value, _read_varint(data, value)[1]
        elif kind == 2:
            size, body = _read_varint(data, value)
            end = body + size
        else:
            body = end = value + (8 if kind == 1 else 4)
        yield key >> 3, data[place:end], data[body:end] if kind == 2 else b""
        place = end


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    """A number at a place, and the place behind it."""
    value = shift = 0
    while data[place] > 127:
        value |= (data[place] & 127) << shift
        shift, place = shift + 7, place + 1
    return value | data[place] << shift, place + 1


def _field(number: int, data: bytes) -> bytes:
    """A field of bytes in the wire format of protocol buffers."""
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    rest = bytearray()
    while value > 127:
        rest.append(value & 127 | 128)
        value >>= 7
    return bytes([*rest, value])
