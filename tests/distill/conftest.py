"""A teacher that is a real server on this machine, texts to ask it about, and a tiny encoder."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tamis.distill.chunk import Chunk, NamedText, cut
from tamis.distill.cost import Meter
from tamis.distill.teacher import Teacher, endpoint
from tamis.distill.wording import TeacherPrompt
from tamis.text.counting import counter

_NEEDED = ("torch", "onnx", "safetensors", "httpx")
collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["test_*.py"]

ROOT = Path(__file__).resolve().parents[2]
MEETING = (ROOT / "examples" / "meeting.txt").read_text(encoding="utf-8")


def example(name: str) -> ModuleType:
    """A program of the folder examples/, as a module."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


teacher_server = example("teacher")


def documents(count: int, size: int = 700) -> list[NamedText]:
    """Parts of a real transcript, a document each."""
    return [NamedText(f"part-{n}", MEETING[n * size : (n + 1) * size]) for n in range(count)]


def some_chunks(count: int, limit: int = 64) -> list[Chunk]:
    made = cut(documents(count), counter("o200k_base"), limit)
    assert len(made) >= count
    return made[:count]


def asking(address: str, **settings: Any) -> Teacher:
    """A teacher at this address that does not wait long."""
    url, model = endpoint(address)
    patience = {"timeout": 5.0, "pause": 0.01, **settings}
    return Teacher(url, Meter(TeacherPrompt(model), counter("o200k_base")), **patience)


@dataclass
class Reply:
    """What a scripted server answers to one request."""

    status: int = 200
    body: bytes | None = None  # None: a completion that keeps every other word
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass
class Script:
    """A server that answers what it is told to, request by request, and remembers what it was asked."""

    replies: Callable[[int], Reply]
    seen: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def completion(text: str, **more: Any) -> bytes:
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice], **more}).encode()


@contextmanager
def scripted(replies: Callable[[int], Reply]) -> Iterator[tuple[Script, str]]:
    """Serve a script; gives it and its address."""
    script = Script(replies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"script": script}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script, f"http://127.0.0.1:{server.server_port}/v1#scripted"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_POST(self) -> None:
        script = self.script
        size = int(self.headers["Content-Length"])
        data = self.rfile.read(size)
        if len(data) < size:  # the client was killed while it spoke
            self.close_connection = True
            return
        asked = json.loads(data)
        with script.lock:
            number = len(script.seen)
            script.seen.append(asked)
            script.headers.append(dict(self.headers))
            script.inside += 1
            script.most_inside = max(script.most_inside, script.inside)
        reply = script.replies(number)
        threading.Event().wait(reply.delay)
        with script.lock:
            script.inside -= 1
        body = reply.body
        if body is None:
            body = completion(" ".join(asked["messages"][-1]["content"].split()[::2]))
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers without a head, random weights."""
    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    made: Path = example("distill").tiny_encoder(folder, MEETING.splitlines())
    return made
