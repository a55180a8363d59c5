"""What comes from outside the program: whether an origin in a function is a client's, a message's or the command line's."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.knowledge import http_input, outside
from seawall.semantics.calls import last_name
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.django_url import lets_through, urls
from seawall.semantics.meanings.route import OUTSIDE, Kind, is_handler, kind_of, unwrap
from seawall.semantics.meanings.schema import allows_extra
from seawall.semantics.paths import STEP, split, steps_of, symbol_of
from seawall.semantics.symbols import Call, Parameter, Ref, Several, Symbol
from seawall.semantics.types import Instance, Named, options

REQUEST = "the request"
_VIEW_MODULES = ("django.views.", "rest_framework.", "django.contrib.auth.views.")
_NUMBERS = ("id", "pk", "year", "month", "day", "page", "count", "number")
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_FORM_PARTS = frozenset({"cleaned_data", "validated_data", "initial_data", "data"})


def source(index: Index, name: str, function: FunctionFact, origin: str, is_handled: bool) -> str | None:
    """What sends the origin, in words; None if it is not from outside, or not here. `is_handled`: a framework calls the function."""
    head, steps = split(origin)
    parts = [part for part in steps_of(steps) if part.isidentifier()]
    part = parts[0] if parts else ""
    if head.startswith("@"):
        return _of_module(index, name, head[1:], part)
    if head.startswith("#"):
        return _of_call(index, function, origin, parts)
    parameter = next((one for one in function.params if one.name == head), None)
    if parameter is None:
        return None
    for one in options(index.type_of(parameter)):
        if isinstance(one, Instance):
            if index.is_subclass(one.cls, *http_input.REQUEST_TYPES):
                return REQUEST if part in http_input.REQUEST_PARTS else None
            if index.is_subclass(one.cls, *http_input.DJANGO_REQUEST_TYPES):
                return REQUEST if part in http_input.DJANGO_REQUEST_PARTS else None
            if one.cls in outside.MESSAGES or one.cls in outside.MESSAGE_SOURCES:
                return outside.MESSAGE if outside.MESSAGE_PARTS.intersection(parts) else None
            if index.is_subclass(one.cls, *outside.TEXT_SOURCES):
                return outside.MESSAGE if _is_given_out(steps) else None
    called_by = _called_by(index, function, name)
    if called_by is not None and not _is_bound_task(function, parameter):
        return called_by
    is_handled = is_handled or is_handler(index, function, name)
    return (
        _of_handler(index, function, parameter, part, is_handled)
        or _of_ninja(index, function, parameter, part)
        or _of_django(index, name, function, parameter, parts)
        or _of_callback(index, name, function, parameter, steps)
    )


def _is_given_out(steps: str) -> bool:
    """Whether an origin is a message that a websocket gives out: an item of it, or what `recv` gives."""
    return steps.startswith(("[*]", ".recv"))


def _of_module(index: Index, function: str, name: str, part: str) -> str | None:
    module = index.split(function)[0]
    found = index.resolve(f"{module}.{name}").name
    if found in (http_input.FLASK_REQUEST, "flask.globals.request"):
        return REQUEST if part in http_input.FLASK_REQUEST_PARTS else None
    if (found == "sys" and part == "argv") or found == "sys.argv":
        return outside.COMMAND_LINE
    return None


def _of_call(index: Index, function: FunctionFact, origin: str, parts: list[str]) -> str | None:
    """`input()`, `consumer.getone()`, `async for message in consumer`."""
    symbol = symbol_of(function, split(origin)[0])
    while isinstance(symbol, Call) or hasattr(symbol, "of"):
        called = index.named(symbol.func) if isinstance(symbol, Call) else None
        if called in outside.CALLS:
            return outside.CALLS[called]
        for one in options(index.type_of(symbol)):
            if isinstance(one, Instance) and one.cls in outside.MESSAGE_SOURCES | outside.MESSAGES:
                return outside.MESSAGE if outside.MESSAGE_PARTS.intersection(parts) else None
            if isinstance(one, Instance) and index.is_subclass(one.cls, *outside.TEXT_SOURCES):
                return outside.MESSAGE
        symbol = symbol.func if isinstance(symbol, Call) else symbol.of  # type: ignore[union-attr]
        owner = next((one for one in options(index.type_of(symbol)) if isinstance(one, Named)), None)
        if owner is not None and owner.receiver is not None and owner.receiver.cls in outside.MESSAGE_SOURCES:
            return outside.MESSAGE
    return None


def _called_by(index: Index, function: FunctionFact, name: str) -> str | None:
    """A queue or the command line that calls the function."""
    if any(_runs(index, one, name) for one in index.jobs(function.name)):
        return outside.TASK
    for decorator in function.decorators:
        symbol = decorator.func if isinstance(decorator, Call) else decorator
        decorated = index.named(symbol) if symbol is not None else None
        if decorated in outside.TASKS:
            return outside.TASK
        if decorated in outside.SUBSCRIBERS:
            return outside.MESSAGE
        if decorated in outside.COMMANDS:
            return outside.COMMAND_LINE
    return None


def _runs(index: Index, jobs: str, name: str) -> bool:
    """Whether a worker's list of functions has the one of that name."""
    fact = index.fact(*index.split(jobs))
    if not isinstance(fact, ValueFact) or not isinstance(fact.value, Several):
        return False
    given = (one.args[0] if isinstance(one, Call) and one.args else one for one in fact.value.items)
    return any(isinstance(one, Ref) and index.resolve(one.name).name == name for one in given)


