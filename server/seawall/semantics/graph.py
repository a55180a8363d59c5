"""A small graph of remembered answers that knows which answers used which.

Inputs are `Cell`s, derived answers are `Memo`s. Setting a cell marks what asked for it, directly or through others, as
suspect. A suspect memo is looked at again only when somebody asks for it, and is computed anew only when one of the answers
it used has really changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

CLEAN, CHECK, DIRTY = 0, 1, 2

_NOTHING: dict[Source, None] = {}
"""What is used by those that are not running."""


class Observer(Protocol):
    def suspect(self, state: int) -> None: ...


class Source:
    """What a memo can depend on."""

    __slots__ = ("_observers", "value")

    def __init__(self, value: Any = None) -> None:
        self.value = value
        self._observers: Memo | set[Memo] | None = None

    @property
    def observers(self) -> Iterable[Memo]:
        """The memos that used it."""
        known = self._observers
        return () if known is None else known if isinstance(known, set) else (known,)

    def watch(self, observer: Memo) -> None:
        """Somebody used it. Most sources have one observer, or none, so a set is made for the second."""
        known = self._observers
        if known is None:
            self._observers = observer
        elif isinstance(known, set):
            known.add(observer)
        elif known is not observer:
            self._observers = {known, observer}

    def unwatch(self, observer: Memo) -> None:
        """That use is over."""
        if isinstance(self._observers, set):
            self._observers.discard(observer)
        elif self._observers is observer:
            self._observers = None

    def refresh(self) -> None:
        """Bring the value up to date; marks observers dirty if it changed."""

    def _changed(self) -> None:
        for observer in self.observers:
            observer.suspect(DIRTY)


class Cell(Source):
    """An input: somebody sets it."""

    __slots__ = ()

    def get(self) -> Any:
        if _running:
            reader = _running[-1]
            if self not in reader.using:
                reader.using[self] = None
                self.watch(reader)
        return self.value

    def set(self, value: Any) -> bool:
        """Replace the value; those who asked are marked only if it differs. Whether it does."""
        changed = value is not self.value and bool(value != self.value)
        self.value = value
        if changed:
            self._changed()
        return changed


class Memo(Source):
    """A derived answer. A memo that asks for itself answers `None`, and so does every memo on that circle: what such a
    circle means cannot depend on where one enters it."""

    __slots__ = ("_compute", "_given", "cyclic", "notes", "sources", "state", "using", "when_suspect")
    running: ClassVar[list[Memo]] = []

    def __init__(
        self, compute: Callable[..., Any], *given: Any, when_suspect: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._compute, self._given = compute, given
        self.when_suspect = when_suspect
        self.sources: tuple[Source, ...] = ()
        """The answers that were used, in their order."""
        self.using: dict[Source, None] = _NOTHING
        """The same, while it is computed."""
        self.state = DIRTY
        self.cyclic = False
        self.notes: dict[int, tuple[object, Any]] | None = None
        """While it is computed: what else it has found out so far, by way of sources that it has noted."""

    def get(self) -> Any:
        if _running:
            reader = _running[-1]
            if self not in reader.using:
                reader.using[self] = None
                self.watch(reader)
        if self.state != CLEAN:
            if self in Memo.running:
                for member in Memo.running[Memo.running.index(self) :]:
                    member.cyclic = True
                return None
            self.refresh()
        return self.value

    def refresh(self) -> None:
        if self not in Memo.running and not self.holds():
            self._run()

    def holds(self) -> bool:
        """Whether every answer that was used is still the same."""
        if self.state == CHECK:
            for source in self.sources:
                source.refresh()
                if self.state == DIRTY:
                    break
            else:
                self.state = CLEAN
        return self.state == CLEAN

    def suspect(self, state: int) -> None:
        """Mark this memo, and as CHECK all that used it."""
        waiting: list[tuple[Memo, int]] = [(self, state)]
        while waiting:
            memo, mark = waiting.pop()
            if memo.state < mark:
                first = memo.state == CLEAN
                memo.state = mark
                if first and memo.when_suspect is not None:
                    memo.when_suspect()
                if first:
                    waiting.extend((observer, CHECK) for observer in memo.observers)

    def forget(self) -> None:
        """Leave the graph: nobody will ask again."""
        for source in self.sources:
            source.unwatch(self)
        self.sources = ()
        self.state = DIRTY

    def _run(self) -> None:
        for source in self.sources:
            source.unwatch(self)
        self.using = {}
        self.cyclic = False
        self.notes = {}
        Memo.running.append(self)
        try:
            value = self._compute(*self._given)
        finally:
            Memo.running.pop()
            self.notes = None
            self.sources, self.using = tuple(self.using), _NOTHING
        if self.cyclic:
            value = None
        self.state = CLEAN
        if value != self.value:
            self.value = value
            self._changed()
        else:
            self.value = value


_running = Memo.running


class Record(Memo):
    """The answers that something longer used, which takes its turns as it likes."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(_nothing)
        self.state = CLEAN
        self.using = {}

    @contextmanager
    def noting(self) -> Iterator[None]:
        """What is asked for meanwhile counts as used."""
        state = self.state
        self.notes = {}
        Memo.running.append(self)
        try:
            yield
        finally:
            Memo.running.pop()
            self.notes = None
            self.state = state  # answers that are made for the first time are no change

    def settle(self) -> None:
        """Nothing more will be noted."""
        if self.using:
            self.sources, self.using = tuple(self.using), _NOTHING

    def forget(self) -> None:
        self.settle()
        super().forget()


def _nothing() -> None:
    """What a record computes."""
