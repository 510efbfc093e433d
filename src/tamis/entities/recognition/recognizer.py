"""A recogniser of names: the embedded one, or one of your own types from examples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tamis.entities.recognition.calibration import SpanCalibration, calibrate
from tamis.entities.recognition.crf import Chain, span_probability
from tamis.entities.recognition.network import Network, Sentence, sentences
from tamis.entities.recognition.tags import Example, TagSet
from tamis.entities.recognition.training import FitSettings, train
from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound
from tamis.io.files import atomic_folder
from tamis.models.encoder import WEIGHTS
from tamis.models.shared import once
from tamis.models.tensors import read_tensors, write_tensors
from tamis.text.sentences import sentences as sentences_of

FORMAT = 1
PRETRAINED = WEIGHTS / "entities"
_WORDS = 96  # of one row of the field; longer sentences are cut
_BATCH = 64
_SMALL = 400  # examples: with fewer, those held out for calibration are learned from in the end
_FEW = 40  # examples: with fewer, confidence is not calibrated
_MOST_TYPES = 200


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text.

    Attributes:
        start: its first character.
        end: the character behind its last one.
        text: what stands there.
        kind: its type.
        confidence: how probable it is that place and type are right, 0 to 1.
    """

    start: int
    end: int
    text: str
    kind: str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """The entity as JSON."""
        confidence = round(self.confidence, 4)
        return {"start": self.start, "end": self.end, "text": self.text, "kind": self.kind, "confidence": confidence}