def _of_callback(index: Index, name: str, function: FunctionFact, parameter: Parameter, steps: str) -> str | None:
    """What a method of a framework's class, or a function that a call is given to call, gets of a message."""
    owner, _, last = name.rpartition(".")
    position = function.params.index(parameter)
    if position and isinstance(index.resolve(owner).fact, ClassFact):
        received = next(
            (row for base in index.mro(owner) if (row := outside.RECEIVERS.get(f"{base}.{last}")) is not None), ()
        )
        if parameter.name in received:
            return REQUEST
        position -= 1
    for callback in _given_to(index, name, last):
        if callback.position == position:
            is_sent = (
                callback.kind == "text"
                or (callback.kind == "texts" and _is_given_out(steps))
                or (callback.kind == "message" and outside.MESSAGE_PARTS.intersection(steps_of(steps)))
            )
            return outside.MESSAGE if is_sent else None
    return None


def _given_to(index: Index, name: str, last: str) -> Iterator[outside.Callback]:
    """The calls that are given a function, to call it with messages."""
    for method in outside.CALLBACK_NAMES:
        for caller in index.callers(method):
            calling = index.function(caller)
            for call in calling.calls if calling is not None else ():
                if last_name(call.callee) != method:
                    continue
                given = [(one.to, index.type_of(one.value)) for one in call.given if last_name(one.value) == last]
                if not any(isinstance(one, Named) and index.resolve(one.name).name == name for _, one in given):
                    continue
                for target in options(index.type_of(call.callee)):
                    row = outside.CALLBACKS.get(target.name) if isinstance(target, Named) else None
                    if row is not None and any(to in (row.at, row.keyword) for to, _ in given):
                        yield row


def _is_bound_task(function: FunctionFact, parameter: Parameter) -> bool:
    """`self` of `@app.task(bind=True)`, the context of a command."""
    return parameter is function.params[0] and parameter.name in ("self", "ctx", "context")


def _of_handler(index: Index, function: FunctionFact, parameter: Parameter, part: str, is_handled: bool) -> str | None:
    if not is_handled and not _has_markers(index, function):
        return None
    kind = kind_of(index, parameter)
    if kind in OUTSIDE:
        return f"the {'path' if kind is Kind.PATH else 'request'}"
    if kind is Kind.FILE:
        return REQUEST if part in ("filename", "content_type", "headers", "read", "file") or not part else None
    if kind is Kind.DEPENDENCY:
        is_form = parameter.annotation is not None and _is_form(index, parameter.annotation)
        return REQUEST if is_form or is_sent(index, parameter) else None
    return None


