"""The real packages that tamis plugs into: what their tests share.

A file `tests/sockets/test_NAME.py` begins with `real("NAME", "package")`: in an environment without the package it is
skipped, unless the variable TAMIS_SOCKET=NAME says that the package must be there (as `scripts/sockets.sh` does).
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import pytest

from tests.pages import PAGES, blocks, run_python, run_shell, sockets_of


def real(name: str, *packages: str) -> None:
    """Skip the calling test module where a package is not installed and need not be."""
    for package in packages:
        if os.environ.get("TAMIS_SOCKET") == name:
            import_module(package)
        else:
            pytest.importorskip(package, reason=f"make sockets NAME={name}", exc_type=ImportError)


def run_pages(name: str, folder: Path) -> int:
    """Run what the documentation shows for a socket, page by page; how many blocks that were."""
    pages = [page for page in PAGES if name in sockets_of(page)]
    for page in pages:
        shown = blocks(page, socket=name)
        run_python(shown)
        for block in shown:
            if block.kind in ("bash", "console"):
                run_shell(block, folder)
    return sum(len(blocks(page, socket=name)) for page in pages)
