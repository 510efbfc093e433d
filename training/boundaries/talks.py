"""Labelled talks: from data sets of their own, and glued from dialogues of one source, whose joints are boundaries."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tamis.core import Bools
from tamis.io.rows import read_jsonl
from tamis.memory.types import Turn

SEED, GLUED = 0, 300
SPOKEN = re.compile(r"^(?P<speaker>[^:\n]{1,40}): ?(?P<text>.*)$")
LONGEST = 400  # turns of one talk that are read


@dataclass(frozen=True, eq=False)
class Talk:
    """A talk and its true boundaries, (n,) flags."""

    turns: tuple[Turn, ...]
    truth: Bools


def tiage(path: Path) -> tuple[list[Talk], list[Talk]]:
    """The train and the dev split."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    talks: dict[str, list[Talk]] = {}
    for row in rows:
        turns = tuple(Turn(text, "AB"[n % 2]) for n, text in enumerate(row["utterances"]))
        truth = np.zeros(len(turns), np.bool_)
        truth[np.cumsum([0, *row["segments"][:-1]])] = True
        talks.setdefault(row["set"], []).append(Talk(turns, truth))
    return talks["train"], talks["dev"]


def headed(path: Path, *, least: int = 10) -> list[Talk]:
    """Talks whose boundaries are told: topics of meetings, headings of transcripts."""
    talks = []
    for row in read_jsonl(path):
        if row["id"] in ("README.md", "STYLE.md") or sum(row["boundary"]) < 2 or len(row["turns"]) < least:
            continue
        turns = tuple(_turn_of(text) for text in row["turns"][:LONGEST])
        truth = np.array(row["boundary"][:LONGEST], np.bool_)
        truth[0] = True
        if truth[1:].any():
            talks.append(Talk(turns, truth))
    return talks


def dialogues(path: Path, source: str) -> list[list[Turn]]:
    """The dialogues of one source of the corpus, as turns."""
    talks = []
    for row in read_jsonl(path):
        if row["source"].split("/")[0] == source:
            turns = [_turn_of(line) for line in row["text"].splitlines() if line.strip()]
            talks.append([turn for turn in turns if turn.text.strip()])
    return [turns for turns in talks if len(turns) >= 6]


def _turn_of(line: str) -> Turn:
    match = SPOKEN.match(line)
    return Turn(match["text"], match["speaker"]) if match and match["text"].strip() else Turn(line)


def glued(talks: Sequence[Sequence[Turn]], count: int, seed: int = SEED) -> list[Talk]:
    """Talks of 3 to 7 fragments of different dialogues, half of them from a dialogue's beginning."""
    chance = random.Random(seed)
    glued_talks = []
    for _ in range(count):
        parts = [_fragment(talk, chance) for talk in chance.sample(talks, chance.randint(3, 7))]
        truth = np.zeros(sum(map(len, parts)), np.bool_)
        truth[np.cumsum([0, *(len(part) for part in parts[:-1])])] = True
        glued_talks.append(Talk(tuple(turn for part in parts for turn in part), truth))
    return glued_talks


def _fragment(turns: Sequence[Turn], chance: random.Random) -> Sequence[Turn]:
    size = min(len(turns), chance.randint(3, 12))
    start = 0 if chance.random() < 0.5 else chance.randint(0, len(turns) - size)
    return turns[start : start + size]


def gathered(data: Path) -> dict[str, list[Talk]]:
    """All talks by name; those "held out" share no dialogue with the others."""
    corpus, labelled = data / "corpus" / "dialogue.jsonl.zst", data / "segmentation"
    train, dev = tiage(labelled / "tiage_train_dev.jsonl")
    tasks, chats = dialogues(corpus, "sgd"), dialogues(corpus, "topical-chat")
    meetings = headed(labelled / "qmsum_topics_trainval.jsonl.zst")[:100]
    headings = headed(labelled / "bitcointranscripts_headings.jsonl.zst")[:200]
    return {
        "TIAGE train": train,
        "TIAGE dev": dev,
        "SGD": glued(tasks[:4_000], GLUED),
        "SGD held out": glued(tasks[4_000:], GLUED // 2, SEED + 1),
        "Topical-Chat": glued(chats[:1_500], GLUED),
        "Topical-Chat held out": glued(chats[1_500:], GLUED // 2, SEED + 1),
        "QMSum": meetings[:70],
        "QMSum held out": meetings[70:],
        "headings": headings[:140],
        "headings held out": headings[140:],
    }
