"""Shares with intervals, tables and plots. Knows nothing of compression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000  # of the bootstrap
SEED = 7
Hits = Sequence[bool] | Sequence[float]


def share(hits: Hits) -> tuple[float, float, float]:
    """Return the mean and its 95 % bootstrap interval, in per cent."""
    values = np.asarray(hits, np.float64) * 100
    means = _resampled(values)
    return float(values.mean()), float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def difference(ours: Hits, theirs: Hits) -> tuple[float, float, float]:
    """Return the mean of the paired differences and its 95 % bootstrap interval, in points."""
    return share(np.asarray(ours, np.float64) - np.asarray(theirs, np.float64))  # type: ignore[arg-type]


def _resampled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    rng = np.random.default_rng(SEED)
    return np.array([values[rng.integers(values.size, size=values.size)].mean() for _ in range(DRAWS)])


def shown(figure: tuple[float, float, float]) -> str:
    """Return a figure with its interval: "93.2 (91.0-95.1)"."""
    mean, low, high = figure
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


Curve = Mapping[float, tuple[float, float, float]]  # share kept -> figure with interval


def plot(curves: Mapping[str, Curve], path: Path, *, title: str, ours: str = "auto") -> None:
    """Draw retention against how much is left, one line a method, as PNG and SVG."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "tamis"  # the same file from the same figures
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 4.4))
    palette = iter(["#4c78a8", "#72b7b2", "#9d755d", "#b279a2", "#bab0ac", "#79706e"])
    ends: list[tuple[float, str, str]] = []
    for name, curve in curves.items():
        colour = "#e45756" if name == ours else next(palette)
        ends.append((_line(axes, curve, colour, strong=name == ours), name, colour))
    _labels(axes, ends, right=min(min(c) for c in curves.values()))
    rates = sorted({rate for curve in curves.values() for rate in curve}, reverse=True)
    axes.set_xscale("log")
    axes.set_xlim(max(rates) * 1.06, min(rates) * 0.97)
    axes.set_xticks(rates, [f"{100 * rate:.3g}%\n{1 / rate:.3g}x" for rate in rates])
    axes.minorticks_off()
    axes.set(ylim=(0, 102), xlabel="share of the tokens kept", ylabel="answers kept, %", title=title)
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    for suffix, extra in ((".png", {"dpi": 160}), (".svg", {"metadata": {"Date": None}})):
        figure.savefig(path.with_suffix(suffix), **extra)
    plt.close(figure)


def _line(axes: Any, curve: Curve, colour: str, *, strong: bool) -> float:
    rates = sorted(curve, reverse=True)
    mean, low, high = (np.array([curve[r][k] for r in rates]) for k in range(3))
    axes.fill_between(rates, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(rates, mean, color=colour, marker="o", markersize=4, linewidth=2.4 if strong else 1.4)
    return float(mean[-1])


def _labels(axes: Any, ends: Sequence[tuple[float, str, str]], *, right: float) -> None:
    """Write each line's name at its end, pushed apart where they would overlap."""
    at = -np.inf
    for height, name, colour in sorted(ends):
        at = max(height, at + 5)
        axes.annotate(
            name, (right, at), (8, 0), textcoords="offset points", color=colour, va="center", annotation_clip=False
        )
