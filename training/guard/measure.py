"""Texts to measure with, by group; none is of a source that was learned from."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tamis.guard.training import GuardExample
from tamis.io.rows import read_jsonl
from training.guard import harmless
from training.guard.build import code, crop, ordinary, planted
from training.guard.build import themed as in_corpus
from training.guard.sources import MEASURE, corpus, pages, prompts

Row = tuple[str, str, GuardExample]  # kind, group, text
ORDINARY, THEMED, ATTACK = "ordinary", "security", "attack"
BARE = ("naive", "escape")  # wordings of `prompts` that add no word to what is wanted


def rows(data: Path, more: Path | None, seed: int = 1) -> Iterator[Row]:
    """Every text to measure with."""
    chance = random.Random(seed)
    for source, where, text in ordinary(data, MEASURE, chance, 60):
        yield ORDINARY, source, GuardExample(text, attack=False, where=where)
    for source, where, text in code(MEASURE, random.Random(8)):
        yield ORDINARY, source, GuardExample(text, attack=False, where=where)
    yield from themed(data, more, chance)
    yield from attacks(data, more, chance)


def themed(data: Path, more: Path | None, chance: random.Random) -> Iterator[Row]:
    """Harmless texts about security, or full of the words of attacks."""
    for text in harmless.MEASURE:
        yield THEMED, "by hand", GuardExample(text, attack=False)
    for _, _, text in in_corpus(data, MEASURE, chance, 400):
        yield THEMED, "corpus", GuardExample(text, attack=False)
    if more is not None:
        for group, pattern in (
            ("OWASP LLM en", "2_0_vulns/LLM*.md"),
            ("OWASP LLM other", "2_0_vulns/translations/*/LLM*.md"),
        ):
            for _, text in pages(more / "top10", pattern):
                for part in _parts(text)[:: 1 if group.endswith("en") else 5]:
                    yield THEMED, group, GuardExample(part, attack=False)


def _parts(text: str) -> list[str]:
    """Paragraphs of some length."""
    parts = [part.strip() for part in text.split("\n\n")]
    return [part for part in parts if len(part) > 150]


def attacks(data: Path, more: Path | None, chance: random.Random) -> Iterator[Row]:
    """Attacks of sources that are held out."""
    for row in prompts(data, "jailbreak"):
        if row["source"] == "GPTFuzz":
            yield (
                ATTACK,
                "GPTFuzz",
                GuardExample(row["text"], attack=True, where="user", spans=_spans(row["text"], row["intent"])),
            )
    for row in prompts(data, "injection"):
        if not row["source"].endswith("+BIPIA"):
            group = f"{row['source'].split('+')[1]} {'bare' if row['wrapper'] in BARE else 'wrapped'}"
            yield (
                ATTACK,
                group,
                GuardExample(row["text"], attack=True, where="tool", spans=_spans(row["text"], row["intent"])),
            )
    if more is not None:
        yield from _spikee(data, more / "spikee", chance)


def _spans(text: str, intent: str) -> tuple[tuple[int, int, str], ...]:
    start = text.rfind(intent.strip())
    return ((start, start + len(intent.strip()), "intent"),) if start >= 0 else ()


def _spikee(data: Path, folder: Path, chance: random.Random) -> Iterator[Row]:
    """Its templates with its instructions: alone, and planted in documents of held-out sources."""
    goals = [row["instruction"] for row in read_jsonl(folder / "instructions.jsonl")]
    documents = [crop(text, chance, 30, 250) for _, text in corpus(data, MEASURE, each=30)]
    for row in read_jsonl(folder / "jailbreaks.jsonl"):
        if row["jailbreak_type"] == "no-jailbreak":
            continue
        for goal in chance.sample(goals, 4):
            text = row["text"].replace("<INSTRUCTION>", goal)
            yield ATTACK, "spikee alone", GuardExample(text, attack=True, where="user")
            inside, _ = planted(chance.choice(documents), (text, []), chance)
            yield ATTACK, "spikee planted", GuardExample(inside, attack=True, where="tool")
    for row in read_jsonl(folder / "standalone_user_inputs.jsonl"):
        yield ATTACK, "spikee whole", GuardExample(row["text"], attack=True, where="user")
