"""What a text costs: exact token counts, offline.

`o200k_base` and `cl100k_base` are counted by OpenAI's own `tiktoken` with the vocabularies that tamis carries. Strings
like "<|endoftext|>" count as the ordinary text that they are in a prompt. Other models: their own `tokenizer.json`,
without padding, truncation or added special tokens.

Does not estimate, and does not know what a chat format adds around a message.
"""

from __future__ import annotations

import importlib
import operator
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound, unknown
from tamis.text.vocabularies import count as count_tokens
from tamis.text.vocabularies import encoding

if TYPE_CHECKING:
    import tiktoken

TokenCounter: TypeAlias = Callable[[str], int]


_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NamedCounter:
    """A token counter that can say which one it is.

    Attributes:
        name: the vocabulary, the path, or the name of the callable.
        count: the counting itself.
        exact: False where the count only stands in for a model's tokens (words, characters).
    """

    name: str
    count: TokenCounter = field(repr=False)
    exact: bool = True

    def __call__(self, text: str) -> int:
        """Return what the text costs; a lone surrogate counts as U+FFFD, which is what reaches the model."""
        try:
            return self.count(text)
        except UnicodeEncodeError:
            return self.count(_SURROGATE.sub("\ufffd", text))


# A word is a run between white space, or one character of a script that writes none.
_NO_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\s{_NO_SPACES}]+")


def count_words(text: str) -> int:
    """Return the number of words; a Chinese, Japanese, Thai ... character is one.

    Example: "Hello, wide world" -> 3; "你好 world" -> 3
    """
    return len(text.split()) if text.isascii() else sum(1 for _ in _WORD.finditer(text))


def _bpe(name: str) -> NamedCounter:
    return NamedCounter(name, partial(count_tokens, coder(name)))


@cache
def coder(name: str) -> tiktoken.Encoding:
    """Return the tokenizer of a vocabulary that tamis carries, loaded once."""
    return encoding(name)


COUNTERS: MappingProxyType[str, Callable[[], NamedCounter]] = MappingProxyType(
    {
        "o200k_base": partial(_bpe, "o200k_base"),
        "cl100k_base": partial(_bpe, "cl100k_base"),
        "words": partial(NamedCounter, "words", count_words, exact=False),
        "chars": partial(NamedCounter, "chars", len, exact=False),
    }
)

# OpenAI's models by the beginning of their names; the longest that fits decides.
MODELS: MappingProxyType[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ["gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "o1", "o3", "o4"], "o200k_base"
        ),
        **dict.fromkeys(["gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3", "text-embedding-ada-002"], "cl100k_base"),
    }
)


def counter(tokenizer: str | os.PathLike[str] | TokenCounter = "o200k_base") -> NamedCounter:
    """Return the counter of a tokenizer; loaded once, on first use, from any thread.

    tokenizer -- a name of `COUNTERS`, an OpenAI model ("gpt-4o"), a `tokenizer.json`, its folder, or a function

    Example: counter("gpt-4o")("hello world") -> 2

    Raises:
        UnknownName: no such name. ModelNotFound: no such file. ModelCorrupt: a file that is not a tokenizer.
        InvalidInput: neither a name, a path nor a function.
    """
    if isinstance(tokenizer, NamedCounter):
        return tokenizer
    if isinstance(tokenizer, (str, os.PathLike)):
        return _named(os.fspath(tokenizer))
    if callable(tokenizer):
        return NamedCounter(_name_of(tokenizer), partial(_checked, tokenizer))
    raise InvalidInput(
        f"A tokenizer is a name, a path or a function, got {tokenizer!r:.80}.",
        hint="For a tokenizer object pass: lambda text: len(tokenizer.encode(text))",
    )


def _named(name: str) -> NamedCounter:
    vocabulary = name if name in COUNTERS else _vocabulary(name)
    if vocabulary:
        return _load(vocabulary)
    path = Path(name)
    if name and "\0" not in name and path.exists():
        return _from_file(path)
    if path.suffix == ".json" or re.search(r"[\\/]", name):
        raise ModelNotFound(f"There is no tokenizer at {name!r}.", hint=f"Known names: {', '.join(sorted(COUNTERS))}.")
    raise unknown("tokenizer", name, [*COUNTERS, *MODELS, "a path to a tokenizer.json"])


@cache
def _load(name: str) -> NamedCounter:
    # Two threads may both load it the first time: that costs a fifth of a second once and is otherwise harmless.
    return COUNTERS[name]()


def _vocabulary(model: str) -> str | None:
    """Return the vocabulary of an OpenAI model, `None` if it is not one: "gpt-4" has "gpt-4-0613", but not "gpt-4o"."""
    bare = model.lower().removeprefix("openai/").removeprefix("ft:")
    fits = [model for model in MODELS if re.match(rf"{re.escape(model)}(?![^\W_])", bare)]
    return MODELS[max(fits, key=len)] if fits else None


def _from_file(path: Path) -> NamedCounter:
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise ModelCorrupt(
            f"The folder {str(path)!r} holds no tokenizer.json.",
            hint="Save one with: tokenizer.save_pretrained(folder), using a fast tokenizer.",
        )
    stat = file.stat()
    return _read(str(path), str(file), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read(name: str, file: str, _modified: int, _size: int) -> NamedCounter:
    """Read a tokenizer file; cached until the file changes."""
    tokenizers = importlib.import_module("tokenizers")
    try:
        tokenizer = tokenizers.Tokenizer.from_file(file)
    except Exception as error:  # the package raises bare `Exception`
        raise ModelCorrupt(
            f"{file!r} is not a tokenizer file, or it is cut short: {error}.",
            hint="Copy or download it again; it is the `tokenizer.json` of a fast tokenizer.",
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return NamedCounter(name, partial(_count_pieces, tokenizer))


def _count_pieces(tokenizer: object, text: str) -> int:
    try:
        (encoding,) = tokenizer.encode_batch_fast([text], add_special_tokens=False)  # type: ignore[attr-defined]
    except TypeError:  # what the package raises for text that is no valid Unicode
        if not _SURROGATE.search(text):
            raise
        return _count_pieces(tokenizer, _SURROGATE.sub("\ufffd", text))
    return len(encoding)


def _name_of(function: TokenCounter) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _checked(function: TokenCounter, text: str) -> int:
    """Return what the caller's function says, provided it is a number of tokens."""
    value = function(text)
    try:
        count = operator.index(value)
    except TypeError:
        count = -1
    if count < 0:
        raise InvalidInput(
            f"The tokenizer {_name_of(function)!r} must return a number of tokens, got {value!r:.80}.",
            hint="For example: lambda text: len(tokenizer.encode(text))",
        )
    return count
