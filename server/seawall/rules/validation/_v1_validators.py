"""`@validator` and `@root_validator` of Pydantic 1, and the decorators that do the same."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from seawall.edits import AnyEdit, Edit, Fix, Safety
from seawall.edits.calls import add_keyword, drop_keyword
from seawall.edits.imports import need, need_all
from seawall.edits.unused import tidied
from seawall.rules.base import File, Finding
from seawall.semantics.meanings.schema import configured, fields
from seawall.semantics.view import FunctionNode, keyword
from seawall.syntax import Range, range_of

FIELD = frozenset({"pydantic.validator", "pydantic.class_validators.validator"})
ROOT = frozenset({"pydantic.root_validator", "pydantic.class_validators.root_validator"})

_Make = Callable[[], Iterator[AnyEdit]]


def check_validator(node: FunctionNode, file: File) -> Iterator[Finding]:
    for decorator in node.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
        if last not in ("validator", "root_validator", "validate_arguments"):
            continue
        called = file.qualname(name)
        if called in FIELD and isinstance(decorator, ast.Call):
            fixes = _field_fixes(node, decorator, file)
            yield file.finding(name, "`validator` is Pydantic 1's, decorate with `field_validator`", *fixes)
        elif called in ROOT:
            fixes = _root_fixes(node, decorator, file)
            yield file.finding(name, "`root_validator` is Pydantic 1's, decorate with `model_validator`", *fixes)
        elif called in ("pydantic.validate_arguments", "pydantic.decorator.validate_arguments"):
            message = "`validate_arguments` is Pydantic 1's, decorate with `validate_call`"
            make = _renamed(name, "pydantic.validate_call", "validate_arguments", file)
            fixes = [] if isinstance(decorator, ast.Call) else [Fix("Decorate with `validate_call`", make)]
            yield file.finding(name, message, *fixes)


def _renamed(name: ast.expr, new: str, old: str, file: File) -> _Make:
    def make() -> Iterator[AnyEdit]:
        needed = need(file, new)
        yield from tidied(file.current, [*needed.edits, file.replace(name, needed.expression)], [old])

    return make


def _flags(decorator: ast.expr, known: set[str]) -> dict[str, bool] | None:
    """The decorator's switches; None if it has others, or what they say depends."""
    if not isinstance(decorator, ast.Call):
        return {}
    found = {}
    for one in decorator.keywords:
        if one.arg not in known or not isinstance(one.value, ast.Constant) or not isinstance(one.value.value, bool):
            return None
        found[one.arg or ""] = one.value.value
    return found


# -- of fields --------------------------------------------------------------------------------------------------------


def _field_fixes(node: FunctionNode, decorator: ast.Call, file: File) -> list[Fix]:
    flags = _flags(decorator, {"pre", "always", "each_item", "allow_reuse", "check_fields"})
    parameters = _parameters(node)
    if flags is None or flags.get("each_item") or len(parameters) < 2 or node.args.vararg is not None:
        return []
    extra = parameters[2:]
    if {one.arg for one in extra} - {"values"} or _is_decorated(node, "staticmethod"):
        return []
    if any(isinstance(arg, ast.Starred) or not isinstance(file.literal(arg), str) for arg in decorator.args):
        return []
    swallowed = node.args.kwarg
    if swallowed is not None and _uses(swallowed.arg, node, file):
        return []
    if extra and (
        _binds("info", node, file) or any(not isinstance(use.ctx, ast.Load) for use in _uses("values", node, file))
    ):
        return []
    defaults = _with_default(node, decorator, file) if flags.get("always") else []
    if defaults is None:
        return []

    def make() -> Iterator[AnyEdit]:
        names = ["pydantic.field_validator"]
        names += ["pydantic.ValidationInfo"] if extra else []
        names += ["pydantic.Field"] if defaults else []
        needed = need_all(file, names)
        written = {name.rpartition(".")[2]: one.expression for name, one in zip(names, needed, strict=True)}
        edits: list[AnyEdit] = [edit for one in needed for edit in one.edits]
        edits.append(file.replace(decorator.func, written["field_validator"]))
        edits += _mode(decorator, "before" if flags.get("pre") else "", {"always", "allow_reuse", "each_item"}, file)
        edits += _as_classmethod(node, file)
        if extra:
            edits.append(file.replace(_whole_parameter(extra[0]), f"info: {written['ValidationInfo']}"))
            edits += [file.replace(use, "info.data") for use in _uses("values", node, file)]
        if swallowed is not None:
            edits.append(_without_last(node, swallowed, file))
        for field in defaults:
            edits.append(_always_validated(field, written["Field"], file))
        yield from tidied(file.current, edits, ["validator"])

    return [Fix("Decorate with `field_validator`", make)]


