"""Importing tamis and asking for help stay cheap: no model runtime, no terminal library, no network."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "onnxruntime", "transformers", "tokenizers", "rich", "tiktoken", "onnx", "http.client")
SOURCE = Path(__file__).resolve().parents[1] / "src" / "tamis"
MAY_IMPORT_TORCH = ("models", "distill", "attention", "cache")  # at module level

LOADED = f"print(*sorted(set(sys.modules) & set({HEAVY!r})))"
HELP = f"""
import sys
from tamis.edge.cli import main
try:
    main({{argv}})
except SystemExit as done:
    assert not done.code, done.code
print()
{LOADED}
"""


def loaded_by(code: str) -> str:
    """Return the heavy modules that a fresh interpreter has loaded after running the code (its last line)."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_import_loads_nothing_heavy() -> None:
    assert loaded_by(f"import sys, tamis\n{LOADED}") == ""


def test_novelty_loads_nothing_heavy_before_it_is_used() -> None:
    assert loaded_by(f"import sys, tamis.novelty\n{LOADED}") == ""


def test_every_public_name_but_no_heavy_module_comes_with_star_import() -> None:
    assert loaded_by(f"import sys\nfrom tamis import *\ncompress, Options, Compression\n{LOADED}") == ""


HELPS = (
    "",
    "compress",
    "models",
    "distill run",
    "remember",
    "recall",
    "memory",
    "memory ls",
    "novelty",
    "novelty fit",
    "novelty check",
)


@pytest.mark.parametrize("argv", [["--version"], *([*words.split(), "--help"] for words in HELPS)])
def test_help_loads_nothing_heavy(argv: list[str]) -> None:
    assert loaded_by(HELP.format(argv=argv)) == ""


def test_torch_is_imported_at_module_level_only_where_weights_live() -> None:
    offenders = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] not in MAY_IMPORT_TORCH and _imports(path) & {"torch", "transformers"}
    ]
    assert offenders == []


def _imports(path: Path) -> set[str]:
    """Names of the packages that a file imports when it is itself imported (not inside functions, TYPE_CHECKING)."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names
