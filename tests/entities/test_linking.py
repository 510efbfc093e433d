"""Knowledge bases, likeness of names, weights and links."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.entities import Concept, KnowledgeBase, LinkedText, Linker, Recognizer, from_mentions
from tamis.entities.linking.candidates import COLUMN, EVIDENCE
from tamis.entities.linking.names import NameIndex, WordIndex, bag, grams, long_forms, plain
from tamis.entities.linking.weights import LinkWeights, fitted, prior_weights
from tamis.errors import InvalidInput

BERLIN = Concept(
    "Q64", "Berlin", kind="place", count=900, description="capital of Germany", links={"river": ("Q1684",)}
)
TOWN = Concept("T1", "Berlin", kind="place", count=3, description="town in New Hampshire")
SPREE = Concept("Q1684", "Spree", kind="river")
NAMES = st.text("abcd ", min_size=1, max_size=8).filter(str.strip)


@pytest.fixture
def base() -> KnowledgeBase:
    return KnowledgeBase([BERLIN, TOWN, SPREE, Concept("E1", "Ann Lee", ("A. Lee",), kind="person")])


def state(base: KnowledgeBase) -> set[str]:
    """What a base holds, whatever its order."""
    return {repr(one) for one in base}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ams"), st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_whatever_is_done_can_be_undone(steps: list[tuple[str, int, int]]) -> None:
    base = KnowledgeBase(Concept(str(n), f"name {n}", (f"alias {n}",)) for n in range(3))
    past = [state(base)]
    for what, a, b in steps:
        try:
            if what == "a":
                base.add(Concept(str(a), "new"))
            elif what == "m":
                base.merge(str(a), str(b))
            else:
                base.split(str(a), Concept(str(b), f"alias {a}"))
        except InvalidInput:
            assert state(base) == past[-1]
        else:
            past.append(state(base))
    while len(past) > 1:
        past.pop()
        base.undo()
        assert state(base) == past[-1]
    with pytest.raises(InvalidInput, match="nothing to undo"):
        base.undo()


def test_a_merger_answers_to_both_ids_and_all_names(base: KnowledgeBase) -> None:
    whole = base.merge("Q64", "E1")
    assert whole.names == ("Berlin", "Ann Lee", "A. Lee")
    assert base["E1"] is whole
    assert len(base) == 3
    with pytest.raises(InvalidInput, match="one concept already"):
        base.merge("Q64", "E1")
    with pytest.raises(InvalidInput, match="taken"):
        base.add(Concept("E1", "another"))
    base.split("Q64", Concept("E1", "Ann Lee", ("A. Lee",)))
    assert base["Q64"].names == ("Berlin",)


def test_a_base_comes_back_from_its_file(base: KnowledgeBase, tmp_path: Path) -> None:
    base.merge("Q64", "T1")
    base.save(tmp_path / "base.jsonl")
    again = KnowledgeBase.load(tmp_path / "base.jsonl")
    assert state(again) == state(base)
    assert again["T1"].id == "Q64"


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "5", '{"id": "a"}', '{"id": "", "name": "a"}', '{"id": "a", "name": "b", "alias": []}',
     '{"id": "a", "name": "b", "aliases": [3]}', '{"id": "a", "name": "b", "links": [1]}'],
)  # fmt: skip
def test_lines_that_are_no_concepts(line: str, tmp_path: Path) -> None:
    path = tmp_path / "base.jsonl"
    path.write_text('{"id": "x", "name": "y"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="Line 2"):
        KnowledgeBase.load(path)


def test_ids_come_once() -> None:
    with pytest.raises(InvalidInput, match="two concepts"):
        KnowledgeBase([BERLIN, replace(TOWN, id="Q64")])


def test_a_base_of_labelled_names_counts_them() -> None:
    text = "tumours and tumour, tumours"
    (one,) = from_mentions([LinkedText(text, [(0, 7, "D1"), (12, 18, "D1"), (20, 27, "D1"), (8, 11, None)])])
    assert (one.name, one.aliases, one.count) == ("tumours", ("tumour",), 3)


def test_names_without_case_accents_and_order() -> None:
    assert plain("Crohn's  DISÉASE") == "crohn s disease"
    assert bag("Cancers of the Breast") == bag("breast cancer") == ("breast", "cancer")
    assert grams("ab") == [" ab", "ab "]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("adenomatous polyposis coli (APC)", {"APC": "adenomatous polyposis coli"}),
        ("an attenuated adenomatous polyposis coli (AAPC)", {"AAPC": "attenuated adenomatous polyposis coli"}),
        ("heat shock protein (HSP70)", {}),
        ("as seen (see) above (12)", {}),
        ("the World Trade Organisation (WTO) and (", {"WTO": "World Trade Organisation"}),
    ],
)
def test_abbreviations_and_what_they_stand_for(text: str, pairs: dict[str, str]) -> None:
    assert long_forms(text) == pairs


@settings(deadline=None)
@given(st.text("ab (AB)", max_size=40))
def test_long_forms_stand_in_the_text(text: str) -> None:
    words = " ".join(text.split())
    assert all(long in words and f"({short})" in text for short, long in long_forms(text).items())


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), NAMES)
def test_letters_are_compared_as_a_dense_table_would(names: list[str], name: str) -> None:
    """Every name as a row of weighted counts of all trigrams; what no name has weighs as if one name had it."""
    vocabulary = sorted({gram for one in [*names, name] for gram in grams(one)})
    rows = np.array([[grams(one).count(gram) for gram in vocabulary] for one in [*names, name]], float)
    seen = np.maximum(1, (rows[:-1] > 0).sum(0))
    rows *= np.log(1 + len(names) / seen)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert NameIndex.of(names).cosines(name) == pytest.approx(rows[:-1] @ rows[-1], abs=1e-5)


def test_common_words_weigh_by_rarity() -> None:
    """Of three names, "cancer" is in two (log 2.5) and "breast" in one (log 4)."""
    index = WordIndex.of([("breast", "cancer"), ("cancer",), ("gout",)])
    overlap, inside = index(("breast", "cancer"))
    assert overlap.tolist() == pytest.approx([1, np.log(2.5) / (np.log(2.5) + np.log(4)), 0])
    assert inside.tolist() == pytest.approx([1, 1, 0])


def test_weights_learn_which_evidence_tells() -> None:
    rng = np.random.default_rng(0)
    cases = []
    for _ in range(200):
        evidence = np.zeros((3, len(EVIDENCE)))
        evidence[:, COLUMN["bias"]] = 1
        evidence[:, COLUMN["share"]] = rng.random(3)  # (says nothing)
        gold = int(rng.integers(0, 4))
        if gold < 3:
            evidence[gold, COLUMN["count"]] = 1
        cases.append((evidence, gold))
    weights = fitted(cases, together=False)
    assert weights[COLUMN["count"]] > 3 + abs(weights[COLUMN["share"]])
    assert weights[COLUMN["document"]] == 0
    shares = [LinkWeights(weights, weights).probabilities(evidence, together=False) for evidence, _ in cases]
    assert np.mean([share.argmax() == gold for share, (_, gold) in zip(shares, cases, strict=True)]) > 0.9
    assert all(share.sum() == pytest.approx(1) for share in shares)
    assert len(prior_weights()) == len(EVIDENCE)


def test_names_are_linked_or_mean_none_of_them(base: KnowledgeBase) -> None:
    link = Linker(base)
    ann, berlin, none = link("Ann Lee left Berlin for Heronbridge.", [(0, 7), (13, 19), (24, 35)])
    assert (ann.id, berlin.id, none.id) == ("E1", "Q64", None)
    assert berlin.candidates[0].evidence["exact"] == 1
    assert {one.id for one in berlin.candidates} >= {"Q64", "T1"}
    assert json.loads(json.dumps(ann.to_dict()))["id"] == "E1"
    assert link("Ann", []) == ()


def test_the_sentence_and_the_company_count(base: KnowledgeBase) -> None:
    town = Linker(KnowledgeBase([replace(BERLIN, count=5), replace(TOWN, count=5)]))
    text = "She lives in a small town in New Hampshire called Berlin."
    (one,) = town(text, [(50, 56)])
    assert one.id == "T1"
    alone = Linker(base)("Berlin lies there.", [(0, 6)])[0]
    beside = Linker(base)("Berlin lies on the Spree.", [(0, 6), (19, 24)])[0]
    share = {one.id: one.evidence.get("links", 0.0) for one in beside.candidates}
    assert share["Q64"] > 0.5
    assert share["T1"] == 0
    assert all("links" not in one.evidence for one in alone.candidates)


def test_the_type_counts(base: KnowledgeBase) -> None:
    (person,) = [one for one in Recognizer.pretrained()("Ann Lee met Bob.") if one.text == "Ann Lee"]
    (link,) = Linker(base)("Ann Lee met Bob.", [person])
    assert link.candidates[0].evidence["kind"] == 1


def test_a_linker_follows_the_changes_of_its_base(base: KnowledgeBase) -> None:
    link = Linker(base, meaning=False)
    assert link("Zanzibar", [(0, 8)])[0].id is None
    base.add(Concept("Z", "Zanzibar"))
    assert link("Zanzibar", [(0, 8)])[0].id == "Z"
    base.undo()
    assert link("Zanzibar", [(0, 8)])[0].id is None


def test_an_empty_base_knows_nothing() -> None:
    assert Linker(KnowledgeBase())("Ann", [(0, 3)])[0].id is None


@pytest.mark.parametrize("place", [(-1, 2), (2, 2), (0, 9)])
def test_places_that_are_not_in_the_text(base: KnowledgeBase, place: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match="not in the text"):
        Linker(base, meaning=False)("Ann", [place])


def test_weights_of_ones_own(base: KnowledgeBase) -> None:
    texts = [LinkedText("Ann Lee and Oslo", [(0, 7, "E1"), (12, 16, "unknown")])]
    weights = Linker.fit([(Linker(base, meaning=False), texts)])
    links = Linker(base, weights, meaning=False)(texts[0].text, [(0, 7), (12, 16)])
    assert [one.id for one in links] == ["E1", None]
    with pytest.raises(InvalidInput, match="no labelled name"):
        Linker.fit([])
