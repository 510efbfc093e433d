"""`tamis compress` with tags, rankers, and the methods that read with a language model."""

from __future__ import annotations

from pathlib import Path

import pytest

FAST = ("--method", "truncate", "--quiet")
TAGGED = "<llmlingua, compress=False>Do not guess.</llmlingua> One two three four. <llmlingua, rate=0>Gone.</llmlingua>"


def test_tags_are_read_where_asked_for(tamis) -> None:
    assert (
        tamis("compress", "--tags", "-r", "1", *FAST, stdin=TAGGED.encode()).text == "Do not guess. One two three four."
    )
    assert tamis("compress", "-r", "1", *FAST, stdin=TAGGED.encode()).text == TAGGED
    short = tamis("compress", "--tags", "-r", "0.4", *FAST, stdin=TAGGED.encode()).text
    assert short.startswith("Do not guess.")
    assert "Gone" not in short
    assert len(short) < len("Do not guess. One two three four.")


def test_tags_are_read_in_each_of_several_documents(tamis, desk: Path) -> None:
    (desk / "a.md").write_text("A <llmlingua, rate=0>x</llmlingua>a")
    (desk / "b.md").write_text("B <llmlingua, rate=0>x</llmlingua> b")
    assert tamis("compress", "--tags", "a.md", "b.md", "-r", "1", *FAST).text == "A\n\nB b"


def test_a_tag_without_a_partner_is_refused(tamis) -> None:
    done = tamis("compress", "--tags", *FAST, stdin=b"a <llmlingua, rate=0.5> b")
    assert done.code == 2
    assert done.out == b""
    assert "'<llmlingua, rate=0.5>' has no partner" in done.err


def test_in_a_batch_a_file_with_a_bad_tag_stops_no_other(tamis, desk: Path) -> None:
    (desk / "in").mkdir()
    (desk / "in" / "bad.txt").write_text("a</llmlingua>")
    (desk / "in" / "fine.txt").write_text(TAGGED)
    done = tamis("compress", "--tags", "in", "--out", "short", "-r", "1", *FAST)
    assert done.code == 1
    assert "bad.txt" in done.err
    assert (desk / "short" / "fine.txt").read_text() == "Do not guess. One two three four."
    assert not (desk / "short" / "bad.txt").exists()


def test_a_ranker_ranks_and_its_scores_are_in_the_json(tamis, desk: Path) -> None:
    (desk / "a.md").write_text("Ferries cross the river.")
    (desk / "b.md").write_text("The mill burned down.")
    asked = ("-q", "When did the mill burn?", "--order", "sort", "--ranker", "bm25", "--json")
    done = tamis("compress", "a.md", "b.md", "-r", "1", *FAST, *asked)
    assert [d["number"] for d in done.json["documents"]] == [1, 0]
    assert done.json["documents"][0]["score"] > done.json["documents"][1]["score"]
    assert done.json["text"].startswith("The mill")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--ranker", "bm26"), "bm25"),
        (("--segment", "0"), "--segment must be at least 1, got 0"),
        (("--method", "longllmlingua"), "needs a question"),
        (("--method", "llmlingua", "--model", "no-such-model"), "no-such-model"),
        (("--method", "llmlingua", "--model", "./no/such/folder"), "no/such/folder"),
    ],
)
def test_what_cannot_be_used_is_refused(argv: tuple[str, ...], says: str, tamis) -> None:
    done = tamis("compress", *argv, stdin=b"One two three.")
    assert done.code == 2
    assert says in done.err


def test_a_language_model_reads_from_the_shell(tamis) -> None:
    pytest.importorskip("transformers")
    folder = Path(__file__).resolve().parents[1] / "golden" / "reference" / "gpt2"
    text = (
        b"The mill on the Aire was built in 1826 by Titus Rowe, and it burned down in 1901, on a cold night in March."
    )
    chosen = ("--method", "longllmlingua", "--model", str(folder), "--segment", "20", "-q", "When did it burn down?")
    done = tamis("compress", "-t", "10", *chosen, "--json", stdin=text)
    assert done.code == 0, done.err
    assert 0 < done.json["tokens"] <= 10
    assert (done.json["method"], done.json["model"]) == ("longllmlingua", str(folder))
