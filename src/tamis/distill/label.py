"""From answers to labelled texts: `labels.jsonl`, a data set by itself, and the figures of how it came about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tamis.core import Bools
from tamis.distill.align import WINDOW, annotate
from tamis.distill.chunk import Chunk
from tamis.distill.journal import TeacherAnswer
from tamis.distill.measure import Filters, Quality
from tamis.distill.wording import TeacherPrompt
from tamis.errors import InvalidInput
from tamis.io.files import write
from tamis.io.rows import read_jsonl
from tamis.text.units import Units
from tamis.text.words import words

CUT = "length"  # why an answer ended that was cut off


@dataclass(frozen=True)
class Marked:
    """A text with what the teacher kept of it.

    Attributes:
        keep: half-open character ranges of the words that survive, in order; all others were deleted.
    """

    id: str
    document: str
    text: str
    keep: tuple[tuple[int, int], ...]

    def labels(self) -> tuple[Units, Bools]:
        """The words of the text, and (n,) which of them survive."""
        units = words(self.text)
        starts = np.array([start for start, _ in self.keep], np.int64)
        return units, np.isin(units.starts, starts)


@dataclass(frozen=True, slots=True)
class Labels:
    """What became of the answers.

    Attributes:
        marked: the texts to learn from, in the order of the chunks.
        figures: counts, and means over the answers that were measured.
    """

    marked: tuple[Marked, ...]
    figures: Mapping[str, float]


def label(
    chunks: Sequence[Chunk],
    answers: Mapping[str, TeacherAnswer],
    *,
    wording: TeacherPrompt,
    filters: Filters | None = None,
    window: int = WINDOW,
) -> Labels:
    """Label every chunk that has an answer, measure, and leave out the worst.

    Depends on chunks and answers only, not on the order in which the answers came. Answers that are empty or were cut
    off say nothing about the words behind, and are left out before anything is measured.
    """
    answered = [(chunk, answers[key]) for chunk in chunks if (key := wording.key(chunk)) in answers]
    whole = [(chunk, answer) for chunk, answer in answered if answer.text.strip() and answer.finish != CUT]
    annotations = [annotate(chunk.text, answer.text, window=window) for chunk, answer in whole]
    quality = [Quality.of(one) for one in annotations]
    kept = (filters or Filters()).kept(quality)
    marked = tuple(_marked(whole[i][0], annotations[i].words, annotations[i].keep) for i in kept)
    return Labels(marked, _figures(len(chunks), len(answered), quality, [quality[i] for i in kept]))


def _marked(chunk: Chunk, units: Units, keep: Bools) -> Marked:
    spans = zip(units.starts[keep].tolist(), units.ends[keep].tolist(), strict=True)
    return Marked(chunk.id, chunk.document, chunk.text, tuple(spans))


def _figures(chunks: int, answered: int, measured: Sequence[Quality], kept: Sequence[Quality]) -> dict[str, float]:
    def mean(values: Sequence[float]) -> float:
        return round(float(np.mean(values)), 4) if values else 0.0

    return {
        "chunks": chunks,
        "answered": answered,
        "unusable (empty, cut off)": answered - len(measured),
        "filtered": len(measured) - len(kept),
        "labelled": len(kept),
        "variation rate, all": mean([q.variation for q in measured]),
        "variation rate, labelled": mean([q.variation for q in kept]),
        "alignment gap, all": mean([q.gap for q in measured]),
        "alignment gap, labelled": mean([q.gap for q in kept]),
        "hitting rate": mean([q.hitting for q in kept]),
        "matching rate": mean([q.matching for q in kept]),
    }


def save_labels(path: Path, labels: Labels) -> None:
    """Write one text a line."""
    write(path, "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in labels.marked).encode())


def load_labels(path: Path) -> list[Marked]:
    """Read what `save_labels` wrote; any such file of other origin will do, too.

    Raises:
        InvalidInput: there is none, or a row is of another form.
    """
    try:
        return [_row(row) for row in read_jsonl(path)]
    except FileNotFoundError:
        raise InvalidInput(f"There is no {str(path)!r}.", hint="Make it: tamis distill label DIR.") from None
    except (ValueError, TypeError, KeyError) as error:
        hint = "Make it anew: tamis distill label DIR."
        raise InvalidInput(f"{str(path)!r} cannot be read: {error}.", hint=hint) from error


def _row(row: Mapping[str, object]) -> Marked:
    keep = tuple((int(start), int(end)) for start, end in row["keep"])  # type: ignore[attr-defined]
    return Marked(str(row["id"]), str(row["document"]), str(row["text"]), keep)
