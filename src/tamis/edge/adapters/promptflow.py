"""Prompt Flow: package tools that shorten a text, or the documents of a lookup, inside of a flow.

Needs promptflow-core 1.18 or newer (extra `promptflow`). Prompt Flow lists them by the entry point `package_tools`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tamis.edge.adapters.excerpts import KEY, excerpts, restored, settings_of
from tamis.errors import InvalidInput, needs
from tamis.prompt import compress

needs("promptflow", "promptflow", "promptflow.core")

from promptflow.core import tool  # noqa: E402

__all__ = ["compress_documents", "compress_text", "list_package_tools", "original_item"]

TEXTS = ("text", "content", "page_content")  # what the text of a document is called
BUDGETS = {
    "rate": {"type": ["double"], "description": "The share of the tokens to keep; half where no budget is given."},
    "tokens": {"type": ["int"], "description": "Or how many tokens to keep at most."},
}
KNOBS = {
    "tokenizer": {"type": ["string"], "default": "o200k_base"},
    "method": {"type": ["string"], "default": "auto"},
    "model": {"type": ["string"], "description": "Where the method takes one."},
}


@tool
def compress_text(
    text: str,
    question: str = "",
    rate: float | None = None,
    tokens: int | None = None,
    tokenizer: str = "o200k_base",
    method: str = "auto",
    model: str | None = None,
) -> str:
    """A text, shortened as `tamis.compress` does; the inputs are its arguments.

    Raises:
        InvalidInput: one that cannot be used. ModelError, MissingExtra: the model cannot be loaded.
    """
    settings: dict[str, Any] = {"rate": rate, "tokens": tokens, "tokenizer": tokenizer, "method": method}
    return compress(text, question=question or None, model=model or None, **settings).text


@tool
def compress_documents(
    documents: list,  # type: ignore[type-arg]  # (Prompt Flow reads it)
    question: str = "",
    rate: float | None = None,
    tokens: int | None = None,
    tokenizer: str = "o200k_base",
    method: str = "auto",
    model: str | None = None,
) -> list:  # type: ignore[type-arg]
    """Documents of a lookup, shortened together within one budget.

    documents -- texts, or mappings with "text", "content" or "page_content"; all else of a mapping stays, and
        `metadata["tamis"]` says what went (`original_item` brings it back)

    Raises:
        InvalidInput: something else, or an input that cannot be used. ModelError, MissingExtra: as above.
    """
    settings = settings_of(rate=rate, tokens=tokens, tokenizer=tokenizer, method=method, model=model or None)
    some = excerpts([_text(one) for one in documents], question or None, settings)
    return [_shortened(documents[one.number], one.text, one.record()) for one in some]


def _name(document: Any) -> str:
    """What the text of a document is called.

    Raises:
        InvalidInput: it has none.
    """
    names = [name for name in TEXTS if isinstance(document, Mapping) and isinstance(document.get(name), str)]
    if not names:
        hint = f"Give texts, or mappings with one of {', '.join(TEXTS)}."
        raise InvalidInput(f"This is no document: {document!r:.80}.", hint=hint)
    return names[0]


def _text(document: Any) -> str:
    return document if isinstance(document, str) else str(document[_name(document)])


def _shortened(document: Any, text: str, record: dict[str, Any]) -> Any:
    if isinstance(document, str):
        return text
    return {**document, _name(document): text, "metadata": {**(document.get("metadata") or {}), KEY: record}}


def original_item(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as it was before `compress_documents` shortened it; any other as it is.

    Raises:
        InvalidInput: its text is not the one that its metadata tell of.
    """
    metadata = dict(document.get("metadata") or {})
    if KEY not in metadata:
        return dict(document)
    record, name = metadata.pop(KEY), _name(document)
    return {**document, name: restored(str(document[name]), record), "metadata": metadata}


def list_package_tools(raise_error: bool = False) -> dict[str, dict[str, Any]]:  # noqa: FBT001, FBT002  (called so)
    """The tools, as Prompt Flow describes them."""
    question = {"question": {"type": ["string"], "description": "What the reader will want to know.", "default": ""}}
    what = {
        "compress_text": ("Shorten a text", {"text": {"type": ["string"]}}),
        "compress_documents": ("Shorten documents", {"documents": {"type": ["list"]}}),
    }
    return {
        f"{__name__}.{name}": {
            "name": f"{title} (tamis)",
            "description": f"{title} to what matters for a question, within a budget of tokens.",
            "type": "python",
            "module": __name__,
            "function": name,
            "inputs": {**inputs, **question, **BUDGETS, **KNOBS},
        }
        for name, (title, inputs) in what.items()
    }
