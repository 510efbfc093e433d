"""Drive the perplexity path of the `llmlingua` package in an environment of its own. Knows nothing of tamis.

Reads one JSON request a line from stdin, answers one JSON line on stdout:

    {"do": "load", "path": FOLDER, "threads": 1}
    {"do": "call", "name": "get_rank_results", "arguments": {...}}     -> result, seconds
    {"do": "kept", "name": "compress_prompt", "arguments": {...}}      -> result, seconds, and what was kept
    {"do": "cached", "text": "...", "at": 20}                          -> losses of a text read in two parts

An exception of the package comes back as {"error": "ValueError: ..."}. tiktoken's vocabulary is a download, so the
counter of `reference` stands in; it fills the reported token counts and decides nothing on this path.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from reference import _Counter


class Reference:
    """The package's compressor, and which positions of its input its last call kept."""

    def __init__(self, path: str, threads: int) -> None:
        import tiktoken
        import torch

        torch.set_num_threads(threads)
        tiktoken.encoding_for_model = lambda _name: _Counter()
        from llmlingua import PromptCompressor

        self.compressor = PromptCompressor(path, device_map="cpu")
        self.compressor.model.eval()

    def call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        start = time.perf_counter()
        result = getattr(self.compressor, name)(**arguments)
        return {"result": plain(result), "seconds": time.perf_counter() - start}

    def kept(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The call's result with the positions that its token level kept, counted from the prefix's first token."""
        with Watch(self.compressor) as watch:
            answer = self.call(name, arguments)
        return answer | {"count": watch.count, "kept": watch.positions(), "judged": watch.judged}

    def cached(self, text: str, at: int) -> dict[str, Any]:
        """Losses of the tokens after the first `at`, read behind the cache of the first `at`."""
        coded = self.compressor.tokenizer(text, return_tensors="pt")
        ids, mask = coded["input_ids"], coded["attention_mask"]
        both = {"input_ids": ids, "attention_mask": mask, "return_kv": True}
        _, past = self.compressor.get_ppl("", "token", end=at, **both)
        losses, _ = self.compressor.get_ppl("", "token", past_key_values=past, **both)
        return {"result": plain(losses)}


class Watch:
    """Follows tokens through the package's token level.

    The package carries a row of flags along with its tokens (1 = keep, 0 = ordinary) and cuts it like them. With the
    numbers of the positions, plus 2, in that row, no flag means anything to it, and what is left says what was kept.

    Attributes:
        count: tokens of the input.
        judged: position, and the values at its number and at the number before, of every token that was decided on.
    """

    def __init__(self, compressor: Any) -> None:
        self._compressor = compressor
        self._row: Any = None
        self.judged: list[tuple[int, float, float]] = []
        self._gone: list[int] = []
        self.count = 0

    def positions(self) -> list[int]:
        return [*self._gone, *(int(flag) - 2 for flag in (() if self._row is None else self._row))]

    def _step(self, *given: Any, **named: Any) -> Any:
        import torch

        row = named.get("keep_flag")
        if row is None:
            self.count = given[1].shape[1]
            row = torch.arange(2, self.count + 2)
        elif self._row is not None:  # tokens that have left the window leave at the front
            self._gone += [int(flag) - 2 for flag in self._row[: len(self._row) - len(row)]]
        self._note(row, given[0], given[3], named)
        answer = self._inner(*given, **named | {"keep_flag": row})
        self._row = answer[2]
        return answer

    def _note(self, row: Any, loss: Any, end: int, named: dict[str, Any]) -> None:
        """Position, loss under its own number and under the one before, for each token that is decided on now."""
        start, alone = named.get("start", 0), named.get("self_loss")
        values = loss[start:] if alone is None else alone[: len(loss) - start] - loss[start:]
        for place in range(max(end - named["iterative_size"], start + 1), min(end, len(loss))):
            self.judged.append((int(row[place]) - 2, float(values[place - start]), float(values[place - start - 1])))

    def __enter__(self) -> Watch:
        self._inner: Callable[..., Any] = self._compressor.get_compressed_input
        self._compressor.get_compressed_input = self._step
        return self

    def __exit__(self, *_: object) -> None:
        del self._compressor.get_compressed_input


def plain(value: Any) -> Any:
    """The value in what JSON knows."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def serve() -> None:
    """Answer requests until stdin ends; whatever the package prints goes to stderr."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    loaded: Reference | None = None
    for line in sys.stdin:
        request = json.loads(line)
        do = request.pop("do")
        try:
            if do == "load":
                loaded, answer = Reference(**request), {}
            else:
                assert loaded is not None, "load a model first"
                answer = getattr(loaded, do)(**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    serve()
