"""Have we seen such input before? A detector fitted on known texts, without labels and without anything novel.

fit:   known texts -> most for the components, some held out -> scales of the components -> calibration
check: text -> scores of the components -> one score -> p-value -> verdict, with what explains it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput
from tamis.models.protocols import Encoder
from tamis.novelty.calibration import HeldOut, Promise, checked_rate
from tamis.novelty.components.table import Ensemble, checked_names
from tamis.novelty.copies import copies
from tamis.novelty.explanation import KnownTexts, NearestText
from tamis.novelty.files import StoredDetector, read_parts, write_detector
from tamis.novelty.fusion import ScoreFusion
from tamis.novelty.inputs import Inputs, checked_texts, words

RATE = 0.01  # of false alarms, unless another is asked for
HELD_OUT = 0.2  # of the texts, for the calibration
READ = 600  # characters of a text that the encoder sees: about 125 tokens, 9 ms (docs/lab-log.md)
LEAST = 5  # texts: fewer cannot be divided
NOVEL, KNOWN, UNDECIDED = "novel", "known", "undecided"


@dataclass(frozen=True, slots=True)
class Novelty:
    """What a detector says of a text.

    Attributes:
        text: that was checked.
        score: higher = more novel; 0 is the median of known texts, 1 what one in twenty of them exceeds.
        p: as novel as this, or more, are this share of known texts at most.
        verdict: "novel" (p <= rate), "known", or "undecided": more novel than all texts held out, which are too few for
            the rate; or a text without any word or mark, of which there is nothing to say.
        unseen: words that no known text has.
        nearest: the known text that is nearest; None where no component knows one.
        evidence: score of each component, on the same scale.
    """

    text: str
    score: float
    p: float
    verdict: str
    unseen: tuple[str, ...]
    nearest: NearestText | None
    evidence: dict[str, float]

    @property
    def novel(self) -> bool:
        """Whether it is called novel."""
        return self.verdict == NOVEL

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Detector:
    """Knows what texts look like; obtained from `Detector.fit` or `Detector.load`. Immutable and thread-safe.

    Attributes:
        ensemble: the fitted components.
        fusion: how their scores become one.
        calibration: scores of the texts held out.
        memory: words and texts for explanations.
        encoder: of sentence vectors; None without.
        encoder_name: under which `load` opens it again; empty for an object of the caller's.
        left_out: blank texts that were not used.
        read: characters of a text that the encoder sees at most; None for all.
    """

    ensemble: Ensemble
    fusion: ScoreFusion
    calibration: HeldOut
    memory: KnownTexts
    encoder: Encoder | None = None
    encoder_name: str = ""
    left_out: int = 0
    read: int | None = READ

    @staticmethod
    def fit(  # noqa: PLR0913  (texts, and keyword options)
        texts: Sequence[str],
        *,
        encoder: str | Encoder | None = "mini",
        components: Sequence[str] | None = None,
        held_out: float = HELD_OUT,
        seed: int = 0,
        keep_texts: bool = True,
        copies_together: bool = True,
        read: int | None = READ,
    ) -> Detector:
        """A detector that knows these texts. Needs no labels; order does not matter.

        Args:
            texts: known inputs, five at least; blank ones are left out.
            encoder: what makes sentence vectors: the name of an embedded model, a folder, a hub id, or an object with
                `vectors`; None for a detector without weights.
            components: names in `COMPONENTS`; by default those that suit the encoder.
            held_out: share of the texts that calibrates p-values and is not learnt.
            seed: of the division.
            keep_texts: remember the texts, so that explanations can quote the nearest.
            copies_together: learn near copies of a text with it, or hold them out with it. Texts that were held out
                while copies of them were learnt would look too familiar, and false alarms be more than was asked for.
                With copies in the traffic to come as well, they are fewer; turn it off where that is too few.
            read: characters of a text that the encoder sees at most, from its beginning, middle and end; None for all,
                which takes longer. What needs no encoder always reads all.

        Raises:
            InvalidInput: too few texts, something that is no text, a share that leaves nothing.
            UnknownName: no such component or model.
        """
        rows = checked_texts(texts)
        numbers = [number for number, text in enumerate(rows) if not _blank(text)]
        if len(numbers) < LEAST:
            hint = f"Give {LEAST} texts at least; some hundreds make a detector."
            raise InvalidInput(f"{len(numbers)} texts with words are too few to know what is usual.", hint=hint)
        model, name = _encoder(encoder)
        names = checked_names(components, vectors=model is not None)
        inputs = Inputs.of([rows[number] for number in numbers], model, read=read)
        learn, hold = _division(_sets(inputs, together=copies_together), held_out, seed)
        fusion = _scales(names, inputs.pick(learn), seed)
        ensemble = Ensemble.fit(names, inputs.pick(learn))
        evidence = fusion.evidence(ensemble.look(inputs.pick(hold)))
        memory = KnownTexts(
            frozenset(word for text in inputs.texts for word in words(text)),
            inputs.pick(learn).texts if keep_texts else (),
            tuple(numbers[row] for row in learn),
        )
        calibration = HeldOut.of(fusion.fused(evidence))
        return Detector(ensemble, fusion, calibration, memory, model, name, len(rows) - len(numbers), read)

    def check(self, texts: Sequence[str], *, rate: float = RATE) -> list[Novelty]:
        """What is to be said of each text, by itself: others in the same call change nothing.

        rate -- of false alarms that are put up with: a text like the known ones is called novel that often at most

        Raises:
            InvalidInput: something that is no text, or a rate not between 0 and 1.
        """
        rows, limit = checked_texts(texts), checked_rate(rate)
        if not rows:
            return []
        inputs = Inputs.of(rows, self.encoder, read=self.read)
        looks = self.ensemble.look(inputs)
        evidence = self.fusion.evidence(looks)
        scores = self.fusion.fused(evidence)
        p_values, nearest = self.calibration.p_values(scores), self.memory.nearest(looks, len(rows))
        return [
            Novelty(
                text,
                float(scores[row]),
                float(p_values[row]),
                self._verdict(text, float(p_values[row]), limit),
                self.memory.unseen(text),
                nearest[row],
                {name: float(values[row]) for name, values in evidence.items()},
            )
            for row, text in enumerate(rows)
        ]

    def scores(self, texts: Sequence[str]) -> Floats:
        """(n,) how novel each text is, without verdicts and explanations."""
        rows = checked_texts(texts)
        if not rows:
            return np.zeros(0)
        inputs = Inputs.of(rows, self.encoder, read=self.read)
        return self.fusion.fused(self.fusion.evidence(self.ensemble.look(inputs)))

    def calibrated(self, texts: Sequence[str]) -> Detector:
        """The same detector with p-values by other known texts than those held out: recent ones, as they come in.

        Texts of which near copies were learnt look more familiar than those to come, and too many of these would be
        called novel. A few hundred that were not given to `fit` mend that; the old calibration is forgotten.

        Raises:
            InvalidInput: no texts with words.
        """
        rows = [text for text in checked_texts(texts) if not _blank(text)]
        if not rows:
            raise InvalidInput("There are no texts to calibrate with.", hint="Give known texts that were not learnt.")
        return replace(self, calibration=HeldOut.of(self.scores(rows)))

    def promise(self, rate: float = RATE) -> Promise:
        """What can be said of false alarms at a rate."""
        return self.calibration.promise(rate)

    def save(self, path: str | Path) -> None:
        """Write the detector to one file (safetensors), whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        name = None if self.encoder is None else self.encoder_name
        parts = (self.ensemble, self.fusion, self.calibration, self.memory)
        write_detector(StoredDetector(*parts, name, self.left_out, self.read), Path(path))

    @staticmethod
    def load(path: str | Path, *, encoder: Encoder | None = None) -> Detector:
        """The detector that `save` wrote.

        encoder -- the object that it was fitted with, where that was one of the caller's

        Raises:
            UnreadableInput: missing, cut short, or something else.
            InvalidInput: it was fitted with an encoder of the caller's, and none is given.
        """
        parts = read_parts(Path(path))
        if parts.encoder == "" and encoder is None:
            hint = "Give it: load(path, encoder=...)."
            raise InvalidInput(f"{str(path)!r} was fitted with an encoder of your own.", hint=hint)
        model = encoder or (open_encoder(parts.encoder) if parts.encoder else None)
        return Detector(
            parts.ensemble,
            parts.fusion,
            parts.calibration,
            parts.memory,
            None if parts.encoder is None else model,
            parts.encoder or "",
            parts.left_out,
            parts.read,
        )

    def _verdict(self, text: str, p: float, rate: float) -> str:
        if _blank(text):
            return UNDECIDED
        if p <= rate:
            return NOVEL
        return UNDECIDED if p <= self.calibration.smallest else KNOWN


