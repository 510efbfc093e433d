"""The detector of names of any type, and the space in which their types are told apart; see `fewshot`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tamis.entities.recognition.fewshot import NAME
from tamis.entities.recognition.network import sentences
from tamis.entities.recognition.prototypes import Whitening, span_vectors
from tamis.entities.recognition.recognizer import Recognizer
from tamis.entities.recognition.tags import Example
from tamis.entities.recognition.training import FitSettings
from tamis.models.tensors import read_tensors, write_tensors
from training.entities.run import OTHER, Row, is_handle, rows

RANK = 256
_MEDICAL = ("ncbi_disease", "bc5cdr")
_log = logging.getLogger(__name__)


def detect(data: Path, folder: Path, *, epochs: int) -> None:
    """Fit and write the detector; wikigold, two medical sets, tweets and trees, none of CrossNER and WNUT-17."""
    examples = detector_examples(data)
    _log.info("%d texts, %d names", len(examples), sum(len(one.spans) for one in examples))
    Recognizer.fit(examples, FitSettings(epochs=epochs, batch=32)).save(folder)
    space = spans_space(data)
    tensors = read_tensors(folder / "weights.safetensors")
    tensors |= {"mean": space.mean.astype(np.float16), "axes": space.axes.astype(np.float16)}
    write_tensors(folder / "weights.safetensors", tensors)


def detector_examples(data: Path) -> list[Example]:
    """Texts with names of any type; where "other" was not looked for, the embedded recogniser's are taken."""
    whole = [untyped(row) for row in rows(data, "wikigold")]
    whole += [untyped(row) for name in _MEDICAL for row in rows(data, name) if row["split"] == "train"]
    partial = [untyped(row) for row in rows(data, "btc")]
    partial += [untyped(row) for row in rows(data, "uner") if (row["treebank"], row["split"]) == ("en_ewt", "train")]
    return whole + completed(partial)


def untyped(row: Row) -> Example:
    """A row with its names as of one type; handles are none."""
    spans = [(start, end, NAME) for start, end, _ in row["entities"] if not is_handle(row["text"], start, end)]
    return Example(row["text"], spans)


def completed(examples: Sequence[Example]) -> list[Example]:
    """The examples with what the embedded recogniser takes for other names, where nothing is marked."""
    rows_ = Recognizer.pretrained().many([one.text for one in examples], least=0.5)
    results = []
    for example, names in zip(examples, rows_, strict=True):
        more = [
            (name.start, name.end, NAME)
            for name in names
            if name.kind == OTHER and all(name.end <= start or name.start >= end for start, end, _ in example.spans)
        ]
        results.append(Example(example.text, sorted([*example.spans, *more])))
    return results


def spans_space(data: Path) -> Whitening:
    """The space of spans: how names of one type differ in wikigold, tweets and two medical sets."""
    chosen = list(rows(data, "wikigold")) + list(rows(data, "btc"))[::6]
    for name in _MEDICAL:
        chosen += [row for row in rows(data, name) if row["split"] == "train"][:600]
    vectors, kinds = [], []
    for row, sentence in zip(chosen, sentences([row["text"] for row in chosen]), strict=True):
        spans = [span for span in row["entities"] if row["text"][span[0] : span[1]] != "@"]
        if spans:
            vectors.append(span_vectors(sentence, [(start, end) for start, end, _ in spans]))
            kinds += [kind for *_, kind in spans]
    return Whitening.of(np.concatenate(vectors), kinds, RANK)
