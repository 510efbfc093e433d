"""Hand-worked examples, and a naive oracle for each thing that selectors estimate."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from tamis.attention.budget import Keys, Mass  # noqa: E402
from tamis.attention.patterns import AShape, FlexPrefill, TriShape, VerticalSlash, XAttention  # noqa: E402
from tamis.attention.patterns.choose import choose, diagonals  # noqa: E402
from tamis.attention.patterns.estimate import attention_of, pooled_mass, sample_rows  # noqa: E402
from tamis.attention.patterns.flex import covering, divergence  # noqa: E402
from tamis.attention.patterns.grid import BlockGrid  # noqa: E402
from tamis.attention.patterns.lines import best, block_lines, line_index, line_mass  # noqa: E402
from tamis.models.transformers.attended import Attended  # noqa: E402


def tensors(b=2, h=4, kv=2, tq=150, tk=200, d=8, seed=0):
    maker = torch.Generator().manual_seed(seed)
    return torch.randn(b, h, tq, d, generator=maker), torch.randn(b, kv, tk, d, generator=maker)


def attention(q, k, valid=None):
    """(b, h, tq, tk): the whole matrix; 0 for queries that are padding."""
    tq, tk = q.shape[2], k.shape[2]
    scores = q @ k.repeat_interleave(q.shape[1] // k.shape[1], 1).transpose(-1, -2) * q.shape[-1] ** -0.5
    later = torch.arange(tk)[None, :] > torch.arange(tk - tq, tk)[:, None]
    scores = scores.masked_fill(later, -math.inf)
    if valid is None:
        return scores.softmax(-1)
    weights = scores.masked_fill(~valid[:, None, None, :], -math.inf).softmax(-1).nan_to_num(0.0)
    return weights * valid[:, None, tk - tq :, None]


def half_padded():
    valid = torch.ones(2, 200, dtype=torch.bool)
    valid[0, :70] = False
    valid[0, 170:] = False
    return valid


def test_sampled_queries_by_hand():
    shape = BlockGrid(10, 10, 8, 64, None, torch.device("cpu"))
    assert sample_rows(shape, 3, 0).tolist() == [[7, 8, 9]]
    assert sample_rows(shape, 2, 4).tolist() == [[0, 2, 4, 6, 8, 9]]
    assert sample_rows(shape, 99, 5).tolist() == [list(range(10))]
    valid = torch.tensor([[False] * 8 + [True] * 2, [True] * 7 + [False] * 3])
    padded = BlockGrid(6, 10, 8, 64, valid, torch.device("cpu"))  # queries at 4..9: live 4, 5 and 0, 1, 2
    assert sample_rows(padded, 3, 0).tolist() == [[-1, 4, 5], [0, 1, 2]]


@pytest.mark.parametrize("padded", [False, True])
def test_sampled_attention_is_that_of_the_whole_matrix(padded):
    q, k = tensors()
    valid = half_padded() if padded else None
    rows = sample_rows(BlockGrid.of(Attended.pair(q, k, valid=valid), 64), 20, 7)
    whole = attention(q, k, valid)
    for item, head, weights in attention_of(Attended.pair(q, k, valid=valid), rows):
        at = rows[item % rows.shape[0]]
        expected = whole[item, head * 2 : head * 2 + 2, at.clamp(min=0)] * (at >= 0)[:, None]
        assert torch.allclose(weights, expected, atol=1e-6)


@pytest.mark.parametrize("padded", [False, True])
def test_sums_along_lines_are_those_of_loops(padded):
    q, k = tensors(tq=40, tk=90)
    valid = half_padded()[:, 55:145] if padded else None
    attended = Attended.pair(q, k, valid=valid)
    shape = BlockGrid.of(attended, 64)
    rows = sample_rows(shape, 12, 5)
    whole = attention(q, k, valid)
    vertical, slash = torch.zeros(2, 4, 90), torch.zeros(2, 4, 90)
    for item in range(2):
        for row in rows[item % rows.shape[0]].tolist():
            for key in range(row + 51 if row >= 0 else 0):
                vertical[item, :, key] += whole[item, :, row, key]
                slash[item, :, row + 50 - key] += whole[item, :, row, key]
    found = line_mass(attended, rows)
    assert torch.allclose(found[0], vertical, atol=1e-5)
    assert torch.allclose(found[1], slash, atol=1e-5)
    mass, shared = block_lines(attended, rows, shape, share=True)
    assert torch.allclose(shared, slash.unflatten(1, (2, 2)).sum(2), atol=1e-5)
    blocks = torch.stack([vertical[..., :64].sum(-1), vertical[..., 64:].sum(-1)], -1)
    assert torch.allclose(mass.sum(2), blocks.unflatten(1, (2, 2)).sum(2), atol=1e-5)


def test_pooled_attention_is_that_of_means():
    q, k = tensors()
    valid = half_padded()
    attended = Attended.pair(q, k, valid=valid)
    found = pooled_mass(attended, BlockGrid.of(attended, 64), share=False)
    for item in range(2):
        for row, block in ((0, 0), (1, 1), (2, 1), (2, 2), (3, 2)):
            at = [p for p in range(max(50, row * 64), min(200, row * 64 + 64)) if valid[item, p]]
            if not at:
                continue
            query = q[item, 3, [p - 50 for p in at]].mean(0)
            scores = []
            for c in range(row + 1):
                keys = [j for j in range(c * 64, min(200, c * 64 + 64)) if valid[item, j]]
                scores.append(query @ k[item, 1, keys].mean(0) * 8**-0.5 if keys else torch.tensor(-math.inf))
            assert torch.allclose(found[item, 3, row, block], torch.stack(scores).softmax(0)[block], atol=1e-5)


def test_antidiagonals_are_those_of_loops():
    q, k = tensors(b=1, h=1, kv=1, tq=100, tk=100)
    seen = {}

    class Kept(XAttention):
        __slots__ = ()

        def _rows(self, q, k, live, rows, scale, shape):
            made = super()._rows(q, k, live, rows, scale, shape)
            seen[rows.start] = made
            return made

    Kept(stride=16, block=64)(q, k)
    folded = torch.full((8, 8), -math.inf)
    for i in range(7):
        for j in range(i + 1):
            pairs = [(i * 16 + 15 - p, j * 16 + p) for p in range(16)]
            inside = [q[0, 0, x] @ k[0, 0, y] for x, y in pairs if x < 100 and y < 100]
            folded[i, j] = torch.stack(inside).sum() / 16 * 8**-0.5 if inside else 0.0
    expected = folded[:7].softmax(-1).view(7, 2, 4).sum(-1)
    assert torch.allclose(seen[0][0, 0, :7], expected, atol=1e-5)


def test_diagonals_by_hand_and_by_all_phases():
    slashes = torch.zeros(1, 256)
    slashes[0, 64 + 16] = 1.0  # of 64 queries of a row, 48 see it on diagonal 1 and 16 on diagonal 2
    assert diagonals(slashes, 64)[0].tolist() == [0.0, 0.75, 0.25, 0.0]
    for distance in (0, 1, 63, 64, 100, 191):
        counts = torch.zeros(4)
        for phase in range(64):
            counts[3 - (192 + phase - distance) // 64] += 1 / 64
        one = torch.zeros(1, 256)
        one[0, distance] = 1.0
        assert torch.allclose(diagonals(one, 64)[0].float(), counts)


def test_a_slash_is_found_whatever_the_phase_of_the_last_queries():
    """A head that looks 80 keys back, sampled by a short last row: all rows must see distance 80."""
    for tk in (965, 990, 1024):
        position = torch.arange(tk)
        angle = position[:, None] * torch.tensor([1.0, 0.31, 0.097, 0.031]) * 2
        here = torch.cat([angle.cos(), angle.sin()], -1)
        shift = angle - 80 * torch.tensor([1.0, 0.31, 0.097, 0.031]) * 2
        back = torch.cat([shift.cos(), shift.sin()], -1)
        q, k = back[None, None] * 20, here[None, None] * 4
        mask = VerticalSlash(Keys(512), last_q=20, block=64)(q, k).dense_mask()[0, 0]
        assert bool(mask[position[80:], position[80:] - 80].all())


def test_the_best_entries_by_hand():
    scores = torch.tensor([0.0, 5.0, 1.0, 5.0, 2.0, 9.0])
    assert best(scores, 3, 1).tolist() == [0, 1, 5]
    assert best(scores, 1, 2).tolist() == [0, 1]
    assert best(scores, 2, 1, 2).tolist() == [2, 5]
    assert best(scores, 99, 1).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(("tq", "tk"), [(200, 200), (75, 200), (64, 130), (1, 129)])
def test_lines_show_all_that_they_name(exact, tq, tk):
    """Against a loop over queries, keys and lines; counted once, and little more than needed."""
    shape = BlockGrid(tq, tk, 8, 64, None, torch.device("cpu"))
    verticals, slashes = torch.tensor([0, 3, 70, 128]), torch.tensor([0, 1, 40, 100, 190])
    grid, columns = line_index(verticals, slashes, shape, exact=exact)
    for row in range(shape.rows):
        low = max(tk - tq, (shape.first_row + row) * 64)
        needed = set()
        for i in range(low, min(tk, (shape.first_row + row) * 64 + 64)):
            needed |= {(i - o) // 64 for o in slashes.tolist() if i >= o}
            for j in verticals.tolist():
                if j <= i:
                    assert bool(grid[row, j // 64]) != bool(exact and columns[row, j])
        extra = set() if exact else {j // 64 for j in verticals.tolist()}
        assert set(grid[row].nonzero()[:, 0].tolist()) == needed | extra


def test_choosing_by_hand():
    shape = BlockGrid(64 * 4, 64 * 4, 8, 64, None, torch.device("cpu"))
    scores = torch.tensor([[1, 9, 9, 9], [1, 1, 9, 9], [1, 5, 1, 9], [1.0, 4.0, 3.0, 2.0]])[None, None]
    rows = [[c for c in range(4) if row[c]] for row in choose(scores, Keys(192), shape)[0, 0].tolist()]
    assert rows == [[0], [0, 1], [0, 1, 2], [0, 1, 3]]
    share = [[c for c in range(4) if row[c]] for row in choose(scores, Mass(0.5), shape)[0, 0].tolist()]
    assert share == [[0], [0, 1], [0, 1, 2], [0, 1, 3]]  # 1 + 2 of 10, then 4: half is reached
    assert choose(scores, Mass(0.3), shape)[0, 0, 3].tolist() == [True, False, False, True]


def test_what_covers_a_share_by_hand():
    mass = torch.tensor([0.1, 0.4, 0.4, 0.1])
    assert covering(mass, Mass(0.4)).tolist() == [False, True, False, False]
    assert covering(mass, Mass(0.5)).tolist() == [False, True, True, False]
    assert not bool(covering(torch.zeros(3), Mass(0.5)).any())


def test_divergence_by_hand():
    one, other = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 2.0])
    assert float(divergence(one, other)) == pytest.approx(math.sqrt(math.log(2)))
    assert float(divergence(one, one * 7)) == 0.0
    p, q = torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])
    expected = sum(0.5 * x * math.log(x / m) for x, m in [(0.5, 0.7), (0.5, 0.3), (0.9, 0.7), (0.1, 0.3)])
    assert float(divergence(p, q)) == pytest.approx(math.sqrt(expected), abs=1e-6)


def test_flex_prefill_reads_by_blocks_where_pooling_predicts_the_last_queries():
    q, k = torch.zeros(1, 1, 256, 8), torch.zeros(1, 1, 256, 8)
    k[..., 64:128, 0], q[..., 0] = 9.0, 9.0  # all look at block 1: the means tell it
    plan = FlexPrefill(Mass(0.9), min_keys=0, block=64, last_q=64)(q, k)
    assert plan.grid[0, 0].int().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]]
    wide = FlexPrefill(Mass(0.9), min_keys=192, block=64, last_q=64)(q, k)
    assert wide.grid[0, 0, 3].tolist() == [True, True, True, True]


def test_sinks_behind_padding_and_last_queries_before_it():
    q, k = tensors(b=1, tq=320, tk=320)
    valid = torch.ones(1, 320, dtype=torch.bool)
    valid[:, :130], valid[:, 260:] = False, False
    a = AShape(8, 16, 64)(q, k, valid=valid).dense_mask()[0, 0]
    assert bool(a[255, 130:138].all())
    assert not bool(a[255, 200:240].any())
    tri = TriShape(8, 16, 10, 64)(q, k, valid=valid).dense_mask()[0, 0]
    assert bool(tri[250:260, 130:250].all())
