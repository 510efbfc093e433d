"""A reader of screenshots: lines of text with their boxes, remembered by their pixels."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np

from tamis.errors import ModelNotFound, needs
from tamis.image import Box, Screenshot
from tamis.models.ocr.detect import detect
from tamis.models.ocr.recognise import Line, Pixels, recognise
from tamis.models.onnx import Graph
from tamis.models.parallel import cores
from tamis.models.shared import once

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"
REMEMBERED = 4000  # lines whose text is kept
_DOUBTFUL = 0.5  # a line that the model is less sure of is left out


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A line of text on a picture.

    Attributes:
        confidence: the mean chance of its letters, 0 to 1.
        middles: where the middle of each letter is across the box: 0 left, 1 right.
    """

    box: Box
    text: str
    confidence: float
    middles: tuple[float, ...]


class OcrReader:
    """Reads lines of text. Thread-safe; what it remembers never changes what it reads.

    threads -- that a call may use
    """

    def __init__(self, detector: Path, recogniser: Path, *, threads: int = 1) -> None:
        self.threads = threads
        self._detector, self._recogniser = Graph(detector, threads=threads), Graph(recogniser, threads=1)
        characters = self._recogniser.metadata("character").split("\n")
        self._letters = ("", *characters, " ")
        self._lock, self._texts = Lock(), OrderedDict[bytes, Line]()

    def __call__(self, shot: Screenshot) -> tuple[OcrLine, ...]:
        """The lines, from top to bottom and left to right; none where there is no text."""
        boxes = [box for box, _ in detect(self._detector, shot.pixels)]
        texts = self._read([np.ascontiguousarray(shot.crop(box)) for box in boxes])
        lines = [OcrLine(box, *line) for box, line in zip(boxes, texts, strict=True)]
        sure = [line for line in lines if line.text.strip() and line.confidence >= _DOUBTFUL]
        return tuple(sorted(sure, key=lambda line: (line.box.top, line.box.left)))

    def _read(self, crops: Sequence[Pixels]) -> list[Line]:
        """What the crops say: remembered, or read now."""
        keys = [
            hashlib.blake2b(crop.tobytes(), digest_size=16, person=b"%d" % crop.shape[1]).digest() for crop in crops
        ]
        with self._lock:
            known = {key: self._texts[key] for key in keys if key in self._texts}
        new = [index for index, key in enumerate(keys) if key not in known]
        lines = recognise(self._recogniser, self._letters, [crops[index] for index in new], threads=self.threads)
        known.update({keys[index]: line for index, line in zip(new, lines, strict=True)})
        with self._lock:
            self._texts.update(known)
            while len(self._texts) > REMEMBERED:
                self._texts.popitem(last=False)
        return [known[key] for key in keys]


@once(size=2)
def reader(threads: int = 0) -> OcrReader:
    """The reader of this process.

    threads -- that a call may use; 0 for as many as there are cores

    Raises:
        MissingExtra: the package that ships the models is not installed.
        ModelNotFound: it is, without them.
    """
    needs("screen", "rapidocr", "cv2")
    spec = find_spec("rapidocr")
    folder = Path(next(iter((spec.submodule_search_locations if spec else None) or [""]))) / "models"
    files = folder / DETECTOR, folder / RECOGNISER
    for file in files:
        if not file.is_file():
            raise ModelNotFound(f"The package 'rapidocr' is installed without {file.name}.", hint="Install 3.10.")
    return OcrReader(*files, threads=threads or cores())
