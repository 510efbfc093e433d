"""Paint docs/assets/demo.svg: a stretch of the example transcript as `make demo` shows it, with the embedded model."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

import tamis

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "assets" / "demo.svg"
RATE = 0.33
WIDTH = 104
LINES = 24
FROM = "Peter Szilagyi: The defult"  # the transcript is shown as published, typing errors included
COMMAND = f"$ tamis compress examples/meeting.txt --rate {RATE} --show"
# The picture must not ask a font server for anything: whatever monospaced font there is will do.
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.S)


def main() -> None:
    """Write the picture."""
    result = tamis.compress((ROOT / "examples" / "meeting.txt").read_text(encoding="utf-8"), rate=RATE)
    console = Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=io.StringIO())
    painted = console.render_lines(result)
    first = next(i for i, line in enumerate(painted) if "".join(part.text for part in line).startswith(FROM))
    console.print(Text(COMMAND, style="bold green"))
    console.print(Text("...", style="dim"))
    for line in [*painted[first : first + LINES], [], *painted[-2:]]:
        console.print(Text.assemble(*((part.text, part.style or "") for part in line)), end="\n", no_wrap=True)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(FONT_FACE.sub("", console.export_svg(title="tamis")), encoding="utf-8")


if __name__ == "__main__":
    main()
