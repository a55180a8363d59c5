"""One request, one session: FastAPI gives a handler and its dependencies the same one, so they stay sync together."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.refactorings.async_session.code import Code, Function, Stuck
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.origin import provider_of
from seawall.refactorings.async_session.sessions import Sessions
from seawall.semantics.facts import ClassFact
from seawall.semantics.symbols import Ref


def keep_requests_whole(code: Code, sessions: Sessions, coroutines: Coroutines) -> None:
    """What a sync handler depends on stays sync, but for the session itself; and so does what depends on sync code."""
    _keep_givers_apart(code, sessions, coroutines)
    leaving = sessions.sync | {slot.owner for slot in sessions.stacks.foreign if slot.owner in code.staying}
    for function in code.functions.values():
        stays = code.stays(function.file, function.node)
        for name in _dependencies(code, function):
            used = coroutines.functions.get(name)
            if stays and used is not None:
                if coroutines.makes_sessions(used):
                    coroutines.shared.add(name)
                else:
                    reason = f"`{function.node.name}`, which depends on it, has to stay sync"
                    code.leave(Stuck(reason, function.file, function.node, name))
            elif not stays and name in leaving and function.name in coroutines.functions:
                reason = f"`{name.rpartition('.')[2]}`, a dependency of it, has to stay sync"
                code.leave(Stuck(reason, function.file, function.node))


def _keep_givers_apart(code: Code, sessions: Sessions, coroutines: Coroutines) -> None:
    """`def get_db(): return SessionLocal()` need not await, but is there for one kind of sessions: sync code gets one of its own.
    What a `state` holds is there once, so it is sync for all."""
    asked: dict[str, Function] = {}
    for function in code.functions.values():
        if code.stays(function.file, function.node):
            asked.update((name, function) for name in _dependencies(code, function))
    for name, giver in code.functions.items():
        if name in coroutines.functions or code.stays(giver.file, giver.node) or not coroutines.makes_sessions(giver):
            continue
        callers = (mention.file for mention in code.uses(name) if code.stays(*mention))
        if name not in asked and next(callers, None) is None:
            continue
        states = [
            state
            for node in giver.file.scan.nodes[ast.Return]
            if isinstance(node, ast.Return) and giver.file.function(node) is giver.node and node.value is not None
            if (state := sessions.stacks.state(node.value)) is not None
        ]
        if states:
            code.staying.attributes.update(states)
            code.leave(Stuck(f"`{giver.node.name}` gives a session to code that stays sync", giver.file, giver.node))
        else:
            coroutines.shared.add(name)


def _dependencies(code: Code, function: Function) -> Iterator[str]:
    """The functions that FastAPI calls for the parameters of a function."""
    fact = code.index.function(function.name)
    for one in fact.params if fact is not None else ():
        declared = [one.annotation.name] if isinstance(one.annotation, Ref) and one.default is not None else []
        for name in provider_of(code.index, one) or declared:
            resolved = code.index.resolve(name)
            if isinstance(resolved.fact, ClassFact):
                member = code.index.member(resolved.name, "__init__")
                resolved = member or resolved
            yield resolved.name
