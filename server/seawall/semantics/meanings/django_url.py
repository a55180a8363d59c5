"""Which of Django's views answer at which URLs: what `path` and `re_path` say of a function or a class, anywhere in the project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.knowledge import http_input
from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call, Constant, Ref

_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.)*)\)")
_ANYTHING = re.compile(r"(?<!\\)\.|\[\^|\\[SDW]")


def urls(index: Index, view: str) -> Iterator[Call]:
    """The calls that name a view, a function or a class, by its absolute name."""
    for name in index.registrations(view.rpartition(".")[2]):
        module, path = index.split(name)
        fact = index.fact(module, path)
        if isinstance(fact, ValueFact) and isinstance(fact.value, Call):
            call = fact.value
            given = call.args[1] if len(call.args) > 1 else None
            is_it = isinstance(given, Ref) and index.resolve(given.name).name == view
            if is_it and index.named(call.func) in http_input.DJANGO_URLS:
                yield call


def lets_through(index: Index, view: str, part: str) -> bool | None:
    """Whether a part of a view's URLs may be any text; None if no URL that is known has that part."""
    found = [_is_open(call, part) for call in urls(index, view)]
    known = [one for one in found if one is not None]
    return any(known) if known else None


def _is_open(call: Call, part: str) -> bool | None:
    route = call.args[0]
    if not isinstance(route, Constant) or not isinstance(route.value, str):
        return None
    if isinstance(call.func, Ref) and call.func.name.endswith(".path"):
        converters = [kind for kind, name in _CONVERTED.findall(route.value) if name == part]
        return converters[0] in ("", "str", "path") if converters else None
    patterns = [pattern for name, pattern in _GROUP.findall(route.value) if name == part]
    return _ANYTHING.search(patterns[0]) is not None if patterns else None
