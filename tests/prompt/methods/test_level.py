"""Values and the words of long texts in them compete on one scale."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tamis
from tamis.prompt.documents.source import source_of
from tamis.prompt.forms.table import FORMS
from tamis.prompt.methods.auto.kinds import by_kind
from tamis.prompt.methods.auto.lines.level import levelled
from tamis.prompt.options import Style
from tamis.prompt.request import Request
from tests.prompt.forms.data.texts import SAYING

THINGS = ["lamp", "stove", "pump", "rope", "map", "mill", "roof", "letter", "key", "door"]


def issues():
    return [
        {
            "id": 9000 + i,
            "url": f"https://api.example.org/repos/acme/sieve/issues/{i}",
            "title": f"Cannot open the {thing}",
            "body": f"{SAYING} It happens with version 2.{i}.7 of the {thing}.",
        }
        for i, thing in enumerate(THINGS)
    ]


@pytest.mark.parametrize("rate", [0.15, 0.3])
def test_the_row_that_answers_stays(rate):
    question = "With which version does it happen that the rope cannot be opened?"
    options = tamis.Options(form="json")
    result = tamis.compress(json.dumps(issues()), rate=rate, question=question, options=options)
    assert "2.3.7" in result.text
    assert json.loads(result.text)


def test_without_a_question_titles_are_not_crowded_out_by_long_texts():
    result = tamis.compress(json.dumps(issues(), indent=1), rate=0.4, options=tamis.Options(form="json"))
    rows = json.loads(result.text)
    assert sum("title" in row for row in rows) >= 5
    assert any("body" in row for row in rows)


def test_the_order_of_words_stays_and_prose_is_left_alone():
    form = FORMS["json"](tamis.Options(), Style())
    units = form.parse(json.dumps(issues()[:2]))
    scores = np.random.default_rng(0).random(len(units))
    source = source_of(units.text)
    request = Request(units, source, np.zeros(len(units), bool))
    after = levelled(request, scores)
    lines = units.of_kind("line")
    assert (after[lines] == scores[lines]).all()
    assert not np.allclose(after, scores)
    first = np.flatnonzero(~lines & (units.starts < units.text.index('"id": 9001')))
    inner = first[units.of_kind("word")[first]]
    assert (np.argsort(after[inner]) == np.argsort(scores[inner])).all()


def request_of(value, name="json"):
    form = FORMS[name](tamis.Options(), Style())
    units = form.parse(json.dumps(value))
    return Request(units, source_of(units.text), np.zeros(len(units), bool))


@pytest.mark.parametrize("name", ["json", "auto"])
def test_only_long_texts_are_read_as_prose(name):
    read = []

    def words(requests):
        read.extend(request.text for request in requests)
        return [np.full(len(request.units), 0.5) for request in requests]

    assert by_kind([request_of([{"id": 1, "name": "lamp"}] * 30, name)], words)[0].max() > 0
    assert read == []
    by_kind([request_of(issues()[:2], name)], words)
    assert len(read) == 1
    assert "sieve" not in read[0]
    assert read[0].count("Ms. Ito signed") == 2
