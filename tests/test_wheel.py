"""What an installed user gets: nothing of training/, and no module that nothing leads to."""

from __future__ import annotations

import ast
import re
import zipfile
from pathlib import Path

import pytest

from tamis.text.languages import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
NAME = re.compile(r"\btamis(?:\.[a-z_0-9]+)*")
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.stem not in {"lab-log", "changelog"}),
]


def modules() -> dict[str, Path]:
    files = sorted((SOURCE / "tamis").rglob("*.py"))
    return {".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def mentioned(file: Path) -> set[str]:
    """What a module imports, inside functions too, and the modules that its strings name (tables of lazy ones)."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value.split(":")[0])
        ):
            names.add(node.value.split(":")[0])
    return names


def reached(roots: set[str]) -> set[str]:
    known, todo, seen = modules(), list(roots), set[str]()
    while todo:
        name = todo.pop()
        if name in known and name not in seen:
            seen.add(name)
            parents = [name.rsplit(".", n)[0] for n in range(1, name.count(".") + 1)]
            todo += [*mentioned(known[name]), *parents]
    return seen


def test_every_module_is_led_to_by_a_command_or_a_page():
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    languages = {f"tamis.text.languages.{code}" for code in LANGUAGES}  # (a table of codes)
    roots = {"tamis", "tamis.__main__", "tamis.edge.cli", *languages, *NAME.findall(pages)}
    assert sorted(set(modules()) - reached(roots)) == []


def test_no_training_in_the_wheel(tmp_path):
    wheel = pytest.importorskip("hatchling.builders.wheel")
    (path,) = wheel.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(path).namelist()
    packed = {name for name in names if name.endswith(".py")}
    assert packed == {str(file.relative_to(SOURCE)) for file in modules().values()}
    assert not [name for name in names if name.split("/")[0] in {"training", "benchmarks", "tests", "scripts"}]
