"""Throughput against length, from stored results: PNG and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.common import measure
from benchmarks.common.texts import ROOT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ASSETS = ROOT / "docs" / "assets"
INK, FAINT = "#1f2933", "#9aa5b1"
COLOURS = {"auto": "#0b7a75", "same": "#b7791f", "package": "#8d99ae"}
Line = tuple[str, str, list[float], list[float]]  # label, colour, tokens, tokens a second


def draw(folder: Path = ASSETS, results: Path = measure.RESULTS) -> list[Path]:
    """Draw what has been measured; return the files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = lines(measure.load("speed", results), measure.load("peers", results))
    if not shown:
        raise SystemExit("Nothing has been measured yet: run `speed` and `peers` first.")
    matplotlib.rcParams |= {"svg.hashsalt": "tamis", "font.size": 10, "text.color": INK, "svg.fonttype": "none"}
    figure, axes = pyplot.subplots(figsize=(7.6, 4.2), layout="constrained")
    _paint(axes, shown)
    about = measure.load("speed", results).get("machine", {})
    axes.set_title("Tokens a second, end to end", loc="left", fontsize=12, fontweight="bold", color=INK)
    figure.supxlabel(
        f"Meeting transcripts, 2 threads, {about.get('processor', '')}", x=0.01, ha="left", fontsize=8, color=FAINT
    )
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "throughput.png", folder / "throughput.svg"]
    figure.savefig(files[0], dpi=160)
    figure.savefig(files[1], metadata={"Date": None})
    pyplot.close(figure)
    return files


def lines(speed: dict[str, Any], peers: dict[str, Any]) -> list[Line]:
    """The curves: tamis as it comes, the paper's method with the package's weights, and the package."""
    found: list[Line] = []
    rows = [r for r in speed.get("sweep", []) if r["method"] == "auto" and r["threads"] == 2]
    if rows:
        found.append(("tamis", COLOURS["auto"], [r["tokens"] for r in rows], [r["tokens/s"] for r in rows]))
    curve = peers.get("curve", [])
    for key, label, colour in (
        ("tamis, same weights", "tamis, llmlingua2 with\nmultilingual BERT", COLOURS["same"]),
        ("llmlingua package", "llmlingua package,\nmultilingual BERT", COLOURS["package"]),
    ):
        if curve:
            found.append((label, colour, [r["tokens"] for r in curve], [r[key] for r in curve]))
    large = [r for r in peers.get("rows", []) if r["family"] == "xlmr" and "package" in r["what"]]
    found += [("llmlingua package, XLM-R large", COLOURS["package"], [r["tokens"]], [r["tokens/s"]]) for r in large]
    return found


def _paint(axes: Axes, shown: Sequence[Line]) -> None:
    """Curves with their names at their ends; no box, no legend."""
    for _, colour, x, y in shown:
        axes.plot(x, y, color=colour, linewidth=2, marker="o", markersize=4 if len(x) > 1 else 6)
    heights = _spread([y[-1] for *_, y in shown])
    for (label, colour, x, _), height in zip(shown, heights, strict=True):
        axes.annotate(
            label, (x[-1], height), xytext=(9, 0), textcoords="offset points", va="center", color=colour, fontsize=9
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("tokens of the text (o200k_base)", color=INK)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xticks([100, 1_000, 10_000, 100_000])
    axes.set_yticks([100, 300, 1_000, 3_000, 10_000, 30_000])
    axes.minorticks_off()
    axes.grid(axis="y", color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, length=0, which="both")
    axes.set_xlim(right=max(x for _, _, xs, _ in shown for x in xs) * 8)


def _spread(heights: Sequence[float], apart: float = 1.28) -> list[float]:
    """Move labels apart where curves end close together (a factor, as the axis is logarithmic)."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = list(heights)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] * apart)
    return placed
