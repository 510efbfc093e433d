"""The embedded network of slots: which words of a sentence name what, and of what kind the sentence is. NumPy alone.

Rows of hashed parts of words are added up, three layers look at five words each, further apart every time (dilated
convolutions: Strubell et al. 2017, arXiv 1702.02098), and what was tagged is the likeliest path (Viterbi). What the
tags and the parts are is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.errors import ModelCorrupt
from tamis.models.encoder import WEIGHTS
from tamis.models.shared import once
from tamis.models.tensors import read_tensors

FOLDER = WEIGHTS / "slots"
WIDTH = 5  # words that a layer looks at
DILATIONS = (1, 2, 4)
Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SlotNet:
    """The network.

    Attributes:
        tags, kinds: names of what it says of a word, and of a sentence.
        table: (rows, d) of parts of words.
        first: (1 + d + f, h) with f flags; biases come first.
        layers: (len(DILATIONS), 1 + WIDTH * h, h).
        tag: (1 + h, len(tags)).
        links: (len(tags), len(tags)) from one word's tag to the next one's.
        kind: (1 + 2 * h, len(kinds)) from the mean and the largest of all words.
    """

    tags: tuple[str, ...]
    kinds: tuple[str, ...]
    table: Array
    first: Array
    layers: Array
    tag: Array
    links: Array
    kind: Array

    def __call__(self, parts: Ints, flags: Array) -> tuple[list[str], dict[str, float]]:
        """The tag of each word, and how likely each kind of sentence is.

        parts -- (n, p) rows of the table, n > 0
        flags -- (n, f)
        """
        hidden = np.maximum(_affine(np.concatenate([self.table[parts].sum(1), flags], axis=1), self.first), 0)
        for weights, dilation in zip(self.layers, DILATIONS, strict=True):
            hidden = hidden + np.maximum(_affine(around(hidden, dilation), weights), 0)
        scores = _affine(hidden, self.tag)
        logits = _affine(np.concatenate([hidden.mean(0), hidden.max(0)]), self.kind)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        return [self.tags[i] for i in best_path(scores, self.links)], dict(
            zip(self.kinds, shares.tolist(), strict=True)
        )


def around(hidden: Array, dilation: int) -> Array:
    """(n, WIDTH * h) of each word and its neighbours at distances of the dilation, zeros beyond the ends."""
    reach = dilation * (WIDTH // 2)
    padded = np.pad(hidden, ((reach, reach), (0, 0)))
    return np.concatenate([padded[step * dilation : step * dilation + len(hidden)] for step in range(WIDTH)], axis=1)


def best_path(scores: Array, links: Array) -> list[int]:
    """The likeliest tags of a sentence (Viterbi).

    scores -- (n, t) of tags of words
    links -- (t, t) from one word's tag to the next one's
    """
    total, back = scores[0], []
    for row in scores[1:]:
        ways = total[:, None] + links
        back.append(ways.argmax(0))
        total = ways.max(0) + row
    path = [int(total.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def _affine(values: Array, weights: Array) -> Array:
    return np.asarray(values @ weights[1:] + weights[0])


def slot_net(tags: Sequence[str], kinds: Sequence[str], tensors: Mapping[str, NDArray[np.generic]]) -> SlotNet:
    """The network of its tensors.

    Raises:
        ModelCorrupt: one is missing, or they do not fit each other.
    """
    names = ("first", "layers", "tag", "links", "kind")
    try:
        table = tensors["table"].astype(np.float32) * tensors["scales"].astype(np.float32)
        net = SlotNet(tuple(tags), tuple(kinds), table, *(tensors[name].astype(np.float32) for name in names))
        h = net.first.shape[1]
        shapes = (net.layers.shape, net.tag.shape, net.links.shape, net.kind.shape)
    except (KeyError, IndexError, ValueError) as error:
        raise ModelCorrupt(f"The weights of slots are of another form: {error!r}.") from error
    t, k = len(net.tags), len(net.kinds)
    if shapes != ((len(DILATIONS), 1 + WIDTH * h, h), (1 + h, t), (t, t), (1 + 2 * h, k)):
        raise ModelCorrupt(f"The weights of slots do not fit {t} tags, {k} kinds and {h} hidden units.")
    return net


def slots_of(folder: Path) -> SlotNet:
    """The network whose weights are in a folder: `slots.safetensors`, and `config.json` with its tags and kinds.

    Raises:
        ModelCorrupt: a file is missing, cut short or of another form.
    """
    tensors = read_tensors(folder / "slots.safetensors")
    try:
        settings: Mapping[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return slot_net(settings["tags"], settings["kinds"], tensors)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"The settings in {str(folder)!r} cannot be read: {error!r}.") from error


@once(size=1)
def load_slots() -> SlotNet:
    """The embedded network.

    Raises:
        ModelCorrupt: its file is missing or of another form.
    """
    return slots_of(FOLDER)
