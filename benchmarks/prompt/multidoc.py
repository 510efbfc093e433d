"""Questions over 10 to 20 documents (HotpotQA, MuSiQue): whether the answer survives at 2x, 4x, 8x.

Development data: the heads of the embedded encoder saw these questions in training, so `auto` is flattered here; the
table on held-out articles (`quality.py aware`) is the clean one. The methods by surprisal never saw them.
"""

from __future__ import annotations

from pathlib import Path

from tamis import Document
from tamis.bench.prompt.answers import contains
from training.data.readers import MultiDoc, read_multidoc
from training.data.squad import Question

RATES = (1 / 2, 1 / 4, 1 / 8)
METHODS = (
    "auto",
    "longllmlingua",
    "llmlingua",
    "llmlingua2",
    "embedding-sentences",
    "bm25-sentences",
    "tfidf-words",
    "stopwords",
    "truncate",
    "random",
)


def questions(data: Path, count: int) -> list[Question]:
    """`count` questions, evenly spaced, whose answer stands in their documents (yes and no do not)."""
    found = [q for row in read_multidoc(data) if (q := _question(row)) is not None]
    return found[:: max(1, len(found) // count)][:count]


def _question(row: MultiDoc) -> Question | None:
    documents = tuple(Document(doc.text, doc.title) for doc in row.docs)
    whole = "\n".join(f"{doc.title}\n{doc.text}" for doc in row.docs)
    answers = tuple(answer for answer in row.answers if answer.lower() not in {"yes", "no"})
    return Question(row.question, answers, documents) if contains(whole, answers) else None
