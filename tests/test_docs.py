"""The documentation cannot rot: code blocks run, every command, option and name is described, links lead somewhere.

What runs, and how: `tests/pages.py`.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

import tamis
from tamis.prompt import METHODS, Options, Surprisal
from tamis.text.counting import COUNTERS
from tamis.text.protect import DETECTORS
from tests.pages import FENCE, PAGES, ROOT, Block, blocks, run_python, run_shell

LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)|src=\"(?P<image>[^\":]+)\"")
BLOCKS = [block for page in PAGES for block in blocks(page)]
SHELL = [block for block in BLOCKS if block.kind in ("bash", "console")]
PYTHON_PAGES = sorted({block.page for block in BLOCKS if block.kind == "python"})


@pytest.mark.slow
@pytest.mark.parametrize("page", PYTHON_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_blocks_run(page: Path, desk: Path) -> None:
    run_python(blocks(page))


@pytest.mark.slow
@pytest.mark.parametrize("block", SHELL, ids=str)
def test_shell_blocks_run(block: Block, desk: Path) -> None:
    run_shell(block, desk)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_code_blocks_fit_their_column(page: Path) -> None:
    """The site shows 88 columns without a scroll bar."""
    code = [line for match in FENCE.finditer(page.read_text(encoding="utf-8")) for line in match["code"].splitlines()]
    assert [line for line in code if len(line) > 88] == []


def test_there_are_blocks_to_run() -> None:
    assert len(SHELL) >= 5
    assert len(PYTHON_PAGES) >= 3


def test_make_targets_that_are_mentioned_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        mentioned = set(re.findall(r"(?:^|`)make (\w+)", page.read_text(encoding="utf-8"), re.M))
        assert mentioned <= targets, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for match in LINK.finditer(text):
        target = page.parent / (match["path"] or match["image"] or page.name)
        assert target.exists(), f"{page.relative_to(ROOT)} links to {match[0]}"
        if match["anchor"]:
            assert match["anchor"] in anchors(target), f"{page.relative_to(ROOT)} links to {match[0]}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def cli_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cli_reference", ROOT / "scripts" / "cli_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_is_documented_as_its_help_says() -> None:
    reference = cli_reference()
    shown = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for command, text in reference.helps().items():
        assert f"\n## {command}\n" in shown
        assert reference.normal(text) in reference.normal(shown), f"{command} --help changed: run `make fix`"


def test_every_knob_and_name_is_described() -> None:
    compress = (ROOT / "docs" / "compress.md").read_text(encoding="utf-8")
    protection = (ROOT / "docs" / "protection.md").read_text(encoding="utf-8")
    missing = [field.name for field in fields(Options) if f"`{field.name}`" not in compress]
    missing += [name for name in (*METHODS, *COUNTERS) if f"`{name}`" not in compress]
    missing += [name for name in DETECTORS if f"`{name}`" not in protection]
    surprisal = (ROOT / "docs" / "surprisal.md").read_text(encoding="utf-8")
    missing += [field.name for field in fields(Surprisal) if f"`{field.name}`" not in surprisal]
    assert missing == []


def test_every_public_name_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [name for name in tamis.__all__ if f"::: tamis.{name}\n" not in reference and name != "__version__"] == []


def test_no_name_stands_twice_in_the_reference() -> None:
    listed = re.findall(r"^::: (\S+)$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M)
    assert [name for name, count in Counter(listed).items() if count > 1] == []


def test_a_function_in_the_reference_is_not_its_module() -> None:
    """What the site shows for `tamis.compress` and its like: a module of that path would be shown in its place."""
    listed = re.findall(r"^::: (\S+)$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M)
    paths = {name: ROOT / "src" / name.replace(".", "/") for name in listed}
    modules = [name for name, path in paths.items() if path.is_dir() or path.with_suffix(".py").exists()]
    assert modules == ["tamis.errors", "tamis.core"]


def test_decisions_are_short_and_numbered() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page for page in folder.glob("*.md") if page.name != "index.md")
    for number, page in enumerate(pages, 1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:03}-")
        assert text.startswith(f"# {number:03}: ")
        assert len(text.splitlines()) <= 30, page.name


def test_changelog_has_an_unreleased_section() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
