"""How often a picture gets the right name, and a name the right picture: by packs, names, kinds of text and sizes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.models.icons import IconEncoder
from training.screen.icons.concepts import Concept, Keys, read_said
from training.screen.icons.data import collect
from training.screen.icons.packs import Icon
from training.screen.icons.sheets import crops

LOG = logging.getLogger(__name__)
UNHEARD = Path(__file__).with_name("unheard.txt")
SIZES = (16, 24, 48)
_COMMON = 3  # packs that have a concept, for its name to be asked for
_AMONG = 20
_NAMES: Mapping[str, Callable[[Concept], bool]] = {
    "known names": lambda concept: not concept.new,
    "names of interfaces": lambda concept: bool(concept.said),
    "new names": lambda concept: concept.new,
}

Matrix = NDArray[np.float32]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Group:
    """Icons that are measured together."""

    name: str
    icons: tuple[Icon, ...]
    concepts: tuple[Concept, ...]


def groups_of(cache: Path, roles: Sequence[str], count: int, rng: Rng) -> tuple[list[Group], list[Concept]]:
    """Icons of packs that were trained on and of other roles, by whether names were; and all common concepts."""
    icons, concepts, numbers = collect(cache)
    common = [concept for concept in concepts if len(concept.packs) >= _COMMON]
    pairs = [(icon, concepts[n]) for icon, n in zip(icons, numbers, strict=True) if len(concepts[n].packs) >= _COMMON]
    groups = []
    for role in ("train", *roles):
        for name, belongs in _NAMES.items():
            some = [(icon, concept) for icon, concept in pairs if icon.role == role and belongs(concept)]
            chosen = [some[i] for i in rng.permutation(len(some))[:count]]
            groups.append(Group(f"{role}, {name}", *map(tuple, zip(*chosen, strict=True))))
    return groups, common


def measure(cache: Path, weights: Path, roles: Sequence[str], count: int) -> str:
    """A table: for each group and size, right names and pictures of 20, right names of all.

    roles -- of packs that were not trained on: "develop", "held-out"
    """
    rng = np.random.default_rng(7)
    encoder = IconEncoder.pretrained(weights)
    groups, common = groups_of(cache, roles, count, rng)
    everything = encoder.names([concept.name for concept in common])
    lines = [
        "| icons | px | n | picture of 20 | by synonym | by other words | name of 20 | name of all | in the first 5 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    ends = np.cumsum([len(group.icons) for group in groups])
    for size in SIZES:
        pictures = encoder.images(crops([icon for group in groups for icon in group.icons], size, rng))
        for group, own in zip(groups, np.split(pictures, ends[:-1]), strict=True):
            cells = " | ".join(
                f"{100 * share:.1f}" for share in _shares(encoder, group, own, (common, everything), rng)
            )
            lines.append(f"| {group.name} | {size} | {len(group.icons)} | {cells} |")
    return "\n".join(lines)


def _shares(
    encoder: IconEncoder, group: Group, pictures: Matrix, everything: tuple[Sequence[Concept], Matrix], rng: Rng
) -> list[float]:
    names = encoder.names([concept.name for concept in group.concepts])
    synonyms = [_synonym(concept, rng) for concept in group.concepts]
    others = encoder.names(synonyms)
    common, all_names = everything
    by_name = [
        _first(pictures @ names[i], i, [concept.name not in c.texts for c in group.concepts], rng)
        for i, concept in enumerate(group.concepts)
    ]
    by_synonym = [
        _first(pictures @ others[i], i, [text not in c.texts for c in group.concepts], rng)
        for i, text in enumerate(synonyms)
    ]
    by_unheard = _unheard(encoder, group, pictures, rng)
    named = [
        _first(names @ pictures[i], i, [c.name not in concept.texts for c in group.concepts], rng)
        for i, concept in enumerate(group.concepts)
    ]
    ranks = [
        _rank(all_names @ pictures[i], [c.name in concept.texts for c in common])
        for i, concept in enumerate(group.concepts)
    ]
    return [
        *(float(np.mean(hits)) if hits else float("nan") for hits in (by_name, by_synonym, by_unheard, named)),
        *(float(np.mean([rank < k for rank in ranks])) for k in (1, 5)),
    ]


def _unheard(encoder: IconEncoder, group: Group, pictures: Matrix, rng: Rng) -> list[bool]:
    """Whether words that no training text has give the picture, for concepts that have such words."""
    keys = Keys(read_said())
    words = {keys(names[0].split()): said for names, said in read_said(UNHEARD)}
    asked = [(i, str(rng.choice(words[c.key]))) for i, c in enumerate(group.concepts) if c.key in words]
    vectors = encoder.names([text for _, text in asked])
    return [
        _first(pictures @ vector, i, [c.key != group.concepts[i].key for c in group.concepts], rng)
        for (i, _), vector in zip(asked, vectors, strict=True)
    ]


def _synonym(concept: Concept, rng: Rng) -> str:
    """What people say, else a tag, else another name, else its name."""
    for texts in (concept.said, concept.tags, concept.names):
        some = [text for text in texts if text != concept.name]
        if some:
            return str(some[rng.integers(len(some))])
    return concept.name


def _first(scores: Matrix, right: int, wrong: Sequence[bool], rng: Rng) -> bool:
    """Whether the right one has the highest score among 19 wrong ones, drawn."""
    rivals = rng.permutation(np.flatnonzero(wrong))[: _AMONG - 1]
    return bool(scores[right] > scores[rivals].max())


def _rank(scores: Matrix, right: Sequence[bool]) -> int:
    """How many wrong ones are before the first right one."""
    mask = np.array(right)
    return int((scores[~mask] > scores[mask].max()).sum())
