"""Record what the public face of tamis does, and compare: for refactorings, which must change none of it.

    PYTHONPATH=TREE/src python scripts/behaviour record before.json
    PYTHONPATH=OTHER/src python scripts/behaviour compare before.json     # exit code 1 where something differs

Hundreds of calls, each with an id such as `compress/auto/en/0.33`; of each the outcome: what came back, or the error's
type and message. Long values are kept as a digest and their first characters (`--full` keeps them whole). Floats are
rounded to 6 significant digits, to 5 where torch computed them; times, versions, temporary and absolute paths are
masked. `--only PREFIX` makes some of the calls. The inputs lie beside this program, whichever tree is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .attention import prefilling
from .bench import benching
from .cache import caching
from .cli import commanding
from .cli_memory import commanding_memories
from .compress import compressing, compressing_many, refusing
from .core import selecting
from .counting import counting
from .distill import distilling
from .documents import arranging, structuring
from .faces import faces
from .llmlingua import compressing_prompts
from .memory import remembering
from .memory_settings import setting_up
from .models import modelling
from .outcomes import Calls, Outcomes, masks, outcome, shortened
from .places import ROOT, resolve
from .plans import planning
from .protect import protecting
from .ranking import ranking, recovering
from .search import searching
from .secom import managing
from .talks import importing
from .views import viewing

GROUPS: dict[str, Callable[[Path], Calls]] = {
    "api": faces,
    "compress": compressing,
    "protect": protecting,
    "tokenizer": counting,
    "documents": arranging,
    "sections": structuring,
    "many": compressing_many,
    "refused": refusing,
    "rank": ranking,
    "recover": recovering,
    "view": viewing,
    "core": selecting,
    "import": importing,
    "memory": remembering,
    "memory-made": setting_up,
    "attention": prefilling,
    "plan": planning,
    "search": searching,
    "cache": caching,
    "models": modelling,
    "llmlingua": compressing_prompts,
    "secom": managing,
    "cli": commanding,
    "cli-memory": commanding_memories,
    "bench": benching,
    "distill": distilling,
}
TORCH = ("attention", "plan", "search", "cache", "models", "bench", "distill")


def main(arguments: Sequence[str] | None = None) -> int:
    """Record or compare; 1 where something differs."""
    options = _parser().parse_args(arguments)
    path = options.file.resolve()
    if options.command == "record":
        calls = _outcomes_at_home(options.only, full=options.full)
        recording = {"full": options.full, "calls": calls}
        path.write_text(json.dumps(recording, ensure_ascii=True, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    recording = json.loads(path.read_text(encoding="utf-8"))
    after = json.loads(json.dumps(_outcomes_at_home(options.only, full=recording.get("full", options.full))))
    before = {call: value for call, value in recording["calls"].items() if call.startswith(options.only)}
    return int(print_differences(before, after) > 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="behaviour", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("record", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", default="", metavar="PREFIX", help="calls whose id begins so")
    parser.add_argument("--full", action="store_true", help="keep long values whole (compare: as recorded)")
    return parser


def _outcomes_at_home(only: str, *, full: bool) -> Outcomes:
    """The outcomes of calls made in a home of their own."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        prepare(home)
        calls = outcomes(only, full=full)
        os.chdir(ROOT)
    _log(f"{len(calls)} calls in {time.perf_counter() - start:.0f} s of {resolve('tamis').__file__}")
    return calls


def prepare(home: str) -> None:
    """Make the surroundings the same everywhere: no terminal, no network, nobody's own settings."""
    os.environ |= {
        "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error",
        "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HOME": home, "XDG_DATA_HOME": home, "TZ": "UTC",
    }  # fmt: skip
    for name in ("OPENAI_API_KEY", "CO_API_KEY", "VOYAGE_API_KEY", "TAMIS_MEMORY", "TAMIS_SCOPE", "FORCE_COLOR"):
        os.environ.pop(name, None)
    os.chdir(home)


def outcomes(only: str = "", *, full: bool = False) -> Outcomes:
    """Make the calls; the outcomes by id of those whose id begins with `only`."""
    calls: Outcomes = {}
    for group in GROUPS:
        if not group.startswith(only.partition("/")[0]):
            continue
        start = time.perf_counter()
        group_calls = _group_outcomes(group, full=full)
        calls |= {call: value for call, value in group_calls.items() if call.startswith((only, f"{group}/!"))}
        _log(f"{group:12} {len(calls):5} calls so far, {time.perf_counter() - start:6.1f} s")
    return calls


def _group_outcomes(group: str, *, full: bool) -> Outcomes:
    """All calls of a group, for some prepare the next."""
    calls: Outcomes = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        mask = masks(folder)
        try:
            for label, work in GROUPS[group](folder):
                assert f"{group}/{label}" not in calls, f"two calls are named {group}/{label}"
                result = outcome(work, 5 if group in TORCH else 6, mask)
                calls[f"{group}/{label}"] = result if full else shortened(result)
        except (ImportError, AttributeError, TypeError) as error:  # no such name: the calls after it are missing
            calls[f"{group}/!"] = {"error": type(error).__name__, "message": mask(str(error))}
    return calls


def print_differences(before: Outcomes, after: Outcomes) -> int:
    """Print what differs, both sides; how many calls."""
    different = [call for call in {**before, **after} if before.get(call) != after.get(call)]
    for call in different:
        print(call)
        _print_side("-", before.get(call, "no such call"))
        _print_side("+", after.get(call, "no such call"))
    print(f"{len(different)} of {len({**before, **after})} calls differ")
    return len(different)


def _print_side(sign: str, value: Any) -> None:
    print(f"  {sign} {json.dumps(value, ensure_ascii=False, sort_keys=True)[:2000]}")


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
