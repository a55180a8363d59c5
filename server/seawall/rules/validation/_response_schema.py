"""Declaring what a handler sends: with the one schema of the project that fits, in the way of the file's other handlers."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from seawall.edits import AnyEdit, CannotFix
from seawall.edits.calls import add_keyword
from seawall.edits.imports import need
from seawall.rules.auth._leaking import leaks, public_schemas
from seawall.rules.base import File
from seawall.rules.validation._stored import RECORDS, Stored
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import FunctionFact
from seawall.semantics.guards import is_checked
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import Route, is_handler, unwrap
from seawall.semantics.meanings.schema import configured, fields
from seawall.semantics.symbols import Call, Constant, Either, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

_NAMED = re.compile(
    r"(?:_?(?:Out|Output|Read|Public|Response|Schema|Model|Detail|Details|Info|View|DTO|Dto|Result|Short|Brief|Full|Summary))*"
)
_RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
_UNIONS = frozenset({"typing.Optional", "typing.Union"})
_ONE = frozenset({"one", "scalar_one", "get_one"})


def declare(route: Route, values: list[ast.expr], found: list[Stored | None], file: File) -> Iterator[AnyEdit]:
    """The edits that declare the response model."""
    if len(route.decorators) != 1:
        raise CannotFix("the handler is registered in several ways")
    if None in found or len({(one.model, one.many, one.keys) for one in found if one}) != 1:
        raise CannotFix("the handler returns different things")
    stored = next(one for one in found if one)
    schema = _schema(file.index, stored)
    needed = need(file, schema)
    written = f"list[{needed.expression}]" if stored.many else needed.expression
    if _may_be_none(route.function, values, found, file):
        written += " | None"
    if _annotates(file):
        place = _after_parameters(route.function, file)
        yield file.replace(place, f" -> {written}")
    else:
        yield add_keyword(file, route.decorators[0], "response_model", written)
    yield from needed.edits


def _schema(index: Index, stored: Stored) -> str:
    """The one schema that shows what is returned."""
    if stored.keys is None and not stored.is_object:
        raise CannotFix("what the dictionary holds is put together in the handler")
    if stored.model in RECORDS:
        raise CannotFix("what the rows hold is said by the SQL alone")
    short = stored.model.rpartition(".")[2]
    fitting = [
        one
        for one in public_schemas(index, stored.model)
        if _NAMED.fullmatch(one.rpartition(".")[2][len(short) :])
        and _fits(index, one, stored)
        and next(leaks(index, Ref(one)), None) is None
    ]
    if len(fitting) != 1:
        raise CannotFix(
            f"{'several schemas' if fitting else 'no schema'} of the project fit{'' if fitting else 's'} `{short}`"
        )
    return fitting[0]


def _fits(index: Index, schema: str, stored: Stored) -> bool:
    own, columns = fields(index, schema), index.attributes(stored.model)
    if stored.keys is not None:
        if set(own) != set(stored.keys):
            return False
    elif not _reads_attributes(index, schema):
        return False
    for name, field in own.items():
        column = columns.get(name)
        if column is None or (isinstance(column.value, Call) and index.named(column.value.func) in _RELATIONSHIPS):
            return False
        if _is_optional(index, column.annotation) and not _is_optional(index, field.annotation):
            return False
        given, wanted = _classes(index, column.annotation), _classes(index, field.annotation)
        if given and wanted and not all(index.is_subclass(one, *wanted) for one in given):
            return False
    return True


def _reads_attributes(index: Index, schema: str) -> bool:
    try:
        return configured(index, schema, "from_attributes") is True or index.is_subclass(schema, "sqlmodel.SQLModel")
    except LookupError:
        return False


def _inner(index: Index, annotation: Symbol | None) -> Symbol | None:
    """An annotation without `Mapped` and `Annotated`."""
    inner, _ = unwrap(index, annotation)
    if isinstance(inner, Subscript) and (index.named(inner.of) or "").endswith(".Mapped") and inner.args:
        inner, _ = unwrap(index, inner.args[0])
    return inner


def _is_optional(index: Index, annotation: Symbol | None) -> bool:
    match _inner(index, annotation):
        case Either(several):
            return Constant(None) in several
        case Subscript(of, args):
            name = index.named(of)
            return name == "typing.Optional" or (name in _UNIONS and Constant(None) in args)
    return False


def _classes(index: Index, annotation: Symbol | None) -> set[str]:
    inner = _inner(index, annotation)
    found = options(instance_of(index, inner)) if inner is not None else ()
    return {one.cls for one in found if isinstance(one, Instance)}


# -- whether there may be nothing --------------------------------------------------------------------------------------


def _may_be_none(function: FunctionNode, values: list[ast.expr], found: list[Stored | None], file: File) -> bool:
    if len(file.scan.opened[function].returns) != len(values) or _falls_through(function.body):
        return True
    return any(
        one is not None and one.is_object and not one.many and not _is_there(value, file)
        for value, one in zip(values, found, strict=True)
    )


def _falls_through(body: list[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Return() | ast.Raise():
            return False
        case ast.If(body=first, orelse=second) if second:
            return _falls_through(first) or _falls_through(second)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _falls_through(inner)
        case ast.Try(body=inner, handlers=handlers, orelse=[], finalbody=_):
            return _falls_through(inner) or any(_falls_through(one.body) for one in handlers)
    return True


def _is_there(value: ast.expr, file: File) -> bool:
    """Whether a value certainly is an object: made here, fetched by what raises, or asked for before."""
    if isinstance(value, ast.Name) and _is_refused(value, file):
        return True
    bound = file.scan.scopes[value].bindings.get(value.id, []) if isinstance(value, ast.Name) else []
    sources = [parent.value for one in bound if isinstance(parent := file.parent(one), ast.Assign)]
    if isinstance(value, ast.Name) and (not bound or len(sources) != len(bound)):
        return bool(bound) and all(isinstance(one, ast.arg) and _is_never_none(one) for one in bound)
    for source in sources or [value]:
        call = source.value if isinstance(source, ast.Await) else source
        if not isinstance(call, ast.Call):
            return False
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name not in _ONE and not _makes(call, file):
            return False
    return True


def _is_never_none(parameter: ast.arg) -> bool:
    annotation = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    return "None" not in annotation and "Optional" not in annotation


def _makes(call: ast.Call, file: File) -> bool:
    """Whether a call is that of the class itself."""
    name = file.callee(call)
    return name is not None and any(
        isinstance(one, Instance) and one.cls == name for one in options(file.type_of(call))
    )


def _is_refused(name: ast.Name, file: File) -> bool:
    """Whether `if not x` or `if x is None` leaves before the value is returned."""
    if is_checked(file.scan, name):
        return True
    around = set(file.ancestors(name))
    bound = max((getattr(one, "lineno", 0) for one in file.scan.scopes[name].bindings.get(name.id, ())), default=0)
    for node in file.scan.nodes.get(ast.If, ()):
        assert isinstance(node, ast.If)
        if not bound < node.lineno < name.lineno or file.parent(node) not in around:
            continue
        if file.function(node) is not file.function(name) or not isinstance(node.body[-1], (ast.Raise, ast.Return)):
            continue
        match node.test:
            case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=tested)) if tested == name.id:
                return True
            case ast.Compare(
                left=ast.Name(id=tested), ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]
            ):
                if tested == name.id:
                    return True
    return False


# -- how the file declares it ------------------------------------------------------------------------------------------


def _annotates(file: File) -> bool:
    """Whether the file's other handlers say what they send with a return annotation."""
    annotations = keywords = 0
    for path, fact in file.current.facts.names.items():
        if isinstance(fact, FunctionFact) and fact.decorators and is_handler(file.index, fact, f"{file.module}.{path}"):
            named = any(isinstance(one, Call) and one.keyword("response_model") for one in fact.decorators)
            keywords += named
            annotations += fact.declared is not None and not named
    return annotations > keywords


def _after_parameters(function: FunctionNode, file: File) -> Range:
    """The place behind the parenthesis that closes the parameters."""
    first = function.body[0]
    head = file.slice(Range(function.lineno, function.col_offset, first.lineno, first.col_offset))
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(head).readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
                if token.string == ")" and depth == 0:
                    row, column = token.end
                    width = len(head.split("\n")[row - 1][:column].encode()) + (function.col_offset if row == 1 else 0)
                    line = function.lineno + row - 1
                    return Range(line, width, line, width)
    except (tokenize.TokenError, IndentationError):
        pass
    raise CannotFix("the head of the function cannot be read")
