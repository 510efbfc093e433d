"""All of it: methods x tasks x sessions x modes, one row each, kept as they come; a run that was killed goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tamis.bench.scbench.methods import DEFAULT, method
from tamis.bench.scbench.play import MODES, Player
from tamis.bench.scbench.sessions import Session
from tamis.bench.scbench.tasks import SCBENCH, TASKS, session, units_of
from tamis.errors import InvalidInput, OutputError, unknown
from tamis.io.journal import Journal, Row
from tamis.io.progress import Advance


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured; two runs of equal plans give equal scores.

    Attributes:
        model: its name, for the record.
        methods: as `methods.method` reads them; `dense` is always among them, all others are compared with it.
        tasks: names in `TASKS`.
        modes: of `MODES`.
        size: of the contexts, one of `SIZES`, or units.
        wording: `plain`, or `micro` for the micro model.
        sessions: contexts of each task, seeds from `seed` on.
        turns: questions of each context.
        own: later turns see the model's own answers instead of the golden ones.
        shown: questions are read and compressed with the context.
        block: of sparse patterns.
        data: folder of the published data set; None where contexts are generated.
    """

    model: str
    methods: tuple[str, ...] = DEFAULT
    tasks: tuple[str, ...] = SCBENCH
    modes: tuple[str, ...] = MODES
    size: str | int = "ci"
    wording: str = "plain"
    sessions: int = 5
    turns: int = 5
    seed: int = 0
    own: bool = False
    shown: bool = False
    block: int = 128
    data: str | None = None

    def __post_init__(self) -> None:
        for kind, chosen, table in (("task", self.tasks, TASKS), ("mode", self.modes, MODES)):
            for name in chosen:
                if name not in table:
                    raise unknown(kind, name, table)
        if self.sessions < 1:
            raise InvalidInput(f"{self.sessions} sessions.", hint="At least one.")
        for name in self.methods:
            method(name, block=self.block)

    @property
    def compared(self) -> tuple[str, ...]:
        """The methods, `dense` first."""
        return tuple(dict.fromkeys(("dense", *self.methods)))

    def cells(self) -> Iterator[tuple[str, int, str, str]]:
        """(task, seed, mode, method), all methods of one session after another."""
        for task in self.tasks:
            for seed in range(self.seed, self.seed + self.sessions):
                for mode in self.modes:
                    yield from ((task, seed, mode, name) for name in self.compared)

    def as_row(self) -> dict[str, Any]:
        """What rows depend on: not which methods, tasks, modes and sessions, so that a run can be widened."""
        wide = ("methods", "tasks", "modes", "sessions", "seed")
        return {name: value for name, value in asdict(self).items() if name not in wide}


def run(
    plan: Plan,
    player: Player,
    folder: Path,
    *,
    advance: Advance | None = None,
    sessions: Mapping[tuple[str, int], Session] | None = None,
) -> list[Row]:
    """Play what is not in the folder's journal yet; return all rows of the plan.

    Args:
        plan: what is to be measured.
        player: the model.
        folder: of the journal, `rows.jsonl`; made if need be.
        advance: called before each row with what is there, of how many, and what comes next.
        sessions: (task, number) -> session, instead of generated ones.

    Raises:
        InvalidInput: the journal is of a run with other settings, or a context does not fit the model. Generated ones
            of a named size are made to fit: `units` of a row says of how many units they are.
        OutputError: a row cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {str(folder)!r}: {error.strerror}.") from error
    cells = list(plan.cells())
    keys = {cell: "|".join(map(str, cell)) for cell in cells}
    with Journal(folder / "rows.jsonl", run=plan.as_row()) as journal:
        done = sum(key in journal.rows for key in keys.values())
        for cell in cells:
            if keys[cell] in journal.rows:
                continue
            if advance is not None:
                advance(done, len(cells), " ".join(map(str, cell)))
            journal.add(keys[cell], _played(plan, player, cell, sessions))
            done += 1
    return [journal.rows[keys[cell]] for cell in cells]


def _played(
    plan: Plan, player: Player, cell: tuple[str, int, str, str], sessions: Mapping[tuple[str, int], Session] | None
) -> Row:
    task, seed, mode, name = cell
    context, units = (sessions[task, seed], None) if sessions is not None else _session(plan, player, task, seed)
    played = player.play(context, method(name, block=plan.block), mode, own=plan.own, shown=plan.shown)
    return {"task": task, "seed": seed, "mode": mode, "method": name, "units": units, **asdict(played)}


def _session(plan: Plan, player: Player, task: str, seed: int) -> tuple[Session, int]:
    """A generated session and its units: as many as the plan asks for, or, of a named size, as the model can read."""
    units = units_of(task, plan.size)
    while True:
        one = session(task, seed=seed, size=units, turns=plan.turns, wording=plan.wording)
        reach = None if isinstance(plan.size, int) else player.reach
        tokens = player.tokens(one) if reach is not None else 0
        fewer = units if reach is None or tokens <= reach else min(units - 1, int(0.98 * units * reach / tokens))
        if fewer >= units or fewer < max(plan.turns, 2):
            return one, units
        units = fewer


def shortened(rows: Sequence[Row], plan: Plan) -> dict[str, int]:
    """The fewest units of each task whose contexts had to be made shorter than the plan's size."""
    fewest: dict[str, int] = {}
    for row in rows:
        units = row.get("units")
        if units is not None and units < units_of(row["task"], plan.size):
            fewest[row["task"]] = min(units, fewest.get(row["task"], units))
    return fewest
