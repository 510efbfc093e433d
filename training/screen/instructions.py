"""Instructions with their targets, from what a page says about its elements.

Each way of asking (by name, by what an icon shows, by a relation ...) proposes instructions; some of each are taken.
Everything is chosen by digests of names, so that the same harvest always gives the same instructions. An instruction
whose words fit several elements is right at each of them. Sentences are those of the shot's split (`wordings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tamis.image import Box
from tamis.screen.matching import plain
from training.screen.absences import absences
from training.screen.meanings import glyph_meanings, glyph_name, label_meanings, meanings, pack_of
from training.screen.places import counted, lone_place, ordinals, relations, said_name
from training.screen.recall import Target
from training.screen.wordings import Wordings, digest, filled, noisy, pick, wordings

FOREIGN = ("de", "fr", "es", "pt", "it", "zh")
_CHOICES = frozenset(["checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"])
_PRESSED = frozenset(["link", "button", "tab", "menuitem", "option", "treeitem"])


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked of a shot.

    Attributes:
        kind: "text", "input", "icon", "relation", "ordinal", "place", "state" or "absent".
        boxes: where a click is right; none where the instruction points at nothing there.
        way: how it is asked: "name", "function", "looks" ...
        meta: what else is known: the sentence, the role, the icon, the meaning, the noise.
    """

    shot: str
    kind: str
    text: str
    boxes: tuple[Box, ...]
    way: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """The targets of a shot, and the words of its split.

    Attributes:
        named: the targets with a name that can be said.
    """

    shot: str
    targets: Sequence[Target]
    named: Sequence[Target]
    words: Wordings

    def say(self, way: str, kind: str, frame: str, target: Target, boxes: Sequence[Box], **parts: str) -> Instruction:
        """An instruction in a sentence of a kind, with noise where what is said is a name."""
        sentence = self.words.sentence(frame, self.shot, target.name, str(target.box), way)
        role = parts.pop("role", "") or self.words.role(said_role(target), self.shot, target.name)
        text, _ = filled(sentence, {"role": role, "name": target.name, **parts})
        text, noise = noisy(text, self.shot)
        icon = {"icon": target.icon, "pack": pack_of(target.icon)} if target.icon else {}
        meta = {"sentence": sentence, "role": target.role, "name": target.name, **icon, "noise": noise}
        return Instruction(self.shot, kind, text, tuple(dict.fromkeys(boxes)), way, meta)


Way = Callable[[Scene], Iterator[Instruction]]


def instructions_of(
    targets: Sequence[Target], others: Sequence[Target], words: str = "", *, half: int | None = None
) -> list[Instruction]:
    """The instructions of one shot.

    targets -- of the shot
    others -- of shots of other sources of the same split: what they are called is asked for where it is not there
    words -- all that is read on the shot, if somebody has read it: nothing of it is asked for as absent
    half -- of the sentences and phrases, 0 or 1; all of them if none is given
    """
    shot = targets[0].shot
    named = [
        target for target in targets if 2 <= len(target.name) <= 40 and plain(target.name) and readable(target.name)
    ]
    scene = Scene(shot, targets, named, wordings(targets[0].split, half))
    result = [one for way, most in WAYS.items() for one in _chosen(shot, way(scene), most)]
    count = max(1, round(len(result) / 5))
    there = " ".join(f"{one.name} {one.label} {glyph_name(one.icon)}" for one in targets)
    missing = absences(targets, others, f"{words} {there}", scene.words)
    return result + [Instruction(shot, "absent", text, (), way, meta) for way, text, meta in islice(missing, count)]


def readable(name: str) -> bool:
    """Whether it is in a script that is read from left to right: others the reader of screens does not know."""
    return not any("\u0590" <= letter <= "\u08ff" for letter in name)


def said_role(target: Target) -> str:
    """What a person takes a target for: a link with a surface for a button, a link with a picture alone for an icon."""
    if target.kind == "icon" and target.role not in ("image", "icon"):
        return "icon"
    return "button" if target.role == "link" and target.boxed else target.role


def _chosen(shot: str, proposals: Iterator[Instruction], most: int) -> list[Instruction]:
    unique = {one.text: one for one in proposals}.values()
    return sorted(unique, key=lambda one: digest(shot, one.text, one.way))[:most]


