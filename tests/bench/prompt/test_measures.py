"""Coverage, what tamis detects in a text, the development sets, and the drawing, by hand."""

from __future__ import annotations

import json

import pytest

from tamis.bench.paired import Difference
from tamis.bench.plot import plot
from tamis.bench.prompt.answers import every_word
from tamis.bench.prompt.coverage import content_words, coverage
from tamis.bench.prompt.detected import detected
from tamis.bench.prompt.sets import SETS, read_set
from tamis.errors import UnknownName, UnreadableInput


def test_coverage_counts_what_the_source_says():
    source = "The old mill of Ada burnt down in 1902."
    assert coverage(source, source, "Ada's mill burnt in 1902 or so") == (1.0, 1.0)
    assert coverage("mill burnt", source, "A mill burnt down in 1902.") == (2 / 3, 0.0)
    assert coverage("mill burnt 1902", source, "old mill, burnt 1902") == (0.75, 0.5)
    assert coverage("", source, "nothing of it") == (None, None)


def test_letters_written_without_blanks_count_one_by_one():
    assert content_words("发邮件 mail") == ["发", "邮", "件", "mail"]


def test_words_of_an_answer_may_stand_anywhere():
    assert every_word("Chicago has a University of", ["University of Chicago"])
    assert not every_word("one pump", ["pump pump"])


@pytest.mark.parametrize(
    ("text", "denial"),
    [
        ("She left early. He does not like the old plan.", ("not", "like")),
        ("Nobody came. They will never agree.", ("never", "agree")),
        ("Der Hund kommt heute nicht. Das Wetter ist sehr schön und die Sonne scheint.", ("nicht", "heute")),
    ],
)
def test_a_negator_denies_the_next_word_of_its_sentence(text, denial):
    gold = detected(text)
    pairs = [(text[d.negator.start : d.negator.end], text[d.denied.start : d.denied.end]) for d in gold.denials]
    assert denial in pairs
    assert len(gold.sentences) == 2
    assert all(any(map(str.isalnum, text[w.start : w.end])) for w in gold.words)


def test_an_empty_text_has_nothing():
    gold = detected("")
    assert (gold.sentences, gold.words, gold.denials) == ((), (), ())


@pytest.fixture
def data(tmp_path):
    zstandard = pytest.importorskip("zstandard")

    def pack(name, *rows):
        path = tmp_path / f"{name}.jsonl.zst"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zstandard.ZstdCompressor().compress("".join(json.dumps(row) + "\n" for row in rows).encode()))

    asked = [{"id": "q", "question": "Who?", "answers": [{"text": "Ada"}]}, {"id": "r", "question": "?", "answers": []}]
    articles = ("Huguenot", "Normans")
    pack("qa/squad_train", *({"title": title, "context": "Ada met Bob.", "qas": asked} for title in articles))
    doc = {"title": "Ada", "text": "She signed."}
    hops = [{"id": n, "question": "Who?", "answers": [a], "docs": [doc]} for n, a in enumerate(("Ada", "yes"))]
    pack("qa/multidoc_hotpot_musique_train", *hops)
    turns = ["A: " + "so it goes " * 60, "B: " + "and on " * 90]
    pack("segmentation/qmsum_topics_trainval", {"id": "m", "turns": turns})
    pack("compression/qmsum_turn_spans_trainval", {"id": "m", "query": "?", "answer": "It goes on.", "keep": [1, 1]})
    for language in ("en", "de", "fr", "es", "pt", "ru", "zh", "ja"):
        pack(f"meaning/{language}", {"text": "No.", "sentences": [[0, 3]], "words": [[0, 2]], "negations": []})
    return tmp_path


def test_sets_are_tasks(data):
    tasks = {name: read_set(name, data) for name in SETS}
    assert [(task.text, task.answers) for task in tasks["paragraphs"]] == [("Ada met Bob.", ("Ada",))]  # none held out
    assert [task.text[0].title for task in tasks["documents"]] == ["Ada"]
    assert [task.reference for task in tasks["meetings"]] == ["It goes on."]
    assert len(tasks["meaning"]) == 8
    assert tasks["meaning"][0].gold is not None
    assert len(read_set("meaning", data, 3)) == 3


def test_a_set_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnknownName):
        read_set("magic", tmp_path)
    with pytest.raises(UnreadableInput, match="--data"):
        read_set("paragraphs", tmp_path)


def test_the_drawing_holds_a_line_for_each_method_and_its_interval():
    curves = {
        "a": {0.5: Difference(0.8, 0.7, 0.9), 0.2: Difference(0.5, 0.4, 0.6)},
        "<b>": {0.5: Difference(0.1, 0, 0.2)},
    }
    drawing = plot(curves, "kept, %", scale=100, level=1.0)
    assert drawing.count("<polyline") == 2
    assert drawing.count("<circle") == 3
    assert "&lt;b&gt;" in drawing
    assert "nan" not in drawing
    assert plot({"a": {0.5: Difference(0.5, 0.5, 0.5)}}, "one").count("<circle") == 1
