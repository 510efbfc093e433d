"""Measure the perplexity methods beside the `llmlingua` package: speed on the same model, and rates asked and achieved.

    python -m benchmarks.prompt surprisal reference                 # a 4,000-token prompt of documents with a question
    python -m benchmarks.prompt surprisal reference --layers 6      # half the model, where time is short
    python -m benchmarks.prompt surprisal adherence                 # 50 to 20,000 tokens, rates 0.1 to 0.9

The package runs in an environment of its own, see `peers.py`. Tables to the terminal, results to
benchmarks/results/surprisal-*.json.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import tamis
from benchmarks.common import measure
from benchmarks.common.texts import DEFAULT_DATA, MEETING, ROOT, transcript
from benchmarks.prompt import peers
from tamis.models.causal import load_causal
from tamis.text.counting import counter

METHODS = tuple(name for name in ("llmlingua", "longllmlingua") if name in tamis.METHODS)
QUESTION = "What did the client teams decide about the gas cost of precompiles?"
LENGTHS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
RATES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
USED = 0.97  # of the budget that must be spent on a text of more than SHORT tokens
SHORT = 200
TINY = ROOT / "tests" / "golden" / "reference" / "llama"
ENTRIES, PIECES = 50_257, 8_000  # GPT-2's vocabulary, and as many of it as a short text can fill
SIZE = 200  # tokens of the package's segments
WHOLE, TOKEN_LEVEL = "llmlingua package, longllmlingua", "llmlingua package, token level"
LONG = {  # as the package's documentation calls it for questions
    "rank_method": "longllmlingua",
    "condition_in_question": "after",
    "condition_compare": True,
    "reorder_context": "sort",
    "dynamic_context_compression_ratio": 0.3,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two."""
    chosen = _parser().parse_args(arguments)
    chosen.work.mkdir(parents=True, exist_ok=True)
    with peers.perplexity_peer(chosen.work) as peer:
        result = chosen.run(chosen, peer)
    measure.save(f"surprisal-{chosen.command}", result, chosen.results)
    print(chosen.show(result))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with more transcripts (optional)")
    parser.add_argument("--results", type=Path, default=measure.RESULTS, help="where results are kept")
    parser.add_argument("--work", type=Path, default=peers.default_work(), help="folder for environment and models")
    commands = parser.add_subparsers(dest="command", required=True)
    speed = commands.add_parser("reference", help="speed on the same model")
    speed.add_argument("--layers", type=int, default=12, help="of a model that is 768 wide, as GPT-2 small")
    speed.add_argument("--width", type=int, default=768)
    speed.add_argument("--tokens", type=int, default=4_000)
    speed.add_argument("--documents", type=int, default=8)
    speed.add_argument("--rate", type=float, default=0.5)
    speed.add_argument("--repeats", type=int, default=5)
    speed.add_argument("--threads", type=int, default=2)
    speed.set_defaults(run=speeds, show=show_speeds)
    rates = commands.add_parser("adherence", help="rates asked and achieved")
    rates.add_argument("--lengths", type=int, nargs="+", default=list(LENGTHS), metavar="TOKENS")
    rates.add_argument("--rates", type=float, nargs="+", default=list(RATES), metavar="RATE")
    rates.add_argument("--model", default=str(TINY), help="a folder that both can open")
    rates.set_defaults(run=adherence, show=show_adherence)
    return parser


def speeds(chosen: argparse.Namespace, peer: peers.Peer) -> dict[str, Any]:
    """Seconds of whole calls and of the token level alone, in turns."""
    about = measure.machine()
    folder = gpt2(chosen.work / f"gpt2-{chosen.layers}x{chosen.width}", chosen.layers, chosen.width)
    documents = parts(transcript(chosen.tokens, chosen.data), chosen.documents)
    _threads(chosen.threads)
    peer.ask("load", path=str(folder), threads=chosen.threads)
    runners = {WHOLE: _theirs(peer, "compress_prompt", _call(documents, chosen.rate))}
    for method in METHODS:
        runners[f"tamis, {method}"] = _ours(documents, chosen.rate, method, folder)
    runners |= _token_level(peer, folder, documents, chosen.rate)
    taken = peers.alternate(runners, chosen.repeats)
    medians = {name: measure.median(seconds) for name, seconds in taken.items()}
    rows = [
        {"what": name, "runs": chosen.repeats, "median s": median}
        | {"times the package": medians[TOKEN_LEVEL if "token level" in name else WHOLE] / median}
        for name, median in medians.items()
    ]
    settings = {k: getattr(chosen, k) for k in ("layers", "width", "tokens", "documents", "rate", "threads")}
    return {"machine": about, "packages": peers.PERPLEXITY, "settings": settings, "rows": rows}


def show_speeds(result: dict[str, Any]) -> str:
    """The speeds as a table."""
    missing = "" if METHODS else "\n\nThis version of tamis has no perplexity method yet; only the replay was timed."
    return measure.table(result["rows"], ("what", "runs", "median s", "times the package")) + missing


def parts(text: str, count: int) -> list[str]:
    """The text in `count` documents of about one size, cut between words."""
    words = text.split(" ")
    edges = [round(i * len(words) / count) for i in range(count + 1)]
    return [" ".join(words[start:end]).strip() for start, end in pairwise(edges)]


