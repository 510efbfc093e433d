"""Instructions with their targets, from what a page says about its elements.

Wordings are templates, chosen by a digest of the shot's and the element's name, so that the same harvest always gives
the same instructions. An instruction whose words fit several elements is right at each of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tamis.image import Box
from tamis.screen.matching import plain
from training.screen.recall import Target

MOST = 8  # instructions of a kind on one shot
WORDINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("{name}", 'click "{name}"', "the {name} {role}", 'open the {role} "{name}"', "go to {name}"),
    "input": (
        "the {name} {role}",
        'type something into "{name}"',
        'the {role} labelled "{name}"',
        "fill in the {name} {role}",
    ),
    "icon": ("the {name} icon", "click the {name} button", "{name}"),
    "relation": ('the {role} {relation} "{anchor}"', "click the {role} {relation} {anchor}"),
}
_SAID = {
    "textbox": "field",
    "searchbox": "search field",
    "combobox": "dropdown",
    "radio": "radio button",
    "image": "picture",
    "columnheader": "heading",
    "listitem": "item",
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked of a shot.

    Attributes:
        kind: "text", "input", "icon", "relation" or "absent".
        boxes: where a click is right; none where the instruction points at nothing there.
    """

    shot: str
    kind: str
    text: str
    boxes: tuple[Box, ...]


def instructions_of(targets: Sequence[Target], others: Sequence[Target]) -> list[Instruction]:
    """The instructions of one shot.

    targets -- of the shot
    others -- of shots of other sources: what they are called is asked for where it is not there
    """
    named = [target for target in targets if 2 <= len(target.name) <= 40 and plain(target.name)]
    result = []
    for kind in ("text", "input", "icon"):
        chosen = _chosen([target for target in named if target.kind == kind])
        result += [_by_name(kind, target, named) for target in chosen]
    result += [one for target in _chosen(targets) if (one := _relation(target, targets, named)) is not None][:MOST]
    words = " ".join(plain(target.name) for target in targets)
    result += [Instruction(targets[0].shot, "absent", text, ()) for text in _absent(targets[0].shot, words, others)]
    return result


def _digest(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:4], "big")


def _chosen(targets: Sequence[Target]) -> list[Target]:
    return sorted(targets, key=lambda target: _digest(target.shot, target.name, str(target.box)))[:MOST]


def _by_name(kind: str, target: Target, named: Sequence[Target]) -> Instruction:
    wordings = WORDINGS[kind]
    wording = wordings[_digest(target.shot, target.name) % len(wordings)]
    text = wording.format(name=target.name, role=_SAID.get(target.role, target.role))
    same = [other.box for other in named if plain(other.name) == plain(target.name)]
    return Instruction(target.shot, kind, text, tuple(same))


def _relation(target: Target, targets: Sequence[Target], named: Sequence[Target]) -> Instruction | None:
    """The target as the nearest of its role below, above or beside a text whose name is there once."""
    if target.role not in ("link", "button", "textbox", "checkbox", "radio", "combobox", "searchbox"):
        return None
    for anchor in sorted(named, key=lambda other: _digest(target.shot, other.name, "anchor")):
        relation = _side(target.box, anchor.box)
        alone = sum(plain(anchor.name) in plain(other.name) for other in named) == 1
        if relation is None or not alone or anchor.box == target.box:
            continue
        rivals = [other for other in targets if other.role == target.role and _side(other.box, anchor.box) == relation]
        if min(rivals, key=lambda other: _distance(other.box, anchor.box)) != target:
            continue
        wording = WORDINGS["relation"][_digest(target.shot, anchor.name) % len(WORDINGS["relation"])]
        said = _SAID.get(target.role, target.role)
        return Instruction(
            target.shot, "relation", wording.format(role=said, relation=relation, anchor=anchor.name), (target.box,)
        )
    return None


def _side(box: Box, anchor: Box) -> str | None:
    """How a person would say where a box is, if it is near and in line."""
    across = min(box.right, anchor.right) - max(box.left, anchor.left) > 0
    along = min(box.bottom, anchor.bottom) - max(box.top, anchor.top) > 0.5 * min(box.height, anchor.height)
    near = _distance(box, anchor) < 6 * max(anchor.height, 20)
    if across and not along and near:
        return "below" if box.top >= anchor.bottom else "above" if box.bottom <= anchor.top else None
    if along and not across and near:
        return "to the right of" if box.left >= anchor.right else "to the left of"
    return None


def _distance(box: Box, anchor: Box) -> float:
    across = max(0.0, box.left - anchor.right, anchor.left - box.right)
    return across + max(0.0, box.top - anchor.bottom, anchor.top - box.bottom)


def _absent(shot: str, words: str, others: Sequence[Target]) -> Iterator[str]:
    """Names of elements elsewhere that share no word of more than three letters with the shot."""
    names = sorted(
        {target.name for target in others if 3 < len(target.name) < 40}, key=lambda name: _digest(shot, name)
    )
    count = 0
    for name in names:
        parts = [part for part in plain(name).split() if len(part) > 3]
        if parts and not any(part in words for part in parts):
            yield f'the "{name}" link' if count % 2 else f"click {name}"
            count += 1
        if count == MOST // 2:
            return
