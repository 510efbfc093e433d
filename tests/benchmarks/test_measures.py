"""The measurements at tiny size: that they measure, never how fast."""

import subprocess
import sys

import numpy as np
import pytest

import tamis
from tamis.text.counting import counter


def test_a_transcript_has_the_length_asked_for(texts, tmp_path):
    for tokens in (1, 100, 11_500):  # the last is longer than the example
        assert 0.99 * tokens - 1 <= counter()(texts.transcript(tokens, tmp_path)) <= tokens


def test_a_megabyte_is_one(texts, tmp_path):
    assert len(texts.megabyte(tmp_path).encode()) == 1_000_000


def test_a_sweep_has_a_row_for_each(speed, tmp_path):
    rows = speed.sweep(tmp_path, [50, 100], threads=[1], repeats=1)
    assert [(r["method"], r["tokens"]) for r in rows] == [(m, n) for m in speed.METHODS for n in (50, 100)]
    assert all(r["best s"] <= r["median s"] <= r["worst s"] for r in rows)


def test_stages_add_up(speed, tmp_path):
    *parts, whole = speed.stages(tmp_path, 100, method="truncate", repeats=1)
    assert whole["stage"] == "all"
    assert sum(p["ms"] for p in parts) == pytest.approx(whole["ms"])
    assert all(p["ms"] >= 0 for p in parts)


def test_clocks_are_taken_away_again(speed):
    before, method = speed.watched(), tamis.METHODS["auto"]
    with speed.clocks("auto"):
        assert tamis.METHODS["auto"] is not method
        assert all(function is not before[name] for name, function in speed.watched().items())
    assert speed.watched() == before
    assert tamis.METHODS["auto"] is method


def test_installed_sums_files_by_package(footprint, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
    python = tmp_path / "bin" / "python"
    (site,) = tmp_path.glob("lib/*/site-packages")
    for name, size in (("pkg/a.py", 10), ("pkg/sub/b.so", 5), ("pkg.libs/c.so", 2), ("pkg-1.0.dist-info/R", 1)):
        file = site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * size)
    (site / "pip").mkdir(exist_ok=True)
    (site / "pip" / "x.py").write_bytes(b"x" * 99)
    assert footprint.installed(python) == {"pkg": 18}


def test_peak_is_that_of_the_child(footprint, tmp_path):
    command = tmp_path / "command"
    command.write_text(f"#!{sys.executable}\nx = b'x' * 60_000_000\n")
    command.chmod(0o755)
    assert footprint.peak(command, tmp_path)["MB"] > 60


def test_words_are_found_in_order(peers):
    assert peers.located("to be or to be", ["to", "▁be", "gone", "to"]) == [(0, 2), (3, 5), None, (9, 11)]


def test_pieces_are_averaged_over_a_word(peers):
    offsets, values = np.array([[0, 2], [2, 4], [5, 7]]), np.array([0.2, 0.4, 0.9])
    means = peers.pooled(offsets, values, [(0, 4), None, (5, 7)])
    assert means[[0, 2]] == pytest.approx([0.3, 0.9])
    assert np.isnan(means[1])


def test_runs_alternate(peers, monkeypatch):
    order = []
    monkeypatch.setattr(peers, "PAUSE", 0)
    runners = {name: lambda name=name: order.append(name) or float(len(order)) for name in "ab"}
    assert peers.alternate(runners, 2) == {"a": [3.0, 5.0], "b": [4.0, 6.0]}
    assert order == ["a", "b"] * 3


def test_results_are_read_back(measure, tmp_path):
    measure.save("speed", {"rows": [1]}, tmp_path / "new")
    assert measure.load("speed", tmp_path / "new") == {"rows": [1]}
    assert measure.load("never", tmp_path) == {}
    assert [f.name for f in (tmp_path / "new").iterdir()] == ["speed.json"]


def test_a_table_aligns_numbers(measure):
    shown = measure.table([{"what": "a", "n": 12345.6}, {"what": "b", "n": 0.12345}], ("what", "n"))
    assert shown.splitlines() == ["| what | n |", "|---|--:|", "| a | 12,346 |", "| b | 0.123 |"]


def test_plots_name_their_curves(plots, measure, tmp_path):
    pytest.importorskip("matplotlib")
    rows = [{"method": "auto", "threads": 2, "tokens": n, "tokens/s": 10.0 * n} for n in (100, 1_000)]
    measure.save("speed", {"machine": {"processor": "a processor"}, "sweep": rows}, tmp_path)
    curve = [{"tokens": n, "tamis, same weights": 9.0, "llmlingua package": 3.0} for n in (100, 1_000)]
    measure.save("peers", {"rows": [], "curve": curve}, tmp_path)
    png, svg = plots.draw(tmp_path / "plots", tmp_path)
    assert png.stat().st_size > 1_000
    assert all(name in svg.read_text() for name in ("llmlingua package", "a processor", ">tamis<"))


def test_help_names_every_command(program, capsys):
    with pytest.raises(SystemExit) as stop:
        program.main(["--help"])
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in [*program.COMMANDS, "quality"])
