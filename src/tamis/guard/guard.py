"""The guard: is a text an attack on the model that reads it, and what does it want (SecurityLingua, arXiv 2506.12707).

Unlike the reference, the verdict is part of it, the keep-head reads states of the small embedded encoder, what can be
decoded is decoded first, and the threshold is the rate of false alarms that is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound, unknown
from tamis.guard.calibration import GuardCalibration
from tamis.guard.network import GuardNetwork
from tamis.guard.reading import TextReading, readings
from tamis.guard.spans import ScoredReading, attack_spans, intent_of
from tamis.guard.training import PLACES, GuardExample, GuardSettings, train
from tamis.guard.verdict import AttackSpan, MessageVerdict, Verdict
from tamis.guard.words import WordTable, word_tables
from tamis.io.files import atomic_folder
from tamis.models.encoder import WEIGHTS
from tamis.models.shared import once
from tamis.models.tensors import read_tensors, write_tensors
from tamis.novelty.calibration import HeldOut, Promise, checked_rate
from tamis.text.languages import language_of
from tamis.text.messages import slots

FORMAT = 1
PRETRAINED = WEIGHTS / "guard"
RATE = 0.01
_HELD = 5  # one in so many examples is held out for calibration
_FEW = 20  # examples of each kind, without which nothing is learned
NO_WORDS = "no words"
NO_TEXT = "bytes, no text"
NOT_ENGLISH = "little was learned of its language"


@dataclass(frozen=True, eq=False)
class Guard:
    """Judges texts. Thread-safe; a pure function of text and weights."""

    _network: GuardNetwork
    _calibrations: tuple[GuardCalibration, ...]

    def check(self, text: str, *, where: str = "user", false_alarms: float = RATE) -> Verdict:
        """Whether a text is an attack, where in it, and what it wants.

        Args:
            text: any text; long ones are read whole, in windows.
            where: "user", the turn of a user, who may give instructions; "tool", data from elsewhere (results of
                tools, pages, mails, documents), which may not.
            false_alarms: the share of ordinary texts that may be flagged.

        Raises:
            InvalidInput: the text is no str, or the share is not between 0 and 1.
            UnknownName: no such place.
        """
        return self.many([text], where=where, false_alarms=false_alarms)[0]

    def many(self, texts: Sequence[str], *, where: str = "user", false_alarms: float = RATE) -> list[Verdict]:
        """A verdict on each text."""
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise InvalidInput("Texts must be a list of str.")
        if where not in PLACES:
            raise unknown("place", where, PLACES)
        rate = checked_rate(false_alarms)
        rows = [readings(text) for text in texts]
        tables = iter(word_tables([one.text for row in rows for one in row]))
        scored = [[self._scored(one, next(tables)) for one in row] for row in rows]
        return [
            self._verdict(text, [one for one in row if one is not None], where, rate)
            for text, row in zip(texts, scored, strict=True)
        ]

    def check_messages(
        self, messages: Sequence[Mapping[str, Any]], *, false_alarms: float = RATE
    ) -> tuple[MessageVerdict, ...]:
        """Verdicts on what users and tools say in a list of messages (chat, responses, or Anthropic's).

        Raises:
            InvalidInput: it is no list of messages.
        """
        if isinstance(messages, (str, bytes, Mapping)) or not all(isinstance(one, Mapping) for one in messages):
            raise InvalidInput("Messages must be a list of mappings, each with a role.")
        places = [slot for number, message in enumerate(messages) for slot in slots(message, number)]
        places = [slot for slot in places if slot.role in PLACES]
        verdicts: dict[int, Verdict] = {}
        for where in PLACES:
            mine = [n for n, slot in enumerate(places) if slot.role == where]
            results = self.many([places[n].text for n in mine], where=where, false_alarms=false_alarms)
            verdicts.update(zip(mine, results, strict=True))
        return tuple(MessageVerdict(slot.message, slot.path, slot.role, verdicts[n]) for n, slot in enumerate(places))

    def promise(self, false_alarms: float = RATE, *, where: str = "user") -> Promise:
        """What can be said of the rate of false alarms: it holds for texts like those that were held out."""
        return self._calibration(where).ordinary.promise(false_alarms)

    def _calibration(self, where: str) -> GuardCalibration:
        return self._calibrations[PLACES.index(where)]

    def _scored(self, reading: TextReading, table: WordTable) -> ScoredReading | None:
        return ScoredReading(reading, table, *self._network.scores(table)) if len(table) else None

    def _verdict(self, text: str, scored: Sequence[ScoredReading], where: str, rate: float) -> Verdict:
        reason = NO_WORDS if not scored or not any(map(str.isalnum, text)) else NO_TEXT if _is_binary(text) else ""
        if reason:
            return Verdict(flagged=False, probability=0.0, p=1.0, where=where, abstained=reason)
        head, calibration = PLACES.index(where), self._calibration(where)
        suspect = max(scored, key=lambda one: one.logit(head))
        logit, windows = suspect.logit(head), max(len(one.windows) for one in scored)
        threshold = calibration.threshold(rate, windows)
        verdict = Verdict(
            logit > threshold,
            calibration.probability(logit, windows),
            calibration.p(logit, windows),
            where,
            abstained=_abstained(text),
        )
        return _explained(text, verdict, suspect, threshold, head) if verdict.flagged else verdict

    @staticmethod
    def fit(
        examples: Sequence[GuardExample],
        settings: GuardSettings | None = None,
        *,
        calibration: Sequence[GuardExample] = (),
    ) -> Guard:
        """A guard of your own, in NumPy, from some hundred texts in seconds to minutes.

        Args:
            examples: attacks and ordinary texts, those above all that were flagged in error.
            settings: how to train.
            calibration: texts for the thresholds, of the kind that will come; without them a fifth of the examples
                is held out. False alarms as rare as 1 / n need n - 1 ordinary ones.

        Raises:
            InvalidInput: fewer than twenty attacks or ordinary texts, or spans that lie outside.
        """
        for one in (*examples, *calibration):
            one.check()
        for attack in (True, False):
            if (count := sum(one.attack is attack for one in examples)) < _FEW:
                kind = "attacks" if attack else "ordinary texts"
                raise InvalidInput(f"{count} {kind} are too few to learn from; give {_FEW} at least.")
        settings = settings or GuardSettings()
        order = np.random.default_rng(settings.seed).permutation(len(examples)).tolist()
        held = [] if calibration else order[: len(order) // _HELD]
        learn = [examples[n] for n in sorted(set(order) - set(held))]
        network = train(learn, word_tables([one.text for one in learn]), settings)
        return Guard(network, calibrations(network, list(calibration) or [examples[n] for n in held]))

    @staticmethod
    def pretrained() -> Guard:
        """The embedded guard, English, with the commonest orders in seven more languages; opened once a process."""
        return _opened(PRETRAINED)

    @staticmethod
    def load(path: str | Path) -> Guard:
        """A guard that was saved.

        Raises:
            ModelNotFound: there is no such folder.
            ModelCorrupt: it holds something else, or is damaged.
        """
        return _read(Path(path).expanduser())

    def save(self, path: str | Path) -> None:
        """Write the guard into a folder, whole or not at all: `guard.json` and `weights.safetensors`.

        Raises:
            OutputError: it cannot be written.
        """
        places = {
            place: {name: round(getattr(one, name), 6) for name in ("slope", "shift", "length")}
            for place, one in zip(PLACES, self._calibrations, strict=True)
        }
        tensors: dict[str, Any] = dict(self._network.tensors())
        for place, one in zip(PLACES, self._calibrations, strict=True):
            tensors[f"ordinary/{place}"] = one.ordinary.scores.astype(np.float32)
        with atomic_folder(Path(path).expanduser()) as folder:
            text = json.dumps({"format": FORMAT, "places": places}, indent=2) + "\n"
            (folder / "guard.json").write_text(text, encoding="utf-8")
            write_tensors(folder / "weights.safetensors", tensors)


def calibrations(network: GuardNetwork, examples: Sequence[GuardExample]) -> tuple[GuardCalibration, ...]:
    """Thresholds and probabilities of both places from texts that were not learned from."""
    best = [_best(network, one.text) for one in examples]
    rows = []
    for head, place in enumerate(PLACES):
        ordinary, attacks = (
            np.array(
                [
                    (top[0][head], top[1])
                    for one, top in zip(examples, best, strict=True)
                    if top is not None and one.attack is attack and one.where in (place, "any")
                ]
            ).reshape(-1, 2)
            for attack in (False, True)
        )
        rows.append(GuardCalibration.of(ordinary, attacks))
    return tuple(rows)


def _best(network: GuardNetwork, text: str) -> tuple[Floats, int] | None:
    """Logits (HEADS,) of the most suspect window of all readings, and how many the longest has; None without words."""
    tables = [table for table in word_tables([one.text for one in readings(text)]) if len(table)]
    windows = [network.scores(table)[1] for table in tables]
    return (np.concatenate(windows).max(0), max(map(len, windows))) if windows else None


def _is_binary(text: str) -> bool:
    """Whether a tenth of it are signs that no text has: control characters, and what could not be decoded."""
    odd = sum(char == "\ufffd" or (char < " " and char not in "\t\n\r\f\x1b") for char in text)
    return odd > 0.1 * len(text)


def _abstained(text: str) -> str:
    language = language_of(text) if len(text) > 40 else None
    return NOT_ENGLISH if language is not None and language.code != "en" else ""


def _explained(text: str, verdict: Verdict, suspect: ScoredReading, threshold: float, head: int) -> Verdict:
    """A verdict with its spans, its intent and its reasons."""
    parts = attack_spans(suspect, threshold, head)
    reading = suspect.reading
    spans: list[AttackSpan] = []
    for part in parts:
        start, end = reading.source(part.start, part.end)
        if not spans or start >= spans[-1].end:
            spans.append(AttackSpan(start, end, text[start:end], part.kind, part.probability))
    reasons = [f"read after taking off: {name}" for name in reading.how]
    words = " ... ".join(part.text for part in parts if part.kind == "wrapper")
    if words:
        reasons.append(f"wording of attacks: {' '.join(words.split())[:120]}")
    return replace(verdict, spans=tuple(spans), intent=intent_of(reading.text, parts), reasons=tuple(reasons))


@once(size=2)
def _opened(folder: Path) -> Guard:
    return _read(folder)


def _read(folder: Path) -> Guard:
    if not folder.is_dir():
        raise ModelNotFound(f"There is no guard {str(folder)!r}.", hint="Give a folder that `save` has written.")
    try:
        config: Mapping[str, Any] = json.loads((folder / "guard.json").read_text(encoding="utf-8"))
        if config["format"] != FORMAT:
            raise ValueError(f"format {config['format']!r}")
        arrays = read_tensors(folder / "weights.safetensors")
        network = GuardNetwork.of(arrays)
        rows = tuple(
            GuardCalibration(
                HeldOut.of(arrays[f"ordinary/{place}"]),
                float(config["places"][place]["slope"]),
                float(config["places"][place]["shift"]),
                float(config["places"][place]["length"]),
            )
            for place in PLACES
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"{str(folder)!r} is no guard: {error}.", hint="Train or install it anew.") from error
    return Guard(network, rows)
