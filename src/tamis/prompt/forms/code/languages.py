"""The programming languages that the form of code knows: where their grammars are, and how they comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeLanguage:
    """A programming language.

    Attributes:
        name: its own, in small letters.
        package: the Python package of its grammar.
        maker: the function there that gives the grammar.
        comment: what begins a comment that ends with its line.
        filler: a statement that does nothing, where a block must not be empty; "" = it may be.
    """

    name: str
    package: str
    maker: str = "language"
    comment: str = "//"
    filler: str = ""


_TABLE = (
    CodeLanguage("python", "tree_sitter_python", comment="#", filler="..."),
    CodeLanguage("javascript", "tree_sitter_javascript"),
    CodeLanguage("typescript", "tree_sitter_typescript", "language_typescript"),
    CodeLanguage("tsx", "tree_sitter_typescript", "language_tsx"),
    CodeLanguage("java", "tree_sitter_java"),
    CodeLanguage("c", "tree_sitter_c"),
    CodeLanguage("cpp", "tree_sitter_cpp"),
    CodeLanguage("csharp", "tree_sitter_c_sharp"),
    CodeLanguage("go", "tree_sitter_go"),
    CodeLanguage("rust", "tree_sitter_rust"),
    CodeLanguage("ruby", "tree_sitter_ruby", comment="#"),
    CodeLanguage("php", "tree_sitter_php", "language_php"),
    CodeLanguage("bash", "tree_sitter_bash", comment="#", filler=":"),
)
LANGUAGES: Mapping[str, CodeLanguage] = MappingProxyType({language.name: language for language in _TABLE})
"""The languages by name."""
