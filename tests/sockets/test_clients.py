"""`tamis.wrap` on the real clients of openai and anthropic, against a server that speaks as their providers do."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

import tamis
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, StoreUnavailable, UnknownName
from tamis.prompt.chats import Policy
from tests.sockets.providers import ANSWER, CHAT, LOG, MESSAGES, RESPONSES, provider
from tests.sockets.real import real, run_pages

real("clients", "openai", "anthropic")

import anthropic  # noqa: E402
import openai  # noqa: E402

POLICY = Policy(floor=0)


@pytest.fixture
def server(serve):
    return serve(provider)


def client_of(kind: type, server: Any, **options: Any) -> Any:
    return kind(api_key="k", base_url=server.url, max_retries=0, **options)


def wrapped(kind: type, server: Any, **settings: Any) -> Any:
    return tamis.wrap(client_of(kind, server), **{"rate": 0.2, "policy": POLICY} | settings)


def final(stream: Any) -> Any:
    with stream as events:
        list(events)
        return events.get_final_response() if hasattr(events, "get_final_response") else events.get_final_message()


def completed(stream: Any) -> Any:
    with stream as events:
        list(events)
        return events.get_final_completion()


OPENAI = {"model": "m", "messages": CHAT}
ANTHROPIC = {"model": "m", "max_tokens": 9, "messages": MESSAGES}
CALLS: dict[str, tuple[type, Callable[[Any], Any], str]] = {
    "chat": (openai.OpenAI, lambda c: c.chat.completions.create(**OPENAI).choices[0].message.content, "messages"),
    "chat, parsed": (
        openai.OpenAI,
        lambda c: c.chat.completions.parse(**OPENAI).choices[0].message.content,
        "messages",
    ),
    "chat, streamed": (
        openai.OpenAI,
        lambda c: "".join(x.choices[0].delta.content or "" for x in c.chat.completions.create(**OPENAI, stream=True)),
        "messages",
    ),
    "chat, helper": (
        openai.OpenAI,
        lambda c: completed(c.chat.completions.stream(**OPENAI)).choices[0].message.content,
        "messages",
    ),
    "chat, raw": (
        openai.OpenAI,
        lambda c: c.chat.completions.with_raw_response.create(**OPENAI).parse().choices[0].message.content,
        "messages",
    ),
    "chat, options": (
        openai.OpenAI,
        lambda c: c.with_options(timeout=9).chat.completions.create(**OPENAI).choices[0].message.content,
        "messages",
    ),
    "responses": (openai.OpenAI, lambda c: c.responses.create(model="m", input=RESPONSES).output_text, "input"),
    "responses, helper": (
        openai.OpenAI,
        lambda c: final(c.responses.stream(model="m", input=RESPONSES)).output_text,
        "input",
    ),
    "messages": (anthropic.Anthropic, lambda c: c.messages.create(**ANTHROPIC).content[0].text, "messages"),
    "messages, beta": (anthropic.Anthropic, lambda c: c.beta.messages.create(**ANTHROPIC).content[0].text, "messages"),
    "messages, streamed": (
        anthropic.Anthropic,
        lambda c: "".join(
            x.delta.text for x in c.messages.create(**ANTHROPIC, stream=True) if x.type == "content_block_delta"
        ),
        "messages",
    ),
    "messages, helper": (
        anthropic.Anthropic,
        lambda c: final(c.messages.stream(**ANTHROPIC)).content[0].text,
        "messages",
    ),
    "messages, raw": (
        anthropic.Anthropic,
        lambda c: c.messages.with_raw_response.create(**ANTHROPIC).parse().content[0].text,
        "messages",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_sent_is_short_and_what_comes_back_is_the_same(name, server):
    kind, call, key = CALLS[name]
    plain, client = client_of(kind, server), wrapped(kind, server)
    assert type(client) is kind
    assert call(plain) == call(client) == ANSWER
    (path, before, headers), (other_path, after, other_headers) = server.asked
    assert path == other_path
    assert {k: v for k, v in before.items() if k != key} == {k: v for k, v in after.items() if k != key}
    assert headers.keys() == other_headers.keys()
    short = tamis.compress_messages(before[key], rate=0.2, policy=POLICY)
    assert after[key] == short.messages
    assert len(json.dumps(after)) < 0.5 * len(json.dumps(before))
    assert "disk full" in json.dumps(after)
    ledger = client.tamis.ledger
    assert (ledger.calls, ledger.tokens, ledger.original_tokens) == (1, short.tokens, short.original_tokens)
    assert ledger.saved == short.saved > 0


ASYNC: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "chat": (openai.AsyncOpenAI, lambda c: c.chat.completions.create(**OPENAI)),
    "responses": (openai.AsyncOpenAI, lambda c: c.responses.create(model="m", input=RESPONSES)),
    "messages": (anthropic.AsyncAnthropic, lambda c: c.messages.create(**ANTHROPIC)),
}


@pytest.mark.parametrize("name", ASYNC)
def test_asynchronous_clients(name, server):
    kind, call = ASYNC[name]

    async def talk() -> list[Any]:
        client = wrapped(kind, server)
        async with client, client.with_options(max_retries=1) as other:
            return [client.tamis.ledger, *await asyncio.gather(call(client), call(other), call(client))]

    ledger, *answers = asyncio.run(talk())
    assert all(ANSWER in answer.model_dump_json() for answer in answers)
    assert ledger.calls == 3
    assert len({json.dumps(payload) for _, payload, _ in server.asked}) == 1
    assert len(json.dumps(server.asked[0][1])) < 0.5 * len(LOG)


def test_asynchronous_streams(server):
    async def talk() -> list[str]:
        first, second = wrapped(openai.AsyncOpenAI, server), wrapped(anthropic.AsyncAnthropic, server)
        chunks = await first.chat.completions.create(**OPENAI, stream=True)
        words = [x.choices[0].delta.content or "" async for x in chunks]
        async with second.messages.stream(**ANTHROPIC) as stream:
            text = "".join([part async for part in stream.text_stream])
        return ["".join(words), text]

    assert asyncio.run(talk()) == [ANSWER, ANSWER]
    assert all(len(json.dumps(payload)) < 0.5 * len(LOG) for _, payload, _ in server.asked)


def test_a_longer_chat_begins_with_what_was_sent_even_where_the_store_fails_meanwhile(server, tmp_path):
    class Failing:
        """A store that works once."""

        def __init__(self) -> None:
            self.store, self.works = tamis.prompt.recovery.open_originals(tmp_path / "o.db"), True

        def __getattr__(self, name: str) -> Any:
            return getattr(self.store, name)

        def file(self, text: str, besides: frozenset[str] = frozenset()) -> Any:
            if not self.works:
                raise StoreUnavailable("The disk is full.")
            return self.store.file(text, besides)

    store = Failing()
    client = wrapped(openai.OpenAI, server, store=store)
    client.chat.completions.create(**OPENAI)
    store.works = False
    reply = client.chat.completions.create(**OPENAI).choices[0].message
    longer = [*CHAT, reply, {"role": "user", "content": "Since when?"}]
    client.chat.completions.create(model="m", messages=longer)
    first, _, third = (payload["messages"] for _, payload, _ in server.asked)
    assert third[: len(first)] == first
    assert third[-2:] == [{"role": "assistant", "content": ANSWER}, longer[-1]]
    ident = client.tamis.ledger.last.decisions[2].id
    assert store.store.get(ident) == LOG


GO_ON: dict[str, tuple[type, Callable[[Any, list[Any]], Any], Callable[[Any], list[Any]]]] = {
    "responses": (
        openai.OpenAI,
        lambda c, chat: c.responses.create(model="m", input=[*RESPONSES, *chat]),
        lambda reply: [*reply.output, {"role": "user", "content": "Since when?"}],
    ),
    "messages": (
        anthropic.Anthropic,
        lambda c, chat: c.messages.create(model="m", max_tokens=9, messages=[*MESSAGES, *chat]),
        lambda reply: [{"role": "assistant", "content": reply.content}, {"role": "user", "content": "Since when?"}],
    ),
}


@pytest.mark.parametrize("name", GO_ON)
def test_objects_of_the_client_in_a_longer_chat(name, server):
    kind, call, more = GO_ON[name]
    client = wrapped(kind, server)
    call(client, more(call(client, [])))
    first, second = (payload.get("input") or payload["messages"] for _, payload, _ in server.asked)
    assert second[: len(first)] == first
    assert len(second) == len(first) + 2
    assert ANSWER in json.dumps(second[-2])
    assert not client.tamis.ledger.failures
    assert not client.tamis.ledger.last.warnings


def test_what_a_provider_counts_is_what_is_sent(server):
    client = wrapped(anthropic.Anthropic, server)
    counted = client.messages.count_tokens(model="m", messages=MESSAGES).input_tokens
    assert (
        counted
        < client_of(anthropic.Anthropic, server).messages.count_tokens(model="m", messages=MESSAGES).input_tokens
    )


def test_a_long_prompt_of_responses(server):
    client = wrapped(openai.OpenAI, server, policy=Policy(user=200, floor=0))
    client.responses.create(model="m", input=f"What failed?\n\n{LOG}\n\nSay it in one word.")
    (_, payload, _) = server.asked[0]
    assert isinstance(payload["input"], str)
    assert len(payload["input"]) < 0.5 * len(LOG)
    assert payload["input"].startswith("What failed?")


def test_what_is_given_stays_as_it_is(server):
    plain = client_of(openai.OpenAI, server)
    before = copy.deepcopy(CHAT)
    tamis.wrap(plain, rate=0.2, policy=POLICY).chat.completions.create(**OPENAI)
    assert before == CHAT
    plain.chat.completions.create(**OPENAI)
    assert server.asked[1][1]["messages"] == CHAT
    assert not hasattr(plain, "tamis")
    assert "request" not in vars(openai.OpenAI(api_key="k"))


def test_errors_of_the_provider_are_its_own(server):
    for kind, call, error in (
        (openai.OpenAI, lambda c: c.chat.completions.create(model="wrong", messages=CHAT), openai.BadRequestError),
        (
            anthropic.Anthropic,
            lambda c: c.messages.create(model="wrong", max_tokens=9, messages=MESSAGES),
            anthropic.BadRequestError,
        ),
    ):
        with pytest.raises(error, match="no such model"):
            call(wrapped(kind, server))


def test_falling_open_or_not(server):
    client = wrapped(openai.OpenAI, server, limit=10)
    assert client.chat.completions.create(**OPENAI).choices[0].message.content == ANSWER
    assert server.asked[0][1]["messages"] == CHAT
    assert "BudgetTooSmall" in client.tamis.ledger.failures[0]
    assert (client.tamis.ledger.calls, client.tamis.ledger.tokens) == (1, 0)
    with pytest.raises(BudgetTooSmall):
        wrapped(openai.OpenAI, server, limit=10, on_error="raise").chat.completions.create(**OPENAI)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"rate": 7}, InvalidBudget),
        ({"on_error": "ignore"}, UnknownName),
        ({"method": "magic"}, UnknownName),
        ({"policy": "hard"}, InvalidInput),
        ({"store": "/dev/null/o.db"}, StoreUnavailable),
        ({"budget": 3}, TypeError),
    ],
)
def test_settings_are_checked_at_once(settings, error):
    with pytest.raises(error):
        tamis.wrap(openai.OpenAI(api_key="k"), **settings)


@pytest.mark.parametrize("client", [None, "openai", openai, openai.OpenAI, object(), asyncio], ids=repr)
def test_other_clients_are_refused(client):
    with pytest.raises(InvalidInput, match=r"cannot be wrapped\. Give an instance of one of these: OpenAI, Async"):
        tamis.wrap(client)


def test_kin(server):
    azure = openai.AzureOpenAI(api_key="k", api_version="v", azure_endpoint=server.url, azure_deployment="d")
    assert type(tamis.wrap(azure)) is openai.AzureOpenAI
    twice = tamis.wrap(wrapped(openai.OpenAI, server), rate=0.5, policy=POLICY)
    twice.chat.completions.create(**OPENAI)
    assert twice.tamis.ledger.calls == 1
    half = tamis.compress_messages(CHAT, rate=0.5, policy=POLICY)
    assert server.asked[0][1]["messages"] == half.messages


def test_what_the_documentation_shows(desk, server, monkeypatch):
    for name in ("OPENAI", "ANTHROPIC"):
        monkeypatch.setitem(os.environ, f"{name}_API_KEY", "k")
        monkeypatch.setitem(os.environ, f"{name}_BASE_URL", server.url)
    assert run_pages("clients", desk) == 2
