"""Writing a Pydantic model for what a handler reads from a mapping: where the project keeps its schemas, or above the handler."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from seawall.edits import CannotFix, Edit
from seawall.edits.imports import Importing, Needed, need_all
from seawall.edits.settings.module import Module
from seawall.rules.base import File
from seawall.rules.validation._body_shape import Field, Shape
from seawall.rules.validation._schemas_module import schemas_module
from seawall.rules.validation._told import IMPORTED
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_SUFFIXES = ("Request", "Payload", "Body", "RequestBody")


Write = Callable[[Importing, Sequence[str]], tuple[list[Needed], str]]
"""Writes classes for a module: what it needs, the other names that are wanted last, and the text."""


class Model(NamedTuple):
    """How the handler's file writes the model, and whatever else it wanted, and the edits that make it so."""

    expression: str
    others: list[str]
    edits: list[Edit]


class _Class(NamedTuple):
    name: str
    lines: list[tuple[str, str, str]]
    """Name, annotation and default of each field."""


def write_model(file: File, function: FunctionNode, shape: Shape, others: Sequence[str] = ()) -> Model:
    """Write the model, and import it, and others of these absolute names, where the handler stands."""
    home = schemas_module(file)
    classes = _classes(shape, camel(function.name), taken_names(file, home))
    return placed(file, function, home, classes[-1].name, partial(_written, classes), others)


def taken_names(file: File, home: Module | None) -> set[str]:
    """The names that no new class of that module, or of the file, may have."""
    return set(file.current.facts.names) | (set(home.current.facts.names) if home is not None else set())


def placed(
    file: File, function: FunctionNode, home: Module | None, name: str, write: Write, others: Sequence[str] = ()
) -> Model:
    """Put what is written, the class of that name last, at the end of a module, or above the function where there is none.

    Raises:
        CannotFix: it cannot stand above the function.
    """
    if home is None:
        line = _top(file, function)
        if line is None or file.item.owner:
            raise CannotFix("nothing can be put above the class of the method")
        needed, text = write(file, others)
        place = Edit(file.path, file.place(Range(line, 0, line, 0)), f"{text}\n\n")
        expressions = [one.expression for one in needed[len(needed) - len(others) :]] if others else []
        return Model(name, expressions, [*(edit for one in needed for edit in one.edits), place])
    there, text = write(home, ())
    here = need_all(file, [f"{home.current.module}.{name}", *others])
    edits = [edit for one in (*there, *here) for edit in one.edits]
    end = home.insert_line(len(home.text.lines) + 1, f"\n\n{text}")
    return Model(here[0].expression, [one.expression for one in here[1:]], [*edits, end])


def can_stand_before(file: File, function: FunctionNode) -> bool:
    """Whether a class can be put before the top-level statement that holds the function."""
    return not file.item.owner and bool(_top(file, function))


def _written(classes: list[_Class], file: Importing, others: Sequence[str]) -> tuple[list[Needed], str]:
    words = {word for one in classes for _, annotation, _ in one.lines for word in _WORD.findall(annotation)}
    wanted = sorted(words & IMPORTED.keys())
    needed = need_all(file, ["pydantic.BaseModel", *(IMPORTED[word] for word in wanted), *others])
    written = {word: one.expression for word, one in zip(wanted, needed[1:], strict=False)}
    texts = []
    for name, lines in classes:
        fields = [
            f"    {field}: {_WORD.sub(lambda found: written.get(found[0], found[0]), annotation)}{default}\n"
            for field, annotation, default in lines
        ]
        texts.append(f"class {name}({needed[0].expression}):\n{''.join(fields)}")
    return needed, "\n\n".join(texts)


# -- the classes ------------------------------------------------------------------------------------------------------


def camel(name: str) -> str:
    """`create_order` -> `CreateOrder`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _classes(shape: Shape, stem: str, taken: set[str]) -> list[_Class]:
    """A class for the shape, and before it those for what it holds."""
    free = (f"{stem}{suffix}" for suffix in _SUFFIXES)
    name = next((one for one in free if one not in taken), f"{stem}{_SUFFIXES[-1]}2")
    return [*_inner_classes(shape, name, stem, taken)]


def _inner_classes(shape: Shape, name: str, stem: str, taken: set[str]) -> Iterator[_Class]:
    taken.add(name)
    lines = []
    for one in shape.fields.values():
        annotation = one.type
        if one.inner is not None:
            last = camel(_singular(one.name) if one.is_many else one.name)
            inner = next(each for each in _names(stem, last, name) if each not in taken)
            yield from _inner_classes(one.inner, inner, stem, taken)
            annotation = f"list[{inner}]" if one.is_many else inner
        lines.append((one.name, *_typed(one, annotation)))
    yield _Class(name, lines)


def _names(stem: str, last: str, outer: str) -> Iterator[str]:
    yield f"{stem}{last}"
    yield f"{outer}{last}"
    yield from (f"{stem}{last}{number}" for number in range(2, 100))


def _typed(one: Field, annotation: str) -> tuple[str, str]:
    """A field's annotation and default."""
    if one.required:
        return annotation, ""
    if one.default == "{}" and one.inner is not None:
        return annotation, f" = {annotation}()"
    if one.default is not None and one.default != "None":
        return annotation, f" = {one.default}"
    return "Any" if annotation == "Any" else f"{annotation} | None", " = None"


def _top(file: File, function: FunctionNode) -> int | None:
    """The line before which the class goes: above the decorators and the comments that belong to the statement."""
    statement: ast.AST = function
    for above in file.ancestors(function):
        if isinstance(above, ast.Module):
            break
        statement = above
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    line = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
    lines = file.item.text.split("\n")
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line
