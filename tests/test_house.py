"""The house rules that no linter knows: no circle, no name twice, no participle where a noun belongs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
BAR = 8  # participles for each 100 functions; the packages that we admire have 0 to 2


def script(name: str) -> ModuleType:
    """A script of the repository, as a module."""
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # (dataclasses look their module up)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def structure() -> ModuleType:
    return script("structure")


def test_no_import_circle_lazy_imports_included(structure):
    assert structure.circles(structure.imports(ROOT)) == []


def test_no_public_class_name_twice(structure):
    assert structure.repeated_classes(ROOT) == {}


def test_no_export_hides_its_module(structure):
    assert structure.hidden_modules(ROOT) == []


def test_the_newcomers_map_lists_every_folder(structure):
    assert structure.unlisted_folders(ROOT) == []


def test_every_claim_of_a_contract_test_names_it(structure):
    assert structure.unnamed_contracts(ROOT) == []


def test_values_are_named_after_what_they_are():
    participles = script("participles")
    functions = [function for file in sorted(participles.SOURCE.rglob("*.py")) for function in participles.read(file)]
    assert participles.share(functions) <= BAR


@pytest.fixture
def crooked(tmp_path, structure):
    """A house with every fault once."""
    package = tmp_path / "src" / "tamis"
    (package / "room").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "development.md").write_text("```text\n  hall/  the hall\n```\n")
    (package / "__init__.py").write_text("")
    (package / "room" / "__init__.py").write_text("from tamis.room.lamp import lamp\n")
    (package / "room" / "lamp.py").write_text(
        '"""A contract test ties it."""\nclass Bulb: ...\ndef lamp():\n    from tamis.room import table\n'
    )
    (package / "room" / "table.py").write_text(
        "from typing import TYPE_CHECKING\nclass Bulb: ...\n"
        "if TYPE_CHECKING:\n    from tamis.room.lamp import Bulb as Lit\n"
    )
    return tmp_path


def test_each_fault_is_seen(structure, crooked):
    assert structure.circles(structure.imports(crooked)) == [["tamis.room.lamp", "tamis.room.table"]]
    assert structure.repeated_classes(crooked) == {"Bulb": ["tamis.room.lamp", "tamis.room.table"]}
    assert structure.hidden_modules(crooked) == [("tamis.room", "lamp")]
    assert structure.unlisted_folders(crooked) == ["room"]
    assert structure.unnamed_contracts(crooked) == ["tamis.room.lamp"]


def test_a_participle_counts_once_for_each_scope(tmp_path):
    file = tmp_path / "names.py"
    file.write_text(
        "def outer(found):\n"
        "    found = [made for made in found]\n"
        "    def inner():\n"
        "        told = 1\n"
        "    return found.said, inner(given=2)\n"  # attributes and keywords bind nothing
    )
    participles = script("participles")
    assert [(one.function, sorted(one.names)) for one in participles.read(file)] == [
        ("outer", ["found", "made"]),
        ("inner", ["told"]),
    ]
    assert participles.share(participles.read(file)) == pytest.approx(150)
