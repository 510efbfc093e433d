"""Examples of test runs: a small package is written, one of its functions broken, and its tests are run.

The task says what is wrong, as an issue would; the relevant lines are those of the failure that names the function:
what failed, what was expected, where, and the summary's line. Other failures of the same run are not.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from training.lines.examples import LineExample

VERBS = [
    "load",
    "parse",
    "merge",
    "split",
    "render",
    "encode",
    "decode",
    "validate",
    "fetch",
    "store",
    "rotate",
    "normalise",
    "resolve",
    "flatten",
    "group",
]
NOUNS = [
    "invoice",
    "header",
    "token",
    "session",
    "route",
    "matrix",
    "ledger",
    "widget",
    "record",
    "query",
    "address",
    "voucher",
    "payload",
    "schedule",
    "tag",
]
BODIES = {
    "sum": ("return sum(values)", "return sum(values[1:])", "([3, 4, 5]) == 12"),
    "text": ("return '-'.join(map(str, values))", "return '_'.join(map(str, values))", "(['a', 'b']) == 'a-b'"),
    # (what is right, what is broken, and the test)
    "keys": ("return {v: i for i, v in enumerate(values)}", "return {}", "('xy') == {'x': 0, 'y': 1}"),
    "last": ("return values[-1]", "return values[len(values)]", "([7, 8, 9]) == 9"),
    "best": ("return max(values, default=None)", "raise KeyError('no such ' + repr(values))", "([2, 6]) == 6"),
}  # fmt: skip
COMPLAINTS = (
    "{name} gives a wrong result since the last release. Find out why and fix it.",
    "Users report that {verb}ing a {noun} is broken. Look at the failing test and correct the function.",
    "Fix the failing test of {name}.",
)


def runs(count: int, seed: int = 0) -> Iterator[LineExample]:
    """So many runs of pytest."""
    dice = random.Random(seed)
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            names = [f"{v}_{n}" for v, n in zip(dice.sample(VERBS, 12), dice.sample(NOUNS, 12), strict=True)]
            broken = dice.sample(names, dice.choice([2, 3, 4]))
            _write(Path(folder), names, broken, dice)
            flags = dice.choice([["-v"], [], ["-q"], ["-v", "--tb=short"]])
            words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *flags, "."]
            text = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False).stdout
            wanted = broken[0]
            verb, _, noun = wanted.partition("_")
            task = dice.choice(COMPLAINTS).format(name=wanted, verb=verb, noun=noun)
            if relevant := _failure(text, wanted):
                yield LineExample("log", f"runs-{seed}-{number}", task, text, relevant)


def _write(folder: Path, names: list[str], broken: list[str], dice: random.Random) -> None:
    tests = ["import logging\nimport pytest\nimport package\n"]
    source: list[str] = []
    for name in names:
        right, wrong, call = BODIES[dice.choice(sorted(BODIES))]
        source.append(f"def {name}(values):\n    {wrong if name in broken else right}\n\n")
        tests.append(f"def test_{name}():\n    logging.warning('checking {name}')\n    assert package.{name}{call}\n")
        tests += [
            f"@pytest.mark.parametrize('size', range({dice.randint(1, 9)}))\n"
            f"def test_{name}_sizes(size):\n    print('size', size)\n    assert size >= 0\n"
        ]
    (folder / "package.py").write_text("".join(source))
    (folder / "test_package.py").write_text("\n".join(tests))


def _failure(text: str, name: str) -> tuple[int, ...]:
    """The lines of the failure of a function: its head, its errors, its places, its summary."""
    inside, lines = False, []
    for number, line in enumerate(text.splitlines()):
        if line.startswith(("____", "====")):
            inside = f" test_{name} " in line
        core = line.startswith(("E  ", ">")) or ".py:" in line
        if (inside and (core or line.startswith("____"))) or (
            line.startswith("FAILED") and f"::test_{name} " in f"{line} "
        ):
            lines.append(number)
    return tuple(lines)
