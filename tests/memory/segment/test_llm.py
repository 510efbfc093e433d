"""The LLM segmenter against a real local server that plays the model, well and badly."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, RemoteError
from tamis.memory import Memory, Turn
from tamis.memory.segment.agreement import window_diff
from tamis.memory.segment.learned import Learned
from tamis.memory.segment.llm import LLMSegmenter, read_answer
from tamis.memory.segment.reflection import LabelledTalk, reflect
from tests.memory.making import Hashed


@contextmanager
def model(answer):
    """A server whose model says what `answer(prompt, number)` gives: text, a status, or None to hang up."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(body)
            said = answer(body["messages"][-1]["content"], len(asked))
            if said is None:
                self.connection.close()
                return
            status = said if isinstance(said, int) else 200
            made = {"choices": [{"message": {"role": "assistant", "content": said}}]}
            data = json.dumps({"error": "busy"} if status != 200 else made).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/v1#tiny", asked
    finally:
        http.shutdown()
        http.server_close()


def talk(count, every=4):
    turns = tuple(Turn(f"topic {n // every} turn {n}", "AB"[n % 2]) for n in range(count))
    return turns, np.tile(np.float32(0.25), (count, 16))


def by_topic(prompt, _=0):
    """A model that reads the prompt's numbers and topics, and cuts where the topic changes."""
    rows = re.findall(r"^\[(\d+)\] \w: topic (\d+)", prompt.rpartition("\n\n")[2], re.M)
    topics = [topic for _, topic in rows]
    starts = [n for n in range(len(rows)) if n == 0 or topics[n] != topics[n - 1]]
    ends = [*(s - 1 for s in starts[1:]), len(rows) - 1]
    return "\n".join(json.dumps({"first": a, "last": b, "topic": topics[a]}) for a, b in zip(starts, ends, strict=True))


def test_a_session_is_cut_by_the_model():
    with model(by_topic) as (place, asked):
        segmenter = LLMSegmenter(place)
        turns, vectors = talk(10)
        assert np.flatnonzero(segmenter.cut(turns, vectors)).tolist() == [0, 4, 8]
        assert (asked[0]["model"], asked[0]["temperature"]) == ("tiny", 0)
        assert segmenter.report.repaired == segmenter.report.replaced == []
        assert segmenter.cut(turns, vectors, known=10, length=2).tolist() == []
        assert segmenter.cut(turns, vectors, known=6, length=2).tolist() == [False, False, True, False]


def test_long_sessions_are_read_in_windows_that_share_a_segment():
    with model(by_topic) as (place, asked):
        turns, vectors = talk(150, every=7)
        assert np.flatnonzero(LLMSegmenter(place).cut(turns, vectors)).tolist() == list(range(0, 150, 7))
        assert len(asked) == 3


def test_a_memory_uses_it():
    with (
        model(by_topic) as (place, _),
        Memory(":memory:", scope="a", encoder=Hashed(), segmenter=LLMSegmenter(place)) as one,
    ):
        one.add([Turn(turn.text, turn.speaker, session="s") for turn in talk(10)[0]])
        assert [len(segment.turns) for segment in one.segments()] == [4, 4, 2]


@pytest.mark.parametrize(
    ("said", "starts", "faulty"),
    [
        ('<seg>\n{"segment_id": 0, "start_exchange_number": 0, "num_exchanges": 2},\n{"first": "2"}', [0, 2], False),
        ('{"num_exchanges": 2}\n{"num_exchanges": 1}\n{"num_exchanges": 3}', [0, 2, 3], False),
        ('{"first": 3, "last": 5}', [0, 3], True),  # the beginning is missing
        ('{"first": 0}\n{"first": 4}\n{"first": 2}\n{"first": 2}', [0, 2, 4], True),  # overlap, repeated, backwards
        ('{"first": 0}\n{"first": 99}\n{"first": -1}', [0], True),
        ('Sure!\n{"first": 0, "last": 1}\n{"first": 2, "topic": "unfinis', [0], False),  # cut off
        ('{"first": 0}\n{first: 3}', [0], True),
        ('{"first": true}\n{"first": 1.5}\n{"first": 1}', [0, 1], True),
    ],
)  # fmt: skip
def test_answers_are_put_right(said, starts, faulty):
    opens, faults = read_answer(said, 6)
    assert np.flatnonzero(opens).tolist() == starts
    assert bool(faults) == faulty


