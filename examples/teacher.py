"""A stand-in for a teacher: an OpenAI-compatible server that shortens by a rule, and fails as real ones do.

    python examples/teacher.py --port 8765 --faults 0.2

Rehearse `tamis distill` with it before you pay: it drops function words, now and then changes a word or adds a remark,
and with `--faults` answers some requests with 429, 500, nonsense, silence or a cut line. It keeps the idempotency keys
that it has seen, bills each once, and writes down what it did. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_WORDS = """
    a an the and or but so that this these those of in on at to for with from by as is are was were be been being am it
    its he she they we you i his her their our your my have has had do does did will would can could may might shall
    should must there here then than very just well also um uh okay yeah right like really quite some any
"""
FUNCTION_WORDS = frozenset(_WORDS.split())
FAULTS = ("429", "500", "nonsense", "silence", "cut")


@dataclass
class Rule:
    """What the teacher does.

    Attributes:
        faults: share of first tries that fail; a second try of the same key always succeeds.
        slips: share of answers with a changed word or a remark.
        latency: seconds before an answer. silence: seconds before a line that stays silent is cut.
        log: file to which every event is appended.
    """

    faults: float = 0.0
    slips: float = 0.1
    latency: float = 0.0
    silence: float = 5.0
    log: Path | None = None
    billed: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, event: str) -> None:
        """Write down what happened to a request."""
        with self.lock:
            self.events.append((key, event))
            if self.log:
                with self.log.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps([key, event]) + "\n")

    def fault(self, key: str) -> str:
        """How this request fails; "" if it does not. Fixed by its key, so that every run meets the same."""
        with self.lock:
            tried = any(known == key for known, _ in self.events)
        return "" if tried or chance(key, "fault") >= self.faults else FAULTS[int(5 * chance(key, "kind"))]

    def answer(self, key: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The completion for a request; one that was billed before costs nothing now."""
        with self.lock:
            if key not in self.billed:
                self.billed[key] = completion(asked, slips=self.slips)
            return self.billed[key]


def chance(*parts: str) -> float:
    """A number from 0 to 1 that depends on the parts only."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:6], "big") / 2**48


def shorten(text: str, *, slips: float = 0.0) -> str:
    """The text without function words; with slips, sometimes not quite."""
    words = [word for word in text.split() if re.sub(r"\W", "", word).lower() not in FUNCTION_WORDS]
    if chance(text, "slip") < slips and words:
        at = int(chance(text, "where") * len(words))
        words[at] = "something" if chance(text, "which") < 0.5 else words[at][::-1]
    return " ".join(words)


def completion(asked: dict[str, Any], *, slips: float) -> dict[str, Any]:
    """What an OpenAI-compatible server answers; tokens are counted as words."""
    text = asked["messages"][-1]["content"]
    said = shorten(text, slips=slips)
    heard = sum(len(message["content"].split()) for message in asked["messages"])
    usage = {"prompt_tokens": heard, "completion_tokens": len(said.split())}
    choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
    return {"object": "chat.completion", "model": asked["model"], "choices": [choice], "usage": usage}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    rule: Rule

    def do_POST(self) -> None:
        """Answer a request, or fail at it."""
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        if len(body) < size:  # the client was killed while it spoke
            self.close_connection = True
            return
        if not self.path.endswith("/chat/completions"):
            self.send(404, {"error": {"message": f"no such path {self.path}"}})
            return
        key = self.headers.get("Idempotency-Key") or hashlib.sha256(body).hexdigest()
        fault = self.rule.fault(key)
        time.sleep(self.rule.latency)
        if fault:
            self.rule.note(key, fault)
            self.fail(fault)
            return
        made = self.rule.answer(key, json.loads(body))
        self.rule.note(key, "answered")
        self.send(200, made)

    def fail(self, fault: str) -> None:
        """Fail in one of five ways."""
        if fault == "429":
            self.send(429, {"error": {"message": "too many requests"}}, {"Retry-After": "0.05"})
        elif fault == "500":
            self.send(500, {"error": {"message": "something broke"}})
        elif fault == "nonsense":
            self.send(200, {"choices": []})
        else:
            if fault == "silence":
                time.sleep(self.rule.silence)
            self.close_connection = True

    def send(self, status: int, made: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        """Send JSON."""
        data = json.dumps(made).encode()
        self.send_response(status)
        ours = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        for name, value in {**ours, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def handle(self) -> None:
        """Serve; a client that is gone is no error here."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: what matters is in the rule's log."""


@contextmanager
def served(rule: Rule, port: int = 0) -> Iterator[str]:
    """Serve on this machine while this holds; gives the address that `--teacher` takes."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (Handler,), {"rule": rule}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1#rule"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that fail at first")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before an answer")
    parser.add_argument("--log", type=Path, help="append every event to this file")
    given = parser.parse_args()
    rule = Rule(faults=given.faults, latency=given.latency, log=given.log)
    with served(rule, given.port) as address:
        print(f"serving; use --teacher {address}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"{len(rule.billed):,} answers billed, {len(rule.events):,} requests")


if __name__ == "__main__":
    main()
