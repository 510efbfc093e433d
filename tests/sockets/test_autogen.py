"""AutoGen: the model context of an agent."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest

from tests.sockets.model import extends, scripted, sent
from tests.sockets.real import real, run_pages

real("autogen", "autogen_core", "autogen_agentchat", "autogen_ext.models.openai")

from autogen_agentchat.agents import AssistantAgent  # noqa: E402
from autogen_core import FunctionCall, Image  # noqa: E402
from autogen_core.model_context import ChatCompletionContext  # noqa: E402
from autogen_core.models import (  # noqa: E402
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from autogen_ext.models.openai import OpenAIChatCompletionClient  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from tamis.edge.adapters.autogen import ShortenedChatCompletionContext  # noqa: E402
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput  # noqa: E402
from tamis.prompt.chats import Policy  # noqa: E402
from tamis.text.counting import counter  # noqa: E402
from tests.sockets.texts import LOG  # noqa: E402

COUNT = counter("o200k_base")


@pytest.fixture
def model(serve, monkeypatch):
    """A model at the address that AutoGen's OpenAI client reads."""

    def start(*calls, **more):
        server = serve(scripted(*calls, **more))
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        return server

    return start


def chat() -> list[Any]:
    image = Image(Picture.new("RGB", (2, 2)))
    calls = [FunctionCall("c1", '{"name": "a"}', "read_log"), FunctionCall("c2", "not JSON", "read_log")]
    results = [
        FunctionExecutionResult(content=LOG, name="read_log", call_id="c1", is_error=False),
        FunctionExecutionResult(content=LOG, name="read_log", call_id="c2", is_error=True),
    ]
    return [
        SystemMessage(content="You mend pumps."),
        UserMessage(content=["Why did pump 3 fail?", image], source="ines"),
        AssistantMessage(content=calls, thought="I look at the log.", source="nurse"),
        FunctionExecutionResultMessage(content=results),
        AssistantMessage(content="The valve é.", source="nurse"),
    ]


def shortened(messages: list[Any], **settings) -> list[Any]:
    async def both() -> list[Any]:
        context = ShortenedChatCompletionContext(**settings)
        for message in messages:
            await context.add_message(message)
        return await context.get_messages()

    return asyncio.run(both())


def test_the_pages_examples_run(desk, model):
    model(("read_log", {"name": "pumps"}))
    assert run_pages("autogen", desk) == 1


def test_results_are_short_and_all_else_stays():
    before = chat()
    short = shortened(before)
    assert before[3].content[0].content == LOG
    for number in (0, 1, 2, 4):
        assert short[number] is before[number]
    good, failed = short[3].content
    assert COUNT(good.content) <= 0.3 * COUNT(LOG)
    assert "valve stuck" in good.content
    assert good.model_copy(update={"content": LOG}) == before[3].content[0]
    assert failed == before[3].content[1]  # a failure stays whole


def test_long_texts_of_users_keep_their_images():
    image = Image(Picture.new("RGB", (2, 2)))
    message = UserMessage(content=[LOG, image, "What is that?"], source="ines")
    (short,) = shortened([message], policy=Policy(floor=0))
    assert COUNT(short.content[0]) < COUNT(LOG) / 2
    assert short.content[1:] == [image, "What is that?"]
    assert short.source == "ines"


def test_every_longer_chat_begins_with_the_shorter():
    messages = chat()
    handed = [shortened(messages[:n]) for n in range(len(messages) + 1)]
    assert all(extends(b, a) for a, b in pairwise(handed))
    assert handed[0] == []


def test_a_context_is_saved_and_cleared(tmp_path):
    settings = {"rate": 0.4, "policy": Policy(tool=100), "store": str(tmp_path / "o.db")}
    context = ShortenedChatCompletionContext(chat()[:1], **settings)
    again = ChatCompletionContext.load_component(context.dump_component())
    assert isinstance(again, ShortenedChatCompletionContext)
    assert again.dump_component() == context.dump_component()

    async def states() -> None:
        for message in chat()[1:]:
            await context.add_message(message)
        await again.load_state(await context.save_state())
        assert await again.save_state() == await context.save_state()
        assert (await again.get_messages())[3] == (await context.get_messages())[3]
        await again.clear()
        assert await again.get_messages() == []

    asyncio.run(states())


def test_what_cannot_be_used_or_saved_is_refused():
    with pytest.raises(InvalidBudget):
        ShortenedChatCompletionContext(rate=3)
    with pytest.raises(TypeError, match="ratio"):
        ShortenedChatCompletionContext(ratio=3)
    with pytest.raises(InvalidInput, match="tokenizer="):
        ShortenedChatCompletionContext(tokenizer=len).dump_component()


def test_a_limit_that_cannot_be_kept_is_an_error():
    with pytest.raises(BudgetTooSmall):
        shortened([UserMessage(content="word " * 500, source="a")], limit=100)


def test_a_model_that_is_away_leaves_the_chat_whole():
    messages = chat()
    with pytest.warns(RuntimeWarning, match="sent as it is"):
        assert shortened(messages, method="llmlingua", model="/no/such/model") == messages


def test_other_tasks_go_on_meanwhile():
    def slow(requests):
        time.sleep(0.3)
        return [[1.0] * len(request.units) for request in requests]

    async def both() -> int:
        ticks, context = 0, ShortenedChatCompletionContext(chat(), method=slow)
        job = asyncio.create_task(context.get_messages())
        while not job.done():
            await asyncio.sleep(0.01)
            ticks += 1
        await job
        return ticks

    assert asyncio.run(both()) >= 5


def test_an_agent_sends_short_results(model):
    def read_log(name: str) -> str:
        """Read a log by its name."""
        return LOG

    server = model(("read_log", {"name": "a"}), answer="The valve.")

    async def ask() -> Any:
        client = OpenAIChatCompletionClient(model="gpt-4.1")
        context = ShortenedChatCompletionContext()
        agent = AssistantAgent("nurse", client, tools=[read_log], model_context=context, reflect_on_tool_use=True)
        result = await agent.run(task="Why did pump 3 fail?")
        await client.close()
        return result.messages[-1].content, await context.save_state()

    answer, state = asyncio.run(ask())
    assert answer == "The valve."
    tool = sent(server)[-1][-1]
    assert (tool["role"], tool["tool_call_id"]) == ("tool", "call_0")
    assert COUNT(tool["content"]) <= 0.3 * COUNT(LOG)
    assert "valve stuck" in tool["content"]
    assert LOG in str(state).encode().decode("unicode_escape")
