"""Costly work: nobody queues behind it."""

import threading
from contextlib import ExitStack

import pytest

from app import gates
from app.gates import Crowded, Gate


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may wait does not, unless a test says so."""
    monkeypatch.setattr(gates, "MOST_WAITING", 0)


def test_as_many_as_it_says_are_let_in() -> None:
    """The third of two is told; once one has left there is room again."""
    gate = Gate(2)
    with gate.passing(), ExitStack() as second:
        second.enter_context(gate.passing())
        with pytest.raises(Crowded), gate.passing():
            raise AssertionError("let in")
        second.close()
        with gate.passing():
            pass


def test_somebody_is_let_in_once() -> None:
    """Six clicks on one paper are one paper; a neighbour has theirs beside."""
    gate = Gate(2)
    with gate.passing(1):
        with pytest.raises(Crowded), gate.passing(1):
            raise AssertionError("let in")
        with gate.passing(2):
            pass
    with gate.passing(1):
        pass


def test_what_fails_leaves_its_place() -> None:
    """A paper that cannot be made keeps nobody out."""
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.passing(1):
        raise ZeroDivisionError
    with gate.passing(1):
        pass


def test_one_may_wait_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next gets their turn; the one after is told at once, and so holds no thread."""
    monkeypatch.setattr(gates, "MOST_WAITING", 1)
    gate, waits, through = Gate(), threading.Event(), threading.Event()
    has_room = gate._has_room

    def told() -> bool:
        waits.set()
        return has_room()

    monkeypatch.setattr(gate, "_has_room", told)

    def next_one() -> None:
        with gate.passing(2):
            through.set()

    with gate.passing(1):
        waits.clear()
        waiting = threading.Thread(target=next_one)
        waiting.start()
        assert waits.wait(10)
        while not gate._waiting:
            pass
        with pytest.raises(Crowded), gate.passing(3):
            raise AssertionError("let in")
    waiting.join()
    assert through.is_set()


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its patience whoever waited is told."""
    monkeypatch.setattr(gates, "MOST_WAITING", 1)
    gate = Gate()
    with gate.passing(), pytest.raises(Crowded), gate.passing(patience=0.01):
        raise AssertionError("let in")


def test_anybody_waits_while_it_moves() -> None:
    """Short work of many: all of them get through, though none may wait long."""
    gate, through, together = Gate(moment=60), [], threading.Barrier(8)

    def next_one(number: int) -> None:
        together.wait()
        with gate.passing():
            through.append(number)

    threads = [threading.Thread(target=next_one, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(through) == list(range(8))


def test_nobody_waits_behind_what_stands_still() -> None:
    """Whoever is inside has been so for more than a moment: the others are told at once."""
    gate = Gate(moment=0.01)
    with gate.passing(), pytest.raises(Crowded), gate.passing(patience=60):
        raise AssertionError("let in")


def test_a_few_wait_all_the_same() -> None:
    """As many as it says."""
    gate, results = Gate(moment=0.01, most_waiting=2), []

    def next_one() -> None:
        try:
            with gate.passing(patience=60):
                results.append("in")
        except Crowded:
            results.append("told")

    threads = [threading.Thread(target=next_one) for _ in range(6)]
    with gate.passing():
        for each in threads:
            each.start()
        while len(results) < 4:
            pass
        assert results == ["told"] * 4
    for each in threads:
        each.join()
    assert results == ["told"] * 4 + ["in"] * 2
