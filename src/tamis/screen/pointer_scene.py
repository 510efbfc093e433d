"""One screen as the pointer sees it: its elements' columns, bags and pictures, and how they fit instructions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools
from tamis.image import Screenshot, within
from tamis.models.pointer import Array, KeyInput, QueryInput
from tamis.models.protocols import Encoder
from tamis.screen.elements import INPUTS, Element
from tamis.screen.looking import scale_of
from tamis.screen.matching import latin
from tamis.screen.pointer_ask import Ask
from tamis.screen.pointer_candidates import PointerQuestion
from tamis.screen.pointer_looks import SIDES, looks
from tamis.screen.pointer_match import Matcher
from tamis.screen.pointer_words import bag
from tamis.screen.rules import ratings
from tamis.screen.scene import Scene

Vectors = NDArray[np.float32]
_ICON = 72  # CSS pixels of the larger side of what may be an icon
_PICTURE = 128  # and of what has no text
_LONG = 2.5  # times as wide as high, or the other way: no icon
_MISREAD = 3  # letters that OCR sees in icons, at most
_WORD = 2  # letters of a word that is no icon, at least
_SURE = 0.9  # of OCR
_FIELD = 0.7  # of the rules: a field is labelled so
_HALF = 0.5
_WORDS = 16  # of a text whose meaning counts
_ROOM = 0.15  # of a side, around a crop


class Pictures(Protocol):
    """What names pictures: `tamis.models.icons.IconEncoder`, or one of one's own."""

    def images(self, crops: Sequence[NDArray[Any]], /) -> Vectors:
        """(n, d) unit vectors of crops of (height, width, 3)."""
        ...

    def names(self, texts: Sequence[str], /) -> Vectors:
        """(n, d) unit vectors of texts."""
        ...


@dataclass(frozen=True, slots=True)
class Senses:
    """What gives pictures and texts a meaning.

    Attributes:
        pictures: of icons, and of their names.
        texts: unit vectors of sentences.
        width: of an icon's vector.
    """

    pictures: Pictures
    texts: Encoder
    width: int


