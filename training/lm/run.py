"""The whole recipe of `mini-lm`: tokenizer, shards, training. Each is skipped when its result is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from training.lm.config import LMConfig
from training.lm.loop import LMTrainer
from training.lm.model import opened, shaped, started, tokenizer_of
from training.lm.tokens import Shards, Windows, write_shards


def train_lm(config: LMConfig, out: Path, *, resume: bool) -> None:
    """Run the recipe; `out` gets tokenizer.json, shards/, lm.pt and lm.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = prepared(config, out)
    if not (out / "shards" / "bytes.json").exists():
        write_shards(config, Path(config.data), tokenizer, out / "shards")
    torch.manual_seed(config.seed)
    cuda = torch.cuda.is_available()
    model = started(opened(config.start), config).to("cuda" if cuda else "cpu")
    trainer = LMTrainer(model, Windows(Shards(out / "shards"), config), config.run, bf16=cuda)
    if resume and (out / "lm.pt").exists():
        trainer.resume(out / "lm.pt")
    trainer.run(out)


def prepared(config: LMConfig, out: Path) -> Any:
    """The tokenizer in `out`, made if it is not there."""
    path = out / "tokenizer.json"
    if not path.exists():
        tokenizer_of(opened(config.start), config.model.vocabulary).save(str(path))
    return Tokenizer.from_file(str(path))


def load_checkpoint(config: LMConfig, path: Path) -> Any:
    """The model of a checkpoint, on the CPU."""
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM(shaped(opened(config.start), config))
    model.load_state_dict(torch.load(path, weights_only=True, map_location="cpu")["model"])
    model.train(mode=False)
    return model
