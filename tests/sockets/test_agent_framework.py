"""Microsoft Agent Framework: what an agent sends to its model."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest

from tests.sockets.model import extends, scripted, sent
from tests.sockets.real import real, run_pages

real("agent_framework", "agent_framework", "agent_framework.openai")

from agent_framework import Agent, Content, Message  # noqa: E402
from agent_framework.openai import OpenAIChatCompletionClient  # noqa: E402

from tamis.edge.adapters.agent_framework import ShorteningChatMiddleware, shortened_messages  # noqa: E402
from tamis.edge.adapters.chats import ChatShortener  # noqa: E402
from tamis.errors import BudgetTooSmall, InvalidBudget  # noqa: E402
from tamis.text.counting import counter  # noqa: E402
from tests.sockets.texts import LOG  # noqa: E402

COUNT = counter("o200k_base")


@pytest.fixture
def model(serve, monkeypatch):
    """A model at the address that the framework's OpenAI client reads."""

    def start(*calls, **more):
        server = serve(scripted(*calls, **more))
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        return server

    return start


def chat() -> list[Message]:
    image = Content.from_uri("data:image/png;base64,AAAA", media_type="image/png")
    calls = [
        Content.from_function_call("c1", "read_log", arguments='{"name": "a"}'),
        Content.from_function_call("c2", "read_log", arguments={"name": "b"}),
    ]
    mixed = [Content.from_text(LOG), image]
    return [
        Message("system", ["You mend pumps."]),
        Message("user", ["Why did pump 3 fail?", image], author_name="ines", message_id="m1"),
        Message("assistant", ["I look.", *calls]),
        Message("tool", [Content.from_function_result("c1", result=mixed)], additional_properties={"a": 1}),
        Message("tool", [Content.from_function_result("c2", result=LOG, exception="boom")]),
        Message("assistant", ["The valve é."]),
    ]


def test_the_pages_examples_run(desk, model):
    model(("read_log", {"name": "pumps"}))
    assert run_pages("agent_framework", desk) == 1


def test_results_are_short_and_all_else_stays():
    before = chat()
    short = shortened_messages(before, ChatShortener())
    assert [one.to_dict() for one in before] == [one.to_dict() for one in chat()]
    assert [new is old for new, old in zip(short, before, strict=True)] == [True, True, True, False, True, True]
    (result,) = short[3].contents
    assert COUNT(result.items[0].text) <= 0.3 * COUNT(LOG)
    assert "valve stuck" in result.items[0].text
    assert result.result == result.items[0].text
    assert result.items[1] is before[3].contents[0].items[1]
    assert (result.call_id, short[3].additional_properties, short[3].role) == ("c1", {"a": 1}, "tool")


def test_every_longer_chat_begins_with_the_shorter():
    messages, shorten = chat(), ChatShortener()
    handed = [[m.to_dict() for m in shortened_messages(messages[:n], shorten)] for n in range(len(messages) + 1)]
    assert all(extends(b, a) for a, b in pairwise(handed))


def test_errors():
    with pytest.raises(InvalidBudget):
        ShorteningChatMiddleware(rate=3)
    with pytest.raises(BudgetTooSmall):
        shortened_messages([Message("user", ["word " * 500])], ChatShortener(limit=100))
    messages = chat()
    with pytest.warns(RuntimeWarning, match="sent as it is"):
        short = shortened_messages(messages, ChatShortener(method="llmlingua", model="/no/such/model"))
    assert all(new is old for new, old in zip(short, messages, strict=True))


def ask(middleware: ShorteningChatMiddleware) -> tuple[Any, int]:
    def read_log(name: str) -> str:
        """Read a log by its name."""
        return LOG

    async def run() -> tuple[Any, int]:
        ticks = 0
        agent = Agent(client=OpenAIChatCompletionClient(model="gpt-4.1"), tools=[read_log], middleware=[middleware])
        job = asyncio.create_task(agent.run("Why did pump 3 fail?"))
        while not job.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return await job, ticks

    return asyncio.run(run())


def test_an_agent_sends_short_results(model):
    server = model(("read_log", {"name": "a"}), ("read_log", {"name": "b"}), answer="The valve.")
    answer, _ = ask(ShorteningChatMiddleware())
    assert answer.text == "The valve."
    requests = sent(server)
    assert len(requests) == 3
    assert all(extends(b, a) for a, b in pairwise(requests))
    tool = next(message for message in requests[-1] if message["role"] == "tool")
    assert tool["tool_call_id"] == "call_0"
    assert COUNT(tool["content"]) <= 0.3 * COUNT(LOG)
    assert "valve stuck" in tool["content"]
    assert any(content.result == LOG for message in answer.messages for content in message.contents)


def test_other_tasks_go_on_meanwhile(model):
    def slow(requests):
        time.sleep(0.5)
        return [[1.0] * len(request.units) for request in requests]

    model(("read_log", {"name": "a"}))
    _, ticks = ask(ShorteningChatMiddleware(method=slow))
    assert ticks >= 20