def _mode(decorator: ast.Call, mode: str, dropped: set[str], file: File) -> Iterator[Edit]:
    """`mode=...` in the place of `pre`, and the switches that are no more taken out."""
    present = {one.arg for one in decorator.keywords}
    gone = [one for one in decorator.keywords if one.arg in dropped or (one.arg == "pre" and not mode)]
    if mode and "pre" in present:
        pre = next(one for one in decorator.keywords if one.arg == "pre")
        yield file.replace(pre, f'mode="{mode}"')
    elif mode:
        place = next((one for one in gone), None)
        if place is not None:
            gone.remove(place)
            yield file.replace(place, f'mode="{mode}"')
        else:
            yield add_keyword(file, decorator, "mode", f'"{mode}"')
    for one in gone:
        yield drop_keyword(file, decorator, one.arg or "")


def _as_classmethod(node: FunctionNode, file: File) -> Iterator[Edit]:
    if not _is_decorated(node, "classmethod"):
        indent = file.slice(Range(node.lineno, 0, node.lineno, node.col_offset))
        yield file.replace(Range(node.lineno, 0, node.lineno, 0), f"{indent}@classmethod\n")


def _without_last(node: FunctionNode, parameter: ast.arg, file: File) -> Edit:
    """Take `**kwargs` out."""
    before = range_of(_parameters(node)[-1])
    place = range_of(parameter)
    return file.replace(Range(before.end_line, before.end_col, place.end_line, place.end_col), "")


def _with_default(node: FunctionNode, decorator: ast.Call, file: File) -> list[ast.AnnAssign] | None:
    """The fields whose default the validator looks at; None if one of them does not stand in the same class."""
    owner = file.parent(node)
    if not isinstance(owner, ast.ClassDef) or file.item.owner:
        return None
    own = {
        one.target.id: one for one in owner.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    }
    names = [str(file.literal(arg)) for arg in decorator.args]
    if not all(name in own for name in names):
        return None
    found = [own[name] for name in names if own[name].value is not None]
    calls = [one.value for one in found if isinstance(one.value, ast.Call)]
    if any(file.callee(call) != "pydantic.Field" for call in calls):
        return None
    return [one for one in found if not (isinstance(one.value, ast.Call) and keyword(one.value, "validate_default"))]


def _always_validated(field: ast.AnnAssign, expression: str, file: File) -> Edit:
    if isinstance(field.value, ast.Call):
        return add_keyword(file, field.value, "validate_default", "True")
    assert field.value is not None
    return file.replace(field.value, f"{expression}({file.text(field.value)}, validate_default=True)")


# -- of the whole model -----------------------------------------------------------------------------------------------


def _root_fixes(node: FunctionNode, decorator: ast.expr, file: File) -> list[Fix]:
    flags = _flags(decorator, {"pre", "skip_on_failure", "allow_reuse"})
    parameters = _parameters(node)
    if flags is None or len(parameters) != 2 or (isinstance(decorator, ast.Call) and decorator.args):
        return []
    if node.args.kwarg or node.args.vararg or _is_decorated(node, "staticmethod"):
        return []
    if flags.get("pre"):
        return [Fix('Decorate with `model_validator(mode="before")`', _before(node, decorator, file))]
    if _is_decorated(node, "classmethod"):
        return []
    rewritten = _of_instance(node, parameters[0].arg, parameters[1].arg, file)
    if rewritten is None:
        return []
    edits, has_stores = rewritten
    title = 'Decorate with `model_validator(mode="after")`'
    why = "fields that the validator sets count as set, so `exclude_unset` keeps them"
    make = _after(node, decorator, edits, file)
    return [Fix(title, make, Safety.UNSAFE, why) if has_stores else Fix(title, make)]


