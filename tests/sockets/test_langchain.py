"""LangChain: documents of a retriever, results of an agent's tools."""

from __future__ import annotations

from tests.sockets.real import real

real("langchain", "langchain", "langchain_core")

from langchain_core.documents import Document  # noqa: E402


def test_the_package_is_there():
    assert Document(page_content="a").page_content == "a"