FIELDS = st.sampled_from(["first", "last", "num_exchanges"])
LINES = st.lists(st.dictionaries(FIELDS, st.integers(-9, 9) | st.text(max_size=3)))


@given(st.text(max_size=80) | LINES.map(lambda rows: "\n".join(map(json.dumps, rows))), st.integers(1, 9))
def test_any_answer_is_a_cut_or_nothing(said, count):
    opens, _ = read_answer(said, count)
    assert opens is None or (opens.shape == (count,) and opens[0])


def test_nonsense_is_asked_once_more_and_then_replaced_in_the_open():
    turns, vectors = talk(6)
    with model(lambda *_: "I would rather not.") as (place, asked):
        segmenter = LLMSegmenter(place)
        assert (segmenter.cut(turns, vectors) == Learned().cut(turns, vectors)).all()
        assert len(asked) == 2
        assert len(segmenter.report.replaced) == 1
        with pytest.raises(RemoteError, match="rather not"):
            LLMSegmenter(place, fallback=None).cut(turns, vectors)
    with model(lambda prompt, n: "hm" if n == 1 else '{"first": 0}\n{"first": 2}') as (place, _):
        assert np.flatnonzero(LLMSegmenter(place).cut(turns, vectors)).tolist() == [0, 2]


def test_a_busy_server_is_waited_for_and_one_that_hangs_up_is_an_error(monkeypatch):
    monkeypatch.setattr("tamis.io.http.PAUSE", 0.01)
    turns, vectors = talk(5)
    with model(lambda prompt, n: 429 if n < 3 else by_topic(prompt)) as (place, asked):
        assert np.flatnonzero(LLMSegmenter(place).cut(turns, vectors)).tolist() == [0, 4]
        assert len(asked) == 3
    with model(lambda *_: None) as (place, _), pytest.raises(RemoteError):
        LLMSegmenter(place).cut(turns, vectors)
    with model(lambda *_: 400) as (place, _), pytest.raises(RemoteError):
        LLMSegmenter(place).cut(turns, vectors)


@pytest.mark.parametrize("place", ["", "gpt-4o", "http://host/v1", "ftp://host#x"])
def test_a_model_is_an_address_and_a_name(place):
    with pytest.raises(InvalidInput, match="http://host/v1#model"):
        LLMSegmenter(place)


def test_reflection_learns_a_rule_from_the_worst_talks():
    lessons = []
    for every in (3, 4, 5, 6):
        turns, _ = talk(12, every=every)
        lessons.append(LabelledTalk(turns, np.arange(12) % every == 0))
    shown = []

    def answer(prompt, number):
        if "true:" in prompt:
            shown.append(prompt)
            rules = [*re.findall(r"^- (?!\(none)(.*)$", prompt.partition("Below")[0], re.M), f"Rule {len(shown)}."]
            return json.dumps({"rules": [*rules, "one too many"], "example": 0})
        return by_topic(prompt) if "Rule 2." in prompt else "\n".join(json.dumps({"first": n}) for n in range(12))

    with model(answer) as (place, _):
        before = LLMSegmenter(place)
        after = reflect(before, lessons, worst=2, batches=2)
        assert after.rubric == ("Rule 1.", "Rule 2.")  # exactly one a batch
        assert len(after.examples) == 2
        worst = max(lessons, key=lambda one: window_diff(one.truth, np.ones(12, np.bool_)))
        assert f"true: {np.flatnonzero(worst.truth).tolist()}" in shown[0]
        turns, vectors = talk(12)
        assert np.flatnonzero(after.cut(turns, vectors)).tolist() == [0, 4, 8]
        with pytest.raises(InvalidInput):
            reflect(before, [])


def test_reflection_survives_nonsense():
    lessons = [LabelledTalk(talk(6)[0], np.arange(6) % 3 == 0)]
    with model(lambda prompt, _: "no idea" if "true:" in prompt else by_topic(prompt)) as (place, _):
        after = reflect(LLMSegmenter(place, rubric=("Old.",)), lessons, batches=1)
        assert (after.rubric, after.examples) == (("Old.",), ())
