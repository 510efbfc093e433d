"""How the weights of lines are made: from a small history, by a regression that is solved by hand in one case."""

from __future__ import annotations

import subprocess

import numpy as np

from tamis.prompt.methods.auto.lines.features import FEATURES, PROFILE
from training.lines.examples import examples, read, write
from training.lines.fit import fitted, matrix, module


def git(folder, *words):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


def history(folder):
    """A repository of two commits: a file, and one line of it changed."""
    git(folder, "init")
    lines = [f"def lamp_{i}(value):\n    return value + {i}\n" for i in range(40)]
    (folder / "lamps.py").write_text("".join(lines))
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Lamps of all colours")
    lines[7] = "def lamp_7(value):\n    return value - 7\n"
    (folder / "lamps.py").write_text("".join(lines))
    git(folder, "commit", "-am", "lamp_7 takes away instead of adding\n\nCo-authored-by: b")


def test_a_commit_says_what_it_needed(tmp_path):
    history(tmp_path)
    rows = list(examples(tmp_path, "lamps", most=3))
    code = next(row for row in rows if row.kind == "code")
    assert [code.text.splitlines()[i] for i in code.relevant] == ["    return value + 7"]
    assert code.task == "lamp_7 takes away instead of adding"
    write(tmp_path / "out" / "rows.jsonl", rows)
    assert read(tmp_path / "out" / "rows.jsonl") == rows
    x, y, weight = matrix([code], asked=True)
    assert x.shape[0] == y.size == 80
    assert y.sum() == 1
    assert np.isclose(weight.sum(), 1)


def test_a_regression_on_one_feature_finds_the_log_odds():
    x, y = np.array([[0.0], [0.0], [1.0], [1.0], [1.0], [1.0]]), np.array([0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    weights = fitted(x, y, np.ones(6), penalty=0.0)
    assert np.allclose(weights, [np.log(3), 0.0], atol=1e-4)


def test_the_module_of_weights_says_each_feature():
    size = len(FEATURES) * (len(PROFILE) + 1) + len(PROFILE) + 1
    scope: dict[str, dict[str, tuple[float, ...]]] = {}
    exec(module({"asked": np.arange(size, dtype=float)}).replace("from __future__ import annotations", ""), scope)
    assert [*scope["ASKED"]] == [*FEATURES, ""]
    assert scope["ASKED"][FEATURES[0]][:2] == (0.0, len(FEATURES))
    assert scope["ASKED"][""][0] == size - 1
