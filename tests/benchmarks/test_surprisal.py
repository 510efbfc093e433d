"""The comparison of perplexity methods at tiny size, with a stand-in for the package's process; never how fast."""

import json

import pytest

pytest.importorskip("torch")


class Package:
    """Answers as the package's process does: keeps the first half of the words, whatever the rate."""

    def __init__(self):
        self.asked = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, do, **request):
        self.asked.append((do, request.get("name")))
        if do == "kept":
            count = len(request["arguments"]["context"][0].split())
            return {"kept": list(range(count // 2)), "count": count, "seconds": 0.0}
        return {"seconds": 0.25}


@pytest.fixture
def package(surprisal, monkeypatch):
    made = Package()
    monkeypatch.setattr(surprisal.peers, "perplexity_peer", lambda work: made)
    monkeypatch.setattr(surprisal.peers, "PAUSE", 0.0)
    return made


def test_documents_hold_the_whole_text(surprisal):
    text = "one two three four five six seven"
    assert surprisal.parts(text, 3) == ["one two", "three four five", "six seven"]
    assert " ".join(surprisal.parts(text, 7)) == text


def test_adherence_tells_every_length_and_rate(surprisal, package, tmp_path, capsys):
    call = ["--data", str(tmp_path), "--results", str(tmp_path), "--work", str(tmp_path)]
    surprisal.main([*call, "adherence", "--lengths", "60", "300", "--rates", "0.2", "0.6"])
    rows = json.loads((tmp_path / "surprisal-adherence.json").read_text())["rows"]
    theirs = [row for row in rows if row["what"] == "llmlingua package"]
    assert [(row["tokens"], row["rate"]) for row in theirs] == [(60, 0.2), (60, 0.6), (300, 0.2), (300, 0.6)]
    said = capsys.readouterr().out
    assert "| tokens | 0.2 | 0.6 |" in said
    for method in surprisal.METHODS:
        mine = [row for row in rows if row["what"] == f"tamis, {method}"]
        assert all(row["kept"] <= row["rate"] * row["of"] for row in mine)
        assert len(mine) == 4


def test_what_is_broken_is_counted(surprisal):
    rows = [
        {"rate": 0.5, "kept": 51, "of": 100},  # over
        {"rate": 0.5, "kept": 10, "of": 100},  # far under, but short
        {"rate": 0.5, "kept": 97, "of": 400},  # 48.5 % of the budget
        {"rate": 0.5, "kept": 194, "of": 400},  # 97 %
    ]
    assert surprisal.broken(rows) == (
        "1 of 4 over the budget; 1 of 2 longer than 200 tokens leave more than 3 % unspent (least: 48.5%)."
    )


def test_speeds_are_set_against_the_package(surprisal, package, monkeypatch, tmp_path, capsys):
    call = ["--data", str(tmp_path), "--results", str(tmp_path), "--work", str(tmp_path), "reference"]
    sizes = ["--layers=1", "--width=64", "--tokens=450", "--documents=2", "--repeats=1", "--threads=1"]
    monkeypatch.setattr(surprisal, "ENTRIES", 1200)
    monkeypatch.setattr(surprisal, "PIECES", 1000)
    surprisal.main([*call, *sizes])
    rows = {row["what"]: row for row in json.loads((tmp_path / "surprisal-reference.json").read_text())["rows"]}
    assert rows["llmlingua package, longllmlingua"]["times the package"] == 1
    replayed = rows["tamis, replay of the token level"]
    assert replayed["times the package"] == pytest.approx(0.25 / replayed["median s"])
    assert {f"tamis, {method}" for method in surprisal.METHODS} <= rows.keys()
    assert "times the package" in capsys.readouterr().out
    assert ("call", "compress_prompt") in package.asked
