"""Asking a real server that fails as real ones do: every chunk answered, every answer paid once, every limit kept."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from email.utils import formatdate
from pathlib import Path

import pytest

from tamis.distill.ask import IN_A_ROW, Limits, Tally, ask, pending
from tamis.distill.cost import Price
from tamis.distill.journal import open_journal, read_journal
from tamis.distill.teacher import Teacher, endpoint
from tamis.distill.wording import most
from tamis.errors import InvalidInput, RemoteError
from tests.distill.conftest import Reply, asking, completion, scripted, some_chunks, teacher_server

PRICE = Price(10.0, 100.0)


def asked(tmp_path: Path, teacher: Teacher, count: int, **limits) -> Tally:
    with open_journal(tmp_path / "answers.jsonl") as journal:
        return ask(some_chunks(count), teacher, journal=journal, limits=Limits(**limits))


def test_every_fault_is_survived_and_every_answer_billed_once(tmp_path):
    rule = teacher_server.Rule(faults=0.8, slips=0.2, silence=1.2)
    with teacher_server.served(rule) as address:
        teacher = asking(address, timeout=1.0)
        tally = asked(tmp_path, teacher, 40)
    happened = Counter(event for _, event in rule.events)
    assert set(teacher_server.FAULTS) <= set(happened)  # or the test would say nothing about some
    assert (tally.paid, tally.open, tally.failures) == (40, 0, [])
    assert tally.retries >= sum(happened.values()) - happened["answered"]  # (more where a line was not even taken)
    assert len(rule.billed) == 40 <= happened["answered"]
    chunks = some_chunks(40)
    answers = read_journal(tmp_path / "answers.jsonl")
    assert set(answers) == {teacher.meter.wording.key(chunk) for chunk in chunks} == set(rule.billed)
    for chunk in chunks:
        found = answers[teacher.meter.wording.key(chunk)]
        assert (found.chunk, found.text) == (chunk.id, teacher_server.shorten(chunk.text, slips=0.2))
        assert not found.counted
    assert tally.tokens_out == sum(answer.tokens_out for answer in answers.values())


def test_what_was_answered_is_not_asked_again(tmp_path):
    with scripted(lambda _: Reply()) as (script, address):
        first = asked(tmp_path, asking(address), 5)
        again = asked(tmp_path, asking(address), 9)
        asked(tmp_path, asking(address.replace("#scripted", "#another")), 3)  # another teacher, other answers
    assert (first.paid, again.before, again.paid) == (5, 5, 4)
    assert [request["model"] for request in script.seen] == ["scripted"] * 9 + ["another"] * 3
    texts = Counter(request["messages"][-1]["content"] for request in script.seen[:9])
    assert set(texts.values()) == {1}


def test_the_request_is_what_it_should_be(tmp_path):
    with scripted(lambda _: Reply()) as (script, address):
        teacher = asking(address, headers={"Authorization": "Bearer secret"})
        asked(tmp_path, teacher, 1)
    (chunk,) = some_chunks(1)
    (request,), (headers,) = script.seen, script.headers
    system, user = request["messages"]
    assert (system["role"], user) == ("system", {"role": "user", "content": chunk.text})
    assert (request["temperature"], request["max_tokens"]) == (0.3, most(chunk))
    assert headers["Authorization"] == "Bearer secret"
    assert headers["Idempotency-Key"] == teacher.meter.wording.key(chunk)


def test_no_more_are_asked_together_than_allowed(tmp_path):
    with scripted(lambda _: Reply(delay=0.05)) as (script, address):
        asked(tmp_path, asking(address), 20, together=3)
    assert script.most_inside == 3


def test_the_order_of_answers_does_not_matter(tmp_path):
    for name, delays in (("a", (0.0, 0.06)), ("b", (0.06, 0.0))):
        with scripted(lambda n, d=delays: Reply(delay=d[n % 2])) as (_, address):
            (tmp_path / name).mkdir()
            asked(tmp_path / name, asking(address), 12, together=4)
    a, b = (read_journal(tmp_path / name / "answers.jsonl") for name in "ab")
    assert a == b


def test_requests_a_minute(tmp_path):
    with scripted(lambda _: Reply()) as (_, address):
        began = time.monotonic()
        asked(tmp_path, asking(address), 5, requests=600)  # one each 0.1 s
        assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_back_all(status, form, tmp_path):
    asked_at: list[float] = []
    named = "1" if form == "seconds" else formatdate(time.time() + 2, usegmt=True)

    def reply(number: int) -> Reply:
        asked_at.append(time.monotonic())
        return Reply(status, b"busy", {"Retry-After": named}) if number == 0 else Reply(delay=0.05)

    with scripted(reply) as (_, address):
        tally = asked(tmp_path, asking(address), 6, together=1)
    assert (tally.paid, tally.retries) == (6, 1)
    assert asked_at[1] - asked_at[0] >= 0.9  # (a date has no fractions of a second)


def test_a_server_that_asks_for_an_hour_is_reported_at_once(tmp_path):
    with (
        scripted(lambda _: Reply(429, b"later", {"Retry-After": "3600"})) as (script, address),
        pytest.raises(RemoteError, match="429"),
    ):
        asked(tmp_path, asking(address), 20, together=2)
    assert len(script.seen) <= 2


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"bad key", "Is the key set"),
        (403, b"no", "May this key"),
        (404, b"no such model", "Check address and model"),
        (402, b"pay", "402"),
        (429, b'{"error": {"code": "insufficient_quota"}}', "insufficient_quota"),
    ],
)
def test_what_is_hopeless_stops_all_at_once(status, body, said, tmp_path):
    with scripted(lambda n: Reply() if n < 2 else Reply(status, body)) as (script, address):
        with pytest.raises(RemoteError, match=said) as caught:
            asked(tmp_path, asking(address), 30, together=2)
        assert caught.value.status == status
    assert len(script.seen) <= 4
    assert len(read_journal(tmp_path / "answers.jsonl")) >= 2  # what was paid is kept


def test_a_key_that_no_header_can_hold_is_hopeless_and_not_shown(tmp_path):
    with scripted(lambda _: Reply()) as (script, address):
        teacher = asking(address, headers={"Authorization": "Bearer schl\u00fcssel"})
        with pytest.raises(RemoteError, match="cannot be asked: UnicodeEncodeError") as caught:
            asked(tmp_path, teacher, 3)
    assert not script.seen
    assert "schl" not in str(caught.value)


def test_a_chunk_that_is_refused_is_left_out_and_asked_by_the_next_run(tmp_path):
    with scripted(lambda n: Reply(400, b"content filter") if n == 3 else Reply()) as (_, address):
        tally = asked(tmp_path, asking(address), 8, together=1)
        assert (tally.paid, tally.open) == (7, 1)
        ((chunk, why),) = tally.failures
        assert chunk == some_chunks(8)[3].id
        assert "content filter" in why
        assert asked(tmp_path, asking(address), 8).paid == 1


def test_many_failures_in_a_row_are_no_accident(tmp_path):
    with scripted(lambda _: Reply(400, b"wrong")) as (script, address):
        with pytest.raises(RemoteError, match="in a row"):
            asked(tmp_path, asking(address), 40, together=1)
        assert len(script.seen) == IN_A_ROW


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": 7}}]}', b"\xff"]
)
def test_nonsense_is_tried_again_and_then_said(body, tmp_path):
    with scripted(lambda n: Reply(body=body) if n < 1 else Reply()) as (_, address):
        tally = asked(tmp_path, asking(address), 1)
        assert (tally.paid, tally.retries) == (1, 1)
    with scripted(lambda _: Reply(body=body)) as (_, address):
        tally = asked(tmp_path / "second", asking(address, tries=2), 1)
        assert tally.open == 1
        assert "answers no" in tally.failures[0][1]


def test_a_server_that_is_not_there_is_said(tmp_path):
    with scripted(lambda _: Reply()) as (_, address):
        pass
    tally = asked(tmp_path, asking(address, tries=2), 3)
    assert (tally.paid, tally.open) == (0, 3)
    assert "does not answer" in tally.failures[0][1]


def test_a_refusal_without_words_and_an_answer_cut_short_are_paid_all_the_same(tmp_path):
    bodies = [
        b'{"choices": [{"message": {"content": null}, "finish_reason": "content_filter"}]}',
        b'{"choices": [{"message": {"content": "half of"}, "finish_reason": "length"}],'
        b' "usage": {"prompt_tokens": -1, "completion_tokens": 2}}',
    ]
    with scripted(lambda n: Reply(body=bodies[n])) as (_, address):
        tally = asked(tmp_path, asking(address), 2, together=1)
    first, second = read_journal(tmp_path / "answers.jsonl").values()
    assert tally.paid == 2
    assert (first.text, first.finish, second.text, second.finish) == ("", "content_filter", "half of", "length")
    assert first.counted
    assert second.counted  # the server counted nonsense
    assert second.tokens_out == 2


def test_a_budget_is_never_passed_and_covers_earlier_runs(tmp_path):
    usage = {"prompt_tokens": 100, "completion_tokens": 20}

    def reply(_: int) -> Reply:
        return Reply(body=completion("kept", usage=usage), delay=0.02)

    with scripted(reply) as (_, address):
        teacher = asking(address)
        each = PRICE.of(100, 20)
        worst = max(teacher.meter.reserve(chunk, PRICE) for chunk in some_chunks(20))
        budget = 5 * each + worst
        first = asked(tmp_path, teacher, 20, budget=budget, price=PRICE, together=4)
        assert first.money <= budget
        assert "budget" in first.stopped
        assert first.open > 0
        second = asked(tmp_path, teacher, 20, budget=budget, price=PRICE, together=1)
        assert second.money <= budget
        assert second.before == first.paid
        assert budget - second.money <= worst + each  # and it is used up, as far as one may be sure
        assert asked(tmp_path, teacher, 20, budget=100 * budget, price=PRICE).open == 0


def test_what_it_costs_is_estimated_from_above(tmp_path):
    with teacher_server.served(teacher_server.Rule()) as address:
        teacher = asking(address)
        chunks = some_chunks(20)
        estimate = teacher.meter.estimate(chunks, PRICE)
        tally = asked(tmp_path, teacher, 20, price=PRICE)
    assert estimate.requests == 20
    assert estimate.tokens_in == sum(map(teacher.meter.tokens_in, chunks))
    assert estimate.usual < estimate.most
    assert tally.money < estimate.most
    assert estimate.most == pytest.approx(sum(teacher.meter.reserve(chunk, PRICE) for chunk in chunks))
    assert pending(chunks, teacher, read_journal(tmp_path / "answers.jsonl")) == []


def test_progress_is_told_after_every_answer(tmp_path):
    told: list[int] = []
    with scripted(lambda _: Reply()) as (_, address), open_journal(tmp_path / "a") as journal:
        ask(some_chunks(6), asking(address), journal=journal, limits=Limits(), report=lambda t: told.append(t.paid))
    assert told == [1, 2, 3, 4, 5, 6]


def test_an_answer_is_on_the_disk_before_it_is_told(tmp_path):
    with scripted(lambda _: Reply()) as (_, address), open_journal(tmp_path / "a") as journal:

        def report(tally: Tally) -> None:
            assert len((tmp_path / "a").read_bytes().splitlines()) == tally.paid

        ask(some_chunks(6), asking(address), journal=journal, limits=Limits(together=1), report=report)


def test_it_works_outside_the_main_thread(tmp_path):
    with scripted(lambda _: Reply()) as (_, address):
        found: list[Tally] = []
        thread = threading.Thread(target=lambda: found.append(asked(tmp_path, asking(address), 3)))
        thread.start()
        thread.join()
    assert found[0].paid == 3


@pytest.mark.parametrize(
    ("said", "url", "model"),
    [
        ("https://api.openai.com/v1#gpt-4o-mini", "https://api.openai.com/v1/chat/completions", "gpt-4o-mini"),
        ("http://127.0.0.1:8080#m", "http://127.0.0.1:8080/v1/chat/completions", "m"),
        ("http://[::1]:8080/openai/v1/#org/m", "http://[::1]:8080/openai/v1/chat/completions", "org/m"),
        ("https://h/x/chat/completions#m", "https://h/x/chat/completions", "m"),
    ],
)
def test_addresses(said, url, model):
    assert endpoint(said) == (url, model)


@pytest.mark.parametrize(
    "said",
    ["", "gpt-4o", "https://h/v1", "https://#m", "ftp://h#m", "http://h:x#m", "http://h?a=1#m", "http://u:p@h#m"],
)
def test_what_is_no_address_is_refused(said):
    with pytest.raises(InvalidInput, match="--teacher") as caught:
        endpoint(said)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize("limits", [{"together": 0}, {"requests": 0.0}, {"tokens": float("nan")}, {"budget": 5.0}])
def test_limits_that_make_no_sense_are_refused(limits):
    with pytest.raises(InvalidInput):
        Limits(**limits)


def test_the_key_of_a_request_changes_with_all_that_changes_an_answer():
    from dataclasses import replace

    from tamis.distill.wording import TeacherPrompt

    one, two = some_chunks(2)
    base = TeacherPrompt("m")
    variants = [
        replace(base, model="n"),
        replace(base, instruction="Shorten."),
        replace(base, temperature=None),
        replace(base, body={"top_p": 0.5}),
    ]
    keys = [base.key(one), base.key(two), *(variant.key(one) for variant in variants)]
    assert len(set(keys)) == len(keys)
    assert base.key(one) == TeacherPrompt("m").key(one)
    assert "temperature" not in variants[2].request(one)
    assert variants[3].request(one)["top_p"] == 0.5
    assert "max_tokens" not in TeacherPrompt("m", body={"max_tokens": None}).request(one)
    assert json.dumps(base.request(one))
