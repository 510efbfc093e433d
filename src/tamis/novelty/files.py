"""Detectors as files: one safetensors file each. Schema `tamis.novelty`, version 1.

Arrays go in by component; those that two components share are there once. Settings, vocabulary and known texts are
JSON. Nothing in a file is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import UnreadableInput
from tamis.io.files import atomic, read_bytes
from tamis.io.schema import Schema
from tamis.novelty.calibration import HeldOut
from tamis.novelty.components.protocol import string_tensor, strings
from tamis.novelty.components.table import Ensemble
from tamis.novelty.explanation import KnownTexts
from tamis.novelty.fusion import ScoreFusion

HEADER = Schema("tamis.novelty", 1, UnreadableInput, "No detector: {}.", "Fit it again: tamis novelty fit.")
KEY = "tamis"
LIMIT = 4096  # megabytes that are read at most

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class StoredDetector:
    """The parts of a detector that a file has; `encoder` is a name, "" for an object of the caller's, None without."""

    ensemble: Ensemble
    fusion: ScoreFusion
    calibration: HeldOut
    memory: KnownTexts
    encoder: str | None
    left_out: int
    read: int | None


def write_detector(parts: StoredDetector, path: Path) -> None:
    """Write a detector whole or not at all; a new file is its owner's alone."""
    from safetensors.numpy import save

    arrays, aliases = _distinct(parts.ensemble.tensors())
    arrays |= {
        "memory/vocabulary": string_tensor(sorted(parts.memory.vocabulary)),
        "memory/texts": string_tensor(list(parts.memory.texts)),
        "memory/numbers": np.array(parts.memory.numbers, np.int64),
        "calibration": parts.calibration.scores,
    }
    header = HEADER.dumps(
        {
            "components": list(parts.ensemble.by_name),
            "scales": parts.fusion.scales,
            "weights": parts.fusion.weights,
            "encoder": parts.encoder,
            "left_out": parts.left_out,
            "read": parts.read,
            "aliases": aliases,
        }
    )
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with atomic(path, mode=0o600) as temporary:  # known texts may be private
        temporary.write_bytes(save(plain, {KEY: header}))


def read_parts(path: Path) -> StoredDetector:
    """The parts of the detector in a file.

    Raises:
        UnreadableInput: missing, cut short, or something else.
    """
    header, arrays = _opened(read_bytes(str(path), limit=LIMIT), path)
    with HEADER.reading(path):
        arrays |= {name: arrays[source] for name, source in header["aliases"].items()}
        scales = {str(name): (float(a), float(b)) for name, (a, b) in header["scales"].items()}
        return StoredDetector(
            Ensemble.from_tensors(header["components"], arrays),
            ScoreFusion(scales, {str(name): float(weight) for name, weight in header["weights"].items()}),
            HeldOut.of(arrays["calibration"]),
            KnownTexts(
                frozenset(strings(arrays["memory/vocabulary"])),
                tuple(strings(arrays["memory/texts"])),
                tuple(int(number) for number in arrays["memory/numbers"]),
            ),
            None if header["encoder"] is None else str(header["encoder"]),
            int(header["left_out"]),
            None if header["read"] is None else int(header["read"]),
        )


def _opened(data: bytes, path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays of a file."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    with HEADER.reading(path):
        size = int.from_bytes(data[:8], "little")
        text = json.loads(data[8 : 8 + size])["__metadata__"][KEY]
    header = HEADER.loads(str(text), str(path))
    try:
        return header, load(data)
    except SafetensorError as error:
        raise UnreadableInput(f"{str(path)!r} is cut short or damaged: {error}.", hint=HEADER.hint) from error


def _distinct(arrays: Arrays) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays without repetitions, and under which name those that are left out stand."""
    distinct: dict[str, NDArray[Any]] = {}
    aliases: dict[str, str] = {}
    for name, array in arrays.items():
        same = (key for key, other in distinct.items() if other.dtype == array.dtype and np.array_equal(other, array))
        source = next(same, None)
        if source is None:
            distinct[name] = array
        else:
            aliases[name] = source
    return distinct, aliases
