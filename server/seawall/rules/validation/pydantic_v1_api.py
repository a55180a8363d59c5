"""Code in the manner of Pydantic 1 goes on working under Pydantic 2 only in part, and without being told.

`.dict()`, `parse_obj` and `@validator` warn and will go away. `class Config` is read, but `orm_mode` and other options in it have new
names and are passed over. `from pydantic import BaseSettings`, `regex=` and `const=` fail at import.

Not flagged: objects that are not certainly models, and models that define the method themselves; projects that pin Pydantic 1; what comes
from `pydantic.v1`; code that asks first which version it runs under.

Example:
    from pydantic import BaseModel, validator


    class Book(BaseModel):
        title: str
        year: int = 1900

        class «Config»:
            orm_mode = True

        @«validator»("title", pre=True)
        def strip(cls, value):
            return value.strip()


    def show(book: Book) -> dict:
        return book.«dict»(exclude_unset=True)

Fixed:
    from pydantic import BaseModel, ConfigDict, field_validator


    class Book(BaseModel):
        title: str
        year: int = 1900

        model_config = ConfigDict(from_attributes=True)

        @field_validator("title", mode="before")
        @classmethod
        def strip(cls, value):
            return value.strip()


    def show(book: Book) -> dict:
        return book.model_dump(exclude_unset=True)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import partial

from msgspec.structs import replace

from seawall.edits import AnyEdit, Edit, Fix, Safety
from seawall.edits.settings.files import requirement_edits
from seawall.edits.unused import drop
from seawall.patterns import pattern
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._outside import models
from seawall.rules.validation._v1_calls import ATTRIBUTES, NAMES, check_call, name_place
from seawall.rules.validation._v1_config import check_config, has_old_options
from seawall.rules.validation._v1_validators import check_validator
from seawall.semantics.meanings.schema import is_model
from seawall.syntax import Range, range_of

code, severity = "SW309", Severity.WARNING

calls = NAMES
attributes = frozenset(ATTRIBUTES)

_ASKS_FOR_VERSION = pattern(r"pydantic|model_dump|hasattr|(?<![a-z])v[12](?![a-z0-9])", re.IGNORECASE)
_Node = ast.Call | ast.Attribute | ast.ClassDef | ast.FunctionDef | ast.ImportFrom


def check(
    node: ast.Call | ast.Attribute | ast.ClassDef | ast.FunctionDef | ast.ImportFrom, file: File
) -> Iterable[Finding]:
    for finding in _found(node, file):
        if not _is_first_version(file) and not _is_guarded(node, file):
            yield replace(finding, tags=("deprecated",))


def _found(node: _Node, file: File) -> Iterator[Finding]:
    match node:
        case ast.Call():
            yield from check_call(node, file)
        case ast.Attribute():
            yield from _attribute(node, file)
        case ast.ClassDef():
            yield from check_config(node, file)
            yield from _optional_fields(node, file)
        case ast.FunctionDef() if node.decorator_list:
            yield from check_validator(node, file)
        case ast.ImportFrom(module="pydantic", level=0):
            yield from _settings(node, file)


def _is_first_version(file: File) -> bool:
    version = file.project.dependencies.version("pydantic")
    if version is not None:
        return version.major < 2
    fastapi = file.project.dependencies.version("fastapi")  # which knows version 2 since 0.100
    return fastapi is not None and (fastapi.major, fastapi.minor) < (0, 100)


def _is_guarded(node: ast.AST, file: File) -> bool:
    """Whether the code runs only under a certain version."""
    for above in file.ancestors(node):
        if isinstance(above, (ast.If, ast.IfExp)) and _ASKS_FOR_VERSION.search(ast.unparse(above.test)):
            return True
        if isinstance(above, (ast.Try, ast.ExceptHandler)) and isinstance(node, ast.ImportFrom):
            return True
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)) and _leaves_before(above, node):
            return True
        if isinstance(above, ast.ExceptHandler) and _catches(above, ("AttributeError", "ImportError")):
            return True
        if isinstance(above, ast.Try) and any(_catches(one, ("AttributeError",)) for one in above.handlers):
            return True
    return False


def _leaves_before(function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.AST) -> bool:
    """Whether the function ends early under another version: `if PYDANTIC_V2: return ...`."""
    return any(
        isinstance(one, ast.If)
        and one.lineno < getattr(node, "lineno", 0)
        and isinstance(one.body[-1], (ast.Return, ast.Raise))
        and _ASKS_FOR_VERSION.search(ast.unparse(one.test))
        for one in function.body
    )


def _catches(handler: ast.ExceptHandler, names: tuple[str, ...]) -> bool:
    return handler.type is not None and any(name in ast.unparse(handler.type) for name in names)


def _attribute(node: ast.Attribute, file: File) -> Iterator[Finding]:
    own = models(file, node.value)
    if own is None:
        return
    new = ATTRIBUTES[node.attr]
    is_instance = models(file, node.value, classes=False) is not None

    def make() -> Iterator[AnyEdit]:
        if is_instance and new == "model_fields":
            yield file.replace(node, f"type({file.text(node.value)}).{new}")
        else:
            yield file.replace(name_place(node), new)

    yield file.finding(name_place(node), f"`{node.attr}` is Pydantic 1's, read `{new}`", Fix(f"Read `{new}`", make))


def _optional_fields(node: ast.ClassDef, file: File) -> Iterator[Finding]:
    """Fields of models in the old manner that had a default of None by being optional."""
    if not _is_in_old_manner(node, file) or not is_model(file.index, file.absolute_name(node)):
        return
    for field in node.body:
        if not isinstance(field, ast.AnnAssign) or field.value is not None or not isinstance(field.target, ast.Name):
            continue
        if _is_optional(field.annotation, file):
            name = field.target.id
            why = "the field may be left out, as under Pydantic 1"
            yield file.finding(
                field,
                f"`{name}` is required under Pydantic 2 though it may be None, give it the default that it had",
                Fix(
                    f"Give `{name}` the default None",
                    partial(_default_none, field, file),
                    Safety.UNSAFE,
                    why,
                ),
                severity=Severity.HINT,
            )


def _default_none(field: ast.AnnAssign, file: File) -> Iterator[AnyEdit]:
    yield file.insert_after(field, " = None")


def _is_in_old_manner(node: ast.ClassDef, file: File) -> bool:
    for one in node.body:
        if isinstance(one, ast.ClassDef) and one.name == "Config" and has_old_options(one):
            return True
        if isinstance(one, ast.FunctionDef):
            for decorator in one.decorator_list:
                name = decorator.func if isinstance(decorator, ast.Call) else decorator
                if (file.qualname(name) or "") in ("pydantic.validator", "pydantic.root_validator"):
                    return True
    return False


def _is_optional(annotation: ast.expr, file: File) -> bool:
    match annotation:
        case ast.Subscript(value=head):
            return file.qualname(head) == "typing.Optional"
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return any(isinstance(one, ast.Constant) and one.value is None for one in (left, right))
    return False


def _settings(node: ast.ImportFrom, file: File) -> Iterator[Finding]:
    for alias in node.names:
        if alias.name != "BaseSettings":
            continue
        make = partial(_from_settings, node, alias, file)
        is_plain = alias.asname is None and file.scan.scopes[node] is file.scan.module
        fixes = [Fix("Import it from pydantic-settings", make)] if is_plain else []
        yield file.finding(alias, "`BaseSettings` is no part of Pydantic 2, import it from pydantic-settings", *fixes)


def _from_settings(node: ast.ImportFrom, alias: ast.alias, file: File) -> Iterator[AnyEdit]:
    place = range_of(node)
    if len(node.names) == 1:
        start = place.start_col + len("from ")
        yield file.replace(
            Range(place.start_line, start, place.start_line, start + len("pydantic")), "pydantic_settings"
        )
    else:
        yield from drop(file.current, frozenset({alias.name}))
        line = file.place(node).end_line + 1
        yield Edit(file.path, Range(line, 0, line, 0), f"from pydantic_settings import {alias.name}\n")
    yield from requirement_edits("pydantic-settings", "pydantic-settings", file.project)
