"""The benchmarks by name, each imported when a test asks for it."""

from importlib import import_module
from types import ModuleType

import pytest


def _program(name: str) -> ModuleType:
    return import_module(f"benchmarks.{name}")


@pytest.fixture(scope="session")
def cases() -> ModuleType:
    return _program("prompt.cases")


@pytest.fixture(scope="session")
def fuzz() -> ModuleType:
    return _program("prompt.fuzz")


@pytest.fixture(scope="session")
def measure() -> ModuleType:
    return _program("common.measure")


@pytest.fixture(scope="session")
def texts() -> ModuleType:
    return _program("common.texts")


@pytest.fixture(scope="session")
def speed() -> ModuleType:
    return _program("prompt.speed")


@pytest.fixture(scope="session")
def footprint() -> ModuleType:
    return _program("prompt.footprint")


@pytest.fixture(scope="session")
def peers() -> ModuleType:
    return _program("prompt.peers")


@pytest.fixture(scope="session")
def plots() -> ModuleType:
    return _program("prompt.plots")


@pytest.fixture(scope="session")
def rankers() -> ModuleType:
    return _program("prompt.rankers")


@pytest.fixture(scope="session")
def program() -> ModuleType:
    return _program("prompt.__main__")


@pytest.fixture(scope="session")
def surprisal() -> ModuleType:
    return _program("prompt.surprisal")


@pytest.fixture(scope="session")
def meaning() -> ModuleType:
    return _program("prompt.meaning")


@pytest.fixture(scope="session")
def meetings() -> ModuleType:
    return _program("prompt.meetings")


@pytest.fixture(scope="session")
def reading() -> ModuleType:
    return _program("prompt.reading")
