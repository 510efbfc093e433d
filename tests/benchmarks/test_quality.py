"""The measures of answers kept, on examples that can be worked out by hand; needs neither data nor model."""

import pytest

from benchmarks.common import figures
from benchmarks.prompt import blind


def test_kept_tells_words_content_words_and_phrase_apart():
    kept = blind.kept
    assert kept("Chicago has a University of", ["University of Chicago"]) == (True, True, False)
    assert kept("University Chicago", ["University of Chicago"]) == (False, True, False)
    assert kept("one pump", ["pump pump"]) == (False, False, False)  # each mention of a word needs one


def test_share_and_difference_hold_the_mean_between_their_bounds():
    hits = [True] * 75 + [False] * 25
    mean, low, high = figures.share(hits)
    assert mean == 75
    assert 60 < low < 75 < high < 90
    assert figures.difference(hits, hits) == (0, 0, 0)


def test_plots_come_as_png_and_svg(tmp_path):
    pytest.importorskip("matplotlib")
    curves = {"auto": {0.1: (90.0, 85.0, 95.0), 0.05: (80.0, 75.0, 85.0)}, "random": {0.1: (9.0, 8.0, 10.0)}}
    figures.plot(curves, tmp_path / "plot", title="A plot")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "plot.svg").read_text()


def test_styles_are_those_of_auto_alone():
    assert blind.ways(["auto", "lead"], ["clauses", "words"]) == ["auto clauses", "auto words", "lead"]
    assert blind.ways(["auto", "lead"], []) == ["auto", "lead"]


def test_auto_in_each_style_is_compared():
    hits = {
        name: {0.5: [(kept, kept, kept)]} for name, kept in (("auto words", True), ("auto", False), ("lead", False))
    }
    text = blind.lead(blind.Blind(hits, {}, {}))
    assert "| auto words minus ..., points | 2x |" in text
    assert "| lead | 100.0 (100.0 to 100.0) |" in text
    assert "lead minus" not in text
