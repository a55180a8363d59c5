"""The whole move, step by step, on a draft of the project."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from seawall.edits import AnyEdit, CannotFix
from seawall.edits.unused import used_names
from seawall.project.project import Project
from seawall.refactorings.async_session.annotations import annotate
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, Staying, Stuck
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.drivers import Drivers
from seawall.refactorings.async_session.engine import Engines
from seawall.refactorings.async_session.fresh import refresh
from seawall.refactorings.async_session.functions import convert
from seawall.refactorings.async_session.models import leave_late_readers, load_at_once
from seawall.refactorings.async_session.queries import modernise
from seawall.refactorings.async_session.requests import keep_requests_whole
from seawall.refactorings.async_session.requirements import require
from seawall.refactorings.async_session.sessions import Sessions
from seawall.refactorings.async_session.split import Splitting
from seawall.refactorings.async_session.stacks import Choice, Stacks
from seawall.refactorings.async_session.startup import move_to_startup, reserve
from seawall.refactorings.async_session.threads import keep_off_the_loop, sharing
from seawall.refactorings.async_session.tidy import calls_from_tests, entered_in_tests, replaced_in_tests, tidied
from seawall.refactorings.draft import Draft
from seawall.semantics.document import Document


class Switch(NamedTuple):
    """The edits of the switch, and what stays as it is: functions and modules, with the reason."""

    edits: list[AnyEdit]
    staying: Staying
    tests: tuple[str, ...] = ()
    """Where tests call, enter or replace what has become async."""


def switch(documents: Iterable[Document], project: Project, engine: str) -> Switch:
    """Switch the stack of an engine.

    Raises:
        CannotFix: nothing of it can be switched.
    """
    documents, staying = list(documents), Staying()
    while True:
        known = staying.known
        try:
            found = _edits(Draft(documents, project), staying, Choice(engine))
        except Stuck as stuck:  # seen only when all the rest was clear
            staying.setdefault(stuck.owner, str(stuck))
            if staying.known == known:
                raise CannotFix(str(stuck)) from stuck
            continue
        if found is not None:
            return found


def _edits(draft: Draft, staying: Staying, choice: Choice) -> Switch | None:
    """The whole switch; None if it turned out on the way that more code has to stay as it is."""
    used = {document.path: used_names(document) for document in draft.documents()}
    stack = _examined(draft, staying, choice)
    choice = choice._replace(takes_unknown=stack.stacks.is_single())
    if not stack.coroutines.functions:
        raise CannotFix(_reasons(staying))
    known, copies = staying.known, dict[str, str]()
    shared = stack.coroutines.shared | stack.engines.shared
    if shared:
        engines = stack.engines
        makers = {
            *engines.engines,
            *engines.factories,
            *engines.makers(),
            *stack.coroutines.makers(),
            *stack.coroutines.shared,
        }
        splitting = Splitting(stack.sessions.code, stack.stacks, makers, shared)
        copies = {maker.name: maker.new for maker in splitting.makers.values()}
        choice = splitting.split(choice)
    stack = _examined(draft, staying, choice)
    stack.stacks.refuse_strangers()
    _queries(stack)
    stack = _examined(draft, staying, choice)
    if staying.known > known:
        return None
    functions = [one for one in stack.coroutines.functions.values() if isinstance(one.node, ast.FunctionDef)]
    code = stack.sessions.code
    tests = [*calls_from_tests(code, functions), *entered_in_tests(code, functions)]
    tests += replaced_in_tests(code, stack.coroutines.makes_sessions, copies)
    drivers = _convert(stack)
    keep_off_the_loop(draft, frozenset(one.name for one in functions))
    for stuck in sharing(draft):
        code.leave(stuck)
    if staying.known > known:
        return None
    draft.apply(tidied(draft, used))
    edits: list[AnyEdit] = [*draft.edits(), *require(draft.project, drivers.backends)]
    return Switch(edits, staying, tuple(tests))


def _reasons(staying: Staying) -> str:
    """Why nothing can be switched: the first reason, as the others mostly follow from it."""
    first, *others = [*staying.values()] or ["nothing uses the session"]
    return f"{first} (and {len(others)} more places have to stay sync)" if others else first


class Stack(NamedTuple):
    """What is known of the stack in one state of the draft."""

    stacks: Stacks
    sessions: Sessions
    coroutines: Coroutines
    engines: Engines


def _examined(draft: Draft, staying: Staying, choice: Choice) -> Stack:
    """Look at all uses, again and again while it turns out that more code has to stay as it is."""
    code = Code(draft, staying)
    while True:
        known = staying.known
        stacks = Stacks(code, choice)
        if choice.takes_unknown and not stacks.is_single() and choice.engine in stacks.engines:
            stacks.choice = choice._replace(takes_unknown=False)
        sessions = Sessions(code, stacks)
        coroutines, engines = Coroutines(code, sessions.uses), Engines(code, stacks)
        engines.follow(coroutines)
        reserve(code, engines, coroutines)
        coroutines.close()
        stacks.leave_strangers()
        leave_late_readers(code)
        keep_requests_whole(code, sessions, coroutines)
        if staying.known == known:
            return Stack(stacks, sessions, coroutines, engines)


def _queries(stack: Stack) -> None:
    """First the queries, whole expressions that others may contain."""
    changes = Changes(stack.sessions.code.draft)
    modernise(stack.sessions, changes)
    refresh(stack.sessions, changes)
    changes.apply()


def _convert(stack: Stack) -> Drivers:
    """Then all the rest: engine, factory, providers, functions, callers, models."""
    code = stack.sessions.code
    changes, drivers = Changes(code.draft), Drivers(code, stack.engines.engines)
    convert(stack.coroutines, stack.sessions.uses, changes)
    stack.engines.convert(drivers, changes)
    annotate(code, stack.sessions, changes)
    load_at_once(code, changes)
    move_to_startup(code, stack.engines, stack.coroutines, changes)
    changes.apply()
    return drivers
