"""The project's development sets as tasks, where its data folder is there. None of them is held out from development.

`paragraphs` and `documents` are questions on encyclopaedia articles and over several documents, `meetings` turns with a
reference answer, `meaning` treebank sentences of eight languages with their denials.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tamis.bench.prompt.meaning import Gold
from tamis.bench.prompt.tasks import PromptTask
from tamis.errors import UnreadableInput, missing_extra, unknown
from tamis.io.rows import read_jsonl
from tamis.prompt.documents.source import Document

ARTICLES = frozenset({"Harvard_University", "Huguenot", "Packet_switching", "Steam_engine"})
LANGUAGES = ("en", "de", "fr", "es", "pt", "ru", "zh", "ja")
SEED = 20261123


def read_set(name: str, data: Path, count: int | None = None) -> list[PromptTask]:
    """The tasks of a set, `count` of them drawn at random.

    Args:
        name: one of `SETS`.
        data: the project's data folder.
        count: None for all.

    Raises:
        UnknownName: there is no such set.
        UnreadableInput: its files are not in the folder.
        MissingExtra: they are compressed, and zstandard is not installed.
    """
    if name not in SETS:
        raise unknown("set", name, SETS)
    try:
        tasks = list(SETS[name](data))
    except ModuleNotFoundError as error:
        raise missing_extra("train", error.name or "zstandard") from error
    except OSError as error:
        raise UnreadableInput(f"The set {name!r} is not in {str(data)!r}: {error}.", hint="Pass --data.") from error
    if count is None or count >= len(tasks):
        return tasks
    picks = random.Random(SEED).sample(range(len(tasks)), count)
    return [tasks[i] for i in sorted(picks)]


def _paragraphs(data: Path) -> Iterator[PromptTask]:
    for row in read_jsonl(data / "qa" / "squad_train.jsonl.zst"):
        if row["title"] not in ARTICLES:
            continue
        for asked in row["qas"]:
            answers = tuple(dict.fromkeys(answer["text"] for answer in asked["answers"] if answer["text"]))
            if answers:
                yield PromptTask(f"paragraphs:{asked['id']}", row["context"], asked["question"], answers)


def _documents(data: Path) -> Iterator[PromptTask]:
    for row in read_jsonl(data / "qa" / "multidoc_hotpot_musique_train.jsonl.zst"):
        answers = tuple(answer for answer in row["answers"] if answer.lower() not in {"yes", "no"})
        documents = tuple(Document(doc["text"], doc["title"]) for doc in row["docs"])
        if answers:
            yield PromptTask(f"documents:{row['id']}", documents, row["question"], answers)


def _meetings(data: Path) -> Iterator[PromptTask]:
    turns = {row["id"]: row["turns"] for row in read_jsonl(data / "segmentation" / "qmsum_topics_trainval.jsonl.zst")}
    rows = read_jsonl(data / "compression" / "qmsum_turn_spans_trainval.jsonl.zst")
    for number, row in enumerate(rows):
        text = _turns(turns.get(row["id"], []), row)
        if 1_000 < len(text) < 10_000:
            yield PromptTask(f"meetings:{number}", text, row["query"], reference=row["answer"])


def _turns(turns: list[str], row: dict[str, Any]) -> str:
    """The turns that belong to a query."""
    kept = zip(turns, row["keep"], strict=True) if len(turns) == len(row["keep"]) else ()
    return "\n".join(turn for turn, keep in kept if keep)


def _meaning(data: Path) -> Iterator[PromptTask]:
    for language in LANGUAGES:
        for number, row in enumerate(read_jsonl(data / "meaning" / f"{language}.jsonl.zst")):
            yield PromptTask(f"meaning:{language}:{number}", row["text"], gold=Gold.of_row(row))


SETS: Mapping[str, Callable[[Path], Iterator[PromptTask]]] = {
    "paragraphs": _paragraphs,
    "documents": _documents,
    "meetings": _meetings,
    "meaning": _meaning,
}
