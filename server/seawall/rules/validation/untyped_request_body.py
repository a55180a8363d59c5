"""A handler that takes its body as a `dict` lets through whatever the client sends.

A missing key becomes a `KeyError` and a response 500, a wrong type goes on into the database, and the documentation says nothing
of the body. A Pydantic model refuses bad input with a response 422 before the handler runs.

Not flagged: models, dataclasses and `TypedDict`, which are validated; query, path and header parameters; mappings with free keys and
typed values (`dict[str, int]`) that are not read by key; bodies that nobody reads, and those that are handed on as a whole to a function that
validates them or makes an object of a schema of them; tests. A body that is handed on to others may be free on purpose: that is a warning.

Example:
    from fastapi import FastAPI

    app = FastAPI()


    @app.post("/reviews")
    def add_review(«payload: dict»):
        return {"rating": int(payload["rating"]), "body": payload.get("body", "")}

Fixed:
    from fastapi import FastAPI
    from pydantic import BaseModel

    app = FastAPI()


    class AddReviewRequest(BaseModel):
        rating: int
        body: str = ""


    @app.post("/reviews")
    def add_review(payload: AddReviewRequest):
        return {"rating": payload.rating, "body": payload.body}
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._body_model import can_stand_before, write_model
from seawall.rules.validation._body_shape import Shape, shape_of, uses_of
from seawall.rules.validation._handed_on import is_validated
from seawall.semantics.meanings.route import Kind, Route, RouteParameter, unwrap
from seawall.semantics.symbols import Constant, Either, Ref, Subscript, Symbol
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of

code, severity = "SW301", Severity.ERROR
applies = counts

_ANYTHING = frozenset({"typing.Any", "typing_extensions.Any", "builtins.object"})
_MAPPINGS = frozenset({"builtins.dict", "typing.Mapping", "typing.MutableMapping", "collections.OrderedDict"})
_LISTS = frozenset({"builtins.list", "builtins.set", "builtins.tuple", "typing.Sequence", "typing.Iterable"})
_UNIONS = frozenset({"typing.Optional", "typing.Union"})


def check(route: Route, file: File) -> Iterator[Finding]:
    for parameter in route.of_kind(Kind.BODY):
        says_nothing = _says_nothing(file, parameter.annotation)
        if says_nothing is False:
            continue
        if not _is_read(file, route, parameter):
            continue
        uses = uses_of(file, route.function, parameter.name)
        shape = shape_of(file, uses) if uses else None
        if says_nothing is None and shape is None:
            continue
        severity = Severity.ERROR if shape is not None or parameter.annotation is None else _loudness(uses, file)
        if severity is Severity.WARNING and is_validated(file, route.function, parameter.name):
            continue
        yield file.finding(
            parameter.arg,
            f"`{parameter.name}` is taken from the body without validation, declare a Pydantic model",
            *_fixes(route, parameter, shape, file),
            severity=severity,
        )


def _is_read(file: File, route: Route, parameter: RouteParameter) -> bool:
    return any(
        isinstance(one.ctx, ast.Load) and route.function in file.ancestors(one) for one in file.uses(parameter.name)
    )


def _loudness(uses: list[ast.Name] | None, file: File) -> Severity:
    """A body that nobody looks into here may be meant to be free."""
    return Severity.ERROR if uses is not None and any(_looks_into(use, file) for use in uses) else Severity.WARNING


def _looks_into(use: ast.Name, file: File) -> bool:
    around = file.parent(use)
    if isinstance(around, ast.Dict) and isinstance(file.parent(around), ast.Call):
        return False  # put together with more and handed on whole
    is_unpacked = isinstance(around, ast.keyword) and around.arg is None
    return is_unpacked or isinstance(around, (ast.Attribute, ast.Subscript, ast.For, ast.Dict, ast.comprehension))


def _says_nothing(file: File, annotation: Symbol | None) -> bool | None:
    """Whether a type lets anything through; None for a mapping with typed values, which depends on how it is read."""
    match annotation:
        case None:
            return True
        case Constant(None):
            return False
        case Either(several):
            return _worst(
                [_says_nothing(file, unwrap(file.index, option)[0]) for option in several if option != Constant(None)]
            )
        case Subscript(of, args):
            name = file.index.resolve(of.name).name if isinstance(of, Ref) else ""
            inner = [_says_nothing(file, unwrap(file.index, arg)[0]) if arg is not None else False for arg in args]
            if name in _UNIONS:
                return _worst([one for one, arg in zip(inner, args, strict=True) if arg != Constant(None)])
            if name in _MAPPINGS and len(inner) == 2:
                return True if inner[1] else None
            return bool(inner and inner[0]) if name in _LISTS else False
        case Ref(name):
            found = file.index.resolve(name).name
            return found in _ANYTHING or found in _MAPPINGS or found in _LISTS
    return False


def _worst(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def _fixes(route: Route, parameter: RouteParameter, shape: Shape | None, file: File) -> Iterator[Fix]:
    place = _annotation_place(parameter, file)
    if shape is None or place is None or not can_stand_before(file, route.function) or file.item.broken:
        return
    where, before, after = place

    def make() -> Iterator[AnyEdit]:
        model = write_model(file, route.function, shape)
        yield from model.edits
        yield file.replace(where, f"{before}{model.expression}{after}")
        yield from shape.edits(file)

    yield Fix(
        f"Validate `{parameter.name}` with a Pydantic model",
        make,
        Safety.UNSAFE,
        "bodies that do not fit the model are refused with a response 422",
    )


def _annotation_place(parameter: RouteParameter, file: File) -> tuple[Range, str, str] | None:
    """What the model's name replaces, and what stands around it; None if the parameter has a default of its own."""
    marker = parameter.default
    if marker is not None and parameter.marker != "fastapi.Body":
        return None
    if isinstance(marker, ast.Call) and not _is_required(marker):
        return None
    annotation = parameter.arg.annotation
    match annotation:
        case None:
            if marker is None:
                return None
            place = range_of(parameter.arg)
            start = range_of(marker)
            return Range(place.end_line, place.end_col, start.start_line, start.start_col), ": ", " = "
        case ast.Subscript(slice=ast.Tuple(elts=[inner, *metadata])) if _is_annotated(file, annotation):
            calls = [one for one in metadata if isinstance(one, ast.Call)]
            return (range_of(inner), "", "") if all(_is_required(call) for call in calls) and _is_plain(inner) else None
    return (range_of(annotation), "", "") if _is_plain(annotation) and parameter.annotation is not None else None


def _is_required(marker: ast.Call) -> bool:
    given = marker.args[0] if marker.args else keyword(marker, "default")
    if keyword(marker, "default_factory") is not None or keyword(marker, "media_type") is not None:
        return False
    return given is None or (isinstance(given, ast.Constant) and given.value is Ellipsis)


def _is_annotated(file: File, annotation: ast.Subscript) -> bool:
    return (file.qualname(annotation.value) or "").endswith(".Annotated")


def _is_plain(annotation: ast.expr) -> bool:
    """A mapping as such, neither optional nor a list of mappings nor an alias that others use."""
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = head.attr if isinstance(head, ast.Attribute) else head.id if isinstance(head, ast.Name) else ""
    return name in ("dict", "Dict", "Mapping", "MutableMapping", "Any", "object")
