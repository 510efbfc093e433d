"""Pages rendered in a headless browser, each with every element that a person could point at.

A shot is a PNG and the line of `shots.jsonl` that describes it. Nothing is loaded from the network, animations are
finished, the clock and the random numbers of a page are fixed, so that the same page gives the same shot.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tamis.errors import needs
from tamis.io.files import write
from tamis.io.rows import read_jsonl
from training.screen.sources import PageSource, unpacked

LOG = logging.getLogger(__name__)
SCRIPT = Path(__file__).with_name("harvest.js")
ARGUMENTS = ("--no-sandbox", "--force-color-profile=srgb", "--hide-scrollbars", "--allow-file-access-from-files")
MATERIAL = "npm:material-icons@1.13.14/iconfont"  # Apache-2.0: what pages ask Google's fonts for
_STILL = """
let seed = 7; Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const start = Date.now(), fixed = Date.UTC(2026, 5, 1, 12), Real = Date;
Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(fixed + (Real.now() - start)); } };
Date.now = () => fixed + (Real.now() - start);
"""


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at: the window in CSS pixels, device pixels for each, how far it is scrolled, the theme."""

    width: int = 1280
    height: int = 800
    ratio: float = 1.0
    scroll: float = 0.0
    theme: str = "light"


VIEWS = (
    View(),
    View(1366, 768, ratio=1.5),
    View(1024, 768, ratio=2.0, scroll=0.4),
    View(1440, 900, theme="dark"),
    View(1280, 720, ratio=2.0),
    View(1600, 900, scroll=0.3),
    View(900, 1000, ratio=1.5, scroll=0.15),
    View(1280, 800, ratio=1.25, theme="dark", scroll=0.6),
)
_MATERIAL = re.compile(r"^https://fonts\.googleapis\.com/.*Material", re.I)
_DARK = """
addEventListener("DOMContentLoaded", () => {
  Object.assign(document.documentElement.dataset, { bsTheme: "dark", theme: "dark" });
});
"""  # of kits that ask an attribute and not the browser


def view_of(address: str, views: Sequence[View] = VIEWS, turn: int = 0) -> View:
    """A view of a page: one of them, by its file's name or its path, for ever; the next one with each turn."""
    name = address.rpartition("/")[2] or urlsplit(address).path
    digest = hashlib.sha256(name.encode()).digest()
    return views[(digest[0] + turn) % len(views)]


def harvest(sources: Sequence[PageSource], folder: Path, *, views: Sequence[View] = VIEWS) -> int:
    """Render the pages of the sources into a folder; returns how many shots there are of them.

    Shots of other sources in the folder stay; those of these sources are written anew, one source after the other. A
    source that cannot be had (its package, its application) is left out, with a warning.

    Raises:
        MissingExtra: Playwright is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with browser() as chromium:
        for source in sources:
            try:
                rows = list(_rows(chromium, source, folder, views))
            except (OSError, subprocess.CalledProcessError) as error:
                LOG.warning("%s: left out: %s", source.name, error)
                continue
            replace_rows(folder / "shots.jsonl", {source.name}, rows)
            count += len(rows)
            LOG.info("%s: %d shots, %d so far", source.name, len(rows), count)
    return count


def _rows(chromium: Any, source: PageSource, folder: Path, views: Sequence[View]) -> Iterator[Mapping[str, Any]]:
    head = {"source": source.name, "split": source.split, "licence": source.licence}
    with source.pages(folder / "sources") as addresses:
        for number, (address, turn) in enumerate((one, turn) for turn in range(source.views) for one in addresses):
            name = f"{source.name}-{number:04d}"
            with _context(chromium, view_of(address, views, turn), folder / "sources") as context:
                shot = _shot(context, address, view_of(address, views, turn), folder / f"{name}.png", source.settle)
            if shot is not None:
                yield {"name": name, **head, **shot}


def replace_rows(path: Path, sources: Set[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of some sources behind those of the others, which stay."""
    others = [row for row in read_jsonl(path) if row["source"] not in sources] if path.is_file() else []
    lines = [json.dumps(row, ensure_ascii=False) for row in (*others, *rows)]
    write(path, "".join(f"{line}\n" for line in lines).encode())


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium: the one of the system, if there is one, else Playwright's own."""
    needs("screen", "playwright")
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def _context(chromium: Any, view: View, fonts: Path) -> Iterator[Any]:
    """A window of the browser that knows no network and does not move."""
    context = chromium.new_context(
        viewport={"width": view.width, "height": view.height},
        device_scale_factor=view.ratio,
        color_scheme=view.theme,
        reduced_motion="reduce",
    )
    try:
        context.add_init_script(_STILL + (_DARK if view.theme == "dark" else ""))
        context.route("**/*", _offline)
        context.route(_MATERIAL, lambda route: route.fulfill(body=_material(fonts), content_type="text/css"))
        yield context
    finally:
        context.close()


def _shot(context: Any, address: str, view: View, path: Path, settle: int) -> Mapping[str, Any] | None:
    """What is on a page, its picture at `path`; None where the browser cannot open it, or it is empty."""
    from playwright.sync_api import Error

    try:
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.goto(address, wait_until="load", timeout=8000)
        page.evaluate(
            "share => scrollTo(0, share * (document.documentElement.scrollHeight - innerHeight))", view.scroll
        )
        page.wait_for_timeout(settle)
        page.wait_for_load_state("load")  # of the page that it has sent the browser to, if it has
        content = page.evaluate(f"({SCRIPT.read_text(encoding='utf-8')})()")
        page.screenshot(path=path, animations="disabled", caret="hide")
    except Error as error:
        LOG.warning("%s: %s", address, str(error).splitlines()[0])
        return None
    return {**content, "view": asdict(view)} if content["elements"] else None


@cache
def _material(folder: Path) -> str:
    """The style sheet of the Material icons, with the fonts in it."""
    package = unpacked(MATERIAL, folder)
    sheet = (package / "material-icons.css").read_text(encoding="utf-8")
    return re.sub(r"url\(\"\./([\w-]+\.woff2)\"\)", lambda match: f"url({_data(package / match[1])})", sheet)


def _data(path: Path) -> str:
    return "data:font/woff2;base64," + base64.b64encode(path.read_bytes()).decode()


def _offline(route: Any) -> None:
    """Files, data and loopback only."""
    local = route.request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1", "http://localhost"))
    route.continue_() if local else route.abort()