def _of_ninja(index: Index, function: FunctionFact, parameter: Parameter, part: str) -> str | None:
    """A handler of Django Ninja gets the request, and the rest as it asks for it."""
    if parameter.name in ("self", "cls") or not any(_is_ninja(index, one) for one in function.decorators):
        return None
    if parameter.name == "request":
        return REQUEST if part in http_input.DJANGO_REQUEST_PARTS else None
    for one in options(index.type_of(parameter)):
        if isinstance(one, Instance) and index.is_subclass(one.cls, *http_input.NINJA_FILES):
            return REQUEST if part in ("name", "content_type", "read", "file") else None
    return REQUEST


def _is_ninja(index: Index, decorator: Symbol | None) -> bool:
    if not isinstance(decorator, Call):
        return False
    return any(
        isinstance(one, Named)
        and (
            one.name in http_input.NINJA_DECORATORS
            or (
                one.receiver is not None
                and one.last in (*http_input.REGISTERS, "api_operation")
                and index.is_subclass(one.receiver.cls, *http_input.NINJA_ROUTERS)
            )
        )
        for one in options(index.type_of(decorator.func))
    )


def _has_markers(index: Index, function: FunctionFact) -> bool:
    """Whether a parameter says where FastAPI takes it from: nobody else calls such a function."""
    for parameter in function.params:
        _, metadata = unwrap(index, parameter.annotation)
        for marker in (parameter.default, *metadata):
            if isinstance(marker, Call) and index.named(marker.func) in http_input.MARKERS:
                return True
    return False


def is_sent(index: Index, parameter: Parameter) -> bool:
    """Whether a security scheme takes it from the request: `Depends(oauth2_scheme)`."""
    _, metadata = unwrap(index, parameter.annotation)
    for marker in (parameter.default, *metadata):
        if isinstance(marker, Call) and http_input.MARKERS.get(index.named(marker.func) or "") == "dependency":
            scheme = index.type_of(marker.args[0] if marker.args else marker.keyword("dependency"))
            if isinstance(scheme, Instance) and index.is_subclass(scheme.cls, *http_input.SECURITY_SCHEMES):
                return True
    return False


def _is_form(index: Index, annotation: Symbol) -> bool:
    inner, _ = unwrap(index, annotation)
    return isinstance(inner, Ref) and index.resolve(inner.name).name.startswith(
        "fastapi.security.OAuth2PasswordRequestForm"
    )


def _of_django(index: Index, name: str, function: FunctionFact, parameter: Parameter, parts: list[str]) -> str | None:
    part = parts[0] if parts else ""
    head = parameter.name
    owner = name.rpartition(".")[0]
    if is_view_class(index, owner):
        position = function.params.index(parameter)
        if position == 0 and part == "request":
            return REQUEST if parts[1:2] and parts[1] in http_input.DJANGO_REQUEST_PARTS else None
        if position == 0 and part == "kwargs":
            # What is read with a default need not be in the path.
            is_part = len(parts) > 1 and parts[1] != "get" and not _is_number(parts[1])
            return "the path" if is_part and lets_through(index, owner, parts[1]) is not False else None
        if position == 1:
            return REQUEST if part in http_input.DJANGO_REQUEST_PARTS else None
        is_asked = function.name in _METHODS and not _is_number(head)
        return "the path" if is_asked and lets_through(index, owner, head) else None
    is_first = parameter is function.params[0]
    if parameter.annotation is not None or not (head == "request" or (is_first and any(urls(index, name)))):
        return _of_url(index, name, function, parameter)
    is_whole = _is_api_view(index, function) or (is_first and any(urls(index, name)))
    return REQUEST if part in (http_input.DJANGO_REQUEST_PARTS if is_whole else ("GET", "POST", "COOKIES")) else None


