"""The benchmarks are programs, not a package: their folder goes on the path while these tests run."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def _program(name: str) -> ModuleType:
    sys.path.insert(0, str(FOLDER))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(FOLDER))


@pytest.fixture(scope="session")
def cases() -> ModuleType:
    return _program("_cases")


@pytest.fixture(scope="session")
def fuzz() -> ModuleType:
    return _program("_fuzz")


@pytest.fixture(scope="session")
def measure() -> ModuleType:
    return _program("_measure")


@pytest.fixture(scope="session")
def texts() -> ModuleType:
    return _program("_texts")


@pytest.fixture(scope="session")
def speed() -> ModuleType:
    return _program("_speed")


@pytest.fixture(scope="session")
def footprint() -> ModuleType:
    return _program("_footprint")


@pytest.fixture(scope="session")
def peers() -> ModuleType:
    return _program("_peers")


@pytest.fixture(scope="session")
def plots() -> ModuleType:
    return _program("_plots")


@pytest.fixture(scope="session")
def rankers() -> ModuleType:
    return _program("rankers")


@pytest.fixture(scope="session")
def program() -> ModuleType:
    return _program("compression")


@pytest.fixture(scope="session")
def surprisal() -> ModuleType:
    return _program("surprisal")
