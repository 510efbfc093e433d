"""LangChain: `DocumentCompressor` shortens what a retriever finds, the two middlewares what an agent reads.

Needs langchain 1.0 or newer (extra `langchain`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from tamis.edge.adapters.chats import ChatShortener, call_of, like, parts_of, result_of_call
from tamis.edge.adapters.excerpts import KEY, excerpts, restored
from tamis.errors import InvalidInput, needs

needs("langchain", "langchain_core", "langchain")

from langchain.agents.middleware import AgentMiddleware, ModelRequest  # noqa: E402
from langchain_core.documents import BaseDocumentCompressor, Document  # noqa: E402
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage  # noqa: E402
from langgraph.types import Command  # noqa: E402

from tamis.edge.adapters.fields import CompressFields  # noqa: E402

__all__ = ["ChatMiddleware", "DocumentCompressor", "ToolMiddleware", "original_document"]

ROLES: Final = {"human": "user", "ai": "assistant", "system": "system", "developer": "system"}


class DocumentCompressor(CompressFields, BaseDocumentCompressor):
    """Shortens retrieved documents for the question, within one budget over all of them.

    Ids, metadata and order stay; documents of which nothing is left are left out. `metadata["tamis"]` says what went
    and how relevant the document is; `original_document` brings it back. The fields are the arguments of
    `tamis.compress`; without a budget half is kept. By default kinds (code, JSON, ...) are looked up and nothing is put
    into a text.

    Example: ContextualCompressionRetriever(base_compressor=DocumentCompressor(tokens=800), base_retriever=retriever)
    """

    def compress_documents(self, documents: Sequence[Document], query: str, callbacks: Any = None) -> list[Document]:
        """What stays of the documents; theirs are not changed.

        Raises:
            BudgetTooSmall: what `keep` pins does not fit. ModelError, MissingExtra: the model cannot be loaded.
        """
        found = excerpts([document.page_content for document in documents], query, self.compress_settings())
        return [_shortened(documents[one.number], one.text, one.record()) for one in found]

    async def acompress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Any = None
    ) -> list[Document]:
        """The same, in a thread: other tasks go on."""
        return await asyncio.to_thread(self.compress_documents, documents, query, callbacks)


def _shortened(document: Document, text: str, record: dict[str, Any]) -> Document:
    return document.model_copy(update={"page_content": text, "metadata": {**document.metadata, KEY: record}})


def original_document(document: Document) -> Document:
    """A document as it was before a `DocumentCompressor` shortened it; any other as it is.

    Raises:
        InvalidInput: its text is not the one that its metadata tell of.
    """
    if KEY not in document.metadata:
        return document
    metadata = {name: value for name, value in document.metadata.items() if name != KEY}
    text = restored(document.page_content, document.metadata[KEY])
    return document.model_copy(update={"page_content": text, "metadata": metadata})


class ChatMiddleware(AgentMiddleware):
    """Shortens the messages of an agent before each call of its model: the state keeps them whole.

    Each result of a tool is shortened once, by what was asked when it arrived, so the messages of the next call begin
    with exactly those of this one, and the provider's cache goes on working. Ids, calls, names and parts that are no
    text stay. Takes the arguments of `tamis.compress_messages` (`rate`, `limit`, `policy`, `store`, ...).

    Example: create_agent("openai:gpt-5", tools, middleware=[ChatMiddleware(rate=0.3)])
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.shorten = ChatShortener(**settings)

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Hand the model the short messages."""
        return handler(self._request(request))

    async def awrap_model_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """The same, in a thread: other tasks go on."""
        return await handler(await asyncio.to_thread(self._request, request))

    def _request(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        head = [request.system_message] if request.system_message else []
        messages = shortened_messages([*head, *request.messages], self.shorten)
        return request.override(messages=messages[len(head) :])


class ToolMiddleware(AgentMiddleware):
    """Shortens the results of tools when they arrive: the state holds the short ones, and so do its checkpoints.

    Give `store=` where the originals are to be kept (`tamis.prompt.recovery`). Takes the arguments of
    `tamis.compress_messages`, and `tools`: the names of those whose results are shortened; None for all.

    Example: create_agent("openai:gpt-5", tools, middleware=[ToolMiddleware(store="originals.db", tools=["grep"])])
    """

    def __init__(self, *, tools: Sequence[str] | None = None, **settings: Any) -> None:
        super().__init__()
        if isinstance(tools, str):
            raise InvalidInput(f"tools are names, got {tools!r}.", hint=f"Give a list: tools=[{tools!r}].")
        self.names = None if tools is None else frozenset(tools)
        self.shorten = ChatShortener(**settings)

    def wrap_tool_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """What the tool answers, shortened."""
        return self._shortened(request, handler(request))

    async def awrap_tool_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """The same, in a thread: other tasks go on."""
        return await asyncio.to_thread(self._shortened, request, await handler(request))

    def _shortened(self, request: Any, answer: Any) -> Any:
        if self.names is not None and request.tool_call["name"] not in self.names:
            return answer
        before = list(request.state["messages"] if isinstance(request.state, dict) else request.state.messages)
        if isinstance(answer, ToolMessage):
            return shortened_messages([*before, answer], self.shorten)[-1]
        if isinstance(answer, Command) and isinstance(answer.update, dict):
            messages = answer.update.get("messages")
            if isinstance(messages, list) and all(isinstance(message, BaseMessage) for message in messages):
                short = shortened_messages([*before, *messages], self.shorten)[len(before) :]
                return replace(answer, update={**answer.update, "messages": short})
        return answer


def shortened_messages(messages: Sequence[BaseMessage], shorten: ChatShortener) -> list[BaseMessage]:
    """Messages of LangChain, shortened: what is not is the very object, what is a copy with another content."""
    wires = [_wire(message) for message in messages]
    pairs = zip(messages, wires, shorten(wires), strict=True)
    return [_with(message, _content(message, wire), _content(message, short)) for message, wire, short in pairs]


def _wire(message: BaseMessage) -> dict[str, Any]:
    """A message as `compress_messages` reads it."""
    content = parts_of(message.content)
    if isinstance(message, ToolMessage):
        answer = result_of_call(message.tool_call_id, content, error=message.status == "error")
        return {"role": "user", "content": [answer]}
    wire: dict[str, Any] = {"role": ROLES.get(message.type, message.type), "content": content}
    if isinstance(message, AIMessage):
        wire["tool_calls"] = [call_of(call["id"], call["name"], call["args"]) for call in message.tool_calls]
    return wire


def _content(message: BaseMessage, wire: dict[str, Any]) -> Any:
    content = wire["content"]
    return content[0]["content"] if isinstance(message, ToolMessage) else content


def _with(message: BaseMessage, old: Any, new: Any) -> BaseMessage:
    return message if new == old else message.model_copy(update={"content": like(message.content, new)})
