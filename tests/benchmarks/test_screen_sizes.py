"""Pages at other sizes, and what looking costs: boxes of the same elements, figures by hand, the page that is drawn."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("PIL")
from benchmarks.screen.sizes import PLAIN, _moved, table
from benchmarks.screen.speed import changed_part, extra_sizes, page
from tamis.image import Box


def shot(ratio, *boxes):
    return {"ratio": ratio, "elements": [{"role": "button", "name": f"{i}", "box": box} for i, box in enumerate(boxes)]}


def test_boxes_are_those_of_the_same_elements():
    plain, other = shot(1, [0, 0, 50, 20], [60, 0, 90, 20]), shot(2, [0, 0, 50, 21], [61, 0, 92, 20])
    assert _moved([Box(60, 0, 90, 20)], plain, other) == (Box(122, 0, 184, 40),)
    assert _moved([], plain, other) == ()
    assert _moved([Box(60, 0, 75, 20)], plain, other) is None  # the rest of it is not on the screen
    assert _moved([Box(60, 0, 90, 20)], plain, shot(2, [0, 0, 50, 20])) is None
    assert _moved([Box(60, 0, 90, 20)], plain, None) is None


def test_differences_are_those_of_what_was_asked_of_both():
    def rows(*hits):
        kinds, boxes = ("text", "icon", "absent"), ([[0, 0, 1, 1]], [[0, 0, 1, 1]], [])
        return [
            {"task": f"{i}", "hit": hit, "kind": kinds[i], "boxes": boxes[i], "picture": f"{i % 2}"}
            for i, hit in enumerate(hits)
        ]

    lines = table({PLAIN: rows(1, 1, 1), "2x": rows(1, 0)}).splitlines()
    assert lines[2].startswith("| 1x | 2 | 2 | 100.0 (100.0 to 100.0) | +0.0 ")
    assert lines[3].startswith("| 2x | 2 | 2 | 50.0 (0.0 to 100.0) | -50.0 ")
    assert lines[3].endswith("| 100.0 (100.0 to 100.0) | +0.0 (+0.0 to +0.0) | - | - |")


def test_a_page_has_other_words_each_time_and_a_change_is_small():
    rng = np.random.default_rng(1)
    first, second = page(rng), page(rng)
    assert (first.pixels != second.pixels).any()
    differ = np.argwhere((changed_part(first, rng).pixels != first.pixels).any(2))
    assert 0 < len(differ) < 0.01 * first.pixels.shape[0] * first.pixels.shape[1]


def test_the_extra_is_what_only_it_brings():
    pytest.importorskip("rapidocr")
    sizes = extra_sizes()
    assert {"rapidocr", "pillow"} <= set(sizes)
    assert "numpy" not in sizes
    assert sizes["rapidocr"] > 1e6
