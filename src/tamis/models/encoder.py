"""The embedded encoder: keep-probabilities, relevance to a question, sentence vectors. Runs without torch.

Long texts are read in overlapping windows, one window a call (see `onnx.py` for why), spread over threads. A score is
a pure function of text, question and weights: neither other texts of the same call nor the thread count change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats
from tamis.errors import ModelCorrupt, ModelNotFound
from tamis.models.onnx import Array, Graph
from tamis.models.parallel import spread, thread_count
from tamis.models.pieces import Cutter, Pieces
from tamis.models.recent import RecentVectors
from tamis.models.scores import TokenScores
from tamis.models.shared import once
from tamis.models.windows import Window, windows

FORMAT = 1
WEIGHTS = Path(__file__).parent / "weights"
MINI = WEIGHTS / "mini"
OUTPUTS = ("tiers", "salience", "evidence", "answer", "vector")


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How texts are fed to an encoder and its answers blended; from `config.json`.

    Attributes:
        window: word pieces of a text judged in one reading.
        margin: pieces read before and after them, judged elsewhere.
        pair: longest question with passage, special tokens included.
        question: longest question, in pieces; of a longer one the first and the last half of that many are read.
        tiers: (4,) weight of each tier in "keep".
        salience: weight of the salience in "keep"; the tiers have the rest.
    """

    window: int = 128
    margin: int = 16
    pair: int = 256
    question: int = 48
    tiers: tuple[float, ...] = (0.25, 0.25, 0.25, 0.25)
    salience: float = 0.25

    @staticmethod
    def of(config: Mapping[str, Any]) -> EncoderSettings:
        """What a `config.json` says; `KeyError`, `TypeError` or `ValueError` where it says nothing usable."""
        window, blend = config["window"], config["blend"]
        return EncoderSettings(
            window=int(window["size"]),
            margin=int(window["margin"]),
            pair=int(config["pair_max_length"]),
            tiers=tuple(map(float, blend["tiers"])),
            salience=float(blend["salience"]),
        )


@dataclass(frozen=True)
class EncoderInput:
    """One window of one text: `ids` with special tokens, `types` (1 = passage of a pair), pieces from `shift` on."""

    number: int
    window: Window
    ids: Array
    types: Array
    shift: int


