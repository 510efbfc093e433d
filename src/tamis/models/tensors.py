"""Tensors of a safetensors file as NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tamis.errors import ModelCorrupt
from tamis.io.files import write


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors by name; files are small here and read whole.

    Raises:
        ModelCorrupt: no such file, cut short, of another format, or with a type that NumPy has not.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors: dict[str, NDArray[Any]] = load(path.read_bytes())
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        reason = f"{str(path)!r} cannot be read as safetensors: {error}."
        raise ModelCorrupt(reason, hint="Install the file anew.") from error
    return tensors


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Write tensors whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    from safetensors.numpy import save

    write(path, save({name: value.copy(order="C") for name, value in tensors.items()}))
