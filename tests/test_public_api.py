"""The public names: adding one is a decision, removing one breaks users. Change this list with the CHANGELOG."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version

import pytest

import tamis
from tamis.prompt.task import Settings

PUBLIC = [
    "Advice",
    "AsyncMemory",
    "Compression",
    "Document",
    "METHODS",
    "Memory",
    "Messages",
    "Options",
    "Piece",
    "Prompt",
    "Ranking",
    "Recovery",
    "RedactionTable",
    "Section",
    "Shown",
    "Span",
    "Surprisal",
    "Turn",
    "__version__",
    "advise",
    "compress",
    "compress_many",
    "compress_messages",
    "rank",
    "recover",
    "redact",
    "restore",
    "wrap",
]
NOVELTY = [
    "COMPONENTS",
    "Choice",
    "Confusion",
    "Detector",
    "Drift",
    "DriftWindow",
    "HeldOut",
    "Intents",
    "MlkdSettings",
    "NearestText",
    "Novelty",
    "Promise",
    "Student",
    "read_routes",
    "route_table",
]
ARGUMENTS = [
    "source",
    "rate",
    "tokens",
    "threshold",
    "question",
    "min_relevance",
    "keep",
    "tokenizer",
    "method",
    "model",
    "options",
    "style",
    "ellipsis",
]


def test_public_names_are_pinned() -> None:
    assert sorted(tamis.__all__) == PUBLIC


def test_names_of_novelty_are_pinned_and_there() -> None:
    import tamis.novelty

    assert sorted(tamis.novelty.__all__) == NOVELTY
    assert all(getattr(tamis.novelty, name) is not None for name in NOVELTY)
    with pytest.raises(AttributeError, match="no attribute 'Detecter'"):
        _ = tamis.novelty.Detecter


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_exist_and_are_listed(name: str) -> None:
    assert getattr(tamis, name) is not None
    assert name in dir(tamis)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'tamis' has no attribute 'comprss'"):
        _ = tamis.comprss  # type: ignore[attr-defined]


def test_every_setting_is_a_keyword_and_explained() -> None:
    parameters = inspect.signature(tamis.compress).parameters
    documented = inspect.getdoc(tamis.compress) or ""
    assert list(parameters) == ARGUMENTS
    assert {parameters[name].kind for name in ARGUMENTS[1:]} == {inspect.Parameter.KEYWORD_ONLY}
    assert [name for name in ARGUMENTS if not re.search(rf"^\s+{name}: ", documented, re.M)] == []


def test_both_calls_take_the_same_settings_with_the_same_defaults() -> None:
    many = inspect.signature(tamis.compress_many).parameters["settings"]
    assert list(Settings.__annotations__) == ARGUMENTS[1:]
    assert many.kind is inspect.Parameter.VAR_KEYWORD
    assert tamis.compress_many(["One two three four."], method="truncate")[0].to_dict() == (
        tamis.compress("One two three four.", method="truncate").to_dict()
    )


def test_a_setting_that_does_not_exist_is_refused_by_both() -> None:
    with pytest.raises(TypeError, match="'rte'"):
        tamis.compress("One two.", rte=0.5)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'rte'"):
        tamis.compress_many(["One two."], rte=0.5)  # type: ignore[call-arg]


def test_version_is_the_installed_one() -> None:
    assert version("tamis") == tamis.__version__
