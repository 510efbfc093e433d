"""`tamis remember`, `recall` and `memory` as people type them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tamis.edge.cli.remember import age
from tamis.edge.timeline import page
from tamis.memory import Memory, Turn

CHATS = Path(__file__).parents[2] / "examples" / "chats.jsonl"


@dataclass(frozen=True)
class Said:
    """What a command printed: on stdout, and everywhere."""

    code: int
    out: str
    text: str


@pytest.fixture(name="tamis")
def _tamis(tamis):
    """The command line, with text in and out."""

    def call(*argv: str, stdin: str = "") -> Said:
        done = tamis(*argv, stdin=stdin.encode())
        return Said(done.code, done.text, done.text + done.err)

    return call


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty data folder, where the memory is by default."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("TAMIS_MEMORY", "TAMIS_SCOPE", "TAMIS_MEMORY_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def filled(home, tamis):
    """The example chats, remembered."""
    done = tamis("remember", str(CHATS))
    assert done.code == 0, done.text
    assert re.search(r"34 turns remembered in 'me'", done.text)
    assert (home / "data" / "tamis" / "memory.db").exists()
    return home


def test_a_question_is_answered_within_its_budget(filled, tamis):
    question = "What does the berth in Roscoff cost a year?"
    done = tamis("recall", question, "-t", "90")
    assert done.code == 0
    assert "1,280" in done.text
    said = json.loads(tamis("recall", question, "-t", "90", "--json", "--quiet").text)
    assert said["tokens"] <= 90
    assert {passage["session"] for passage in said["passages"]} <= {"boat", "boat again", "mast", "news", "job"}
    assert all(said["text"][p["offset"] :].startswith(p["text"]) for p in said["passages"])
    assert "score" in tamis("recall", "the mast", "--explain", "--now", "2025-06-01").text
    assert tamis("recall", "the mast", "-t", "80", "--compress", "0.5").code == 0


def test_passages_that_do_not_answer_are_left_out(filled, tamis):
    asked = ("recall", "What does the berth in Roscoff cost a year?", "-t", "900", "--json")
    every, some = (json.loads(tamis(*asked, "--quiet", *more).out) for more in ((), ("--min-relevance", "0.5")))
    assert 0 < len(some["passages"]) < len(every["passages"])
    assert "1,280" in some["text"]
    assert some["tokens"] < every["tokens"]
    none = tamis("recall", "Which bishop crowned the king of Denmark?", "--min-relevance", "0.9")
    assert (none.code, none.out) == (1, "")
    assert "nothing answers with a chance of 0.9 or more" in none.text
    assert tamis("recall", "the boat", "--min-relevance", "7").code == 2


def test_the_same_file_again_adds_nothing(filled, tamis):
    done = tamis("remember", str(CHATS))
    assert "0 turns remembered in 'me', 34 known already" in done.text


def test_standard_input_and_time_to_live(home, tamis):
    done = tamis(
        "remember", "-", "--ttl", "1h", "--json", "--quiet", stdin="Ann: The boat is red and white.\nBob: I see it."
    )
    assert len(json.loads(done.text)["stored"]) == 2
    assert "red" in tamis("recall", "boat").text
    assert tamis("memory", "expire").code == 0


def test_looking_into_a_memory(filled, tamis):
    assert len(tamis("memory", "ls").out.splitlines()) == 5
    assert json.loads(tamis("memory", "ls", "--json").out)[0]["name"] == "boat"
    assert tamis("memory", "ls", "--scopes").out == "me\n"
    shown = tamis("memory", "show", "news", "-q", "flat").out
    assert "Ines: I got the job!" in shown
    assert re.search(r"^> .*flat near the Penfeld", shown, re.M)
    assert json.loads(tamis("memory", "stats", "--json").out)["turns"] == 34
    assert "sessions  5" in tamis("memory", "stats").out
    assert tamis("memory", "check").code == 0
    assert tamis("memory", "reembed").code == 0
    missing = tamis("memory", "show", "newz")
    assert missing.code == 2
    assert "'news'" in missing.text


def test_forgetting_is_tried_before_it_is_done(filled, tamis):
    tried = tamis("memory", "forget", "--query", "allergic eggs")
    assert "--yes does it" in tried.text
    assert "allergic to eggs" in tried.out
    assert "allergic" in tamis("recall", "allergic eggs", "-t", "60").text
    done = tamis("memory", "forget", "--query", "allergic eggs", "--yes", "--json")
    assert json.loads(done.out)["removed"]["turns"] == 1
    assert "allergic" not in tamis("recall", "allergic eggs", "-t", "60").text
    assert tamis("memory", "forget", "--session", "job", "--yes").code == 0
    assert tamis("memory", "forget").code == 2
    assert tamis("memory", "forget", "--everything", "--yes").code == 0
    assert tamis("recall", "boat").code == 2


def test_carrying_a_memory_elsewhere(filled, tamis):
    path = filled / "out.jsonl"
    assert tamis("memory", "export", str(path)).code == 0
    assert "34 turns taken in" in tamis("memory", "import", str(path), "--scope", "copy/of/me").text
    there = tamis("recall", "berth", "-t", "90", "--scope", "copy/of/me", "--quiet").out
    assert there == tamis("recall", "berth", "-t", "90", "--quiet").out
    assert tamis("memory", "export", str(filled / "nowhere" / "x")).code == 2


def test_the_timeline_page(filled, tamis):
    out = filled / "t.html"
    assert tamis("memory", "show", "--html", str(out), "-q", "Who builds the mast?").code == 0
    html = out.read_text(encoding="utf-8")
    assert html.count("<rect") == 34
    assert 'class="turn hit"' in html
    assert "{{" not in html
    assert not re.search(r"(?:src|href)=\"(?!#)", html)


def test_what_is_said_cannot_break_out_of_the_page(tmp_path):
    with Memory(tmp_path / "m.db", scope="<b>", encoder=None) as memory:
        memory.add(Turn("<script>alert(1)</script> & {{title}}", '"><img src=x>', session="</h2><script>"))
        html = page(memory, None, "<i>?", memory.recall("script", explain=True))
    assert html.count("<script>") == 1
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{title}}" in html


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["recall", "boat"], "There is no memory at"),
        (["memory", "check"], "tamis remember FILE"),
        (["remember", "missing.json"], "missing.json"),
        (["remember", str(CHATS), "--scope", "a//b"], "a//b"),
        (["remember", str(CHATS), "--kind", "whatsap"], "whatsapp"),
        (["remember", str(CHATS), "--ttl", "soon"], "'soon' is no age"),
        (["remember", str(CHATS), "--memory", "postgresql://127.0.0.1:1/x"], "127.0.0.1"),
    ],
)
def test_what_cannot_be_done_is_said_and_how_it_could(home, tamis, arguments, said):
    done = tamis(*arguments)
    assert done.code == 2
    assert said in done.text


def test_a_misspelt_scope_is_no_empty_memory(filled, tamis):
    done = tamis("recall", "boat", "--scope", "mee")
    assert done.code == 2
    assert "'mee'" in done.text
    assert "ls --scopes" in done.text


def test_a_file_that_is_no_memory(home, tamis):
    path = home / "notes.txt"
    path.write_text("no database\n" * 100, encoding="utf-8")
    done = tamis("recall", "boat", "--memory", str(path))
    assert done.code == 2
    assert "notes.txt" in done.text
    assert path.read_text(encoding="utf-8").startswith("no database")


def test_encrypted_from_the_environment(home, tamis, monkeypatch):
    pytest.importorskip("sqlcipher3")
    monkeypatch.setenv("TAMIS_MEMORY_PASSWORD", "mast")
    assert tamis("remember", str(CHATS), "--quiet").code == 0
    assert b"berth" not in (home / "data" / "tamis" / "memory.db").read_bytes()
    assert "1,280" in tamis("recall", "berth").text
    monkeypatch.setenv("TAMIS_MEMORY_PASSWORD", "keel")
    assert "decrypted" in tamis("recall", "berth").text


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1.5d", 129_600), ("2w", 1_209_600)]
)
def test_ages(text, seconds):
    assert age(text) == seconds
