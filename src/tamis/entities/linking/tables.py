"""Tables to a knowledge base: which concept a cell means, of which type a column is, which property joins two columns.

Iterative classification (LinkingPark, Chen et al. 2022): each cell begins with the concept that its text alone says;
then, round by round, a candidate scores by its text, by how like the concepts of its column it is, and by how well the
rest of its row is what the knowledge base says of it, until nothing changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tamis.entities.linking.knowledge import Concept, KnowledgeBase
from tamis.entities.linking.linker import LinkCandidate, Linker
from tamis.entities.linking.names import plain
from tamis.errors import InvalidInput

COLUMN_WEIGHT, ROW_WEIGHT = 0.2, 0.5  # the paper's
_ROUNDS = 10
_CANDIDATES = 20
_SHARE = 0.5  # of the rows in which a property must hold for two columns

Cells = dict[tuple[int, int], tuple[LinkCandidate, ...]]
Choice = dict[tuple[int, int], Concept]


@dataclass(frozen=True, slots=True)
class TableLinks:
    """What a table says in terms of a knowledge base.

    Attributes:
        cells: the id that each cell means, None where it means none; as the rows.
        kinds: the type of each column, "" where most of its cells mean nothing.
        properties: of pairs of columns (subject, object): the property that holds in most rows, and in which share.
    """

    cells: tuple[tuple[str | None, ...], ...]
    kinds: tuple[str, ...]
    properties: Mapping[tuple[int, int], tuple[str, float]]


def link_table(rows: Sequence[Sequence[str]], linker: Linker) -> TableLinks:
    """Link the cells, columns and pairs of columns of a table.

    rows -- cells of text, without the header, all rows of one length
    linker -- of the knowledge base

    Raises:
        InvalidInput: rows differ in length, or a cell is no str.
    """
    width = _width(rows)
    cells = _candidates(rows, linker)
    choice = {place: linker.base[found[0].id] for place, found in cells.items()}
    for _ in range(_ROUNDS):
        before, choice = choice, _better(rows, cells, choice, linker.base)
        if before == choice:
            break
    facts = _Facts(rows, choice)
    sure = {place: one for place, one in choice.items() if _is_sure(place, cells[place], one, facts)}
    ids = tuple(
        tuple(sure[n, column].id if (n, column) in sure else None for column in range(width)) for n in range(len(rows))
    )
    return TableLinks(ids, _kinds(sure, len(rows), width, linker.base), dict(_properties(rows, sure, width)))


def _width(rows: Sequence[Sequence[str]]) -> int:
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise InvalidInput(f"Rows have {min(widths)} to {max(widths)} cells.", hint="Fill short rows with empty cells.")
    for row in rows:
        for cell in row:
            if not isinstance(cell, str):
                raise InvalidInput(f"A cell must be a str, got {cell!r}.")
    return widths.pop() if widths else 0


def _candidates(rows: Sequence[Sequence[str]], linker: Linker) -> Cells:
    known: dict[str, tuple[LinkCandidate, ...]] = {}
    cells = {}
    for n, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not any(char.isalpha() for char in cell):
                continue
            if cell not in known:
                known[cell] = linker.lookup(cell)[:_CANDIDATES]
            if known[cell]:
                cells[n, column] = known[cell]
    return cells


@dataclass
class _Facts:
    """What the knowledge base says of a row, and how often each property joins two columns."""

    rows: Sequence[Sequence[str]]
    choice: Choice

    def __post_init__(self) -> None:
        self.often: Counter[tuple[int, int, str]] = Counter()
        for (n, column), concept in self.choice.items():
            self.often.update((column, other, name) for other, name in self.of(n, column, concept))

    def of(self, n: int, column: int, concept: Concept) -> Iterator[tuple[int, str]]:
        """Columns of a row whose cell is what a property of the concept says."""
        for other, cell in enumerate(self.rows[n]):
            if other == column or not cell.strip():
                continue
            there = self.choice.get((n, other))
            for name, values in concept.links.items():
                if (there is not None and there.id in values) or plain(cell) in map(plain, values):
                    yield other, name

    def support(self, n: int, column: int, concept: Concept) -> float:
        """The best property of a candidate in its row, by the share of rows that it holds in; also the other way."""
        size = len(self.rows)
        ahead = [(column, other, name) for other, name in self.of(n, column, concept)]
        behind = [
            (other, column, name)
            for other in range(len(self.rows[n]))
            if other != column and (n, other) in self.choice
            for name, values in self.choice[n, other].links.items()
            if concept.id in values
        ]
        return max((max(1, self.often[key]) / size for key in (*ahead, *behind)), default=0.0)


def _better(rows: Sequence[Sequence[str]], cells: Cells, choice: Choice, base: KnowledgeBase) -> Choice:
    facts = _Facts(rows, choice)
    columns = _features_of_columns(choice)
    result = {}
    for (n, column), found in cells.items():
        own = _features(choice[n, column])
        others, size = columns[column][0] - Counter(own), columns[column][1] - 1
        best, best_score = choice[n, column], -1.0
        for one in found:
            concept = base[one.id]
            alike = _likeness(_features(concept), others, size)
            score = COLUMN_WEIGHT * alike + ROW_WEIGHT * facts.support(n, column, concept)
            score += (1 - COLUMN_WEIGHT - ROW_WEIGHT) * one.probability
            if score > best_score + 1e-12:
                best, best_score = concept, score
        result[n, column] = best
    return result


def _features(concept: Concept) -> frozenset[str]:
    """What concepts of one sort have in common: a type, and the properties that are said of them."""
    return frozenset([f"kind {concept.kind}" if concept.kind else "", *concept.links]) - {""}


def _features_of_columns(choice: Choice) -> dict[int, tuple[Counter[str], int]]:
    columns: dict[int, tuple[Counter[str], int]] = {}
    for (_, column), concept in choice.items():
        counts, size = columns.get(column, (Counter(), 0))
        counts.update(_features(concept))
        columns[column] = counts, size + 1
    return columns


def _likeness(features: frozenset[str], others: Counter[str], size: int) -> float:
    """The mean share of a candidate's features that the other cells of its column have, too."""
    if not features or size < 1:
        return 0.0
    return sum(others[one] for one in features) / (len(features) * size)


