"""Multi-level knowledge distillation (MLKD, ACL 2023, arXiv 2211.11300): a student that only knows the known texts.

A teacher, a language model that was trained on much, is tuned on the known texts. A student of the same shape begins at
random and learns from the teacher on the same texts: its predictions, and its hidden layers. It then knows the language
as the teacher does, but only as far as the known texts go; what surprises it is novel. The score is the mean surprisal
of a text's tokens, the logarithm of the student's perplexity.

Differs from the published code where that differs from the paper: padding takes no part in a loss. The weights of
layers stay at one: minimised along with the loss they would fall without end; there, on a GPU, they never moved.

Extra `torch`; for the embedded `mini-lm` as the teacher the extra `train`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tamis.core import Floats
from tamis.errors import InvalidInput, UnreadableInput
from tamis.io.files import atomic, read_bytes
from tamis.io.schema import Schema

Report = Callable[[str, int, float], None]
"""Told after every epoch: of whom ("teacher", "student"), which, and its mean loss."""
Codes = Sequence[Sequence[int]]
HEADER = Schema("tamis.student", 1, UnreadableInput, "No student: {}.", "Fit it again: Student.fit.")
KEY = "tamis"
LIMIT = 8192  # megabytes that are read at most


@dataclass(frozen=True, slots=True)
class MlkdSettings:
    """How teacher and student learn; the defaults are those of the paper (sec. 4 and its code).

    Attributes:
        teacher_epochs, student_epochs: over the known texts.
        batch: texts of a step.
        learning_rate: of AdamW, without decay.
        temperature: of both distributions of tokens.
        first, last: layers of the student that learn from hidden layers, counted from 1; clipped to those there are.
        similar: how many layers of the teacher, the most similar ones at each step, a layer of the student follows.
        longest: tokens of a text that are read.
        seed: of the student's weights and the order of texts.
    """

    teacher_epochs: int = 5
    student_epochs: int = 5
    batch: int = 8
    learning_rate: float = 5e-5
    temperature: float = 1.0
    first: int = 3
    last: int = 9
    similar: int = 2
    longest: int = 128
    seed: int = 171


@dataclass(frozen=True, eq=False)
class Student:
    """A language model that was distilled; obtained from `Student.fit`.

    Attributes:
        model: of transformers.
        encode: text -> token numbers.
        begin: the token before each text.
        settings: with which it learnt.
        teacher: whose shape and tokens it has; needed to `save`.
    """

    model: Any
    encode: Callable[[str], list[int]]
    begin: int
    settings: MlkdSettings
    teacher: str = ""

    @staticmethod
    def fit(
        texts: Sequence[str],
        *,
        teacher: str | Path = "mini-lm",
        settings: MlkdSettings | None = None,
        report: Report | None = None,
    ) -> Student:
        """Tune a teacher on known texts and distil a student from it. Takes minutes to hours on a CPU.

        Args:
            texts: known inputs.
            teacher: `mini-lm`, a folder or a hub id of a causal language model.
            settings: of the training.
            report: is told how it goes.

        Raises:
            InvalidInput: no texts with words, or a single string.
            MissingExtra, ModelNotFound, ModelCorrupt: of the teacher.
        """
        chosen, rows = settings or MlkdSettings(), [text for text in _listed(texts) if text.strip()]
        if not rows:
            raise InvalidInput("There are no texts to learn.", hint="Give some hundreds of known texts.")
        master, encode, begin = opened(str(teacher))
        codes = [[begin, *encode(text)[: chosen.longest - 1]] for text in rows]
        tune(master, codes, chosen, report or _silent)
        student = distil(master, codes, chosen, report or _silent)
        return Student(student, encode, begin, chosen, str(teacher))

    def save(self, path: str | Path) -> None:
        """Write the student as one safetensors file, for its owner alone; schema `tamis.student`, version 1.

        Raises:
            InvalidInput: nothing says whose shape it has.
            OutputError: it cannot be written.
        """
        from safetensors.torch import save

        if not self.teacher:
            raise InvalidInput("This student has no teacher's name, so that nobody could open it again.")
        header = HEADER.dumps({"teacher": self.teacher, "settings": asdict(self.settings)})
        state = {name: tensor.detach().clone().contiguous() for name, tensor in self.model.state_dict().items()}
        with atomic(Path(path), mode=0o600) as temporary:
            temporary.write_bytes(save(state, {KEY: header}))

    @staticmethod
    def load(path: str | Path) -> Student:
        """The student in a file; its teacher is opened for shape and tokens, so it must still be there.

        Raises:
            UnreadableInput: missing, cut short, or something else.
            MissingExtra, ModelNotFound, ModelCorrupt: of the teacher.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load

        data = read_bytes(str(path), limit=LIMIT)
        with HEADER.reading(path):
            size = int.from_bytes(data[:8], "little")
            text = json.loads(data[8 : 8 + size])["__metadata__"][KEY]
        header = HEADER.loads(str(text), str(path))
        with HEADER.reading(path):
            teacher, settings = str(header["teacher"]), MlkdSettings(**header["settings"])
        model, encode, begin = opened(teacher)
        student = type(model)(copy.deepcopy(model.config))
        try:
            student.load_state_dict(load(data))
        except (SafetensorError, RuntimeError) as error:
            raise UnreadableInput(
                f"{str(path)!r} does not fit {teacher!r}, or is damaged.", hint=HEADER.hint
            ) from error
        return Student(student, encode, begin, settings, teacher)

    @torch.inference_mode()
    def scores(self, texts: Sequence[str]) -> Floats:
        """(n,) how novel each text is: mean surprisal of its tokens, in nats."""
        self.model.eval()
        codes = [[self.begin, *self.encode(text)[: self.settings.longest - 1]] for text in _listed(texts)]
        order = np.argsort([len(code) for code in codes], kind="stable")
        scores = np.zeros(len(codes))
        for start in range(0, len(codes), 32):
            rows = order[start : start + 32]
            ids, mask = padded([codes[row] for row in rows])
            losses = token_losses(self.model(input_ids=ids, attention_mask=mask).logits, ids)
            real = mask[:, 1:]
            scores[rows] = ((losses * real).sum(1) / real.sum(1).clamp_min(1)).double().numpy()
        return scores


