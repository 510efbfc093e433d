"""How the networks of lines are made: from a small history, from records, by a network that is checked on a toy."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
import torch

from tamis.errors import ModelCorrupt
from tamis.models.lines import line_net, load_lines, values_of
from tamis.prompt.methods.auto.lines.asking import ASKING
from tamis.prompt.methods.auto.lines.features import FEATURES
from training.lines.examples import LineExample, examples, read, write
from training.lines.fit import Net, fitted, plain, rows_of
from training.lines.records import records


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
    (text,) = rows_of([code], asked=True)
    assert text.x.shape == (80, len(FEATURES))
    assert text.y.sum() == 1
    (blind,) = rows_of([code], asked=False)
    assert not blind.x[:, : len(ASKING)].any()


def test_a_network_learns_which_lines_say_what_is_asked_for(tmp_path):
    rows = [
        LineExample("log", "a", f"lamp_{i}", "".join(f"{n} lamp_{n} is lit\n" for n in range(9)), (i,))
        for i in range(9)
    ]
    net = fitted(rows_of(rows, asked=True), epochs=60)
    texts = rows_of(rows, asked=True)
    assert all(net.logits(text.x).argmax() == text.y.argmax() for text in texts)
    again = line_net(json.loads(json.dumps(values_of(net, digits=6))))
    assert np.allclose(again.logits(texts[0].x), net.logits(texts[0].x), atol=1e-2)


def test_the_network_is_what_torch_says_it_is():
    torch.manual_seed(0)
    net = Net(len(FEATURES)).eval()
    x = np.random.default_rng(0).random((5, len(FEATURES)))
    with torch.no_grad():
        assert np.allclose(plain(net).logits(x), net(torch.from_numpy(x.astype(np.float32))).numpy(), atol=1e-5)


def test_records_are_needed_by_the_questions_that_name_them():
    rows = list(records(6, seed=3))
    assert [row.kind for row in rows] == ["json", "csv", "shell"] * 2
    assert all(len(row.relevant) == 1 for row in rows)
    assert json.loads(rows[0].text)
    assert rows == list(records(6, seed=3))


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ModelCorrupt, match="another form"):
        line_net({"features": ["a"]})
    with pytest.raises(ModelCorrupt, match="do not fit"):
        line_net({"features": ["a"], "first": [[1.0]], "second": [[1.0]], "last": [1.0, 0.0], "straight": [1.0]})


def test_the_embedded_networks_are_of_the_features_that_are_computed():
    nets = load_lines()
    assert [*nets] == ["asked", "blind"]
    assert all(net.features == FEATURES for net in nets.values())
