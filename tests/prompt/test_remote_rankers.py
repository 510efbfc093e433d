"""Rankers behind HTTP against a real server on 127.0.0.1: batches, indices, long documents, wrong answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tamis.errors import InvalidInput, RemoteError
from tamis.io import http as remote
from tamis.prompt.documents.rankers import SERVICES, RemoteEmbedding, RemoteReranker, rank, ranker
from tamis.text.counting import counter

pytest.importorskip("httpx")

TEXTS = ["one", "two words", "three words here"]
COUNT = counter("cl100k_base")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(remote, "PAUSE", 0.001)
    for service in SERVICES.values():
        for variable in (*service.keys, service.variable):
            monkeypatch.delenv(variable, raising=False)


def reranks(path, payload, headers):
    """Score a document by its last character's code, best first, no more than asked for."""
    scores = [(i, ord(text[-1])) for i, text in enumerate(payload["documents"])]
    found = sorted(scores, key=lambda pair: -pair[1])[: payload.get("top_n", payload.get("top_k", 20))]
    rows = [{"index": i, "relevance_score": score} for i, score in found]
    return {"results": rows, "data": rows}


def embeds(path, payload, headers):
    """Vectors of length 2, at an angle of the text's length; rows in reverse order."""
    rows = [
        {"index": i, "embedding": [2 * np.cos(len(t) / 10), 2 * np.sin(len(t) / 10)]}
        for i, t in enumerate(payload["input"])
    ]
    return {"data": rows[::-1]}


@pytest.mark.parametrize("name", ["cohere", "voyage-rerank"])
def test_a_reranker_gets_all_documents_and_every_score_comes_back(serve, name):
    server = serve(reranks)
    texts = [f"document {i} {chr(97 + i)}" for i in range(25)]
    found = rank("Which?", texts, ranker=name, model=f"{server.url}/v2#some-model")
    assert found.order == tuple(reversed(range(25)))
    ((path, payload, _),) = server.asked
    assert path == "/v2/rerank"
    assert payload["model"] == "some-model"
    assert payload["query"] == "Which?"
    assert payload["top_n" if name == "cohere" else "top_k"] == 25


@pytest.mark.parametrize("name", ["openai", "voyage"])
def test_embeddings_make_cosines(serve, name):
    server = serve(embeds)
    found = ranker(name, model=f"{server.url}/v1/#some-model")("seven..", TEXTS)
    np.testing.assert_allclose(found, [np.cos((len(t) - 7) / 10) for t in TEXTS])
    assert {path for path, _, _ in server.asked} == {"/v1/embeddings"}
    kinds = [payload.get("input_type") for _, payload, _ in server.asked]
    assert kinds == (["query", "document"] if name == "voyage" else [None, None])


def test_duplicates_are_sent_once_and_blank_documents_never(serve):
    server = serve(reranks)
    found = rank("Which?", ["b", "", "a", "b", " "], ranker="cohere", model=server.url)
    assert server.asked[0][1]["documents"] == ["a", "b"]
    assert found.scores.tolist() == [98, 96, 97, 98, 96]
    assert found.order == (0, 3, 2, 1, 4)


def test_batches_keep_to_the_limits_and_scores_find_their_documents(serve):
    server = serve(reranks)
    small = replace(SERVICES["cohere"], documents=3, tokens=40)
    texts = [f"{'word ' * n}{chr(97 + n)}" for n in range(26)]
    found = ranker(RemoteReranker(small, server.url))("Which?", texts)
    assert found.tolist() == [97 + n for n in range(26)]
    sent = [payload["documents"] for _, payload, _ in server.asked]
    assert sorted(d for batch in sent for d in batch) == sorted(texts)
    assert all(len(batch) <= 3 and sum(map(COUNT, batch)) <= 40 for batch in sent)
    assert len(sent) < 26


