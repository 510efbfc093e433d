"""Regions of attention against the naive search over neighbours, and the hand-worked example of two islands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tamis.errors import InvalidInput
from tamis.screen.proposals import candidates, components, proposals

GRIDS = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 7)), elements=st.floats(0, 1, width=32))
SIZE = (700, 600)


def naive(grid: np.ndarray, threshold: float) -> list[tuple[float, tuple[float, float], set[tuple[int, int]]]]:
    """Score, share of width and height, and cells of each region, by walking from cell to cell."""
    rest = {(int(y), int(x)) for y, x in np.argwhere(grid > threshold * grid.max())} or {
        tuple(map(int, np.unravel_index(grid.argmax(), grid.shape)))
    }
    regions = []
    while rest:
        queue = [rest.pop()]
        cells = set(queue)
        while queue:
            y, x = queue.pop()
            for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if near in rest:
                    rest.remove(near)
                    cells.add(near)
                    queue.append(near)
        values = {cell: grid[cell] or 1.0 for cell in cells}
        total = sum(values.values())
        middle = (
            sum((x + 0.5) / grid.shape[1] * values[y, x] for y, x in cells) / total,
            sum((y + 0.5) / grid.shape[0] * values[y, x] for y, x in cells) / total,
        )
        regions.append((float(np.mean([grid[cell] for cell in cells])), middle, cells))
    return sorted(regions, key=lambda region: -region[0])


@given(GRIDS, st.sampled_from([0.0, 0.3, 0.9]))
def test_regions_are_those_of_the_naive_search(grid, threshold):
    got, expected = proposals(grid, SIZE, threshold=threshold), naive(grid, threshold)
    assert [region.score for region in got] == pytest.approx([score for score, _, _ in expected])
    places = sorted((round(r.point.x, 6), round(r.point.y, 6), r.cells) for r in got)
    assert places == sorted((round(x * 700, 6), round(y * 600, 6), len(cells)) for _, (x, y), cells in expected)


@given(GRIDS)
def test_a_region_holds_its_point_and_the_best_cell_is_in_one(grid):
    regions = proposals(grid, SIZE)
    assert all(region.box.contains(region.point) for region in regions)
    assert sum(region.mass for region in regions) <= grid.sum() + 1e-6
    row, column = np.unravel_index(grid.argmax(), grid.shape)
    x, y = (column + 0.5) / grid.shape[1] * 700, (row + 0.5) / grid.shape[0] * 600
    assert any(region.box.left < x < region.box.right and region.box.top < y < region.box.bottom for region in regions)


def test_two_islands_and_a_diagonal():
    grid = np.array([[0.4, 0.2, 0.0, 0.0], [0.0, 0.0, 0.3, 0.0], [0.05, 0.0, 0.0, 0.05]])
    left, right = proposals(grid, (400, 300))  # .12 is the threshold; corners that touch do not hang together
    assert (left.score, left.mass, left.cells) == (pytest.approx(0.3), pytest.approx(0.6), 2)
    assert left.spread == pytest.approx(np.exp(-(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))))
    assert (left.point.x, left.point.y) == (pytest.approx((50 * 0.4 + 150 * 0.2) / 0.6), 50)
    assert left.box.edges == (0, 0, 200, 100)
    assert right.box.edges == (200, 100, 300, 200)


def test_a_snake_is_one_component():
    snake = np.array([[1, 1, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 0, 1]], bool)
    labels = components(snake)
    assert set(labels[snake].tolist()) == {0, 1}
    assert labels[4, 3] == 1
    assert (labels[~snake] == -1).all()


def test_a_verifier_looks_at_regions_then_at_cells_each_place_once():
    grid = np.array([[0.5, 0.3, 0.0, 0.2]])
    places = candidates(grid, (400, 100))
    assert [round(place.point.x, 3) for place in places] == [87.5, 350, 50, 150]
    assert [place.cells for place in places] == [2, 1, 1, 1]
    assert len(candidates(np.ones((9, 9)), (90, 90))) <= 2 * 20


@pytest.mark.parametrize("grid", [np.zeros((0, 3)), np.zeros(4), np.array([[np.nan]]), np.array([[-0.1, 1]])])
def test_what_is_no_attention_is_refused(grid):
    with pytest.raises(InvalidInput, match="Attention is a grid"):
        proposals(grid, SIZE)
