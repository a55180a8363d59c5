"""Where a value of a Django request does harm if nobody has looked at it: columns, SQL, paths of files, conversions that nobody catches."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from seawall.rules.base import File
from seawall.rules.injection._tainted import tainted
from seawall.rules.validation._outside import is_table
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.giving import filled
from seawall.semantics.index import Index
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.paths import split
from seawall.semantics.sql_parameters import parts_of_sql
from seawall.semantics.symbols import Attr, Call, Ref, Symbol
from seawall.semantics.types import Instance, Named, options
from seawall.semantics.view import FunctionNode

MANAGERS = ("django.db.models.Manager", "django.db.models.QuerySet")
CHECKS = frozenset(
    {"full_clean", "clean_fields", "is_valid", "validate_unique", "validate_constraints", "run_validation"}
)
"""Methods that validate what they are called on."""

_SQL = "part of an SQL statement"
_WRITING = frozenset({"create", "acreate", "update", "aupdate", "get_or_create", "aget_or_create", "update_or_create",
                      "aupdate_or_create", "create_user", "create_superuser", "acreate_user"})  # fmt: skip
_FILES = frozenset({"builtins.open", "io.open", "os.remove", "os.unlink", "os.rmdir", "os.listdir", "os.makedirs", "os.mkdir",
                    "shutil.rmtree"})  # fmt: skip
_CONVERSIONS = {
    "builtins.int": "an integer", "builtins.float": "a number", "decimal.Decimal": "a number", "uuid.UUID": "a UUID",
    "datetime.datetime.fromisoformat": "a date", "datetime.date.fromisoformat": "a date",
}  # fmt: skip
_CATCHING = frozenset({"Exception", "BaseException", "ValueError", "ValidationError", "ArithmeticError", "InvalidOperation",
                       "DatabaseError", "DataError", "Error"})  # fmt: skip
_OWN_DECORATORS = ("django.", "rest_framework.")
_MAX_FUNCTIONS = 40


class End(NamedTuple):
    """A value that arrives somewhere, and what becomes of it, in words."""

    value: ast.expr
    becomes: str
    model: str = ""
    column: str = ""


def ends(function: FunctionNode, file: File) -> Iterator[End]:
    """All ends in a function's own body."""
    for call in file.scan.nodes.get(ast.Call, ()):
        if not isinstance(call, ast.Call) or file.function(call) is not function:
            continue
        yield from _in_sql(call, file)  # what the database makes of it need not raise
        if not is_caught(call, file):
            yield from _of_call(call, function, file)
    for statement in file.scan.nodes.get(ast.Assign, ()):
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=row, attr=column)], value=value) if file.function(
                statement
            ) is function and not isinstance(value, ast.Constant):
                model = _table_of(row, file)
                if model and _is_saved(row, model, function, file):
                    yield End(value, f"a column of `{_last(model)}`", model, column)


def is_caught(node: ast.AST, file: File) -> bool:
    """Whether the code around says what happens to values that do not fit."""
    below = node
    for above in file.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        if isinstance(above, ast.Try) and below in above.body:
            if any(handler.type is None or _catches(handler.type) for handler in above.handlers):
                return True
        elif isinstance(above, (ast.With, ast.AsyncWith)):
            for item in above.items:
                match item.context_expr:
                    case ast.Call(args=several) as call if file.called_name(call) == "suppress":
                        if any(_catches(one) for one in several):
                            return True
        below = above
    return False


def _catches(caught: ast.expr) -> bool:
    several = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    names = (one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in several)
    return not _CATCHING.isdisjoint(names)


def _in_sql(call: ast.Call, file: File) -> Iterator[End]:
    sql = file.subject(SqlCall.recognise, call)
    if sql is not None:
        yield from (End(one.value, _SQL) for one in tainted(sql, file) if one.arrival is not None)


