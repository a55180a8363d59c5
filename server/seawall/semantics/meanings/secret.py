"""Literals that are secrets, and what holds them."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import msgspec

from seawall.knowledge import secrets as known
from seawall.knowledge.secrets import Kind
from seawall.semantics.meanings.defaults import fallback_of, is_checked, settings_field, unwrapped
from seawall.semantics.secret_text import Holder, is_schemed, is_word_for_signing, looks_secret, may_be_secret, words
from seawall.semantics.view import View

_TEST_PARTS = frozenset(
    {
        "tests",
        "test",
        "testing",
        "fixtures",
        "__tests__",
        "e2e",
        "bench",
        "benches",
        "benchmarks",
        "testutils",
        "test_utils",
        "mocks",
        "seed",
        "seeds",
    }
)
_TEST_WORDS = frozenset({"test", "tests", "testing", "smoketest", "fixtures", "mocks"})
_DOCUMENT_PARTS = frozenset(
    {"docs", "doc", "docs_src", "examples", "example", "samples", "tutorials", "cookbook", "demos"}
)
_NO_PLACES = frozenset({ast.Expr, ast.JoinedStr, ast.Subscript, ast.List, ast.Set, ast.FormattedValue, ast.BinOp})
_SINKS = frozenset(name.rpartition(".")[2] for name in known.SINKS) | {"add_middleware"}
_CHECKS = frozenset({"check", "compare", "matches", "verify"})
_FIELDS = frozenset({"pydantic.Field", "dataclasses.field"})
_DEFAULTS = frozenset({"default", "default_factory"})
_ENUMS = frozenset({"Enum", "StrEnum", "IntEnum", "Flag", "Choices", "TextChoices", "IntegerChoices"})


class Secret(msgspec.Struct, frozen=True):
    """A literal that is a secret: the string's node, its value, and what holds it."""

    node: ast.Constant
    value: str
    holder: Holder
    falls_back: ast.expr | None = None
    """What falls back on it: `os.getenv("SECRET_KEY", "...")`, `os.getenv("SECRET_KEY") or "..."`."""
    field: ast.AnnAssign | None = None
    """The field of a settings class whose default it is."""

    texts: ClassVar = 4

    @property
    def is_default(self) -> bool:
        return self.falls_back is not None or self.field is not None

    @staticmethod
    def recognise(node: ast.Constant, view: View) -> Secret | None:
        value, parent = text_of(node), view.parent(node)
        if value is None or len(value) < Secret.texts:
            return None
        if type(parent) in _NO_PLACES and not (isinstance(parent, (ast.List, ast.Set)) and _plural(parent, view)):
            return None
        if " " in value and not is_schemed(value):
            return None
        if not may_be_secret(value) and not _may_be_in_sink(node, view):
            return _signing_default(node, value, view)
        fallback = fallback_of(node, view)
        holder = holder_named(fallback[0]) if fallback else holder_of(node, view)
        if holder is None or is_documentation(node, view):
            return None
        if not looks_secret(value, holder):
            return _signing_default(node, value, view)
        field = settings_field(node, view)
        if field is not None and value.replace("-", "").replace("_", "").isalpha() and _is_checked(field, view):
            return None
        return Secret(node, value, holder, fallback[1] if fallback else None, field)


def _signing_default(node: ast.Constant, value: str, view: View) -> Secret | None:
    """A word that the application signs with where nobody says otherwise, and that no check of the settings refuses."""
    field = settings_field(node, view) if value.isascii() and not value.isspace() else None
    holder = holder_named(field.target.id) if field is not None and isinstance(field.target, ast.Name) else None
    if field is None or holder is None or not is_word_for_signing(value, holder):
        return None
    return None if _is_checked(field, view) else Secret(node, value, holder, field=field)


def _is_checked(field: ast.AnnAssign, view: View) -> bool:
    """Whether the settings may refuse a word that is only for the developer's own machine."""
    assert isinstance(field.target, ast.Name)
    return is_checked(field.target.id, view.names.absolute(view.scan.scopes[field]), view)


def text_of(node: ast.Constant) -> str | None:
    """The text of a string or of plain bytes."""
    if isinstance(node.value, bytes):
        return node.value.decode("ascii", "replace")
    return node.value if isinstance(node.value, str) else None


