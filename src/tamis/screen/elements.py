"""Elements: what is on a screen that somebody could point at, whoever noticed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tamis.image import Box, Screenshot

SOURCES = ("text", "shape", "tree", "patch")  # who can notice an element
INPUTS = frozenset(["textbox", "searchbox", "combobox", "checkbox", "radio", "slider", "spinbutton", "switch"])


@dataclass(frozen=True, slots=True)
class Element:
    """A thing on a screen.

    Attributes:
        box: in device pixels.
        text: that it shows, or its name in a tree; empty for a picture.
        role: "button", "link", "textbox", "checkbox", "icon", "text" ...: guessed from its looks, or as a tree says.
        source: who noticed it: "text" (a line of OCR or a part of one), "shape" (edges and surfaces), "tree", "patch"
            (cells of a vision model).
        confidence: that there is such a thing, 0 to 1.
        state: what is known of it: {"checked": True}.
    """

    box: Box
    text: str = ""
    role: str = "text"
    source: str = "shape"
    confidence: float = 1.0
    state: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "box": [round(edge, 1) for edge in self.box.edges],
            "text": self.text,
            "role": self.role,
            "source": self.source,
            "confidence": round(self.confidence, 4),
            "state": dict(self.state),
        }


class ElementSource(Protocol):
    """Where elements come from: eyes (`Looker`), or a tree that the caller has (`tamis.screen.tree`)."""

    def __call__(self, shot: Screenshot, /) -> Sequence[Element]:
        """The elements of a screenshot."""
        ...
