"""The checker can fail: results made by hand that say something else, and the rule that each breaks."""

from __future__ import annotations

import pytest

from tests.prompt.meaning.reading import Example, Reading, examples, faults, reading

DOSE = Example(
    "dose",
    "The patient must not take ibuprofen with warfarin. She may take 500 mg paracetamol up to four times a day.",
    together=[["must", "not", "take#1", "ibuprofen", "with", "warfarin"]],
    needs={"500 mg": ["paracetamol"], "four times": ["up to"]},
    never=["take warfarin"],
)
REBASE = Example("rebase", "Run git rebase --onto main (or ask). Type :q! to leave.", whole=["git rebase --onto main"])
CHAT = Example("chat", "Ann: is it safe?\nBo: not yet. Wait for me.")
README = Example(
    "readme",
    "# Install\n\n- Clone it.\n- Restart.\n\n# Use\n\nType “go”.",
    together=[["Clone", "it"]],
)


@pytest.mark.parametrize(
    ("example", "result", "fault"),
    [
        (DOSE, "The patient must take ibuprofen with warfarin.", "together: "),
        (DOSE, "not take warfarin 500 mg paracetamol four times day", "together: "),
        (DOSE, "not take warfarin 500 mg paracetamol four times day", "never: it says 'take warfarin'"),
        (DOSE, "She may take 500 mg up to four times a day.", "needs: '500 mg'"),
        (DOSE, "She may take 500 mg paracetamol four times a day.", "needs: 'four times'"),
        (DOSE, "The patient must not take ibuprofen with warfarin She may", "joined: "),
        (DOSE, "She may take 500 mg paracetamol up to four times a", "dangling: a sentence ends in 'a'"),
        (DOSE, "The patient must not take ibuprofen with warfarin. She.", "scrap: 'She' is all"),
        (REBASE, "Run git rebase main", "whole: "),
        (REBASE, "Run git rebase --onto main (or ask", "pairs: '('"),
        (README, "# Install\n\n# Use\n\nType “go”.", "structure: nothing of what stood under the heading '# Install'"),
        (README, "# Use\n\nType “go", "pairs: '“'"),
        (CHAT, "Ann: is it safe?\nBo.", "label: nothing of what stood behind 'Bo'"),
    ],
)
def test_what_is_wrong_is_seen(example, result, fault):
    assert any(found.startswith(fault) for found in faults(reading(example, result)))


@pytest.mark.parametrize(
    ("example", "result"),
    [
        (DOSE, "The patient must not take ibuprofen with warfarin."),
        (DOSE, "patient must not take ibuprofen with warfarin. may take 500 mg paracetamol."),
        (DOSE, ""),
        (DOSE, DOSE.text),
        (REBASE, "Run git rebase --onto main."),
        (README, "# Install\n- Clone it."),
    ],
)
def test_what_says_the_same_passes(example, result):
    assert faults(reading(example, result)) == []


def test_a_word_cut_is_seen():
    seen = Reading(Example("cut", "Use version-2.10 now."), "Use version", ((0, 11),))
    assert faults(seen, prose=False) == ["cut: only a part of 'version-2.10' is kept"]


def test_a_bare_list_marker_is_seen():
    seen = Reading(README, "# Install\n\n- Clone it.\n- \n", ((0, 26),))
    assert any(fault.startswith("structure: nothing stands behind") for fault in faults(seen))


def test_only_deletion_is_seen():
    seen = Reading(DOSE, "She may not take paracetamol.", ())
    assert "it is not made of the source by deleting alone" in faults(seen)


def test_style_words_may_be_hard_to_read():
    seen = reading(DOSE, "She may take 500 mg paracetamol up to four times a")
    assert faults(seen, prose=False) == []


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_each_example_is_fair(example):
    """Its words stand in its source, once each; the source itself and nothing at all break none of its rules."""
    words = [word for group in example.together for word in group]
    words += [word for need, needed in example.needs.items() for word in (need, *needed)]
    assert all(example.find(word) for word in [*words, *example.whole])
    assert faults(Reading(example, example.text, ((0, len(example.text)),))) == []
    assert faults(Reading(example, "", ())) == []


def test_there_are_over_two_hundred_in_over_ten_languages():
    assert len(examples()) >= 230
    assert len({example.language for example in examples()}) >= 16
    assert len({example.name for example in examples()}) == len(examples())