def _is_sure(place: tuple[int, int], found: Sequence[LinkCandidate], concept: Concept, facts: _Facts) -> bool:
    """Whether the text says this concept rather than none, or the row does."""
    share = next(one.probability for one in found if one.id == concept.id)
    none = max(0.0, 1 - sum(one.probability for one in found))
    return share > none or facts.support(*place, concept) > 0


def _kinds(choice: Choice, size: int, width: int, base: KnowledgeBase) -> tuple[str, ...]:
    """The most frequent type of each column; of several the one with the fewest concepts."""
    population = Counter(one.kind for one in base)
    kinds = []
    for column in range(width):
        counts = Counter(one.kind for (_, c), one in choice.items() if c == column and one.kind)
        best = max(counts, key=lambda kind: (counts[kind], -population[kind], kind), default="")
        kinds.append(best if best and counts[best] >= size / 2 else "")
    return tuple(kinds)


def _properties(
    rows: Sequence[Sequence[str]], choice: Choice, width: int
) -> Iterator[tuple[tuple[int, int], tuple[str, float]]]:
    often = _Facts(rows, choice).often
    linked = Counter(column for _, column in choice)
    for subject in range(width):
        for other in range(width):
            counts = {name: often[a, b, name] for a, b, name in often if (a, b) == (subject, other)}
            best = max(counts, key=lambda name: (counts[name], name), default="")
            if best and counts[best] >= _SHARE * linked[subject]:
                yield (subject, other), (best, counts[best] / linked[subject])