def _of_call(call: ast.Call, function: FunctionNode, file: File) -> Iterator[End]:
    if not call.args and not call.keywords:
        return
    if file.called_name(call) == "setattr" and len(call.args) == 3:
        table = _table_of(call.args[0], file)
        if table and _is_saved(call.args[0], table, function, file):
            yield End(call.args[2], f"columns of `{_last(table)}`", table)
        return
    found = file.type_of(call.func)
    if not isinstance(found, Named):
        yield from _queued(call, file)
        return
    if found.name in _CONVERSIONS:
        if len(call.args) == 1 and _answers_itself(function, file):
            yield End(call.args[0], f"{_CONVERSIONS[found.name]}, and what is none is answered with a response 500")
    elif found.name in _FILES:
        yield from (End(one, "the path of a file") for one in call.args[:1])
    elif (model := _written(file.index, found, file.symbol(call.func))) is not None:
        if not _cleans_itself(file.index, model):
            yield from _columns(call, model)
    elif (called := file.called_function(call)) is not None:
        yield from _handed_on(call, found, *called, file)


def _columns(call: ast.Call, model: str) -> Iterator[End]:
    becomes = f"a column of `{_last(model)}`"
    for given in call.keywords:
        if given.arg == "defaults" and isinstance(given.value, ast.Dict):
            for key, value in zip(given.value.keys, given.value.values, strict=True):
                column = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
                yield End(value, becomes, model, column)
        elif given.arg is None:
            yield End(given.value, f"columns of `{_last(model)}`", model)
        elif given.arg not in ("defaults", "password"):
            yield End(given.value, becomes, model, given.arg)
        elif given.arg == "password" and not isinstance(call.func, ast.Attribute):
            yield End(given.value, becomes, model, "password")


def _handed_on(call: ast.Call, target: Named, name: str, fact: FunctionFact, file: File) -> Iterator[End]:
    """Arguments of functions of the project that write them into a column or an SQL text."""
    names = [one.name for one in fact.params][filled(file.index, target, fact) :]
    given = [*zip(names, call.args, strict=False), *((one.arg or "", one.value) for one in call.keywords)]
    for parameter, value in given:
        if isinstance(value, ast.Constant):
            continue
        if parameter in parts_of_sql(file.index, file.index.resolve(name).name):
            yield End(value, _SQL)
        elif (found := file.index.answer(_stored, (name, parameter))) is not None:
            yield End(value, f"a column of `{_last(found[0])}`", *found)


def _queued(call: ast.Call, file: File) -> Iterator[End]:
    """Arguments of a task that a worker writes into an SQL text: `cancel.delay(request.POST["voucher"])`."""
    symbol = file.symbol(call.func)
    name = symbol.name.removesuffix(".delay") if isinstance(symbol, Ref) else ""
    fact = file.index.function(name) if isinstance(symbol, Ref) and name != symbol.name else None
    if fact is not None:
        yield from _handed_on(call, Named(name), name, fact, file)


