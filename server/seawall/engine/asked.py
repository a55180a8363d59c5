"""What findings rest on: which questions about other modules were asked for a file, and what the answers were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from seawall.engine.workspace import Workspace
from seawall.semantics.facts import CallSite, ClassFact, FunctionFact, Later, Place, ValueFact
from seawall.semantics.graph import Memo, Source
from seawall.semantics.index import Index
from seawall.syntax import Range

Question: TypeAlias = tuple[str, str]
"""A module, and what it was asked; without a module, something that any may answer."""

_NOWHERE = Place(Range(0, 0, 0, 0))
_encoder = msgspec.msgpack.Encoder()


def asked(workspace: Workspace, paths: Iterable[Path]) -> dict[Path, frozenset[Question]]:
    """For each file, every question that its findings rest on, directly or through others."""
    questions = {id(cell): (module, question) for module, question, cell in workspace.index.questions()}
    return {
        path: frozenset(questions[key] for key in _cells(workspace.memos(path)) if key in questions) for path in paths
    }


def _cells(memos: Iterable[Memo]) -> set[int]:
    found: set[int] = set()
    seen: set[Source] = set()
    waiting: list[Source] = list(memos)
    while waiting:
        source = waiting.pop()
        if isinstance(source, Memo):
            new = set(source.sources) - seen
            seen |= new
            waiting.extend(new)
        else:
            found.add(id(source))
    return found


def answers(index: Index) -> dict[Question, bytes]:
    """What every question that was asked has for an answer by now, as a digest."""
    return {(module, question): digest(cell.value) for module, question, cell in index.questions()}


def mentions(index: Index) -> dict[str, dict[str, tuple[str, ...]]]:
    """What each module says to the questions that any may answer, for a run that reads only some of them."""
    return {question: dict(found) for question, found in index.mentions()}


def sayings(index: Index, modules: Iterable[str]) -> dict[str, bytes]:
    """A digest of all that a module says, without the insides of its functions; nothing for what is no module."""
    known = index.modules
    return {
        module: digest((tuple(known[module].names.items()), known[module].stars))
        for module in modules
        if module in known
    }


def digest(value: Any) -> bytes:
    """A fingerprint of an answer. What merely moved is the same, and nothing can be read from it."""
    if value is None or value is True or value is False:
        return repr(value).encode()
    try:
        data = _encoder.encode(_without_places(value))
    except (UnicodeEncodeError, OverflowError):  # lone surrogates, huge numbers
        data = repr(_without_places(value)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=10).digest()


def _without_places(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_without_places, value))
    if isinstance(value, FunctionFact):
        fields = msgspec.structs.asdict(value)
        return {name: field for name, field in fields.items() if not isinstance(field, (Place, Later))}
    if isinstance(value, (CallSite, ClassFact, ValueFact)):
        return msgspec.structs.replace(value, place=_NOWHERE)
    return value
