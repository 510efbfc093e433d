"""Intents: prototypes by hand, names as examples, none of these, confusable pairs, and the table of routes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tamis.errors import InvalidInput, UnreadableInput
from tamis.novelty import Intents, read_routes, route_table
from tamis.novelty.intents import moved
from tamis.novelty.labels import label_text
from tests.novelty.making import HashedWords

POINTS = {"left": (1, 0), "right": (0, 1), "west": (0.8, 0.6), "l": (1, 0), "up": (0, 5), "over": (5, 0)}


class Points:
    """Vectors by name."""

    def vectors(self, texts):
        return np.array([POINTS.get(text, (0, -1)) for text in texts], np.float32)


EXAMPLES = {
    "book_table": ["book a table", "reserve a table for two", "table for four please"],
    "cancel_order": ["cancel my order", "stop the order", "i want the order cancelled"],
    "track_order": ["where is my order", "track the order", "when does my order come"],
}


def test_a_prototype_by_hand():
    # one example (0.8, 0.6) and the name (1, 0), which counts as one more: their mean
    intents = Intents.fit({"l": ["west"], "right": ["right"]}, encoder=Points())
    assert intents.label_weight == 1
    assert intents.prototypes[0] == pytest.approx([0.9, 0.3], abs=1e-3)
    alone = Intents.fit({"l": ["west"]}, encoder=Points(), label_weight=0)
    assert alone.prototypes[0] == pytest.approx([0.8, 0.6], abs=1e-3)


def test_the_nearest_is_chosen():
    choices = Intents.fit(EXAMPLES, encoder=HashedWords()).route(["please book a table", "track my order"])
    assert [choice.intent for choice in choices] == ["book_table", "track_order"]
    assert choices[1].second == "cancel_order"
    assert choices[0].probability > 0.5


def test_none_of_these_by_known_requests():
    traffic = [text for texts in EXAMPLES.values() for text in texts] * 3
    intents = Intents.fit(EXAMPLES, encoder=HashedWords(), traffic=traffic)
    (choice,) = intents.route(["sing something loud"], rate=0.1)
    assert choice.intent is None
    assert choice.p == pytest.approx(1 / 28)
    assert intents.route(["book a table"], rate=0.1)[0].intent == "book_table"


def test_one_example_each_promises_nothing():
    intents = Intents.fit({name: texts[:1] for name, texts in EXAMPLES.items()}, encoder=HashedWords())
    assert not intents.promise(0.05).kept
    assert intents.route(["sing something loud"])[0].intent is not None


def test_weights_that_keep_examples_right_are_chosen():
    # the names point far the wrong way, so they had better not count
    examples = {"up": ["left", "l"], "over": ["right", "right"]}
    assert Intents.fit(examples, encoder=Points()).label_weight == 0


def test_confusable_pairs_come_worst_first():
    pairs = Intents.fit(EXAMPLES, encoder=HashedWords()).confusions
    assert {pairs[0].one, pairs[0].other} == {"cancel_order", "track_order"}
    assert pairs[0].examples == 6


def test_traffic_moves_prototypes_towards_it():
    start = np.eye(2, dtype=np.float32)
    traffic = np.array([[0.96, 0.28]] * 20 + [[0.0, 1.0]] * 20, np.float32)
    after = moved(start, traffic)
    assert after[0] @ traffic[0] > start[0] @ traffic[0]
    assert np.linalg.norm(after, axis=1) == pytest.approx([1, 1])
    intents = Intents.fit(EXAMPLES, encoder=HashedWords())
    assert intents.adapted([]) is intents
    assert intents.adapted(["cancel it"]).prototypes.shape == intents.prototypes.shape


def test_a_table_says_all_of_it():
    intents = Intents.fit(EXAMPLES, encoder=HashedWords(), traffic=["book a table", "stop the order"] * 20)
    text = route_table(intents, {"book_table": "small-model"}, otherwise="large-model", rate=0.1)
    again, targets = read_routes(text, encoder=HashedWords())
    assert targets == {"book_table": "small-model", "cancel_order": "cancel_order", "track_order": "track_order"}
    requests = ["book me a table", "order", "sing"]
    choices = zip(again.route(requests), intents.route(requests), strict=True)
    assert all((a.intent, a.p) == (b.intent, b.p) for a, b in choices)
    data = json.loads(text)
    assert (data["otherwise"], data["kept"]) == ("large-model", True)
    with pytest.raises(InvalidInput, match="no intent 'tables'"):
        route_table(intents, {"tables": "x"})
    with pytest.raises(InvalidInput, match="encoder of your own"):
        read_routes(text)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"schema": "tamis.routes", "version": 1, "routes": 5}'])
def test_what_is_no_table(text):
    with pytest.raises(UnreadableInput):
        read_routes(text, encoder=HashedWords())


@pytest.mark.parametrize(
    ("examples", "says"),
    [({}, "no intents"), ({"a": []}, "'a' has no example"), ({"a": [" "]}, "no example"), ({"a": "text"}, "one text")],
)
def test_examples_that_cannot_be_used(examples, says):
    with pytest.raises(InvalidInput, match=says):
        Intents.fit(examples, encoder=HashedWords())


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("card_arrival", "card arrival"),
        ("email/querycontact", "email query contact"),
        ("createoradd", "create or add"),
        ("iot/hue_lighton", "iot hue light on"),
        ("dontcare", "don't care"),
        ("lostCard", "lost card"),
        ("beneficiary", "beneficiary"),
        ("refund", "refund"),
        ("qxzvkw", "qxzvkw"),
        ("", ""),
    ],
)
def test_names_as_text(label, text):
    assert label_text(label) == text
