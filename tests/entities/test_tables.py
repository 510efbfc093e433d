"""Tables: a cell by its text, its column and its row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.entities import Concept, KnowledgeBase, Linker, link_table
from tamis.errors import InvalidInput

CITIES = [("c1", "Paris", "n1", "2,100,000"), ("c2", "Lyon", "n1", "500,000"), ("c3", "Austin", "n2", "970,000"),
          ("c4", "Paris", "n2", "25,000"), ("c5", "Dallas", "n2", "1,300,000")]  # fmt: skip
BASE = KnowledgeBase(
    [
        Concept("n1", "France", kind="country"),
        Concept("n2", "Texas", kind="state"),
        Concept("p1", "Paris", kind="person", count=50, links={"sister": ("p2",)}),
        Concept("p2", "Nicky", kind="person"),
        *(
            Concept(key, name, kind="city", count=5, links={"in": (there,), "population": (size,)})
            for key, name, there, size in CITIES
        ),
    ]
)
LINKER = Linker(BASE, meaning=False)


def test_the_row_says_which_paris_is_meant() -> None:
    links = link_table([["Paris", "France"], ["Dallas", "Texas"], ["Paris", "Texas"]], LINKER)
    assert links.cells == (("c1", "n1"), ("c5", "n2"), ("c4", "n2"))
    assert links.kinds == ("city", "state")
    assert links.properties == {(0, 1): ("in", 1.0)}


def test_the_column_says_that_paris_is_a_city() -> None:
    """By itself it is the person, who is meant ten times as often."""
    assert LINKER.lookup("Paris")[0].id == "p1"
    (first,), *_ = link_table([["Paris"], ["Lyon"], ["Dallas"], ["Austin"]], LINKER).cells
    assert first in ("c1", "c4")


def test_plain_values_count_as_facts() -> None:
    links = link_table([["Paris", "25,000"], ["Austin", "970,000"], ["Heronbridge", "12"]], LINKER)
    assert links.cells == (("c4", None), ("c3", None), (None, None))
    assert links.properties == {(0, 1): ("population", 1.0)}


def test_a_table_of_nothing() -> None:
    assert link_table([], LINKER).cells == ()
    links = link_table([["", "12"], ["?", "13"]], LINKER)
    assert links.cells == ((None, None), (None, None))
    assert links.kinds == ("", "")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["Paris", "Lyon", "Texas", "x", "", "25,000"]), min_size=2, max_size=2), max_size=5
    )
)
def test_ids_are_of_the_base_and_cells_have_their_places(rows: list[list[str]]) -> None:
    links = link_table(rows, LINKER)
    assert [len(row) for row in links.cells] == [2] * len(rows)
    assert all(one is None or BASE[one].id == one for row in links.cells for one in row)
    assert all(0 < share <= 1 for _, share in links.properties.values())
    assert link_table(rows[::-1], LINKER).cells == links.cells[::-1]


def test_tables_that_are_none() -> None:
    with pytest.raises(InvalidInput, match="1 to 2 cells"):
        link_table([["a"], ["a", "b"]], LINKER)
    with pytest.raises(InvalidInput, match="must be a str"):
        link_table([[3]], LINKER)  # type: ignore[list-item]
    with pytest.raises(InvalidInput, match="must be a str"):
        LINKER.lookup(3)  # type: ignore[arg-type]
    assert LINKER.lookup(" ") == ()