def _of_url(index: Index, name: str, function: FunctionFact, parameter: Parameter) -> str | None:
    """`def books(request, slug)` that a URL names, or in a module of views; in any module, if it declares that it takes a request."""
    is_open = lets_through(index, name, parameter.name)
    if is_open is not None:
        is_text = parameter.annotation is None or index.named(parameter.annotation) == "builtins.str"
        return "the path" if is_open and is_text and not _is_number(parameter.name) else None
    module = index.split(name)[0]
    first = function.params[0]
    is_view = (
        ".<locals>." not in name
        and name == f"{module}.{function.name}"
        and (module.rpartition(".")[2] in ("views", "api") or _is_request(index, first))
        and first.name == "request"
        and not function.name.startswith("_")
        and not _is_called(index, name)
    )
    if not is_view or parameter is first or parameter.default is not None or _is_number(parameter.name):
        return None
    return "the path" if parameter.annotation is None or index.named(parameter.annotation) == "builtins.str" else None


def _is_request(index: Index, parameter: Parameter) -> bool:
    return any(
        isinstance(one, Instance) and index.is_subclass(one.cls, *http_input.DJANGO_REQUEST_TYPES)
        for one in options(index.type_of(parameter))
    )


def _is_called(index: Index, name: str) -> bool:
    """Whether the project itself calls the function, and not merely another one of that name."""
    functions = (index.function(caller) for caller in index.callers(name.rpartition(".")[2]))
    return any(
        last_name(call.callee) == name.rpartition(".")[2] and index.named(call.callee) == name
        for function in functions
        for call in (function.calls if function else ())
    )


def _is_number(name: str) -> bool:
    return name.rpartition("_")[2] in _NUMBERS


def _is_api_view(index: Index, function: FunctionFact) -> bool:
    return any(
        isinstance(one, Call) and index.named(one.func) == "rest_framework.decorators.api_view"
        for one in function.decorators
    )


def is_view_class(index: Index, cls: str) -> bool:
    """Whether a class of the project is a Django or REST framework view."""
    return isinstance(index.resolve(cls).fact, ClassFact) and any(
        base.startswith(_VIEW_MODULES) for base in index.mro(cls)
    )


def checked_field(index: Index, cls: str, key: str) -> bool:
    """Whether a field of a Django form or serializer lets only numbers, dates and choices through."""
    value = index.attributes(cls).get(key)
    if value is None:
        return False
    last = next(
        (one.cls.rpartition(".")[2] for one in options(index.type_of(value.value)) if isinstance(one, Instance)), ""
    )
    return last.startswith(
        ("Integer", "Float", "Decimal", "Boolean", "Date", "Time", "Duration", "UUID", "PrimaryKey")
    ) or ("Choice" in last)


def is_form(index: Index, cls: str) -> bool:
    """Whether a class validates what a client sends: its parts hold the request."""
    return any(base.startswith(("django.forms.", "rest_framework.serializers.")) for base in index.mro(cls))


FORM_PARTS = _FORM_PARTS


def is_validated(index: Index, function: FunctionFact, origin: str) -> bool:
    """Whether the origin is a part of an object that a schema has made, and that has nothing beside its fields."""
    head, steps = split(origin)
    found = [""] + [match[0] for match in STEP.finditer(steps)]
    return any(_is_schema(index, symbol_of(function, head + "".join(found[: at + 1]))) for at in range(len(found)))


def _is_schema(index: Index, symbol: Symbol | None) -> bool:
    types = options(index.type_of(symbol))
    return bool(types) and all(
        isinstance(one, Instance)
        and (is_form(index, one.cls) or index.is_subclass(one.cls, *http_input.MODEL_BASES))
        and not allows_extra(index, one.cls)
        for one in types
    )
