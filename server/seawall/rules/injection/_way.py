"""The way of outside data to SQL text, as places beside a finding."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.knowledge.outside import COMMAND_LINE, TASK
from seawall.rules.base import File, Related, Severity
from seawall.rules.injection._tainted import Tainted
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.taint import Arrival
from seawall.syntax import range_of


def way(found: Tainted, sql: SqlCall, file: File) -> Iterator[Related]:
    """The calls that hand the value on, and those that execute the text."""
    yield from way_here(found.arrival)
    if sql.hops:
        for caller, call, callee in sql.hops:
            yield Related(f"`{_last(caller)}` hands the text on to `{_last(callee)}`", owner=caller, call=call)
    elif file.statement(sql.call) is not file.statement(found.part.within):
        yield Related(f"`{file.text(sql.call.func)}` takes the text", range_of(sql.call))


def way_here(arrival: Arrival | None) -> Iterator[Related]:
    """The calls that hand the value on."""
    for caller, call, callee in arrival.hops if arrival is not None else ():
        yield Related(f"`{_last(caller)}` hands it on to `{_last(callee)}`", owner=caller, call=call)


def severity_of(arrival: Arrival | None, severity: Severity) -> Severity:
    """Whoever types at the command line may do more than that already; what fills the program's own queue may be checked there."""
    if arrival is not None and arrival.source == COMMAND_LINE:
        return Severity.INFO
    return Severity.WARNING if arrival is not None and arrival.source == TASK else severity


def _last(name: str) -> str:
    return name.rpartition(".")[2]
