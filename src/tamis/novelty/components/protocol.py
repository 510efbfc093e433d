"""What a component is: one kind of evidence that a text is new. Higher scores = more novel."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints
from tamis.novelty.inputs import Inputs

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Look:
    """What a component sees in n texts.

    Attributes:
        scores: (n,) higher = more novel, on a scale of the component's own.
        nearest: (n,) rows of the nearest known texts; None where the component compares with none.
        cosines: (n,) to these.
    """

    scores: Floats
    nearest: Ints | None = None
    cosines: Floats | None = None


class Component(Protocol):
    """Evidence of one kind, fitted on known texts. Immutable; the whole of it is in `tensors`."""

    def look(self, inputs: Inputs) -> Look:
        """How novel each text is, and what is nearest."""
        ...

    def tensors(self) -> dict[str, NDArray[Any]]:
        """What `from_tensors` makes it of again."""
        ...


def string_tensor(items: list[str]) -> NDArray[np.uint8]:
    """Strings as one row of bytes (JSON in ASCII)."""
    return np.array(np.frombuffer(json.dumps(items).encode(), np.uint8))


def strings(tensor: NDArray[Any]) -> list[str]:
    """What `string_tensor` was made of."""
    return [str(item) for item in json.loads(tensor.tobytes().decode())]
