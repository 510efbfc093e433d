"""Write the golden files: what the `llmlingua` package says and keeps, on two tiny models.

    python scripts/reference_golden.py                     # into tests/golden/reference/
    python scripts/reference_golden.py --out FOLDER        # elsewhere, to compare
    python scripts/reference_golden.py --models            # train the models anew first

The package runs in an environment of its own (see benchmarks/prompt/peers.py), made on first use.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import reference_cases as cases

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "tests" / "golden" / "reference"
FAMILIES = ("gpt2", "llama")
sys.path.append(str(ROOT))

from benchmarks.prompt import peers  # noqa: E402  (run from anywhere)


def main(arguments: list[str] | None = None) -> None:
    """Ask the package everything, for both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=MODELS, help="folder for the golden files")
    parser.add_argument("--work", type=Path, default=peers.default_work(), help="folder for the environment (1 GB)")
    parser.add_argument("--models", action="store_true", help="train the models anew first")
    chosen = parser.parse_args(arguments)
    if chosen.models:
        subprocess.run([sys.executable, Path(__file__).with_name("reference_models.py")], check=True)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for family, golden in asked(chosen.work).items():
        file = chosen.out / f"{family}.json"
        file.write_text(_compact(golden), encoding="utf-8")
        print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


def asked(work: Path) -> dict[str, dict[str, Any]]:
    """The golden values of each family, by section."""
    with peers.perplexity_peer(work) as peer:
        return {family: _family(peer, MODELS / family) for family in FAMILIES}


def _family(peer: peers.Peer, folder: Path) -> dict[str, Any]:
    peer.ask("load", path=str(folder), threads=1)
    ask = _Asker(peer)
    return {
        "packages": list(peers.PERPLEXITY),
        "losses": [case | ask.loss(**case) for case in cases.LOSSES],
        "cached": [case | ask.cached(**case) for case in cases.CACHED],
        "ranks": [case | ask.ranks(**case) for case in cases.RANKS],
        "ratios": [case | {"ratios": ask.ratios(**case)} for case in cases.RATIOS],
        "orders": [case | ask.order(**case) for case in cases.ORDERS],
        "kept": [case | ask.kept(**case) for case in cases.KEPT],
        "recover": [case | {"result": ask.recover(**case)} for case in cases.RECOVER],
        "compress": [case | ask.compress(**case) for case in cases.COMPRESS],
        "decisions": [case | ask.decisions(**case) for case in cases.DECISIONS],
        "structured": [case | ask.structured(**case) for case in cases.STRUCTURED],
        "adherence": [ask.adherence(length, rate) for length in cases.LENGTHS for rate in cases.RATES],
    }


