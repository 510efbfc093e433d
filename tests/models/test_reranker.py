"""Cross-encoders from folders made here, against transformers by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tamis.errors import ModelCorrupt, ModelNotFound
from tamis.models import unload
from tamis.models.reranker import load_reranker

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

QUESTION = "When did the committee meet?"
TEXTS = ["The committee met on Tuesday.", "Costs rose by 3.5 %.", "Nobody objected; the motion carried 7-0."]


@pytest.fixture
def build(bert: Path, tmp_path: Path):
    """Make a reranker of the tiny BERT's tokenizer and shape, with so many labels."""
    unload()

    def make(labels: int, kind: str = "BertForSequenceClassification") -> Path:
        config = transformers.AutoConfig.from_pretrained(bert, num_labels=labels)
        config.architectures = None
        with torch.random.fork_rng():
            torch.manual_seed(5)
            getattr(transformers, kind)(config).save_pretrained(tmp_path / "model")
        transformers.AutoTokenizer.from_pretrained(bert).save_pretrained(tmp_path / "model")
        return tmp_path / "model"

    return make


def by_hand(folder: Path, question: str, text: str) -> list[float]:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        return model(**tokenizer(question, text, return_tensors="pt")).logits[0].tolist()


def test_the_logit_of_question_and_document_in_this_order(build):
    folder = build(1)
    expected = [by_hand(folder, QUESTION, t)[0] for t in TEXTS]
    np.testing.assert_allclose(load_reranker(str(folder)).scores(QUESTION, TEXTS), expected, atol=1e-5)
    assert not np.allclose([by_hand(folder, t, QUESTION)[0] for t in TEXTS], expected, atol=1e-3)


def test_of_two_labels_the_second_means_relevant(build):
    folder = build(2)
    expected = [by_hand(folder, QUESTION, t) for t in TEXTS]
    made = load_reranker(str(folder)).scores(QUESTION, TEXTS)
    np.testing.assert_allclose(made, [b - a for a, b in expected], atol=1e-5)


def test_a_batch_says_what_one_by_one_does(build, monkeypatch):
    model = load_reranker(str(build(1)))
    alone = model.scores(QUESTION, TEXTS)
    monkeypatch.setattr("tamis.models.padded.CPU_BATCH", 10_000)  # as on a GPU: padded, many at once
    np.testing.assert_allclose(model.scores(QUESTION, TEXTS), alone, atol=1e-5)


def test_of_a_long_document_the_best_window_counts(build):
    model = load_reranker(str(build(1)))
    sentences = [f"{t} {u}" for t in TEXTS for u in TEXTS]
    reads = model._sequences(0, QUESTION, " ".join(sentences))
    assert len(reads) > 2
    assert max(len(r.ids) for r in reads) <= model.limit == 64
    decoded = [model.tokenizer.decode(r.ids, skip_special_tokens=False) for r in reads]
    assert all(text.count("[SEP]") == 2 for text in decoded)
    windows = [model.tokenizer.decode(r.ids[list(r.types).index(1) : -1]) for r in reads]
    expected = max(by_hand(Path(model.name), QUESTION, w)[0] for w in windows)
    assert model.scores(QUESTION, [" ".join(sentences)])[0] == pytest.approx(expected, abs=1e-4)


def test_of_a_long_question_both_ends_are_read(build):
    model = load_reranker(str(build(1)))
    question = "When was it? " + "The motion carried. " * 40 + "Who objected?"
    asked = model._trimmed(question)
    assert asked.startswith("When was it?")
    assert asked.endswith("Who objected?")
    assert max(len(r.ids) for r in model._sequences(0, asked, TEXTS[0])) <= model.limit
    assert np.isfinite(model.scores(question, [*TEXTS, ""])).all()


@pytest.mark.parametrize("labels", [3, 5])
def test_more_labels_are_no_reranker(build, labels):
    with pytest.raises(ModelCorrupt, match=f"no reranker: it has {labels} labels"):
        load_reranker(str(build(labels)))


def test_an_encoder_without_a_head_is_no_reranker(build):
    with pytest.raises(ModelCorrupt, match=r"no reranker: it has no weights classifier"):
        load_reranker(str(build(1, "BertModel")))


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ModelNotFound, match="nowhere"):
        load_reranker(str(tmp_path / "nowhere"))


def test_a_model_is_opened_once(build):
    folder = str(build(1))
    assert load_reranker(folder) is load_reranker(folder)
