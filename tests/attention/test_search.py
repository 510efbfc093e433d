"""The search by head: heads of known patterns get them at equal cost; killed, it goes on; files say whose they are."""

from __future__ import annotations

import io
import json
import sys
from importlib import import_module

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tamis.attention import certificate, selector, sparse  # noqa: E402
from tamis.attention.pattern_search import (  # noqa: E402
    Candidate,
    Configuration,
    CostModel,
    SearchOptions,
    candidates,
    losses,
    retrieval_texts,
    search,
)
from tamis.attention.pattern_search.cost import fit  # noqa: E402
from tamis.errors import InvalidInput, InvalidPlan, OutputError, UnknownName, UnreadableInput  # noqa: E402
from tests.attention.heads import BLOCK, N, by_content, columns, local  # noqa: E402
from tests.tiny import made, plain_ids  # noqa: E402

RUN = import_module("tamis.attention.pattern_search.run")
COST = CostModel(4, 2, 8, "float32", 1, (0.0, 4e-9), (0.0, 4e-9), {
    "a_shape": (0.0, 0.0), "vertical_slash": (2e-6, 0.0), "block_mean": (0.0, 1e-9),
}, 64)  # fmt: skip
QUICK = SearchOptions(samples=16, block=64)


class Characters:
    """A tokenizer: one token a character."""

    def encode(self, text):
        return [3 + ord(character) % 61 for character in text]


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Told:
    """Called with progress; fails as Ctrl-C would at the so-manieth call."""

    def __init__(self, last=None):
        self.calls, self.last = [], last

    def __call__(self, done, total, what):
        self.calls.append((done, total))
        if len(self.calls) == self.last:
            raise KeyboardInterrupt


# --- what is found ------------------------------------------------------------------------------------------------


def test_heads_get_the_pattern_that_they_have():
    heads = [columns(), local(), by_content()]
    q, k = (torch.stack(part)[None] for part in zip(*heads, strict=True))
    v = torch.randn(q.shape, generator=torch.Generator().manual_seed(1))
    tried = candidates(0.5, N, block=BLOCK)
    found = losses(q, k, v, tried, samples=64, seed=0)
    errors = torch.tensor(found.errors)
    names = [tried[int(best)].name for best in errors.argmin(0)]
    assert names == ["vertical_slash", "a_shape", "block_mean"]
    named = [one.name for one in tried]
    a_shape, mean = named.index("a_shape"), named.index("block_mean")
    lines = [number for number, name in enumerate(named) if name == "vertical_slash"]
    # Not by a tie: each wins clearly where it should.
    assert errors[lines, 0].min() < 0.5 * errors[[a_shape, mean], 0].min()
    assert errors[a_shape, 1] < 0.9 * errors[lines, 1].min()
    assert errors[mean, 2] < 0.5 * min(errors[a_shape, 2], errors[lines, 2].min())


def test_losses_are_those_of_certificates():
    made = torch.Generator().manual_seed(3)
    q, k, v = (torch.randn(1, h, 500, 8, generator=made) for h in (4, 2, 2))
    tried = candidates(0.3, 500, block=64)
    found = losses(q, k, v, tried, samples=20, seed=5, scale=0.5)
    for one, errors, densities in zip(tried, found.errors, found.densities, strict=True):
        plan = one.selector(q, k, scale=0.5).snapped()
        assert errors == pytest.approx(certificate(q, k, v, plan, samples=20, seed=5, scale=0.5).error, abs=1e-6)
        assert sum(densities) / 4 == pytest.approx(plan.block_density)


