"""Shots of desktop programs: each in a display and a session of its own, so that nothing covers it.

Needs Debian's packages xvfb, openbox, at-spi2-core, gir1.2-atspi-2.0, python3-gi, dbus, imagemagick, x11-xserver-utils,
xdotool, and the programs of `programs.toml`. A program that is not there, or shows nothing, is left out.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import build_section, read_toml

LOG = logging.getLogger(__name__)
HERE = Path(__file__).parent
TABLE = HERE / "programs.toml"
SPLIT = "desktop"
THEMES = (
    ("Adwaita", "1280x800", "#3b6ea5"),
    ("Adwaita:dark", "1366x768", "#222831"),
    ("HighContrast", "1024x768", "#7a7a7a"),
)
_PATIENCE = 60  # seconds for one shot
_DISPLAY = ":93"


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its command line, and the menus that are opened for shots of their own."""

    name: str
    command: str
    licence: str
    menus: tuple[str, ...]


def read_programs(table: Path = TABLE) -> tuple[Program, ...]:
    """The programs of a table."""
    return tuple(build_section(Program, f"program {row.get('name')}", row) for row in read_toml(table)["program"])


def desktop_rows(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Take the shots of all programs; the line of each one for `shots.jsonl`."""
    for at, program in enumerate(read_programs()):
        if shutil.which(shlex.split(program.command)[0]) is None:
            LOG.warning("%s is not installed", program.name)
            continue
        for number, menu in enumerate(("", *program.menus)):
            name = f"desktop-{program.name}-{number:04d}"
            theme, size, back = THEMES[(at + number) % len(THEMES)]
            tree = _shot(program, menu, folder / name, {"GTK_THEME": theme, "BACK": back}, size)
            if tree is None or len(tree["elements"]) < 4 or (menu and not tree["opened"]):
                LOG.warning("%s: nothing to be seen", name)
                continue
            width, height = map(int, size.split("x"))
            yield {
                "name": name,
                "source": f"desktop-{program.name}",
                "split": SPLIT,
                "licence": program.licence,
                "lang": "en",
                "elements": tree["elements"],
                "size": [width, height],
                "ratio": 1,
                "title": tree["title"],
                "url": "",
                "view": {"width": width, "height": height, "ratio": 1, "theme": theme},
            }


def _shot(program: Program, menu: str, out: Path, look: Mapping[str, str], size: str) -> Any:
    """The tree of a program, its picture beside `out`; None where it did not come."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o700)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "DISPLAY": _DISPLAY,
            "LANG": "C.UTF-8",
            "GTK_MODULES": "gail:atk-bridge",
            "GDK_BACKEND": "x11",
            "PROGRAM": program.command,
            "MENU": menu,
            "OUT": str(out.resolve()),
            "TREE": str(HERE / "tree.py"),
            **look,
        }
        screen = ["Xvfb", _DISPLAY, "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
        display = subprocess.Popen(screen, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            session = ["dbus-run-session", "--", "bash", str(HERE / "session.sh")]
            done = subprocess.run(session, env=environment, capture_output=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return None
        finally:
            display.terminate()
            display.wait(10)
        tree = out.with_suffix(".json")
        text = tree.read_text(encoding="utf-8") if tree.is_file() else ""
        tree.unlink(missing_ok=True)
    if done.returncode or not text or not out.with_suffix(".png").is_file():
        LOG.debug("%s", done.stderr.decode(errors="replace")[-500:])
        return None
    return json.loads(text)
