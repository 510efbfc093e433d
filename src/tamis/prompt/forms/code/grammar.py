"""Parsers of code: trees of nodes with their places in the characters of the text. Does not say what may go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tamis.errors import InvalidInput, MissingExtra, needs
from tamis.prompt.forms.code.languages import LANGUAGES
from tamis.prompt.forms.code.python_tree import python_tree

if TYPE_CHECKING:
    from tree_sitter import Language, Tree


class SyntaxNode(Protocol):
    """A node of a syntax tree, as tree-sitter has it; places are bytes of the text in UTF-8."""

    @property
    def type(self) -> str:
        """What it is, in the words of the grammar; a token is its own type."""
        ...

    @property
    def is_named(self) -> bool:
        """Whether it is more than a token such as a bracket."""
        ...

    @property
    def start_byte(self) -> int:
        """Where it begins."""
        ...

    @property
    def end_byte(self) -> int:
        """Where it ends."""
        ...

    @property
    def children(self) -> Sequence[SyntaxNode]:
        """The nodes in it, in order."""
        ...


def root_of(text: str, language: str) -> SyntaxNode:
    """The outermost node of a text; of Python by `ast` where the grammar is not installed.

    Raises:
        MissingExtra: the grammar of another language is not installed.
        InvalidInput: it is no Python, and there is no grammar that could say what of it is.
    """
    try:
        return tree_of(text, language).root_node
    except MissingExtra:
        if language != "python":
            raise
        return python_tree(text)


def well_formed(text: str, language: str) -> bool:
    """Whether a text parses.

    Raises:
        MissingExtra: the grammar of a language other than Python is not installed.
    """
    try:
        return not getattr(root_of(text, language), "has_error", False)
    except InvalidInput:
        return False


def tree_of(text: str, language: str) -> Tree:
    """The syntax tree of a text; what does not parse stands in it as nodes of the type ERROR.

    Raises:
        MissingExtra: the grammar is not installed.
    """
    needs("code", "tree_sitter", LANGUAGES[language].package)
    from tree_sitter import Parser

    return Parser(_grammar(language)).parse(in_bytes(text))


def in_bytes(text: str) -> bytes:
    """The text as the parsers read it."""
    return text.encode("utf-8", "surrogatepass")


def characters(text: str) -> Sequence[int]:
    """(bytes + 1,) the character that each byte of the text in UTF-8 belongs to."""
    raw = np.frombuffer(in_bytes(text), np.uint8)
    if raw.size == len(text):
        return range(len(text) + 1)
    where: list[int] = np.append(np.cumsum((raw & 0xC0) != 0x80) - 1, len(text)).tolist()
    return where


@cache
def _grammar(language: str) -> Language:
    from tree_sitter import Language

    entry = LANGUAGES[language]
    return Language(getattr(import_module(entry.package), entry.maker)())
