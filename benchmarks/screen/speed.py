"""What looking costs: a first look, a further instruction, a small change of the screen, memory, the size on disk.

The page is drawn here with Pillow, 1280 x 800 with some fifty lines of text, fields, buttons and pictures, each time
with other words, so that nothing of it was read before. Wall seconds say what somebody waits, CPU seconds what it
costs on a machine that does other things meanwhile.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackagePath, files, requires
from statistics import median
from typing import Any

import numpy as np
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.common import measure
from tamis.image import Screenshot
from tamis.screen import Screen, look

SIZE = (1280, 800)
REPEATS = 7
MB = 1_000_000
BARS = {
    "first look, s": 1.5,
    "further instruction, s": 0.005,
    "small change, s": 0.4,
    "peak memory, MB": 900,
    "extra on disk, MB": 250,
}
_WORDS = """
    account address archive billing calendar change city company contact country customer date delete delivery
    details download edit email export filter first history home import invoice language last log message month
    name new notes number order open page password payment phone print privacy profile project remove report
    save search security send settings share shipping sort state status street team time title today total
    update upload user view week
"""
_INSTRUCTIONS = ("the {} button", "second {} link", "the field right of {}", "open the {} settings", "the gear icon")


def run(repeats: int = REPEATS) -> dict[str, Any]:
    """Measure in a process of its own, which has looked at nothing before."""
    code = f"import json; from benchmarks.screen.speed import looked; print(json.dumps(looked({repeats})))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    sizes = extra_sizes()
    rows.append({"what": "extra on disk, MB", "wall": sum(sizes.values()) / MB})
    packages = [{"package": name, "MB": size / MB} for name, size in sizes.most_common()]
    return {"machine": measure.machine(), "rows": [{**row, "bar": BARS.get(row["what"], "")} for row in rows],
            "packages": packages}  # fmt: skip


def looked(repeats: int) -> list[dict[str, Any]]:
    """Times of this process, and the most memory that it has held."""
    rng = np.random.default_rng(7)
    opened = _timed(_opened)
    first, further, changed, screens = [], [], [], list[Screen]()
    for _ in range(repeats):
        shot = page(rng)
        first.append(_timed(partial(_looked, shot, screens)))
        texts = [pattern.format(rng.choice(_WORDS.split())) for pattern in _INSTRUCTIONS]
        further += [_timed(partial(screens[-1].ground, text)) for text in texts]
        changed.append(_timed(partial(_looked, changed_part(shot, rng), screens)))
    rows = [
        {
            "what": what,
            "wall": median(wall for wall, _ in some),
            "least wall": min(wall for wall, _ in some),
            "cpu": median(cpu for _, cpu in some),
        }
        for what, some in (
            ("opening, s", [opened]), ("first look, s", first), ("further instruction, s", further),
            ("small change, s", changed),
        )
    ]  # fmt: skip
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB
    return [*rows, {"what": "peak memory, MB", "wall": most}]


def _opened() -> None:
    """Models are opened for the first picture of all, which is empty."""
    _looked(Screenshot(np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)), [])


def _looked(shot: Screenshot, screens: list[Screen]) -> None:
    screens.append(look(shot))
    screens[-1].ground("the Save button")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, those of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def page(rng: np.random.Generator) -> Screenshot:
    """A page of an application: a bar, a menu, a form, a table; its words are drawn."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", SIZE, "#f6f7f9")
    pen = ImageDraw.Draw(picture)
    font, large = ImageFont.load_default(14), ImageFont.load_default(22)

    def say(place: tuple[int, int], count: int, fill: str, kind: Any = font) -> None:
        pen.text(place, " ".join(rng.choice(_WORDS.split(), count)).capitalize(), fill, kind)

    pen.rectangle((0, 0, SIZE[0], 48), "#1f3a5f")
    for left in range(24, 900, 140):
        say((left, 15), 1, "#ffffff")
    for top in range(80, 760, 48):
        pen.ellipse((24, top, 44, top + 20), outline="#4c566a", width=2)
        say((60, top + 1), 2, "#2e3440")
    say((260, 70), 4, "#111111", large)
    for top in range(130, 380, 50):
        say((260, top + 6), 2, "#333333")
        pen.rounded_rectangle((420, top, 760, top + 32), 4, "#ffffff", "#b8c0cc")
        say((432, top + 7), 2, "#666666")
    for left in (420, 540):
        pen.rounded_rectangle((left, 400, left + 100, 434), 6, "#2563eb")
        say((left + 20, 408), 1, "#ffffff")
    for top in range(470, 770, 36):
        pen.line((260, top - 8, 1240, top - 8), "#d8dee9")
        for left, count in ((260, 3), (560, 5), (940, 2), (1120, 1)):
            say((left, top), count, "#2563eb" if left == 260 else "#333333")
    return Screenshot(np.asarray(picture))


def changed_part(shot: Screenshot, rng: np.random.Generator) -> Screenshot:
    """The page with another text in one of its fields."""
    pixels = shot.pixels.copy()
    pixels[136:160, 430:630] = page(rng).pixels[136:160, 430:630]
    return Screenshot(pixels)


def extra_sizes() -> Counter[str]:
    """Bytes on disk of the packages that the extra brings and tamis alone does not need, as they are installed here."""
    names = _needed("tamis", "screen") - _needed("tamis", "")
    return Counter({name: sum(map(_bytes, files(name) or ())) for name in names})


def _bytes(file: PackagePath) -> int:
    path = file.locate()
    return path.stat().st_size if path.is_file() else 0  # type: ignore[attr-defined]


def _needed(name: str, extra: str) -> set[str]:
    """The packages that a package needs with an extra, and theirs."""
    names, waiting = set[str](), [(name, extra)]
    while waiting:
        package, wanted = waiting.pop()
        for line in requires(package) or ():
            need = Requirement(line)
            own = canonicalize_name(need.name)
            if own not in names and (need.marker is None or need.marker.evaluate({"extra": wanted})):
                names.add(own)
                waiting += [(own, one) for one in (need.extras or {""})]
    return names


def show(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    times = measure.table(result["rows"], ("what", "wall", "least wall", "cpu", "bar"))
    return f"{times}\n\n{measure.table(result['packages'], ('package', 'MB'))}"
