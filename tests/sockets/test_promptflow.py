"""Prompt Flow: package tools in a flow."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tests.sockets.real import real, run_pages

real("promptflow", "promptflow.core")

from promptflow._core.tools_manager import collect_package_tools  # noqa: E402
from promptflow.core import Flow  # noqa: E402
from promptflow.exceptions import PromptflowException  # noqa: E402

import tamis  # noqa: E402
from tamis.edge.adapters.promptflow import (  # noqa: E402
    compress_documents,
    compress_text,
    list_package_tools,
    original_item,
)
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, ModelNotFound  # noqa: E402
from tests.sockets.contract import COUNT, LAWS, DocumentAdapter  # noqa: E402
from tests.sockets.texts import LOG, PAGES, QUESTION  # noqa: E402

MODULE = "tamis.edge.adapters.promptflow"


@pytest.fixture(autouse=True)
def _no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for connections, since promptflow-core alone has none; flows without any never ask there."""
    monkeypatch.setenv("PF_HTTP_CONNECTION_PROVIDER_ENDPOINT", "http://127.0.0.1:9")


def flow(folder: Path, tool: str, subject: str, **inputs: Any) -> Flow:
    """A flow of one node, which calls a tool of the package."""
    kind = "list" if subject == "documents" else "string"
    definition = {
        "inputs": {subject: {"type": kind}, "question": {"type": "string"}},
        "outputs": {"short": {"type": kind, "reference": "${shorten.output}"}},
        "nodes": [
            {
                "name": "shorten",
                "type": "python",
                "source": {"type": "package", "tool": f"{MODULE}.{tool}"},
                "inputs": {subject: f"${{inputs.{subject}}}", "question": "${inputs.question}", **inputs},
            }
        ],
    }
    folder.joinpath("flow.dag.yaml").write_text(json.dumps(definition))  # (YAML, too)
    return Flow.load(folder)


def documents(texts=PAGES) -> list[dict[str, Any]]:
    return [
        {"text": text, "score": i / 7, "metadata": {"source": f"{i}.md", "é": None}, "original_entity": {"id": i}}
        for i, text in enumerate(texts)
    ]


ADAPTER = DocumentAdapter(documents, compress_documents, lambda document: document["text"], original_item)


@pytest.mark.parametrize("law", LAWS)
def test_laws_of_documents(law):
    law(ADAPTER)


def test_the_pages_examples_run(desk):
    assert run_pages("promptflow", desk) == 1


def test_prompt_flow_lists_the_tools_of_the_installed_package():
    assert "tamis" in entry_points(group="package_tools").names
    tools = {name: tool for name, tool in collect_package_tools().items() if name.startswith(MODULE)}
    assert set(tools) == {f"{MODULE}.compress_text", f"{MODULE}.compress_documents"}
    assert all(tool["package"] == "tamis" for tool in tools.values())
    for name, described in list_package_tools().items():
        inputs = described["inputs"]
        function = compress_text if name.endswith("text") else compress_documents
        assert list(inputs) == list(function.__wrapped__.__annotations__)[:-1]


def test_a_text_in_a_flow(tmp_path):
    short = flow(tmp_path, "compress_text", "text", tokens=30)(text=PAGES[1], question=QUESTION)["short"]
    assert short == tamis.compress(PAGES[1], tokens=30, question=QUESTION).text
    assert COUNT(short) <= 30
    assert "1,280 euros" in short


def test_documents_in_a_flow(tmp_path):
    shorten = flow(tmp_path, "compress_documents", "documents", rate=0.3)
    short = shorten(documents=documents(), question=QUESTION)["short"]
    assert short == compress_documents(documents(), QUESTION, rate=0.3)
    assert [original_item(json.loads(json.dumps(one))) in documents() for one in short] == [True] * len(short)


def test_documents_may_be_texts_and_none():
    short = compress_documents(list(PAGES), QUESTION, tokens=40)
    assert COUNT("\n\n".join(short)) <= 40
    (named,) = compress_documents([{"content": "Dogs are welcome.", "n": 1}], rate=1.0)
    assert named == {"content": "Dogs are welcome.", "n": 1, "metadata": {"tamis": {"dropped": []}}}


def test_a_text_may_be_long_and_empty():
    assert compress_text("") == ""
    assert COUNT(compress_text(LOG, rate=0.2)) <= 0.2 * COUNT(LOG)


@pytest.mark.parametrize("odd", [3, None, {}, {"text": 3}, ["a"], b"a"])
def test_what_is_no_document(odd):
    with pytest.raises(InvalidInput, match="no document"):
        compress_documents([odd], QUESTION)


def test_errors_are_raised():
    with pytest.raises(InvalidBudget):
        compress_text("a", rate=3)
    with pytest.raises(InvalidBudget):
        compress_documents(["a"], rate=0.3, tokens=2)
    with pytest.raises(ModelNotFound):
        compress_text(PAGES[0], method="llmlingua", model="/no/such/model")
    with pytest.raises(BudgetTooSmall):
        compress_text("a <keep>word that must stay</keep>", tokens=1)


def test_a_flow_that_fails_says_why(tmp_path):
    with pytest.raises(PromptflowException, match="A rate must lie between 0 and 1"):
        flow(tmp_path, "compress_text", "text", rate=3)(text="a", question="")
