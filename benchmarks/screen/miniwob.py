"""A loop on MiniWoB++: read the utterance, look at the pixels, click what it points at, look again; then the reward.

The pages are those of the package `miniwob` (MIT), driven in a headless Chromium without its environments. The bar with
the utterance is hidden before a look, because the words that are looked for stand in it; nothing else of a page is
read. Episodes have no end in time: what is measured is where clicks go, not how fast a busy machine reads.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.common import measure
from benchmarks.screen.tasks import Step, steps_of
from tamis.bench.paired import interval
from tamis.image import Point, Screenshot, screenshot_of
from tamis.screen import ActorGrounder, Element, Grounder, Grounding, RankedElement, RuleGrounder, look
from training.screen.harvest import browser
from training.screen.sources import Folder

PACKAGE = Folder("miniwob", "pypi:miniwob@1.1.0", "MIT", "held-out", ("miniwob/html/miniwob/*.html",), 1_000)
SIZE = {"width": 160, "height": 210}
PAUSE = 400  # milliseconds before a look: menus and sections take time to open
_START = "seed => { Math.seedrandom('' + seed); core.EPISODE_MAX_TIME = 1e8; core.startEpisodeReal(); }"
_HIDE = "() => { document.getElementById('query').style.visibility = 'hidden'; }"
_STATE = "() => [WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL]"


@dataclass(frozen=True, slots=True)
class Episode:
    """How a task went.

    Attributes:
        reward: without the discount for time, -1 to 1; 0 where the episode did not end.
        steps: that were taken, of `planned`.
        seconds: of looking and pointing.
    """

    task: str
    seed: int
    utterance: str
    reward: float
    planned: int
    steps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Hand:
    """What points, and whether it needs elements that are seen."""

    grounder: Grounder | None
    looks: bool = True


def pointer(name: str) -> Hand:
    """By the name on the command line; what is no name is a GUI-Actor checkpoint."""
    if name == "tamis":
        return Hand(None)
    if name == "rules":
        return Hand(RuleGrounder())
    if name == "random":
        return Hand(RandomElement())
    return Hand(_centre, looks=False) if name == "centre" else Hand(ActorGrounder(name), looks=False)


def play(tasks: Sequence[str], seeds: Iterable[int], hand: Hand, *, cache: Path, ratio: float) -> list[Episode]:
    """Every task with every seed."""
    episodes = []
    with _pages(cache, ratio) as (page, addresses):
        for task in tasks:
            for seed in seeds:
                episodes.append(_episode(page, addresses[task], task, seed, hand, ratio))
            mine = [one.reward for one in episodes if one.task == task]
            print(f"{task}: {fmean(mine):.2f}", file=sys.stderr, flush=True)
    return episodes


@contextmanager
def _pages(cache: Path, ratio: float) -> Iterator[tuple[Any, dict[str, str]]]:
    with PACKAGE.pages(cache) as addresses, browser() as chromium:
        context = chromium.new_context(viewport=SIZE, device_scale_factor=ratio)
        page = context.new_page()
        page.set_default_timeout(8000)
        names = [address.rpartition("/")[2].removesuffix(".html") for address in addresses]
        files = [_file(cache, address) for address in addresses]
        yield page, dict(zip(names, files, strict=True))


def _file(cache: Path, address: str) -> str:
    """The file behind an address, as people open these pages: served, those without a charset are read as Latin 1."""
    path = (cache / "pypi-miniwob@1.1.0" / address.split("/", 3)[3]).resolve()
    return path.as_uri() if path.is_file() else address


def _episode(page: Any, address: str, task: str, seed: int, hand: Hand, ratio: float) -> Episode:
    page.goto(address, wait_until="load")
    page.evaluate(_START, seed)
    utterance = " ".join(page.evaluate("() => document.getElementById('query').innerText").split())
    page.evaluate(_HIDE)
    steps, taken, seconds, wait = steps_of(utterance), 0, 0.0, 0.0
    for step in steps:
        taken += 1
        if step.wait:  # counted from the click before, so that looking costs none of it
            wait = step.wait
            continue
        seconds += _take(page, step, hand, ratio, wait)
        wait = 0.0
        if page.evaluate(_STATE)[0]:
            break
    page.wait_for_timeout(PAUSE)
    done, reward = page.evaluate(_STATE)
    return Episode(task, seed, utterance, float(reward) if done else 0.0, len(steps), taken, round(seconds, 3))


def _take(page: Any, step: Step, hand: Hand, ratio: float, wait: float) -> float:
    """One step, no sooner than `wait` seconds after the click before; the seconds of looking."""
    started = perf_counter()
    if not wait:
        page.wait_for_timeout(PAUSE)
    looked = perf_counter()
    shot = screenshot_of(page.screenshot(clip={"x": 0, "y": 0, **SIZE}), ratio=ratio)
    point = _point(shot, step.instruction, hand)
    seconds = perf_counter() - looked
    page.wait_for_timeout(max(0.0, 1000 * (wait - (perf_counter() - started))))
    if point is not None:
        x, y = shot.css.coordinates(point)
        page.mouse.move(x, y)
        if not step.hover:
            page.mouse.click(x, y)
        if step.text:
            page.keyboard.type(step.text)
    return seconds


def _point(shot: Screenshot, instruction: str, hand: Hand) -> Point | None:
    """Where to click; the best there is where the grounder would rather not."""
    answer = look(shot, elements=None if hand.looks else (), grounder=hand.grounder).ground(instruction)
    if answer.point is not None:
        return answer.point
    return answer.ranked[0].element.box.centre if answer.ranked else None


class RandomElement:
    """Points at any element: a floor."""

    def __init__(self) -> None:
        self._random = random.Random(0)

    def __call__(
        self, shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /
    ) -> list[Grounding]:
        return [self._any(shot, elements, text) for text in instructions]

    def _any(self, shot: Screenshot, elements: Sequence[Element], text: str) -> Grounding:
        if not elements:
            return Grounding(text, shot.bounds.centre, shot.bounds, 0.0, ())
        one = self._random.choice(elements)
        return Grounding(text, one.box.centre, one.box, 0.0, (RankedElement(one, 0.0),))


def _centre(shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /) -> list[Grounding]:
    return [Grounding(text, shot.bounds.centre, shot.bounds, 0.0, ()) for text in instructions]


def table(episodes: Sequence[Episode]) -> str:
    """A line for each task, and the mean of the tasks with its interval; as Markdown."""
    tasks = list(dict.fromkeys(one.task for one in episodes))
    lines = ["| task | n | done, % | mean reward | seconds a step |", "|---|--:|--:|--:|--:|"]
    rates = []
    for task in tasks:
        some = [one for one in episodes if one.task == task]
        done, reward = fmean(one.reward > 0 for one in some), fmean(one.reward for one in some)
        pace = sum(one.seconds for one in some) / max(1, sum(one.steps for one in some))
        lines.append(f"| {task} | {len(some)} | {100 * done:.0f} | {reward:.2f} | {pace:.2f} |")
        rates.append(done)
    low, high = interval(np.array(rates))
    mean, reward = fmean(rates), fmean(one.reward for one in episodes)
    shown = f"{100 * mean:.1f} ({100 * low:.0f} to {100 * high:.0f})"
    return "\n".join([*lines, f"| mean of {len(tasks)} tasks | {len(episodes)} | {shown} | {reward:.2f} | |"])


def save(episodes: Sequence[Episode], path: Path, *, pointer: str) -> None:
    """Every episode, with the machine, as JSON."""
    rows = [asdict(one) for one in episodes]
    text = json.dumps({"pointer": pointer, "machine": measure.machine(), "episodes": rows}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
