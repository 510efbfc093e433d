"""A real HTTP server of OpenAI's completions on 127.0.0.1, whose model is the oracle; it can misbehave on request."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from tests.models.tiny_lms import Oracle

WORDS = re.compile(r" ?\w+|\s|[^\w\s]", re.S)


def byte_level_name(token: bytes) -> str:
    """GPT-2's alphabet, by its own rule: bytes that print stand for themselves, the others for 256 and on."""
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = {byte: chr(256 + n) for n, byte in enumerate(b for b in range(256) if b not in printing)}
    return "".join(hidden.get(byte, chr(byte)) for byte in token)


NAMES = {
    "text": lambda token: token.decode(errors="replace"),
    "openai": lambda t: t.decode() if t.isascii() else "bytes:" + "".join(f"\\x{byte:02x}" for byte in t),
    "sentencepiece": lambda t: t.decode().replace(" ", "▁") if t.isascii() else f"<0x{t.hex().upper()}>",
    "byte-level": byte_level_name,
}


class Server:
    """Serves while it is entered.

    script -- what goes wrong with the next requests, one entry each: a status, (status, headers), "slow", "cut off"
    change -- applied to each good answer
    """

    def __init__(self, *, names="text", split=False, begin="<s>", form="echo", change=None) -> None:
        self.oracle, self.names, self.split, self.begin, self.form = Oracle(), names, split, begin, form
        self.change = change or (lambda answer: answer)
        self.script: list = []
        self.asked: list[dict] = []
        self.headers: list[dict] = []
        self.busy, self.busiest, self.lock = 0, 0, threading.Lock()

    def __enter__(self):
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"server_of": self}))
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1#tiny"

    def tokens(self, text: str) -> list[bytes]:
        """Words with the blank before them, other characters one by one; or those that are not ASCII byte by byte."""
        found = []
        for match in WORDS.finditer(text):
            token = match[0].encode()
            found += [token] if token.isascii() or not self.split else [bytes([byte]) for byte in token]
        return found

    def log_probabilities(self, tokens: list[bytes]) -> list[float | None]:
        """Each token's is the sum of its bytes'; None for the first of all."""
        oracle, state, found = self.oracle, np.zeros(12), []
        if self.begin is not None:
            state = np.tanh(oracle.inward[oracle.begin])
            found.append(None)
        for token in tokens:
            total = 0.0
            for byte in token:
                logits = state @ oracle.outward
                total += logits[byte] - np.log(np.exp(logits).sum())
                state = np.tanh(oracle.inward[byte] + oracle.across @ state)
            found.append(total)
        return found if self.begin is not None else [None, *found[1:]]

    def answer(self, asked: dict) -> dict:
        """In the form that this server has."""
        tokens = self.tokens(asked["prompt"])
        values = self.log_probabilities(tokens)
        names = [NAMES[self.names](token) for token in tokens]
        if self.begin is not None:
            names = [self.begin, *names]
        choice = {"index": 0, "text": asked["prompt"] + " x", "finish_reason": "length"}
        if self.form == "prompt" and "prompt_logprobs" in asked:
            entries = [
                {str(n): {"logprob": v, "decoded_token": t}} for n, (t, v) in enumerate(zip(names, values, strict=True))
            ]
            choice["prompt_logprobs"] = [None, *entries[1:]]
        elif self.form == "content":
            named = zip(names, tokens if self.begin is None else [b"", *tokens], values, strict=True)
            entries = [*named, (" x", b" x", -1.0)]
            choice["logprobs"] = {"content": [{"token": n, "bytes": list(t), "logprob": v} for n, t, v in entries]}
        elif self.form == "generated":
            choice["logprobs"] = {"content": [{"token": " x", "bytes": [32, 120], "logprob": -1.0}]}
        elif self.form == "echo" and asked.get("echo"):
            starts = np.cumsum([0, *map(len, names)]).tolist()
            choice["logprobs"] = {"tokens": [*names, " x"], "token_logprobs": [*values, -1.0], "text_offset": starts}
        return {"object": "text_completion", "choices": [choice]}


class Handler(BaseHTTPRequestHandler):
    server_of: Server

    def do_POST(self):
        server = self.server_of
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with server.lock:
            server.asked.append(asked)
            server.headers.append(dict(self.headers))
            fault = server.script.pop(0) if server.script else None
            server.busy += 1
            server.busiest = max(server.busiest, server.busy)
        try:
            self.serve(server, asked, fault)
        except BrokenPipeError:  # the client has given up
            pass
        finally:
            with server.lock:
                server.busy -= 1

    def serve(self, server, asked, fault):
        if fault == "slow":
            time.sleep(0.5)
        if isinstance(fault, (int, tuple)):
            status, headers = fault if isinstance(fault, tuple) else (fault, {})
            self.send(status, json.dumps({"error": f"status {status}"}).encode(), headers)
            return
        answer = server.change(server.answer(asked))
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send(200, body, {}, length=len(body) + 99 if fault == "cut off" else None)

    def send(self, status, body, headers, length=None):
        self.send_response(status)
        for name, value in {"content-length": str(length or len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