def _alike(scene: Scene, target: Target, *, role: bool = False) -> list[Box]:
    """The boxes of what has the same name (and is taken for the same thing)."""
    name = plain(target.name)
    same = [one for one in scene.named if name in (plain(one.name), plain(one.label))]
    if role:
        same = [one for one in same if said_role(one) == said_role(target)]
    return [one.box for one in same]


def _texts(scene: Scene) -> Iterator[Target]:
    yield from (one for one in scene.named if one.kind == "text")


def by_name(scene: Scene) -> Iterator[Instruction]:
    """Whatever reads so."""
    for target in _texts(scene):
        yield scene.say("name", "text", "name", target, _alike(scene, target))


def by_press(scene: Scene) -> Iterator[Instruction]:
    """Something to press by what it reads."""
    for target in _texts(scene):
        if target.role in _PRESSED:
            same = [one.box for one in scene.named if one.control and plain(one.name) == plain(target.name)]
            yield scene.say("press", "text", "press", target, [target.box, *same])


def by_role(scene: Scene) -> Iterator[Instruction]:
    """Something by its text and what it is."""
    for target in _texts(scene):
        if target.role in _PRESSED or target.role in ("heading", "columnheader"):
            yield scene.say("role", "text", "role", target, _alike(scene, target, role=True))


def by_language(scene: Scene) -> Iterator[Instruction]:
    """In the language of the page."""
    for target in _texts(scene):
        if target.lang in FOREIGN:
            yield scene.say(target.lang, "text", target.lang, target, _alike(scene, target))


def by_label(scene: Scene) -> Iterator[Instruction]:
    """Fields, lists, boxes to tick by what they are called."""
    for target in scene.named:
        if target.kind == "input":
            frame = "choice" if target.role in _CHOICES else "list" if target.role == "combobox" else "input"
            boxes = [one.box for one in scene.named if one.kind == "input" and plain(one.name) == plain(target.name)]
            yield scene.say("name", "input", frame, target, boxes)


def by_value(scene: Scene) -> Iterator[Instruction]:
    """A field by what stands in it."""
    for target in scene.targets:
        value = str(target.state.get("value") or target.state.get("placeholder") or "").strip()
        if target.role in ("textbox", "searchbox", "spinbutton", "combobox") and 2 < len(value) < 40 and plain(value):
            same = [one.box for one in scene.targets if value in (one.state.get("value"), one.state.get("placeholder"))]
            if value != target.name and len(same) == 1:
                yield scene.say("value", "input", "value", target, same, value=value)


def by_icon(scene: Scene) -> Iterator[Instruction]:
    """An icon by what it is called."""
    for target in scene.named:
        small = max(target.box.width, target.box.height) < 72 * target.ratio  # (no map, no chart)
        if target.kind == "icon" and target.role != "image" and small:
            yield scene.say("name", "icon", "icon", target, _alike(scene, target))


def by_glyph(scene: Scene) -> Iterator[Instruction]:
    """An icon by its name in its pack, or by another word for it."""
    for target in scene.targets:
        name = glyph_name(target.icon)
        known = glyph_meanings(target.icon)
        if known or (name and pack_of(target.icon)):
            boxes = _drawn_alike(scene, target)
            if pack_of(target.icon) or name in {word for one in known for word in meanings()[one].glyphs}:
                yield scene.say("glyph", "icon", "icon", target, boxes, name=name)
            for word in _phrases(scene, known, "called"):
                yield scene.say("synonym", "icon", "icon", target, boxes, name=word)


def by_looks(scene: Scene) -> Iterator[Instruction]:
    """An icon by what it shows."""
    for target in scene.targets:
        for phrase in _phrases(scene, glyph_meanings(target.icon), "looks"):
            yield scene.say("looks", "icon", "looks", target, _drawn_alike(scene, target), looks=phrase)


def by_function(scene: Scene) -> Iterator[Instruction]:
    """Something by what it does."""
    for target in scene.targets:
        known = _purposes(target)
        kind = "icon" if target.kind == "icon" else "text"
        boxes = [one.box for one in scene.targets if known & _purposes(one)]
        for phrase in _phrases(scene, known, "does"):
            yield scene.say("function", kind, "function", target, boxes, function=phrase)


