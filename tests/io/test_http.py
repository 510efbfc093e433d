"""The client against a real server on 127.0.0.1: what it retries, what it reports, and what it never shows."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from tamis.errors import InvalidInput, RemoteError
from tamis.io import http as remote
from tamis.io.http import AsyncClient, Retry, bearer, post_json

pytest.importorskip("httpx")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(remote, "PAUSE", 0.001)


def failing(times, status, headers=None):
    """Answer with the status so many times, then with the payload."""
    left = [times]

    def answer(path, payload, given):
        left[0] -= 1
        return (status, headers or {}, b"not now") if left[0] >= 0 else {"heard": payload, "path": path}

    return answer


def test_it_posts_json_and_returns_the_object(serve):
    server = serve(lambda path, payload, headers: {"path": path, "heard": payload})
    assert post_json(f"{server.url}/v1/x", {"a": ["é"]}) == {"path": "/v1/x", "heard": {"a": ["é"]}}
    assert server.asked[0][2]["content-type"] == "application/json"


def test_lone_surrogates_are_sent_as_replacement_characters(serve):
    server = serve(lambda path, payload, headers: payload)
    assert post_json(server.url, {"a": [{"b": "x\ud800y"}]}) == {"a": [{"b": "x\ufffdy"}]}


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_passing_failures_are_tried_again(serve, status):
    server = serve(failing(2, status))
    assert post_json(server.url, {"a": 1}, tries=3)["heard"] == {"a": 1}
    assert len(server.asked) == 3


def test_the_last_try_reports_status_and_what_was_said(serve):
    server = serve(failing(9, 503))
    with pytest.raises(RemoteError, match="status 503 after 2 tries: 'not now'") as caught:
        post_json(server.url, {}, tries=2)
    assert caught.value.status == 503
    assert len(server.asked) == 2


@pytest.mark.parametrize(("status", "hint"), [(401, "key"), (404, "address"), (400, "")])
def test_refusals_are_not_tried_again_and_show_no_key(serve, status, hint):
    server = serve(failing(1, status))
    with pytest.raises(RemoteError, match=f"status {status}.*{hint}") as caught:
        post_json(server.url, {}, headers={"Authorization": "Bearer sesame"})
    assert len(server.asked) == 1
    assert server.asked[0][2]["authorization"] == "Bearer sesame"
    assert "sesame" not in str(caught.value)


def test_retry_after_is_waited_for_in_seconds_and_as_a_date(serve):
    soon = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=2), usegmt=True)
    for said, least in (("0.3", 0.3), (soon, 0.5)):
        begun = time.monotonic()
        post_json(serve(failing(1, 429, {"retry-after": said})).url, {})
        assert least <= time.monotonic() - begun < 3


@pytest.mark.parametrize("said", ["next week", "nan", "-5", ""])
def test_a_retry_after_that_says_nothing_is_ignored(serve, said):
    assert post_json(serve(failing(1, 429, {"retry-after": said})).url, {"a": 1})["heard"] == {"a": 1}


def test_too_long_a_wait_is_reported_at_once(serve):
    server = serve(failing(9, 429, {"retry-after": "3600"}))
    with pytest.raises(RemoteError, match="wait 3600 seconds"):
        post_json(server.url, {})
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1, 2]", b'"text"', b"\xff\xfe"])
def test_an_answer_that_is_no_json_object_is_an_error(serve, body):
    server = serve(lambda path, payload, headers: (200, {}, body))
    with pytest.raises(RemoteError, match="no JSON") as caught:
        post_json(server.url, {})
    assert caught.value.status == 200


def test_a_server_that_is_too_slow_or_gone_is_an_error(serve):
    server = serve(lambda path, payload, headers: time.sleep(0.5) or {})
    with pytest.raises(RemoteError, match="does not answer") as caught:
        post_json(server.url, {}, timeout=0.05, tries=2)
    assert caught.value.status is None
    assert len(server.asked) == 2
    server.close()
    with pytest.raises(RemoteError, match="does not answer"):
        post_json(server.url, {}, tries=1)


def test_a_slow_first_answer_is_not_the_end(serve):
    naps = [0.5, 0.0]
    server = serve(lambda path, payload, headers: time.sleep(naps.pop(0)) or {"ok": 1})
    assert post_json(server.url, {}, timeout=0.2) == {"ok": 1}


@pytest.mark.parametrize("url", ["", "ftp://x", "localhost:80"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InvalidInput, match="no address"):
        post_json(url, {})


def test_a_key_that_no_header_can_hold_is_an_error_that_does_not_show_it(serve):
    with pytest.raises(RemoteError, match="cannot be asked") as caught:
        post_json(serve(lambda *_: {}).url, {}, headers={"Authorization": "Bearer schlüssel"})
    assert "schl" not in str(caught.value)


def test_the_first_variable_that_holds_a_key_makes_the_header(monkeypatch):
    monkeypatch.delenv("A_KEY", raising=False)
    monkeypatch.setenv("B_KEY", "sesame")
    assert bearer(("A_KEY", "B_KEY")) == {"Authorization": "Bearer sesame"}
    assert bearer(("A_KEY",)) == {}


def test_no_proxy_stands_before_this_very_machine(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert post_json(serve(lambda *_: {"ok": 1}).url, {}, tries=1) == {"ok": 1}


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.3:1/x", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://10.0.0.1", False),
        ("https://localhost.example", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_loopback(url, own):
    assert remote.is_loopback(url) == own


def test_pauses_double_to_a_limit_with_half_of_them_left_to_chance():
    retry = Retry(pause=1.0)
    assert [retry.wait(None, attempt, 1.0) for attempt in (1, 2, 3, 9)] == [1.0, 2.0, 4.0, 60.0]
    assert [retry.wait(None, attempt, 0.0) for attempt in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 30.0]


def posted(server, *, timeout=1.0, last=True, headers=None):
    """What the asynchronous client gets from one attempt."""

    async def attempt():
        async with AsyncClient(server.url, headers=headers or {}, timeout=timeout, connections=2) as client:
            return await client.post({"a": 1}, headers={"X-Mark": "m"}, last=last)

    return asyncio.run(attempt())


def test_the_asynchronous_client_posts_the_same_json(serve):
    server = serve(lambda path, payload, headers: {"heard": payload})
    assert remote.json_object(server.url, posted(server, headers={"Authorization": "Bearer x"})) == {"heard": {"a": 1}}
    headers = server.asked[0][2]
    assert (headers["content-type"], headers["x-mark"], headers["authorization"]) == (
        "application/json",
        "m",
        "Bearer x",
    )


def test_the_asynchronous_client_fails_as_the_other_does(serve):
    server = serve(lambda path, payload, headers: time.sleep(0.3) or {})
    assert posted(server, timeout=0.05, last=False) is None
    with pytest.raises(RemoteError, match="does not answer"):
        posted(server, timeout=0.05)
    with pytest.raises(remote.Unsendable, match="cannot be asked") as caught:
        posted(server, headers={"Authorization": "Bearer schlüssel"})
    assert "schl" not in str(caught.value)
