import threading

import pytest

from tamis.errors import InvalidInput
from tamis.models.parallel import cores, spread, thread_count


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_results_keep_their_order(workers):
    assert spread(lambda n: n * n, range(50), workers) == [n * n for n in range(50)]
    assert spread(str, [], workers) == []


def test_work_is_shared():
    meeting = threading.Barrier(2, timeout=30)
    spread(lambda _: meeting.wait(), range(2), 2)  # would break the barrier if one thread did both


def test_an_error_comes_through():
    with pytest.raises(ZeroDivisionError):
        spread(lambda n: 1 // n, [1, 0, 2], 2)


def test_the_caller_decides_then_the_environment(monkeypatch):
    monkeypatch.delenv("TAMIS_THREADS", raising=False)
    assert thread_count() == cores() >= 1
    monkeypatch.setenv("TAMIS_THREADS", "3")
    assert thread_count() == 3
    assert thread_count(5) == 5


@pytest.mark.parametrize("given", ["0", "-1", "many", "", "1.5", "²"])
def test_nonsense_in_the_environment(monkeypatch, given):
    monkeypatch.setenv("TAMIS_THREADS", given)
    with pytest.raises(InvalidInput, match="TAMIS_THREADS"):
        thread_count()


@pytest.mark.parametrize("given", [0, -2, 1.5, True])
def test_nonsense_from_the_caller(given):
    with pytest.raises(InvalidInput, match="threads"):
        thread_count(given)
