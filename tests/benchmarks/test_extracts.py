"""The benchmark of whole sentences: every ranker under both ways of choosing, within the budget, paired."""

import pytest

from benchmarks.prompt import extracts
from tests.prompt.conftest import PlainEncoder
from training.data.readers import Passage, Question
from training.extract import cases

TEXT = "The boiler exploded in 1851. Nobody noticed it. The valve stuck because of frost."
PASSAGE = Passage("Boiler", TEXT, (Question("1", "When?", ("1851",)), Question("2", "Why?", ("of frost", "frost"))))


@pytest.fixture
def case(monkeypatch):
    for module in ("training.extract.cases", "tamis.prompt.methods.extracts"):
        monkeypatch.setattr(f"{module}.encoder_of", lambda request: PlainEncoder())
    return cases._asked(TEXT, [PASSAGE])


def test_every_question_is_judged_for_every_ranker_and_way(case):
    shares = extracts.measure([case], (0.5, 1.0), single=True)
    assert list(shares) == [f"{name}{how}" for name in extracts.RANKERS for how in ("", ", packed")]
    assert all(by_rate[1.0] == [True, True] for by_rate in shares.values())
    assert shares["lead"][0.5] == [True, False]


def test_of_a_text_its_share_is_kept(case):
    assert extracts.measure([case], (0.5,), single=False)["lead"][0.5] == [0.5]


def test_the_table_says_what_ours_has_more(case):
    table = extracts.table(extracts.measure([case], (0.5, 1.0), single=True))
    assert "| lead | 100.0 (100.0 to 100.0) | 50.0" in table
    assert table.count("\n| ") == 2 * len(extracts.RANKERS) + 1
