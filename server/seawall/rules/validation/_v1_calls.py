"""Pydantic 1's methods and arguments, and how Pydantic 2 writes them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.calls import drop_keyword, rename_keyword
from seawall.edits.imports import need
from seawall.edits.unused import tidied
from seawall.rules.base import File, Finding
from seawall.rules.validation._outside import models
from seawall.semantics.meanings.schema import configured
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of

_DUMP = frozenset({"include", "exclude", "by_alias", "exclude_unset", "exclude_defaults", "exclude_none"})
_SCHEMA = frozenset({"by_alias", "ref_template"})
_ANY = frozenset({"*"})
_NOTHING: frozenset[str] = frozenset()

OF_INSTANCES: dict[str, tuple[str, frozenset[str]]] = {
    "dict": ("model_dump", _DUMP),
    "json": ("model_dump_json", _DUMP | {"indent", "ensure_ascii"}),
    "copy": ("model_copy", frozenset({"update", "deep"})),
}
OF_CLASSES: dict[str, tuple[str, frozenset[str]]] = {
    "parse_obj": ("model_validate", _NOTHING),
    "parse_raw": ("model_validate_json", _NOTHING),
    "parse_file": ("model_validate_json", _NOTHING),
    "from_orm": ("model_validate", _NOTHING),
    "validate": ("model_validate", _NOTHING),
    "construct": ("model_construct", _ANY),
    "schema": ("model_json_schema", _SCHEMA),
    "schema_json": ("model_json_schema", _NOTHING),
    "update_forward_refs": ("model_rebuild", _NOTHING),
}
"""Method, its new name, and the keywords that both know."""

ATTRIBUTES = {"__fields__": "model_fields", "__fields_set__": "model_fields_set"}

FIELDS = frozenset({"pydantic.Field", "pydantic.constr", "pydantic.conlist", "pydantic.conset"})
PARAMETERS = frozenset(f"fastapi.{name}" for name in ("Query", "Path", "Header", "Cookie", "Body", "Form", "File"))
KEYWORDS = {"regex": "pattern", "min_items": "min_length", "max_items": "max_length"}
NAMES = frozenset({
    *OF_INSTANCES, *OF_CLASSES, "parse_obj_as", "Field", "constr", "conlist", "conset",
    *(name.rpartition(".")[2] for name in PARAMETERS),
})  # fmt: skip
"""The last names of the calls that are worth a look."""


def check_call(call: ast.Call, file: File) -> Iterator[Finding]:
    name = file.called_name(call)
    if name in OF_INSTANCES or name in OF_CLASSES:
        yield from _method(call, name, file)
    elif name == "parse_obj_as":
        if file.callee(call) in ("pydantic.parse_obj_as", "pydantic.tools.parse_obj_as"):
            yield _parse_obj_as(call, file)
    elif any(one.arg in (*KEYWORDS, "const", "allow_mutation", "unique_items") for one in call.keywords):
        yield from _keywords(call, file)


def name_place(node: ast.Attribute) -> Range:
    """The attribute's name."""
    whole = range_of(node)
    return Range(whole.end_line, whole.end_col - len(node.attr.encode()), whole.end_line, whole.end_col)


def _method(call: ast.Call, name: str, file: File) -> Iterator[Finding]:
    if not isinstance(call.func, ast.Attribute):
        return
    own = models(file, call.func.value, classes=name in OF_CLASSES)
    if own is None or any(file.index.member(cls, name) is not None for cls in own):
        return
    new, keywords = (OF_INSTANCES | OF_CLASSES)[name]
    place = name_place(call.func)
    make = _change(call, name, new, keywords, own, file)
    fixes = [Fix(f"Call `{new}`", make)] if make is not None else []
    yield file.finding(place, f"`{name}` is Pydantic 1's, call `{new}`", *fixes)


