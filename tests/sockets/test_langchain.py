"""LangChain: documents of a retriever, messages of an agent and results of its tools."""

from __future__ import annotations

import asyncio
import pickle
import time
from itertools import pairwise
from typing import Any

import pytest

from tests.sockets.model import extends, scripted, sent
from tests.sockets.real import real, run_pages

real("langchain", "langchain", "langchain_core", "langchain_classic", "langchain_openai")

from langchain.agents import create_agent  # noqa: E402
from langchain_core.documents import Document  # noqa: E402
from langchain_core.load import dumps, loads  # noqa: E402
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage  # noqa: E402
from langchain_core.tools import tool  # noqa: E402
from langgraph.types import Command  # noqa: E402

from tamis.edge.adapters.chats import ChatShortener  # noqa: E402
from tamis.edge.adapters.langchain import (  # noqa: E402
    ChatMiddleware,
    DocumentCompressor,
    ToolMiddleware,
    original_document,
    shortened_messages,
)
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, ModelNotFound  # noqa: E402
from tests.sockets.contract import COUNT, LAWS, DocumentAdapter  # noqa: E402
from tests.sockets.texts import LOG, PAGES, QUESTION  # noqa: E402


@pytest.fixture
def model(serve, monkeypatch):
    """A model at the address that `openai:...` means."""

    def start(*calls, **more):
        server = serve(scripted(*calls, **more))
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        return server

    return start


@tool
def read_log(name: str) -> str:
    """Read a log by its name."""
    return LOG


def documents(texts=PAGES) -> list[Document]:
    return [
        Document(text, id=f"d{number}", metadata={"source": f"{number}.md", "score": number / 7, "tags": ["é", None]})
        for number, text in enumerate(texts)
    ]


def shortened(found: list[Document], question: str, **settings) -> list[Document]:
    return DocumentCompressor(**settings).compress_documents(found, question)


ADAPTER = DocumentAdapter(documents, shortened, lambda document: document.page_content, original_document)


@pytest.mark.parametrize("law", LAWS)
def test_laws_of_documents(law):
    law(ADAPTER)


def test_the_pages_examples_run(desk, model):
    model(("read_log", {"name": "pumps"}))
    assert run_pages("langchain", desk) == 3


def test_documents_survive_being_stored():
    short = shortened(documents(), QUESTION, rate=0.4)
    for one in short:
        old = next(document for document in documents() if document.id == one.id)
        assert {**one.metadata, "tamis": None} == {**old.metadata, "tamis": None}
        assert original_document(loads(dumps(one), allowed_objects="all")) == old
        assert original_document(pickle.loads(pickle.dumps(one))) == old


def test_a_compressor_travels():
    one = DocumentCompressor(rate=0.4, keep=("Leeds",))
    again = pickle.loads(pickle.dumps(one))
    assert again.compress_documents(documents(), QUESTION) == one.compress_documents(documents(), QUESTION)
    assert DocumentCompressor(**one.model_dump()) == one


def test_settings_that_cannot_be_used_are_refused_at_once():
    with pytest.raises(ValueError, match="A rate must lie between 0 and 1, got 3"):  # (pydantic's, with our words)
        DocumentCompressor(rate=3)
    with pytest.raises(ValueError, match="ratio"):
        DocumentCompressor(ratio=0.3)
    with pytest.raises(InvalidBudget):
        ChatMiddleware(rate=0.1, tokens=3)
    with pytest.raises(InvalidInput, match="names"):
        ToolMiddleware(tools="grep")


def test_errors_of_documents_are_raised():
    with pytest.raises(BudgetTooSmall):
        DocumentCompressor(tokens=2, keep=("The harbour closes at six",)).compress_documents(documents(), QUESTION)
    with pytest.raises(ModelNotFound):
        DocumentCompressor(method="llmlingua", model="/no/such/model").compress_documents(documents(), QUESTION)


def test_other_tasks_go_on_meanwhile():
    async def both() -> tuple[Any, int]:
        ticks = 0
        job = asyncio.create_task(DocumentCompressor(rate=0.3, method=slow).acompress_documents(documents(), QUESTION))
        while not job.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return await job, ticks

    def slow(requests):
        time.sleep(0.3)
        return [[1.0] * len(request.units) for request in requests]

    short, ticks = asyncio.run(both())
    assert ticks >= 5
    assert short


