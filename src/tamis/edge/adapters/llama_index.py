"""LlamaIndex: `NodeCompressor` shortens retrieved nodes, `RecallBlock` lets an agent's memory recall old turns.

Needs llama-index-core 0.14 or newer (extra `llama-index`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from tamis.edge.adapters.excerpts import KEY, excerpts, restored
from tamis.errors import InvalidInput, UnknownScope, needs
from tamis.memory import Memory
from tamis.prompt import Options, compress
from tamis.text.counting import counter

needs("llama-index", "llama_index", "llama_index.core")

from llama_index.core.base.llms.types import ChatMessage, TextBlock  # noqa: E402
from llama_index.core.memory import BaseMemoryBlock  # noqa: E402
from llama_index.core.postprocessor.types import BaseNodePostprocessor  # noqa: E402
from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore, QueryBundle  # noqa: E402
from pydantic import Field, field_validator  # noqa: E402

from tamis.edge.adapters.fields import CompressFields  # noqa: E402

__all__ = ["NodeCompressor", "RecallBlock", "original_node"]

MEDIA = ("image", "image_path", "image_url", "image_resource", "audio_resource", "video_resource")
EXCLUDED = ("excluded_llm_metadata_keys", "excluded_embed_metadata_keys")


class NodeCompressor(CompressFields, BaseNodePostprocessor):
    """Shortens retrieved nodes for the query, within one budget over all of them.

    Ids, scores, metadata, relationships and order stay; the nodes of the index are not changed. Nodes of which nothing
    is left are left out, but for those with images, sound or films. `metadata["tamis"]` says what went (neither models
    nor embeddings see it); `original_node` brings it back. The fields are the arguments of `tamis.compress`.

    Example: index.as_query_engine(node_postprocessors=[NodeCompressor(tokens=800)])
    """

    @classmethod
    def class_name(cls) -> str:
        """Its name where components are saved."""
        return "TamisNodeCompressor"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        texts = [scored.node.get_content(metadata_mode=MetadataMode.NONE) for scored in nodes]
        media = frozenset(number for number, scored in enumerate(nodes) if _has_media(scored.node))
        query = query_bundle.query_str if query_bundle is not None else None
        found = excerpts(texts, query, self.compress_settings(), blank=media)
        return [_scored(nodes[one.number], one.text, one.record()) for one in found]


def _has_media(node: BaseNode) -> bool:
    return any(getattr(node, name, None) for name in MEDIA)


def _scored(scored: NodeWithScore, text: str, record: dict[str, Any]) -> NodeWithScore:
    """The same node with another text, and what it says of that."""
    node = scored.node
    hidden = {name: [*(key for key in getattr(node, name) if key != KEY), KEY] for name in EXCLUDED}
    short = node.model_copy(update={"metadata": {**node.metadata, KEY: record}, **hidden})
    if text != node.get_content(metadata_mode=MetadataMode.NONE):
        short.set_content(text)
    return scored.model_copy(update={"node": short})


def original_node(scored: NodeWithScore) -> NodeWithScore:
    """A node as it was before a `NodeCompressor` shortened it; any other as it is.

    Raises:
        InvalidInput: its text is not the one that its metadata tell of.
    """
    node = scored.node
    if KEY not in node.metadata:
        return scored
    metadata = {name: value for name, value in node.metadata.items() if name != KEY}
    shown = {name: [key for key in getattr(node, name) if key != KEY] for name in EXCLUDED}
    whole = node.model_copy(update={"metadata": metadata, **shown})
    text = node.get_content(metadata_mode=MetadataMode.NONE)
    if (original := restored(text, node.metadata[KEY])) != text:
        whole.set_content(original)
    return scored.model_copy(update={"node": whole})


class RecallBlock(BaseMemoryBlock[str]):
    """A block of a LlamaIndex `Memory` that remembers in a `tamis.Memory` what falls out of the short-term memory.

    What answers the last message is recalled, within `tokens`, with its source; nothing is summarised, and no model is
    asked.

    Example: Memory.from_defaults(memory_blocks=[RecallBlock(memory=tamis.Memory("a.db", scope="acme/ann"))])
    """

    name: str = "recalled"
    memory: Any = Field(exclude=True, description="The tamis.Memory that turns are kept in.")
    tokens: int = Field(default=500, ge=0, description="The most that is recalled, in tokens, headers included.")

    @field_validator("memory")
    @classmethod
    def _memory(cls, memory: Any) -> Memory:
        if not isinstance(memory, Memory):
            raise InvalidInput(f"Expected a tamis.Memory, got {type(memory).__name__}.")
        return memory

    async def _aget(self, messages: list[ChatMessage] | None = None, **block_kwargs: Any) -> str:
        asked = [message for message in messages or [] if message.role == "user" and _text(message)]
        if not asked:
            return ""
        return await asyncio.to_thread(self._recalled, _text(asked[-1]))

    def _recalled(self, question: str) -> str:
        try:
            return str(self.memory.recall(question, self.tokens).text)
        except UnknownScope:  # nothing has fallen out yet
            return ""

    async def _aput(self, messages: list[ChatMessage]) -> None:
        if turns := [turn for message in messages if (turn := _turn(message))]:
            await asyncio.to_thread(self.memory.add, turns)

    async def atruncate(self, content: str, tokens_to_truncate: int) -> str | None:
        """Whole lines of what was recalled, so many tokens fewer; None where nothing would be left."""
        left = counter(self.memory.recalling.tokenizer)(content) - tokens_to_truncate
        if left <= 0:
            return None
        return await asyncio.to_thread(self._truncated, content, left)

    def _truncated(self, content: str, tokens: int) -> str | None:
        options = Options(form="lines", omissions=False)
        result = compress(content, tokens=tokens, tokenizer=self.memory.recalling.tokenizer, options=options)
        return result.text or None


def _text(message: ChatMessage) -> str:
    return "\n".join(block.text for block in message.blocks if isinstance(block, TextBlock))


def _turn(message: ChatMessage) -> dict[str, Any] | None:
    """A message as `Memory.add` takes it; None for one without a text."""
    if not _text(message).strip():
        return None
    session = message.additional_kwargs.get("session_id")
    return {"speaker": message.role.value, "text": _text(message), "session": session or ""}
