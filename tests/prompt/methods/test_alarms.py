"""One line of a thousand says what happened: it stays, wherever it stands and whatever is asked."""

from __future__ import annotations

import random

import pytest

import tamis

LINES = 300
TROUBLE = (
    "ERROR disk full on db7",
    "ERROR connection refused by payment-svc",
    "FATAL out of memory: killed process 4411",
    "panic: index out of range [7]",
)


def service_log(trouble: dict[int, str]) -> str:
    rng = random.Random(1)
    usual = "INFO request {} served in {} ms by worker {}"
    lines = [usual.format(rng.randrange(9999), rng.randrange(90), rng.randrange(8)) for _ in range(LINES)]
    for number, line in trouble.items():
        lines[number] = line
    return "\n".join(f"2026-11-30 10:{n // 60:02}:{n % 60:02} {line}" for n, line in enumerate(lines)) + "\n"


@pytest.mark.parametrize("question", [None, "What failed?", "Why does the upload not work?"])
@pytest.mark.parametrize("place", [3, LINES // 2, LINES - 1])
@pytest.mark.parametrize("line", TROUBLE)
def test_the_one_line_of_trouble_stays(line, place, question):
    assert line in tamis.compress(service_log({place: line}), rate=0.1, question=question).text


def test_of_much_trouble_the_first_of_each_kind_stays():
    """A flood of one error leaves room for the other one."""
    flood = {number: f"ERROR timeout of shard {number % 5}" for number in range(20, 140)}
    result = tamis.compress(service_log({**flood, 200: "ERROR certificate expired"}), rate=0.1)
    assert "certificate expired" in result.text
    assert "timeout of shard" in result.text