def by_relation(scene: Scene) -> Iterator[Instruction]:
    """By how something lies to a text."""
    for way, target, relation, anchor in relations(scene.targets, scene.named, said_role):
        said = pick(scene.words.relations[relation], scene.shot, anchor) if relation else ""
        frame = "relation" if relation else way
        name = said_name(target) if way == "row" and target.kind == "icon" else target.name
        if frame == "relation" and "beside" in scene.words.frames and digest(target.name, anchor) % 3 == 0:
            name = said_name(target) if target.kind == "icon" else target.name
            frame = "beside" if 2 <= len(name) <= 40 and plain(name) else frame
        yield scene.say(way, "relation", frame, target, [target.box], relation=said, anchor=anchor, name=name)


def by_ordinal(scene: Scene) -> Iterator[Instruction]:
    """One of several of a name."""
    words = scene.words.ordinals
    for target, which in ordinals([one for one in scene.targets if readable(one.name)], said_role):
        name = said_name(target) if target.kind == "icon" else target.name
        said = pick(words.get(which, (which,)), scene.shot, name)
        if which in words or (not words and which != "last but one"):
            yield scene.say("ordinal", "ordinal", "ordinal", target, [target.box], which=said, name=name)


def by_count(scene: Scene) -> Iterator[Instruction]:
    """One of several of a name in a row or a column, counted from a side."""
    if "counted" not in scene.words.frames:
        return
    for target, which, start in counted([one for one in scene.targets if readable(one.name)], said_role):
        name = said_name(target) if target.kind == "icon" else target.name
        said = pick(scene.words.ordinals[which], scene.shot, name)
        parts = {"which": said, "from": pick(scene.words.sides[start], scene.shot, name), "name": name}
        yield scene.say("counted", "ordinal", "counted", target, [target.box], **parts)


def by_place(scene: Scene) -> Iterator[Instruction]:
    """The only one of its kind in a part of the screen."""
    for target, place in lone_place(scene.targets, said_role, edges="top" in scene.words.places):
        said = pick(scene.words.places.get(place, (place,)), scene.shot, target.name)
        yield scene.say("place", "place", "place", target, [target.box], place=said, name=target.name or "")


def by_area(scene: Scene) -> Iterator[Instruction]:
    """One of several of a name, by the part of the page that it is in."""
    for target in scene.named:
        same = [one for one in scene.named if plain(one.name) == plain(target.name) and one.box != target.box]
        words = scene.words.areas.get(target.area)
        if words and same and target.area not in {one.area for one in same} and target.kind == "text":
            yield scene.say("area", "place", "area", target, [target.box], area=pick(words, scene.shot, target.name))


def by_state(scene: Scene) -> Iterator[Instruction]:
    """By its state: whatever is in it."""
    for target in scene.targets:
        for state, words in scene.words.states.items():
            if target.state.get(state) is True and (target.control or target.kind == "input"):
                role = said_role(target)
                same = [one.box for one in scene.targets if one.state.get(state) is True and said_role(one) == role]
                said = pick(words, scene.shot, target.name)
                yield scene.say("state", "state", "state", target, same, state=said, role=scene.words.role(role))


def _phrases(scene: Scene, known: frozenset[str], what: str) -> Iterator[str]:
    for one in sorted(known):
        yield from scene.words.some(getattr(meanings()[one], what)[scene.words.part])


def _purposes(target: Target) -> frozenset[str]:
    """What a control or a picture means by what it is called, else by what it is drawn as."""
    if not target.control and target.kind != "icon":
        return frozenset()
    called = label_meanings(target.name) | label_meanings(target.label)
    return called or (glyph_meanings(target.icon) if target.kind == "icon" else frozenset())


def _drawn_alike(scene: Scene, target: Target) -> list[Box]:
    """The boxes of what is drawn as something of the same meaning, or of the same name."""
    known, name = glyph_meanings(target.icon), glyph_name(target.icon)
    return [
        one.box
        for one in scene.targets
        if one.icon and (known & glyph_meanings(one.icon) or glyph_name(one.icon) == name)
    ]


WAYS: Mapping[Way, int] = {  # how many instructions of each way are taken
    by_name: 3,
    by_press: 3,
    by_role: 2,
    by_language: 2,
    by_label: 4,
    by_value: 1,
    by_icon: 4,
    by_glyph: 4,
    by_looks: 3,
    by_function: 3,
    by_relation: 4,
    by_ordinal: 2,
    by_count: 1,
    by_place: 1,
    by_area: 1,
    by_state: 1,
}
