"""Train any encoder of transformers as a keep-or-drop classifier of tokens: exact resume, same seed, same model.

As in the paper (section 3.3): two labels, cross-entropy over tokens, the epoch with the best accuracy on held-out
documents is taken. Unlike the reference: the text is read as it is, each piece is labelled by its offsets, special
pieces and padding are in no loss, and gradients are clipped where there are some, after `backward`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from tamis.core import Floats, Ints
from tamis.distill.batches import Order, pad
from tamis.distill.lessons import NOBODY_KNOWS, Lesson
from tamis.distill.quiet import quiet
from tamis.distill.schedule import Phase, rate
from tamis.io.files import atomic
from tamis.io.progress import progress
from tamis.models.transformers.hub import Place, check_vocabulary, device_of, fast_tokenizer, opened, sequence_limit

LABELS = {0: "drop", 1: "keep"}
NEVER = -1.0  # accuracy before the first epoch is over


@dataclass(frozen=True)
class Course:
    """How a model is trained; the defaults are the paper's where it gives any.

    Attributes:
        encoder: folder or hub id of the model to start from.
        tokens: padded pieces of a batch (the paper: 10 sequences of 512).
        length: longest sequence in pieces, special ones included; the finished model reads no longer ones.
        policy: see `lessons`.
        warmup: share of the steps in which the rate rises; in the rest it falls to 0.
        clip: largest norm of the gradient.
        share: of the texts that are held out to choose by, and again to judge by.
        checkpoint_every: steps.
        bf16: compute in bfloat16, for GPUs.
    """

    encoder: str
    epochs: int = 10
    lr: float = 1e-5
    tokens: int = 5120
    length: int = 512
    seed: int = 0
    policy: str = "all"
    share: float = 0.1
    warmup: float = 0.06
    clip: float = 1.0
    checkpoint_every: int = 200
    device: str = "auto"
    bf16: bool = False


def begin(course: Course) -> tuple[Any, Any]:
    """Model and tokenizer to start with, whose `model_max_length` holds; the fresh head depends on the seed only.

    Raises:
        ModelNotFound, ModelCorrupt: there is no such encoder, or it cannot be used. MissingExtra: no torch.
    """
    import transformers

    place = Place(course.device)
    tokenizer = fast_tokenizer(course.encoder, place)
    with torch.random.fork_rng(), quiet():
        torch.manual_seed(course.seed)
        model = opened(
            course.encoder,
            transformers.AutoModelForTokenClassification,
            place,
            id2label=LABELS,
            label2id={name: number for number, name in LABELS.items()},
            ignore_mismatched_sizes=True,  # (an encoder that was a classifier of other labels)
            dtype=torch.float32,
        )
    check_vocabulary(tokenizer, model, course.encoder)
    tokenizer.model_max_length = min(sequence_limit(model, tokenizer), course.length)
    return model.to(device_of(place)), tokenizer


@dataclass(frozen=True)
class Batch:
    """Padded sequences, (b, t) each: `feeds` of the model, and `labels` with -100 where nothing is learnt."""

    feeds: dict[str, Tensor]
    labels: Tensor


def collate(taught: Sequence[Lesson], padding: int) -> Batch:
    """Pad sequences into a batch; padding is masked, and labelled -100."""
    ids = pad([one.ids for one in taught], -1, torch.int64)
    feeds = {"input_ids": ids.where(ids >= 0, padding), "attention_mask": (ids >= 0).long()}
    if any(one.types.any() for one in taught):
        feeds["token_type_ids"] = pad([one.types for one in taught], 0, torch.int64)
    return Batch(feeds, pad([one.labels for one in taught], NOBODY_KNOWS, torch.int64))


@dataclass
class Trainer:
    """State of one run.

    Attributes:
        lessons: to learn from; `dev` to choose the epoch by.
        mark: fingerprint of everything that decides the outcome; a checkpoint with another one is not used.
    """

    model: Any
    lessons: Sequence[Lesson]
    dev: Sequence[Lesson]
    course: Course
    mark: str
    step: int = 0
    best: float = NEVER
    best_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        ones = [1] * len(self.lessons)
        self._order = Order([len(x.ids) for x in self.lessons], ones, self.course.tokens, [self.course.seed])
        self._epochs = [len(self._order.epoch(n)) for n in range(self.course.epochs)]
        self._phase = Phase(sum(self._epochs), 1, self.course.lr, self.course.warmup, 1 - self.course.warmup, ())
        self._optimiser = torch.optim.AdamW(self.model.parameters(), lr=self.course.lr, weight_decay=0.0)

    @property
    def steps(self) -> int:
        """Steps of the whole course."""
        return self._phase.steps

    def run(self, out: Path, *, stop: int | None = None, bar: bool = True) -> None:
        """Train to the end (or to step `stop`), then take the weights of the best epoch; on a terminal with a bar."""
        out.mkdir(parents=True, exist_ok=True)
        end = min(self.steps, stop or self.steps)
        with progress("training", self.steps, done=self.step, on=bar) as advance:
            while self.step < end:
                loss = self.advance()
                advance(self.step, self.steps, f"steps, loss {loss:.3f}, best {max(self.best, 0):.3f}")
                over = self.step in np.cumsum(self._epochs)
                if over:
                    self._judge(out)
                if over or self.step % self.course.checkpoint_every == 0:
                    self.save(out / "checkpoint.safetensors")
        if self.step == self.steps:
            self.model.load_state_dict(load_file(out / "best.safetensors"))

    def advance(self) -> float:
        """One step; returns the loss. What is random in it depends on seed and step only."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.course.lr * rate(self.step, self._phase)
        batch = collate([self.lessons[int(i)] for i in self._indices()], self._padding())
        self.model.train()
        with torch.random.fork_rng():
            torch.manual_seed(self.course.seed * 1_000_003 + self.step)
            loss = self.loss(batch)
            loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.course.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    def loss(self, batch: Batch) -> Tensor:
        """Mean cross-entropy over the pieces that have a label; 0 where none has."""
        logits, labels = self._logits(batch).flatten(0, 1), batch.labels.flatten().to(self.model.device)
        return F.cross_entropy(logits, labels, ignore_index=NOBODY_KNOWS, reduction="sum") / max(
            1, int((labels != NOBODY_KNOWS).sum())
        )

    def margins(self, taught: Sequence[Lesson]) -> tuple[Floats, Floats]:
        """Of every labelled piece (n,): logit of keep minus logit of drop, and 1.0 where it should be kept."""
        differences, targets = [np.zeros(0)], [np.zeros(0)]
        self.model.eval()
        with torch.inference_mode():
            for batch in self._batches(taught):
                logits = self._logits(batch).cpu().double().numpy()
                labelled = (batch.labels != NOBODY_KNOWS).numpy()
                differences.append((logits[..., 1] - logits[..., 0])[labelled])
                targets.append(batch.labels.numpy()[labelled].astype(np.float64))
        return np.concatenate(differences), np.concatenate(targets)

    def save(self, path: Path) -> None:
        """Write model, optimiser and step to one file; a reader sees the old one or the new one, never half."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for number, values in self._optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{name}": value for name, value in values.items()}
        about = {"step": self.step, "best": self.best, "epoch": self.best_epoch, "history": self.history}
        _replace(path, tensors, {"mark": self.mark, "about": json.dumps(about)})

    def resume(self, path: Path) -> bool:
        """Go on from a checkpoint, if there is one of the very same run; says whether."""
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                if metadata.get("mark") != self.mark:
                    return False
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        except (FileNotFoundError, SafetensorError):
            return False
        about = json.loads(metadata["about"])
        self.step, self.best, self.best_epoch = about["step"], about["best"], about["epoch"]
        self.history = about["history"]
        self.model.load_state_dict({n[len("model.") :]: v for n, v in tensors.items() if n.startswith("model.")})
        self._optimiser.load_state_dict(self._optimiser.state_dict() | {"state": _by_parameter(tensors)})
        return True

    def _indices(self) -> Ints:
        """Lessons of the next step."""
        epoch = int(np.searchsorted(np.cumsum(self._epochs), self.step, side="right"))
        return self._order.epoch(epoch)[self.step - sum(self._epochs[:epoch])]

    def _padding(self) -> int:
        return int(getattr(self.model.config, "pad_token_id", None) or 0)

    def _batches(self, taught: Sequence[Lesson]) -> Iterator[Batch]:
        """All sequences, a few at a time, in their order."""
        many = max(1, self.course.tokens // max((len(one.ids) for one in taught), default=1))
        for start in range(0, len(taught), many):
            yield collate(taught[start : start + many], self._padding())

    def _logits(self, batch: Batch) -> Tensor:
        device = self.model.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self.course.bf16):
            logits: Tensor = self.model(**{name: value.to(device) for name, value in batch.feeds.items()}).logits
        return logits.float()

    def _judge(self, out: Path) -> None:
        """Measure the epoch that is over; its weights are kept if none was better."""
        margins, targets = self.margins(self.dev)
        accuracy = float(((margins > 0) == (targets > 0.5)).mean()) if len(targets) else 0.0
        self.history.append({"step": self.step, "accuracy": round(accuracy, 5)})
        if accuracy > self.best:
            self.best, self.best_epoch = accuracy, len(self.history)
            _replace(out / "best.safetensors", self.model.state_dict(), {"mark": self.mark})


def _replace(path: Path, tensors: dict[str, Tensor], about: dict[str, str]) -> None:
    with atomic(path) as temporary:
        save_file(
            {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}, temporary, about
        )


def _by_parameter(tensors: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    """The optimiser's state as torch wants it."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimiser."):
            _, number, what = name.split(".", 2)
            state.setdefault(int(number), {})[what] = value
    return state
