"""The whole recipe: teacher on gold labels, silver labels by the teacher, main run. Does not export or evaluate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from tamis.distill.schedule import Phase
from tamis.io.files import atomic
from training.encoder.batches import Stream
from training.encoder.config import EncoderConfig
from training.encoder.kinds import Kinds, Source, build
from training.encoder.labels import Window, framed
from training.encoder.loop import Plan, Trainer
from training.encoder.model import MiniEncoder, Shape, load_start, start_folder
from training.encoder.scorers import TorchScorer
from training.encoder.silver import blend, corpus_texts, drafts, rarity


def train_encoder(config: EncoderConfig, out: Path, *, resume: bool) -> None:
    """Run the three stages, each skipped when its result is in `out` and `resume` is set."""
    tokenizer = start_tokenizer(config)
    source = Source(config, Path(config.data), tokenizer)
    phases = {"main": config.main, "more": config.more, "finish": config.finish}
    wanted = [kind for phase in (config.teacher, *phases.values()) for kind in phase.pattern]
    kinds = build(source, wanted)
    out.mkdir(parents=True, exist_ok=True)
    if "silver" in wanted:
        kinds["silver"] = _silver(source, kinds, out, resume=resume)
    model: MiniEncoder | None = None
    for number, (name, phase) in enumerate(phases.items()):
        model = _phase(config, Stage(phase, name, number, out, resume), kinds, model)


def start_tokenizer(config: EncoderConfig) -> Tokenizer:
    """The original tokenizer without truncation or padding."""
    tokenizer = Tokenizer.from_file(str(start_folder(config.start) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def fresh(config: EncoderConfig, tap: int) -> MiniEncoder:
    """The original body with heads drawn from the seed."""
    torch.manual_seed(config.seed)
    shape = replace(Shape(), keep_layer=tap, head_width=config.model.head_width)
    return load_start(start_folder(config.start), shape)


def load_checkpoint(config: EncoderConfig, path: Path) -> MiniEncoder:
    """The model of a checkpoint of the main run or the finish."""
    model = fresh(config, config.model.keep_layer)
    model.load_state_dict(torch.load(path, weights_only=True)["model"])
    return model.eval()


@dataclass(frozen=True)
class Stage:
    """One phase of the recipe: its settings, name, output folder, and whether to go on from a checkpoint there."""

    phase: Phase
    name: str
    number: int
    out: Path
    resume: bool


def _phase(config: EncoderConfig, stage: Stage, kinds: Kinds, start: MiniEncoder | None = None) -> MiniEncoder:
    phase, name = stage.phase, stage.name
    tap = config.silver.teacher_layer if name == "teacher" else config.model.keep_layer
    model = start or fresh(config, tap)
    order = [config.seed, stage.number] if start else [config.seed]  # each pass sees the data in another order
    streams = {
        kind: Stream(kinds[kind], config.batch.tokens, [*order, index])
        for index, kind in enumerate(sorted(set(phase.pattern)))
    }
    plan = Plan(phase, config.batch, config.loss, tap, name)
    trainer = Trainer(model, fresh(config, tap), streams, plan)
    checkpoint = stage.out / f"{name}.pt"
    if stage.resume and checkpoint.exists():
        trainer.resume(checkpoint)
    trainer.run(stage.out)
    return model


def _silver(source: Source, kinds: Kinds, out: Path, *, resume: bool) -> list[Window]:
    """Teacher-labelled corpus windows, kept in `out/silver.npz`."""
    path = out / "silver.npz"
    if resume and path.exists():
        return _load(path)
    config = source.config
    teacher = _phase(config, Stage(config.teacher, "teacher", 0, out, resume), kinds)
    windows = label(TorchScorer(teacher, config.silver.teacher_layer, bf16=True), source)
    _save(path, windows)
    return windows


def label(teacher: TorchScorer, source: Source) -> list[Window]:
    """Blend the teacher's tiers with rarity and repetition over the corpus sample; salience as the teacher says."""
    silver = source.config.silver
    length = min(source.config.max_length - 2, round(1.35 * silver.window_words))
    windows = drafts(source.tokenizer, list(corpus_texts(source.data, silver, source.config.seed)), length)
    rare = rarity(windows, source.tokenizer.get_vocab_size())
    outputs = teacher.keep([np.array([101, *draft.ids, 102], np.uint16) for draft in windows], logits=True)
    return [
        framed(
            draft.ids.tolist(),
            blend(logits[1:-1, :4], draft, rare, silver),
            np.asarray(1 / (1 + np.exp(-logits[1:-1, 4])), np.float32),
        )
        for draft, logits in zip(windows, outputs, strict=True)
    ]


def _save(path: Path, windows: list[Window]) -> None:
    lengths = np.array([len(window.ids) for window in windows])
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            lengths=lengths,
            ids=np.concatenate([window.ids for window in windows]),
            tiers=np.concatenate([window.tiers for window in windows]).astype(np.float16),
            salience=np.concatenate([window.salience for window in windows]).astype(np.float16),
        )


def _load(path: Path) -> list[Window]:
    with np.load(path) as stored:
        cuts = np.cumsum(stored["lengths"])[:-1]
        ids = np.split(stored["ids"], cuts)
        tiers = np.split(stored["tiers"].astype(np.float32), cuts)
        salience = np.split(stored["salience"].astype(np.float32), cuts)
    return [Window(*parts) for parts in zip(ids, tiers, salience, strict=True)]
