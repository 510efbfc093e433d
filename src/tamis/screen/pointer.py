"""The grounder that was trained: GUI-Actor's pointer over the elements of a screen (Wu et al. 2025, arXiv 2506.03143).

Each instruction is a query that attends over the elements and over one key more that says "not on the screen". What is
right about an element is said several times where elements lie on one another; the attention of all that lie where the
best does counts as that place's, as the paper's regions do. A quoted name is enforced, whatever was learned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tamis.core import Floats
from tamis.errors import ModelCorrupt
from tamis.image import Point, Screenshot
from tamis.models.pointer import Array, Attention, PointerHead, QueryInput, load_pointer, softmax
from tamis.models.shared import once
from tamis.models.trees import Forest
from tamis.screen.elements import Element
from tamis.screen.grounding import Grounding, RankedElement
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_ask import Ask, ask_of
from tamis.screen.pointer_candidates import CLICK, HEAD, PointerQuestion, choice_of
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_match import COLUMNS as MATCHES
from tamis.screen.pointer_scene import PointerScene, Senses
from tamis.screen.rules import NOTHING, SHOWN, missing
from tamis.screen.scene import on_screen, phrase

QUOTED: Final = 0.6  # the least confidence in a picture that a quoted name is said to be the icon of
_SURE: Final = 0.99
_LOW: Final = -9.0  # log-odds where nothing may be meant


@dataclass(frozen=True, slots=True)
class Calibration:
    """From attention to probabilities; fitted on pages that the head was not trained on.

    Attributes:
        temperature: that logits are divided by.
        weights: of `evidence`, in its order, the constant last.
        absent: a place that is less sure is none.
    """

    temperature: float = 1.0
    weights: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    absent: float = 0.5

    def confidence(self, evidence: Floats) -> float:
        """The probability that a click is right."""
        return float(np.clip(1 / (1 + np.exp(-(evidence @ self.weights[:-1] + self.weights[-1]))), 0.01, _SURE))


@dataclass(frozen=True, slots=True)
class Aim:
    """What the attention of one instruction says.

    Attributes:
        shares: (n,) of each element.
        none: that it is on none of them.
        best: the element that is pointed at.
        evidence: of the head alone (3,): log-odds of the best place; its lead over the next one; log-odds of being on
            the screen at all. After a second look (4,): first what the trees say of a click, as log-odds.
    """

    shares: Floats
    none: float
    best: int
    evidence: Floats


class PointerGrounder:
    """Points by a trained attention; see the module.

    head -- the embedded one, if none is given
    senses -- what gives icons and texts a meaning; the embedded encoders, if none are given
    """

    def __init__(self, head: PointerHead | None = None, *, senses: Senses | None = None) -> None:
        self.head = load_pointer() if head is None else head
        _check_columns(self.head.settings)
        self.calibration = calibration_of(self.head.settings)
        self._senses = embedded_senses() if senses is None else senses
        self._last: tuple[Screenshot, tuple[Element, ...], PointerScene, Array] | None = None

    def __call__(
        self, shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /
    ) -> tuple[Grounding, ...]:
        """One grounding for each instruction."""
        asks = [ask_of(instruction) for instruction in instructions]
        if not elements:
            return tuple(Grounding(ask.text, None, None, 0.0, (), NOTHING) for ask in asks)
        if not asks:
            return ()
        view, keys = self._scene(shot, tuple(elements))
        queries = view.queries(asks)
        return tuple(
            self._grounding(view, ask, query, self.head(keys, query)) for ask, query in zip(asks, queries, strict=True)
        )

    def _scene(self, shot: Screenshot, elements: tuple[Element, ...]) -> tuple[PointerScene, Array]:
        """The elements as the head takes them: made once for a screen that is asked again and again."""
        last = self._last
        if last is not None and last[0] is shot and last[1] == elements:
            return last[2], last[3]
        view = PointerScene(shot, elements, self._senses)
        keys = self.head.keys(view.keys)
        self._last = shot, elements, view, keys
        return view, keys

    def _grounding(self, view: PointerScene, ask: Ask, query: QueryInput, attention: Attention) -> Grounding:
        scene, asked = view.scene, view.question(ask, query, attention.logits)
        one = second_aim(asked, self.head.forests) if self.head.forests else aim_of(asked, self.calibration.temperature)
        order = [one.best, *(int(i) for i in np.argsort(-one.shares, kind="stable") if i != one.best)][:SHOWN]
        ranked = tuple(RankedElement(scene.elements[i], float(one.shares[i])) for i in order)
        confidence, least = self.calibration.confidence(one.evidence), self.calibration.absent
        if ask.wish.literal and not view.reads(ask)[one.best]:
            least = max(least, QUOTED) if ask.wish.role == "icon" else math.inf
        if confidence < least or not one.shares[one.best]:
            return Grounding(ask.text, None, None, confidence, ranked, missing(ask.wish, scene.elements[one.best]))
        box, (across, down) = scene.elements[one.best].box, attention.points[one.best].tolist()
        point = Point(box.left + across * box.width, box.top + down * box.height)
        box = phrase(scene.elements[one.best], ask.wish.name)[0]
        point = on_screen(point, box, scene.shot)
        return Grounding(ask.text, point, box, confidence, ranked)


def aim_of(asked: PointerQuestion, temperature: float) -> Aim:
    """Which element the attention of the head is on, and how clearly."""
    logits = np.where(np.append(asked.meant, True), asked.logits / temperature, -np.inf)
    shares = softmax(logits)
    each, none = np.asarray(shares[:-1], float), float(shares[-1])
    places = asked.places @ each
    there = asked.places[int(np.argmax(places))]
    best = int(np.argmax(np.where(there, each, -1.0)))
    place, rest = float(places.max()), float(places[~there].max(initial=0.0))
    evidence = np.array([_log_odds(place), np.log(place + 1e-4) - np.log(rest + 1e-4), _log_odds(1 - none)])
    return Aim(each, none, best, evidence)


def second_aim(asked: PointerQuestion, forests: Mapping[str, Forest]) -> Aim:
    """Which element it is after a second look at the best."""
    head = aim_of(asked, 1.0)
    shares = np.zeros(len(asked.meant))
    choice = choice_of(asked, forests["choice"])
    if choice is None:
        return Aim(shares, head.none, 0, np.array([_LOW, *head.evidence]))
    shares[choice.some] = choice.shares * (1 - head.none)
    odds = forests["click"](choice.row[None])
    return Aim(shares, head.none, int(choice.some[choice.best]), np.concatenate([odds, head.evidence]))


def calibration_of(settings: Mapping[str, object]) -> Calibration:
    """The calibration in the settings of a head; of one that was not calibrated the attention itself."""
    values = settings.get("calibration")
    if not isinstance(values, Mapping):
        return Calibration()
    return Calibration(float(values["temperature"]), tuple(map(float, values["weights"])), float(values["absent"]))


@once(size=1)
def embedded_senses() -> Senses:
    """The embedded encoders of icons and of sentences."""
    from tamis.models.encoder import load_mini
    from tamis.models.icons import IconEncoder

    pictures = IconEncoder.pretrained()
    return Senses(pictures, load_mini(), pictures.dimension)


def _check_columns(settings: Mapping[str, object]) -> None:
    """Refuse weights of other columns than those that are computed here."""
    for name, columns in (("looks", LOOKS), ("asks", ASKS), ("matches", MATCHES), ("head", HEAD), ("click", CLICK)):
        of = settings.get(name, columns)
        if not isinstance(of, Sequence) or list(of) != list(columns):
            hint = "Install tamis anew, or train it again: python -m training screen fit."
            raise ModelCorrupt(f"The pointer was trained on other columns of {name} than this version has.", hint=hint)


def _log_odds(share: float) -> float:
    kept = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log(kept / (1 - kept)))
