"""The public names: adding one is a decision, removing one breaks users. Change this list with the CHANGELOG."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version

import pytest

import tamis

PUBLIC = [
    "Compression",
    "Document",
    "METHODS",
    "Options",
    "Piece",
    "Span",
    "__version__",
    "compress",
    "compress_many",
]
ARGUMENTS = ["source", "rate", "tokens", "threshold", "question", "keep", "tokenizer", "method", "model", "options"]


def test_public_names_are_pinned() -> None:
    assert sorted(tamis.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_exist_and_are_listed(name: str) -> None:
    assert getattr(tamis, name) is not None
    assert name in dir(tamis)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'tamis' has no attribute 'comprss'"):
        _ = tamis.comprss  # type: ignore[attr-defined]


def test_both_calls_take_the_same_settings() -> None:
    one, many = inspect.signature(tamis.compress), inspect.signature(tamis.compress_many)
    assert list(one.parameters) == ARGUMENTS
    assert list(many.parameters)[1:] == ARGUMENTS[1:]
    for name in ARGUMENTS[1:]:
        assert one.parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert many.parameters[name].default == one.parameters[name].default


@pytest.mark.parametrize("call", [tamis.compress, tamis.compress_many])
def test_every_setting_is_explained_in_a_docstring(call: object) -> None:
    documented = f"{inspect.getdoc(tamis.compress)}"
    assert [name for name in ARGUMENTS if not re.search(rf"\b{name}\b", documented)] == []
    assert inspect.getdoc(call)


def test_version_is_the_installed_one() -> None:
    assert version("tamis") == tamis.__version__
