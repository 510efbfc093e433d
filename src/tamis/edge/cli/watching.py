"""A picture that changes: a file that is written again, or the newest of a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tamis.edge.cli.messages import say
from tamis.errors import UnreadableImage, UnreadableInput

EVERY = 0.5  # seconds between two looks at the file
_KINDS = frozenset([".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"])


def follow(place: Path, answer: Callable[[Path], str], *, quiet: bool) -> int:
    """Print the answer to each new picture, where it is another one than before; until it is interrupted.

    A picture that cannot be read may be one that is still being written: it is looked at again when it has changed.
    """
    last = ""
    for picture in changes(place):
        try:
            text = answer(picture)
        except UnreadableImage as error:
            if not quiet:
                say(str(error))
            continue
        if text != last:
            print(text, flush=True)
            last = text
    return 0


def changes(place: Path, *, every: float = EVERY) -> Iterator[Path]:
    """The picture at a place, at first and whenever it has changed; for ever.

    place -- a file, or a folder whose newest picture counts

    Raises:
        UnreadableInput: there is neither.
    """
    if not place.exists():
        raise UnreadableInput(f"There is nothing to watch at {str(place)!r}.", hint="Name a picture or a folder.")
    last: tuple[Path, int, int] | None = None
    while True:
        now = _state(place)
        if now is not None and now != last:
            last = now
            yield now[0]
        time.sleep(every)


def _state(place: Path) -> tuple[Path, int, int] | None:
    """The picture, when it was written and how long it is; None where there is none at the moment."""
    try:
        paths = [path for path in place.iterdir() if path.suffix.lower() in _KINDS] if place.is_dir() else [place]
        states = [(path, (status := path.stat()).st_mtime_ns, status.st_size) for path in paths]
    except OSError:  # it went away between two looks
        return None
    return max(states, key=lambda state: (state[1], state[0].name), default=None)
