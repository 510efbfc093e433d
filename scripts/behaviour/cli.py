"""The command, run in this process: help, compress, models, doctor, and what it refuses.

Memories are in `cli_memory`, benchmarks in `bench`, distilling in `distill`.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from .inputs import BURN, DOCUMENTS, ENGLISH, METHODS, QUESTIONS, TEXTS
from .outcomes import Calls
from .places import EXAMPLES, resolve

HELPS = (
    "", "compress", "rank", "distill", "distill run", "distill ask", "distill label", "distill train", "distill export",
    "distill status", "remember", "recall", "memory", "memory ls", "memory show", "memory forget", "memory export",
    "memory import", "memory stats", "memory check", "memory expire", "memory reembed", "bench", "bench scbench",
    "models", "doctor",
)  # fmt: skip
TAGGED = "<llmlingua, compress=False>Do not guess.</llmlingua> <llmlingua, rate=0>Never mind.</llmlingua>"


def command(*arguments: object, stdin: str = "") -> dict[str, Any]:
    """Exit code, stdout and stderr of `tamis ARGUMENTS`, run in this process."""
    buffers = io.BytesIO(), io.BytesIO()
    out, err = map(_stream, buffers)
    entry = _stream(io.BytesIO(stdin.encode("utf-8", "surrogatepass")))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.object(sys, "stdin", entry):
        code = resolve("cli")([str(argument) for argument in arguments])
    stdout, stderr = (buffer.getvalue().decode("utf-8", "replace") for buffer in buffers)
    return {"code": code, "stdout": stdout, "stderr": stderr}


def _stream(buffer: io.BytesIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(buffer, encoding="utf-8", write_through=True)


def command_and_file(path: Path, *arguments: object, stdin: str = "") -> dict[str, Any]:
    """The same, and what then stands in a file."""
    reply = command(*arguments, stdin=stdin)
    return {**reply, "file": path.read_text(encoding="utf-8") if path.exists() else None}


def commanding(folder: Path) -> Calls:
    """Help, compress, models, doctor, errors."""
    for name in HELPS:
        yield f"help/{name}", partial(command, *name.split(), "--help")
    yield "nothing", command
    yield "version", lambda: re.sub(r"\d+\.\d+\S*", "<version>", command("--version")["stdout"])
    yield "models", partial(command, "models")
    yield "models/json", partial(command, "models", "--json")
    yield "doctor", lambda: re.sub(r"\d+\.\d+\S*|\d+", "<n>", command("doctor")["stdout"])
    yield from _compressions(folder)
    yield from _wrong(folder)


def _compressions(folder: Path) -> Calls:
    small, several = _files(folder)
    for label, arguments in {**_texts(small), **_documents(several), **_methods(small)}.items():
        yield f"compress/{label}", partial(command, "compress", *arguments)
    for name in ("en", "zh", "emoji", "empty", "blank"):
        yield f"compress/stdin/{name}", partial(command, "compress", "-r", "0.5", stdin=TEXTS[name])
    yield "compress/tags", partial(command, "compress", "--tags", "-r", "0.5", stdin=TAGGED)
    page, text, out = folder / "p.html", folder / "o.txt", folder / "short"
    yield "compress/page", partial(command_and_file, page, "compress", small, "--html", page)
    yield "compress/file", partial(command_and_file, text, "compress", small, "-o", text, "--json")
    batch = ("compress", *several, folder / "no.md", "--out", out)
    yield "compress/batch", partial(command_and_file, out / "d1.md", *batch)
    yield "compress/batch json", partial(command, "compress", *several, "--out", out, "--json")


def _files(folder: Path) -> tuple[Path, list[Path]]:
    small = folder / "small.txt"
    small.write_text(ENGLISH, encoding="utf-8")
    for number, text in enumerate(DOCUMENTS):
        (folder / f"d{number}.md").write_text(text, encoding="utf-8")
    return small, [folder / f"d{number}.md" for number in range(3)]


def _texts(small: Path) -> dict[str, list[object]]:
    meeting = EXAMPLES / "meeting.txt"
    return {
        "meeting": [meeting, "--rate", "0.33"],
        "tokens": [meeting, "--tokens", 400, "-q", "Who researches ACD chat options?"],
        "json": [small, "--rate", "0.2", "--keep", r"Ok\w+", "--json"],
        "percent": [small, "-r", "33%"],
        "show": [small, "-r", "0.5", "--show"],
        "threshold": [small, "--threshold", "0.5"],
        "quiet": [small, "--quiet"],
        "detectors": [small, "--detectors", "numbers,names"],
        "bare": [small, "--no-protect"],
        "words": [small, "--tokenizer", "words"],
        "seed": [small, "--method", "random", "--seed", 3],
        "knobs": [small, "--pool", "max", "--no-clean", "--threads", 1],
        "segment": [small, "--method", "llmlingua", "--segment", 50],
    }


def _documents(several: list[Path]) -> dict[str, list[object]]:
    return {
        "documents": [*several, "-t", 40, "-q", BURN, "--order", "sort"],
        "ranker": [*several, "-q", BURN, "--ranker", "bm25"],
        "dynamic": [*several, "-q", BURN, "--dynamic", "0.4"],
        "min words": [*several, "-q", BURN, "--min-words", 5],
    }


def _methods(small: Path) -> dict[str, list[object]]:
    return {method: [small, "--method", method, "-q", QUESTIONS["en"]] for method in METHODS}


def _wrong(folder: Path) -> Calls:
    bad, nul = folder / "bad.bin", folder / "nul.txt"
    bad.write_bytes(b"abc \xff\xfe def")
    nul.write_bytes(b"abc\x00def")
    small = folder / "small.txt"
    for label, arguments in {**_wrong_compressions(folder, small), **_wrong_commands(folder, small)}.items():
        yield f"wrong/{label}", partial(command, *arguments)


def _wrong_compressions(folder: Path, small: Path) -> dict[str, list[object]]:
    return {
        "option": ["compress", small, "--ratio", 2],
        "rate": ["compress", small, "-r", 33],
        "rate text": ["compress", small, "-r", "third"],
        "missing": ["compress", folder / "no.txt"],
        "folder": ["compress", folder],
        "method": ["compress", small, "--method", "autom"],
        "two": ["compress", small, "-r", 0.5, "-t", 5],
        "bytes": ["compress", folder / "bad.bin"],
        "nul": ["compress", folder / "nul.txt"],
        "keep": ["compress", small, "--keep", "("],
        "detector": ["compress", small, "--detectors", "nombers"],
        "question": ["compress", small, "--method", "bm25-sentences"],
        "same": ["compress", small, "-o", small],
        "nowhere": ["compress", small, "-o", folder / "no" / "x"],
        "large": ["compress", small, "--max-mb", 0],
        "clash": ["compress", small, "--out", folder, "--show"],
        "both": ["compress", small, "--show", "--json"],
        "pinned": ["compress", small, "-t", 2, "--keep", "Okafor"],
        "tokenizer": ["compress", small, "--tokenizer", "gpt-0"],
        "model": ["compress", small, "--method", "llmlingua2", "--model", "minni"],
        "ranker": ["compress", small, "-q", "a", "--ranker", "bm52"],
    }


def _wrong_commands(folder: Path, small: Path) -> dict[str, list[object]]:
    ask = ["distill", "ask", small, "--out", folder / "w", "--teacher"]
    return {
        "command": ["squeeze"],
        "tasks": ["bench", "scbench", "--tasks", "kw"],
        "methods": ["bench", "scbench", "--methods", "snapvk"],
        "bench": ["bench"],
        "memory": ["memory"],
        "distill": ["distill"],
        "recall": ["recall"],
        "rank": ["rank", small],
        "teacher": [*ask, "nonsense"],
        "body": [*ask, "http://127.0.0.1:1/v1#m", "--body", "{bad"],
        "agreed": [*ask, "http://127.0.0.1:1/v1#m"],
        "status": ["distill", "status", folder / "nowhere"],
        "label": ["distill", "label", folder / "nowhere"],
    }
