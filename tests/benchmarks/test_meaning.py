"""The benchmark of meaning on one document of one language, without the data folder."""

import json
from types import SimpleNamespace

import pytest


@pytest.fixture
def data(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    text = "I do not smoke. He sings."
    row = {
        "lang": "en", "text": text, "sentences": [[0, 15], [16, 25]],
        "words": [[0, 1], [2, 4], [5, 8], [9, 14], [14, 15], [16, 18], [19, 24], [24, 25]],
        "negations": [[5, 8, 9, 14]],
    }  # fmt: skip
    (tmp_path / "meaning").mkdir()
    packed = zstandard.ZstdCompressor().compress(json.dumps(row).encode() + b"\n")
    (tmp_path / "meaning" / "en.jsonl.zst").write_bytes(packed)
    return tmp_path


def cut(text, *, rate, **_):
    """A compression that keeps the beginning of a text, whatever that breaks."""
    selection = SimpleNamespace(starts=[0], ends=[round(rate * len(text))])
    return SimpleNamespace(selection=selection, rate=rate)


def test_table_and_listing(meaning, data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(meaning, "compress", cut)
    out = tmp_path / "results"
    call = ["--data", str(data), "--languages", "en", "--rates", "1", "0.32", "--method", "truncate", "--list"]
    assert meaning.main([*call, "--results", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "| en | 1 | 1.000 | 0 | 0 | 0 | 0 | 0 | 1 | 1 | 6 | 0 |" in printed
    assert "## dangling: 1" in printed
    assert "en 0.32 document 0: I do not[ smoke. He sings.]" in printed
    kept = json.loads((out / "meaning-truncate.json").read_text())
    assert kept["counts"]["en 1 0"] == [0, 0, 0, 0, 0]
