"""The trained micro model as files: weights, configuration, tokenizer and a card."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random
from typing import Any

import torch

from tamis.io.files import atomic_folder
from training.micro.lessons import LESSONS
from training.micro.loop import Course
from training.micro.words import BEGIN, END, PAD, SPECIAL, UNKNOWN, tokenizer

CARD = """# micro

A causal language model of {parameters:,} parameters ({layers} layers, {hidden} wide, {heads} query heads on {shared}
key/value heads, RoPE) that looks up made-up words in made-up texts. `tamis bench scbench` runs on it when no other
model is named, so that methods for attention and caches can be compared in minutes, without a download. It says
nothing about real language models, and nothing about the world.

Data: none; texts are drawn by `training.micro.lessons` from 1,024 made-up words. Licence: that of tamis.
Made by `python -m training micro train --steps {steps} --seed {seed}` on two CPU cores. Training does not
begin from chance alone: heads of the first layer look a few tokens back and those of the second look tokens up
(`training.micro.model.begun` says how); what is asked where, and how answers are put, is learnt in minutes.

Answers reproduced whole, greedy, {asked} questions of each kind in texts of about {length} tokens (seed {held}):

{table}
"""
NOTE = "micro: looks up made-up words; what `tamis bench scbench` runs on without a download"
ASKED, LENGTH, HELD = 60, 480, 20_261_127


def export(model: Any, course: Course, target: Path) -> None:
    """Write the files; those that were there stay as they are until all new ones are complete."""
    with atomic_folder(target) as folder:
        model.half().save_pretrained(folder)
        model.float()
        words().save_pretrained(folder)
        (folder / "README.md").write_text(_card(model, course), encoding="utf-8")
        _sign(folder)


def _sign(folder: Path) -> None:
    """Add to the configuration what `tamis models` shows and `tamis doctor` compares."""
    path = folder / "config.json"
    names = ("model.safetensors", "tokenizer.json")
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    fields = {"licence": "Apache-2.0", "note": NOTE, "sha256": sums}
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | fields, indent=2) + "\n", encoding="utf-8"
    )
    for file in folder.iterdir():
        file.chmod(0o644)


def words() -> Any:
    """The tokenizer as transformers has it."""
    from transformers import PreTrainedTokenizerFast

    names = {"pad_token": PAD, "bos_token": BEGIN, "eos_token": END, "unk_token": UNKNOWN}
    tokenizer_class: Any = PreTrainedTokenizerFast
    return tokenizer_class(
        tokenizer_object=tokenizer(),
        padding_side="left",
        clean_up_tokenization_spaces=False,
        **{name: SPECIAL[number] for name, number in names.items()},
    )


@torch.no_grad()
def answered(model: Any, kind: str, *, count: int = ASKED, length: int = LENGTH, seed: int = HELD) -> float:
    """Share of questions of a kind that the model answers to the letter, each in a text of its own."""
    random, text_of = Random(f"{seed}/{kind}"), words()
    right = 0
    for _ in range(count):
        make, _, size = LESSONS[kind]
        lesson = make(random, max(2, length // size), 1)
        question, answer = lesson.asked[0]
        ids = text_of(f"{lesson.context}\nQuestion: {question}\nAnswer:", return_tensors="pt").input_ids
        wanted = text_of(f" {answer}\n", add_special_tokens=False).input_ids
        reply = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=len(wanted), do_sample=False)
        right += reply[0, ids.shape[1] :].tolist() == wanted
    return right / count


def _card(model: Any, course: Course) -> str:
    rows = [f"| {kind} | {answered(model, kind):.3f} |" for kind in LESSONS]
    config = model.config
    return CARD.format(
        parameters=sum(part.numel() for part in model.parameters()),
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        heads=config.num_attention_heads,
        shared=config.num_key_value_heads,
        steps=course.steps,
        seed=course.seed,
        asked=ASKED,
        length=LENGTH,
        held=HELD,
        table="\n".join(["| kind | answered |", "|---|--:|", *rows]),
    )
