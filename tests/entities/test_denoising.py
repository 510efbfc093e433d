"""Labels that are partly wrong: what is kept, changed, added, and what teaches nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.entities import Example, FitSettings
from tamis.entities.transfer.denoising import (
    ACTIONS,
    DenoiseSettings,
    Denoising,
    Judgement,
    _applied,
    _marked,
    _votes,
    denoise,
)
from tamis.errors import InvalidInput

NAMES = ["Ann", "Bob Lee", "Carl", "Dora Smith", "Eve", "Frank Moss"]
TOWNS = ["Rome", "New York", "Oslo", "Bonn", "Kyiv", "Lima", "Accra", "Paris"]
CLEAN = [
    Example(f"{a} lives in {b}.", [(0, len(a), "who"), (len(a) + 10, len(a) + 10 + len(b), "where")])
    for a in NAMES
    for b in TOWNS
]
QUICK = DenoiseSettings(folds=2, rounds=1, neighbours=9, fit=FitSettings(least=60))


def wrong() -> list[Example]:
    """Every fifth name of another type, every seventh town unmarked."""
    rows = []
    for number, one in enumerate(CLEAN):
        who, where = one.spans
        kind = "where" if number % 5 == 0 else "who"
        rows.append(Example(one.text, [(who[0], who[1], kind), *([] if number % 7 == 0 else [where])]))
    return rows


@pytest.fixture(scope="module")
def result() -> Denoising:
    return denoise(wrong(), QUICK)


def share_right(examples: tuple[Example, ...] | list[Example]) -> float:
    gold = {(n, *span) for n, one in enumerate(CLEAN) for span in one.spans}
    now = {(n, *span) for n, one in enumerate(examples) for span in one.spans}
    return 2 * len(gold & now) / (len(gold) + len(now))


def test_labels_are_better_than_before(result: Denoising) -> None:
    assert share_right(result.examples) > share_right(wrong()) + 0.05
    assert [one.text for one in result.examples] == [one.text for one in CLEAN]
    for one in result.examples:
        one.check()


def test_every_label_is_judged_once_and_the_report_counts_them(result: Denoising) -> None:
    marked = [(one.number, one.start, one.end, one.label) for one in result.judgements if one.label]
    assert sorted(marked) == sorted((n, *span) for n, one in enumerate(wrong()) for span in one.spans)
    report = result.report()
    assert tuple(report) == ACTIONS
    assert sum(count for count, _ in report.values()) == len(result.judgements)
    assert all(0 <= precision <= 1 for _, precision in report.values())
    odds = [abs(one.probability - 0.5) for one in result.review(5)]
    assert odds == sorted(abs(one.probability - 0.5) for one in result.judgements)[:5]


def test_it_is_reproducible_and_says_how_far_it_is(result: Denoising) -> None:
    steps: list[tuple[int, int]] = []
    assert denoise(wrong(), QUICK, progress=lambda done, total: steps.append((done, total))) == result
    assert steps == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("vote", "share", "action"),
    [
        ([0.8, 0.2], [0.1, 0.8, 0.1], "same"),
        ([0.1, 0.9], [0.1, 0.1, 0.8], "other"),  # both say b
        ([0.6, 0.4], [0.1, 0.0, 0.9], "unsure"),  # neighbours say a, the tagger b
    ],
)
def test_two_witnesses_judge_a_label(vote: list[float], share: list[float], action: str) -> None:
    judgement = _marked(0, (0, 3, "a"), ("a", "b"), np.array(vote), np.array(share))
    assert judgement.action == action


def test_neighbours_vote_as_if_types_were_as_frequent() -> None:
    """Four names of type 0 at one place, one of type 1 beside: of two nearest, each counts by its rarity."""
    rows = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    labels = np.array([0, 0, 0, 0, 1])
    votes = _votes(rows, rows, labels, 2, 4, own=True)
    assert votes[0] == pytest.approx([3 / 2 / (3 / 2 + 1), 1 / (3 / 2 + 1)])  # (not its own voter)
    assert votes[4] == pytest.approx([1, 0])


def test_judgements_become_examples() -> None:
    judgements = [
        Judgement(0, 0, 3, "other", "a", "b", 0.9),
        Judgement(0, 4, 7, "unsure", "a", "b", 0.5),
        Judgement(0, 8, 11, "new", "", "a", 0.9),
    ]
    (one,) = _applied([Example("Ann Bob Cyd", [(0, 3, "a"), (4, 7, "a")])], judgements)
    assert one.spans == ((0, 3, "b"), (8, 11, "a"))
    assert one.unsure == ((4, 7),)


def test_too_little_to_judge() -> None:
    with pytest.raises(InvalidInput, match="cannot judge"):
        denoise([Example("Ann", [(0, 3, "a")])])
    with pytest.raises(InvalidInput, match="not in the text"):
        Example("Ann", [], unsure=[(2, 9)]).check()
