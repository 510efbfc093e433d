"""`tamis distill` as a command: what it says, what it refuses, and what is left when it is stopped or killed."""

from __future__ import annotations

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

if not all(map(find_spec, ("torch", "onnx", "safetensors", "httpx"))):
    pytest.skip("needs the extras train and remote", allow_module_level=True)

from tamis.distill.documents import documents
from tamis.distill.journal import read_journal
from tamis.errors import UnreadableInput
from tamis.io.files import digest
from tests.distill.conftest import MEETING, Reply, encoder, example, scripted, teacher_server  # noqa: F401

TAMIS = str(Path(sys.executable).parent / "tamis")
FAST = ("--backoff", "0.02", "--chunk-tokens", "64", "--timeout", "20")
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture(autouse=True)
def no_deadlock() -> Iterator[None]:
    """Turn a wait that would never end into a failure."""

    def late(*_: object) -> None:
        raise TimeoutError("the process did not do what the test waits for")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(900)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def texts(desk: Path) -> Path:
    """A folder of twelve texts."""
    (desk / "texts").mkdir()
    for number in range(12):
        (desk / "texts" / f"{number:02}.txt").write_text(MEETING[number * 800 : (number + 1) * 800], encoding="utf-8")
    return desk / "texts"


def wait_until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(0.005)


def training(model: Path) -> list[str]:
    return ["--encoder", str(model), "--epochs", "4", "--lr", "0.006", "--batch-tokens", "512", "--device", "cpu"]


def test_all_steps_one_by_one(tamis, texts, encoder):  # noqa: F811 (a fixture)
    prices = ("--price-in", "1", "--price-out", "2")
    with teacher_server.served(teacher_server.Rule(faults=0.2, slips=0.2, silence=0.1)) as address:
        done = tamis("distill", "ask", "texts", "--out", "work", "--teacher", address, "--yes", *FAST, *prices)
        assert done.code == 0, done.err
        assert "0 answered before" in done.err
        assert "at most" in done.err
        again = tamis("distill", "ask", "texts", "--out", "work", "--teacher", address, *FAST, *prices)
        assert again.code == 0, again.err  # nothing to pay: nobody is asked
        assert ", 0 to ask" in again.err
    for step in (["label"], ["train", *training(encoder)], ["export"]):
        done = tamis("distill", step[0], "work", *step[1:])
        assert done.code == 0, done.err
    assert done.text == f"{Path('work') / 'model'}\n"
    assert "calibration error after" in done.err
    found = tamis("distill", "status", "work", "--json").json
    assert found["answers"]["open"] == 0
    assert found["answers"]["money"] > 0
    assert tamis("distill", "status", "work").text.startswith("answers: teacher rule, chunks")
    short = tamis("compress", "good.txt", "-r", "0.6", "--method", "llmlingua2", "--model", "work/model", "--json")
    assert 0 < short.json["tokens"] <= 0.6 * short.json["original_tokens"]


def test_quiet_says_nothing_and_no_progress_shows_no_bar(tamis, texts, encoder, monkeypatch):  # noqa: F811 (a fixture)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with teacher_server.served(teacher_server.Rule()) as address:
        line = ("distill", "run", "texts", "--out", "work", "--teacher", address, "--yes", *FAST, *training(encoder))
        done = tamis(*line, "--no-onnx", "--no-progress")
        assert done.code == 0
        assert "\x1b" not in done.err
        assert "asking" not in done.err
        again = tamis(*line, "--no-onnx", "--quiet")
        assert (again.code, again.err) == (0, "")


def test_nothing_is_paid_without_consent(tamis, texts):
    with scripted(lambda _: Reply()) as (script, address):
        done = tamis("distill", "ask", "texts", "--out", "work", "--teacher", address, *FAST)
        assert done.code == 2
        assert "Say --yes" in done.err
        assert script.seen == []