class PointerScene:
    """The elements of a screen, prepared for many instructions.

    Attributes:
        scene: their texts, edges and roles.
        pictured: (n,) whether each may be an icon.
        keys: what is known of them whatever is asked.
    """

    def __init__(self, shot: Screenshot, elements: Sequence[Element], senses: Senses) -> None:
        scale = scale_of(shot)
        self.scene = Scene(shot, elements)
        elements = self.scene.elements
        self.pictured = pictured(self.scene, scale)
        self._senses = senses
        vectors = np.zeros((len(elements), senses.width), np.float32)
        if self.pictured.any():
            vectors[self.pictured] = senses.pictures.images(
                [crop(shot, elements[i]) for i in np.flatnonzero(self.pictured).tolist()]
            )
        bags = [bag(element.text) for element in elements]
        columns = looks(self.scene, scale).astype(np.float32)
        self._matcher = Matcher(self.scene, vectors.astype(float))
        self._meanings = _meanings(senses.texts, [element.text for element in elements])
        self.keys = KeyInput(columns, bags, self._matcher.neighbours, vectors)

    def question(self, ask: Ask, query: QueryInput, logits: Array) -> PointerQuestion:
        """An instruction beside the elements, with what the head says of it."""
        return PointerQuestion(
            logits, self.meant(ask), self._matcher.places, self.keys.looks, query.columns, query.matches
        )

    def queries(self, asks: Sequence[Ask]) -> list[QueryInput]:
        """What each instruction brings."""
        return [self._query(ask) for ask in asks]  # (one by one, so that each is what it is alone, to the last digit)

    def meant(self, ask: Ask) -> Bools:
        """(n,) what can be meant: where a name is quoted, what reads so, is labelled so, or shows no text.

        Where a field is asked for and one is labelled so, no text outside of fields; where an icon is, no other word.
        In another script, or in signs, what has something in common with what is said.
        """
        scene = self.scene
        result = self._known(ask) & ~(self._labels(ask) if ask.wish.role in INPUTS else self._other_words(ask))
        if not ask.wish.literal:
            return result
        short = np.array([len(text) <= _MISREAD for text in scene.names.plain], dtype=bool)
        return np.asarray(result & (self.reads(ask) | ~scene.texts | (self.pictured & short)))

    def reads(self, ask: Ask) -> Bools:
        """(n,) what reads as the name does, or is a field beside what does."""
        reads = self.scene.names.literal(ask.wish.name)
        beside = np.append(reads, False)[self._matcher.neighbours[:, : SIDES.index("heading")]].any(1)
        field = np.array([role in INPUTS for role in self.scene.roles], dtype=bool) | (ask.wish.role in INPUTS)
        result: Bools = reads | (beside & field)
        return result

    def _known(self, ask: Ask) -> Bools:
        """(n,) all of them where Latin letters are said: the head knows no others, so that these have to be there."""
        if latin(ask.whole):
            return np.ones(len(self.scene.elements), dtype=bool)
        same = np.array([ask.text.strip() in element.text for element in self.scene.elements], dtype=bool)
        result: Bools = same | (self.scene.names.common(ask.whole)[0] > 0)
        return result

    def _labels(self, ask: Ask) -> Bools:
        """(n,) texts outside of fields, where the rules know of a field that the instruction fits."""
        scene = self.scene
        fields = np.array([role in INPUTS for role in scene.roles], dtype=bool)
        best = float(ratings(scene, ask.wish).scores[fields].max(initial=0.0))
        inside = within(scene.boxes, [scene.boxes[i] for i in np.flatnonzero(fields).tolist()]).max(1, initial=0.0)
        words = np.array([role in ("text", "heading", "link", "label") for role in scene.roles], dtype=bool)
        outside: Bools = words & (inside < _HALF)
        return outside if best >= _FIELD else np.zeros_like(outside)

    def _other_words(self, ask: Ask) -> Bools:
        """(n,) where an icon is asked for, words surely read that have nothing of its name, as "Key" for a cart."""
        scene, wish = self.scene, ask.wish
        if wish.role != "icon" or not wish.name:
            return np.zeros(len(scene.elements), dtype=bool)
        sure = [one.source == "text" and one.confidence > _SURE for one in scene.elements]
        words = np.array([len(text) >= _WORD for text in scene.names.plain], dtype=bool)
        result: Bools = words & np.array(sure, dtype=bool) & (scene.names.scores(wish.name) == 0)
        return result

    def _query(self, ask: Ask) -> QueryInput:
        texts = [ask.wish.name or " ", ask.core or " "]
        icons = self._senses.pictures.names(texts) @ self.keys.icons.T
        alike = self._senses.texts.vectors(texts) @ self._meanings.T
        matches = self._matcher(ask, icons.astype(float), alike.astype(float))
        spans = self._matcher.spans(ask).astype(np.float32)
        return QueryInput(ask.bags, ask.columns.astype(np.float32), matches, spans)


def _meanings(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """(n, d) vectors of the beginnings of the texts; zeros for no text."""
    cut = [" ".join(text.split()[:_WORDS]) for text in texts]
    rows = [index for index, text in enumerate(cut) if text]
    some = encoder.vectors([cut[index] for index in rows])
    result = np.zeros((len(texts), some.shape[-1]), np.float32)
    result[rows] = some
    return result


def pictured(scene: Scene, scale: float) -> Bools:
    """(n,) whether each element is of an icon's size and shape, and has a few letters of text at most."""
    sides = np.maximum(scene.edges[:, 2:] - scene.edges[:, :2], 1)
    longest = sides.max(1) / scale
    short = np.array([len(text) <= _MISREAD for text in scene.names.plain], dtype=bool)
    size = (longest <= _ICON) | (~scene.texts & (longest <= _PICTURE))
    tree = np.array(
        [one.source == "tree" for one in scene.elements], dtype=bool
    )  # (whose names are not on the picture)
    seen = np.array([crop(scene.shot, element).size > 0 for element in scene.elements], dtype=bool)
    result: Bools = size & (sides.max(1) <= _LONG * sides.min(1)) & (short | tree) & seen
    return result


def crop(shot: Screenshot, element: Element) -> NDArray[np.uint8]:
    """The picture of an element, with a little room around it."""
    box = element.box
    return shot.crop(box.grow(_ROOM * max(box.width, box.height, 4.0)))
