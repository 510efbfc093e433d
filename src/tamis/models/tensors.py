"""Tensors of a safetensors file as NumPy arrays, without that package, which the default install does not have.

The format: a length of eight bytes, that many bytes of JSON (names, types, shapes, offsets), then the numbers
(https://github.com/huggingface/safetensors, "Format"). Files are small here and read whole. Does not write.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
_HEAD = 8  # bytes of the length of the JSON


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors by name.

    Raises:
        ModelCorrupt: no such file, cut short, of another format, or with a type that NumPy has not.
    """
    try:
        data = path.read_bytes()
        start = _HEAD + int.from_bytes(data[:_HEAD], "little")
        header = json.loads(data[_HEAD:start])
        header.pop("__metadata__", None)
        return {name: _tensor(data, start, **entry) for name, entry in header.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{str(path)!r} cannot be read as safetensors: {error}."
        raise ModelCorrupt(reason, hint="Install the file anew.") from error


def _tensor(data: bytes, start: int, *, dtype: str, shape: list[int], data_offsets: list[int]) -> NDArray[Any]:
    first, last = data_offsets
    return np.frombuffer(data[start + first : start + last], _TYPES[dtype]).reshape(shape)