@pytest.mark.parametrize(("said", "asked"), [(b"n\n", 0), (b"\n", 0), (b"y\n", 1)])
def test_on_a_terminal_it_asks(said, asked, texts):
    with scripted(lambda _: Reply()) as (script, address):
        leader, follower = pty.openpty()
        argv = [TAMIS, "distill", "ask", "texts/00.txt", "--out", "work", "--teacher", address, *FAST]
        with subprocess.Popen(argv, stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            os.close(follower)
            os.write(leader, said)
            error = process.stderr.read().decode()
        os.close(leader)
        assert "Ask the teacher? [y/N]" in error
        assert process.returncode == (0 if asked else 2)
        assert bool(script.seen) == bool(asked)


def test_a_bar_on_a_terminal(texts):
    with scripted(lambda _: Reply(delay=0.02)) as (_, address):
        leader, follower = pty.openpty()
        argv = [TAMIS, "distill", "ask", "texts", "--out", "work", "--teacher", address, "--yes", *FAST]
        environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "160"}
        shown = b""
        with subprocess.Popen(argv, stdin=follower, stdout=follower, stderr=follower, env=environment) as process:
            os.close(follower)
            try:
                while part := os.read(leader, 4096):
                    shown += part
            except OSError:  # Linux: the other end is closed
                pass
        os.close(leader)
        assert process.returncode == 0
        assert b"tokens" in shown
        assert b"asking" in shown


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--teacher", "nonsense"], "URL#MODEL"),
        (["--teacher", "http://127.0.0.1:9#m", "--budget", "5"], "without a price"),
        (["--teacher", "http://127.0.0.1:9#m", "--together", "0"], "--together"),
        (["--teacher", "http://127.0.0.1:9#m", "--tries", "0"], "--tries"),
        (["--teacher", "http://127.0.0.1:9#m", "--price-in", "-1"], "--price-in"),
        (["--teacher", "http://127.0.0.1:9#m", "--chunk-tokens", "2"], "room for"),
        (["--teacher", "http://127.0.0.1:9#m", "--tokenizer", "o200"], "o200"),
        (["--teacher", "http://127.0.0.1:9#m", "--body", "[]"], "no JSON object"),
        (["--teacher", "http://127.0.0.1:9#m", "--instruction", "none.txt"], "none.txt"),
    ],
)
def test_what_cannot_be_used_is_said(argv, said, tamis):
    done = tamis("distill", "ask", "good.txt", "--out", "work", "--yes", *argv)
    assert done.code == 2
    assert said in done.err


def test_a_key_is_sent_and_never_shown(tamis, texts, monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    with scripted(lambda _: Reply(401, b"wrong key")) as (script, address):
        done = tamis(
            "distill", "ask", "texts", "--out", "work", "--teacher", address, "--yes", "--key-env", "MY_KEY", *FAST
        )
    assert done.code == 2
    assert script.headers[0]["Authorization"] == "Bearer sk-very-secret"
    written = b"".join(path.read_bytes() for path in Path("work").rglob("*") if path.is_file())
    assert "sk-very-secret" not in done.err + done.text + written.decode()


def test_chunks_without_an_answer_stop_a_run_before_training(tamis, texts, encoder):  # noqa: F811
    with scripted(lambda n: Reply(400, b"too long") if n == 1 else Reply()) as (_, address):
        argv = ["distill", "run", "texts", "--out", "work", "--teacher", address, "--yes", *FAST, *training(encoder)]
        done = tamis(*argv)
    assert done.code == 1
    assert "1 chunks have no answer" in done.err
    assert "too long" in done.err
    assert not Path("work/labels.jsonl").exists()


def test_what_training_lacks_is_said_before_anything_is_paid(tamis, texts):
    with scripted(lambda _: Reply()) as (script, address):
        argv = ["distill", "run", "texts", "--out", "work", "--teacher", address, "--yes", *FAST]
        done = tamis(*argv, "--encoder", "./no-such-folder/at/all")
        assert done.code == 2
        assert "no-such-folder" in done.err
        assert script.seen == []


def test_two_at_once_on_one_folder_are_refused(texts):
    with scripted(lambda _: Reply(delay=300)) as (script, address):
        argv = [TAMIS, "distill", "ask", "texts", "--out", "work", "--teacher", address, "--yes", *FAST]
        with subprocess.Popen([*argv, "--timeout", "300"], stderr=subprocess.DEVNULL) as first:
            wait_until(lambda: bool(script.seen))
            second = subprocess.run(argv, capture_output=True, check=False)
            first.kill()
        assert second.returncode == 2
        assert b"Another process is asking" in second.stderr
        assert {request["model"] for request in script.seen} == {"scripted"}
        assert len(script.seen) <= 8  # all of the first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_ctrl_c_keeps_what_is_on_its_way(number, texts):
    with scripted(lambda _: Reply(delay=0.2)) as (script, address):
        argv = [TAMIS, "distill", "ask", "texts", "--out", "work", "--teacher", address, "--yes", *FAST]
        with subprocess.Popen([*argv, "--together", "4"], stderr=subprocess.PIPE) as process:
            wait_until(lambda: len(script.seen) >= 6)
            process.send_signal(number)
            error = process.stderr.read().decode()
    assert process.returncode == 130
    kept = len(read_journal(Path("work/answers.jsonl")))
    assert kept == len(script.seen)  # every question that was sent was waited for
    assert f"{kept} of" in error
    assert error.endswith("tamis: interrupted\n")


def test_a_second_ctrl_c_does_not_wait(texts):
    with scripted(lambda _: Reply(delay=300)) as (script, address):
        argv = [TAMIS, "distill", "ask", "texts", "--out", "work", "--teacher", address, "--yes", *FAST]
        with subprocess.Popen([*argv, "--timeout", "300"], stderr=subprocess.PIPE) as process:
            wait_until(lambda: len(script.seen) >= 2)
            process.send_signal(signal.SIGINT)
            while b"Ctrl-C again" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            error = process.stderr.read().decode()
    assert process.returncode == 130
    assert error.endswith("tamis: interrupted\n")
    assert "Traceback" not in error


@pytest.mark.slow
def test_three_kills_cost_nothing_twice_and_change_nothing(tamis, texts, encoder):  # noqa: F811
    """SIGKILL twice while it asks, once while it trains; then the same model as without, to the last bit."""
    together, moments = 4, random.Random(5)
    rule = teacher_server.Rule(faults=0.1, slips=0.2, latency=0.05, silence=0.1)
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)  # as in the other processes: sums in another order are other sums

    def command(step: str, out: str) -> list[str]:
        argv = [
            "distill",
            step,
            "texts",
            "--out",
            out,
            "--teacher",
            address,
            "--yes",
            *FAST,
            "--together",
            str(together),
        ]
        return [*argv, *training(encoder), "--checkpoint-every", "2"] if step == "run" else argv

    def killed(step: str, moment: Callable[[], bool]) -> tuple[int, set[str]]:
        """Kill a step a little after a moment; how many events there had been, and what the journal held."""
        argv = [TAMIS, *command(step, "killed")]
        with subprocess.Popen(argv, stderr=subprocess.DEVNULL, env=ENVIRONMENT) as process:
            wait_until(lambda: moment() or process.poll() is not None)
            time.sleep(moments.random() / 20)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        return len(rule.events), set(read_journal(Path("killed/answers.jsonl")))

    with teacher_server.served(rule) as address:
        early, late = moments.randint(3, 20), moments.randint(25, 40)
        first = killed("ask", lambda: len(rule.billed) >= early)
        second = killed("ask", lambda: len(rule.billed) >= late)
        third = killed("run", lambda: any(Path("killed/train").glob("*/checkpoint.safetensors")))
        assert tamis(*command("run", "killed")).code == 0
        events = list(rule.events)
        assert tamis(*command("run", "whole")).code == 0
    for happened, keys in (first, second, third):
        assert not keys & {key for key, _ in events[happened:]}  # what was in the journal was not asked again
    assert 0 < len(first[1]) < len(second[1]) < len(third[1])
    answered = [key for key, event in events if event == "answered"]
    assert len(answered) - len(set(answered)) <= 3 * together  # only what was on its way
    lines = Path("killed/answers.jsonl").read_text().splitlines()
    assert len({json.loads(line)["key"] for line in lines}) == len(lines) == len(set(answered)) == len(rule.billed)
    for name in ("model.safetensors", "model.onnx", "config.json", "tokenizer.json", "README.md"):
        assert digest(Path("killed/model") / name) == digest(Path("whole/model") / name), name


