"""What a question asks for, and how much of it a sentence says: by hand."""

from __future__ import annotations

import pytest

from tamis.prompt.methods.auto.asked import MEASURES, asked, denies, opposites, stems

SENTENCE = "Rowe bought the smallest mill of Ardal in 1887."


def measured(question: str, sentence: str = SENTENCE, before: str = "") -> dict[str, float]:
    passage = stems(f"{before} {sentence}")
    return dict(zip(MEASURES, asked(question).measures(before, sentence, passage), strict=True))


def test_a_question_is_taken_apart():
    ask = asked("How many mills did Rowe not sell to Lund before 1,887?")
    assert ask.terms == ("mill", "row", "not", "sell", "lund", "1,887")
    assert (ask.names, ask.figures, ask.kind, ask.denies) == (("row", "lund"), ("1,887",), "number", True)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did it burn?", "date"),
        ("In what year did it burn?", "date"),
        ("Who bought it?", "name"),
        ("In which country is it?", "name"),
        ("How long is the boat?", "number"),
        ("Why did it burn?", ""),
        ("Wann brannte sie?", ""),
        ("", ""),
    ],
)
def test_kinds_of_answers(question, kind):
    assert asked(question).kind == kind


def test_what_is_asked_and_not_said_is_missing():
    known = measured("When did Rowe buy the mill of Ardal?")
    assert (known["missing"], known["names"]) == (1, 0)  # "buy" is no stem of "bought"
    other = measured("When did Smith buy the mill of Lund?", before="Smith came from Lund.")
    assert (other["missing"], other["missing around"], other["names"]) == (3, 1, 0)
    assert measured("When did Smith buy the mill?")["names"] == 1
    assert measured("What happened in 1886?")["figures"] == 1
    assert measured("What happened in 1887?")["figures"] == 0


def test_an_answer_of_the_kind_is_offered_unless_the_question_says_it_itself():
    assert measured("When did Rowe buy the mill?")["kind"] == 1
    assert measured("When did Rowe buy the mill?", "Rowe bought the mill.")["kind"] == 0
    assert measured("Who but Rowe bought it?", "Rowe bought it.")["kind"] == 0
    assert measured("Why did Rowe buy it?", "Rowe bought it.")["kind"] == 1


def test_opposites_and_denials():
    assert measured("When did Rowe buy the largest mill?")["opposites"] == 1
    assert measured("When did Rowe buy the smallest mill?")["opposites"] == 0
    assert measured("Who fled before the act of 1708?", "Rowe fled after the act of 1708.")["opposites"] == 1
    assert opposites("smallest") == stems("largest")
    assert measured("What did Rowe not buy?")["denied"] == 1
    assert measured("What did Rowe not buy?", "Rowe did not buy the mill.")["denied"] == 0
    assert [denies(text) for text in ("He never came.", "He came.")] == [True, False]


def test_nothing_is_asked_or_said():
    assert measured("", "")["missing"] == 0
    assert len(measured("???", "...")) == len(MEASURES)