# --- what it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "n"), [(0.45, 512), (0.25, 1000), (0.3, 1024), (0.5, 1024)])
def test_all_candidates_compute_the_same_within_a_block_a_row(share, n):
    made = torch.Generator().manual_seed(n)
    q, k, v = (torch.randn(1, h, n, 8, generator=made) for h in (4, 2, 2))
    tried = candidates(share, n, block=64)
    rows = -(-n // 64)
    step = rows / (rows * (rows + 1) / 2)
    found = losses(q, k, v, tried, samples=4, seed=0)
    for one, densities in zip(tried, found.densities, strict=True):
        assert one.density(n) <= share
        for density in densities:
            assert share - 2 * step < density <= share
            assert one.density(n) - step < density <= one.density(n)
    assert len({one.density(n) for one in tried}) == 1


def test_with_seconds_what_chooses_longer_computes_less():
    tried = {one.name: one for one in candidates(0.4, 4096, objective="seconds", cost=COST, block=64)}
    assert set(tried) == {"a_shape", "vertical_slash", "block_mean"}
    spent = {name: COST.share(name, 4096, one.density(4096)) for name, one in tried.items()}
    step = COST.share("a_shape", 4096, 1.0) * 2 / 65
    assert all(0.4 - step < share <= 0.4 for share in spent.values())
    assert tried["a_shape"].density(4096) > tried["vertical_slash"].density(4096) > tried["block_mean"].density(4096)
    # Choosing by means alone takes a quarter of dense attention: with two blocks a row it would be too much.
    assert {one.name for one in candidates(0.3, 4096, objective="seconds", cost=COST, block=64)} == {
        "a_shape", "vertical_slash",
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="Nothing takes"):
        candidates(0.001, 4096, objective="seconds", cost=COST, block=64)


def test_costs_by_hand():
    assert fit([((1, 1), 3), ((2, 4), 10)]) == pytest.approx((1, 2))
    assert fit([((1, 1), 1), ((2, 4), 1)])[1] == 0  # a falling curve has no square
    assert fit([((1, 1), 1), ((2, 4), 8)])[0] == 0
    assert COST.dense_seconds(1000) == pytest.approx(4e-3)
    # 16 rows, 136 blocks of 64 x 64 pairs, 4 heads
    assert COST.seconds("a_shape", 1024, 0.5) == pytest.approx(4 * 4e-9 * 68 * 4096)
    assert COST.seconds("vertical_slash", 1024, 0.0) == pytest.approx(2e-6 * 1024)
    assert COST.share("dense", 1024, 1.0) == 1
    with pytest.raises(InvalidInput, match="No cost"):
        COST.seconds("xattention", 1024, 0.5)
    with pytest.raises(InvalidInput):
        CostModel(4, 2, 8, "float32", 1, (0.0, -1.0), (0.0, 1.0), {})


def test_costs_are_measured_and_kept():
    found = CostModel.measured(heads=2, kv_heads=1, head_size=16, lengths=(256, 512), block=64)
    assert found.seconds("block_mean", 512, 1.0) >= found.seconds("block_mean", 512, 0.1) > 0
    assert CostModel.from_json(found.to_json()) == found
    for bad in ("", "[]", "{}", found.to_json().replace("cost", "plan"), found.to_json().replace('"sparse"', '"x"')):
        with pytest.raises(InvalidPlan):
            CostModel.from_json(bad)
    for lengths in ((256,), (16, 512)):
        with pytest.raises(InvalidInput):
            CostModel.measured(heads=2, kv_heads=1, head_size=16, lengths=lengths, block=64)


def test_nearly_all_may_be_allowed():
    tried = candidates(0.999, 1000, block=64)
    assert [one.selector(*(torch.zeros(1, 1, 1000, 8),) * 2).is_dense for one in tried] == [False] * len(tried)
    assert {one.arguments["share"] for one in tried} == {15 * 64 / 1000}


def test_a_candidate_says_what_it_allows():
    assert Candidate("dense").density(100) == 1
    assert Candidate("a_shape", {"share": 0.5, "n_sink": 64}, 64).density(256) == pytest.approx(7 / 10)


# --- the search on a model ----------------------------------------------------------------------------------------


def test_a_search_gives_what_sparse_reads(tmp_path):
    model, given = made(), plain_ids()
    found = search(model, given, share=0.3, options=QUICK, progress=False)
    assert (len(found.layers), found.heads, found.kv_heads) == (2, 4, 2)
    assert found == search(model, given.tolist(), share=0.3, options=QUICK, progress=False)
    assert sum(found.patterns.values()) == 8
    assert 0 < found.error < 2
    assert abs(found.cost - 0.3) < 0.2
    assert "of the flops of dense attention" in str(found)
    path = tmp_path / "patterns.json"
    found.save(path)
    assert Configuration.load(path) == found
    for pattern_ in (path, str(path), found.selector(), selector("minference", config=json.loads(path.read_text()))):
        with torch.no_grad(), sparse(model, pattern_, mode="always") as report:
            model(given)
        assert report.fallbacks == {}
        assert report.density == pytest.approx(found.cost, abs=0.05)
    with torch.no_grad(), sparse(model, path, mode="always") as report:
        model(plain_ids(960))  # another length
    assert report.density == pytest.approx(found.cost, abs=0.1)
    assert model.config._attn_implementation == "sdpa"


def test_errors_of_a_search_are_those_of_the_model_read_sparsely():
    model, given = made(), plain_ids(batch=1)
    found = search(model, given, share=0.3, options=QUICK, progress=False)
    with torch.no_grad(), sparse(model, {0: found.selector()}, mode="always", certify=16) as report:
        model(given)
    assert report.prefills[0].certificate.error == pytest.approx([one.error for one in found.layers[0]], abs=1e-5)


def test_a_killed_search_goes_on_and_repeats_nothing(tmp_path, monkeypatch):
    model, given, measured = made(), plain_ids(batch=2), []

    def counted(*args, **options):
        measured.append(options["seed"])
        return losses(*args, **options)

    monkeypatch.setattr(RUN, "losses", counted)
    whole = search(model, given, options=QUICK, progress=False)
    assert measured == [0, 0, 1, 1]
    for last in range(1, 7):  # before each text, after each layer
        state, told = tmp_path / f"{last}.jsonl", Told(last)
        measured.clear()
        with pytest.raises(KeyboardInterrupt):
            search(model, given, options=QUICK, state=state, progress=told)
        with state.open("ab") as file:
            file.write(b'{"key": "text 1, la')  # what a kill leaves of a line
        rest = Told()
        assert search(model, given, options=QUICK, state=state, progress=rest) == whole
        assert sorted(measured) == [0, 0, 1, 1]
        assert rest.calls[-1] == (4, 4)
    lines = state.read_text()
    assert search(model, given, options=QUICK, state=state, progress=False) == whole
    assert state.read_text() == lines
    assert len(measured) == 4


def test_a_state_of_another_search_is_refused(tmp_path):
    model, given, state = made(), plain_ids(batch=1), tmp_path / "state.jsonl"
    search(model, given, options=QUICK, state=state, progress=False)
    other = made()
    torch.nn.init.ones_(other.model.layers[0].self_attn.q_proj.weight)
    for argument, what in (
        ({"share": 0.4}, "share"), ({"texts": plain_ids(batch=1, seed=2)}, "texts"), ({"model": other}, "model"),
        ({"options": SearchOptions(samples=16, block=64, seed=1)}, "seed"),
    ):  # fmt: skip
        call = {"model": model, "texts": given, "options": QUICK, "state": state, "progress": False} | argument
        with pytest.raises(InvalidInput, match=f"another run: {what} differ"):
            search(**call)


def test_a_damaged_state_is_a_typed_error(tmp_path):
    model, given, state = made(), plain_ids(batch=1), tmp_path / "state.jsonl"

    def again():
        return search(model, given, options=QUICK, state=state, progress=False)

    whole = again()
    first, *rows = state.read_bytes().splitlines(keepends=True)
    row = json.loads(rows[0])
    for broken in (b"no row\n", b"[]\n", b"{}\n"):
        state.write_bytes(first + broken + rows[1])
        with pytest.raises(UnreadableInput, match="Line 2"):
            again()
    for change in ({"errors": []}, {"errors": [["a"]]}, {"densities": None}):
        state.write_bytes(first + json.dumps(row | change).encode() + b"\n" + rows[1])
        with pytest.raises(UnreadableInput, match="without its"):
            again()
    state.write_bytes(rows[0])
    with pytest.raises(InvalidInput, match="another run"):
        again()
    state.write_bytes(b"")
    assert again() == whole
    with pytest.raises(OutputError):
        search(model, given, options=QUICK, state=tmp_path / "none" / "state.jsonl", progress=False)
    with pytest.raises(OutputError):
        search(model, given, options=QUICK, state=tmp_path, progress=False)


def test_seconds_are_measured_once_and_kept_in_the_state(tmp_path, monkeypatch):
    model, given, state = made(), plain_ids(batch=1), tmp_path / "state.jsonl"
    monkeypatch.setattr(CostModel, "measured", classmethod(lambda cls, **shape: COST))
    found = search(model, given, objective="seconds", share=0.9, options=QUICK, state=state, progress=False)
    assert found.objective == "seconds"
    assert 0.5 < found.cost <= 0.9
    monkeypatch.delattr(CostModel, "measured")
    call = {"objective": "seconds", "share": 0.9, "state": state, "progress": False}
    assert search(model, given, options=QUICK, **call) == found
    given_cost = SearchOptions(samples=16, block=64, cost=COST)
    assert search(model, given, options=given_cost, **{**call, "state": None}) == found
    state.write_bytes(state.read_bytes().replace(b"tamis.attention.cost", b"tamis.attention.plan"))
    with pytest.raises(UnreadableInput, match="costs"):
        search(model, given, options=QUICK, **call)


def test_what_sparse_leaves_to_the_model_stays_dense():
    model = made("mistral", sliding_window=64)
    found = search(model, plain_ids(batch=1), options=QUICK, progress=False)
    assert found.patterns == {"dense": 8}
    assert (found.error, found.cost) == (0, 1)
    with torch.no_grad(), sparse(made(), found.selector(), mode="always") as report:
        made()(plain_ids())
    assert report.prefills == []


def test_texts_are_generated(tmp_path):
    texts = retrieval_texts(Characters(), tokens=1000, texts=3, seed=4)
    assert [900 < len(text) <= 1000 for text in texts] == [True] * 3
    assert texts == retrieval_texts(Characters(), tokens=1000, texts=3, seed=4)
    assert len({tuple(text) for text in [*texts, *retrieval_texts(Characters(), tokens=1000, texts=3, seed=5)]}) == 6
    with pytest.raises(InvalidInput, match="two pairs"):
        retrieval_texts(Characters(), tokens=50)
    model, options = made(), SearchOptions(tokenizer=Characters(), tokens=600, samples=16, block=64)
    found = search(model, options=options, progress=False)
    assert 500 < found.tokens <= 600
    strings = search(model, ["some words " * 50], options=options, progress=False)
    assert strings.tokens == 550
    with pytest.raises(InvalidInput, match="No tokenizer"):
        search(model, options=QUICK)
    model.config._name_or_path = str(tmp_path)  # a folder without one
    with pytest.raises(InvalidInput, match="No tokenizer"):
        search(model, options=QUICK)


def test_bad_arguments():
    model, given = made(), plain_ids()
    for bad in ({"share": 0}, {"share": 1}, {"share": "a"}, {"texts": []}, {"texts": "words"}, {"texts": ["words"]},
                {"texts": [[3] * 600, []]}, {"texts": plain_ids(100)}, {"texts": 3}, {"texts": [[None]]}):  # fmt: skip
        with pytest.raises(InvalidInput):
            search(**{"model": model, "texts": given, "options": QUICK, "progress": False, **bad})
    for bad in ({"samples": 0}, {"block": 100}):
        with pytest.raises(InvalidInput):
            search(model, given, options=SearchOptions(**bad), progress=False)
    with pytest.raises(InvalidInput, match="Costs go with"):
        candidates(0.3, 1024, cost=COST)
    with pytest.raises(UnknownName):
        search(model, given, objective="bytes", options=QUICK)
    with pytest.raises(InvalidInput, match="training"):
        search(model.train(), given)


def test_progress_is_silent_but_on_a_terminal(capsys, monkeypatch):
    model, given = made(), plain_ids(batch=1)
    for progress in (True, False):
        search(model, given, options=QUICK, progress=progress)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    search(model, given, options=QUICK, progress=False)
    assert sys.stderr.getvalue() == ""
    search(model, given, options=QUICK)
    assert "text 1, layer 1" in sys.stderr.getvalue()
    assert "2/2" in sys.stderr.getvalue()