def test_documents_of_all_kinds(desk):
    (desk / "in" / "b").mkdir(parents=True)
    (desk / "in" / "a.txt").write_text("One.")
    (desk / "in" / "b" / "rows.jsonl").write_text('{"text": "Two."}\n{"text": "Three.", "id": "x"}\n')
    (desk / "in" / "work").mkdir()
    (desk / "in" / "work" / "answers.jsonl").write_text("not a text of ours")
    found = [(one.name, one.text) for one in documents(["in"], desk / "in" / "work")]
    assert found == [("a.txt", "One."), ("b/rows.jsonl:1", "Two."), ("b/rows.jsonl:x", "Three.")]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.jsonl", b'{"text": 7}\n', "Row 1 of"),
        ("a.jsonl", b'{"text": "x"}\n[]\n', "Row 2 of"),
        ("a.jsonl", b"{", "Cannot read"),
        ("a.jsonl", b'{"text": "\xff"}', "Cannot read"),
        ("a.jsonl.xz", b"no xz", "Cannot read"),
        ("a.txt", b"\xff\xfe\x00", "not text"),
    ],
)
def test_documents_that_cannot_be_read_are_said(name, data, said, desk):
    (desk / name).write_bytes(data)
    with pytest.raises(UnreadableInput, match=said):
        list(documents([name], desk / "out"))
    with pytest.raises(UnreadableInput):
        list(documents(["missing.txt"], desk / "out"))


def test_help_names_every_step(tamis):
    shown = tamis("distill", "--help").text
    for step in ("run", "ask", "label", "train", "export", "status"):
        assert step in shown
        assert "example" in tamis("distill", step, "--help").text
