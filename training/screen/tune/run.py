"""Both stages in order, each from the checkpoint of the one before; a run that was stopped goes on."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.screen.tune.data import TuneSample, read_samples
from training.screen.tune.loop import TunePlan, Tuner
from training.screen.tune.stage import STAGES, TuneStage, length
from training.screen.tune.start import Learner, open_learner, save_learner

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """What a user says.

    Attributes:
        model: a folder or hub id.
        data: what `read_samples` reads.
        out: checkpoints and logs.
        stages: names of `STAGES`, in order.
        lr: instead of the stages' own.
        tokens: longer samples are left out.
    """

    model: str
    data: Path
    out: Path
    images: Path | None = None
    split: str | None = "develop"
    stages: Sequence[str] = tuple(STAGES)
    epochs: float = 1.0
    batch: int = 4
    lr: float | None = None
    pixels: int | None = None
    tokens: int = 24_576
    device: str = "auto"
    seed: int = 0


def tune(options: TuneOptions) -> Path:
    """Run the stages; returns the folder of the last one's checkpoint.

    Raises:
        TamisError: the model or the data cannot be used.
        ValueError: no sample is short enough, or a checkpoint is of another model.
    """
    samples = read_samples(options.data, images=options.images, split=options.split)
    source = options.model
    for name in options.stages:
        target = options.out / name
        if not (target / "config.json").is_file():
            learner = open_learner(source, pixels=options.pixels, device=options.device, seed=options.seed)
            _stage(learner, samples, STAGES[name], options)
            save_learner(learner, target)
            LOG.info("%s: %s", name, target)
        source = str(target)
    return Path(source)


def _stage(learner: Learner, samples: Sequence[TuneSample], stage: TuneStage, options: TuneOptions) -> None:
    short = [sample for sample in samples if length(learner, sample) <= options.tokens]
    if not short:
        raise ValueError(f"no sample has at most {options.tokens} tokens")
    LOG.info("%s: %d samples, %d longer ones left out", stage.name, len(short), len(samples) - len(short))
    steps = max(1, math.ceil(options.epochs * len(short) / options.batch))
    plan = TunePlan(steps, options.batch, options.lr or stage.lr, seed=options.seed)
    tuner = Tuner(learner, short, stage, plan)
    checkpoint = options.out / f"{stage.name}.pt"
    if checkpoint.is_file():
        tuner.resume(checkpoint)
    tuner.run(options.out)
