"""What an agent does on a screen, in one vocabulary: the common ground of the dialects in `tamis.screen.codecs`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tamis.errors import InvalidInput, unknown
from tamis.image import Point

NOTCH = 100  # CSS pixels that a notch of the wheel scrolls, where a dialect counts pixels
BUTTONS = ("left", "middle", "right", "back", "forward")
_ANY = 10_000

KINDS: Mapping[str, tuple[int, int]] = {  # kind: the least and the most points of its path
    "click": (0, 1),
    "double_click": (0, 1),
    "triple_click": (0, 1),
    "down": (0, 1),
    "up": (0, 1),
    "move": (1, 1),
    "drag": (1, _ANY),
    "scroll": (0, 1),
    "type": (0, 0),
    "press": (0, 0),
    "hold": (0, 0),
    "key_down": (0, 0),
    "key_up": (0, 0),
    "wait": (0, 0),
    "screenshot": (0, 0),
    "zoom": (2, 2),
    "finish": (0, 0),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is done with mouse or keyboard.

    Attributes:
        kind: of `KINDS`.
        path: where, in device pixels: one point for a click, at the pointer's place if there is none; from start to end
            for a drag, only its end if it starts at the pointer's place; two corners for a zoom.
        button: of the mouse: one of `BUTTONS`.
        text: that is typed; for `finish` the answer.
        keys: that are pressed together, or held during a click; as in `tamis.screen.keys`.
        scroll: notches of the wheel to the right and down.
        seconds: of `wait` and `hold`; 0 where the dialect does not say.

    Raises:
        InvalidInput: a kind or button that is not known, or points that do not fit the kind.
    """

    kind: str
    path: tuple[Point, ...] = ()
    button: str = "left"
    text: str = ""
    keys: tuple[str, ...] = ()
    scroll: tuple[float, float] = (0.0, 0.0)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("kind of action", self.kind, KINDS)
        if self.button not in BUTTONS:
            raise unknown("button", self.button, BUTTONS)
        least, most = KINDS[self.kind]
        if not least <= len(self.path) <= most:
            raise InvalidInput(f"{self.kind!r} takes {least} to {most} points, got {len(self.path)}.")
        if not all(map(math.isfinite, (*self.scroll, self.seconds))) or self.seconds < 0:
            raise InvalidInput(f"{self.kind!r} cannot scroll {self.scroll} or last {self.seconds} s.")

    @property
    def point(self) -> Point | None:
        """Where it happens; of a drag where it ends."""
        return self.path[-1] if self.path else None