class _Asker:
    """The questions, in the package's own terms."""

    def __init__(self, peer: peers.Peer) -> None:
        self.peer = peer

    def call(self, name: str, *, do: str = "call", **arguments: Any) -> Any:
        """The answer with everything about it, or what the package raised."""
        answer = self.peer.ask(do, name=name, arguments=arguments)
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']}")
        return answer

    def loss(self, text: str, question: str, condition: str) -> dict[str, Any]:
        asked = cases.QUESTIONS[question] + cases.RESTRICT if question else ""
        named = {"text": cases.text_of(text), "question": asked, "condition_in_question": condition}
        values = self.call("get_condition_ppl", **named, granularity="token")["result"]
        mean = self.call("get_condition_ppl", **named)["result"]
        return {"values": _rounded(values), "mean": round(mean, 6)}

    def cached(self, text: str, at: int) -> dict[str, Any]:
        answer = self.peer.ask("cached", text=cases.text_of(text), at=at)
        return {"values": _rounded(answer["result"])}

    def ranks(self, method: str, condition: str, question: str) -> dict[str, Any]:
        found = self.call(
            "get_rank_results",
            context=list(cases.DOCUMENTS.values()),
            question=cases.QUESTIONS[question],
            rank_method=method,
            condition_in_question=condition,
            context_tokens_length=[0] * len(cases.DOCUMENTS),
        )["result"]
        return {"order": [number for number, _ in found], "scores": _rounded([score for _, score in found])}

    def ratios(self, lengths: tuple[int, ...], rate: float, size: int, offsets: tuple[float, ...]) -> Any:
        documents = [" the" * length for length in lengths]  # one token each
        for length, document in zip(lengths, documents, strict=True):
            assert self.call("get_token_length", text=document, add_special_tokens=False)["result"] == length
        return self.call(
            "get_dynamic_compression_ratio",
            context=documents,
            target_token=rate * sum(lengths),
            iterative_size=size,
            dynamic_ratio=list(offsets),
            start=0,
        )["result"]

    def order(self, order: str, dynamic: float, rate: float) -> dict[str, Any]:
        documents = list(cases.DOCUMENTS.values())
        lengths = [self.call("get_token_length", text=document)["result"] for document in documents]
        _, offsets, used = self.call(
            "control_context_budget",
            context=documents,
            context_tokens_length=lengths,
            target_token=rate * sum(lengths),
            question=cases.QUESTIONS["gas"],
            condition_in_question="after",
            reorder_context=order,
            dynamic_context_compression_ratio=dynamic,
            rank_method="longllmlingua",
            context_budget="+0",
        )["result"]
        return {"lengths": lengths, "used": used, "offsets": _rounded(offsets)}

    def kept(self, texts: list[str], rate: float, size: int, **more: Any) -> dict[str, Any]:
        start, target, answer = self._thinned(texts, rate, size, **more)
        mask = _mask(answer)
        assert sum(mask[start:]) == len(answer["result"][0][0]), "the watch lost track"
        return {"target": target, "start": start, "count": answer["count"], "mask": _packed(mask)}

    def decisions(self, texts: list[str], rate: float, size: int, **more: Any) -> dict[str, Any]:
        """Of every token that was decided on: whether it was kept, its own value and that of the token behind it."""
        *_, answer = self._thinned(texts, rate, size, **more)
        kept = set(answer["kept"])
        judged = [(place in kept, own, behind) for place, behind, own in answer["judged"]]
        return {
            "kept": "".join(str(int(k)) for k, *_ in judged),
            "own": _rounded([own for _, own, _ in judged]),
            "next": _rounded([behind for *_, behind in judged]),
        }

    def _thinned(self, texts: list[str], rate: float, size: int, **more: Any) -> tuple[int, float, Any]:
        """The length of the prefix, the tokens to keep, and what the token level answered."""
        documents = [cases.text_of(name) for name in texts]
        total = sum(self.call("get_token_length", text=d, add_special_tokens=False)["result"] for d in documents)
        start, target = 0, round(rate * total, 3)
        context = documents
        if question := more.get("question"):
            context = [cases.QUESTIONS[question], *documents]
            start = self.call("get_prefix_length", prefix=context[0] + "\n\n", text=context[1])["result"]
        answer = self.call(
            "iterative_compress_prompt",
            do="kept",
            context=context,
            target_token=target,
            iterative_size=size,
            start=start,
            dynamic_ratio=more.get("offsets", [0.0] * len(documents)),
            condition_compare=more.get("compare", False),
        )
        return start, target, answer

    def recover(self, original: str, compressed: str, response: str) -> Any:
        named = {"original_prompt": cases.text_of(original), "compressed_prompt": compressed, "response": response}
        return self.call("recover", **named)["result"]

    def compress(self, texts: list[str], **named: Any) -> dict[str, Any]:
        asked = cases.QUESTIONS[named.pop("question")] if "question" in named else ""
        answer = self.call(
            "compress_prompt", do="kept", context=[cases.text_of(name) for name in texts], question=asked, **named
        )
        mask = {"count": answer["count"], "mask": _packed(_mask(answer))} if answer["count"] else {}
        return {"prompt": answer["result"]["compressed_prompt"], **mask}

    def structured(self, context: list[str], iterative_size: int = 200) -> dict[str, Any]:
        plain, *said = self.call("segment_structured_context", context=context, global_rate=0.5)["result"]
        segments = [
            [(len(text), rate, compress) for text, rate, compress in zip(*columns, strict=True)]
            for columns in zip(*said, strict=True)
        ]
        ratios = self.call(
            "get_structured_dynamic_compression_ratio",
            context=plain,
            iterative_size=iterative_size,
            dynamic_ratio=[0.0] * len(plain),
            start=0,
            seg_info=segments,
        )["result"]
        answer = self.call(
            "structured_compress_prompt",
            do="kept",
            context=context,
            rate=0.5,
            iterative_size=iterative_size,
            use_context_level_filter=False,
        )
        found = {"plain": plain, "segments": segments, "ratios": ratios}
        mask = {"count": answer["count"], "mask": _packed(_mask(answer))}
        return found | {"prompt": answer["result"]["compressed_prompt"]} | mask

    def adherence(self, length: int, rate: float) -> dict[str, Any]:
        text = " ".join(cases.MEETING[2000:].split())[: 4 * length]
        ids = self.call("get_token_length", text=text, add_special_tokens=False)["result"]
        while ids > length:  # characters go until as many tokens are left as were asked for
            text = text[: -max(1, (ids - length) * 2)]
            ids = self.call("get_token_length", text=text, add_special_tokens=False)["result"]
        answer = self.call("compress_prompt", do="kept", context=[text], rate=rate)
        return {"tokens": ids, "rate": rate, "kept": len(answer["kept"])}


def _mask(answer: dict[str, Any]) -> list[int]:
    kept = set(answer["kept"])
    return [int(place in kept) for place in range(answer["count"])]


def _packed(mask: list[int]) -> str:
    """The mask in hexadecimal digits, four tokens each, the first in the highest bit."""
    padded = [*mask, *([0] * (-len(mask) % 4))]
    return "".join(f"{int(''.join(map(str, padded[i : i + 4])), 2):x}" for i in range(0, len(padded), 4))


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 5) for value in values]


def _compact(golden: dict[str, Any]) -> str:
    """JSON with one case a line, so that a change shows as one."""
    parts = []
    for name, value in golden.items():
        lines = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in value)
        parts.append(f'"{name}":[\n{lines}\n]')
    return "{" + ",\n".join(parts) + "}\n"


if __name__ == "__main__":
    main()