def open_encoder(name: str) -> Encoder:
    """The encoder of a name; see `tamis.models.sentence.load_sentences`."""
    from tamis.models.sentence import load_sentences

    return load_sentences(name)


def _encoder(encoder: str | Encoder | None) -> tuple[Encoder | None, str]:
    if isinstance(encoder, str):
        return open_encoder(encoder), encoder
    if encoder is not None and not hasattr(encoder, "vectors"):
        raise InvalidInput(f"{encoder!r} is no encoder.", hint="Give a name, None, or an object with `vectors`.")
    return encoder, ""


def _blank(text: str) -> bool:
    return not text.strip()


def _sets(inputs: Inputs, *, together: bool) -> Ints:
    """(n,) the number of the set that a text is learnt or held out with."""
    return copies(inputs) if together else np.arange(len(inputs))


def _division(sets: Ints, held_out: float, seed: int) -> tuple[list[int], list[int]]:
    """Rows to learn, in their order, and rows to hold out: whole sets, in random order, until there are enough."""
    if not 0 < held_out < 1:
        raise InvalidInput(f"held_out must be between 0 and 1, got {held_out!r}.", hint="0.2 holds out a fifth.")
    size = min(len(sets) - 2, max(1, round(held_out * len(sets))))
    numbers, inverse, counts = np.unique(sets, return_inverse=True, return_counts=True)
    hold = np.zeros(len(numbers), np.bool_)
    left = size
    for number in np.random.default_rng(seed).permutation(len(numbers)):
        if counts[number] <= left:
            hold[number], left = True, left - int(counts[number])
    if not hold.any():  # one set of copies is all there is
        return _division(np.arange(len(sets)), held_out, seed)
    return np.flatnonzero(~hold[inverse]).tolist(), np.flatnonzero(hold[inverse]).tolist()


def _scales(names: Iterable[str], inputs: Inputs, seed: int) -> ScoreFusion:
    """The scales by components that are fitted on part of what is learnt, scored on the rest."""
    learn, rest = _division(np.arange(len(inputs)), HELD_OUT, seed + 1)
    return ScoreFusion.fit(Ensemble.fit(tuple(names), inputs.pick(learn)), inputs.pick(rest))
