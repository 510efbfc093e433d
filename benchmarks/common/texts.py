"""Texts of a wanted length: a real meeting transcript, then other transcripts.

Does not judge quality: the transcripts belong to the corpus that the embedded model's training text was sampled from.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

from tamis.text.counting import counter

ROOT = Path(__file__).resolve().parents[2]
MEETING = ROOT / "examples" / "meeting.txt"
DEFAULT_DATA = ROOT.parent / "shared" / "data"
TRANSCRIPTS = ("bitcoin-transcripts/", "ethereum-pm", "qmsum-trainval/")


def transcript(tokens: int, data: Path = DEFAULT_DATA) -> str:
    """Return a text of exactly `tokens` tokens (o200k_base), or the nearest below: the meeting first, then others.

    Without the data folder, the meeting's own lines follow in shuffled order, so that no passage comes twice in a row.
    """
    parts: list[str] = []
    have, count = 0, counter("o200k_base")
    for part in _parts(data):
        parts.append(part)
        have += count(part)
        if have > tokens:
            break
    return cut("\n\n".join(parts), tokens)


def cut(text: str, tokens: int) -> str:
    """Return the longest beginning of `text` of at most `tokens` tokens (o200k_base)."""
    count = counter("o200k_base")
    low, high = 0, min(len(text), 64 * tokens + 1)
    if count(text[:high]) <= tokens:
        return text[:high]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(text[:middle]) <= tokens else (low, middle)
    return text[:low]


def megabyte(data: Path = DEFAULT_DATA) -> str:
    """Return a text of 1,000,000 bytes (UTF-8)."""
    return transcript(300_000, data).encode()[:1_000_000].decode(errors="ignore")


def _parts(data: Path) -> Iterator[str]:
    meeting = MEETING.read_text(encoding="utf-8")
    yield meeting
    packed = data / "corpus" / "dialogue.jsonl.zst"
    if packed.exists():
        yield from _dialogue(packed)
    lines = [line for line in meeting.splitlines() if line.strip()]
    rng = random.Random(0)
    while True:
        rng.shuffle(lines)
        yield "\n\n".join(lines)


def _dialogue(packed: Path) -> Iterator[str]:
    """Yield the meetings and talks of the corpus file, in its order."""
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=2**27)
    with packed.open("rb") as raw, unpacker.stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            row = json.loads(line)
            if row["source"].startswith(TRANSCRIPTS):
                yield row["text"]
