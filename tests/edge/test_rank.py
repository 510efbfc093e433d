"""`tamis rank`, and `--min-relevance` wherever it stands."""

from __future__ import annotations

import pytest

ASKED = "What had the dredging cost?"
OTHER = "Which bishop crowned the king of Denmark?"


@pytest.fixture
def files(desk):
    (desk / "weather.txt").write_text(
        "It rains in May.\n\nThe lake is high, and the road is closed.\n", encoding="utf-8"
    )
    return ("weather.txt", "good.txt")


def test_the_best_document_stands_first(tamis, files):
    done = tamis("rank", ASKED, *files)
    first, second = done.text.splitlines()
    assert first.split()[3] == "good.txt"
    assert float(first.split()[1]) > 0.5 > float(second.split()[1])
    assert "2 documents, auto" in done.err


def test_paragraphs_have_lines(tamis, files):
    rows = tamis("rank", "Is the road closed?", *files, "--paragraphs", "--json", "--quiet").json
    assert (rows[0]["name"], rows[0]["line"], rows[0]["place"]) == ("weather.txt", 3, 1)
    assert rows[0]["text"].startswith("The lake")
    assert len(tamis("rank", "road", *files, "--top", "1", "--ranker", "bm25").text.splitlines()) == 1


def test_options_may_stand_between_question_and_files(tamis, files):
    assert tamis("rank", "road", "--ranker", "bm25", *files).text.split()[1:2] == ["-"]


def test_what_is_below_the_minimum_is_left_out(tamis, files):
    done = tamis("rank", ASKED, *files, "--min-relevance", "0.4", "--json")
    assert [row["name"] for row in done.json] == ["good.txt"]
    assert [
        row["name"] for row in tamis("rank", ASKED, *files, "--min-relevance", "0.4", "--ranker", "gzip", "--json").json
    ]
    done = tamis("rank", OTHER, *files, "--min-relevance", "0.4", "--json")
    assert (done.code, done.json) == (1, [])
    assert "nothing answers with a chance of 0.4 or more" in done.err
    assert tamis("rank", OTHER, *files).code == 0


@pytest.mark.parametrize("command", [("rank", ASKED, "good.txt"), ("compress", "-q", ASKED, "good.txt")])
@pytest.mark.parametrize("minimum", ["-0.1", "2", "nan"])
def test_a_minimum_is_a_chance(tamis, desk, command, minimum):
    done = tamis(*command, f"--min-relevance={minimum}")
    assert done.code == 2
    assert "--min-relevance is a chance" in done.err


def test_a_compression_may_be_empty(tamis, files):
    done = tamis("compress", *files, "-q", OTHER, "--min-relevance", "0.4")
    assert (done.code, done.text) == (1, "")
    assert "Nothing is relevant enough" in done.err
    done = tamis("compress", *files, "-q", ASKED, "-r", "1", "--min-relevance", "0.4")
    assert done.code == 0
    assert "dredging" in done.text
    assert "rains" not in done.text


def test_a_doubt_is_said(tamis, files):
    done = tamis("compress", "weather.txt", "-q", OTHER)
    assert "hardly holds an answer" in done.err
    assert done.code == 0
    assert "hardly" not in tamis("compress", "weather.txt", "-q", OTHER, "--quiet").err


def test_of_many_files_the_doubts_are_counted(tamis, files):
    done = tamis("compress", *files, "-q", OTHER, "--out", "short")
    assert "2 of 2 files hardly hold an answer to the question." in done.err