def tune(model: Any, codes: Codes, settings: MlkdSettings, report: Report) -> None:
    """Train a causal language model on texts (the teacher)."""

    def loss(ids: Tensor, mask: Tensor) -> Tensor:
        real = mask[:, 1:]
        return (token_losses(model(input_ids=ids, attention_mask=mask).logits, ids) * real).sum() / real.sum()

    _train("teacher", list(model.parameters()), loss, codes, settings, report)


def distil(teacher: Any, codes: Codes, settings: MlkdSettings, report: Report) -> Any:
    """A student of the teacher's shape, random at first, that has learnt from it on texts."""
    torch.manual_seed(settings.seed)
    student = type(teacher)(copy.deepcopy(teacher.config))
    width = teacher.config.hidden_size
    across = nn.Linear(width, width, bias=False)
    teacher.eval()

    def loss(ids: Tensor, mask: Tensor) -> Tensor:
        with torch.no_grad():
            theirs = teacher(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        ours = student(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        real = mask[:, 1:].bool()
        pairs = theirs.logits[:, :-1][real], ours.logits[:, :-1][real]
        middle = hidden_loss(theirs.hidden_states, ours.hidden_states, across, mask.bool(), settings)
        return prediction_loss(*pairs, settings.temperature) + middle

    student.train()
    parameters = [*student.parameters(), *across.parameters()]
    _train("student", parameters, loss, codes, settings, report)
    return student


def prediction_loss(theirs: Tensor, ours: Tensor, temperature: float) -> Tensor:
    """KL(teacher || student), mean over tokens; logits (tokens, vocabulary)."""
    target, guess = (functional.log_softmax(logits / temperature, dim=-1) for logits in (theirs, ours))
    return functional.kl_div(guess, target, reduction="batchmean", log_target=True)


def hidden_loss(
    theirs: Sequence[Tensor], ours: Sequence[Tensor], across: nn.Module, mask: Tensor, settings: MlkdSettings
) -> Tensor:
    """For each layer of the student its mean squared error to the teacher's most similar layers, all summed.

    theirs, ours -- hidden states (b, t, d), that of the embedding first
    """
    last = len(ours) - 1
    layers = range(min(settings.first, last), min(settings.last, last) + 1)
    targets = torch.stack([across(state[mask]) for state in theirs[1:]])  # (layers, tokens, d)
    total = targets.new_zeros(())
    for layer in layers:
        errors = ((targets - ours[layer][mask]) ** 2).mean(dim=(1, 2))
        total = total + errors.topk(min(settings.similar, len(errors)), largest=False).values.sum()
    return total


def token_losses(logits: Tensor, ids: Tensor) -> Tensor:
    """(b, t - 1) the surprisal of each token but the first."""
    losses = functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    return losses.view(ids.shape[0], -1)


def padded(codes: Codes) -> tuple[Tensor, Tensor]:
    """Token numbers (b, t), filled up with 0, and the mask of the real ones."""
    longest = max(map(len, codes))
    ids = torch.tensor([[*code, *[0] * (longest - len(code))] for code in codes])
    mask = torch.tensor([[1] * len(code) + [0] * (longest - len(code)) for code in codes])
    return ids, mask


def _train(
    who: str,
    parameters: list[nn.Parameter],
    loss: Callable[[Tensor, Tensor], Tensor],
    codes: Codes,
    settings: MlkdSettings,
    report: Report,
) -> None:
    optimiser = torch.optim.AdamW(parameters, lr=settings.learning_rate, weight_decay=0.0)
    rng = np.random.default_rng(settings.seed)
    epochs = settings.teacher_epochs if who == "teacher" else settings.student_epochs
    for epoch in range(epochs):
        total = 0.0
        for rows in _batches(len(codes), settings.batch, rng):
            value = loss(*padded([codes[row] for row in rows]))
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += value.item() * len(rows)
        report(who, epoch + 1, total / len(codes))


def _batches(count: int, size: int, rng: np.random.Generator) -> Iterator[list[int]]:
    order = rng.permutation(count).tolist()
    return (order[start : start + size] for start in range(0, count, size))


def opened(name: str) -> tuple[Any, Callable[[str], list[int]], int]:
    """A model, what makes numbers of a text, and the number of the token that begins one."""
    if name == "mini-lm":
        from tamis.models.causal.trainable import trainable_mini

        model, coder = trainable_mini()
        return model, lambda text: list(coder.encode(text, add_special_tokens=False).ids), 0
    from tamis.models.causal.plain import open_plain

    model, tokenizer = open_plain(name, device="cpu", dtype="float32")
    begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    return model, lambda text: list(tokenizer(text, add_special_tokens=False)["input_ids"]), int(begin or 0)


def _listed(texts: Sequence[str]) -> Sequence[str]:
    if isinstance(texts, str):
        raise InvalidInput(f"texts is one text, {texts[:40]!r}.", hint="Give a list of texts.")
    return texts


def _silent(who: str, epoch: int, loss: float) -> None:
    """Nothing is reported."""
