"""What tamis computes beside what the `llmlingua` package computes, on the same weights and texts.

The golden values were taken from the package itself (scripts/reference_golden.py). Where the package follows its papers
the two are equal; where it does not, the test says by how much they differ, and docs/reference.md why.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tamis.distill.auc import auc
from tamis.models.causal import SURPRISAL
from tamis.prompt.documents.order import dynamic, two_stage
from tamis.prompt.documents.rankers.perplexity import Perplexity

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4
RESTRICT = " We can get the answer to this question in the given documents."


@pytest.fixture(scope="session")
def bare(family):
    """The model as the package reads it: GPT-2's tokenizer puts no token before a text there, Llama's does."""
    return replace(family.model, begin=np.zeros(0, np.int64)) if family.name == "gpt2" else family.model


def _unconditioned(family, values):
    """Without the first token of a text, which the package does not judge if no token is put before it."""
    return values[1:] if family.name == "gpt2" else values


def _surprisals(model, text, given=None):
    (scores,) = model.surprisals([text], given=None if given is None else [given])
    return scores.values[SURPRISAL]


def test_surprisals_of_a_text_are_equal(family, bare):
    for case in family.golden["losses"]:
        if case["condition"] == "none":
            mine = _unconditioned(family, _surprisals(bare, family.text(case["text"])))
            theirs = np.array(case["values"])
            assert len(theirs) > 30
            np.testing.assert_allclose(mine[: len(theirs)], theirs, atol=TOLERANCE)


def test_a_text_longer_than_the_window_is_judged_to_its_end_where_the_package_stops(family, bare):
    (case,) = (c for c in family.golden["losses"] if c["text"] == "middle" and c["condition"] == "none")
    mine = _unconditioned(family, _surprisals(bare, family.text("middle")))
    stops = min(len(mine), family.model.window - 1)
    assert len(case["values"]) == stops
    assert (len(mine) > stops) == (family.name == "gpt2")
    assert np.isfinite(mine).all()


def test_surprisals_given_a_question_or_a_document_are_equal(family, bare):
    conditions = {case["condition"]: 0 for case in family.golden["losses"]}
    for case in family.golden["losses"]:
        if case["condition"] == "none":
            continue
        document, asked = family.text(case["text"]), family.asked(case["question"]) + RESTRICT
        before = case["condition"] == "before"
        mine = _surprisals(bare, document if before else asked, asked if before else document)
        np.testing.assert_allclose(mine, case["values"], atol=TOLERANCE)
        assert mine.mean() == pytest.approx(case["mean"], abs=TOLERANCE)
        conditions[case["condition"]] += 1
    assert conditions["before"] == conditions["after"] == 6


def test_surprisals_behind_a_cache_are_equal(family, bare):
    for case in family.golden["cached"]:
        (pieces,) = bare.cut([family.text(case["text"])])
        at = case["at"] - len(bare.begin)  # the package counts the token that begins the text
        _, context = bare.read(bare.start(), pieces.ids[:at])
        mine, _ = bare.read(context, pieces.ids[at:])
        # The package's first loss behind a cache is that of the second token: the first one's prediction is lost.
        np.testing.assert_allclose(mine[1:], case["values"], atol=TOLERANCE)


def test_without_a_token_of_its_own_the_package_judges_a_text_from_its_second_token(family):
    (case,) = (c for c in family.golden["losses"] if c["text"] == "call")
    mine = _surprisals(family.model, family.text("call"))
    assert len(mine) - len(case["values"]) == (1 if family.name == "gpt2" else 0)


@pytest.mark.parametrize("condition", ["after", "before", "none"])
def test_documents_rank_as_in_the_package(family, bare, condition):
    documents = list(family.cases.DOCUMENTS.values())
    method = "llmlingua" if condition == "none" else "longllmlingua"
    cases = [c for c in family.golden["ranks"] if (c["method"], c["condition"]) == (method, condition)]
    assert len(cases) == 2
    for case in cases:
        if condition == "none":
            scores = np.array([_unconditioned(family, _surprisals(bare, d)).mean() for d in documents])
        else:
            scores = Perplexity(bare, condition)(family.asked(case["question"]), documents)
        order = np.argsort(-scores, kind="stable")
        assert order.tolist() == case["order"]
        sign = 1 if condition == "none" else -1
        np.testing.assert_allclose(sign * scores[order], case["scores"], atol=TOLERANCE)


def test_reordering_is_equal(family):
    (rank,) = (c for c in family.golden["ranks"] if (c["condition"], c["question"]) == ("after", "gas"))
    for case in family.golden["orders"]:
        taken = rank["order"][: len(case["used"])]
        orders = {"original": sorted(taken), "sort": taken, "two_stage": two_stage(taken)}
        assert case["used"] == orders[case["order"]]


def test_dynamic_offsets_are_equal(family):
    """`dynamic` spreads shares over `spread` in all, the package over twice its parameter."""
    (rank,) = (c for c in family.golden["ranks"] if (c["condition"], c["question"]) == ("after", "gas"))
    for case in family.golden["orders"]:
        if not case["dynamic"]:
            assert not any(case["offsets"])
            continue
        count = len(case["used"])
        best_first = [case["used"].index(number) for number in rank["order"][:count]]
        ours = dynamic(np.zeros(count), np.arange(count), best_first, 2 * case["dynamic"]) - 0.5
        np.testing.assert_allclose(ours, case["offsets"], atol=1e-5)


def test_the_package_takes_documents_until_the_budget_is_exceeded(family):
    cases = [c for c in family.golden["orders"] if len(c["used"]) < len(c["lengths"])]
    assert cases
    for case in cases:
        taken = sum(case["lengths"][number] for number in case["used"])
        assert taken > case["rate"] * sum(case["lengths"])


def test_the_package_is_off_by_one(family):
    """Whether a token was kept says nothing about its own surprisal, and everything about that of the token behind."""
    plain, contrast = family.golden["decisions"]
    for case in (plain, contrast):
        kept = np.array([digit == "1" for digit in case["kept"]])
        assert 0.1 < kept.mean() < 0.9
        own, behind = auc(np.array(case["own"]), kept), auc(np.array(case["next"]), kept)
        assert behind > 0.95, (behind, own)  # not 1 over all segments, as each has a threshold of its own
        assert abs(own - 0.5) < 0.05, (behind, own)
        first = slice(0, 50)  # one document, one segment: one threshold
        assert auc(np.array(case["next"])[first], kept[first]) == 1.0


def test_the_package_keeps_short_texts_whole_and_thins_long_ones_too_far(family):
    share = {(row["tokens"], row["rate"]): row["kept"] / row["tokens"] for row in family.golden["adherence"]}
    assert min(kept for (tokens, _), kept in share.items() if tokens < 200 and tokens != 84) >= 0.98
    assert share[84, 0.1] < 0.5, "of 67 to 98 tokens the first ones are thinned"
    assert all(kept < 0.9 * rate for (tokens, rate), kept in share.items() if tokens >= 1800 and rate <= 0.5)


def test_the_package_cuts_protected_text_in_short_prompts_and_loses_text_between_tags(family):
    less, between, zero, short, longer, _ = family.golden["structured"]
    assert less["prompt"] == " and then some", "what held a < is gone"
    assert between["prompt"] == "tagged", "what stood outside the tags is gone"
    assert zero["segments"] == [[[len(zero["plain"][0]), 0.5, True]]], "rate=0 is taken for the rate of the call"
    protected = family.text("client")
    assert not short["prompt"].startswith(protected)
    assert longer["prompt"].startswith(protected)


def test_the_package_recovers_what_was_never_said(family):
    spurious = family.golden["recover"][0]
    assert spurious["response"].endswith("Tickets valid week.")
    assert spurious["result"].endswith("crossing; The")


def test_the_page_names_tests_that_exist():
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    defined = {
        n for f in (ROOT / "tests").rglob("test_*.py") for n in re.findall(r"def (test_\w+)", f.read_text("utf-8"))
    }
    assert len(named) > 20
    assert named <= defined, named - defined
