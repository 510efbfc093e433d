"""What the figures on the card of `mini-lm` are taken of."""

from __future__ import annotations

import lzma

import numpy as np
import pytest

from tests.models.conftest import LINES
from tests.models.tiny_lms import CODE, SCRIPTS

pytest.importorskip("transformers")

from tests.models.tiny_lms import byte_level
from training.__main__ import main
from training.lm.card import card
from training.lm.config import load_lm_config
from training.lm.evaluate import Sample, _by_xz, sample

TEXTS = [LINES[0], SCRIPTS.replace("\ud800", ""), CODE[0], "a"]


@pytest.fixture(scope="module")
def tokenizer():
    return byte_level(begin="<s>").backend_tokenizer


def row(tokenizer):
    ids = [[0, *code.ids] for code in tokenizer.encode_batch(TEXTS, add_special_tokens=False)]
    return np.array([token for part in ids for token in part], np.uint16), np.cumsum([len(part) for part in ids])


def test_a_sample_is_whole_documents_and_their_very_text(tokenizer):
    tokens, ends = row(tokenizer)
    whole = sample(tokens, tokenizer, len(tokens))
    assert list(whole.texts) == TEXTS
    assert whole.size == sum(len(text.encode()) for text in TEXTS)
    for cap in range(1, len(tokens) + 1):
        taken = sample(tokens, tokenizer, cap)
        assert len(taken.tokens) in ends
        assert len(taken.tokens) <= max(cap, ends[0])
        assert len(taken.texts) == len(taken.documents())


def test_xz_is_counted_in_bits_of_what_it_writes():
    text = "It rains. " * 1000
    found = _by_xz(Sample(np.zeros(1, np.int64), (text,)))
    assert 0 < found < 8 * len(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def test_the_card_says_what_was_measured():
    config = load_lm_config()
    assert "Bits per byte" not in card(config, {})
    said = card(config, {"mini-lm": {"docs": 1.25}, "xz -9e": {"docs": 2.5, "code": 1.5}})
    assert "| mini-lm | 1.250 |  |" in said
    assert "| xz -9e | 2.500 | 1.500 |" in said


def test_jobs_without_their_files_say_so(tmp_path, caplog):
    assert main(["lm", "evaluate", "--out", str(tmp_path), "--parts", "xz"]) == 1
    assert caplog.messages
