"""The loop on MiniWoB++: what utterances ask for, and an episode on a page that keeps its rules."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest

pytest.importorskip("PIL")
from benchmarks.screen import miniwob
from benchmarks.screen.miniwob import Hand, RandomElement, play, save, table
from benchmarks.screen.tasks import TASKS, Step, steps_of
from tamis.image import Box, Screenshot
from tamis.screen import Element, Grounding

UTTERANCES = {
    "Click button ONE.": ['click the "ONE" button'],
    "Click button ONE, then click button TWO.": ['click the "ONE" button', 'click the "TWO" button'],
    'Click on the "previous" button.': ['Click on the "previous" button'],
    "Select C0ZWRz, vrD and click Submit.": ['the "C0ZWRz" checkbox', 'the "vrD" checkbox', 'the "Submit" button'],
    "Select nothing and click Submit.": ['the "Submit" button'],
    "Select S4 and click Submit.": ['the "S4" option', 'the "Submit" button'],
    "Select Jinny>Lynett": ['click "Jinny"', 'click "Lynett"'],
    "Select A>B>C": ['click "A"', 'click "B"', 'click "C"'],
    'Click the button in the dialog box labeled "x".': ['the "x" button'],
    'Close the dialog box by clicking the "x".': ['the "x" button'],
    "Click on Tab #1.": ['click the "Tab #1" tab'],
    'Click on a "textarea" widget.': ["click the text area"],
    'Click on a "button" widget.': ["click the button"],
    "Focus into the 3rd input textbox.": ["Focus into the 3rd input textbox"],
    "Click on the black colored box.": ["Click on the black colored box"],
    "Expand the section below and click submit.": ["the section", 'the "Submit" button'],
    'For the user @kenda, click on the "Like" button.': ['the Like icon below "@kenda"'],
    "Find the email by Rochella and click the trash icon to delete it.": ['click "Rochella"', "the trash icon"],
}


@pytest.mark.parametrize("utterance", UTTERANCES)
def test_utterances_become_instructions(utterance):
    assert [step.instruction for step in steps_of(utterance)] == UTTERANCES[utterance]


def test_what_is_typed_and_waited_for():
    assert steps_of('Enter "IU" into the text field and press Submit.')[0] == Step("the text field", "IU")
    first, second, last = steps_of(
        'Enter the username "keli" and the password "3hI" into the text fields and press login.'
    )
    assert (first.text, second.text, last.text) == ("keli", "3hI", "")
    assert [step.text for step in steps_of('Enter the password "Q3h" into both text fields and press submit.')] == [
        "Q3h", "Q3h", "",
    ]  # fmt: skip
    assert steps_of("Click button ONE, wait 3 seconds, then click button TWO.")[1] == Step(wait=3.0)


def test_menus_are_hovered_over_down_to_the_last_item():
    assert [step.hover for step in steps_of("Select A>B>C")] == [True, True, False]


def test_there_are_at_least_twenty_tasks():
    assert len(set(TASKS)) == len(TASKS) >= 20


PAGE = """<!DOCTYPE html>
<style>body { margin: 0 } #query { height: 50px } button { position: absolute; top: 100px }</style>
<div id="query">Click button ONE.</div><button id="b" style="left: 20px">ONE</button>
<script>
  var WOB_DONE_GLOBAL = false, WOB_RAW_REWARD_GLOBAL = 0;
  Math.seedrandom = seed => { document.getElementById('b').style.left = 10 + 30 * Number(seed) + 'px' };
  var core = { startEpisodeReal: () => { WOB_DONE_GLOBAL = false } };
  document.getElementById('b').onclick = () => { WOB_DONE_GLOBAL = true; WOB_RAW_REWARD_GLOBAL = 1 };
</script>"""


def button(shot: Screenshot, elements, instructions, /):
    """Points at the only thing that is not white below the bar."""
    rows, columns = (shot.pixels[150:] < 250).any(-1).nonzero()
    box = Box(columns.min(), rows.min() + 150, columns.max(), rows.max() + 150)
    return [Grounding(text, box.centre, box, 1.0, ()) for text in instructions]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no browser")
def test_an_episode_is_won_by_clicking_the_button_wherever_it_is(tmp_path, monkeypatch):
    pytest.importorskip("playwright")
    (tmp_path / "button.html").write_text(PAGE)

    class Pages:
        @contextmanager
        def pages(self, cache):
            yield [f"file://{tmp_path}/button.html"]

    monkeypatch.setattr(miniwob, "PACKAGE", Pages())
    won = play(["button"], range(2), Hand(button, looks=False), cache=tmp_path, ratio=3.0)
    lost = play(
        ["button"],
        [0],
        Hand(lambda s, e, i: [Grounding("", None, None, 0, (), "no")], looks=False),
        cache=tmp_path,
        ratio=1.0,
    )
    assert [(one.reward, one.steps) for one in won] == [(1.0, 1), (1.0, 1)]
    assert [one.reward for one in lost] == [0.0]
    assert "| button | 2 | 100 | 1.00 |" in table(won)
    save(won, tmp_path / "episodes.json", pointer="test")
    assert '"seed": 1' in (tmp_path / "episodes.json").read_text()


def test_the_random_floor_takes_one_of_the_elements():
    elements = [Element(Box(0, 0, 2, 2)), Element(Box(4, 4, 6, 6))]
    import numpy as np

    shot = Screenshot(np.zeros((10, 10, 3), np.uint8))
    points = {answer.point.x for answer in RandomElement()(shot, elements, ["x"] * 20)}
    assert points == {1, 5}
    assert RandomElement()(shot, [], ["x"])[0].point.x == 5
