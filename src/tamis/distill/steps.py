"""The steps of a distillation over one work folder. Each leaves files, and can be repeated at no cost.

ask.json, chunks.jsonl   what is asked, and how                answers.jsonl   the journal of paid answers
labels.jsonl, label.json the labelled texts, and their figures train.json      how training went
train/MARK/              checkpoint and best epoch of one run  model/          the finished model
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.distill.align import WINDOW
from tamis.distill.chunk import TOKENS, Chunk, NamedText, cut, fingerprint, load_chunks, save_chunks
from tamis.distill.cost import Meter, Price
from tamis.distill.journal import read_journal
from tamis.distill.label import Labels, label, load_labels, save_labels
from tamis.distill.measure import Filters
from tamis.distill.split import Parts, split
from tamis.distill.wording import TeacherPrompt
from tamis.errors import InvalidInput, missing_extra
from tamis.io.files import write
from tamis.text.counting import counter

if TYPE_CHECKING:
    from tamis.distill.course import Course, Trainer
    from tamis.distill.lessons import Lesson

NEEDED = ("torch", "transformers", "safetensors")  # for training
NEEDED_FOR_ONNX = ("onnx",)


@dataclass(frozen=True)
class Work:
    """A work folder."""

    folder: Path

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def read(self, name: str, step: str) -> dict[str, Any]:
        """What a step wrote down; `InvalidInput` where it has not run."""
        try:
            value: dict[str, Any] = json.loads((self / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            hint = f"First: tamis distill {step}."
            raise InvalidInput(f"There is no {str(self / name)!r}.", hint=hint) from None
        except (OSError, ValueError) as error:
            hint = f"Run again: tamis distill {step}."
            raise InvalidInput(f"{str(self / name)!r} cannot be read: {error}.", hint=hint) from error
        return value

    def note(self, name: str, value: Mapping[str, Any]) -> None:
        """Write down what a step did."""
        write(self / name, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


@dataclass(frozen=True)
class AskSettings:
    """What is asked: the wording, the tokenizer that measures chunks, their size, where, and at what price."""

    wording: TeacherPrompt
    url: str
    tokenizer: str = "o200k_base"
    limit: int = TOKENS
    price: Price = field(default_factory=Price)

    @property
    def meter(self) -> Meter:
        """Counts tokens as these chunks are counted."""
        return Meter(self.wording, counter(self.tokenizer))

    @staticmethod
    def of(work: Work) -> AskSettings:
        """What `prepare` wrote down."""
        value = work.read("ask.json", "ask FILES --out DIR")
        try:
            return AskSettings(
                **{**value, "wording": TeacherPrompt(**value["wording"]), "price": Price(**value["price"])}
            )
        except (KeyError, TypeError) as error:
            hint = "Run again: tamis distill ask."
            raise InvalidInput(f"{str(work / 'ask.json')!r} is of another form: {error}.", hint=hint) from error


def prepare(work: Work, documents: Iterable[NamedText], request: AskSettings) -> list[Chunk]:
    """Cut documents into chunks and write both down; what was paid for under other settings stays in the journal."""
    chunks = cut(documents, counter(request.tokenizer), request.limit)
    if not chunks:
        raise InvalidInput("The texts hold nothing to ask about.", hint="They are blank, or there are none.")
    work.folder.mkdir(parents=True, exist_ok=True)
    work.note("ask.json", asdict(request))
    save_chunks(work / "chunks.jsonl", chunks)
    return chunks


def label_step(work: Work, *, filters: Filters | None = None, window: int = WINDOW) -> Labels:
    """Label what was answered."""
    if window < 1:
        raise InvalidInput(f"--window must be at least 1, got {window}.")
    chunks, answers = load_chunks(work / "chunks.jsonl"), read_journal(work / "answers.jsonl")
    filters = filters or Filters()
    labels = label(chunks, answers, wording=AskSettings.of(work).wording, filters=filters, window=window)
    save_labels(work / "labels.jsonl", labels)
    work.note("label.json", {"figures": labels.figures, "filters": asdict(filters), "window": window})
    return labels


def check_training(course: Course | None, *, onnx: bool) -> None:
    """Find out what training would lack before anything is paid for.

    Raises:
        MissingExtra: a package is not installed. ModelNotFound, ModelCorrupt: the encoder cannot be used.
    """
    for package in (*NEEDED, *(NEEDED_FOR_ONNX if onnx else ())):
        if find_spec(package) is None:
            raise missing_extra("train", package)
    if course is not None:
        from tamis.models.transformers.hub import Place, fast_tokenizer

        fast_tokenizer(course.encoder, Place())


def trainer(work: Work, course: Course) -> tuple[Trainer, Any, Parts]:
    """A run at its beginning, its tokenizer, and the texts of each part; its `mark` names all that decides it."""
    from tamis.distill.course import Trainer, begin
    from tamis.distill.lessons import lessons
    from tamis.models.sequences import SequenceReader
    from tamis.models.transformers.hub import bare

    parts = split(load_labels(work / "labels.jsonl"), share=course.share, seed=course.seed)
    model, tokenizer = begin(course)
    reader = SequenceReader(bare(tokenizer), tokenizer.model_max_length)
    taught = lessons(parts.train, reader, policy=course.policy)
    dev = lessons(parts.dev, reader, policy=course.policy)
    mark = fingerprint("train", asdict(course), _sum(taught), _sum(dev), [one.id for one in parts.test])
    return Trainer(model, taught, dev, course, mark), tokenizer, parts


def _sum(taught: Sequence[Lesson]) -> str:
    digest = hashlib.sha256()
    for one in taught:
        digest.update(one.ids.tobytes() + one.labels.tobytes())
    return digest.hexdigest()


def train_step(work: Work, course: Course, *, bar: bool = True) -> dict[str, Any]:
    """Train, from the last checkpoint of the very same run if there is one; returns how it went.

    bar -- show how far it is, on a terminal
    """
    run, _, parts = trainer(work, course)
    out = work / "train" / run.mark
    run.resume(out / "checkpoint.safetensors")
    run.run(out, bar=bar)
    went = {
        "course": asdict(course),
        "mark": run.mark,
        "steps": run.steps,
        "best epoch": run.best_epoch,
        "dev accuracy": round(run.best, 4),
        "history": run.history,
        "texts": {"train": len(parts.train), "dev": len(parts.dev), "test": len(parts.test), "held out by": parts.by},
    }
    work.note("train.json", went)
    return went


def export_step(work: Work, *, onnx: bool = True, int8: bool = False, licence: str = "") -> dict[str, Any]:
    """Calibrate the trained model, write `model/`, and judge it on the texts that nothing has seen.

    Returns figures by form of the model, and the calibration.

    Raises:
        InvalidInput: it is not trained yet, or the labels have changed since.
        ModelError: it has no ONNX form.
    """
    from safetensors.torch import load_file

    from tamis.distill.course import Course
    from tamis.distill.export import ModelForm, cool, export

    went = work.read("train.json", "train DIR --encoder MODEL")
    field = {field.name for field in fields(Course)}
    run, tokenizer, parts = trainer(work, Course(**{k: v for k, v in went["course"].items() if k in field}))
    if run.mark != went["mark"]:
        raise InvalidInput("The labels have changed since the training.", hint="Train again: tamis distill train DIR.")
    run.model.load_state_dict(load_file(work / "train" / run.mark / "best.safetensors"))
    calibrated = _calibrated(run)
    cool(run.model, calibrated["temperature"])
    about = _about(work, went, calibrated)
    form = ModelForm(onnx=onnx, int8=int8, licence=licence, about=about)
    measured = export(run.model, tokenizer, work / "model", test=parts.test, form=form)
    return {"calibration": calibrated, **measured}


def _calibrated(run: Trainer) -> dict[str, float]:
    """The temperature, and what it does to the calibration error by pieces of the dev texts."""
    from tamis.distill.calibrate import calibration_error, chances, surprise, temperature

    margins, wanted = run.margins(run.dev)
    best = temperature(margins, wanted)
    return {
        "temperature": round(best, 4),
        "calibration error before": round(calibration_error(chances(margins), wanted), 4),
        "calibration error after": round(calibration_error(chances(margins, best), wanted), 4),
        "surprise before (nats)": round(surprise(margins, wanted), 4),
        "surprise after (nats)": round(surprise(margins, wanted, best), 4),
    }


def _about(work: Work, went: Mapping[str, Any], calibrated: Mapping[str, float]) -> dict[str, Mapping[str, Any]]:
    """The sections of the card."""
    request, noted = AskSettings.of(work), work.read("label.json", "label DIR")
    course, wording = went["course"], request.wording
    filters = noted["filters"]
    return {
        "Teacher": {
            "model": wording.model,
            "temperature": wording.temperature,
            "instruction (fingerprint)": fingerprint(wording.instruction),
            "chunks": f"at most {request.limit} tokens of {request.tokenizer}",
        },
        "Labels": {
            **noted["figures"],
            "left out": f"the worst {filters['variation']:.0%} by variation rate, then {filters['gap']:.0%} by gap",
        },
        "Training": {
            "encoder": Path(course["encoder"]).name if Path(course["encoder"]).exists() else course["encoder"],
            **{name: course[name] for name in ("epochs", "lr", "tokens", "length", "seed", "policy")},
            "steps": went["steps"],
            "best epoch": went["best epoch"],
            "accuracy on dev texts, by pieces": went["dev accuracy"],
            **{f"texts, {name}": count for name, count in went["texts"].items()},
        },
        "Calibration (temperature, built into the last layer)": calibrated,
    }
