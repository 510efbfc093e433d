"""The mechanism of `make sockets`: whatever plugs into another package is tested against it, pinned and documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import PAGES, ROOT, Block, blocks, sockets_of
from tests.sockets.real import real

TESTS = {file.stem.removeprefix("test_"): file for file in (ROOT / "tests" / "sockets").glob("test_*.py")}
GROUPS = set(re.findall(r"^socket-([\w-]+) = ", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M))


def test_every_group_has_a_test_and_pins():
    pins = {file.stem for file in (ROOT / "tests" / "sockets").glob("*.txt")}
    assert set(TESTS) == GROUPS == pins


@pytest.mark.parametrize("name", sorted(TESTS))
def test_every_socket_says_which_packages_must_be_there(name: str):
    assert f'\nreal("{name}", ' in TESTS[name].read_text(encoding="utf-8")


def test_no_page_names_a_socket_that_is_none():
    assert {name for page in PAGES for name in sockets_of(page)} <= GROUPS


def test_blocks_of_sockets_run_only_there(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(
        "```python\na\n```\n\n<!-- socket: lamp -->\n```python\nb\n```\n\n"
        "<!-- socket: shop -->\n```bash\nc\n```\n\n<!-- not run: why -->\n```bash\nd\n```\n"
    )
    assert blocks(page) == [Block(page, 2, "python", "a\n")]
    assert blocks(page, socket="lamp") == [Block(page, 7, "python", "b\n")]
    assert blocks(page, socket="shop") == [Block(page, 12, "bash", "c\n")]
    assert sockets_of(page) == {"lamp", "shop"}


def test_a_package_that_must_be_there_is_not_skipped(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(pytest.skip.Exception, match="make sockets NAME=lamp"):
        real("lamp", "no_such_package_of_lamps")
    monkeypatch.setenv("TAMIS_SOCKET", "lamp")
    with pytest.raises(ModuleNotFoundError, match="no_such_package_of_lamps"):
        real("lamp", "no_such_package_of_lamps")
