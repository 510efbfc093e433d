"""The hook as an agent calls it: an event on stdin, an answer on stdout; whatever fails, the result stays."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tamis import __version__
from tamis.edge.hook.ledger import HookLedger
from tamis.prompt.recovery import open_originals

from .conftest import LOG, claude

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of Unix")


def stdout(answer):
    return answer["hookSpecificOutput"]["updatedToolOutput"]["stdout"]


def test_a_long_result_comes_back_short_and_can_be_restored(warm):
    answer = warm.call(claude(session_id="a"))
    assert set(answer["hookSpecificOutput"]["updatedToolOutput"]) == {"stdout", "stderr", "interrupted", "isImage"}
    short = stdout(answer)
    assert len(short) < len(LOG) / 2
    assert "FAILED tests/test_sum.py::test_sum" in short
    note = short.splitlines()[-1]
    ident, lines = note.split("tamis restore ")[1].split()[0], note.split("--lines ")[1].rstrip("]")
    with closing(open_originals(warm.folder / "originals.db", read_only=True)) as store:
        assert store.get(ident) == LOG
    command = [sys.executable, "-m", "tamis", "restore", ident, "--lines", lines]
    done = subprocess.run(command, env=warm.environment, capture_output=True, check=True, text=True)
    left_out = set(LOG.splitlines()) - set(short.splitlines())
    assert left_out <= set(done.stdout.splitlines())


def test_lines_that_stay_are_lines_of_the_result(warm):
    lines = stdout(warm.call(claude(session_id="b"))).splitlines()
    assert [line for line in lines if line not in LOG.splitlines() and "…" not in line] == []


def test_a_result_that_is_read_again_stays_whole(warm):
    assert warm.call(claude(session_id="c")) is not None
    until = time.monotonic() + 10
    while (again := warm.call(claude(session_id="c"))) is not None and time.monotonic() < until:
        time.sleep(0.05)  # (the ledger is written after the answer)
    assert again is None


BROKEN = [b"", b"{", b"null", b"[1, 2]", b'"text"', b"\xff\xfe" * 5_000, b"{" * 100_000, b"[" * 100_000]


@pytest.mark.parametrize("event", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_event_is_let_be(warm, event):
    assert warm.call(event + b" " * 5_000) is None


STRANGE = [
    claude(tool_response=None),
    claude(tool_response={"stdout": LOG, "stderr": "", "interrupted": True}),
    claude(tool_response={"stdout": LOG, "isImage": True}),
    claude(tool_response={"stdout": LOG, "persistedOutputPath": "/x"}),
    claude(tool_response=[{"type": "text", "text": LOG}]),
    claude(tool_input="text"),
    claude(tool_name=7),
    claude(hook_event_name="PreToolUse"),
    claude(text="a\0b" * 4),
    claude(command="cat src/app.py"),
    claude(command="tamis restore ab12cd34ef56"),
]


@pytest.mark.parametrize("event", STRANGE, ids=range(len(STRANGE)))
def test_results_that_must_stay_as_they_are_stay(warm, event):
    if event["tool_input"] != "text":
        assert warm.call(event, "--least", "100") is None
    else:
        assert warm.call({**event, "session_id": "d"}) is not None  # a call without arguments has a result all the same


def test_a_short_result_asks_no_server(place):
    assert place.call(claude("short")) is None
    assert list(place.folder.iterdir()) == []


def test_words_that_make_no_sense_leave_the_result(warm):
    assert warm.call(claude(session_id="e"), "--rate", "much") is None
    assert "--rate" in warm.log
    assert warm.call(claude(session_id="e"), "--rate", "7") is None


def test_without_a_store_nothing_is_shortened(warm):
    assert warm.call(claude(session_id="f"), env={"TAMIS_STORE": "/proc/none/originals.db"}) is None
    assert "none" in warm.log


def test_the_note_names_a_command_that_the_shell_finds(warm):
    short = stdout(warm.call(claude(session_id="g"), env={"PATH": "/nowhere"}))
    command = short.rsplit(": ", 1)[1].split(" restore ")[0]
    assert command == "tamis" or os.access(command, os.X_OK)


def test_an_agent_that_drops_the_answer_saves_nothing(warm, tmp_path):
    for session in ("taken", "dropped"):
        transcript = tmp_path / f"{session}.jsonl"
        event = claude(session_id=session, tool_use_id=f"toolu_{session}", transcript_path=str(transcript))
        short = stdout(warm.call(event))
        sees = short if session == "taken" else LOG
        part = {"type": "tool_result", "tool_use_id": f"toolu_{session}", "content": sees}
        transcript.write_text(json.dumps({"type": "user", "message": {"role": "user", "content": [part]}}) + "\n")
    with closing(HookLedger(str(warm.folder / "hook.db"))) as ledger:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            ledger.look()
            states = {total.state for total in ledger.sums()}
            if {"taken", "dropped"} <= states:
                break
            time.sleep(0.05)
    assert {"taken", "dropped"} <= states


def test_the_question_is_what_the_user_said_last(warm, tmp_path):
    transcript = tmp_path / "talk.jsonl"
    says = {"type": "user", "message": {"role": "user", "content": "What did worker 3 do in test_143?"}}
    transcript.write_text(json.dumps(says) + "\n{torn")
    event = claude(session_id="h", transcript_path=str(transcript))
    assert "test_143 PASSED" in stdout(warm.call(event, "--rate", "0.1"))
    assert "test_143 PASSED" not in stdout(warm.call(claude(session_id="i"), "--rate", "0.1"))


def test_many_hooks_at_once(warm):
    events = [claude(LOG + f"number {n}\n", session_id=f"many {n}") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(warm.call, events))
    assert all(answer is not None for answer in answers)


def test_a_closed_stdout_is_no_error(warm):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "tamis.edge.hook.client"]
    event = json.dumps(claude(session_id="j")).encode()
    done = subprocess.run(command, input=event, stdout=write, env=warm.environment, check=False, timeout=60)
    os.close(write)
    assert done.returncode == 0


def test_a_server_that_hangs_is_not_waited_for(warm):
    pid = warm.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert warm.call(claude(session_id="k"), env={"TAMIS_HOOK_DEADLINE": "0.5"}) is None
        assert time.monotonic() - began < 5
        assert "TimeoutError" in warm.log
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_wrong_version_makes_the_server_go(place):
    assert place.call({}, "warm") is None
    until = time.monotonic() + 60
    while time.monotonic() < until and (place.folder / "hook.starting").exists():
        time.sleep(0.05)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(place.folder / "hook.sock"))
        client.sendall(b"0\x1f1\x1f0.0.0\x1f\x1f\x1f\n")
        assert f"outdated {len('version makes room for 0.0.0') + len(__version__) + 1}\n".encode() in client.recv(100)
    while time.monotonic() < until and (place.folder / "hook.sock").exists():
        time.sleep(0.05)
    assert not (place.folder / "hook.sock").exists()


@pytest.mark.slow
def test_a_server_that_is_killed_in_the_middle(place):
    assert place.call(claude()) is not None
    pid = place.pid
    os.kill(pid, signal.SIGSTOP)
    waiting = place.start(claude(session_id="middle"))
    time.sleep(0.5)
    os.kill(pid, signal.SIGKILL)
    out, err = waiting.communicate(timeout=60)
    assert (waiting.returncode, out, err) == (0, b"", b"")
    assert (place.folder / "hook.sock").exists()  # stale
    assert place.call(claude(session_id="next")) is not None
    assert place.pid != pid


@pytest.mark.slow
def test_hooks_that_are_first_at_once_start_one_server(place):
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(place.call, [claude(session_id=f"{n}") for n in range(3)]))
    assert all(answer is not None for answer in answers)
    assert len((place.folder / "hook.lock").read_text().split()) == 1


@pytest.mark.slow
def test_a_full_disk(place):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    assert place.call(claude(), preexec_fn=limit) is None
    assert "server: Store" in place.log


@pytest.mark.slow
def test_by_port_with_a_token(place):
    place.more["TAMIS_HOOK_TCP"] = "1"
    assert place.call(claude()) is not None
    port, token = (place.folder / "hook.port").read_text().split()
    assert (place.folder / "hook.port").stat().st_mode & 0o077 == 0
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        client.sendall(f"2\x1f1\x1f{__version__}\x1f{'0' * len(token)}\x1f\x1f\n{{}}".encode())
        assert client.recv(100).startswith(b"refused")


@pytest.mark.slow
def test_it_goes_when_nobody_asks(place):
    place.more["TAMIS_HOOK_IDLE"] = "0.5"
    assert place.call(claude()) is not None
    pid, until = place.pid, time.monotonic() + 20
    while time.monotonic() < until and (place.folder / "hook.sock").exists():
        time.sleep(0.1)
    assert not (place.folder / "hook.sock").exists()
    assert pid


def test_a_file_in_place_of_the_folder(place, tmp_path):
    file = tmp_path / "file"
    file.touch()
    assert place.call(claude(), env={"TAMIS_HOOK_DIR": str(file)}) is None


@pytest.mark.parametrize("store", ["kept.db", "kept/"])
def test_a_store_is_named_as_seen_from_the_agent(warm, tmp_path, store):
    text = LOG.replace("PASSED", f"PASSED in {store}")
    assert warm.call(claude(text, session_id=store), env={"TAMIS_STORE": store}, cwd=tmp_path) is not None
    assert (tmp_path / "kept").is_dir() == store.endswith("/")
    assert (tmp_path / store).exists()


def test_a_folder_that_others_can_look_into_is_not_used(place):
    place.folder.chmod(0o755)
    assert place.call(claude()) is None
    assert list(place.folder.iterdir()) == []


GARBAGE = [
    b"",
    b"\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"7\x1f1\x1f",
    b"\xff" * 5_000 + b"\n",
    f"x\x1f1\x1f{__version__}\x1f\x1f\x1f\n".encode(),  # (with another version the server would make room)
    b"-1" + b"\x1f" * 9,
]


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_whoever_says_nonsense_to_the_server_gets_nothing(warm, data):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(30)
        client.connect(str(warm.folder / "hook.sock"))
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        assert not client.recv(1000).startswith(b"answer")
    os.kill(warm.pid, 0)  # it is still there
