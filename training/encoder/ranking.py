"""Question-aware ranking of sentences in contexts of 20 paragraphs: features, fused weights, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.readers import Question, read_passages
from training.data.splits import Split, squad_split
from training.encoder.evaluate import _rows
from training.encoder.kinds import Source
from training.encoder.labels import Floats
from training.encoder.metrics import first_right, greedy, interval
from training.encoder.questions import AnswerLocation, Encoded, chunks, locate, make_pool, pair
from training.encoder.scorers import Scorer

FEATURES = ("evidence", "answer", "title_sentence", "document", "doc_evidence")
DOCUMENTS = 20
SETS: dict[str, tuple[str, ...]] = {
    "cosines": ("title_sentence", "document"),
    "evidence": ("evidence",),
    "evidence+answer": ("evidence", "answer"),
    "all": FEATURES,
}


@dataclass(frozen=True)
class Contest:
    """One question's context: `features` (s, 5) of every sentence, `right` (s,), wordpiece `costs` (s,)."""

    features: Floats
    right: NDArray[np.bool_]
    costs: NDArray[np.int64]


@dataclass(frozen=True)
class _Case:
    query: Question
    documents: tuple[int, ...]
    location: AnswerLocation


def contests(scorer: Scorer, source: Source, split: Split, count: int) -> list[Contest]:
    """Contexts of `count` random answerable questions: their paragraph and 19 BM25 neighbours without the answer."""
    passages = read_passages(source.data, "squad_train")
    pool = make_pool(source.tokenizer, passages)
    candidates = [
        (at, q)
        for at, p in enumerate(passages)
        if squad_split(p.title, source.config.splits) == split
        for q in p.questions
    ]
    cases: list[_Case] = []
    for i in np.random.default_rng([source.config.seed, 11]).permutation(len(candidates)):
        at, query = candidates[int(i)]
        location = locate(pool.passages[at], query)
        if len(cases) < count and location.best >= 0:
            low = [answer.lower() for answer in query.answers]
            near = [j for j in pool.index.nearest(query.text, 80) if j != at]
            clean = [j for j in near if not any(a in pool.passages[j].text.lower() for a in low)]
            cases.append(_Case(query, (at, *clean[: DOCUMENTS - 1]), location))
    vectors = _Vectors(scorer, source, pool.passages, cases)
    return [_contest(scorer, source, pool.passages, case, vectors) for case in cases]


class _Vectors:
    """Vectors of the questions, documents and titled sentences some cases need."""

    def __init__(self, scorer: Scorer, source: Source, passages: Sequence[Encoded], cases: Sequence[_Case]) -> None:
        used = sorted({i for case in cases for i in case.documents})
        self.questions = scorer.vector(_rows(source, [case.query.text for case in cases]))
        self.order = {id(case): i for i, case in enumerate(cases)}
        self.documents = dict(zip(used, scorer.vector(_rows(source, [passages[i].text for i in used])), strict=True))
        owned = [(i, s) for i in used for s in range(len(passages[i].sentences))]
        texts = [_titled_sentence(passages[i], s) for i, s in owned]
        self.sentences = dict(zip(owned, scorer.vector(_rows(source, texts)), strict=True))


def _titled_sentence(passage: Encoded, sentence: int) -> str:
    start, end = passage.sentences[sentence]
    return f"{passage.text[: passage.sentences[0][0]].strip()}\n{passage.text[start:end]}"


def _contest(scorer: Scorer, source: Source, passages: Sequence[Encoded], case: _Case, vectors: _Vectors) -> Contest:
    limit = source.config.max_length
    query_ids = source.tokenizer.encode(case.query.text, add_special_tokens=False).ids[:48]
    room = limit - len(query_ids) - 3
    owners = [(i, part) for i in case.documents for part in chunks(passages[i], room)]
    nothing = AnswerLocation(-1, frozenset(), ())
    pairs = [pair(query_ids, passages[i], nothing, part, limit) for i, part in owners]
    outputs = scorer.answer([p.ids for p in pairs], [p.split for p in pairs])
    question = vectors.questions[vectors.order[id(case)]]
    rows: list[list[float]] = []
    right: list[bool] = []
    costs: list[int] = []
    for (i, part), inputs, logits in zip(owners, pairs, outputs, strict=True):
        document = float(question @ vectors.documents[i])
        for s in range(*part):
            inside = inputs.unit == s
            if inside.any():
                evidence, answer = float(logits[inside, 0].mean()), float(logits[inside, 1].max())
                rows.append([evidence, answer, float(question @ vectors.sentences[(i, s)]), document, 0.0])
                right.append(i == case.documents[0] and s in case.location.holding)
                costs.append(int(inside.sum()))
        best = max((row[0] for row in rows[-(part[1] - part[0]) :]), default=0.0)
        for row in rows[-(part[1] - part[0]) :]:
            row[4] = best
    return Contest(np.array(rows, np.float32), np.array(right), np.array(costs))


def fit(data: Sequence[Contest], names: Sequence[str], steps: int = 400) -> Floats:
    """Weights (5,) that maximise the softmax share of right sentences; features not named stay 0."""
    import torch

    mask = torch.tensor([name in names for name in FEATURES])
    spread = np.concatenate([c.features for c in data]).std(0) + 1e-6
    weights = torch.zeros(len(FEATURES), requires_grad=True)
    solver = torch.optim.Adam([weights], lr=0.05)
    rows = [(torch.tensor(c.features / spread), torch.tensor(c.right)) for c in data if c.right.any()]
    for _ in range(steps):
        scores = [(features @ (weights * mask), right) for features, right in rows]
        loss = torch.stack([torch.logsumexp(s, 0) - torch.logsumexp(s[r], 0) for s, r in scores]).mean()
        solver.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        solver.step()
    return np.asarray((weights * mask).detach().numpy() / spread, np.float32)


def figures(data: Sequence[Contest], weights: Floats) -> dict[str, float]:
    """MRR, top-1, top-3, and the share of answers kept by whole sentences at 10x, 20x and 40x (with half-widths)."""
    ranks = [first_right(c.features @ weights, c.right) for c in data if c.right.any()]
    values = {
        "mrr": float(np.mean([1 / r for r in ranks])),
        "top1": float(np.mean([r <= 1 for r in ranks])),
        "top3": float(np.mean([r <= 3 for r in ranks])),
    }
    for factor in (10, 20, 40):
        hits = [bool(greedy(c.features @ weights, c.costs, int(c.costs.sum()) // factor)[c.right].any()) for c in data]
        values[f"kept_{factor}x"], values[f"kept_{factor}x_ci"] = interval(hits)
    return values
