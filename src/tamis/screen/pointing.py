"""From a picture and instructions to places: elements are looked at once, each instruction then costs milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

from tamis.errors import MissingExtra
from tamis.image import Screenshot, screenshot_of
from tamis.models.shared import once
from tamis.screen.elements import Element, ElementSource
from tamis.screen.grounding import Grounder, Grounding
from tamis.screen.looking import Looker
from tamis.screen.pointer import PointerGrounder
from tamis.screen.rules import RuleGrounder


class Screen:
    """A screenshot with its elements: ask it as often as you like.

    Attributes:
        shot: as it was read.
        elements: what is on it, from top to bottom.
    """

    def __init__(self, shot: Screenshot, elements: Sequence[Element], *, grounder: Grounder | None = None) -> None:
        self.shot, self.elements = shot, tuple(elements)
        self._grounder = grounder

    def ground(self, instruction: str) -> Grounding:
        """Where an instruction points.

        Raises:
            InvalidInput: the instruction is empty or far too long.
        """
        return self.ground_many([instruction])[0]

    def ground_many(self, instructions: Sequence[str]) -> tuple[Grounding, ...]:
        """Where each instruction points."""
        grounder = self._grounder or shared_grounder()
        return tuple(grounder(self.shot, self.elements, list(instructions)))


def look(
    image: object,
    *,
    ratio: float | None = None,
    elements: ElementSource | Sequence[Element] | None = None,
    grounder: Grounder | None = None,
) -> Screen:
    """A screenshot with what is on it.

    image -- a path, bytes, a Pillow image, an array or a `Screenshot`
    ratio -- device pixels for each CSS pixel; None where that is not known
    elements -- where they come from instead of pixels: a source, or the elements themselves
    grounder -- what points; the trained one (`PointerGrounder`) if there is none

    Raises:
        UnreadableInput: the picture cannot be read.
        MissingExtra: a package of the extra `screen` is not installed.
    """
    shot = screenshot_of(image, ratio=ratio)
    if elements is None:
        return Screen(shot, shared_looker()(shot), grounder=grounder)
    return Screen(shot, elements(shot) if callable(elements) else elements, grounder=grounder)


def ground(
    image: object,
    instruction: str,
    *,
    ratio: float | None = None,
    elements: ElementSource | Sequence[Element] | None = None,
    grounder: Grounder | None = None,
) -> Grounding:
    """Where an instruction points on a screenshot; for many instructions, `look` once.

    Arguments and errors are those of `look`.
    """
    return look(image, ratio=ratio, elements=elements, grounder=grounder).ground(instruction)


@once(size=1)
def shared_looker() -> Looker:
    """The looker of this process, which remembers lines that it has read."""
    return Looker()


@once(size=1)
def shared_grounder() -> Grounder:
    """The grounder of this process: the trained one, or the rules where OpenCV is not installed, which icons need."""
    try:
        return PointerGrounder()
    except MissingExtra:
        return RuleGrounder()
