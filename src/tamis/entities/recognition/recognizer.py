"""A recogniser of names: the embedded one, or one of your own types from examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.entities.recognition.calibration import SpanCalibration, Spans, calibrate
from tamis.entities.recognition.crf import Chain
from tamis.entities.recognition.decoding import BATCH, Entity, parts, spans, word_shares
from tamis.entities.recognition.fewshot import NAME, adapted
from tamis.entities.recognition.network import Network, Sentence, sentences
from tamis.entities.recognition.prototypes import SpanTyping, Whitening
from tamis.entities.recognition.tags import Example, TagSet
from tamis.entities.recognition.training import FitSettings, train
from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound
from tamis.io.files import atomic_folder
from tamis.models.encoder import WEIGHTS
from tamis.models.shared import once
from tamis.models.tensors import read_tensors, write_tensors

FORMAT = 1
PRETRAINED = WEIGHTS / "entities"
DETECTOR = PRETRAINED / "detector"
_SMALL = 400  # examples: with fewer, those held out for calibration are learned from in the end
_FEW = 40  # examples: with fewer, confidence is not calibrated
_MOST_TYPES = 200


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
    _typing: SpanTyping | None = None

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
        jobs = [(number, part) for number, one in enumerate(sentences(texts)) for part in parts(texts[number], one)]
        jobs.sort(key=lambda job: len(job[1].places))
        for low in range(0, len(jobs), BATCH):
            group = jobs[low : low + BATCH]
            for (number, part), names in zip(group, self._read([one for _, one in group]), strict=True):
                rows[number] += self._entities(texts[number], self._typed(part, names))
        return [tuple(sorted((e for e in row if e.confidence >= least), key=lambda e: e.start)) for row in rows]

    def _read(self, group: Sequence[Sentence]) -> list[Spans]:
        tags = TagSet(self.types if self._typing is None else (NAME,))
        return spans(self._network, self._chain, self._calibration.bias, tags, group)

    def _typed(self, sentence: Sentence, names: Spans) -> Spans:
        """The names with their types, where prototypes say them; without those that are of none."""
        if self._typing is None or not names:
            return names
        shares = self._typing(sentence, [(start, end) for start, end, *_ in names])
        return [
            (start, end, self.types[share[:-1].argmax()], probability * share[:-1].max())
            for (start, end, _, probability), share in zip(names, shares, strict=True)
            if share.argmax() < len(self.types)
        ]

    def _entities(self, text: str, names: Spans) -> Iterator[Entity]:
        for start, end, kind, probability in names:
            yield Entity(start, end, text[start:end], kind, self._calibration.confidence(probability))

    def shares(self, texts: Sequence[str]) -> list[NDArray[np.float64]]:
        """(n, 1 + types) of each text: how probable no name and each type are at each of its words (`words`).

        Raises:
            InvalidInput: it was made by `fit_few`: its types are of whole names, not of words.
        """
        if self._typing is not None:
            raise InvalidInput("A recogniser of `fit_few` has no types of single words.", hint="Use one of `fit`.")
        results: list[NDArray[np.float64]] = []
        for text, one in zip(texts, sentences(texts), strict=True):
            rows = [word_shares(self._network, self._chain, TagSet(self.types), [part])[0] for part in parts(text, one)]
            results.append(np.concatenate([np.zeros((0, 1 + len(self.types))), *rows]))
        return results

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
    def fit_few(examples: Sequence[Example], names: Mapping[str, str] | None = None) -> Recognizer:
        """A recogniser of your own types from one to ten sentences of each, in seconds.

        Two parts that are learned apart (DecomposedMetaNER, Ma et al. 2022): the embedded detector of names of any type
        takes some steps on your sentences; then each name has the type of the nearest prototype, or none. A sentence
        that shows one type should have its other names of your types marked, too: what is not marked is taken for none.

        Args:
            examples: texts with their names.
            names: what a type is called in words, where its label is no word: {"astro": "astronomical object"}.

        Raises:
            InvalidInput: no example has a name, spans overlap or lie outside, or `names` speaks of other types.
        """
        types = _types(examples)
        if strange := sorted(set(names or {}) - set(types)):
            raise InvalidInput(f"No example has the type {strange[0]!r}.", hint=f"Types: {', '.join(types)}.")
        words = {kind: kind.replace("_", " ").replace("-", " ") for kind in types} | dict(names or {})
        detector = _opened(DETECTOR)
        network, chain, typing = adapted((detector._network, detector._chain), _space(DETECTOR), examples, words)
        return Recognizer(types, network, chain, SpanCalibration(), typing)

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
            write_tensors(folder / "weights.safetensors", _tensors(self._network, self._chain) | _typing(self._typing))


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
        for low in range(0, len(inputs), BATCH):
            rows += spans(network, chain, bias, tags, inputs[low : low + BATCH])
        return [[span for span in row if _counts(one, span)] for row, one in zip(rows, examples, strict=True)]

    return calibrate(read, [set(one.spans) for one in examples])


def _counts(example: Example, span: tuple[int, int, str, float]) -> bool:
    """Whether the example says if there is such a name."""
    start, end, kind, _ = span
    return kind not in example.without and all(end <= low or start >= high for low, high in example.unsure)


def _tensors(network: Network, chain: Chain) -> dict[str, Any]:
    arrays = {name: getattr(network, name) for name in ("inner", "shift", "outer", "table", "bias")}
    arrays |= {name: np.maximum(getattr(chain, name), -6e4) for name in ("between", "first", "last")}
    return {name: value.astype(np.float16) for name, value in arrays.items()}


def _typing_of(arrays: Mapping[str, Any]) -> SpanTyping | None:
    if "prototypes" not in arrays:
        return None
    threshold, scale = map(float, arrays["limits"])
    return SpanTyping(_space_of(arrays), arrays["prototypes"].astype(np.float32), threshold, scale)


def _space_of(arrays: Mapping[str, Any]) -> Whitening:
    return Whitening(arrays["mean"].astype(np.float32), arrays["axes"].astype(np.float32))


@once(size=1)
def _space(folder: Path) -> Whitening:
    return _space_of(read_tensors(folder / "weights.safetensors"))


def _typing(typing: SpanTyping | None) -> dict[str, Any]:
    if typing is None:
        return {}
    table = {"mean": typing.space.mean, "axes": typing.space.axes, "prototypes": typing.prototypes}
    limits = np.array([typing.threshold, typing.scale], np.float32)
    return {name: value.astype(np.float16) for name, value in table.items()} | {"limits": limits}


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
        typing = _typing_of(arrays)
        size = TagSet(types if typing is None else (NAME,)).size
        if network.bias.shape != (size,) or chain.between.shape != (size, size):
            raise ValueError("weights of other types")
        if typing is not None and len(typing.prototypes) != len(types):
            raise ValueError("prototypes of other types")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"{str(folder)!r} is no recogniser: {error}.", hint="Train or install it anew.") from error
    return Recognizer(types, network, chain, calibration, typing)
