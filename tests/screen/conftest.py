"""One page whose elements are known exactly, and what looking at its picture gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tamis.image import Box, Screenshot, screenshot_of
from tamis.screen import Element, Screen, ScreenTree, look

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "examples" / "settings.png"
TRUTH = Path(__file__).parent / "pages" / "settings.json"


@pytest.fixture(scope="session")
def shot() -> Screenshot:
    pytest.importorskip("PIL")
    return screenshot_of(PICTURE)


@pytest.fixture(scope="session")
def tree(shot) -> Screen:
    """The page as its own DOM describes it."""
    return look(shot, elements=ScreenTree(json.loads(TRUTH.read_text(encoding="utf-8"))))


@pytest.fixture(scope="session")
def seen(shot) -> Screen:
    """The page as eyes see it: a few seconds, once."""
    pytest.importorskip("rapidocr")
    return look(shot)


@pytest.fixture(scope="session")
def box_of(tree):
    """The true box of the element with a role and a name."""

    def find(role: str, name: str, number: int = 0) -> Box:
        return [one for one in tree.elements if (one.role, one.text) == (role, name)][number].box

    return find


def element(box: tuple[float, ...], text: str = "", role: str = "text") -> Element:
    return Element(Box(*box), text, role, "tree")
