"""`tamis compress` as a filter: what goes in, what comes out, what is refused and how."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import tamis as library
from tamis.edge.cli.compress import share
from tamis.prompt import METHODS
from tamis.prompt.options import ORDERS, POOLS
from tamis.text.counting import COUNTERS

FIGURES = re.compile(r"^[\d,]+ -> [\d,]+ tokens \(\d+\.\d %, \w+\), [\w-]+, \d+\.\d\d s.*\n$")
FAST = ("--method", "truncate")


def test_a_filter_prints_the_text_and_one_line_of_figures(tamis, desk) -> None:
    source = (desk / "good.txt").read_bytes()
    done = tamis("compress", "-r", "0.4", *FAST, stdin=source)
    expected = library.compress(source.decode(), rate=0.4, method="truncate")
    assert (done.code, done.text) == (0, expected.text)
    assert FIGURES.match(done.err), done.err
    assert f"-> {expected.tokens:,} tokens" in done.err


def test_the_embedded_model_serves_the_default_method(tamis) -> None:
    done = tamis("compress", "good.txt", "-r", "50%", "--json")
    assert done.code == 0
    assert done.json["tokens"] <= 0.5 * done.json["original_tokens"]
    assert (done.json["method"], done.json["model"]) == ("auto", "mini")


def test_a_rate_of_one_is_the_identity_byte_for_byte(tamis) -> None:
    source = "Zeile eins\r\n\r\n\tZeile zwei – ja 😀  \r\n".encode()
    assert tamis("compress", "-r", "1", *FAST, stdin=source).out == source


def test_a_byte_order_mark_is_not_text(tamis) -> None:
    assert tamis("compress", "-r", "1", *FAST, stdin=b"\xef\xbb\xbfHello.").out == b"Hello."


@pytest.mark.parametrize("source", [b"", b" \n\n\t "])
def test_nothing_comes_out_as_it_went_in(source: bytes, tamis) -> None:
    done = tamis("compress", "-r", "1", *FAST, stdin=source)
    assert (done.code, done.out) == (0, source)
    assert tamis("compress", stdin=source).code == 0


def test_several_files_are_documents_of_one_prompt(tamis, desk: Path) -> None:
    (desk / "a.md").write_text("First.")
    (desk / "b.md").write_text("Second.")
    assert tamis("compress", "a.md", "b.md", "-r", "1", *FAST).out == b"First.\n\nSecond."
    assert tamis("compress", "[ab].md", "-r", "1", *FAST).out == b"First.\n\nSecond."
    assert tamis("compress", "b.md", "-", "-r", "1", *FAST, stdin=b"Third.").out == b"Second.\n\nThird."


def test_json_says_everything(tamis) -> None:
    data = tamis("compress", "good.txt", "-t", "20", *FAST, "--json", "--quiet").json
    named = {"text", "tokens", "original_tokens", "rate", "tokenizer", "method", "model", "kept", "dropped"}
    assert named <= set(data)
    source = Path("good.txt").read_text()
    assert "".join(source[p["start"] : p["end"]] for p in data["kept"]) == data["text"]
    tiles = sorted(data["kept"] + data["dropped"], key=lambda p: p["start"])
    assert "".join(source[p["start"] : p["end"]] for p in tiles) == source
    assert data["tokens"] <= 20


def test_what_had_to_go_is_said(tamis) -> None:
    """What a sentence lost is; what went with all of it is not, nor is a denial, which goes with its clause."""
    Path("told.txt").write_text("Ms Aalto went home to Turku in the spring of 1987 by train. Nobody saw Mr Berg.")
    done = tamis("compress", "told.txt", "-t", "9", "--style", "words")
    assert re.search(r"; left out of sentences that stay: (\d \w+, )*\d \w+\n", done.err)
    assert "left out" not in tamis("compress", "told.txt", "-t", "9", "--style", "words", "--no-protect").err
    whole = tamis("compress", "told.txt", "-t", "6", "--style", "sentences")
    assert whole.out == b"Nobody saw Mr Berg."
    assert "left out" not in whole.err


def test_options_reach_the_library(tamis) -> None:
    source = Path("good.txt").read_text()
    same = {"tokens": 30, "method": "random", "keep": [re.compile("Aalto|survey")], "tokenizer": "words"}
    argv = ("compress", "good.txt", "-t30", "--method=random", "--keep=Aalto|survey", "--tokenizer=words")
    for seed in (1, 2):
        options = library.Options(seed=seed, clean=False, detectors=("dates", "names"))
        expected = library.compress(source, **same, options=options)
        assert tamis(*argv, f"--seed={seed}", "--no-clean", "--detectors=dates,names").text == expected.text


def test_a_question_ranks_documents(tamis, desk: Path) -> None:
    (desk / "mill.md").write_text("The mill was built in 1826 by Titus Rowe. It burned down in 1901.")
    (desk / "quay.md").write_text("The quay was widened twice. Coal came by boat for many years, then by rail.")
    question = ("-q", "When did the mill burn down?", "--method", "bm25-sentences")
    done = tamis("compress", "quay.md", "mill.md", "-t", "22", *question, "--order", "sort")
    assert done.code == 0
    assert done.text.startswith("The mill was built in 1826 by Titus Rowe. It burned down in 1901.")


def test_results_go_to_files(tamis, desk: Path) -> None:
    done = tamis("compress", "good.txt", *FAST, "-o", "new/short.json", "--json", "--html", "new/page.html", "--quiet")
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert sorted(os.listdir(desk / "new")) == ["page.html", "short.json"]
    assert "<title>good.txt (compressed)</title>" in (desk / "new" / "page.html").read_text(encoding="utf-8")


def test_show_paints_without_colours_into_a_pipe(tamis) -> None:
    done = tamis("compress", "good.txt", "-r", "0.3", *FAST, "--show")
    assert done.code == 0
    assert "[-" in done.text
    assert "\x1b" not in done.text


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["missing.txt"], "'missing.txt': No such file"),
        (["."], "directory.*--out DIR"),
        (["*.rst"], r"No file matches '\*\.rst'"),
        (["bad.txt"], r"'bad.txt' is not text: byte 3 \(0xe9\)"),
        (["nul.txt"], "byte 1 is NUL"),
        (["good.txt", "-r", "33"], "between 0 and 1, got 33"),
        (["good.txt", "-r", "-0.1"], "-0.1"),
        (["good.txt", "-r", "nan"], "nan"),
        (["good.txt", "-t", "-5"], "-5"),
        (["good.txt", "--method", "llmlingua3"], "llmlingua3.*Did you mean 'llmlingua'"),
        (["good.txt", "--tokenizer", "o200k"], "o200k"),
        (["good.txt", "--detectors", "nombers"], "nombers.*Did you mean 'numbers'"),
        (["good.txt", "--order", "best"], "'best'.*original"),
        (["good.txt", "--dynamic", "2"], "dynamic.*2"),
        (["good.txt", "--threads", "0"], "--threads must be at least 1"),
        (["good.txt", "--method", "random", "--seed", "-1"], "--seed must be at least 0"),
        (["good.txt", "--max-mb", "0"], "--max-mb"),
        (["good.txt", "--keep", "(a"], r"'\(a' is not a regular expression"),
        (["good.txt", "--keep", "Aalto", "-t", "0"], "pinned.*Aalto.*Raise the budget"),
        (["good.txt", "--method", "bm25-sentences"], "needs a question"),
        (["good.txt", "-q", "caf\udce9?"], "not valid UTF-8"),
        (["good.txt", "-o", "good.txt"], "also an input"),
        (["good.txt", "--html", "./good.txt"], "also an input"),
        (["good.txt", "-o", "good.txt/below"], "Cannot write"),
        (["good.txt", "-o", "/dev/full"], "No space left"),
        (["good.txt", "-o", "new", "--html", "./new"], "both name 'new'"),
        (["good.txt", "--keep", ""], "keep"),
        (["good.txt", "--tokenizer", "./missing.json"], "missing.json"),
        (["good.txt", "--method", "llmlingua2", "--model", "./missing"], "missing"),
        (["good.txt", "--show", "--json"], "-o FILE"),
        (["good.txt", "--out", "out", "--show"], "--out writes one result per file; --show"),
        (["--out", "out"], "needs files"),
        (["good.txt", "--out", "good.txt"], "is a file"),
        (["good.txt", "--out", "out", "--method", "nope"], "Unknown method"),
        (["good.txt", "--out", "out", "-r", "7"], "between 0 and 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_used_is_refused_in_words(argv: list[str], says: str, tamis, desk: Path) -> None:
    (desk / "bad.txt").write_bytes(b"caf\xe9 au lait")
    (desk / "nul.txt").write_bytes(b"a\0b")
    before = sorted(desk.rglob("*"))
    done = tamis("compress", *(() if "--method" in argv else FAST), *argv)
    assert (done.code, done.out) == (2, b"")
    assert re.search(f"^tamis: error: (?s:.*){says}", done.err, re.S), done.err
    assert "Traceback" not in done.err
    assert sorted(desk.rglob("*")) == before  # nothing was written


@pytest.mark.parametrize(
    "argv", [["compress", "-r", "1", "-t", "2"], ["compress", "-r", "x"], ["compress", "--nope"], ["nope"], []]
)
def test_a_wrong_command_line_is_explained(argv: list[str], tamis) -> None:
    done = tamis(*argv)
    assert done.code == 2
    assert "usage: tamis" in done.err


def test_debug_shows_where_an_error_comes_from(tamis) -> None:
    with pytest.raises(library.errors.UnreadableInput):
        tamis("compress", "missing.txt", "--debug")


@pytest.mark.parametrize("argv", [["--help"], ["compress", "--help"], ["models", "--help"], ["doctor", "-h"]])
def test_every_help_has_examples(argv: list[str], tamis) -> None:
    done = tamis(*argv)
    assert done.code == 0
    assert "examples:\n  tamis " in done.text


def test_help_names_what_there_is_to_choose_from(tamis) -> None:
    text = re.sub(r"-\s+", "-", " ".join(tamis("compress", "--help").text.split()))
    exact = [name for name in COUNTERS if "gpt" not in name and not name.startswith("o1")]
    assert [name for name in (*METHODS, *ORDERS, *POOLS, *exact) if name not in text] == []


def test_version(tamis) -> None:
    assert tamis("--version").text == f"tamis {library.__version__}\n"


@pytest.mark.parametrize(("text", "number"), [("33%", 0.33), (" 0.33", 0.33), ("100 %", 1.0), ("1e-1", 0.1)])
def test_shares_can_be_percentages(text: str, number: float) -> None:
    assert share(text) == pytest.approx(number)
