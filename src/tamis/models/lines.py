"""The embedded model of lines: a small network over what is known of each line. NumPy alone, no file of code.

Its weights are JSON (`weights/lines/weights.json`), with the names of the features that they are of; what the features
are, and what becomes of the logits, is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt
from tamis.models.encoder import WEIGHTS

PATH = WEIGHTS / "lines" / "weights.json"


@dataclass(frozen=True, eq=False)
class LineNet:
    """Two hidden layers of rectified units and a straight way past them.

    Attributes:
        features: names of the columns that it takes, in order.
        first: (k + 1, h) weights of the first layer, the bias last.
        second: (h + 1, h) of the second.
        last: (h + 1,) of the output.
        straight: (k,) from the features to the output.
    """

    features: tuple[str, ...]
    first: NDArray[np.float32]
    second: NDArray[np.float32]
    last: NDArray[np.float32]
    straight: NDArray[np.float32]

    def logits(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) how likely each line is needed, as a logit where as many are as are not.

        rows -- (n, k) features of the lines
        """
        values = rows.astype(np.float32)
        hidden = np.maximum(values @ self.first[:-1] + self.first[-1], 0)
        hidden = np.maximum(hidden @ self.second[:-1] + self.second[-1], 0)
        return np.asarray(hidden @ self.last[:-1] + self.last[-1] + values @ self.straight, np.float64)


def line_net(values: Mapping[str, Any]) -> LineNet:
    """The network of JSON values: `features`, `first`, `second`, `last`, `straight`.

    Raises:
        ModelCorrupt: they do not fit each other.
    """
    try:
        names = ("first", "second", "last", "straight")
        net = LineNet(tuple(values["features"]), *(np.array(values[name], np.float32) for name in names))
        k, h = len(net.features), net.last.size - 1
    except (KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(f"The weights of lines are of another form: {error!r}.") from error
    if (net.first.shape, net.second.shape, net.straight.shape) != ((k + 1, h), (h + 1, h), (k,)):
        raise ModelCorrupt(f"The weights of lines do not fit {k} features and {h} hidden units.")
    return net


@lru_cache(maxsize=1)
def load_lines() -> Mapping[str, LineNet]:
    """The embedded networks by name: "asked", "blind".

    Raises:
        ModelCorrupt: the file of weights is missing or of another form.
    """
    try:
        values = json.loads(PATH.read_text(encoding="utf-8"))
        return {name: line_net(net) for name, net in values.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ModelCorrupt(f"Cannot read {str(PATH)!r}: {error}.") from error


def values_of(net: LineNet, digits: int = 4) -> dict[str, Sequence[Any]]:
    """The values that `line_net` makes the network of, rounded."""
    arrays = {"first": net.first, "second": net.second, "last": net.last, "straight": net.straight}
    rounded = {name: np.round(array.astype(np.float64), digits).tolist() for name, array in arrays.items()}
    return {"features": list(net.features), **rounded}