def _change(
    call: ast.Call, name: str, new: str, keywords: frozenset[str], own: list[str], file: File
) -> Callable[[], Iterator[AnyEdit]] | None:
    """What writes the call in the new way, if all of its arguments go on meaning the same."""
    assert isinstance(call.func, ast.Attribute)
    place, owner = name_place(call.func), call.func.value
    given = {one.arg for one in call.keywords}
    if name == "schema_json":
        return (lambda: _dumped_schema(call, owner, file)) if not call.args and not given else None
    if name == "parse_file" or (keywords is not _ANY and not given <= {*keywords, "skip_defaults"}):
        return None
    if (
        len(call.args) != (1 if name in ("parse_obj", "parse_raw", "from_orm", "validate") else 0)
        and name != "construct"
    ):
        return None
    if "skip_defaults" in given and name not in OF_INSTANCES:
        return None

    def make() -> Iterator[AnyEdit]:
        yield file.replace(place, new)
        if "skip_defaults" in given:
            yield rename_keyword(file, call, "skip_defaults", "exclude_unset")
        if name == "from_orm" and not all(_reads_attributes(file, cls) for cls in own):
            yield file.insert_after(call.args[0], ", from_attributes=True")

    return make


def _reads_attributes(file: File, cls: str) -> bool:
    try:
        return configured(file.index, cls, "from_attributes") is True
    except LookupError:
        return False


def _dumped_schema(call: ast.Call, owner: ast.expr, file: File) -> Iterator[AnyEdit]:
    dumps = need(file, "json.dumps")
    yield from dumps.edits
    yield file.replace(call, f"{dumps.expression}({file.text(owner)}.model_json_schema())")


def _parse_obj_as(call: ast.Call, file: File) -> Finding:
    def make() -> Iterator[AnyEdit]:
        adapter = need(file, "pydantic.TypeAdapter")
        kind, value = (file.text(one) for one in call.args)
        new = file.replace(call, f"{adapter.expression}({kind}).validate_python({value})")
        yield from tidied(file.current, [*adapter.edits, new], ["parse_obj_as"])

    fixes = [Fix("Validate with a `TypeAdapter`", make)] if len(call.args) == 2 and not call.keywords else []
    return file.finding(call.func, "`parse_obj_as` is Pydantic 1's, validate with a `TypeAdapter`", *fixes)


# -- arguments of Field and its like ----------------------------------------------------------------------------------


def _keywords(call: ast.Call, file: File) -> Iterator[Finding]:
    callee = file.callee(call)
    if callee not in FIELDS and callee not in PARAMETERS:
        return
    for one in call.keywords:
        new = KEYWORDS.get(one.arg or "")
        if new is not None and (one.arg == "regex" or callee in FIELDS):
            fix = Fix(f"Write `{new}`", partial(_rename, call, one.arg or "", new, file))
            yield file.finding(one, f"`{one.arg}` is Pydantic 1's, write `{new}`", *_unless_taken(call, new, fix))
        elif callee != "pydantic.Field":
            continue
        elif one.arg == "allow_mutation" and isinstance(one.value, ast.Constant) and one.value.value is False:
            fix = Fix("Write `frozen=True`", partial(_freeze, one, file))
            yield file.finding(one, "`allow_mutation` is Pydantic 1's, write `frozen=True`", fix)
        elif one.arg == "const" and isinstance(one.value, ast.Constant) and one.value.value is True:
            yield file.finding(one, "`const` is Pydantic 1's, declare the field as a `Literal`", *_literal(call, file))
        elif one.arg == "unique_items":
            yield file.finding(one, "`unique_items` is Pydantic 1's, declare the field as a `set`")


def _rename(call: ast.Call, old: str, new: str, file: File) -> Iterator[AnyEdit]:
    yield rename_keyword(file, call, old, new)


def _freeze(given: ast.keyword, file: File) -> Iterator[AnyEdit]:
    yield file.replace(given, "frozen=True")


def _unless_taken(call: ast.Call, name: str, fix: Fix) -> list[Fix]:
    return [fix] if keyword(call, name) is None else []


def _literal(call: ast.Call, file: File) -> Iterator[Fix]:
    statement = file.parent(call)
    value = call.args[0] if call.args else keyword(call, "default")
    if not isinstance(statement, ast.AnnAssign) or statement.value is not call or not isinstance(value, ast.Constant):
        return
    if not isinstance(value.value, (str, int)):
        return

    def make() -> Iterator[AnyEdit]:
        literal = need(file, "typing.Literal")
        yield from literal.edits
        yield file.replace(statement.annotation, f"{literal.expression}[{file.text(value)}]")
        is_all = len(call.args) + len(call.keywords) == 2
        yield file.replace(call, file.text(value)) if is_all else drop_keyword(file, call, "const")

    why = "the field's type is another in the JSON schema"
    yield Fix("Declare the field as a `Literal`", make, Safety.UNSAFE, why)
