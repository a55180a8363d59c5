"""The graph asks again what may have changed, and nothing else."""

from __future__ import annotations

from seawall.semantics.graph import Cell, Memo


class Counted:
    """A memo that counts how often it was computed."""

    def __init__(self, compute) -> None:  # type: ignore[no-untyped-def]
        self.times = 0
        self.memo = Memo(self._run)
        self._compute = compute

    def _run(self) -> object:
        self.times += 1
        return self._compute()

    def get(self) -> object:
        return self.memo.get()


def test_an_answer_is_computed_once() -> None:
    cell = Cell(1)
    double = Counted(lambda: cell.get() * 2)
    assert [double.get(), double.get()] == [2, 2]
    assert double.times == 1


def test_a_change_is_passed_on() -> None:
    cell = Cell(1)
    double = Counted(lambda: cell.get() * 2)
    more = Counted(lambda: double.get() + 1)
    assert more.get() == 3
    cell.set(5)
    assert more.get() == 11
    assert (double.times, more.times) == (2, 2)


def test_the_same_value_troubles_nobody() -> None:
    cell = Cell([1])
    asked = Counted(lambda: len(cell.get()))
    asked.get()
    cell.set([1])
    asked.get()
    assert asked.times == 1


def test_an_answer_that_stays_the_same_stops_the_change() -> None:
    cell = Cell(1)
    is_odd = Counted(lambda: cell.get() % 2 == 1)
    text = Counted(lambda: "odd" if is_odd.get() else "even")
    assert text.get() == "odd"
    cell.set(3)
    assert text.get() == "odd"
    assert (is_odd.times, text.times) == (2, 1)


def test_only_what_was_asked_this_time_counts() -> None:
    which, left, right = Cell(True), Cell("l"), Cell("r")
    chosen = Counted(lambda: left.get() if which.get() else right.get())
    assert chosen.get() == "l"
    right.set("R")
    assert (chosen.get(), chosen.times) == ("l", 1)
    which.set(False)
    assert (chosen.get(), chosen.times) == ("R", 2)
    left.set("L")
    assert (chosen.get(), chosen.times) == ("R", 2)


def test_nothing_is_computed_until_somebody_asks() -> None:
    cell = Cell(1)
    asked = Counted(lambda: cell.get())
    asked.get()
    for n in range(10):
        cell.set(n)
    assert asked.times == 1


def test_a_circle_means_nothing_wherever_one_enters_it() -> None:
    memos: dict[str, Memo] = {}
    memos["a"] = Memo(lambda: (memos["b"].get(), "a"))
    memos["b"] = Memo(lambda: (memos["a"].get(), "b"))
    outside = Memo(lambda: (memos["a"].get(), memos["b"].get(), "seen"))
    assert outside.get() == (None, None, "seen")
    assert memos["b"].get() is None
    assert memos["a"].get() is None


def test_a_circle_that_is_broken_up_means_something_again() -> None:
    closed = Cell(True)
    memos: dict[str, Memo] = {}
    memos["a"] = Memo(lambda: memos["b"].get() if closed.get() else "free")
    memos["b"] = Memo(lambda: memos["a"].get())
    assert memos["b"].get() is None
    closed.set(False)
    assert memos["b"].get() == "free"


def test_one_who_left_is_not_told() -> None:
    cell = Cell(1)
    asked = Counted(lambda: cell.get())
    asked.get()
    asked.memo.forget()
    assert not cell.observers
