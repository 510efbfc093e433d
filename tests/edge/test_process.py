"""The installed `tamis`, as a process: pipes, signals, terminals, disks that are full."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tamis as library

TAMIS = str(Path(sys.executable).parent / "tamis")
FAST = ("--method", "truncate")
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # every file that grows past this fails, as on a full disk
from tamis.edge.cli import main
sys.exit(main())
"""
LOADED = """
import sys
from tamis.edge.cli import main
assert main({argv}) == 0
heavy = {{"torch", "transformers", "onnxruntime", "tokenizers", "rich", "tiktoken"}}
print(*sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(autouse=True)
def no_deadlock() -> Iterator[None]:
    """Turn a wait that would never end into a failure."""

    def late(*_: object) -> None:
        raise TimeoutError("the process did not do what the test waits for")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def start(*argv: str, **settings) -> subprocess.Popen[bytes]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    return subprocess.Popen(argv, **pipes)


def whole(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_installed_command_and_the_module_are_one(desk: Path) -> None:
    source = (desk / "good.txt").read_bytes()
    outputs = set()
    for command in ([TAMIS], [sys.executable, "-m", "tamis"]):
        done = subprocess.run([*command, "compress", "-t", "25"], input=source, capture_output=True, check=True)
        assert done.stderr.count(b"\n") == 1
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_locale_does_not_matter(desk: Path) -> None:
    source = "Zürich – 東京 😀 \U0001f469\u200d\U0001f680".encode()
    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for extra in ((), ("--show",)):
        done = subprocess.run(
            [TAMIS, "compress", "-r", "1", *FAST, *extra], input=source, capture_output=True, env=plain, check=False
        )
        assert done.returncode == 0, done.stderr
        assert extra or done.stdout == source


@pytest.mark.parametrize("extra", [(), ("--show",), ("--json",)])
def test_a_reader_that_leaves_early_is_no_error(extra: tuple[str, ...], desk: Path) -> None:
    with start(TAMIS, "compress", "-r", "0.9", *FAST, *extra) as process:
        process.stdout.close()  # before anything can have been written: the input is still to come
        process.stdin.write(b"word " * 50_000)
        process.stdin.close()
        assert b"Error" not in process.stderr.read()
    assert process.returncode == 0


def test_a_full_disk_behind_stdout_is_said(desk: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TAMIS, "compress", "good.txt", *FAST], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr == b"tamis: error: Cannot write to standard output: No space left on device.\n"


def test_closed_streams_are_no_bug(desk: Path) -> None:
    for redirect, code in ((">&-", 2), ("<&- >&-", 2), ("2>&-", 0)):
        done = subprocess.run(
            ["bash", "-c", f"{TAMIS} compress good.txt --method truncate {redirect}"], capture_output=True, check=False
        )
        assert done.returncode == code, (redirect, done.stderr)
        assert b"Traceback" not in done.stderr


def test_a_disk_that_fills_up_fails_the_large_files_and_leaves_no_part_of_them(desk: Path) -> None:
    (desk / "in").mkdir()
    (desk / "in" / "large.txt").write_text("word " * 2_000)
    (desk / "in" / "small.txt").write_text("word " * 20)
    argv = ["compress", "in", "--out", "out", *FAST]
    done = subprocess.run([sys.executable, "-c", LIMITED, *argv], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Cannot write 'out/large.txt': File too large" in done.stderr
    assert whole(desk / "out") == ["small.txt"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_a_batch_that_is_stopped_leaves_whole_files_only(how: signal.Signals, desk: Path) -> None:
    for number in range(32):  # as many as are compressed together: written before the next file is opened
        (desk / "in" / "a").mkdir(parents=True, exist_ok=True)
        (desk / "in" / "a" / f"{number:02}.txt").write_text("one two three four " * 100)
    expected = library.compress("one two three four " * 100, rate=0.5, method="truncate")
    os.mkfifo(desk / "in" / "pipe")
    with start(TAMIS, "compress", "in/a", "in/pipe", "--out", "out", *FAST, "-r", "0.5") as process:
        with open(desk / "in" / "pipe", "wb", buffering=0) as pipe:  # opens once the batch wants to read it
            pipe.write(b"half of a text")
            process.send_signal(how)  # before the end of the file: a signal that comes just before a read waits for it
        error = process.stderr.read().decode()
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert whole(desk / "out") == [f"{number:02}.txt" for number in range(32)]
    assert {path.stat().st_size for path in (desk / "out").rglob("*.txt")} == {len(expected.text)}
    if how == signal.SIGINT:
        assert error == "tamis: 32 of 33 files were done.\ntamis: interrupted\n"


def test_ctrl_c_while_reading_leaves_nothing(desk: Path) -> None:
    os.mkfifo(desk / "pipe")
    with start(TAMIS, "compress", "pipe", *FAST, "-o", "short.txt") as process:
        with open(desk / "pipe", "wb", buffering=0):
            process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"tamis: interrupted\n"
    assert process.returncode == 130
    assert sorted(os.listdir(desk)) == ["good.txt", "pipe"]


def terminal(*argv: str, **settings) -> tuple[int, str]:
    """Run a command with a terminal as stdin and stderr; return its exit code and what the terminal showed."""
    leader, follower = pty.openpty()
    shown = b""
    with start(*argv, stdin=follower, stdout=subprocess.DEVNULL, stderr=follower, **settings) as process:
        os.close(follower)
        with contextlib.suppress(OSError):  # Linux: the other end is closed
            while chunk := os.read(leader, 4096):
                shown += chunk
        os.close(leader)
    return process.returncode, shown.decode()


def test_without_input_on_a_terminal_it_explains_itself(desk: Path) -> None:
    code, shown = terminal(TAMIS, "compress")
    assert code == 2
    assert "nothing to compress" in shown
    assert "examples:" in shown


def test_a_batch_shows_a_bar_on_a_terminal_only(desk: Path) -> None:
    code, shown = terminal(TAMIS, "compress", "good.txt", "--out", "out", *FAST, env={**os.environ, "TERM": "xterm"})
    assert code == 0
    assert "compressing" in shown
    done = subprocess.run([TAMIS, "compress", "good.txt", "--out", "out", *FAST], capture_output=True, check=True)
    assert b"compressing" not in done.stderr


@pytest.mark.parametrize(
    ("argv", "heavy"),
    [
        (["compress", "good.txt", *FAST, "--json", "--tokenizer=words"], ""),
        (["compress", "good.txt"], "onnxruntime tiktoken tokenizers"),
        (["models"], ""),
    ],
    ids=["no model", "model", "models"],
)
def test_only_what_is_needed_is_loaded(argv: list[str], heavy: str, desk: Path) -> None:
    code = LOADED.format(argv=[*argv, "--quiet"] if argv[0] == "compress" else argv)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == heavy