@dataclass(frozen=True, eq=False)
class Recognizer:
    """Finds names of its types in texts. Thread-safe; a pure function of text and weights.

    Attributes:
        types: what it knows.
    """

    types: tuple[str, ...]
    _network: Network
    _chain: Chain
    _calibration: SpanCalibration

    def __call__(self, text: str, *, least: float = 0.0) -> tuple[Entity, ...]:
        """The names in a text, in order, none over another.

        least -- the confidence that a name must have

        Raises:
            InvalidInput: the text is no str.
        """
        return self.many([text], least=least)[0]

    def many(self, texts: Sequence[str], *, least: float = 0.0) -> list[tuple[Entity, ...]]:
        """The names in each text."""
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise InvalidInput("Texts must be a list of str.")
        rows: list[list[Entity]] = [[] for _ in texts]
        jobs = [(number, part) for number, one in enumerate(sentences(texts)) for part in _parts(texts[number], one)]
        jobs.sort(key=lambda job: len(job[1].places))
        for low in range(0, len(jobs), _BATCH):
            group = jobs[low : low + _BATCH]
            found = _spans(
                self._network, self._chain, self._calibration.bias, TagSet(self.types), [one for _, one in group]
            )
            for (number, _), spans in zip(group, found, strict=True):
                rows[number] += self._entities(texts[number], spans)
        return [tuple(sorted((e for e in row if e.confidence >= least), key=lambda e: e.start)) for row in rows]

    def _entities(self, text: str, spans: Iterable[tuple[int, int, str, float]]) -> Iterator[Entity]:
        for start, end, kind, probability in spans:
            yield Entity(start, end, text[start:end], kind, self._calibration.confidence(probability))

    @staticmethod
    def fit(examples: Sequence[Example], settings: FitSettings | None = None) -> Recognizer:
        """A recogniser of your own types, from hundreds of texts in seconds to minutes, without torch.

        A linear-chain field over frozen states of the embedded encoder and over features of spelling. A tenth of the
        texts (a fifth of few) is held out to calibrate confidence and the balance between precision and recall.

        Args:
            examples: texts with their names, see `Example` and `from_tags`.
            settings: how to train.

        Raises:
            InvalidInput: there are no examples, none has a name, spans overlap or lie outside, or there are more than
                200 types.
        """
        settings = settings or FitSettings()
        types = _types(examples)
        inputs = sentences([one.text for one in examples])
        held, kept = _divided(len(examples), settings.seed)
        tags = TagSet(types)
        network, chain = train([examples[n] for n in kept], [inputs[n] for n in kept], tags, settings)
        calibration = SpanCalibration()
        if held:
            calibration = _calibrated(network, chain, tags, [examples[n] for n in held], [inputs[n] for n in held])
            if len(examples) < _SMALL:
                network, chain = train(examples, inputs, tags, settings)
        return Recognizer(types, network, chain, calibration)

    @staticmethod
    def pretrained() -> Recognizer:
        """The embedded recogniser of person, place, organisation and other names, English; opened once a process."""
        return _opened(PRETRAINED)

    @staticmethod
    def load(path: str | Path) -> Recognizer:
        """A recogniser that was saved.

        Raises:
            ModelNotFound: there is no such folder.
            ModelCorrupt: it holds something else, or is damaged.
        """
        return _read(Path(path).expanduser())

    def save(self, path: str | Path) -> None:
        """Write the recogniser into a folder, whole or not at all: `recognizer.json` and `weights.safetensors`.

        Raises:
            OutputError: it cannot be written.
        """
        config = {"format": FORMAT, "types": self.types, "calibration": self._calibration.to_dict()}
        with atomic_folder(Path(path).expanduser()) as folder:
            (folder / "recognizer.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
            write_tensors(folder / "weights.safetensors", _tensors(self._network, self._chain))


def _types(examples: Sequence[Example]) -> tuple[str, ...]:
    for one in examples:
        one.check()
    types = tuple(sorted({kind for one in examples for *_, kind in one.spans}))
    if not types:
        raise InvalidInput(f"None of {len(examples)} examples has a name.", hint="Give texts with spans to learn from.")
    if len(types) > _MOST_TYPES:
        raise InvalidInput(f"There are {len(types)} types; at most {_MOST_TYPES} can be told apart by examples.")
    return types


def _divided(count: int, seed: int) -> tuple[list[int], list[int]]:
    """Which examples are held out for calibration, and the others."""
    if count < _FEW:
        return [], list(range(count))
    order = np.random.default_rng(seed).permutation(count)
    part = count // (5 if count < _SMALL else 10)
    return sorted(map(int, order[:part])), sorted(map(int, order[part:]))


def _calibrated(
    network: Network, chain: Chain, tags: TagSet, examples: Sequence[Example], inputs: Sequence[Sentence]
) -> SpanCalibration:
    def read(bias: float) -> list[list[tuple[int, int, str, float]]]:
        rows = []
        for low in range(0, len(inputs), _BATCH):
            rows += _spans(network, chain, bias, tags, inputs[low : low + _BATCH])
        return [[span for span in row if span[2] not in one.without] for row, one in zip(rows, examples, strict=True)]

    return calibrate(read, [set(one.spans) for one in examples])


def _parts(text: str, sentence: Sentence) -> Iterator[Sentence]:
    """A text's words by its sentences."""
    if len(sentence.places) <= 1:
        yield from [sentence] * len(sentence.places)
        return
    ends = [span.end for span in sentences_of(text)]
    starts = np.array([start for start, _ in sentence.places])
    cuts = [0, *(int(np.searchsorted(starts, end)) for end in ends), len(starts)]
    for low, high in pairwise(cuts):
        for first in range(low, high, _WORDS):
            last = min(first + _WORDS, high)
            yield Sentence(sentence.places[first:last], sentence.states[first:last], sentence.features[first:last])


def _spans(
    network: Network, chain: Chain, bias: float, tags: TagSet, group: Sequence[Sentence]
) -> list[list[tuple[int, int, str, float]]]:
    """The best spans of each sentence, with the probability of each: (start, end, type, probability)."""
    lengths = np.array([max(1, len(one.places)) for one in group])
    scores = np.zeros((len(group), int(lengths.max()), tags.size))
    for row, one in enumerate(group):
        scores[row, : len(one.places)] = network.scores(one)
    scores[..., 0] -= bias
    rows = chain.best(scores, lengths)
    live = [n for n, row in enumerate(rows) if any(row)]
    results: list[list[tuple[int, int, str, float]]] = [[] for _ in group]
    if not live:
        return results
    alphas, totals = chain.forward(scores[live], lengths[live])
    betas = chain.backward(scores[live], lengths[live])
    for place, n in enumerate(live):
        around = alphas[place], betas[place], float(totals[place])
        for first, last, kind in tags.decode(rows[n]):
            probability = span_probability(chain, scores[n], around, rows[n][first:last], first)
            places = group[n].places
            results[n].append((places[first][0], places[last - 1][1], kind, probability))
    return results


def _tensors(network: Network, chain: Chain) -> dict[str, Any]:
    arrays = {name: getattr(network, name) for name in ("inner", "shift", "outer", "table", "bias")}
    arrays |= {name: np.maximum(getattr(chain, name), -6e4) for name in ("between", "first", "last")}
    return {name: value.astype(np.float16) for name, value in arrays.items()}


@once(size=2)
def _opened(folder: Path) -> Recognizer:
    return _read(folder)


def _read(folder: Path) -> Recognizer:
    if not folder.is_dir():
        raise ModelNotFound(f"There is no recogniser {str(folder)!r}.", hint="Give a folder that `save` has written.")
    try:
        config: Mapping[str, Any] = json.loads((folder / "recognizer.json").read_text(encoding="utf-8"))
        if config["format"] != FORMAT:
            raise ValueError(f"format {config['format']!r}")
        types, calibration = tuple(map(str, config["types"])), SpanCalibration(**config["calibration"])
        arrays = read_tensors(folder / "weights.safetensors")
        network = Network(*(arrays[name].astype(np.float32) for name in ("inner", "shift", "outer", "table", "bias")))
        chain = Chain(*(arrays[name].astype(np.float64) for name in ("between", "first", "last")))
        if network.bias.shape != (TagSet(types).size,) or chain.between.shape != (network.bias.size,) * 2:
            raise ValueError("weights of other types")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"{str(folder)!r} is no recogniser: {error}.", hint="Train or install it anew.") from error
    return Recognizer(types, network, chain, calibration)
