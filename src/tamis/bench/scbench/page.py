"""The report as a page that stands by itself: a heat map of methods and tasks, and what a score costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tamis.bench.scbench.answers import answers
from tamis.bench.scbench.labels import LabelBox, places
from tamis.bench.scbench.summary import Line
from tamis.io import page as frame
from tamis.io.journal import Row
from tamis.io.page import Markup, escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 460, 300, 52, 44, 14
DASH = "\u2013"


def page(lines: Sequence[Line], settings: Mapping[str, object], rows: Sequence[Row] = ()) -> str:
    """The page as HTML; it loads nothing.

    settings -- of the run, by name: model, size, sessions, ...
    rows -- of the run: of each task some questions are shown, with what was answered
    """
    fields = {
        "settings": " \u00b7 ".join(f"{name} {value}" for name, value in settings.items()),
        "modes": Markup("\n".join(_mode(mode, lines) for mode in dict.fromkeys(line.mode for line in lines))),
        "answers": Markup(answers(rows)),
    }
    title = "Shared contexts: what methods keep, and what they cost"
    return frame.page("tamis.bench.scbench:page", title=title, fields=fields)


def _mode(mode: str, lines: Sequence[Line]) -> str:
    mine = [line for line in lines if line.mode == mode]
    plots: tuple[tuple[str, Callable[[Line], float]], ...] = (
        ("cache, kB", lambda line: line.kb),
        ("milliseconds to read the context", lambda line: 1_000 * line.prefill),
        ("milliseconds a token", lambda line: line.decode),
    )
    drawn = "".join(f"<figure>{_pareto(mine, name, cost)}</figure>" for name, cost in plots)
    title = escape(mode.replace("_", "-"))
    return f"<section><h2>{title}</h2>{_heat(mine)}<div class=plots>{drawn}</div>{_costs(mine)}</section>"


# --- scores ------------------------------------------------------------------------------------------------------


def _heat(lines: Sequence[Line]) -> str:
    tasks = list(lines[0].tasks)
    head = "".join(f"<th><span>{escape(task)}</span></th>" for task in tasks)
    rows = "".join(_heat_row(line, tasks) for line in lines)
    top = f"<tr><th>method</th><th><span>all</span></th>{head}</tr>"
    return f"<div class=scroll><table class=heat>{top}{rows}</table></div>"


def _heat_row(line: Line, tasks: Sequence[str]) -> str:
    cells = "".join(_cell(line.tasks[task]) for task in tasks)
    return f"<tr><th>{escape(line.method)}</th>{_cell(line.score, strong=True)}{cells}</tr>"


def _cell(score: float, *, strong: bool = False) -> str:
    figure = f"{100 * score:.0f}"
    shade = f"--s:{score:.2f}"
    return f'<td style="{shade}"{" class=dark" if score > 0.6 else ""}>{f"<b>{figure}</b>" if strong else figure}</td>'


# --- costs -------------------------------------------------------------------------------------------------------


def _costs(lines: Sequence[Line]) -> str:
    names = ("method", "score", "against dense, 95 %", "first", "later", "read, s", "first token, ms", "ms a token",
             "cache, kB", "density", "kept", "mass")  # fmt: skip
    head = "".join(f"<th>{name}</th>" for name in names)
    return f"<div class=scroll><table class=costs><tr>{head}</tr>{''.join(map(_cost_row, lines))}</table></div>"


def _cost_row(line: Line) -> str:
    later = DASH if line.later is None else f"{line.later:.3f}"
    cells = (
        f"{line.score:.3f}", line.against or DASH, f"{line.first:.3f}", later,
        f"{line.prefill:.3f}", f"{1_000 * line.ttft:.1f}", f"{line.decode:.2f}", f"{line.kb:,.0f}",
        f"{line.density:.3f}", f"{line.kept:.3f}", DASH if line.mass is None else f"{line.mass:.3f}",
    )  # fmt: skip
    return f"<tr><th>{escape(line.method)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _pareto(lines: Sequence[Line], name: str, cost: Callable[[Line], float]) -> str:
    """Score against a cost; those that nothing beats in both are joined."""
    most = 1.08 * max(cost(line) for line in lines) or 1.0
    at = {line.method: (_x(cost(line) / most), _y(line.score)) for line in lines}
    front = _front(lines, cost)
    path = " ".join(f"{at[line.method][0]:.1f},{at[line.method][1]:.1f}" for line in front)
    names = {line.method for line in front}
    dots = "".join(_dot(line.method, at[line.method], best=line.method in names) for line in lines)
    boxes = places(at, right=WIDTH - 4, top=TOP - 4, bottom=HEIGHT - BOTTOM)
    labels = "".join(_label(method, at[method], box) for method, box in boxes.items())
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="score against {escape(name)}">{_axes(name, most)}'
        f'<polyline points="{path}"/>{dots}{labels}</svg>'
    )


def _front(lines: Sequence[Line], cost: Callable[[Line], float]) -> list[Line]:
    """Those that no other beats in score without a higher cost, cheapest first."""
    front: list[Line] = []
    for line in sorted(lines, key=lambda line: (cost(line), -line.score)):
        if not front or line.score > front[-1].score:
            front.append(line)
    return front


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - 28)


def _y(score: float) -> float:
    return TOP + (1 - score) * (HEIGHT - TOP - BOTTOM)


def _dot(method: str, place: tuple[float, float], *, best: bool) -> str:
    kind = "best" if best else "dot"
    return (
        f'<circle class={kind} cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="4.5"><title>{escape(method)}</title></circle>'
    )


def _label(method: str, dot: tuple[float, float], box: LabelBox) -> str:
    """The name beside its dot; where it had to move away, a line leads to it."""
    x, y = box.anchor
    far = abs(y - dot[1]) > 8
    line = f'<line class=grid x1="{dot[0]:.1f}" y1="{dot[1]:.1f}" x2="{x:.1f}" y2="{y:.1f}"/>' if far else ""
    side = "end" if box.before else "start"
    return f'{line}<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{side}">{escape(method)}</text>'


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _axes(name: str, most: float) -> str:
    marks = "".join(
        f'<line class=grid x1="{LEFT}" x2="{WIDTH - 12}" y1="{_y(s):.1f}" y2="{_y(s):.1f}"/>'
        f'<text class=mark x="{LEFT - 8}" y="{_y(s) + 4:.1f}" text-anchor="end">{100 * s:.0f}</text>'
        for s in (0, 0.25, 0.5, 0.75, 1)
    )
    ticks = "".join(
        f'<text class=mark x="{_x(p):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_number(p * most)}</text>'
        for p in (0, 0.25, 0.5, 0.75, 1)
    )
    middle = (LEFT + WIDTH) / 2
    return (
        marks + ticks + f'<text class=mark x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(name)}</text>'
    )
