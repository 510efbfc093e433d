"""The knobs that few need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamis.text.protect import DEFAULT_DETECTORS

if TYPE_CHECKING:
    from tamis.prompt.documents.ranking import Ranker
    from tamis.prompt.forms.protocol import Form

ORDERS = ("original", "sort", "two_stage")
POOLS = ("mean", "first", "max")
STYLES = ("clauses", "sentences", "words")
ON_RISK = ("keep", "warn", "raise")


@dataclass(frozen=True, slots=True)
class Style:
    """What the compressed text is made of.

    Attributes:
        name: "clauses", whole where they deny, limit, oblige or count, else without some words; "sentences", whole;
            "words", one by one.
        ellipsis: what stands where something was left out; "" for nothing.
        whole: of "clauses", plain statements stay as whole as all others: where a question is known, few are needed.
    """

    name: str = "clauses"
    ellipsis: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Surprisal:
    """The knobs of the methods "llmlingua" and "longllmlingua", with the papers' values.

    Attributes:
        segment: tokens judged together, on the compressed text before them (LLMLingua uses 100, LongLLMLingua 200).
            With a question it takes no more than half of what the question leaves of the model's window.
        instruction, question: the share of a prompt's instruction and question to keep (LLMLingua, tau_ins, tau_que),
            where these have no rate of their own.
        coarse: whole documents are kept, best first, while they hold at most so many times the tokens that their words
            may keep (LLMLingua, k); 0 keeps all documents.
        sentences: whole sentences are kept, best first, up to so many times the budget (the package's
            `token_budget_ratio`, 1.4 there); 0 keeps all sentences.
        contrast: judge words by how much the question changes their surprisal (LongLLMLingua, eq. 3); None = as the
            method says.
    """

    segment: int = 200
    instruction: float = 0.85
    question: float = 0.9
    coarse: float = 2.0
    sentences: float = 0.0
    contrast: bool | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The knobs that few need.

    Attributes:
        detectors: which detectors protect by preference; () for none.
        clean: drop punctuation whose words are all gone.
        order: of documents in the result: "original", "sort" (best first), "two_stage" (best at both ends).
        min_words: a document of which fewer words than this survive goes altogether; its budget goes to the others.
        dynamic: how much more the best document keeps than the worst, 0 to 1 (LongLLMLingua, eq. 5: twice delta tau);
            None = as the method says: 0.6 for "longllmlingua", else 0.
        ranker: what ranks the documents: a name in `prompt.documents.rankers.RANKERS` or a callable; None = as the
            method says: "perplexity" for "llmlingua" and "longllmlingua", for the others the scores of the words.
        pool: how the scores of the tokens of a word become the word's: "mean", "first", "max".
        seed: of the `random` method.
        threads: that the model may use; None = all cores.
        form: what kind of text it is: a name in `prompt.forms.table.FORMS`, or an object with `parse`, `render` and
            `check` (see `prompt.forms.protocol.Form`). "auto" looks it up in the text, part by part.
        omissions: whether a line such as "… 212 lines …" stands where lines or rows were left out; it counts in the
            budget. False deletes and says nothing. Prose says nothing either way: see `ellipsis`.
        paths: rules for values of JSON, JSON Lines, YAML and XML by where they stand, such as {"$.items[*].body": 0.3,
            "$..id": "keep", "$.debug": "drop"}: a rate, "keep", "drop", or "whole" (it stays or goes as one); see
            `prompt.forms.data.paths`.
        on_risk: what to do where the result says something else than its source, by `result.risk`: "keep" the source
            whole, "warn" in `result.warnings`, "raise" `RiskyResult`; None does not look.
    """

    detectors: tuple[str, ...] = DEFAULT_DETECTORS
    clean: bool = True
    order: str = "original"
    min_words: int = 0
    dynamic: float | None = None
    pool: str = "mean"
    seed: int = 0
    threads: int | None = None
    ranker: str | Ranker | None = None
    surprisal: Surprisal = field(default_factory=Surprisal)
    form: str | Form = "auto"
    on_risk: str | None = None
    omissions: bool = True
    paths: Mapping[str, float | str] = field(default_factory=dict, hash=False)
