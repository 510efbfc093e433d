"""LlamaIndex: retrieved nodes, and what an agent's memory recalls."""

from __future__ import annotations

import asyncio
import base64
import pickle
import time
from typing import Any

import pytest

from tests.sockets.model import scripted, sent
from tests.sockets.real import real, run_pages

real("llama_index", "llama_index.core", "llama_index.llms.openai")

from llama_index.core.base.llms.types import ChatMessage, ImageBlock, TextBlock  # noqa: E402
from llama_index.core.memory import Memory  # noqa: E402
from llama_index.core.schema import (  # noqa: E402
    Document,
    ImageNode,
    MediaResource,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    RelatedNodeInfo,
    TextNode,
)

import tamis  # noqa: E402
from tamis.edge.adapters.llama_index import NodeCompressor, RecallBlock, original_node  # noqa: E402
from tamis.errors import BudgetTooSmall, ModelNotFound  # noqa: E402
from tests.sockets.contract import COUNT, LAWS, DocumentAdapter  # noqa: E402
from tests.sockets.texts import PAGES, QUESTION, subsequence  # noqa: E402

DOT = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture
def model(serve, monkeypatch):
    """A model at the address that LlamaIndex's OpenAI class reads."""

    def start(*calls, **more):
        server = serve(scripted(*calls, **more))
        monkeypatch.setenv("OPENAI_API_BASE", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        return server

    return start


def nodes(texts=PAGES) -> list[NodeWithScore]:
    source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id="book")}
    plain = [
        TextNode(
            id_=f"n{i}",
            text=text,
            metadata={"page": i, "é": None},
            excluded_llm_metadata_keys=["page"],
            relationships=source,
            start_char_idx=i,
            end_char_idx=i + len(text),
            embedding=[0.5, i],
        )
        for i, text in enumerate(texts)
    ]
    return [NodeWithScore(node=node, score=1 - i / 10) for i, node in enumerate(plain)]


def content(scored: NodeWithScore) -> str:
    return scored.node.get_content(metadata_mode=MetadataMode.NONE)


def shortened(found: list[NodeWithScore], query: str, **settings) -> list[NodeWithScore]:
    return NodeCompressor(**settings).postprocess_nodes(found, query_str=query)


ADAPTER = DocumentAdapter(nodes, shortened, content, original_node)


@pytest.mark.parametrize("law", LAWS)
def test_laws_of_documents(law):
    law(ADAPTER)


def test_the_pages_examples_run(desk, model):
    model()
    assert run_pages("llama_index", desk) == 2


def test_nodes_survive_being_stored_and_models_see_no_records():
    by_id = {one.node.node_id: one for one in nodes()}
    for one in shortened(nodes(), QUESTION, rate=0.4):
        old = by_id[one.node.node_id]
        assert one.score == old.score
        assert {**one.node.metadata, "tamis": 0} == {**old.node.metadata, "tamis": 0}
        assert "dropped" not in one.node.get_content(metadata_mode=MetadataMode.LLM)
        assert "dropped" not in one.node.get_content(metadata_mode=MetadataMode.EMBED)
        stored = NodeWithScore(node=TextNode.from_json(one.node.to_json()), score=one.score)
        assert original_node(stored) == old
        assert original_node(pickle.loads(pickle.dumps(one))) == old


def test_no_query():
    short = NodeCompressor(tokens=40).postprocess_nodes(nodes())
    assert COUNT("\n\n".join(map(content, short))) <= 40


def test_what_is_no_text_stays():
    image = ImageNode(id_="i", text="", image=DOT)
    book = Document(
        id_="b",
        text_resource=MediaResource(text="Dogs are welcome."),
        image_resource=MediaResource(url="http://x/a.png"),
    )
    before = [NodeWithScore(node=image, score=0.1), NodeWithScore(node=book), nodes()[1]]
    short = NodeCompressor(tokens=12).postprocess_nodes(before, query_str=QUESTION)
    assert [one.node.node_id for one in short] == ["i", "b", "n1"]
    assert (short[0].node.image, short[1].node.image_resource) == (DOT, book.image_resource)
    assert [original_node(one) for one in short] == before
    assert before[1].node.text == "Dogs are welcome."


def test_a_compressor_travels():
    one = NodeCompressor(rate=0.4, keep=("Leeds",))
    for again in (pickle.loads(pickle.dumps(one)), NodeCompressor.from_dict(one.to_dict())):
        assert again.postprocess_nodes(nodes(), query_str=QUESTION) == one.postprocess_nodes(
            nodes(), query_str=QUESTION
        )


