"""`tamis doctor`: is everything in place? Looks at each part by itself, and goes on past what is broken."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module, metadata
from importlib.util import find_spec
from time import perf_counter

from tamis import __version__
from tamis.edge.cli.command import Arguments, describe
from tamis.errors import install

PACKAGES = {  # imported as -> installed as
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "tokenizers": "tokenizers",
    "tiktoken": "tiktoken",
    "regex": "regex",
    "rich": "rich",
    "shtab": "shtab",
    "Stemmer": "PyStemmer",
    "budoux": "budoux",
    "dateparser": "dateparser",
    "safetensors": "safetensors",
}
EXTRAS = {  # extra -> (what it must bring, what it is good for)
    "torch": (("torch", "transformers"), "other people's token classifiers"),
    "gguf": (("torch", "transformers", "gguf", "accelerate"), "models in files of llama.cpp"),
    "remote": (("httpx",), "models and teachers behind a server"),
    "postgres": (("psycopg",), "memories on a PostgreSQL server"),
    "encrypted": (("sqlcipher3",), "memories encrypted at rest"),
    "code": (("tree_sitter", "tree_sitter_python"), "source code as a form, in twelve languages"),
    "screen": (("PIL", "rapidocr", "cv2"), "screenshots"),
    "yaml": (("yaml",), "YAML as a form"),
    "mcp": (("mcp",), "tools for agents"),
    "litellm": (("litellm",), "its callback"),
    "langchain": (("langchain",), "its documents and agents"),
    "llama-index": (("llama_index",), "its nodes and memory"),
    "autogen": (("autogen_core",), "its model contexts"),
    "agent-framework": (("agent_framework",), "its chat middleware"),
    "promptflow": (("promptflow",), "its tools"),
    "train": (("torch", "transformers", "onnx"), "making models: the embedded ones anew, and your own"),
}
DISTRIBUTIONS = {
    "sqlcipher3": "sqlcipher3-wheels",
    "yaml": "pyyaml",
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "llama_index": "llama-index-core",
    "autogen_core": "autogen-core",
    "agent_framework": "agent-framework-core",
    "promptflow": "promptflow-core",
}  # imported as -> installed as, of extras
SAMPLE = (
    "The harbour committee met on Tuesday, 14 March 2023, to look again at the plan for the north quay. Ms. Aalto said "
    "that the dredging had cost 1,280,000 euros so far, which was not within the budget. It was agreed that no further "
    "work would be ordered before the survey is in; she will write to the contractor by Friday. "
)
EXAMPLES = """\
examples:
  tamis doctor
  tamis doctor && echo all is well"""


@dataclass(frozen=True, slots=True)
class Check:
    """What came of looking at one part; `hint` says what to do if it is broken."""

    part: str
    says: str
    ok: bool = True
    hint: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """`tamis doctor` has no options."""
    describe(parser, epilog=EXAMPLES)


def run(arguments: Arguments) -> int:
    """Print every check as it is done; return 1 if any failed."""
    broken = 0
    for check in checks(debug=arguments.debug):
        broken += not check.ok
        print(f"{'ok    ' if check.ok else 'BROKEN'}  {check.part:<12}  {check.says}", flush=True)
        if check.hint:
            print(f"{'':8}{'':12}  {check.hint}")
    for extra in EXTRAS:
        print(f"{'extra ':6}  {extra:<15}  {_extra(extra)}")
    print("Everything is in place." if not broken else f"{broken} of the checks failed; what to do stands behind each.")
    return 1 if broken else 0


def checks(*, debug: bool = False) -> Iterator[Check]:
    """Yield what came of looking at each part."""
    yield _python()
    for module, package in PACKAGES.items():
        yield _guarded(package, partial(_package, module), f"pip install --force-reinstall {package}", debug=debug)
    yield _guarded("weights", _weights, "pip install --force-reinstall tamis", debug=debug)
    yield _guarded(
        "compression", _compression, "Look at what is broken above; --debug shows where this comes from.", debug=debug
    )
    yield Check("threads", _threads())


def _guarded(part: str, look: Callable[[], str], hint: str, *, debug: bool) -> Check:
    """Run one check; whatever it raises is what is broken: a half-installed package can raise anything."""
    try:
        return Check(part, look())
    except Exception as error:
        if debug:
            raise
        return Check(part, f"{type(error).__name__}: {error}", ok=False, hint=hint)


def _python() -> Check:
    says = f"{platform.python_version()} ({platform.machine()}), tamis {__version__}"
    return Check("python", says, ok=sys.version_info >= (3, 10), hint="")


def _package(module: str) -> str:
    import_module(module)
    return metadata.version(PACKAGES[module])


def _weights() -> str:
    """Hash the embedded models' files."""
    from tamis.models import models, verify

    cards = models()
    if not cards:
        raise FileNotFoundError("no embedded model is installed")
    for info in cards:
        verify(info)
    return ", ".join(f"{info.name}: sha256 as on its card ({info.size / 1e6:.1f} MB)" for info in cards)


def _compression() -> str:
    """Compress a page of text to a third; say how long a second time takes, when all is loaded."""
    from tamis.prompt import compress

    text = SAMPLE * 6
    started = perf_counter()
    first = compress(text, rate=0.33)
    middle = perf_counter()
    result = compress(text, rate=0.33)
    seconds = perf_counter() - middle
    if result.text != first.text or result.tokens > 0.33 * result.original_tokens:
        raise AssertionError(f"a wrong result: {result.tokens} of {result.original_tokens} tokens")
    return (
        f"{result.original_tokens:,} -> {result.tokens:,} tokens in {1000 * seconds:.0f} ms "
        f"(the first time {middle - started:.2f} s)"
    )


def _threads() -> str:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{usable} of {os.cpu_count()} processors can be used (--threads N for fewer)"


def _extra(extra: str) -> str:
    needed, use = EXTRAS[extra]
    if all(find_spec(package) for package in needed):
        return ", ".join(f"{package} {metadata.version(DISTRIBUTIONS.get(package, package))}" for package in needed)
    return f"not installed; for {use}: {install(extra)}"