@lru_cache(maxsize=4096)
def is_aside(path: Path, root: Path) -> bool:
    """Whether a file is a test, a benchmark, a fixture or documentation: what it holds protects nothing."""
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    parts = {part.lower() for part in inside.parts[:-1]}
    name = path.name
    return bool(
        name.startswith(("test_", "tests", "conftest", "seed_", "seeds", "example_"))
        or name.endswith(("_test.py", "_tests.py", "factories.py", "_fixtures.py"))
        or _TEST_WORDS.intersection(words(path.stem))
        or parts & (_TEST_PARTS | _DOCUMENT_PARTS)
    )


# ---------------------------------------------------------------- holders


def holder_named(name: str) -> Holder | None:
    """What a name says to hold, if that is a secret."""
    found = words(name)
    if not found or found[-1] not in known.LAST_WORDS:
        return None
    told = found[:-2] if found[-2:] == ("reset", "token") else found  # other names with "reset" only tell about one
    if known.NO_HOLDER.intersection(told):
        return None
    for length in (3, 2, 1):
        kind = known.HOLDERS.get(found[-length:]) if length <= len(found) else None
        if kind is not None:
            if found == ("pass",) or (kind is Kind.WEAK and (len(found) == 1 or known.PLAIN_KEYS.intersection(found))):
                return None
            return Holder(name, kind, "_".join(found[1:] if found[0] == "x" and len(found) > 1 else found))
    return None


def holder_of(node: ast.expr, view: View) -> Holder | None:
    """What a literal is put into."""
    value, parent = unwrapped(node, view)
    match parent:
        case ast.Assign(targets=targets):
            return next((found for target in targets if (found := _target(target, view))), None)
        case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            return _target(target, view)
        case ast.keyword(arg=str(name)):
            call = view.parent(parent)
            if name in _DEFAULTS and isinstance(call, ast.Call) and view.callee(call) in _FIELDS:
                field = view.parent(call)
                return _target(field.target, view) if isinstance(field, ast.AnnAssign) else None
            return (_sink(call, value, view) if isinstance(call, ast.Call) else None) or holder_named(name)
        case ast.Dict(keys=keys, values=values) if value in values:
            key = keys[values.index(value)]
            named = holder_named(key.value) if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            return named or _plural(parent, view)
        case ast.List() | ast.Set():
            return _plural(parent, view)
        case ast.arguments():
            return _parameter(parent, value)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            other = right if left is value else left
            found = _target(other, view)
            return Holder(found.name, _compared(found.kind, node), found.setting) if found else None
        case ast.Call(args=[first, *_]) if value is first and view.callee(parent) == "pydantic.Field":
            field = view.parent(parent)
            return _target(field.target, view) if isinstance(field, ast.AnnAssign) else None
        case ast.Call():
            return _sink(parent, value, view) or _argument(parent, value, view)
        case ast.Tuple(elts=elements):
            return _element(parent, elements.index(value), view) if value in elements else None
        case ast.Return():
            function = view.function(parent)
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found = holder_named(function.name.removeprefix("get_"))
                return Holder(found.name, Kind.TOKEN, found.setting) if found else None
    return None


def _plural(container: ast.expr, view: View) -> Holder | None:
    """What a list or dictionary of several secrets is called: `API_KEYS`, Django's `SECRET_KEY_FALLBACKS`."""
    match view.parent(container):
        case (
            ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]) | ast.AnnAssign(target=ast.Name(id=name))
        ):
            if name.endswith("_FALLBACKS"):
                return holder_named(name.removesuffix("_FALLBACKS"))
            found = holder_named(name[:-1]) if name[-1:] in ("s", "S") else None
            if found is not None:
                return Holder(name, Kind.WEAK if found.kind is Kind.WEAK else Kind.TOKEN, found.setting)
    return None


def _compared(kind: Kind, node: ast.expr) -> Kind:
    """How strictly to judge a text that something is compared with: passwords are compared with words of many kinds."""
    text = (text_of(node) or "") if isinstance(node, ast.Constant) else ""
    mixed = (
        len(text) >= 8 and any(map(str.isdigit, text)) and any(char.isupper() or char in "!?#$%&*+@" for char in text)
    )
    return Kind.PASSWORD if kind is Kind.PASSWORD and mixed else Kind.TOKEN