def agent_state(middleware, *, asynchronous=False, tools=(read_log,), system=None) -> list[Any]:
    agent = create_agent("openai:gpt-4.1", list(tools), middleware=[middleware], system_prompt=system)
    chat = {"messages": [HumanMessage("Why did pump 3 fail?", id="q")]}
    return (asyncio.run(agent.ainvoke(chat)) if asynchronous else agent.invoke(chat))["messages"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_model_gets_short_results_and_the_state_whole_ones(model, asynchronous):
    server = model(("read_log", {"name": "a"}), ("read_log", {"name": "b"}), answer="The valve.")
    state = agent_state(ChatMiddleware(), asynchronous=asynchronous, system="You mend pumps.")
    assert [message.type for message in state] == ["human", "ai", "tool", "ai", "tool", "ai"]
    assert [message.content for message in state if message.type == "tool"] == [LOG, LOG]
    requests = sent(server)
    assert len(requests) == 3
    assert all(extends(b, a) for a, b in pairwise(requests))
    first, second = [message for message in requests[-1] if message["role"] == "tool"]
    assert COUNT(first["content"]) <= 0.3 * COUNT(LOG)
    assert "valve stuck" in first["content"]
    assert second["content"] == LOG  # who reads again wants the rest
    assert [first["tool_call_id"], second["tool_call_id"]] == ["call_0", "call_1"]
    assert requests[-1][0] == {"role": "system", "content": "You mend pumps."}


@pytest.mark.parametrize("asynchronous", [False, True])
def test_results_are_short_from_their_arrival_on(model, asynchronous, tmp_path):
    server = model(("read_log", {"name": "a"}))
    state = agent_state(ToolMiddleware(store=str(tmp_path / "o.db")), asynchronous=asynchronous)
    assert COUNT(state[2].content) <= 0.3 * COUNT(LOG)
    assert "valve stuck" in state[2].content
    assert "tamis restore" in state[2].content
    assert sent(server)[1][-1]["content"] == state[2].content
    assert (state[2].tool_call_id, state[2].name, state[2].status) == ("call_0", "read_log", "success")


def test_tools_that_are_not_named_stay_whole(model):
    model(("read_log", {"name": "a"}))
    assert agent_state(ToolMiddleware(tools=["other"]))[2].content == LOG


def test_failures_stay_whole():
    failed = ToolMessage(LOG, tool_call_id="c", status="error")
    chat = [HumanMessage("Why?"), AIMessage("", tool_calls=[{"id": "c", "name": "read", "args": {}}]), failed]
    assert shortened_messages(chat, ChatShortener())[-1] is failed


def test_a_command_of_a_tool_carries_short_messages(model):
    @tool
    def remember(name: str) -> Command:
        """Read a log, and remember that."""
        return Command(update={"messages": [ToolMessage(LOG, tool_call_id="call_0", id="m")]})

    model(("remember", {"name": "a"}))
    state = agent_state(ToolMiddleware(), tools=[remember])
    assert COUNT(state[2].content) <= 0.3 * COUNT(LOG)
    assert state[2].id == "m"


def test_parts_that_are_no_text_stay():
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5_000}}
    call = {"id": "c", "name": "look", "args": {"x": "é"}}
    chat = [
        SystemMessage("Look."),
        HumanMessage(["Why?", image], name="ines", id="1"),
        AIMessage([{"type": "text", "text": "So."}], tool_calls=[call], id="2", response_metadata={"a": 1}),
        ToolMessage([{"type": "text", "text": LOG}, image, "end"], tool_call_id="c", artifact={"b": 2}, id="3"),
    ]
    copies = [message.model_copy(deep=True) for message in chat]
    short = shortened_messages(chat, ChatShortener())
    assert chat == copies
    assert short[:3] == chat[:3]
    assert [part if isinstance(part, str) else part["type"] for part in short[3].content] == [
        "text",
        "image_url",
        "end",
    ]
    assert short[3].content[1] == image
    assert COUNT(short[3].content[0]["text"]) <= 0.3 * COUNT(LOG)
    assert short[3].model_copy(update={"content": chat[3].content}) == chat[3]


def test_a_model_that_is_away_leaves_the_chat_whole():
    chat = [
        HumanMessage("Why?"),
        AIMessage("", tool_calls=[{"id": "c", "name": "read", "args": {}}]),
        ToolMessage(LOG, tool_call_id="c"),
    ]
    away = ChatShortener(method="llmlingua", model="/no/such/model")
    with pytest.warns(RuntimeWarning, match="sent as it is"):
        assert shortened_messages(chat, away) == chat


def test_a_limit_that_cannot_be_kept_is_an_error():
    with pytest.raises(BudgetTooSmall):
        shortened_messages([HumanMessage("word " * 500)], ChatShortener(limit=100))