def _head(decorator: ast.expr, mode: str, expression: str, file: File) -> Iterator[Edit]:
    if isinstance(decorator, ast.Call) and decorator.keywords:
        yield file.replace(decorator.func, expression)
        yield from _mode(decorator, mode, {"skip_on_failure", "allow_reuse"}, file)
    else:
        yield file.replace(decorator, f'{expression}(mode="{mode}")')


def _before(node: FunctionNode, decorator: ast.expr, file: File) -> _Make:
    def make() -> Iterator[AnyEdit]:
        needed = need(file, "pydantic.model_validator")
        edits: list[AnyEdit] = [*needed.edits, *_head(decorator, "before", needed.expression, file)]
        edits += _as_classmethod(node, file)
        yield from tidied(file.current, edits, ["root_validator"])

    return make


def _after(node: FunctionNode, decorator: ast.expr, inside: list[Edit], file: File) -> _Make:
    def make() -> Iterator[AnyEdit]:
        needed = need(file, "pydantic.model_validator")
        edits: list[AnyEdit] = [*needed.edits, *_head(decorator, "after", needed.expression, file), *inside]
        yield from tidied(file.current, edits, ["root_validator"])

    return make


def _of_instance(node: FunctionNode, cls: str, values: str, file: File) -> tuple[list[Edit], bool] | None:
    """The edits that read and set fields of the instance, and whether they set any; None if something else is done."""
    scope = file.scan.scopes[node]
    if not scope.is_class or _binds("self", node, file):
        return None
    owner = file.names.absolute(scope)
    own = fields(file.index, owner)
    first, second = _parameters(node)
    start, end = range_of(first), range_of(_whole_parameter(second))
    edits = [file.replace(Range(start.start_line, start.start_col, end.end_line, end.end_col), "self")]
    if node.returns is not None:
        edits.append(file.replace(node.returns, f'"{owner.rpartition(".")[2]}"'))
    has_stores = False
    for use in _uses(values, node, file):
        parent = file.parent(use)
        match parent:
            case ast.Return():
                edits.append(file.replace(use, "self"))
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))) if value is use and key in own:
                if isinstance(parent.ctx, ast.Del):
                    return None
                has_stores = has_stores or isinstance(parent.ctx, ast.Store)
                edits.append(file.replace(parent, f"self.{key}"))
            case ast.Attribute(attr="get"):
                call = file.parent(parent)
                match call:
                    case ast.Call(func=func, args=[ast.Constant(value=str(key)), *rest], keywords=[]) if (
                        func is parent
                        and key in own
                        and all(isinstance(one, ast.Constant) and one.value is None for one in rest)
                    ):
                        edits.append(file.replace(call, f"self.{key}"))
                    case _:
                        return None
            case _:
                return None
    if has_stores and not _may_be_set(owner, file):
        return None
    edits += [file.replace(use, "type(self)") for use in _uses(cls, node, file)]
    return edits, has_stores


def _may_be_set(owner: str, file: File) -> bool:
    """Whether setting a field runs no validator again."""
    try:
        options = [configured(file.index, owner, name) for name in ("validate_assignment", "frozen", "allow_mutation")]
    except LookupError:
        return False
    return options[:2] in ([None, None], [False, False], [None, False], [False, None]) and options[2] is not False


# -- functions --------------------------------------------------------------------------------------------------------


def _parameters(node: FunctionNode) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _whole_parameter(parameter: ast.arg) -> ast.arg:
    return parameter


def _is_decorated(node: FunctionNode, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in node.decorator_list)


def _uses(name: str, node: FunctionNode, file: File) -> list[ast.Name]:
    found = (one for one in file.scan.nodes[ast.Name] if isinstance(one, ast.Name) and one.id == name)
    return [one for one in found if node in file.ancestors(one)]


def _binds(name: str, node: FunctionNode, file: File) -> bool:
    """Whether a name already stands for something in the function."""
    return name in file.scan.opened[node].bindings or bool(_uses(name, node, file))
