"""The training set by kind of example: every source read, split, labelled and counted. Does not batch or train."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.data.readers import (
    Passage,
    Tiered,
    read_corpus,
    read_meetings,
    read_multidoc,
    read_passages,
    read_tiers,
    squad,
    titled,
)
from training.encoder.cloze import passages, with_questions
from training.encoder.config import EncoderConfig
from training.encoder.detokenise import detokenise
from training.encoder.labels import Window, covered, framed, occurrences, sentence_spans, tier_windows
from training.encoder.questions import Group, Maker, meeting_groups, multidoc_groups, question_groups

Item = Window | Group
Kinds = dict[str, Sequence[Item]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """What every builder needs: configuration, data folder and tokenizer."""

    config: EncoderConfig
    data: Path
    tokenizer: Tokenizer

    def rng(self, stream: int) -> np.random.Generator:
        """Independent generator of one builder."""
        return np.random.default_rng([self.config.seed, stream])


def gold_windows(source: Source) -> list[Window]:
    """Treebank windows of the train split."""
    rows: list[Tiered] = read_tiers(source.data, source.config.splits)
    length = source.config.max_length
    return [
        window
        for row in rows
        if row.split == "train"
        for window in tier_windows(source.tokenizer, detokenise(row.words), row.tiers, length)
    ]


def salient_windows(source: Source) -> list[Window]:
    """Passages with every answer marked: SQuAD, QAMR, HotpotQA, some QA-SRL."""
    srl = read_passages(source.data, "qasrl")[:500]
    rest = chain(read_passages(source.data, "qamr"), read_passages(source.data, "hotpot_halueval"), srl)
    return [*asked_windows(source), *(salient_window(source, passage) for passage in rest)]


def asked_windows(source: Source) -> list[Window]:
    """SQuAD passages with every answer marked, once with their title and twice without."""
    squad_passages = squad(source.data, source.config.splits, "train")
    plain = [Passage("", p.text, p.questions) for p in squad_passages]
    return [salient_window(source, passage) for passage in chain(squad_passages, plain, plain)]


def salient_window(source: Source, passage: Passage) -> Window:
    """One passage: 1 where any answer lies, 0 elsewhere, unknown in the title and in sentences nobody was asked of."""
    text = titled(passage)
    shift = len(text) - len(passage.text)
    sentences = [(s + shift, e + shift) for s, e in {q.sentence for q in passage.questions if q.sentence}]
    hits = [hit for q in passage.questions for answer in q.answers for hit in _located(text, shift, answer, q.sentence)]
    code = source.tokenizer.encode(text, add_special_tokens=False)
    offsets = code.offsets[: source.config.max_length - 2]
    label_mask = covered(offsets, sentences or [(shift, len(text))])
    labels = np.where(label_mask > 0, covered(offsets, hits), np.nan).astype(np.float32)
    return framed(code.ids[: len(offsets)], np.full((len(offsets), 4), np.nan, np.float32), labels)


def _located(text: str, shift: int, answer: str, sentence: tuple[int, int] | None) -> list[tuple[int, int]]:
    """Occurrences of an answer in its sentence, or the first in the text (as SQuAD marks it)."""
    hits = [hit for hit in occurrences(text, answer) if hit[0] >= shift]
    if sentence:
        return [hit for hit in hits if sentence[0] + shift <= hit[0] < sentence[1] + shift]
    return hits[:1]


def squad_groups(source: Source) -> list[Group]:
    """Every question of the train articles, with hard negatives from them."""
    return question_groups(_maker(source), squad(source.data, source.config.splits, "train"), source.rng(1))


def other_groups(source: Source) -> list[Group]:
    """QAMR, QA-SRL, HotpotQA, multi-document, meetings and made questions."""
    maker, count, rng = _maker(source), source.config.questions, source.rng(2)
    groups = question_groups(maker, read_passages(source.data, "qamr"), rng, sample=count.qamr)
    groups += question_groups(maker, read_passages(source.data, "qasrl"), rng, sample=count.qasrl)
    groups += question_groups(maker, read_passages(source.data, "hotpot_halueval"), rng)
    groups += multidoc_groups(maker, read_multidoc(source.data), rng)
    groups += meeting_groups(maker, read_meetings(source.data), rng, count.qmsum)
    cloze_passages = [with_questions(p, rng) for p in prose(source, count.cloze)]
    return groups + question_groups(maker, cloze_passages, rng, sample=count.cloze)


def prose(source: Source, count: int) -> list[Passage]:
    """Expository passages of the corpus: encyclopedia and textbooks, documentation, government news."""
    take = {"books_wiki": 0.7, "docs": 0.15, "qa_news_other": 0.15}
    read = {name: (t for t in read_corpus(source.data, name) if _expository(t)) for name in take}
    return [p for name, share in take.items() for p in passages(read[name], int(count * share))]


def _expository(text: str) -> bool:
    """Rough: dated or numbered text without much dialogue."""
    head = text[:3000]
    return sum(c.isdigit() for c in head) > len(head) / 200 and head.count('"') + head.count("“") < len(head) / 300


def texts(source: Source) -> list[Window]:
    """Short and long texts whose vector has to stay: questions, sentences, passages of every source."""
    rng = source.rng(3)
    train = squad(source.data, source.config.splits, "train")
    more = [*read_passages(source.data, "qamr"), *prose(source, 3000)]
    questions = [q.text for p in [*train, *more] for q in p.questions]
    whole = [titled(p) for p in [*train, *more]]
    parts = [p.text[s:e] for p in [*train, *more] for s, e in sentence_spans(p.text)]
    chosen = (
        [str(t) for t in rng.permutation(questions)[:6000]] + [str(t) for t in rng.permutation(parts)[:9000]] + whole
    )
    codes = source.tokenizer.encode_batch(chosen, add_special_tokens=False)
    return [unlabelled(code.ids[: source.config.max_length - 2]) for code in codes if code.ids]


def unlabelled(ids: Sequence[int]) -> Window:
    """A window nobody labels."""
    return framed(ids, np.full((len(ids), 4), np.nan, np.float32), np.full(len(ids), np.nan, np.float32))


BUILDERS: dict[str, Callable[[Source], Sequence[Item]]] = {
    "gold": gold_windows,
    "salient": salient_windows,
    "asked": asked_windows,
    "squad": squad_groups,
    "other": other_groups,
    "text": texts,
}


def build(source: Source, names: Sequence[str]) -> Kinds:
    """The example kinds a phase asks for, except `silver`, which needs a teacher."""
    kinds: Kinds = {}
    for name in dict.fromkeys(names):
        if name != "silver":
            kinds[name] = BUILDERS[name](source)
            _LOG.info("%s: %d examples, %d wordpieces", name, len(kinds[name]), sum(map(size, kinds[name])))
    return kinds


def size(item: Item) -> int:
    """Wordpieces of an example, padding within a group counted."""
    return len(item.ids) if isinstance(item, Window) else len(item) * max(len(pair.ids) for pair in item)


def _maker(source: Source) -> Maker:
    wanted = source.config.questions
    return Maker(source.tokenizer, source.config.max_length, wanted.negatives, wanted.neighbours)
