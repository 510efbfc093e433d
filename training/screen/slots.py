"""The step of the network of slots: fit it on composed sentences, say how it reads a half that it does not know."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from string import Template
from time import process_time

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from tamis.io.files import write
from tamis.io.rows import read_jsonl
from tamis.models.catalog import SLOTS
from tamis.models.slots import SlotNet, slot_net
from tamis.screen.instruction import KINDS, TAGS, Description, description
from tamis.screen.sentence import flags_of, parts_of, words_of
from training.screen.composing import composed, names_of
from training.screen.slot_check import report, slots_right
from training.screen.slot_fit import SlotRecipe, fit
from training.screen.wordings import digest, wordings

LOG = logging.getLogger(__name__)
CARD = Path(__file__).with_name("slot_card.md")
_CHECKED = 4_000  # sentences


def make(data: Path, out: Path, recipe: SlotRecipe) -> None:
    """Train the network on all training sentences, and write it.

    data -- with the harvest, whose names things are called
    """
    names = names_of(read_jsonl(data / "shots.jsonl"))
    started = process_time()
    tensors = fit(wordings("develop"), names, recipe)
    _write(tensors, out)
    fields = {**asdict(recipe), "names": f"{len(names):,}", "seconds": round(process_time() - started)}
    write(out / "README.md", Template(CARD.read_text(encoding="utf-8")).substitute(fields).encode())


def check(data: Path, recipe: SlotRecipe, *, out: Path | None = None) -> str:
    """How a network trained on one half of the sentences, phrases and names reads the other half.

    out -- where that network is written, for views whose parser knows no more of the other half
    """
    names = names_of(read_jsonl(data / "shots.jsonl"))
    halves = [[name for name in names if digest(name, "half") % 2 == half] for half in (0, 1)]
    tensors = fit(wordings("develop", 0), halves[0], recipe)
    if out is not None:
        _write(tensors, out)
    net = slot_net(TAGS, KINDS, tensors)
    unseen = list(composed(wordings("develop", 1), halves[1], _CHECKED, np.random.default_rng(1)))
    return report(slots_right(unseen, lambda text: _read(net, text)))


def _read(net: SlotNet, text: str) -> Description:
    text = " ".join(text.split())
    words = words_of(text)
    return description(text, words, *net(parts_of(words), flags_of(words))) if words else Description(text)


def _write(tensors: Mapping[str, NDArray[np.generic]], out: Path) -> None:
    data = save({name: np.ascontiguousarray(value) for name, value in tensors.items()})
    settings = {
        "format": SLOTS, "licence": "Apache-2.0 (what it was trained on: see the card)",
        "note": "mini-slots: which words of an instruction for a screen name what, and of what kind it is",
        "sha256": {"slots.safetensors": hashlib.sha256(data).hexdigest()}, "tags": TAGS, "kinds": KINDS,
    }  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    write(out / "slots.safetensors", data)
    write(out / "config.json", (json.dumps(settings, indent=1) + "\n").encode())


__all__ = ["check", "make"]
