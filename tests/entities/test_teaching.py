"""Examples that teachers make: votes, weights, texts that two domains have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from tamis.entities import Example, FitSettings, Recognizer
from tamis.entities.recognition.words import words
from tamis.entities.transfer.teaching import common_texts, teach, teacher_weights
from tamis.errors import InvalidInput


@dataclass
class Book:
    """A tagger that looks words up: the share of its one type."""

    table: Mapping[str, float]
    types: tuple[str, ...] = ("who",)

    def shares(self, texts: Sequence[str]) -> list[np.ndarray]:
        rows = [[self.table.get(text[a:b], 0.0) for a, b in words(text)] for text in texts]
        return [np.array([[1 - p, p] for p in row]).reshape(-1, 2) for row in rows]


TEXT = "Ann Lee met Bob and Cyd."


def test_words_of_a_type_side_by_side_are_a_name() -> None:
    result = teach([Book({"Ann": 0.9, "Lee": 0.7, "Bob": 0.8})], [TEXT, ""])
    assert result.examples == (Example(TEXT, [(0, 7, "who"), (12, 15, "who")]), Example("", []))
    assert (result.names, result.unsure) == (2, 0)
    assert result.precision == pytest.approx(0.8)


def test_what_teachers_do_not_agree_on_teaches_nothing() -> None:
    one = Book({"Ann": 0.9, "Lee": 0.9, "Bob": 0.9})
    other = Book({"Ann": 0.9, "Lee": 0.2, "Bob": 0.9, "Cyd": 0.9})
    result = teach([one, other], [TEXT])
    (example,) = result.examples
    assert example.spans == ((12, 15, "who"),)
    assert example.unsure == ((0, 7), (20, 23))  # ("Lee" is in one name with "Ann")
    assert result.unsure == pytest.approx(3 / 7)
    example.check()


def test_weights_and_the_least_probability() -> None:
    one, other = Book({"Ann": 0.9}), Book({"Ann": 0.6})
    assert teach([one, other], ["Ann"], weights=[3, 1], least=0.8).examples[0].spans == ((0, 3, "who"),)
    assert teach([one, other], ["Ann"], weights=[1, 3], least=0.8).examples[0].unsure == ((0, 3),)


@pytest.mark.parametrize("weights", [[1], [1, -1], [0, 0]])
def test_weights_that_are_none(weights: list[float]) -> None:
    with pytest.raises(InvalidInput):
        teach([Book({}), Book({})], ["Ann"], weights=weights)


def test_teachers_that_cannot_be_asked_together() -> None:
    with pytest.raises(InvalidInput):
        teach([], ["Ann"])
    with pytest.raises(InvalidInput):
        teach([Book({}), Book({}, ("where",))], ["Ann"])


SPORT = ["The team won the match after two goals.", "The striker scored in the final minute of the game."]
COOKING = ["Chop the onions and fry them in butter.", "Bake the cake for forty minutes in a hot oven."]


def test_the_teacher_of_like_texts_counts_most() -> None:
    weights = teacher_weights([SPORT, COOKING], ["The goalkeeper saved a penalty in the match."])
    assert weights[0] > 0.8
    assert sum(weights) == pytest.approx(1)
    with pytest.raises(InvalidInput):
        teacher_weights([SPORT, []], ["x"])


def test_texts_that_could_be_of_the_source_are_taken() -> None:
    texts = ["Boil the rice in salted water.", "The match ended with a late goal.", "Fry the eggs in olive oil."]
    assert common_texts(texts, SPORT, share=1 / 3) == [1]
    assert common_texts(texts, SPORT, share=1) == [0, 1, 2]
    with pytest.raises(InvalidInput):
        common_texts(texts, SPORT, share=2)


def test_a_recogniser_teaches_another() -> None:
    teacher = Recognizer.pretrained()
    text = "Angela Merkel met Barack Obama in Berlin. She left."
    (shares,) = teacher.shares([text])
    assert shares.shape == (len(words(text)), 5)
    assert shares.sum(1) == pytest.approx(np.ones(len(shares)))
    result = teach([teacher], [text, "", "Barack Obama came."])
    assert (0, 13, "person") in result.examples[0].spans
    student = Recognizer.fit([one for one in result.examples if one.text], FitSettings(least=30))
    assert student.types == tuple(sorted({kind for one in result.examples for *_, kind in one.spans}))
    few = Recognizer.fit_few([Example("Ann left.", [(0, 3, "who")])])
    with pytest.raises(InvalidInput, match="fit_few"):
        few.shares([text])
