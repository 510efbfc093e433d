"""The pointer's head: GUI-Actor's action head over the elements of a screen, in NumPy.

An instruction's query attends over keys (Wu et al. 2025, "GUI-Actor", section 3.2 and equations 2 to 4): self-attention
among the keys, with a residual and a layer norm, an MLP on either side, a scaled dot product, a softmax. Keys are
elements instead of patches, one more key is learned and says "not on the screen", and a second output is the point
inside of an element, which the paper names as future work.

Shapes: n elements, h hidden, d wide. The same arithmetic for training is `training.screen.pointer_head`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt
from tamis.models.encoder import WEIGHTS
from tamis.models.products import product
from tamis.models.shared import once
from tamis.models.tensors import read_tensors
from tamis.models.trees import Forest, forest_of

Array = NDArray[np.float32]
Indexes = NDArray[np.int64]
FOLDER = WEIGHTS / "screen"
FORMAT = "pointer"
HEADS = 4
SHIFT = 0.5  # of an element's side, the furthest that a point is moved from where its words are
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class KeyInput:
    """What is known of the elements of one screen whatever is asked.

    Attributes:
        looks: (n, columns).
        bags: for each element the rows of the table of parts.
        sides: (n, sides) indexes of neighbours, -1 for none.
        icons: (n, width of an icon's vector); zeros where there is no picture.
    """

    looks: Array
    bags: Sequence[Indexes]
    sides: Indexes
    icons: Array


@dataclass(frozen=True, slots=True)
class QueryInput:
    """An instruction, and how the elements fit it.

    Attributes:
        bags: rows of the table for the whole instruction, the name, the anchor.
        columns: what is asked for.
        matches: (n, columns) how each element fits.
        spans: (n, 2) shares of each element's width between which its named words stand.
    """

    bags: Sequence[Indexes]
    columns: Array
    matches: Array
    spans: Array


@dataclass(frozen=True, slots=True)
class Attention:
    """Where a query points.

    Attributes:
        logits: (n + 1,) of each element, and last of none of them.
        points: (n, 2) in each element, as shares of its width and height.
    """

    logits: Array
    points: Array


@dataclass(frozen=True, eq=False)
class PointerHead:
    """The head; see the module.

    Attributes:
        weights: by the names of the torch module.
        settings: of the grounder: calibration, and the columns that the weights are of.
        forests: that look again at what the head proposes, by name; none for a head that is alone.
    """

    weights: Mapping[str, Array]
    settings: Mapping[str, Any]
    forests: Mapping[str, Forest] = field(default_factory=dict)

    def keys(self, screen: KeyInput) -> Array:
        """(n, h) what the elements bring to every instruction; computed once a screen."""
        texts = self._bags(screen.bags)
        beside = np.concatenate([texts, np.zeros((1, texts.shape[1]), np.float32)])[screen.sides]
        parts = (screen.looks, texts, beside.reshape(len(texts), -1), screen.icons)
        return self._linear("static", np.concatenate(parts, axis=1).astype(np.float32))

    def __call__(self, keys: Array, query: QueryInput) -> Attention:
        """Where a query points among elements; there is one at least."""
        asked = np.concatenate([self._bags(query.bags).ravel(), query.columns]).astype(np.float32)
        hidden = _gelu(self._linear("query", asked))
        inner = _gelu(keys + self._linear("match", query.matches) + self._linear("asked", hidden))
        none = _gelu(self.weights["null"] + self._linear("best", query.matches.max(0)) + self._linear("asked", hidden))
        mixed = self._mixed(self._linear("key", np.concatenate([inner, none[None]])))
        logits = self._mlp("values", mixed) @ self._mlp("actor", hidden) / np.float32(np.sqrt(mixed.shape[1]))
        shift = np.tanh(self._linear("offset", mixed[:-1]))
        start = np.stack([query.spans.mean(1), np.full(len(shift), 0.5)], axis=1)
        return Attention(logits, np.clip(start + SHIFT * shift, 0.02, 0.98).astype(np.float32))

    def _mixed(self, keys: Array) -> Array:
        """Self-attention among keys, with a residual and a layer norm."""
        n, d = keys.shape
        parts = self._linear("mix_in", keys).reshape(n, 3, HEADS, d // HEADS).transpose(1, 2, 0, 3)
        scores = product(parts[0], parts[1].transpose(0, 2, 1)) / np.float32(np.sqrt(d // HEADS))
        out = product(softmax(scores), parts[2]).transpose(1, 0, 2).reshape(n, d)
        total = keys + self._linear("mix_out", out)
        centred = total - total.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _EPSILON)
        return np.asarray(scaled * self.weights["norm.weight"] + self.weights["norm.bias"])

    def _mlp(self, name: str, values: Array) -> Array:
        return self._linear(f"{name}.2", _gelu(self._linear(f"{name}.0", values)))

    def _linear(self, name: str, values: Array) -> Array:
        return np.asarray(product(values, self.weights[f"{name}.weight"].T) + self.weights[f"{name}.bias"])

    def _bags(self, bags: Sequence[Indexes]) -> Array:
        """(len(bags), e) the sum of each bag's rows over the root of their number; zeros for an empty one."""
        table = self.weights["table.weight"]
        return np.stack([table[bag].sum(0) / np.sqrt(np.float32(max(1, len(bag)))) for bag in bags])


def softmax(values: Array) -> Array:
    """Shares along the last axis."""
    powers = np.exp(values - values.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def _gelu(values: Array) -> Array:
    return np.asarray(0.5 * values * (1 + _erf(values / np.float32(np.sqrt(2)))), np.float32)


def _erf(values: Array) -> Array:
    """The error function to 2e-7 (Abramowitz and Stegun 1964, 7.1.26)."""
    size = np.abs(values)
    t = 1 / (1 + 0.3275911 * size)
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.asarray(np.sign(values) * (1 - series * np.exp(-size * size)), np.float32)


def head_of(folder: Path) -> PointerHead:
    """The head whose weights are in a folder: `pointer.safetensors`, and `config.json` with its settings.

    Where the settings name forests, with the width of their rows, `trees.safetensors` has them.

    Raises:
        ModelCorrupt: a file is missing, cut short or of another form.
    """
    weights = {name: tensor.astype(np.float32) for name, tensor in read_tensors(folder / "pointer.safetensors").items()}
    path = folder / "config.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        version = settings["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"The settings in {str(path)!r} cannot be read: {error!r}.") from error
    if version != FORMAT:
        raise ModelCorrupt(f"{str(path)!r} has format {version!r}, this version reads {FORMAT}.")
    missing = {"null", "table.weight", "static.weight", "offset.bias", "norm.weight"} - set(weights)
    if missing:
        raise ModelCorrupt(f"The pointer in {str(folder)!r} lacks {', '.join(sorted(missing))}.")
    widths = settings.get("forests", {})
    tensors = read_tensors(folder / "trees.safetensors") if widths else {}
    return PointerHead(weights, settings, {name: forest_of(tensors, name, width=widths[name]) for name in widths})


@once(size=1)
def load_pointer() -> PointerHead:
    """The embedded head.

    Raises:
        ModelCorrupt: its file is missing or of another form.
    """
    return head_of(FOLDER)
