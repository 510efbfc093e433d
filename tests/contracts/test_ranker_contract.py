"""One contract over every ranker in the table, and over a callable: real models, real servers on 127.0.0.1."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tamis.errors import InvalidInput
from tamis.prompt.documents.rankers import RANKERS, SERVICES, Perplexity, Ranking, rank, ranker
from tests.contracts.recaller import Recaller
from tests.models import tiny_lms

QUESTION = "Who discovered penicillin in London?"
DOCUMENTS = [
    "Insulin was isolated in Toronto by Banting and Best.",
    "The tower is made of iron.\nIt was finished in 1889, and many people disliked it at first.",
    "Penicillin was discovered in London by Alexander Fleming, who discovered it in 1928.",
    "Rice is eaten all over the world; 米 and ジ are two words for it.",
    "🙂🙂 \u200b!!",
]
RELEVANT = 2
UNTAUGHT = ("cross-encoder", "perplexity of a GPT-2")  # random weights: it has scores, but no idea
CASES = [*RANKERS, "perplexity of a GPT-2", "perplexity of mini-lm", "callable"]


def overlap(question, documents):
    asked = set(re.findall(r"\w+", (question or "").lower()))
    return [len(asked & set(re.findall(r"\w+", d.lower()))) / (1 + len(d) / 1000) for d in documents]


def service(path, payload, headers):
    """Speak as the embedding and reranking services do, with bags of words."""
    if path.endswith("/embeddings"):
        rows = [(i, bag(text)) for i, text in enumerate(payload["input"])]
        return {"data": [{"index": i, "embedding": vector} for i, vector in reversed(rows)]}
    scores = overlap(payload["query"], payload["documents"])
    best_first = sorted(enumerate(scores), key=lambda pair: -pair[1])[: payload.get("top_n", payload.get("top_k"))]
    found = [{"index": i, "relevance_score": score} for i, score in best_first]
    return {"results": found, "data": found}


def bag(text):
    vector = np.zeros(256)
    for word in set(re.findall(r"\w+", text.lower())):
        vector[sum(ord(c) * 31**i for i, c in enumerate(word)) % 256] += 1
    return (vector + 1e-3).tolist()


@pytest.fixture(scope="module")
def untaught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with a head of one label, random weights, and a word-piece tokenizer."""
    transformers = pytest.importorskip("transformers")
    import torch
    from tokenizers import BertWordPieceTokenizer

    folder = tmp_path_factory.mktemp("reranker")
    trained = BertWordPieceTokenizer()
    trained.train_from_iterator([QUESTION, *DOCUMENTS] * 4, vocab_size=200, show_progress=False)
    transformers.BertTokenizerFast(tokenizer_object=trained._tokenizer, model_max_length=64).save_pretrained(folder)
    shape = {"vocab_size": 200, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "num_labels": 1}
    config = transformers.BertConfig(**shape, intermediate_size=64, max_position_embeddings=64, initializer_range=0.5)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        transformers.BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT-2 of two layers and 64 positions, random weights."""
    pytest.importorskip("transformers")
    return tiny_lms.saved(
        tmp_path_factory.mktemp("gpt2"), tiny_lms.config("gpt2"), tiny_lms.byte_level(begin="<|endoftext|>")
    )


@pytest.fixture(params=CASES)
def case(request, serve):
    """(name, ranker) of each kind; extras that are not installed are skipped."""
    name = request.param
    if name in SERVICES:
        pytest.importorskip("httpx")
        return name, ranker(name, model=f"{serve(service).url}/v1#any")
    special = {
        "cross-encoder": lambda: ranker(name, model=str(request.getfixturevalue("untaught"))),
        "perplexity": lambda: ranker(Perplexity(Recaller())),
        "perplexity of a GPT-2": lambda: ranker("perplexity", model=str(request.getfixturevalue("gpt2"))),
        "perplexity of mini-lm": lambda: ranker("perplexity", threads=1),
        "callable": lambda: ranker(overlap),
    }
    return name, special.get(name, lambda: ranker(name, threads=1))()


def test_a_finite_score_for_each_document(case):
    _, score = case
    found = score(QUESTION, DOCUMENTS)
    assert found.shape == (len(DOCUMENTS),)
    assert found.dtype == np.float64
    assert np.isfinite(found).all()


def test_no_documents_no_scores(case):
    _, score = case
    assert score(QUESTION, []).shape == (0,)
    assert rank(QUESTION, [], ranker=score).order == ()


def test_one_document_is_the_best(case):
    _, score = case
    assert rank(QUESTION, DOCUMENTS[:1], ranker=score).order == (0,)


def test_the_same_again(case):
    _, score = case
    assert (score(QUESTION, DOCUMENTS) == score(QUESTION, list(DOCUMENTS))).all()


def test_scores_move_with_their_documents(case):
    _, score = case
    moved = [3, 0, 4, 2, 1]
    found, after = score(QUESTION, DOCUMENTS), score(QUESTION, [DOCUMENTS[i] for i in moved])
    np.testing.assert_array_equal(after, found[moved])


def test_duplicates_score_alike_and_keep_their_order(case):
    _, score = case
    found = rank(QUESTION, [DOCUMENTS[0], *DOCUMENTS, DOCUMENTS[RELEVANT]], ranker=score)
    assert found.scores[0] == found.scores[1]
    assert found.scores[RELEVANT + 1] == found.scores[-1]
    assert found.order.index(0) + 1 == found.order.index(1)
    assert found.order.index(RELEVANT + 1) + 1 == found.order.index(len(DOCUMENTS) + 1)


def test_the_relevant_document_comes_first(case):
    name, score = case
    if name not in UNTAUGHT:
        assert rank(QUESTION, DOCUMENTS, ranker=score).order[0] == RELEVANT


def test_blank_documents_are_scored_and_come_last(case):
    name, score = case
    found = rank(QUESTION, ["", *DOCUMENTS, " \n\t"], ranker=score)
    assert np.isfinite(found.scores).all()
    if name != "callable":
        assert found.order[-2:] == (0, len(DOCUMENTS) + 1)
        np.testing.assert_array_equal(found.scores[1:-1], score(QUESTION, DOCUMENTS))
    assert len(score(QUESTION, ["", "  "])) == 2


@pytest.mark.parametrize("question", [None, "", " \n"])
def test_without_a_question_it_works_or_says_why_not(case, question):
    name, score = case
    if name == "callable" or not RANKERS[name.split()[0]].needs_question:
        assert np.isfinite(score(question, DOCUMENTS)).all()
    else:
        with pytest.raises(InvalidInput, match="needs a question"):
            score(question, DOCUMENTS)


def test_a_long_document_and_a_long_question_are_no_trouble(case):
    _, score = case
    long = " ".join(f"Sentence {i} says something about the year {1000 + i}." for i in range(60))
    found = score(QUESTION, [long, f"{long}\n{DOCUMENTS[RELEVANT]}", DOCUMENTS[0]])
    assert np.isfinite(found).all()
    assert np.isfinite(score(f"{long} {QUESTION}", DOCUMENTS)).all()


def test_lone_surrogates_and_markup_are_no_trouble(case):
    _, score = case
    assert np.isfinite(score("Who \ud800 is <keep>this?", ["a \udfff b", "<keep>x</keep> [SEP] <|endoftext|>"])).all()


@pytest.mark.parametrize("documents", ["one text", b"bytes", None, [1], ["a", None], {"a": 1}])
def test_what_is_no_list_of_texts_is_refused(case, documents):
    _, score = case
    with pytest.raises(InvalidInput, match="text"):
        score(QUESTION, documents)


def test_a_question_that_is_no_text_is_refused(case):
    _, score = case
    with pytest.raises(InvalidInput, match="question must be a text, got 7"):
        score(7, DOCUMENTS)


def test_a_ranking_knows_its_ranker(case):
    name, score = case
    found = rank(QUESTION, DOCUMENTS, ranker=score)
    assert isinstance(found, Ranking)
    assert found.ranker == ("overlap" if name == "callable" else name.split()[0])
    assert sorted(found.order) == list(range(len(DOCUMENTS)))