@dataclass(frozen=True, eq=False)
class Mini:
    """An open encoder. Thread-safe; obtained from `load_mini`."""

    folder: Path
    threads: int
    settings: EncoderSettings
    cutter: Cutter
    graph: Graph
    recent: RecentVectors = field(default_factory=RecentVectors, repr=False)

    def keep(self, texts: Sequence[str]) -> list[TokenScores]:
        """How much each piece matters, whatever the reader may ask.

        Values, all 0 to 1: "tiers", the weighted mean over the deletion tiers of the probability to survive them;
        "salience", the probability that somebody would ask for the piece; "keep", their blend.
        """
        pieces = self.cutter.cut(texts)
        size = self.settings.window + 2 * self.settings.margin
        inputs = (job for n, p in enumerate(pieces) for job in self._inputs(n, p, (), size))
        scores = self._score(pieces, inputs, ("tiers", "salience"), deep=False)
        return [TokenScores(p.offsets, self._blended(columns)) for p, columns in zip(pieces, scores, strict=True)]

    def relevance(self, question: str, passages: Sequence[str]) -> list[TokenScores]:
        """How much each piece of a passage helps to answer the question; passages are read one by one.

        Values are logits: "evidence", the piece belongs to a sentence that answers; "answer", it is the answer.
        """
        pieces = self.cutter.cut(passages)
        question_ids = self._question_ids(question)
        size = self.settings.pair - len(question_ids) - 3
        inputs = (job for n, p in enumerate(pieces) for job in self._inputs(n, p, question_ids, size))
        scores = self._score(pieces, inputs, ("evidence", "answer"), deep=True)
        values = [{"evidence": f[:, 0].copy(), "answer": f[:, 1].copy()} for f in scores]
        return [TokenScores(p.offsets, v) for p, v in zip(pieces, values, strict=True)]

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) unit vectors; their product is a cosine. A long text is the mean of its windows, none left out.

        The vectors of the last texts are remembered (`recent.py`), for more questions on the same text.
        """
        return self.recent(texts, self._encoded)

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        size = self.settings.pair - 2
        inputs = [
            EncoderInput(n, w, *self._framed((), p.ids[w.start : w.end]))
            for n, p in enumerate(self.cutter.cut(texts))
            for w in windows(len(p), size, 0) or (Window(0, 0, 0, 0),)
        ]
        parts = spread(lambda job: self._run(("vector",), job, deep=True)[0][0], inputs, self.threads)
        sums = np.zeros((len(texts), self.graph.outputs["vector"][-1]), np.float32)
        for job, vector in zip(inputs, parts, strict=True):
            sums[job.number] += vector * np.float32(max(1, job.window.end - job.window.start))
        unit: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return unit

    def _question_ids(self, question: str) -> Array:
        (pieces,) = self.cutter.cut([question])
        half = self.settings.question // 2
        return pieces.ids if len(pieces) <= 2 * half else np.concatenate([pieces.ids[:half], pieces.ids[-half:]])

    def _inputs(
        self, number: int, pieces: Pieces, question: Sequence[int] | Array, size: int
    ) -> Iterable[EncoderInput]:
        for window in windows(len(pieces), size, self.settings.margin):
            yield EncoderInput(number, window, *self._framed(question, pieces.ids[window.start : window.end]))

    def _framed(self, question: Sequence[int] | Array, passage: Array) -> tuple[Array, Array, int]:
        """Ids and types (1, t) of "[CLS] passage [SEP]" or "[CLS] question [SEP] passage [SEP]"; where it begins."""
        begin, end = self.cutter.begin, self.cutter.end
        head = [begin, *question, end] if len(question) else [begin]
        ids = np.concatenate([np.array(head, np.int64), passage, np.array([end], np.int64)])
        types = np.zeros_like(ids)
        types[len(head) :] = int(len(question) > 0)
        return ids[None], types[None], len(head)

    def _run(self, outputs: Sequence[str], job: EncoderInput, *, deep: bool) -> list[NDArray[np.float32]]:
        feeds = {
            "input_ids": job.ids,
            "token_type_ids": job.types,
            "attention_mask": np.ones_like(job.ids),
            "deep": np.array(deep),
        }
        return self.graph(outputs, feeds)

    def _score(
        self, pieces: Sequence[Pieces], inputs: Iterable[EncoderInput], outputs: Sequence[str], *, deep: bool
    ) -> list[Floats]:
        """(m, k) for each text: the columns of the outputs, every piece from its own window."""
        scores = [np.zeros((len(p), 5 if not deep else 2)) for p in pieces]

        def work(job: EncoderInput) -> None:
            columns = [part[0].reshape(job.ids.shape[1], -1) for part in self._run(outputs, job, deep=deep)]
            window, shift = job.window, job.shift - job.window.start
            rows = np.concatenate(columns, axis=1)[window.first + shift : window.last + shift]
            scores[job.number][window.first : window.last] = rows

        spread(work, inputs, self.threads)
        return scores

    def _blended(self, columns: Floats) -> dict[str, Floats]:
        weights, share = np.array(self.settings.tiers), self.settings.salience
        tiers, salience = columns[:, :-1] @ weights, columns[:, -1].copy()
        return {"keep": (1 - share) * tiers + share * salience, "tiers": tiers, "salience": salience}


def load_mini(path: str | Path | None = None, *, threads: int | None = None) -> Mini:
    """The encoder in a folder, the embedded one by default; opened once a process, whoever asks.

    Args:
        path: folder with `config.json`, `tokenizer.json` and `model.onnx`.
        threads: how many to use; None = `TAMIS_THREADS`, else all physical cores.

    Raises:
        ModelNotFound: no such folder.
        ModelCorrupt: a file of it is missing, cut short or of another kind.
        InvalidInput: `threads` is not a positive number.
    """
    return _configured(Path(path or MINI).expanduser().resolve(), thread_count(threads))


@once(size=16)
def _configured(folder: Path, workers: int) -> Mini:
    return replace(_opened(folder), threads=workers)


@once(size=4)
def _opened(folder: Path) -> Mini:
    try:
        settings = EncoderSettings.of(read_config(folder))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(
            f"{str(folder / 'config.json')!r} is not the card of an encoder: {error!r}.", hint="Install the model anew."
        ) from error
    cutter, graph = Cutter(folder / "tokenizer.json"), Graph(folder / "model.onnx")
    graph.require(OUTPUTS)
    return Mini(folder, 1, settings, cutter, graph)


def read_config(folder: Path) -> dict[str, Any]:
    """What `config.json` says, of whatever kind of model."""
    path = folder / "config.json"
    if not folder.is_dir():
        raise ModelNotFound(
            f"There is no model folder {str(folder)!r}.", hint="`tamis models` lists the installed ones."
        )
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        hint = "A model folder holds config.json beside its weights."
        raise ModelCorrupt(f"{str(folder)!r} has no config.json.", hint=hint) from error
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"{str(path)!r} cannot be read: {error}.", hint="Install the model anew.") from error
    if not isinstance(config, dict):
        raise ModelCorrupt(f"{str(path)!r} is not a JSON object.", hint="Install the model anew.")
    return config
