"""What the pointer learns from, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.image import Box, screenshot_of
from tamis.screen import Element
from tamis.screen.pointer_scene import PointerScene
from tests.screen.pointers import senses
from training.screen.instructions import Instruction
from training.screen.pointer_data import bags_of, inside_of, read_views, right_elements, view_of, write_view

pytest.importorskip("torch")

NAMES = ["Save", "Open", "Help", "Mail", "News", "Home"]
WHOLE = np.array([[0.0, 1.0]])


def right(box, targets, span=(0.0, 1.0)):
    return bool(right_elements(np.array([box], float), np.array([span]), [Box(*one) for one in targets])[0])


def test_an_element_is_right_by_its_middle_its_words_or_what_it_holds():
    assert right((10, 10, 50, 30), [(0, 0, 60, 40)])
    assert right((10, 10, 50, 30), [(200, 0, 260, 40), (25, 15, 40, 25)])  # one of two, smaller than the element
    assert not right((0, 0, 400, 300), [(195, 145, 205, 155)])  # a page has the same middle
    assert not right((10, 10, 50, 30), [])
    assert right((0, 0, 400, 20), [(40, 0, 80, 20)], span=(0.1, 0.2))  # words in a line
    assert right((0, 0, 100, 20), [(0, 0, 30, 20)])  # holds it, not much larger: the offset's work
    assert not right((0, 0, 400, 20), [(40, 0, 80, 20)])


def test_of_right_elements_all_are():
    edges = np.array([[0, 0, 60, 40], [10, 10, 50, 30], [300, 0, 350, 40.0]])
    spans = np.repeat(WHOLE, 3, axis=0)
    assert right_elements(edges, spans, [Box(0, 0, 60, 40)]).tolist() == [True, True, False]
    assert inside_of(edges, [Box(0, 0, 30, 40)]).tolist() == [[0, 0, 0.5, 1], [0, 0, 0.5, 1], [0, 0, 1, 1]]


def view(number: int):
    """A screen of a row of names in an order of its own, each asked for, and one that is not there."""
    random = np.random.default_rng(number)
    names = [NAMES[i] for i in random.permutation(len(NAMES))][:5]
    elements = [Element(Box(20 + 90 * i, 20, 80 + 90 * i, 40), name, "button", "text") for i, name in enumerate(names)]
    shot = screenshot_of(np.full((80, 500, 3), 255, np.uint8))
    asked = [Instruction("s", "text", f"click {e.text}", (e.box,), "name") for e in elements]
    absent = next(name for name in NAMES if name not in names)
    row = {"name": f"page-{number}", "source": f"source-{number % 3}", "split": "develop", "ratio": 1.0}
    return view_of(
        row, PointerScene(shot, elements, senses()), [*asked, Instruction("s", "absent", f"click {absent}", ())]
    )


def test_views_are_kept(tmp_path):
    one = view(1)
    write_view(one, tmp_path)
    (again,) = read_views(tmp_path)
    assert (again.name, again.source, again.seen, again.instructions) == (one.name, one.source, True, one.instructions)
    assert set(again.arrays) == set(one.arrays)
    assert all(np.array_equal(again.arrays[name], value) for name, value in one.arrays.items())
    assert len(bags_of(again, "bags")) == 5
    assert len(bags_of(again, "parts")) == 3 * 6


def test_a_head_learns_names_and_absences_and_says_how_sure_it_is():
    from training.screen.pointer_calibrate import calibrated, calibration_from, folds
    from training.screen.pointer_fit import Recipe, answers_of
    from training.screen.pointer_second import second_look

    recipe = Recipe(epochs=25, screens=2, average=0.9)
    (part, *_) = parts = list(folds([view(n) for n in range(9)], recipe, 3))
    sources = {one.source for one in part.views}
    assert sources
    assert len(sources) < 3
    for one, said in zip(part.views, part.said, strict=True):
        for (aim, (x, y)), asked in zip(answers_of(said, one, 1.0), one.instructions, strict=True):
            if asked.boxes:
                assert asked.boxes[0].left < x < asked.boxes[0].right
                assert 20 < y < 40
            assert (aim.none > 0.5) == (not asked.boxes)
    calibration = calibrated(parts)
    assert calibration.confidence(np.array([4.0, 4.0, 4.0])) > 0.5 > calibration.confidence(np.array([-4.0, 0.0, -4.0]))
    assert 0.05 <= calibration.absent <= 0.9
    second = second_look(parts)
    present = second.evidence.present
    assert second.evidence.right[present].mean() > 0.9
    sure = second.evidence.sure(calibration_from(second.evidence))
    assert sure[present].mean() > 0.7
    assert sure[~present].mean() < 0.3


def test_other_answers_are_measured_on_the_same_instructions():
    from training.screen.pointer_ablation import compare
    from training.screen.pointer_fit import Recipe

    views = [view(n) for n in range(6)]
    results = compare(views[:4], views[4:], Recipe(epochs=2))
    assert {len(hits) for hits in results.values()} == {10}
    assert {"attention, all right elements", "regression of the point", "coordinates as text"} <= set(results)
    assert "listwise ranker" in results


def test_coordinates_are_written_in_digits():
    import torch

    from training.screen.pointer_ablation import digits_of, shares_from

    assert digits_of(torch.tensor([[0.4999, 0.05], [1.0, 0.0]])).tolist() == [[4, 9, 9, 0, 5, 0], [9, 9, 9, 0, 0, 0]]
    shares = torch.rand(50, 2)
    assert (shares_from(digits_of(shares)) - shares).abs().max() < 0.00051


def test_the_pointer_is_written_as_it_is_read(tmp_path):
    from tamis.models.pointer import head_of
    from tamis.screen import PointerGrounder
    from training.screen.pointer_fit import Recipe
    from training.screen.pointer_run import make

    for number in range(3):
        write_view(view(number), tmp_path / "views")
    make(tmp_path / "views", tmp_path / "weights", Recipe(epochs=1), parts=2)
    head = head_of(tmp_path / "weights")
    elements = [Element(Box(5, 5, 60, 20), "Save", "button")]
    (answer,) = PointerGrounder(head, senses=senses())(
        screenshot_of(np.zeros((80, 90, 3), np.uint8)), elements, ["Save"]
    )
    assert answer.ranked[0].element == elements[0]
    assert set(head.forests) == {"choice", "click"}
    card = (tmp_path / "weights" / "README.md").read_text()
    assert "source-0, source-1, source-2" in card
    assert "$" not in card
