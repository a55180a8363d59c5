"""Whether somebody validates a value that a handler hands on as a whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.rules.base import File
from seawall.semantics.giving import filled
from seawall.semantics.index import Index
from seawall.semantics.meanings.schema import MODEL
from seawall.semantics.symbols import Attr, Ref
from seawall.semantics.types import Instance, Named, options
from seawall.semantics.view import FunctionNode

_MAX_STEPS = 5
_MAX_FUNCTIONS = 20
_PARSES = frozenset({"parse_obj", "parse_obj_as"})


def is_validated(file: File, function: FunctionNode, name: str) -> bool:
    """Whether the parameter, or what is made of it, is handed to what validates."""
    names = _made_of(file, function, name)
    for call in file.scan.nodes.get(ast.Call, ()):
        if not isinstance(call, ast.Call) or file.function(call) is not function:
            continue
        given = [to for to, value in _given(call) if _is_whole(value, names)]
        if given and (_says_so(file.called_name(call)) or _gives_model(call, file) or _hands_on(call, given, file)):
            return True
    return False


def _made_of(file: File, function: FunctionNode, name: str) -> set[str]:
    """The variables that hold the parameter, or what was made of it."""
    names = {name}
    for _ in range(_MAX_STEPS):
        new = {
            target.id
            for known in names
            for use in file.uses(known)
            if isinstance(use.ctx, ast.Load) and file.function(use) is function
            for target in _targets(file.statement(use), names)
        }
        if new <= names:
            break
        names |= new
    return names


def _targets(statement: ast.stmt, names: set[str]) -> Iterator[ast.Name]:
    match statement:
        case ast.Assign(targets=several, value=value) if _makes(value, names):
            yield from (one for one in several if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value) if _makes(value, names):
            yield target


def _makes(value: ast.expr, names: set[str]) -> bool:
    """Whether a value is one of the variables, or what a call makes of the whole of one."""
    match value:
        case ast.Call():
            return any(_is_whole(one, names) for _, one in _given(value))
        case ast.BoolOp(values=several):
            return any(_makes(one, names) for one in several)
        case ast.Await(value=inner):
            return _makes(inner, names)
    return _is_whole(value, names)


def _given(call: ast.Call) -> Iterator[tuple[int | str, ast.expr]]:
    yield from enumerate(call.args)
    yield from ((one.arg or "**", one.value) for one in call.keywords)


def _is_whole(value: ast.expr, names: set[str]) -> bool:
    """The variable itself, also merged with others."""
    match value:
        case ast.Name(id=name):
            return name in names
        case ast.Dict(keys=keys, values=values):
            return any(key is None and _is_whole(one, names) for key, one in zip(keys, values, strict=True))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_whole(left, names) or _is_whole(right, names)
    return False


def _says_so(name: str) -> bool:
    return ("valid" in name.lower() and "invalid" not in name.lower()) or name in _PARSES


def _gives_model(call: ast.Call, file: File) -> bool:
    """Whether a function gives an object of a schema for the mapping, which has then been validated."""
    found = options(file.type_of(call))
    return (
        bool(found)
        and file.called_function(call) is not None
        and all(isinstance(one, Instance) and file.index.is_subclass(one.cls, MODEL) for one in found)
    )


def _hands_on(call: ast.Call, given: list[int | str], file: File) -> bool:
    """Whether a function of the project, or one that it calls, validates what it is handed."""
    called, target = file.called_function(call), file.type_of(call.func)
    if called is None or not isinstance(target, Named):
        return False
    name, fact = called
    parameters = [one.name for one in fact.params][filled(file.index, target, fact) :]
    handed = [
        to if isinstance(to, str) else parameters[to] for to in given if isinstance(to, str) or to < len(parameters)
    ]
    return any(file.index.answer(_validates, (file.index.resolve(name).name, one)) for one in handed)


def _validates(index: Index, start: tuple[str, str]) -> bool:
    waiting, seen = [start], {start}
    while waiting and len(seen) < _MAX_FUNCTIONS:
        function, parameter = waiting.pop(0)
        fact = index.function(function)
        for number, call in enumerate(fact.calls if fact is not None else ()):
            handed = [one.to for one in fact.passed(number) if parameter in one.origins] if fact is not None else []
            if not handed:
                continue
            last = call.callee.name.rpartition(".")[2] if isinstance(call.callee, (Ref, Attr)) else ""
            if _says_so(last):
                return True
            for target in options(index.type_of(call.callee)):
                below = index.function(target.name) if isinstance(target, Named) else None
                if below is None or not isinstance(target, Named):
                    continue
                names = [one.name for one in below.params][filled(index, target, below) :]
                for to in handed:
                    name = to if isinstance(to, str) else names[to] if to < len(names) else ""
                    step = (index.resolve(target.name).name, name)
                    if name in names and step not in seen:
                        seen.add(step)
                        waiting.append(step)
    return False
