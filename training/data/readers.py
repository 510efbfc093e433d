"""Readers of the training data: compressed JSONL to small frozen records. Does not tokenise or label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.io.rows import read_jsonl
from training.data.splits import Split, Splits, ewt_split, gum_split, squad_split


@dataclass(frozen=True)
class Tiered:
    """A treebank document: words and their deletion tiers 0..4 (0 stays longest)."""

    id: str
    genre: str
    words: tuple[str, ...]
    tiers: tuple[int, ...]
    split: Split


@dataclass(frozen=True)
class Question:
    """A question with its distinct answers; none means the passage does not answer it."""

    id: str
    text: str
    answers: tuple[str, ...]
    sentence: tuple[int, int] | None = None  # characters of the asked sentence, where the source tells


@dataclass(frozen=True)
class Passage:
    """A titled text with the questions asked about it."""

    title: str
    text: str
    questions: tuple[Question, ...]


def read_tiers(data: Path, splits: Splits) -> list[Tiered]:
    """EWT and GUM with deletion tiers, each document with its split."""
    rows: list[Tiered] = []
    for name in ("ewt", "gum"):
        for row in read_jsonl(data / "compression" / f"{name}_rule_deletion.jsonl.zst"):
            split = gum_split(row["genre"], splits) if name == "gum" else ewt_split(row["id"], splits)
            rows.append(Tiered(row["id"], f"{name}:{row['genre']}", tuple(row["words"]), tuple(row["tier"]), split))
    return rows


def read_passages(data: Path, name: str) -> list[Passage]:
    """A file of `qa/` with titles made readable (machine titles such as "Wiki1k:..." are dropped)."""
    return [_passage(row) for row in read_jsonl(data / "qa" / f"{name}.jsonl.zst")]


def _passage(row: dict[str, Any]) -> Passage:
    title = "" if ":" in row["title"] else row["title"]
    return Passage(title, row["context"], tuple(_question(qa) for qa in row["qas"]))


def _question(qa: dict[str, Any]) -> Question:
    answers = tuple(dict.fromkeys(answer["text"] for answer in qa["answers"] if answer["text"]))
    where = qa.get("sentence")
    return Question(qa["id"], qa["question"], answers, (where[0], where[1]) if where else None)


def squad(data: Path, splits: Splits, split: Split) -> list[Passage]:
    """The SQuAD passages of one split (whole articles)."""
    return [p for p in read_passages(data, "squad_train") if squad_split(p.title, splits) == split]


def titled(passage: Passage) -> str:
    """The text as every part of the project shows it to the model: title, line break, text; underscores as blanks."""
    return f"{passage.title.replace('_', ' ')}\n{passage.text}" if passage.title else passage.text


@dataclass(frozen=True)
class MultiDoc:
    """A question over several documents; `gold` marks those needed to answer it."""

    question: str
    answers: tuple[str, ...]
    docs: tuple[Passage, ...]
    gold: tuple[bool, ...]


def read_multidoc(data: Path) -> list[MultiDoc]:
    """Hotpot and MuSiQue training questions with their documents."""
    rows = read_jsonl(data / "qa" / "multidoc_hotpot_musique_train.jsonl.zst")
    return [
        MultiDoc(
            row["question"],
            tuple(row["answers"]),
            tuple(Passage(doc["title"], doc["text"], ()) for doc in row["docs"]),
            tuple(bool(doc["gold"]) for doc in row["docs"]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Meeting:
    """A query over a meeting: turns and which of them answer it."""

    query: str
    turns: tuple[str, ...]
    keep: tuple[bool, ...]


def read_meetings(data: Path) -> list[Meeting]:
    """QMSum train and validation queries whose transcript is at hand with the same number of turns."""
    turns = {row["id"]: row["turns"] for row in read_jsonl(data / "segmentation" / "qmsum_topics_trainval.jsonl.zst")}
    meetings: list[Meeting] = []
    for row in read_jsonl(data / "compression" / "qmsum_turn_spans_trainval.jsonl.zst"):
        texts = turns.get(row["units_ref"])
        if texts and len(texts) == len(row["keep"]):
            meetings.append(Meeting(row["query"], tuple(map(_turn, texts)), tuple(map(bool, row["keep"]))))
    return meetings


def _turn(turn: str | dict[str, Any]) -> str:
    return turn if isinstance(turn, str) else f"{turn['speaker']}: {turn.get('content', turn.get('text', ''))}"


def read_corpus(data: Path, group: str) -> Iterator[str]:
    """Texts of one corpus group, without the GUM documents (two of whose genres are held out)."""
    suffix = ".xz" if group in {"docs", "code", "qa_news_other"} else ".zst"
    for row in read_jsonl(data / "corpus" / f"{group}.jsonl{suffix}"):
        if not row["source"].startswith("gum-"):
            yield row["text"]
