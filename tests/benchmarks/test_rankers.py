"""The ranker benchmark: recall by hand, and a run over two questions."""

from __future__ import annotations

import pytest

from tamis.prompt.documents.rankers import ranker
from training.data.readers import MultiDoc, Passage


def test_recall_by_hand(rankers):
    # Best first: documents 2, 0, 1, 3; needed are 0 and 3.
    made = rankers.recalls((2, 0, 1, 3), (True, False, False, True))
    assert made == {"@1": 0, "@2": 0.5, "@3": 0.5, "@5": 1, "@10": 1, "reciprocal rank": 0.5}


def test_a_run_over_two_questions(rankers):
    docs = (Passage("Oslo", "It is in Norway.", ()), Passage("Emma", "A novel by Jane Austen.", ()))
    asked = [
        MultiDoc("Who wrote the novel Emma?", (), docs, (False, True)),
        MultiDoc("Where is Oslo?", (), docs, (True, False)),
    ]
    found = rankers.measure(asked, {"bm25": ranker("bm25"), "worst": lambda q, d: [-x for x in ranker("bm25")(q, d)]})
    assert found["bm25"]["@1"] == [1, 1]
    assert found["worst"]["reciprocal rank"] == [0.5, 0.5]
    shown = rankers.table(found, [0])
    assert "| bm25 | 100.0 (100.0 to 100.0) |" in shown
    assert "| worst | 0.0 (0.0 to 0.0) |" in shown


def test_a_data_folder_that_is_not_there_is_refused(rankers, tmp_path, capsys):
    with pytest.raises(SystemExit):
        rankers.main(["--data", str(tmp_path / "nowhere")])
    assert "nowhere" in capsys.readouterr().err
