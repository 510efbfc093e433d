"""`tamis run`, as a process: the command's own exit code, signals and bytes, and less of its output."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from tamis.edge.cli import main as tamis_main
from tamis.prompt.recovery.sql import SqlOriginals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
PRINT = "import sys; [print(f'test_{n} PASSED in {n} ms') for n in range(600)]; print('FAILED test_x: 41 != 42')"


def run(*words, env=None, **more):
    command = [sys.executable, "-m", "tamis", "run", *words]
    more = {"capture_output": True, "timeout": 60, **more}
    return subprocess.run(command, check=False, env={**os.environ, **(env or {})}, **more)


@pytest.fixture
def store(tmp_path):
    return {"TAMIS_STORE": str(tmp_path / "originals.db")}


def test_long_output_is_shortened_kept_and_restored(tmp_path, store):
    raw = tmp_path / "raw.txt"
    done = run("--raw-to", str(raw), "--", sys.executable, "-c", PRINT + "; sys.exit(3)", env=store)
    assert done.returncode == 3
    assert len(done.stdout) < 0.5 * raw.stat().st_size
    assert b"FAILED test_x: 41 != 42\n" in done.stdout
    ident = done.stdout.decode().split("tamis restore ")[1].split()[0]
    whole = subprocess.run(
        [sys.executable, "-m", "tamis", "restore", ident], env={**os.environ, **store}, capture_output=True, check=True
    )
    assert whole.stdout == raw.read_bytes()


def test_short_output_passes_in_order(store):
    done = run("--", "sh", "-c", "echo one; echo two >&2; echo three; exit 7", env=store)
    assert (done.returncode, done.stdout, done.stderr) == (7, b"one\ntwo\nthree\n", b"")


def test_stderr_apart(store):
    done = run("--apart", "--", "sh", "-c", "echo one; echo two >&2", env=store)
    assert (done.stdout, done.stderr) == (b"one\n", b"two\n")


def test_binary_output_passes_untouched(store):
    data = bytes(range(256)) * 100
    done = run("--", sys.executable, "-c", "import sys; sys.stdout.buffer.write(bytes(range(256)) * 100)", env=store)
    assert done.stdout == data


def test_latin_1_passes_untouched(store):
    done = run("--", sys.executable, "-c", r"import sys; sys.stdout.buffer.write(b'gr\xfcn\n' * 2000)", env=store)
    assert done.stdout == b"gr\xfcn\n" * 2000


def test_output_beyond_the_limit_flows(store):
    code = "import sys; [sys.stdout.write('x' * 1023 + chr(10)) for _ in range(2000)]"
    done = run("--max-mb", "1", "--", sys.executable, "-c", code, env=store)
    assert done.stdout == (b"x" * 1023 + b"\n") * 2000
    assert b"passed as it is" in done.stderr


def test_no_store_no_shortening(tmp_path):
    done = run("--store", "/proc/none/x.db", "--", sys.executable, "-c", PRINT)
    assert done.stdout.count(b"\n") == 601
    assert b"not shortened" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"), [(["nosuchcommand"], 127), (["/"], 126), ([], 2), (["--rate", "2", "--", "ls"], 2)]
)
def test_what_cannot_be_run(words, code):
    assert run(*words).returncode == code


def test_a_signal_that_ends_the_command_ends_it(store):
    assert run("--", "sh", "-c", "kill -TERM $$", env=store).returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_reach_the_command(number, store):
    code = f"import signal,sys,time; signal.signal({int(number)}, lambda *_: (print('got it'), sys.exit(9)))"
    command = [
        sys.executable,
        "-m",
        "tamis",
        "run",
        "--",
        sys.executable,
        "-uc",
        f"{code}; print('up'); time.sleep(30)",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env={**os.environ, **store})
    time.sleep(2.5)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (9, b"up\ngot it\n")


def test_a_reader_that_leaves(store):
    line = f"{sys.executable} -m tamis run --max-mb 1 -- yes | head -n 1"
    done = subprocess.run(line, shell=True, capture_output=True, check=False, timeout=60, env={**os.environ, **store})
    assert (done.returncode, done.stdout) == (0, b"y\n")


def test_who_stays_in_the_background_is_not_waited_for(store):
    began = time.monotonic()
    done = run("--", "sh", "-c", "sleep 30 & echo up", env=store)
    assert done.stdout == b"up\n"
    assert time.monotonic() - began < 20


def test_a_bug_in_what_shortens_loses_no_output(monkeypatch, capfdbinary, store):
    def broken(*_):
        raise KeyError("bug")

    monkeypatch.setattr("tamis.edge.cli.run._decided", broken)
    assert tamis_main(["run", "--", "sh", "-c", "seq 1 3000; exit 3"]) == 3
    assert capfdbinary.readouterr().out.endswith(b"2999\n3000\n")


def test_a_note_says_no_password():
    place = "postgresql://ann:secret@db.example.com:5432/tamis"
    assert SqlOriginals(None, place=place).pointer("ab12").endswith("postgresql://ann@db.example.com:5432/tamis")


def test_on_a_terminal_it_is_the_command():
    main, other = pty.openpty()
    command = [sys.executable, "-m", "tamis", "run", "--", sys.executable, "-c", "import os; print(os.isatty(1))"]
    assert subprocess.run(command, stdout=other, check=False, timeout=60).returncode == 0
    assert os.read(main, 100).strip() == b"True"
    os.close(other)
    os.close(main)


def test_on_a_terminal_a_reader_that_leaves_ends_the_writer_quietly():
    main, other = pty.openpty()
    command = [sys.executable, "-m", "tamis", "run", "--", "sh", "-c", "yes | head -1"]
    assert subprocess.run(command, stdout=other, stderr=other, check=False, timeout=60).returncode == 0
    assert os.read(main, 1000).strip() == b"y"
    os.close(other)
    os.close(main)


def test_a_copy_that_cannot_be_written_stops_nothing(store):
    done = run("--raw-to", "/dev/full", "--", "sh", "-c", "echo one; exit 4", env=store)
    assert (done.returncode, done.stdout) == (4, b"one\n")
    assert b"not whole" in done.stderr
