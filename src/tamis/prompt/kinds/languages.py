"""Which kind a name stands for: of a file's ending, of the word behind a fence."""

from __future__ import annotations

from tamis.prompt.kinds.kind import Kind

_LANGUAGES = """
python py pyi python3 py3 pycon
javascript js jsx mjs cjs node
typescript ts mts cts
tsx tsx
java java
go go golang
rust rs rust
c c h
cpp cpp cc cxx hpp hh hxx c++
csharp cs csharp c#
ruby rb ruby
php php
kotlin kt kts kotlin
swift swift
scala scala
bash sh bash zsh shell
lua lua
sql sql
css css scss less
r r
perl pl pm perl
haskell hs haskell
elixir ex exs elixir
"""
LANGUAGES = {alias: words[0] for words in map(str.split, _LANGUAGES.strip().splitlines()) for alias in words}
"""Of code, by file endings and the names that fences use."""
_FORMATS = {
    "json": "json", "geojson": "json", "ipynb": "json", "jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv", "tsv": "tsv",
    "yaml": "yaml", "yml": "yaml", "xml": "xml", "svg": "xml", "xsd": "xml", "html": "page", "htm": "page",
    "xhtml": "page", "diff": "diff", "patch": "diff", "log": "log", "logs": "log", "md": "markdown",
    "markdown": "markdown", "mdx": "markdown", "rst": "prose", "txt": "", "text": "", "out": "", "console": "",
    "output": "", **dict.fromkeys(
        ("toml", "ini", "cfg", "conf", "env", ".env", "properties", "make", "makefile", "mk", "dockerfile", "gitignore",
         ".gitignore", ".dockerignore", "codeowners", "nginx", "hcl", "tf", "terraform", "service", "editorconfig",
         ".editorconfig"), "config",
    ),
}  # fmt: skip
"""Of other kinds; "" where the name does not tell."""


def kind_named(name: str, reason: str) -> Kind | None:
    """The kind that a name stands for, None if it tells nothing.

    Example: "py" -> code in python; "yml" -> yaml; "txt" -> None
    """
    low = name.lower()
    if low in LANGUAGES:
        return Kind("code", reason, LANGUAGES[low])
    return Kind(_FORMATS[low], reason) if _FORMATS.get(low) else None


def foreign(name: str) -> bool:
    """Whether a fence names something that is not known here: a language, most likely."""
    low = name.lower()
    return bool(low) and low not in LANGUAGES and low not in _FORMATS