def test_errors_are_raised():
    with pytest.raises(ValueError, match="A rate must lie between 0 and 1, got 3"):  # (pydantic's, with our words)
        NodeCompressor(rate=3)
    with pytest.raises(ValueError, match="target_token"):
        NodeCompressor(target_token=300)
    with pytest.raises(BudgetTooSmall):
        NodeCompressor(tokens=2, keep=("The harbour closes at six",)).postprocess_nodes(nodes(), query_str=QUESTION)
    with pytest.raises(ModelNotFound):
        NodeCompressor(method="llmlingua", model="/no/such/model").postprocess_nodes(nodes(), query_str=QUESTION)


def test_other_tasks_go_on_meanwhile():
    def slow(requests):
        time.sleep(0.3)
        return [[1.0] * len(request.units) for request in requests]

    async def both() -> tuple[Any, int]:
        ticks, slowly = 0, NodeCompressor(rate=0.3, method=slow)
        job = asyncio.create_task(slowly.apostprocess_nodes(nodes(), query_str=QUESTION))
        while not job.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return await job, ticks

    short, ticks = asyncio.run(both())
    assert ticks >= 5
    assert short


TALK = [
    ("user", "My sister Ines moved to Lyon in May."),
    ("assistant", "How nice! Lyon has two rivers."),
    ("user", "She rents a flat near the Rhone for 900 euros."),
    ("assistant", "That is a fair price."),
]


@pytest.fixture
def remembering():
    with tamis.Memory(":memory:", scope="acme/ann") as memory:
        yield memory


def filled(remembering, **more) -> Memory:
    """A memory out of which the talk has fallen."""
    block = RecallBlock(memory=remembering, **more)
    memory = Memory.from_defaults(session_id="s1", token_limit=60, token_flush_size=20, memory_blocks=[block])
    memory.put_messages([ChatMessage(role=role, content=text) for role, text in TALK])
    memory.put(ChatMessage(role="user", content="Let us talk about cats. " * 6))
    return memory


def test_what_falls_out_of_the_short_memory_is_recalled(remembering):
    memory = filled(remembering)
    assert {turn.text for turn in remembering.turns()} >= {TALK[0][1], TALK[2][1]}
    assert {turn.session for turn in remembering.turns()} == {"s1"}
    messages = memory.get(input="Where does my sister live?")
    assert messages[0].role == "system"
    assert "Ines moved to Lyon" in messages[0].content


def test_what_is_recalled_keeps_to_its_budget(remembering):
    filled(remembering)
    asked = [ChatMessage(role="user", content="What is the rent of the flat?")]
    for tokens in (0, 20, 500):
        recalled = asyncio.run(RecallBlock(memory=remembering, tokens=tokens).aget(asked))
        assert COUNT(recalled) <= tokens
    assert "900 euros" in recalled
    for less in (0, 5, COUNT(recalled), 10_000):
        rest = asyncio.run(RecallBlock(memory=remembering).atruncate(recalled, less))
        assert COUNT(rest or "") <= max(COUNT(recalled) - less, 0)
        assert subsequence(rest or "", recalled)


def test_nothing_is_recalled_of_nothing(remembering):
    block = RecallBlock(memory=remembering)
    assert asyncio.run(block.aget([])) == ""
    assert asyncio.run(block.aget([ChatMessage(role="user", content="Where?")])) == ""
    image = ChatMessage(role="user", blocks=[ImageBlock(image=base64.b64decode(DOT))])
    asyncio.run(block.aput([image, ChatMessage(role="assistant", content="  "), ChatMessage(role="tool", blocks=[])]))
    assert asyncio.run(block.aget([image])) == ""
    asyncio.run(block.aput([ChatMessage(role="user", blocks=[*image.blocks, TextBlock(text="A dot in é.")])]))
    assert [(turn.speaker, turn.text) for turn in remembering.turns()] == [("user", "A dot in é.")]


def test_only_a_memory_is_one():
    with pytest.raises(ValueError, match=r"tamis\.Memory, got str"):
        RecallBlock(memory="notes.db")


def test_an_agent_remembers(model, remembering):
    from llama_index.core.agent.workflow import FunctionAgent
    from llama_index.llms.openai import OpenAI

    def berth(metres: int) -> str:
        """The price of a berth."""
        return f"{metres * 128} euros"

    server = model(("berth", {"metres": 10}), answer="1,280 euros.")
    agent = FunctionAgent(tools=[berth], llm=OpenAI(model="gpt-4.1"), streaming=False)

    async def ask() -> str:
        return str(await agent.run("What does a berth cost near my sister?", memory=filled(remembering)))

    assert asyncio.run(ask()) == "1,280 euros."
    assert all("Ines moved to Lyon" in str(messages[0]["content"]) for messages in sent(server))
    assert sent(server)[-1][-1]["content"] == "1280 euros"
