"""The methods, as a table: a name, a scorer, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass

from tamis.prompt.methods.baselines import (
    bm25_sentences,
    embedding_sentences,
    random_words,
    stopwords,
    tfidf_words,
    truncate,
)
from tamis.prompt.methods.learned import auto, llmlingua2
from tamis.prompt.methods.surprisal import llmlingua, longllmlingua
from tamis.prompt.request import Scorer


@dataclass(frozen=True, slots=True)
class Method:
    """A way to score words.

    Attributes:
        scorer: gives every word of every request a score.
        says: one line for `--help` and the documentation.
        needs_question: refuses to work without one.
        uses_model: whether `model` matters to it.
        prefers: whether what the detectors find goes before all else; baselines are left as honest as they are named.
        model: the model that it uses where the caller names none.
        ranker: what ranks the documents before words are scored; None: the scores of the words do, afterwards.
        controls: whether the budget is shared out beforehand (LLMLingua's budget controller, see `plan`).
        dynamic: its own value of the option `dynamic`.
    """

    scorer: Scorer
    says: str
    needs_question: bool = False
    uses_model: bool = False
    prefers: bool = False
    model: str = "mini"
    ranker: str | None = None
    controls: bool = False
    dynamic: float = 0.0


METHODS: dict[str, Method] = {
    "auto": Method(auto, "our best: learned, by documents, sentences and words", uses_model=True, prefers=True),
    "llmlingua2": Method(llmlingua2, "the paper's: a token classifier's keep-probability", uses_model=True),
    "llmlingua": Method(
        llmlingua,
        "the paper's: words that a language model did not expect stay",
        uses_model=True,
        model="mini-lm",
        ranker="perplexity",
        controls=True,
    ),
    "longllmlingua": Method(
        longllmlingua,
        "the paper's: words that the question makes a language model expect stay",
        needs_question=True,
        uses_model=True,
        model="mini-lm",
        ranker="perplexity",
        controls=True,
        dynamic=0.6,
    ),
    "random": Method(random_words, "words at random (baseline)"),
    "truncate": Method(truncate, "the beginning of the text (baseline)"),
    "stopwords": Method(stopwords, "function words go first, from the end (baseline)"),
    "tfidf-words": Method(tfidf_words, "words rare in the text's own sentences stay (baseline)"),
    "bm25-sentences": Method(bm25_sentences, "sentences by BM25 to the question (baseline)", needs_question=True),
    "embedding-sentences": Method(
        embedding_sentences,
        "sentences by cosine to the question, plus their document's (strong baseline)",
        needs_question=True,
        uses_model=True,
    ),
}
