"""What a stage trains, and the loss of a sample (GUI-Actor, sections 3.3 and 4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tamis.image import screenshot_of
from tamis.models.gui_actor.head import pointer_loss
from tamis.models.gui_actor.prompts import ASKED, END, ENDS, PAD, VISION
from training.screen.tune.data import TuneSample, cells_of
from training.screen.tune.start import Learner


@dataclass(frozen=True, slots=True)
class TuneStage:
    """A stage.

    Attributes:
        lr: the highest learning rate.
        words: the weight of the language-model loss.
        pointers: the weight of the pointer loss.
        whole: everything is trained; otherwise the head and the embeddings of the added tokens.
    """

    name: str
    lr: float
    words: float
    pointers: float = 1.0
    whole: bool = False


STAGES = {one.name: one for one in (TuneStage("warm-up", 1e-4, 0.0), TuneStage("full", 5e-6, 1.0, whole=True))}


@contextmanager
def trainable(learner: Learner, stage: TuneStage) -> Iterator[list[nn.Parameter]]:
    """The parameters of a stage; meanwhile the others are frozen, and so are all rows of embeddings but the added ones.

    The optimiser must not decay weights, or frozen rows would shrink.
    """
    model, head = learner.vision.model, learner.head
    table = model.get_input_embeddings().weight
    for parameter in model.parameters():
        parameter.requires_grad_(stage.whole)
    mask = torch.zeros(len(table), 1, device=table.device)
    mask[list(learner.fresh)] = 1
    table.requires_grad_()
    hook = None if stage.whole else table.register_hook(lambda gradient: gradient * mask.to(gradient.dtype))
    head.train()
    try:
        yield [one for one in (*model.parameters(), *head.parameters()) if one.requires_grad]
    finally:
        head.eval()
        if hook is not None:
            hook.remove()


def sample_loss(learner: Learner, sample: TuneSample, stage: TuneStage) -> Tensor:
    """The weighted loss of one sample, with gradients."""
    vision, head = learner.vision, learner.head
    shot = screenshot_of(sample.picture)
    with nullcontext() if stage.whole else torch.no_grad():
        tokens, grid = vision.look(shot.pixels)
    before = vision.before(learner.prompt.before)
    behind, answer = _text(learner, sample)
    states = vision.whole(tokens, grid, before, [*behind, *answer])
    states = states[len(before) + len(tokens) + len(behind) - 1 :]  # the first one foresees the answer's first token
    ids = torch.tensor(answer, device=states.device)
    loss = states.new_zeros(())
    if sample.targets and stage.pointers:
        cells = [torch.from_numpy(cells_of(boxes, shot.size, grid)) for boxes in sample.targets]
        logits = head.logits(head.keys(tokens.to(states.dtype)), states[1:][ids == vision.token(PAD)])
        loss = loss + stage.pointers * pointer_loss(logits, torch.stack(cells).to(logits.device))
    if stage.words:
        learnt = ids != vision.token(END)  # (it is forced, not foreseen)
        loss = loss + stage.words * F.cross_entropy(vision.model.lm_head(states[:-1][learnt]).float(), ids[learnt])
    return loss


def length(learner: Learner, sample: TuneSample) -> int:
    """Tokens of a sample, without the picture's patches being made."""
    shot = screenshot_of(sample.picture)
    rows, columns = learner.vision.patching.grid(*shot.size)
    return len(learner.vision.before(learner.prompt.before)) + rows * columns + sum(map(len, _text(learner, sample)))


def _text(learner: Learner, sample: TuneSample) -> tuple[list[int], list[int]]:
    """What stands behind the picture, up to the answer; and the answer, with the header that models write, too."""
    vision = learner.vision
    asked = vision.ids(" ".join(sample.text.split()), special=False)
    behind = [*vision.ids(VISION[1]), *asked, *vision.ids(learner.prompt.after.removesuffix(ASKED))]
    return behind, vision.ids(f"{ASKED}{sample.answer}{ENDS[0]}\n")
