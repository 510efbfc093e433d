"""For the whole suite: the same examples on every machine, enough time for slow ones; real servers on 127.0.0.1."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.pages import ROOT
from tests.postgres import binaries, server

settings.register_profile(
    "tamis",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tamis"))


class Server:
    """A real HTTP server on 127.0.0.1 that answers every POST by `answer(path, payload, headers)`.

    The answer is a JSON value, or (status, headers, bytes). `asked` holds (path, payload, headers) of each request.
    """

    def __init__(self, answer: Callable[[str, Any, dict[str, str]], Any]) -> None:
        self.answer, self.asked = answer, []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = json.loads(self.rfile.read(int(self.headers["content-length"])))
                given = {name.lower(): value for name, value in self.headers.items()}
                server.asked.append((self.path, payload, given))
                made = server.answer(self.path, payload, given)
                status, headers, body = made if isinstance(made, tuple) else (200, {}, json.dumps(made).encode())
                with suppress(BrokenPipeError, ConnectionResetError):  # a client that gave up
                    self.send_response(status)
                    for name, value in {"content-length": str(len(body)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *args: object) -> None: ...

        return Handler


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the examples in it, as the working directory."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Server]]:
    """Start servers; all are closed behind the test. No proxy stands between."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as open_ones:

        def start(answer: Callable[[str, Any, dict[str, str]], Any]) -> Server:
            server = Server(answer)
            open_ones.callback(server.close)
            return server

        yield start


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a running PostgreSQL server."""
    if binaries() is None:
        pytest.skip("there is no PostgreSQL server on this machine: apt install postgresql")
    # not in pytest's own folder: the server's user may not enter it
    with tempfile.TemporaryDirectory(prefix="tamis-pg-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with server(Path(name)) as url:
            yield url
