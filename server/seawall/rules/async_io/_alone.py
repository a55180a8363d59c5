"""Coroutines that have an event loop to themselves: RQ runs each job in a process of its own, where nobody else waits."""

from __future__ import annotations

from seawall.project.dependencies import Dependencies
from seawall.rules.aside import is_of_tests
from seawall.semantics.calls import last_name
from seawall.semantics.facts import FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call, Symbol
from seawall.semantics.types import Named

_PACKAGES = ("rq", "django-rq", "rq-scheduler")
_QUEUES = frozenset({"rq.Queue", "rq_scheduler.Scheduler", "django_rq"})
_GIVING = ("enqueue", "enqueue_call", "enqueue_in", "enqueue_at", "cron", "schedule")
_DECORATORS = frozenset({"rq.decorators.job", "django_rq.job", "django_rq.decorators.job"})


def runs_alone(index: Index, dependencies: Dependencies, function: str) -> bool:
    """Whether a coroutine function is a job, or everything that calls it is one."""
    return any(dependencies.has(one) for one in _PACKAGES) and bool(index.answer(_runs_alone, function))


def _runs_alone(index: Index, name: str) -> bool:
    fact = index.function(name)
    if fact is None or not fact.is_async:
        return False
    if any(_named(index, one) in _DECORATORS for one in fact.decorators):
        return True
    if any(_gives(index, caller, name) for method in _GIVING for caller in index.callers(method)):
        return True
    if fact.decorators:
        return False
    if all(one.default is not None or one.name in ("self", "cls") for one in fact.params):
        return False  # calls without arguments are not known
    callers = _callers(index, name, fact)
    return bool(callers) and all(index.answer(_runs_alone, caller) for caller in callers)


def _named(index: Index, decorator: Symbol | None) -> str | None:
    return index.named(decorator.func if isinstance(decorator, Call) else decorator)


def _gives(index: Index, caller: str, name: str) -> bool:
    """Whether a function gives the job to a queue."""
    fact = index.function(caller)
    for site in fact.calls if fact is not None else ():
        if last_name(site.callee) in _GIVING and any(index.named(one.value) == name for one in site.given):
            target = index.type_of(site.callee)
            if isinstance(target, Named) and target.name.rpartition(".")[0] in _QUEUES:
                return True
    return False


def _callers(index: Index, name: str, fact: FunctionFact) -> list[str]:
    """All who call the function, but for tests; none if that is not certain."""
    found = []
    for caller in index.callers(fact.name):
        if is_of_tests(caller):
            continue
        other = index.function(caller)
        called = [index.named(one.callee) for one in other.calls if last_name(one.callee) == fact.name] if other else []
        if None in called:
            return []
        if name in called:
            found.append(caller)
    return found