def gpt2(folder: Path, layers: int, width: int) -> Path:
    """A folder with a random GPT-2 of that size; made on first use. Speed does not depend on the weights."""
    if not (folder / "config.json").exists():
        sys.path.append(str(ROOT / "scripts"))
        import reference_models
        import torch
        from transformers import GPT2Config, GPT2LMHeadModel

        torch.manual_seed(0)
        sizes = {"n_layer": layers, "n_embd": width, "n_head": max(1, width // 64), "vocab_size": ENTRIES}
        special = reference_models.SPECIAL["gpt2"]
        GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=0)).save_pretrained(folder)
        text = MEETING.read_text(encoding="utf-8")
        reference_models.byte_level(text, special, PIECES).save(str(folder / "tokenizer.json"))
        reference_models.write_json(folder / "tokenizer_config.json", reference_models.tokenizer_config(special))
        family = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "torch_dtype": "float32"}
        reference_models.write_json(folder / "config.json", family | sizes | {"bos_token_id": 0, "eos_token_id": 0})
    return folder


def _threads(count: int) -> None:
    import torch

    torch.set_num_threads(count)


def _call(documents: Sequence[str], rate: float) -> dict[str, Any]:
    return {"context": list(documents), "question": QUESTION, "rate": rate, "iterative_size": SIZE, **LONG}


def _theirs(peer: peers.Peer, name: str, arguments: dict[str, Any]) -> peers.Runner:
    def run() -> float:
        answer = peer.ask("call", name=name, arguments=arguments)
        if "error" in answer:
            raise RuntimeError(f"The package failed: {answer['error']}")
        return float(answer["seconds"])

    return run


def _ours(documents: Sequence[str], rate: float, method: str, folder: Path) -> peers.Runner:
    def work() -> object:
        source = [tamis.Document(text) for text in documents]
        return tamis.compress(source, rate=rate, question=QUESTION, method=method, model=str(folder))

    return _timed(work)


def _timed(work: Callable[[], object]) -> peers.Runner:
    def run() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return run


def _token_level(peer: peers.Peer, folder: Path, documents: Sequence[str], rate: float) -> dict[str, peers.Runner]:
    """The token level alone, contrastive, over all documents: the package's and its replay, which keep the same."""
    from tamis.compat import ReplayRule, prompt_of, replay, segment_ratios

    model = load_causal(folder, device="cpu")
    prompt = prompt_of(model, documents, question=QUESTION)
    target = rate * sum(prompt.lengths)
    ratios, rule = segment_ratios(prompt.lengths, target, size=SIZE), ReplayRule(SIZE, prompt.prefix, contrast=True)
    asked = {
        "context": [QUESTION, *documents],
        "target_token": target,
        "iterative_size": SIZE,
        "start": prompt.prefix,
        "dynamic_ratio": [0.0] * len(documents),
        "condition_compare": True,
    }
    return {
        TOKEN_LEVEL: _theirs(peer, "iterative_compress_prompt", asked),
        "tamis, replay of the token level": _timed(lambda: replay(model, prompt.ids, ratios, rule=rule)),
    }


def adherence(chosen: argparse.Namespace, peer: peers.Peer) -> dict[str, Any]:
    """What share is kept, for every length and rate: ours in tokens of the target model, theirs in their own."""
    peer.ask("load", path=chosen.model, threads=1)
    rows = []
    for length in chosen.lengths:
        text = transcript(length, chosen.data)
        for rate in chosen.rates:
            for method in METHODS:
                achieved = _achieved(text, rate, method, chosen.model)
                rows.append({"what": f"tamis, {method}", "tokens": length, "rate": rate} | achieved)
            answer = peer.ask("kept", name="compress_prompt", arguments={"context": [text], "rate": rate})
            if "error" in answer:
                raise RuntimeError(f"The package failed on {length} tokens: {answer['error']}")
            kept, count = len(answer["kept"]), answer["count"]
            rows.append({"what": "llmlingua package", "tokens": length, "rate": rate, "kept": kept, "of": count})
    return {
        "machine": measure.machine(),
        "packages": peers.PERPLEXITY,
        "model": Path(chosen.model).name,
        "rows": rows,
    }


def _achieved(text: str, rate: float, method: str, model: str) -> dict[str, Any]:
    question = QUESTION if tamis.METHODS[method].needs_question else None
    found = tamis.compress(text, rate=rate, method=method, model=model, question=question)
    count = counter()
    return {"kept": count(found.text), "of": count(text)}


def show_adherence(result: dict[str, Any]) -> str:
    """One table a system: lengths down, rates across, the achieved rate in the cells; then what was broken."""
    blocks = []
    for what in dict.fromkeys(row["what"] for row in result["rows"]):
        rows = [row for row in result["rows"] if row["what"] == what]
        lines: dict[int, dict[str, Any]] = {}
        for row in rows:
            share = row["kept"] / max(row["of"], 1)
            lines.setdefault(row["tokens"], {"tokens": row["tokens"]})[f"{row['rate']:g}"] = f"{share:.2f}"
        columns = list(max(lines.values(), key=len))
        blocks.append(f"{what}\n\n{measure.table(list(lines.values()), columns)}\n\n{broken(rows)}")
    return "\n\n".join(blocks)


def broken(rows: Sequence[dict[str, Any]]) -> str:
    """How many of the cases go over their budget, and how many long ones leave more than 3 % of it unspent."""
    over = [row for row in rows if row["kept"] > row["rate"] * row["of"]]
    long = [row for row in rows if row["of"] > SHORT]
    under = [row for row in long if row["kept"] < USED * row["rate"] * row["of"]]
    least = min((row["kept"] / (row["rate"] * row["of"]) for row in long), default=1.0)
    spent = f"{len(under)} of {len(long)} longer than {SHORT} tokens leave more than 3 % unspent (least: {least:.1%})"
    return f"{len(over)} of {len(rows)} over the budget; {spent}."


if __name__ == "__main__":
    sys.exit(main())