def test_embeddings_too_go_in_batches(serve):
    server = serve(embeds)
    small = replace(SERVICES["openai"], documents=2)
    made = RemoteEmbedding(small, server.url)
    assert rank("seven..", TEXTS, ranker=made).ranker == "openai"
    server.asked.clear()
    found = ranker(made)("seven..", TEXTS)
    np.testing.assert_allclose(found, [np.cos((len(t) - 7) / 10) for t in TEXTS])
    assert [len(payload["input"]) for _, payload, _ in server.asked] == [1, 2, 1]


def test_a_long_document_goes_in_parts_and_the_best_counts(serve):
    server = serve(reranks)
    small = replace(SERVICES["cohere"], longest=30)
    long = " ".join(f"This is sentence {i}, it ends here." for i in range(20)) + " And z"
    found = ranker(RemoteReranker(small, server.url))("Which?", [long, "y"])
    assert found.tolist() == [ord("z"), ord("y")]
    sent = [d for _, payload, _ in server.asked for d in payload["documents"]]
    assert max(map(COUNT, sent)) <= 30
    assert "".join(d for d in sent if d != "y") == long


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"results": None, "data": None},
        {"results": [], "data": []},
        {"results": "scores", "data": 3},
        {"results": [{"index": 0}] * 3, "data": [{"index": 0, "embedding": "x"}] * 3},
        {
            "results": [{"index": i, "relevance_score": 1} for i in (0, 0, 1)],
            "data": [{"index": i, "embedding": [1, 2]} for i in (0, 0, 1)],
        },
        {
            "results": [{"index": i, "relevance_score": "high"} for i in range(3)],
            "data": [{"index": i, "embedding": "AAAA"} for i in range(3)],
        },
        {
            "results": [{"index": i, "relevance_score": None} for i in range(3)],
            "data": [{"index": i, "embedding": [1, None]} for i in range(3)],
        },
        {
            "results": [{"index": i, "relevance_score": 1} for i in range(1, 4)],
            "data": [{"index": i, "embedding": [1] * (i + 1)} for i in range(3)],
        },
    ],
)
@pytest.mark.parametrize("name", ["openai", "cohere", "voyage-rerank"])
def test_an_answer_that_makes_no_sense_is_an_error(serve, name, answer):
    server = serve(lambda *_: answer)
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1"):
        ranker(name, model=server.url)("Which?", TEXTS)


def test_vectors_of_different_sizes_are_an_error(serve):
    def uneven(path, payload, headers):
        size = 2 if payload["input"] == ["Which?"] else 3
        return {"data": [{"index": i, "embedding": [1.0] * size} for i in range(len(payload["input"]))]}

    with pytest.raises(RemoteError, match="vectors of 2 and 3 numbers"):
        ranker("openai", model=serve(uneven).url)("Which?", TEXTS)


def test_a_busy_server_is_asked_again(serve):
    answers = [(429, {"retry-after": "0.01"}, b"busy")]
    server = serve(lambda *given: answers.pop() if answers else reranks(*given))
    assert ranker("cohere", model=server.url)("Which?", ["b", "a"]).tolist() == [98, 97]
    assert len(server.asked) == 2


def test_a_refusal_is_an_error_with_its_status(serve):
    with pytest.raises(RemoteError, match="no such model") as caught:
        ranker("cohere", model=serve(lambda *_: (400, {}, b"no such model")).url)("Which?", TEXTS)
    assert caught.value.status == 400


def test_the_key_comes_from_the_environment_and_the_address_too(serve, monkeypatch):
    server = serve(embeds)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1/")
    monkeypatch.setenv("OPENAI_API_KEY", "sesame")
    ranker("openai")("Which?", TEXTS)
    path, payload, headers = server.asked[0]
    assert path == "/v1/embeddings"
    assert payload["model"] == SERVICES["openai"].model
    assert headers["authorization"] == "Bearer sesame"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_without_a_key_the_services_own_address_is_not_asked(name):
    with pytest.raises(InvalidInput, match=rf"needs a key.*{SERVICES[name].keys[0]}"):
        ranker(name)("Which?", TEXTS)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nothing_is_asked_about_nothing(name):
    assert ranker(name)("Which?", []).size == 0
    assert ranker(name)("Which?", ["", " "]).tolist() == [0, 0]
