"""The rankers one by one: hand-worked values, naive oracles, bad callables, the reference's names."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput, MissingExtra, ModelError, UnknownName
from tamis.models.encoder import load_mini
from tamis.prompt.documents.rankers import (
    ALIASES,
    RANKERS,
    RESTRICT,
    Embedding,
    Perplexity,
    Ranking,
    rank,
    ranker,
    reference_ranker,
)
from tamis.prompt.methods.auto.features import terms
from tests.contracts.recaller import VOCABULARY, WORD, Recaller

TEXTS = [
    "The cat sat on the mat, and the dog did not.",
    "A dog barked at the mailman!",
    "Nothing of the kind; penguins swim.",
    "Dogs and cats: a dog, a cat, another dog.",
]


# rankings


@given(st.lists(st.sampled_from([0.0, -1.5, 2.0, 7.25]), max_size=8))
def test_best_first_and_equals_in_the_given_order(scores):
    found = Ranking.of("any", np.array(scores, np.float64))
    assert list(found.order) == sorted(range(len(scores)), key=lambda i: (-scores[i], i))


def test_titles_count_as_first_lines():
    documents = [tamis.Document("He lived there.", title="Oslo"), tamis.Document("It was late.")]
    seen = []

    def remember(question, texts):
        seen.extend(texts)
        return [0, 1]

    assert rank(None, documents, ranker=remember).order == (1, 0)
    assert seen == ["Oslo\nHe lived there.", "It was late."]


@pytest.mark.parametrize("documents", ["text", tamis.Document("text"), 3, None])
def test_documents_that_are_no_list_are_refused(documents):
    with pytest.raises(InvalidInput, match="list of texts"):
        rank("Who?", documents, ranker="bm25")


# callables


def returning(value):
    return ranker(lambda question, documents: value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0], r"gave \(1,\) scores for 2 documents"),
        ([[1.0, 2.0]], r"gave \(1, 2\) scores"),
        (3.0, r"gave \(\) scores"),
        ([1.0, float("nan")], "scored document 1 as nan"),
        ([float("-inf"), 0.0], "scored document 0 as -inf"),
        (["a", "b"], "gave no numbers"),
        (None, "gave"),
    ],
)
def test_scores_that_cannot_be_used_are_refused(value, message):
    with pytest.raises(InvalidInput, match=message):
        returning(value)("Who?", ["a", "b"])


@pytest.mark.parametrize("value", [[2, 1], (2.0, 1.0), np.array([2, 1], np.int8), [True, False]])
def test_anything_that_is_numbers_will_do(value):
    assert rank("Who?", ["a", "b"], ranker=lambda q, d: value).order == (0, 1)


def test_a_callable_never_sees_a_blank_question_and_may_keep_its_answer():
    seen, answer = [], np.zeros(1)

    def remember(question, texts):
        seen.append(question)
        return answer

    made = ranker(remember)
    made("  ", ["a"])[0] = 9
    made(" who? ", ["a"])
    assert seen == [None, " who? "]
    assert answer[0] == 0
    assert ranker(made) is made
    assert rank(None, ["a"], ranker=made).ranker == "remember"


def test_an_error_inside_a_callable_is_the_callers():
    with pytest.raises(ZeroDivisionError):
        rank("Who?", ["a"], ranker=lambda q, d: [1 / 0])


@pytest.mark.parametrize("name", ["bm52", "", 7, None])
def test_an_unknown_name_lists_the_known(name):
    with pytest.raises(UnknownName, match="Known: auto, bm25"):
        ranker(name)


def test_a_model_for_a_callable_is_refused():
    with pytest.raises(InvalidInput, match="own model"):
        ranker(lambda q, d: d, model="mini")


@pytest.mark.parametrize("condition", ["after", "before", "none"])
def test_a_language_model_that_breaks_is_a_model_error(monkeypatch, condition):
    monkeypatch.setattr(Recaller, "surprisals", lambda self, texts, given: _broken(texts))
    with pytest.raises(ModelError, match="'recaller' is surprised beyond"):
        rank("Who?", ["a", "b"], ranker=Perplexity(Recaller(), condition))


def test_a_broken_model_of_vectors_is_a_model_error(monkeypatch):
    monkeypatch.setattr("tamis.models.encoder.Mini.vectors", lambda self, texts: np.full((len(texts), 2), np.nan))
    with pytest.raises(ModelError, match="scored document 0 as nan"):
        rank("Who?", ["a", "b"], ranker="embedding")


def _broken(texts):
    from tamis.models.causal import SURPRISAL
    from tamis.models.scores import TokenScores

    return [TokenScores(np.zeros((1, 2), np.int64), {SURPRISAL: np.array([np.nan])}) for _ in texts]


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [("openai", "httpx", "remote"), ("cohere", "httpx", "remote"), ("cross-encoder", "torch", "torch")],
)
def test_a_missing_extra_is_named_with_the_command(monkeypatch, name, module, extra):
    monkeypatch.setitem(sys.modules, module, None)  # what `import` sees of a package that is not installed
    with pytest.raises(MissingExtra, match=rf"pip install 'tamis\[{extra}\]'"):
        rank("Who?", ["a"], ranker=name, model="http://127.0.0.1:9" if extra == "remote" else "any/model")


def test_the_default_rankers_need_no_extra():
    code = (
        "import sys, tamis\n"
        "for name in ('auto', 'embedding', 'bm25', 'gzip'):\n"
        "    assert tamis.rank('Who sang?', ['It rained.', 'Ann sang.'], ranker=name).order == (1, 0), name\n"
        "print(*sorted({'torch', 'transformers', 'httpx', 'bm25s'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


# words


def test_bm25_by_hand():
    # Collection: "red fox" and "blue", mean length 1.5; "fox" is in one of two: idf = ln(1 + 1.5 / 1.5) = ln 2.
    # Length norm of the first: 1.2 * (0.25 + 0.75 * 2 / 1.5) = 1.5; so ln 2 * 2.2 / (1 + 1.5).
    found = ranker("bm25")("A FOX?", ["red fox", "blue"])
    np.testing.assert_allclose(found, [np.log(2) * 2.2 / 2.5, 0])


def test_punctuation_and_case_are_no_words():
    made = ranker("bm25")
    np.testing.assert_array_equal(made("fox ?!", ["Red fox!!!", "blue ?!"]), made("FOX", ["red fox", "blue"]))


def test_a_question_of_other_words_leaves_the_order():
    assert rank("?!", TEXTS, ranker="bm25").order == (0, 1, 2, 3)
    assert rank("Xylophone", TEXTS, ranker="bm25").order == (0, 1, 2, 3)


@pytest.mark.parametrize("question", ["dog", "the cat", "penguins swim on a mat"])
def test_bm25_is_that_of_an_independent_library(question):
    bm25s = pytest.importorskip("bm25s")
    other = bm25s.BM25(method="lucene", k1=1.2, b=0.75)  # leaves out the constant factor k1 + 1
    other.index([[w.lower() for w in terms(t)] for t in TEXTS], show_progress=False)
    expected = other.get_scores([w.lower() for w in terms(question)]) * 2.2
    np.testing.assert_allclose(ranker("bm25")(question, TEXTS), expected, rtol=1e-5)


def test_gzip_is_the_normalised_compression_distance():
    def size(text):
        return len(zlib.compress(text.encode(), 9))

    question = "Where did the cat sit, and what did the dog do?"
    for text, score in zip(TEXTS, ranker("gzip")(question, TEXTS), strict=True):
        low, high = sorted([size(question), size(text)])
        assert score == 1 - (size(f"{question} {text}") - low) / high


def test_gzip_finds_what_lies_behind_the_compressors_window():
    rng = np.random.default_rng(0)
    noise = rng.bytes(60_000).hex()
    question = "the quick brown fox jumps over the lazy dog and runs home"
    found = ranker("gzip")(question, [noise + question + noise[:500], noise + noise[:500]])
    assert found[0] > found[1]


# vectors


def test_embedding_is_the_cosine_of_the_models_vectors():
    vectors = load_mini(threads=1).vectors(["Who barked?", *TEXTS]).astype(np.float64)
    np.testing.assert_allclose(ranker("embedding", threads=1)("Who barked?", TEXTS), vectors[1:] @ vectors[0])


def test_a_prefix_goes_before_the_question_or_the_documents():
    plain = ranker("embedding")("query: Who barked?", [f"passage: {t}" for t in TEXTS])
    made = ranker(Embedding(query_prefix="query: ", document_prefix="passage: "))
    np.testing.assert_allclose(made("Who barked?", TEXTS), plain)


def test_auto_finds_what_the_words_do_not_say():
    found = rank("How old is the author's daughter?", ["It rains in May.", "Her child is seven years of age."])
    assert found.ranker == "auto"
    assert found.order == (1, 0)


def test_auto_judges_a_long_document_by_its_best_part():
    filler = "The committee talked about roads, and then about bridges. " * 40
    answer = "The library was opened in 1907 by the mayor."
    found = rank("When was the library opened?", [filler, filler + answer + filler, answer])
    assert set(found.order[:2]) == {1, 2}


# surprisal


def words(text):
    return [m.group().lower() for m in WORD.finditer(text)]


def naive(before, text):
    """Mean surprisal of a text behind another under `Recaller`, one word after the other."""
    read, total = words(before), 0.0
    for word in words(text):
        total -= np.log((read.count(word) + 1) / (len(read) + VOCABULARY))
        read.append(word)
    return total / len(words(text))


def test_after_is_equation_2_of_the_paper():
    found = ranker(Perplexity(Recaller()))("Which dog barked?", TEXTS)
    np.testing.assert_allclose(found, [-naive(t, "Which dog barked?" + RESTRICT) for t in TEXTS])


def test_before_reads_the_documents_after_the_question():
    found = ranker(Perplexity(Recaller(), condition="before"))("Which dog barked?", TEXTS)
    np.testing.assert_allclose(found, [-naive("Which dog barked?" + RESTRICT, t) for t in TEXTS])


@pytest.mark.parametrize(("condition", "question"), [("none", "Which dog?"), ("after", None), ("before", " ")])
def test_without_a_question_the_most_surprising_comes_first(condition, question):
    found = rank(question, ["dog dog dog dog", "one dog sees another"], ranker=Perplexity(Recaller(), condition))
    np.testing.assert_allclose(found.scores, [naive("", "dog dog dog dog"), naive("", "one dog sees another")])
    assert found.order == (1, 0)


def test_the_restrictive_sentence_can_be_left_out():
    found = ranker(Perplexity(Recaller(), restrict=""))("Which dog?", TEXTS)
    np.testing.assert_allclose(found, [-naive(t, "Which dog?") for t in TEXTS])


LONG = " ".join(f"Sentence number {i} is about {i * i} things." for i in range(30)) + " A xylophone hummed."


def test_of_a_long_document_the_part_that_explains_the_question_counts():
    model = Recaller(window=60)
    found = ranker(Perplexity(model))("What hummed like a xylophone?", [LONG, LONG.replace("xylophone", "fridge")])
    assert found[0] > found[1]
    assert model.longest <= 60


@pytest.mark.parametrize("condition", ["before", "none"])
def test_of_a_long_document_every_token_counts(condition):
    model = Recaller(window=60)
    found = ranker(Perplexity(model, condition))("What hummed?", [LONG, "xylophone"])
    assert model.longest <= 60
    once = np.log(VOCABULARY)  # nearly: what it is when nothing was read before
    assert abs(abs(found[0]) - once) < 1.5


def test_of_a_long_question_both_ends_are_read():
    model = Recaller(window=60)
    question = "Which xylophone " + "and then " * 100 + "hummed loudly?"
    scores = ranker(Perplexity(model))(question, ["A xylophone.", "It hummed loudly.", "A fridge."])
    assert model.longest <= 60
    assert scores[0] > scores[2]
    assert scores[1] > scores[2]


def test_a_document_without_tokens_is_not_the_best():
    found = rank("Which dog?", ["\u200b\u200b", "a dog"], ranker=Perplexity(Recaller(), "before"))
    assert np.isfinite(found.scores).all()
    assert rank(None, ["\u200b\u200b", "a dog"], ranker=Perplexity(Recaller())).order == (1, 0)


def test_an_unknown_condition_is_refused():
    with pytest.raises(UnknownName, match="after, before, none"):
        Perplexity(Recaller(), condition="behind")


# the reference's names


def test_every_name_of_the_reference_has_a_ranker():
    names = "llmlingua longllmlingua bm25 gzip sentbert bge bge_reranker bge_llmembedder jinza openai voyageai cohere"
    assert sorted(ALIASES) == sorted(names.split())
    assert {alias.ranker for alias in ALIASES.values()} <= set(RANKERS)


def test_llmlingua_leaves_the_question_out_and_longllmlingua_needs_one(monkeypatch):
    monkeypatch.setattr("tamis.prompt.documents.rankers.perplexity.load_causal", lambda name, threads: Recaller())
    np.testing.assert_allclose(reference_ranker("llmlingua")("Which dog?", TEXTS), [naive("", t) for t in TEXTS])
    expected = [-naive(t, "Which dog?" + RESTRICT) for t in TEXTS]
    np.testing.assert_allclose(ranker("longllmlingua")("Which dog?", TEXTS), expected)
    with pytest.raises(InvalidInput, match="'longllmlingua' needs a question"):
        ranker("longllmlingua")("", TEXTS)


def test_our_own_names_go_before_the_references():
    assert ranker("openai") != reference_ranker("openai")
    with pytest.raises(UnknownName, match="rank_method 'auto'"):
        reference_ranker("auto")


def test_the_table_says_what_each_needs():
    assert [name for name, info in RANKERS.items() if not info.extra] == [
        "auto",
        "embedding",
        "perplexity",
        "bm25",
        "gzip",
    ]
    assert all(info.says and len(info.says) < 110 for info in RANKERS.values())


def test_the_page_names_every_ranker_and_alias():
    page = (Path(__file__).parents[2] / "docs" / "rank.md").read_text(encoding="utf-8")
    assert [name for name in (*RANKERS, *ALIASES) if f"`{name}`" not in page] == []
