"""Other packages that shorten results of tools, where they are installed: each by its own call, to what it likes.

None of them takes a budget; `run` asks tamis for as many tokens as each left. They are not dependencies of tamis:
`pip install headroom-ai distil-llm` beside it; `rtk` is a program on the path.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.bench.traces.tasks import TraceTask
from tamis.errors import MissingExtra
from tamis.io.files import write

RTK = {
    "code": "read",
    "log": "log",
    "json": "json",
}  # kind -> its command that takes a file; others run tools themselves
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Peer:
    """A package.

    Attributes:
        module: whose presence tells that it is installed; "" for a program.
        program: on the path; "" for a package.
        install: how to get it.
        shorten: what it makes of a result.
    """

    module: str
    program: str
    install: str
    shorten: Callable[[TraceTask], str]

    def installed(self) -> bool:
        """Whether it can be called."""
        if self.module:
            return importlib.util.find_spec(self.module) is not None
        return shutil.which(self.program) is not None


def messages(task: TraceTask) -> list[dict[str, Any]]:
    """The task, a call of a tool and its result, in the form of OpenAI's chats."""
    call = {"id": "call_1", "type": "function", "function": {"name": f"read_{task.kind}", "arguments": "{}"}}
    return [
        {"role": "user", "content": task.task},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": task.text},
    ]


def _headroom(task: TraceTask) -> str:
    compress = importlib.import_module("headroom").compress
    return _last(compress(messages(task), protect_recent=0).messages)


def _distil(task: TraceTask) -> str:
    compress = importlib.import_module("distil").compress_messages
    return _last(compress(messages(task)).messages)


def _last(chat: list[Any]) -> str:
    """The text of the result in a chat."""
    content = chat[-1]["content"]
    return content if isinstance(content, str) else "\n".join(str(part.get("text", "")) for part in content)


def _rtk(task: TraceTask) -> str:
    if task.kind not in RTK:
        return task.text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"result.{task.kind}"
        write(path, task.text.encode())
        words = ["rtk", RTK[task.kind], str(path)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout if done.returncode == 0 else task.text


PEERS: Mapping[str, Peer] = {
    "headroom-ai": Peer("headroom", "", "pip install headroom-ai", _headroom),
    "distil-llm": Peer("distil", "", "pip install distil-llm", _distil),
    "rtk": Peer("", "rtk", "see its documentation", _rtk),
}


def installed_peers() -> tuple[str, ...]:
    """Names of those that can be called."""
    return tuple(name for name, peer in PEERS.items() if peer.installed())


def needed(name: str) -> Peer:
    """A peer that was asked for.

    Raises:
        MissingExtra: it is not installed.
    """
    peer = PEERS[name]
    if not peer.installed():
        raise MissingExtra(f"{name} is not installed.", hint=f"Beside tamis: {peer.install}.")
    return peer
