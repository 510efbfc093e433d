"""A pattern and a cache policy from outside: one line in a table each, and everything that goes by name has them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tamis.attention import PATTERNS, BlockPlan, Configuration, Pattern, attend, selector, sparse  # noqa: E402
from tamis.attention.pattern_search import candidates  # noqa: E402
from tamis.attention.patterns import Head, PatternEntry  # noqa: E402
from tamis.attention.patterns.grid import BlockGrid  # noqa: E402
from tamis.bench.scbench.methods import method, names  # noqa: E402
from tamis.cache import POLICIES, compress, compressing  # noqa: E402
from tamis.cache.policies import PolicyEntry, policy_of  # noqa: E402
from tamis.core import Ratio, Total  # noqa: E402
from tamis.errors import InvalidInput, UnknownName  # noqa: E402
from tests.tiny import ids, made, plain_ids, wide  # noqa: E402


@dataclass(frozen=True, slots=True)
class Stripes(Pattern):
    """Every `step`-th block, the first one and the row's own."""

    step: int = 2
    block: int = 64

    def choose(self, attended):
        grid = BlockGrid.of(attended, self.block)
        return grid.plan(((grid.away() % self.step == 0) | grid.forced()) & grid.allowed())


STRIPES = PatternEntry(
    Stripes, "every second block", {"": lambda share, block: Stripes(round(1 / share), block)},
    of_head=lambda block, *, share: Stripes(round(1 / share), block), searched=({},),
)  # fmt: skip


def far_apart(*, step: int = 4):
    """Every `step`-th entry."""
    return lambda attended: (attended.places % step == 0).float()[:, None].expand(attended.keys.shape[:3])


def of_the_text(model, inputs):
    """Made for one text: knows its tokens."""
    assert model is not None
    return lambda attended: inputs[:, None].float().expand(attended.keys.shape[:3])


@pytest.fixture
def stripes(monkeypatch):
    monkeypatch.setitem(PATTERNS, "stripes", STRIPES)


@pytest.fixture
def policies(monkeypatch):
    monkeypatch.setitem(POLICIES, "far_apart", PolicyEntry(far_apart, "entries far apart"))
    monkeypatch.setitem(POLICIES, "of_the_text", PolicyEntry(of_the_text, "large tokens", of_text=True))


@pytest.mark.parametrize("padded", [False, True])
def test_a_pattern_keeps_the_contract(stripes, padded):
    draw = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, h, 300, 16, generator=draw) for h in (4, 2, 2))
    valid = torch.ones(2, 300, dtype=torch.bool)
    valid[0, : 100 * padded] = False
    choose = selector("stripes", step=3)
    plan = choose(q, k, valid=valid)
    assert plan == choose(q, k, valid=valid)
    assert not bool((plan.dense_mask() & ~valid[:, None, None]).any())
    own = plan.dense_mask()[:, :, torch.arange(300), torch.arange(300)]
    assert bool((own | ~valid[:, None]).all())
    assert torch.allclose(attend(q, k, v, plan, backend="torch"), attend(q, k, v, plan, backend="reference"), atol=1e-5)


@torch.no_grad()
def test_a_pattern_goes_by_name_everywhere(stripes):
    model, text = made(), plain_ids(300)
    with sparse(model, "stripes", mode="always") as report:
        model(text)
    assert report.fallbacks == {}
    assert report.density < 1
    assert "stripes" in names()
    assert method("stripes@0.5+snapkv", block=64).pattern == Stripes(2, 64)
    head = Head("stripes", {"share": 0.5})
    found = Configuration.from_json(Configuration(((head,) * 4,) * 2, 2, 64).to_json())
    assert found.selector().layers[0][0] == Stripes(2, 64)
    assert "stripes" in {one.name for one in candidates(0.5, 640, block=64)}


def test_without_its_line_a_pattern_is_unknown():
    with pytest.raises(UnknownName, match="stripes"):
        selector("stripes")
    with pytest.raises(UnknownName, match="stripes"):
        method("stripes@0.5")


@torch.no_grad()
def test_any_function_is_a_pattern_or_a_policy():
    def dense(attended):
        queries = attended.required_queries()
        return BlockPlan.dense(queries.shape[2], attended.length).replace(valid=attended.valid)

    model, text = made(), plain_ids(100)
    expected = model(text).logits
    with sparse(model, dense, mode="always") as report:
        assert torch.allclose(model(text).logits, expected, atol=1e-5)
    assert report.fallbacks == {}
    assert compress(wide(), ids(40), far_apart(), Total(10)).lengths()[0].tolist() == [[10, 10]] * 2


@torch.no_grad()
def test_a_policy_goes_by_name_everywhere(policies):
    model, text = wide(), ids(40)
    cache = compress(model, text, "far_apart", Ratio(0.25))
    assert cache.layers[0].first[0].places[:10].tolist() == list(range(0, 40, 4))
    assert {"far_apart", "of_the_text"} <= set(names())
    assert method("vertical_slash+far_apart@0.25+int8").policy == "far_apart"
    assert method("far_apart@0.25/adaptive").kept == 0.25


@torch.no_grad()
@pytest.mark.parametrize("name", ["of_the_text", "kvzip"])
def test_a_policy_of_one_text_is_made_where_the_text_is(policies, name):
    model, text = wide(), ids(40)
    named = compress(model, text, name, Ratio(0.5))
    same = compress(model, text, POLICIES[name](model, text), Ratio(0.5))
    assert all(torch.equal(a, b) for (_, a), (_, b) in zip(named.tensors(), same.tensors(), strict=True))
    assert method(name).policy == name
    with pytest.raises(InvalidInput, match="made for one text"):
        policy_of(name)
    with pytest.raises(InvalidInput, match="made for one text"), compressing(model, name):
        pass
