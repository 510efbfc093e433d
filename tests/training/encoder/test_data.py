"""Splits, detokenising and labels, against hand-worked cases."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from tamis.text.align import word_of_piece
from training.data.bm25 import BM25
from training.data.readers import Passage, Question
from training.data.splits import ewt_split, gum_split, squad_articles, tenth
from training.encoder.cloze import ask, targets
from training.encoder.config import load_config
from training.encoder.detokenise import detokenise
from training.encoder.labels import chunk_spans, occurrences, sentence_spans, tier_targets, tier_windows
from training.encoder.questions import NOTHING, encode, locate, pair
from training.encoder.silver import Draft, blend, repeated

CONFIG = load_config()


@pytest.fixture
def tokenizer() -> Tokenizer:
    """A word-level tokenizer that splits at blanks and punctuation, as BERT does before its wordpieces."""
    words = [
        "the",
        "river",
        "rose",
        "three",
        "metres",
        ".",
        "it",
        "rained",
        "in",
        "may",
        "who",
        "what",
        "how",
        "a",
        "town",
        "flood",
        "?",
    ]
    made = Tokenizer(models.WordLevel({w: i for i, w in enumerate(["[UNK]", *words])}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def test_squad_splits_are_disjoint_and_cover_the_forty_articles() -> None:
    parts = [set(squad_articles(split)) for split in ("train", "dev", "test")]
    assert [len(part) for part in parts] == [32, 4, 4]
    assert len(set.union(*parts)) == 40


def test_unknown_split_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'valid'.*'train', 'dev' or 'test'"):
        squad_articles("valid")  # type: ignore[arg-type]


def test_held_out_genres_and_tenths() -> None:
    assert gum_split("academic", CONFIG.splits) == gum_split("news", CONFIG.splits) == "test"
    assert gum_split("bio", CONFIG.splits) == "train"
    assert tenth("a") == 0  # sha256("a") begins ca978112ca1bbdca, whose decimal form ends in 0
    found = {ewt_split(f"document-{i}", CONFIG.splits) for i in range(60)}
    assert found == {"train", "dev", "test"}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("I do n't know ( yet ) .", "I don't know (yet)."),
        ('Dan \'s " best " city - state , 5 % off', 'Dan\'s "best" city-state, 5% off'),
        ("We left - early", "We left-early"),  # the treebank does not tell a dash from a hyphen
        ("$ 5 and # 3", "$5 and #3"),
    ],
)
def test_detokenise_writes_natural_text(words: str, text: str) -> None:
    assert detokenise(words.split()).text == text


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), max_size=30))
def test_detokenised_spans_hold_their_words_in_order(words: list[str]) -> None:
    placed = detokenise(words)
    assert [placed.text[start:end] for start, end in placed.spans] == words
    assert all(a[1] <= b[0] for a, b in zip(placed.spans, placed.spans[1:], strict=False))


def test_sentences_keep_abbreviations_before_small_letters() -> None:
    text = "It rained, e.g. in May. We left.\nWhy?"
    assert [text[s:e] for s, e in sentence_spans(text)] == ["It rained, e.g. in May.", "We left.", "Why?"]


def test_tiers_become_cumulative_targets() -> None:
    # tier 1 is kept from "tier <= 1" on; tier 4 is in none of the four classes
    assert tier_targets([1, 4]).tolist() == [[0, 1, 1, 1], [0, 0, 0, 0]]


def test_pieces_belong_to_the_word_of_their_first_character() -> None:
    # "don't go": pieces don|'|t|go, words do|n't|go; the blank before "go" belongs to nobody
    assert word_of_piece([(0, 3), (3, 4), (4, 5), (6, 8), (5, 6)], [(0, 2), (2, 5), (6, 8)]).tolist() == [
        0,
        1,
        1,
        2,
        -1,
    ]


def test_windows_label_every_piece_and_no_frame(tokenizer: Tokenizer) -> None:
    windows = tier_windows(tokenizer, detokenise(["The", "river", "rose", "."]), [3, 0, 0, 2], 5)
    assert [len(w.ids) for w in windows] == [5, 3]  # three pieces fit beside [CLS] and [SEP]
    assert np.isnan(windows[0].tiers[[0, -1]]).all()
    assert windows[0].tiers[1:-1, 1].tolist() == [0, 1, 1]


def test_occurrences_are_whole_words_first() -> None:
    assert occurrences("Normans and Norman", "norman") == [(12, 18)]
    assert occurrences("unhappy", "happy") == [(2, 7)]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=20), st.integers(1, 60))
def test_chunks_cover_every_sentence_once(sizes: list[int], limit: int) -> None:
    parts = chunk_spans(sizes, limit)
    assert [i for part in parts for i in range(*part)] == list(range(len(sizes)))
    assert all(sum(sizes[a:b]) <= limit or b - a == 1 for a, b in parts)


def test_pair_labels_the_sentence_that_answers(tokenizer: Tokenizer) -> None:
    passage = encode(tokenizer, Passage("a_town", "It rained in May. The river rose three metres.", ()))
    query = Question("q", "How the river rose?", ("three metres",))
    found = locate(passage, query)
    assert found.best == 1
    made = pair([9], passage, found, (0, 2), 64)
    # [CLS] q [SEP] a town | it rained in may . | the river rose three metres . | [SEP]
    assert made.split == 3
    assert made.unit.tolist() == [-1] * 5 + [0] * 5 + [1] * 6 + [-1]
    assert made.evidence[5:16].tolist() == [0] * 5 + [1] * 6
    assert made.answer[10:16].tolist() == [0, 0, 0, 1, 1, 0]
    assert np.isnan(made.evidence[[0, 1, 2, 3, 4, 16]]).all()


def test_other_sentences_with_the_answer_are_not_negatives(tokenizer: Tokenizer) -> None:
    passage = encode(tokenizer, Passage("", "It rained three metres. The river rose three metres.", ()))
    found = locate(passage, Question("q", "How the river rose?", ("three metres",)))
    made = pair([9], passage, found, (0, 2), 64)
    assert found.best == 1
    assert np.isnan(made.evidence[made.unit == 0]).all()


def test_unanswerable_has_no_location(tokenizer: Tokenizer) -> None:
    assert locate(encode(tokenizer, Passage("", "It rained.", ())), Question("q", "Who?", ())) is NOTHING


def test_bm25_prefers_rare_shared_words() -> None:
    index = BM25(["the the the river", "the town", "the flood", "a town in the rain"])
    assert index.nearest("the river", 2)[0] == 0
    assert len(index.nearest("nothing shared", 9)) == 4


def test_repeated_marks_the_second_saying_only() -> None:
    assert repeated([1, 2, 3, 1, 2], n=2).tolist() == [False, False, False, True, True]


def test_blend_raises_rare_words_and_lowers_repeated_ones() -> None:
    draft = Draft(np.array([1, 2, 3], np.uint16), np.array([False, False, True]))
    rare = np.array([0, -1, 2, 0], np.float32)
    made = blend(np.zeros((3, 4), np.float32), draft, rare, replace(CONFIG.silver, surprisal=0.5, repeated=1.0))
    sigmoid = [1 / (1 + math.exp(-x)) for x in (-0.5, 1.0, -1.0)]
    assert made[:, 0].tolist() == pytest.approx(sigmoid, abs=1e-6)


def test_cloze_asks_for_names_and_numbers_not_for_sentence_starts() -> None:
    sentence = "They saw the Eiffel Tower rise to 300 metres in 1889."
    found = {sentence[slice(*span)]: kind for kind, span in targets(sentence)}
    assert found["1889"] == "year"
    assert found["300"] == "number"
    assert found["the Eiffel Tower"] == "name"
    question = ask(sentence, "year", (48, 52), np.random.default_rng(0))
    assert "1889" not in question
    assert question.endswith("?")
