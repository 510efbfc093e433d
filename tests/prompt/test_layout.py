import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis import Document
from tamis.prompt.methods.auto.layout import LONGEST, layout, title_line
from tests.text.texts import texts

SENTENCE = "The pump of the second boiler was replaced in the spring of that year by a new one. "


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, max_size=4))
def test_sentences_tile_the_documents_and_passages_the_sentences(request_of, parts):
    request = request_of(parts)
    laid = layout(request)
    tiled = "".join(s.of(request.text) for s in laid.sentences)
    assert tiled == "".join(d.of(request.text) for d in request.documents) or not tiled.strip()
    edges = [0, *(p.last for p in laid.passages)]
    assert [p.first for p in laid.passages] == edges[:-1]
    assert edges[-1] == len(laid.sentences) == laid.passage_of.size == laid.heading.size
    starts = request.units.starts
    for word, number in enumerate(laid.sentence_of.tolist()):
        assert laid.sentences[number].start <= starts[word] < laid.sentences[number].end


@pytest.mark.parametrize(
    ("document", "size"),
    [
        ("Steam engine\nA steam engine is a heat engine.", 13),
        ("# Steam engine\n\nA steam engine is a heat engine.", 15),
        ("A steam engine is a heat engine.\nIt moves.", 0),  # ends like a sentence
        ("Steam engine", 0),  # nothing stands under it
        ("Steam engine\n \n", 0),
        ("***\nText.", 0),
        ("x" * 101 + "\nText.", 0),
        ("", 0),
    ],
)
def test_title_line(document, size):
    assert title_line(document) == size


def test_a_short_document_is_one_passage_under_its_title(request_of):
    laid = layout(request_of([Document(SENTENCE * 3, "Boilers"), Document(SENTENCE)]))
    assert [(p.title, p.first, p.last) for p in laid.passages] == [("Boilers", 0, 4), ("", 4, 5)]
    assert laid.heading.tolist() == [True, False, False, False, False]


def test_a_long_document_is_cut_between_sentences_into_passages_of_like_size(request_of):
    request = request_of(SENTENCE * 40)
    laid = layout(request)
    sizes = np.bincount(laid.passage_of[laid.sentence_of])
    assert len(sizes) > 2
    assert sizes.max() <= LONGEST
    assert sizes.min() >= LONGEST / 3


def test_passages_stand_under_the_nearest_heading(request_of):
    text = f"# Boilers\n\n{SENTENCE * 2}\n\n## Pumps\n\n{SENTENCE}\n\n## Valves\n\n{SENTENCE}"
    assert [p.title for p in layout(request_of(text)).passages] == ["Boilers", "Pumps", "Valves"]