def _target(target: ast.expr, view: View) -> Holder | None:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return None if _is_enum_member(target, view) else holder_named(name)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            found = holder_named(name)
            if found is not None and view.qualname(target.value) == "os.environ":
                return Holder(found.name, Kind.TOKEN, found.setting)  # often a text that only has to be there
            return found
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str(name)), *_]):
            return holder_named(name)
        case ast.Await(value=value):
            return _target(value, view)
    return None


def _is_enum_member(target: ast.expr, view: View) -> bool:
    scope = view.scan.scopes.get(target)
    if scope is None or not isinstance(scope.node, ast.ClassDef):
        return False
    bases = {view.qualname(base) or view.text(base) for base in scope.node.bases}
    hierarchy = {above for base in bases for above in view.index.mro(base)}
    return any(name.rpartition(".")[2] in _ENUMS for name in bases | hierarchy)


def _parameter(arguments: ast.arguments, value: ast.expr) -> Holder | None:
    positional = [*arguments.posonlyargs, *arguments.args]
    if value in arguments.defaults:
        offset = len(positional) - len(arguments.defaults)
        return holder_named(positional[offset + arguments.defaults.index(value)].arg)
    if value in arguments.kw_defaults:
        return holder_named(arguments.kwonlyargs[arguments.kw_defaults.index(value)].arg)
    return None


def _may_be_in_sink(node: ast.expr, view: View) -> bool:
    for above in view.ancestors(node):
        if isinstance(above, ast.stmt):
            return False
        if isinstance(above, ast.Call) and view.called_name(above) in _SINKS:
            return True
    return False


def _sink(call: ast.Call, value: ast.expr, view: View) -> Holder | None:
    """A library's function that takes its key or password here."""
    if view.called_name(call) not in _SINKS:
        return None
    name = view.callee(call)
    row = known.SINKS.get(name or "")
    if row is None and isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware" and call.args:
        row = known.SINKS.get(view.qualname(call.args[0]) or "")
    if row is None:
        return None
    position, keyword, setting = row
    given = call.args[position] if 0 <= position < len(call.args) else None
    if value is given or any(item.arg == keyword and item.value is value for item in call.keywords):
        return Holder(f"{'.'.join((name or keyword).split('.')[-2:])}({keyword}=...)", Kind.SINK, setting)
    return None


def _argument(call: ast.Call, value: ast.expr, view: View) -> Holder | None:
    """The name that the project's own function gives to the argument."""
    if value not in call.args or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    name = view.callee(call)
    if name is None:
        return None
    function = view.index.function(name)
    skip = 0
    if function is None:
        member = view.index.member(name, "__init__")
        function = view.index.function(member.name) if member else None
        skip = 1
    elif isinstance(call.func, ast.Attribute) and function.params[:1] and function.params[0].name in ("self", "cls"):
        skip = 1
    position = call.args.index(value) + skip
    if function is None or position >= len(function.params):
        return None
    found = holder_named(function.params[position].name)
    if found and _CHECKS.intersection(words(name.rpartition(".")[2])):
        return Holder(found.name, Kind.TOKEN, found.setting)
    return found


def _element(parent: ast.Tuple, position: int, view: View) -> Holder | None:
    above = view.parent(parent)
    match above:
        case ast.Assign(targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)]) if len(targets) == len(parent.elts):
            return _target(targets[position], view)
        case ast.keyword(arg="auth" | "basic_auth" | "http_auth") if position == 1 and len(parent.elts) == 2:
            if _target(parent.elts[0], view) is not None:
                return None  # a key in the place of the user, and any text in that of the password
            return Holder("password", Kind.PASSWORD, "password")
    return None


def is_documentation(node: ast.AST, view: View) -> bool:
    """Whether a literal is part of an example in a schema or of a text for people."""
    for above in view.ancestors(node):
        match above:
            case ast.keyword(arg=str(name)) if name in known.DOCUMENTATION_KEYS:
                return True
            case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name.lower() in known.DOCUMENTATION_KEYS or bool(
                    {"example", "examples", "translations", "labels"} & set(words(name))
                )
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if (
                        isinstance(key, ast.Constant)
                        and key.value in known.DOCUMENTATION_KEYS
                        and _holds(value, node, view)
                    ):
                        return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return False
    return False


def _holds(outer: ast.AST, node: ast.AST, view: View) -> bool:
    return outer is node or any(above is outer for above in view.ancestors(node))
