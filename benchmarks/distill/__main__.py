"""The bar of `tamis distill`: many chunks, three kills at random, every answer paid once, the same model by seed.

    python -m benchmarks.distill --chunks 5000 --texts FOLDER_OR_JSONL

A teacher by rule (examples/teacher.py) serves on this machine, with faults. A run is killed with SIGKILL three times at
random moments and then finished; another run is left alone. The table says what the teacher was asked and what it
billed, and whether both models are the same, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common import measure

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

from teacher import Rule, served

from distill import tiny_encoder  # of examples/
from tamis.distill.journal import read_journal
from tamis.io.files import digest
from tamis.io.rows import read_jsonl

TAMIS = str(Path(sys.executable).parent / "tamis")
FILES = ("model.safetensors", "model.onnx", "config.json", "tokenizer.json", "README.md")
PER_CHUNK = 210  # characters of a text that make a chunk of 64 tokens, roughly


@dataclass(frozen=True)
class Plan:
    """How large, and how it fails."""

    chunks: int
    tokens: int
    together: int
    faults: float
    seed: int
    epochs: int


def main() -> int:
    """Run both, print the table; 1 if the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=Path(__file__).parents[2] / "docs", help="a folder, or JSONL")
    parser.add_argument("--chunks", type=int, default=5000)
    parser.add_argument("--tokens", type=int, default=64, help="longest chunk")
    parser.add_argument("--together", type=int, default=8)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--results", type=Path, default=measure.RESULTS)
    given = parser.parse_args()
    plan = Plan(given.chunks, given.tokens, given.together, given.faults, given.seed, given.epochs)
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder), given.texts, plan)
    measure.save("distill", result, given.results)
    print(measure.table([{"what": what, "value": value} for what, value in result.items()], ("what", "value")))
    once = result["chunks"] == result["lines of the journal"] == result["distinct"]
    return 0 if once and result["asked again although kept"] == 0 and result["same model"] else 1


def run(folder: Path, texts: Path, plan: Plan) -> dict[str, Any]:
    """All figures."""
    data = prepared(folder, texts, plan)
    encoder = tiny_encoder(folder / "tiny", data.read_text(encoding="utf-8").splitlines()[:2000])
    with served(Rule(faults=plan.faults, slips=0.1, silence=0.2)) as address:
        command = [TAMIS, "distill", "run", str(data), "--teacher", address, "--yes", "--backoff", "0.05"]
        command += ["--chunk-tokens", str(plan.tokens), "--together", str(plan.together), "--encoder", str(encoder)]
        command += ["--epochs", str(plan.epochs), "--lr", "0.003", "--device", "cpu", "--checkpoint-every", "10"]
        whole = finished(command, folder / "whole")
    rule = Rule(faults=plan.faults, slips=0.1, silence=0.2)
    with served(rule) as address:
        command[command.index("--teacher") + 1] = address
        kept = [killed(command, folder / "killed", rule, moment) for moment in moments(plan)]
        again = finished(command, folder / "killed")
    return figures(folder, rule, kept) | {"seconds, whole run": whole, "seconds, after the kills": again}


def prepared(folder: Path, texts: Path, plan: Plan) -> Path:
    """A JSONL file whose texts make about as many chunks as wanted; a document of at most fifty chunks each."""
    rows, size, document = [], 0, 50 * PER_CHUNK
    sources = [texts] if texts.is_file() else sorted(texts.rglob("*.md"))
    for source in sources:
        plain = [row["text"] for row in read_jsonl(source)] if texts.is_file() else [source.read_text(encoding="utf-8")]
        for text in plain:
            if size < plan.chunks * PER_CHUNK:
                rows += [text[at : at + document] for at in range(0, len(text), document)]
                size += len(text)
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in rows), encoding="utf-8")
    return path


def moments(plan: Plan) -> list[float]:
    """Shares of the answers after which to kill; above 1: while it trains."""
    rng = random.Random(plan.seed)
    return [rng.uniform(0.05, 0.5), rng.uniform(0.5, 0.95), rng.uniform(1.0, 2.0)]


def killed(command: list[str], out: Path, rule: Rule, moment: float) -> tuple[int, set[str]]:
    """Kill a run at a moment; how many events there had been, and what the journal held."""
    with subprocess.Popen([*command, "--out", str(out)], env=environment(), stderr=subprocess.DEVNULL) as process:
        chunks = 0
        while process.poll() is None:
            if not chunks and (out / "chunks.jsonl").exists():
                chunks = len((out / "chunks.jsonl").read_bytes().splitlines())
            trains = any((out / "train").glob("*/checkpoint.safetensors"))
            if trains if moment >= 1 else chunks and len(rule.billed) >= moment * chunks:
                time.sleep(moment % 1 / 10)
                process.kill()
                break
            time.sleep(0.002)
        process.wait()
    return len(rule.events), set(read_journal(out / "answers.jsonl"))


def finished(command: list[str], out: Path) -> float:
    """Seconds of a run that is left alone."""
    began = time.perf_counter()
    subprocess.run([*command, "--out", str(out)], env=environment(), check=True)
    return round(time.perf_counter() - began, 1)


def environment() -> dict[str, str]:
    """One thread: the sums of a model in the same order everywhere."""
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def figures(folder: Path, rule: Rule, kept: list[tuple[int, set[str]]]) -> dict[str, Any]:
    """What the teacher saw, and what came out."""
    lines = (folder / "killed" / "answers.jsonl").read_bytes().splitlines()
    answered = Counter(key for key, event in rule.events if event == "answered")
    again = sum(len(keys & {key for key, _ in rule.events[happened:]}) for happened, keys in kept)
    same = [digest(folder / "killed/model" / name) == digest(folder / "whole/model" / name) for name in FILES]
    return {
        "chunks": len((folder / "killed" / "chunks.jsonl").read_bytes().splitlines()),
        "kills": len(kept),
        "journal at each kill": ", ".join(f"{len(keys):,}" for _, keys in kept),
        "requests": len(rule.events),
        "faults": sum(event != "answered" for _, event in rule.events),
        "answers": answered.total(),
        "answers that were on their way at a kill": answered.total() - len(answered),
        "asked again although kept": again,
        "billed (each idempotency key once)": len(rule.billed),
        "lines of the journal": len(lines),
        "distinct": len({json.loads(line)["key"] for line in lines}),
        "same model": all(same),
    }


if __name__ == "__main__":
    sys.exit(main())
