"""The position curve: of a model whose bias is known, with a method that is known to help, and of what is refused."""

from __future__ import annotations

import json
from contextlib import contextmanager, nullcontext

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tamis.attention.position import Lookup, lookups, scaled  # noqa: E402
from tamis.bench.position import LookupAnswer, PositionPlan, ask, compared, curve, measure_lookups  # noqa: E402
from tamis.edge.cli import main  # noqa: E402
from tamis.errors import InvalidInput, UnknownName  # noqa: E402
from tests.attention.handmade import KNOWN, handmade, questions  # noqa: E402


def scaling(model):
    return scaled(model, dimension=KNOWN, factor=-1.0, layers=[2])


def test_a_model_that_prefers_late_pairs_and_less_so_when_scaled():
    found = curve(handmade(), questions(samples=8), scaling)
    first, *_, last = found.points
    assert (first.place, first.depth, last.depth) == (0, 0.0, 1.0)
    assert last.plain.mean == 1.0
    assert first.plain.mean < 0.5
    assert found.bias > found.bias_left
    assert found.gain.low > 0
    assert found.gain.mean == pytest.approx(sum(point.gain.mean for point in found.points) / 4)
    assert last.gain.mean == 0


def test_the_log_probability_tells_more_than_right_or_wrong():
    found = curve(handmade(), questions(samples=4), scaling, measure="logprob")
    means = [point.plain.mean for point in found.points]
    assert means[-1] > means[1] > means[0] - 1
    assert all(point.plain.low <= point.plain.mean <= point.plain.high for point in found.points)
    assert found.points[1].gain.mean > 0


def test_without_a_method_there_is_the_plain_curve_and_it_is_the_same_again():
    found = curve(handmade(), questions(samples=3))
    assert found.gain is None
    assert found.bias_left is None
    assert all(point.ours is None for point in found.points)
    assert found == curve(handmade(), questions(samples=3))
    assert "place" in str(found)
    told = json.loads(found.to_json())
    assert (told["schema"], told["version"], len(told["points"])) == ("tamis.bench.position", 1, 4)


def test_the_methods_block_is_made_for_each_question_and_left():
    opened = []

    @contextmanager
    def noting(model):
        opened.append("in")
        yield
        opened.append("out")

    found = curve(handmade(), questions(samples=2, places=(0, 3)), noting, measure="logprob")
    assert opened == ["in", "out"] * 4
    assert found.gain.mean == found.gain.high == 0
    assert "all" in str(found)


@torch.no_grad()
def test_exact_is_what_greedy_decoding_gives():
    import transformers

    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    model = transformers.AutoModelForCausalLM.from_config(transformers.LlamaConfig(**sizes, vocab_size=256)).eval()
    one = lookups(lambda text: list(text.encode()), pairs=2, places=1, samples=1)[0]
    said = model.generate(
        torch.tensor([one.prompt]), max_new_tokens=5, do_sample=False, eos_token_id=None, pad_token_id=0
    )
    right = Lookup(one.prompt, tuple(said[0, len(one.prompt) :].tolist()), 0, 2, 0)
    wrong = Lookup(right.prompt, (*right.answer[:-1], (right.answer[-1] + 1) % 256), 0, 2, 1)
    first, second = ask(model, [right, wrong])
    assert (first.exact, second.exact) == (True, False)
    logits = model(torch.tensor([[*right.prompt, *right.answer[:-1]]])).logits[0, -5:].log_softmax(-1)
    assert first.logprob == pytest.approx(float(logits[range(5), right.answer].mean()), abs=1e-5)


def test_means_by_hand():
    def answers(*hits):
        return [LookupAnswer(Lookup((1,), (2,), place, 3, sample), bool(hit), 0.0)
                for (place, sample), hit in zip([(0, 0), (2, 0), (0, 1), (2, 1)], hits, strict=True)]  # fmt: skip

    found = compared(answers(0, 1, 0, 1), answers(1, 1, 0, 0))
    assert [point.plain.mean for point in found.points] == [0, 1]
    assert [point.ours.mean for point in found.points] == [0.5, 0.5]
    assert [point.gain.mean for point in found.points] == [0.5, -0.5]
    assert (found.bias, found.bias_left, found.gain.mean) == (1, 0, 0)
    assert (found.gain.low, found.gain.high) == (-0.5, 0.5)


def test_what_cannot_be_compared_is_refused():
    model, asked = handmade(), questions(samples=2)
    with pytest.raises(InvalidInput):
        curve(model, [])
    with pytest.raises(InvalidInput, match="each place"):
        curve(model, asked[:-1])
    with pytest.raises(UnknownName):
        curve(model, asked, measure="f1")
    some = ask(model, asked[:2])
    with pytest.raises(InvalidInput, match="other questions"):
        compared(some, some[:1])


def test_a_run_goes_on_and_another_method_can_be_added(tmp_path):
    model, asked, seen = handmade(), questions(samples=2, places=(0, 15)), []
    plain, nothing = measure_lookups(PositionPlan("m"), model, asked, tmp_path)
    assert nothing is None
    assert plain == ask(model, asked)
    plan = PositionPlan("m", method="none at all")
    again, ours = measure_lookups(
        plan, model, asked, tmp_path, method=nullcontext, advance=lambda *now: seen.append(now[0])
    )
    assert (again, seen) == (plain, [4, 5, 6, 7])
    assert [one.logprob for one in ours] == [one.logprob for one in plain]
    with pytest.raises(InvalidInput, match="another run"):
        measure_lookups(PositionPlan("another"), model, asked, tmp_path)


def test_the_command_writes_curves(tmp_path, capsys):
    out = tmp_path / "out"
    call = ["bench", "position", "--samples", "1", "--places", "2", "--pairs", "8", "--out", str(out), "--quiet"]
    assert main([*call, "--json"]) == 0
    exact, logprob = json.loads(capsys.readouterr().out)
    assert (exact["measure"], [point["plain"]["mean"] for point in exact["points"]]) == ("exact", [1.0, 1.0])
    assert logprob["gain"] is None
    assert {path.name for path in out.iterdir()} == {"rows.jsonl", "table.txt", "table.json", "report.html"}
    assert main([*call, "--method", "snapkv"]) == 2
    assert "no sparse pattern" in capsys.readouterr().err
    assert main([*call, "--method", "a_shape", "--dimension", "x"]) == 2
    assert main([*call, "--dimension", str(tmp_path / "missing")]) == 2
