"""The benchmark of the reader: what is drawn, and what another version made of the same texts; no reader."""

import json

import pytest

from tamis.bench.prompt.tasks import PromptTask


@pytest.fixture
def data(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    asked = [{"id": n, "question": "Who?", "answers": [{"text": n}]} for n in ("Ada", "Bob", "nobody")]
    rows = [{"title": title, "context": "Ada met Bob at noon.", "qas": asked} for title in ("Huguenot", "Normans")]
    packed = zstandard.ZstdCompressor().compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (tmp_path / "qa").mkdir()
    (tmp_path / "qa" / "squad_train.jsonl.zst").write_bytes(packed)
    return tmp_path


def test_one_question_of_each_paragraph_that_answers_it(reading, data):
    (task,) = reading.tasks(data, "blind", "dev", 9)
    assert task.text == "Ada met Bob at noon."
    assert task.answers in {("Ada",), ("Bob",)}


def test_what_was_recorded_stands_beside(reading, tmp_path):
    tasks = [PromptTask("a", "one two three four five six"), PromptTask("b", "seven eight nine ten")]
    file = tmp_path / "before.jsonl"
    reading.record(tasks, "blind", file)
    both = reading.beside(tasks, "before", file)
    assert all(set(task.others) == {"before"} for task in both)
    assert len(both[0].others["before"]) < len(tasks[0].text)
