"""Making a handler depend on something in the way that others do."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seawall.edits import CannotFix, Edit
from seawall.edits.calls import add_keyword
from seawall.edits.imports import need_all
from seawall.rules.auth._guarding import runs
from seawall.rules.base import File
from seawall.semantics.facts import FunctionFact, ImportFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.registration import depends, provider_of
from seawall.semantics.meanings.route import Route
from seawall.semantics.symbols import Call, Ref, Subscript, Symbol
from seawall.semantics.view import FunctionNode, keyword
from seawall.syntax import Range, range_of


class Way(NamedTuple):
    """How a handler depends on something: by a parameter, whose annotation and default are given, or (without a name) in its decorator."""

    parameter: str
    annotation: Symbol | None
    default: Symbol | None


def ways(index: Index, provider: str, facts: Iterable[FunctionFact]) -> list[Way]:
    """How handlers depend on a provider, the most common way first; only those that others can be given."""
    found = Counter(way for fact in facts for way in _ways(index, provider, fact))
    return sorted((way for way in found if _can_be_written(way)), key=lambda way: (-found[way], repr(way)))


def _ways(index: Index, provider: str, fact: FunctionFact) -> Iterator[Way]:
    for parameter in fact.params:
        if _leads(index, provider, parameter):
            yield Way(parameter.name, parameter.annotation, parameter.default)
    for decorator in fact.decorators:
        for marker in depends(index, decorator.keyword("dependencies")) if isinstance(decorator, Call) else ():
            if _leads(index, provider, marker):
                yield Way("", None, marker)


def _leads(index: Index, provider: str, markers: Symbol) -> bool:
    given = [provider_of(marker) for marker in depends(index, markers)]
    return any(one is not None and runs(index, one) == provider for one in given)


def _can_be_written(way: Way) -> bool:
    return all(one is None or any(_written(one)) for one in (way.annotation, way.default))


def _written(symbol: Symbol | None) -> Iterator[list[str]]:
    """The names that a symbol is written with, and nothing if it is not known how to write it."""
    match symbol:
        case Ref(name):
            yield [name]
        case Call(func=Ref(name), args=[Ref(given)], keywords=()):
            yield [name, given]
        case Subscript(of=Ref(name), args=(Ref(of), Call() as marker)):
            for names in _written(marker):
                yield [name, of, *names]


def add(way: Way, route: Route, file: File) -> list[Edit]:
    """Give a handler the dependency."""
    node = route.function
    names = [name for one in (way.annotation, way.default) for names in _written(one) for name in names]
    first = file.place(node.decorator_list[0]).start_line
    for name in names:
        if not _is_above(file, name, first):
            raise CannotFix(f"`{name.rpartition('.')[2]}` is defined further down")
    needed = need_all(file, [_imported(file, name) for name in names], before=first)
    said = dict(zip(names, (one.expression for one in needed), strict=True))
    edits = [edit for one in needed for edit in one.edits]
    if not way.parameter:
        marker = _text(way.default, said)
        return [*edits, *(_in_decorator(file, decorator, marker) for decorator in route.decorators)]
    name = _free_name(way.parameter, node)
    text = name
    if way.annotation is not None:
        text += f": {_text(way.annotation, said)}"
    if way.default is not None:
        text += f" = {_text(way.default, said)}" if way.annotation is not None else f"={_text(way.default, said)}"
    return [*edits, _with_parameter(file, node, text, has_default=way.default is not None)]


def _text(symbol: Symbol | None, said: dict[str, str]) -> str:
    match symbol:
        case Ref(name):
            return said[name]
        case Call(func=Ref(name), args=[Ref(given)]):
            return f"{said[name]}({said[given]})"
        case Subscript(of=Ref(name), args=(Ref(of), marker)):
            return f"{said[name]}[{said[of]}, {_text(marker, said)}]"
    raise CannotFix("it is not known how to write the dependency")


def _imported(file: File, name: str) -> str:
    """What is imported here as `security` goes by its own name."""
    head, _, rest = name.removeprefix(f"{file.module}.").partition(".")
    fact = file.current.facts.names.get(head) if name.startswith(f"{file.module}.") else None
    return f"{fact.target}.{rest}".removesuffix(".") if isinstance(fact, ImportFact) else name


def _is_above(file: File, name: str, line: int) -> bool:
    """Whether a name that the file itself defines is there before the line."""
    module, _, last = name.rpartition(".")
    fact = file.current.facts.names.get(last)
    if module != file.module or fact is None or isinstance(fact, ImportFact):
        return True
    source = file.current.source
    for start, item in zip(source.starts, source.items, strict=True):
        for node in item.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            bound = {getattr(one, "id", "") for one in targets} | {getattr(node, "name", "")}
            if last in bound and start + (node.end_lineno or node.lineno) - 1 < line:
                return True
    return False


def _in_decorator(file: File, decorator: ast.Call, marker: str) -> Edit:
    given = keyword(decorator, "dependencies")
    if given is None:
        return add_keyword(file, decorator, "dependencies", f"[{marker}]")
    if not isinstance(given, ast.List):
        raise CannotFix("the decorator's dependencies are no list that stands there")
    return file.insert_after(given.elts[-1], f", {marker}") if given.elts else file.replace(given, f"[{marker}]")


def _free_name(name: str, node: FunctionNode) -> str:
    """The name, or one like it, that the function does not use for something else."""
    used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    used |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    for free in (name, f"current_{name}", f"_{name}"):
        if free not in used:
            return free
    raise CannotFix(f"`{name}` already stands for something else")


def _with_parameter(file: File, node: FunctionNode, text: str, *, has_default: bool) -> Edit:
    """Put a parameter where the others leave room for it."""
    args = node.args
    plain = [*args.posonlyargs, *args.args]
    if args.posonlyargs and not args.args:
        raise CannotFix("the handler takes its parameters by position only")
    if not plain and args.kwonlyargs:
        default = args.kw_defaults[-1]
        return _behind(file, default or args.kwonlyargs[-1], args.kwonlyargs[-1], text)
    if not plain:
        if args.vararg or args.kwarg or getattr(node, "type_params", None):
            raise CannotFix("the handler takes whatever it is given")
        lines = file.item.text.split("\n")
        line = lines[node.lineno - 1]
        at = line.find("(", line.index("def"))
        if at < 0 or not line[at + 1 :].lstrip().startswith(")"):
            raise CannotFix("the handler's parentheses are not on its first line")
        column = len(line[: at + 1].encode())
        return file.replace(Range(node.lineno, column, node.lineno, column), text)
    required = plain[: len(plain) - len(args.defaults)]
    if has_default or not args.defaults:
        last = plain[-1]
        return _behind(file, args.defaults[-1] if args.defaults else last, last, text)
    if args.posonlyargs and len(required) < len(args.posonlyargs):
        raise CannotFix("the handler takes its parameters by position only")
    before = plain[len(required)]
    indent = _own_line(file, before)
    return file.insert_before(before, f"{text}, " if indent is None else f"{text},\n{indent}")


def _behind(file: File, end: ast.expr | ast.arg, start: ast.arg, text: str) -> Edit:
    place, indent = range_of(end), _own_line(file, start)
    if indent is None:
        return file.insert_after(end, f", {text}")
    rest = file.item.text.split("\n")[place.end_line - 1].encode()[place.end_col :].decode(errors="replace")
    behind = rest.lstrip().removeprefix(",").lstrip()
    if rest.lstrip().startswith(",") and (not behind or behind.startswith("#")):
        following = Range(place.end_line + 1, 0, place.end_line + 1, 0)
        return file.replace(following, f"{indent}{text},\n")
    return file.insert_after(end, f",\n{indent}{text}")


def _own_line(file: File, arg: ast.arg) -> str | None:
    """The white space before a parameter that begins a line."""
    line = file.item.text.split("\n")[arg.lineno - 1].encode()[: arg.col_offset].decode(errors="replace")
    return line if not line.strip() else None