def _stored(index: Index, start: tuple[str, str]) -> tuple[str, str] | None:
    """The model and its column into which a function, or one that it calls, writes its parameter."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < _MAX_FUNCTIONS:
        function, parameter = waiting.pop(0)
        fact = index.function(function)
        if fact is None or _validates(fact):
            continue
        for number, call in enumerate(fact.calls):
            taken = [one.to for one in fact.passed(number) if any(split(path)[0] == parameter for path in one.origins)]
            for target in options(index.type_of(call.callee)) if taken else ():
                if not isinstance(target, Named):
                    continue
                model = _written(index, target, call.callee)
                if model is not None:
                    column = next(
                        (to for to in taken if isinstance(to, str) and to not in ("password", "defaults")), None
                    )
                    if column is not None and not _cleans_itself(index, model):
                        return model, column
                    continue
                found = index.resolve(target.name)
                if isinstance(found.fact, FunctionFact):
                    names = [one.name for one in found.fact.params][filled(index, target, found.fact) :]
                    for to in taken:
                        name = to if isinstance(to, str) else (names[to] if to < len(names) else "")
                        if name in names and (step := (found.name, name)) not in seen:
                            seen.add(step)
                            waiting.append(step)
    return None


def _validates(fact: FunctionFact) -> bool:
    if any(word in fact.name.lower() for word in ("valid", "clean", "check", "sanit")):
        return True
    names = (getattr(call.callee, "name", "").rpartition(".")[2] for call in fact.calls)
    return any(name in CHECKS or "valid" in name.lower() for name in names)


def writes(call: ast.Call, file: File) -> bool:
    """Whether a call makes or changes rows of a Django model as it is told."""
    found = file.type_of(call.func)
    return isinstance(found, Named) and _written(file.index, found, file.symbol(call.func)) is not None


def _written(index: Index, target: Named, symbol: Symbol | None) -> str | None:
    """The Django model that a call makes or changes rows of; a manager may be that of a base, so the chain's first name says more."""
    match target:
        case Named(name, None) if is_model(index, name):
            return index.resolve(name).name
        case Named(name, Instance(cls, args)) if _last(name) in _WRITING and index.is_subclass(cls, *MANAGERS):
            while isinstance(symbol, (Attr, Call)):
                symbol = symbol.of if isinstance(symbol, Attr) else symbol.func
            first = symbol.name if isinstance(symbol, Ref) else ""
            while first.count(".") > 1:  # `shop.views.Book.objects.create`
                if is_model(index, first):
                    return index.resolve(first).name
                first = first.rpartition(".")[0]
            return next((one.cls for one in args if isinstance(one, Instance) and is_model(index, one.cls)), None)
    return None


def column_type(index: Index, model: str, column: str) -> str | None:
    """The class of a model's field, as far as it is known; None if the model is not known to have such a column."""
    fields = index.attributes(model)
    field = fields.get(column) or fields.get(column.removesuffix("_id"))
    if field is None:
        return None if index.split(model)[0] else ""
    return next((one.cls for one in options(index.type_of(field.value)) if isinstance(one, Instance)), "")


def is_model(index: Index, name: str) -> bool:
    """Whether a name is a Django model's."""
    found = index.resolve(name).fact
    return isinstance(found, ClassFact) and is_table(index, name) and index.is_subclass(name, "django.db.models.Model")


def _table_of(row: ast.expr, file: File) -> str | None:
    found = options(file.type_of(row))
    models = [one.cls for one in found if isinstance(one, Instance) and is_model(file.index, one.cls)]
    return models[0] if models and len(models) == len(found) else None


def _is_saved(row: ast.expr, model: str, function: FunctionNode, file: File) -> bool:
    text = file.text(row)
    return not _cleans_itself(file.index, model) and any(
        isinstance(call.func, ast.Attribute)
        and file.text(call.func.value) == text
        and file.function(call) is function
        and not is_caught(call, file)
        for method in ("save", "asave")
        for call in file.calls().get(method, ())
    )


def _cleans_itself(index: Index, model: str) -> bool:
    """Whether the project's own `save` or `__init__` of a model validates it first."""
    for method in ("save", "asave", "__init__"):
        member = index.member(model, method)
        if member is not None and isinstance(member.fact, FunctionFact) and _validates(member.fact):
            return True
    return False


def _answers_itself(function: FunctionNode, file: File) -> bool:
    """Whether nothing between a view and Django is known to the project alone, and might catch what the view raises."""
    name = file.absolute_name(function)
    fact = file.index.function(name)
    owner = name.rpartition(".")[0]
    if fact is None or function.name.startswith("_"):
        return False
    for decorator in fact.decorators:
        symbol = decorator.func if isinstance(decorator, Call) else decorator
        if not (file.index.named(symbol) or "" if symbol is not None else "").startswith(_OWN_DECORATORS):
            return False
    if not isinstance(file.index.resolve(owner).fact, ClassFact):
        return True
    if function.name not in ("get", "post", "put", "patch", "delete"):
        return False
    own = (file.index.member(owner, method) for method in ("dispatch", "handle_exception"))
    return not any(
        one is not None and isinstance(one.fact, FunctionFact) and file.index.split(one.name)[0] for one in own
    )


def _last(name: str) -> str:
    return name.rpartition(".")[2]
