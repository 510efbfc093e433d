"""Plain statements: which sentences lose single words, and what of them holds together all the same."""

from __future__ import annotations

import numpy as np
import pytest

import tamis
from tamis.prompt.documents.order import fragments
from tamis.prompt.forms.nested import nested
from tamis.prompt.forms.outline import outline_of
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.statements import plain_statements
from tamis.text.expressions import is_amount
from tamis.text.words import words

PLAIN = (
    "The Normans came to England in 1066 and built stone castles along the rivers of the country.",
    "In May 2024 Will Smith came to England and built a castle along the rivers of the country.",  # no modals
)
RISKY = (
    "The Normans never came to England in 1066 and built stone castles along the rivers of the country.",  # denial
    "The Normans came to England except in 1066 and built stone castles along the rivers of the country.",
    "If the Normans came to England in 1066, they built stone castles along the rivers of the country.",
    "The Normans came to England with at most 700 ships and built stone castles along the rivers.",  # bound
    "The Normans came to England with 700 ships in 1066 and built stone castles along the rivers.",  # amount
    "The Normans came to England with seven ships in 1066 and built stone castles along the rivers.",
    "The Normans must come to England in 1066 and build stone castles along the rivers of the country.",  # duty
    "The Normans will come to England in 1066 and build stone castles along the rivers of the country.",  # promise
    "The Normans came to England in 1066 but built stone castles along the rivers of France.",  # contrast
    "The Normans came to England in 1066; the Danes left stone castles along the rivers of the country.",
    "Why had the Normans come to England in 1066 and built stone castles along the rivers?",  # question
    "The Normans came in 1066, and the king who ruled fell, and the sons that he left fled to the rivers.",
    "The Normans came to England in 1066 and built stone castles along the rivers of the country",  # no stop
    "The Normans came to England.",  # short
    "Ihre Schwester wohnt seit dem Sommer 1987 in einem alten Haus am Rand der Stadt Kassel.",  # not English
    "La rivière traverse la vieille ville et rejoint le fleuve près du grand pont de pierre.",
    "Ihre Schwester darf seit dem Sommer 1987 in einem alten Haus am Rand der Stadt Kassel wohnen.",
    "La rivière ne traverse pas la vieille ville et rejoint le fleuve près du grand pont de pierre.",
)


def plain(text: str) -> list[bool]:
    units = words(text)
    return plain_statements(outline_of(units, np.zeros(len(units), np.bool_))).tolist()


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_tells_is_plain(text):
    assert plain(text) == [True]


@pytest.mark.parametrize("text", RISKY)
def test_what_else_would_be_said_is_not(text):
    assert plain(text) == [False]


def test_of_a_text_nothing_is_none():
    assert plain("") == []


@pytest.mark.parametrize("text", RISKY)
def test_what_is_not_plain_is_bonded_as_it_is_where_nothing_is_pruned(text):
    """Its clauses hold together in both ways; only plain ones fall into words."""
    pruned, whole = (nested(words(text), "clauses", whole=flag) for flag in (False, True))
    core = whole.company.core & pruned.company.core
    for first in np.flatnonzero(core):
        assert set(np.flatnonzero((whole.bonds == whole.bonds[first]) & core)) <= set(
            np.flatnonzero(pruned.bonds == pruned.bonds[first])
        )


def test_a_question_keeps_clauses_whole():
    loose, held = (Prose(whole=flag).parse(PLAIN[0]) for flag in (False, True))
    assert np.unique(held.bonds[held.company.core]).size < np.unique(loose.bonds[loose.company.core]).size
    asked = tamis.compress(PLAIN[0], tokens=8, question="Where did they come to?", style="clauses")
    assert asked.text in ("", PLAIN[0])


def test_the_subject_behind_and_stays_with_its_verb():
    """Without it, the director would be fined, too."""
    text = "The judge of the court in Leeds fined the old company and the director resigned from the board in June."
    units = nested(words(text), "clauses")
    bodies = units.bodies()
    assert plain(text) == [True]
    assert units.bonds[bodies.index("director")] == units.bonds[bodies.index("resigned")]
    assert units.bonds[bodies.index("company")] != units.bonds[bodies.index("director")]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("in 1066 some 700 ships crossed in three days", ["700", "three"]),
        ("on 14 march 2024 and in the 1990s", []),
        ("the 19th century and the 2nd of two", ["two"]),
        ("it rose by 3.5% to £48,000", ["3.5%", "£48,000"]),
        ("version v2 of 1914–18", ["v2"]),
    ],
)
def test_numbers_that_count(text, amounts):
    said = text.split()
    assert [said[i] for i in range(len(said)) if is_amount(said, i)] == amounts


def test_no_sentence_is_left_with_a_word_or_two():
    """Greedily chosen by a scorer that likes one word of each sentence best."""
    text = " ".join(PLAIN[0].replace("Normans", name) for name in ("Normans", "Danes", "Saxons", "Romans"))

    def scorer(requests):
        liked = {"Normans", "Danes", "Saxons", "Romans"}
        return [np.array([1.0 if body in liked else 0.1 for body in request.units.bodies()]) for request in requests]

    result = tamis.compress(text, tokens=20, method=scorer, style="clauses")
    for sentence in filter(None, map(str.strip, result.text.split("."))):
        assert len(sentence.split()) >= 3, result.text


def test_fragments_are_of_sentences_that_lost_words():
    result = tamis.compress(f"{PLAIN[0]} It rained. {PLAIN[0]}", rate=1.0)
    request = _request(result.source)
    kept = np.array([body in ("Normans", "It", "rained", ".") for body in request.units.bodies()], np.bool_)
    gone = {request.units.says(i) for i in np.flatnonzero(fragments(request, kept))}
    assert "Normans" in gone
    assert "rained" not in gone  # whole, though short


def _request(text):
    seen = []
    tamis.compress(
        text,
        rate=1.0,
        style="clauses",
        method=lambda requests: [seen.append(r) or np.ones(len(r.units)) for r in requests],
    )
    return seen[0]
