"""Questions made from plain text: a sentence with a name or number taken out, shortened and asked for.

They add thousands of passages to the few that come with human questions. Crude on purpose: dropping words keeps the
model from matching strings only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from training.data.readers import Passage, Question
from training.encoder.labels import Span, sentence_spans

_YEAR = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})\b")
_NUMBER = re.compile(r"[$€£]?\b\d[\d,.]*(?: (?:million|billion|percent|%|km|years|days|hours|people|miles))?\b")
_NAME = re.compile(r"(?<=[a-z,] )(?:the )?[A-Z][\w’'-]+(?: (?:of |the |and )?[A-Z][\w’'-]+){0,4}")
_ASK = {"year": ("when", "what year", "in which year"), "number": ("how many", "what number", "how much"),
        "name": ("who", "what", "which", "who or what", "where")}  # fmt: skip
_WORD = re.compile(r"[\w’'$€£%-]+")


def targets(sentence: str) -> list[tuple[str, Span]]:
    """Names and numbers of a sentence that can be asked for, with their kind."""
    candidates = [("year", m.span()) for m in _YEAR.finditer(sentence)]
    years = [span for _, span in candidates]
    for kind, pattern in (("number", _NUMBER), ("name", _NAME)):
        for match in pattern.finditer(sentence):
            if not any(s < match.end() and match.start() < e for s, e in years):
                candidates.append((kind, match.span()))
    return candidates


def ask(sentence: str, kind: str, span: Span, rng: np.random.Generator) -> str:
    """A question for the span: a wh-word, the words around it, a third of them dropped.

    Example: "The river rose 3 metres in May." -> "how many river rose metres?"
    """
    before, after = _WORD.findall(sentence[: span[0]])[-9:], _WORD.findall(sentence[span[1] :])[:9]
    keep = rng.random(len(before) + len(after)) > 0.35
    kept_before = [w for w, k in zip(before, keep, strict=False) if k]
    kept_after = [w for w, k in zip(after, keep[len(before) :], strict=True) if k]
    wh = str(rng.choice(_ASK[kind]))
    words = [*kept_before, wh, *kept_after] if rng.random() < 0.4 else [wh, *kept_before, *kept_after]
    return " ".join(words) + "?"


def passages(texts: Iterable[str], limit: int) -> list[Passage]:
    """Paragraph runs of 60-140 words of some documents; a short first line becomes the title."""
    runs: list[Passage] = []
    for text in texts:
        head, _, rest = text.partition("\n")
        title, body = (head.strip(), rest) if 0 < len(head) < 70 else ("", text)
        for part in _runs(body.split("\n"))[:4]:
            runs.append(Passage(title, part, ()))
        if len(runs) >= limit:
            return runs[:limit]
    return runs


def _runs(lines: Sequence[str]) -> list[str]:
    runs: list[str] = []
    current: list[str] = []
    for line in (line.strip() for line in lines):
        words = sum(len(part.split()) for part in current)
        if current and words + len(line.split()) > 140:
            runs.append(" ".join(current))
            current = []
        if line:
            current.append(line)
    runs.append(" ".join(current))
    return [run for run in runs if 40 <= len(run.split()) <= 260]


def with_questions(passage: Passage, rng: np.random.Generator) -> Passage:
    """The passage with up to two made questions."""
    spans = sentence_spans(passage.text)
    questions: list[Question] = []
    for index in rng.permutation(len(spans))[:2]:
        sentence = passage.text[slice(*spans[int(index)])]
        candidates = targets(sentence)
        if candidates and len(sentence.split()) >= 7:
            kind, span = candidates[int(rng.integers(len(candidates)))]
            question = ask(sentence, kind, span, rng)
            questions.append(Question("", question, (sentence[slice(*span)].removeprefix("the "),), spans[int(index)]))
    return Passage(passage.title, passage.text, tuple(questions))
