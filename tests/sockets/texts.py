"""Texts that the tests of all sockets shorten."""

from __future__ import annotations

QUESTION = "What does a berth cost?"
PAGES = (
    "The harbour closes at six. In winter it closes at four, but the pilots stay until the last ship is in.",
    "Berths are let by the year. A berth of ten metres costs 1,280 euros a year, water included. Dogs are welcome.",
    "",
    "The museum shows ships in bottles. 入場は無料です。子供も大人も歓迎します。 Children get in free 👩‍👩‍👧.",
    "```python\ndef berth(metres):\n    return metres * 128\n```\n\nSo it is computed, \u202eabc\u202c they say.",
    "<keep>Buy lamps now. " + "Lamps are cheap. " * 12 + "</keep> Nobody asked.",
)
LOG = "\n".join(
    "12:07:11 ERROR pump 3: valve stuck, pressure 9.1 bar"
    if i == 431
    else f"12:{i // 60:02}:{i % 60:02} INFO pump {i % 7} ok"
    for i in range(600)
)


def subsequence(short: str, text: str) -> bool:
    """Whether a text is another one with letters deleted."""
    rest = iter(text)
    return all(letter in rest for letter in short)
