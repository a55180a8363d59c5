"""Paths as settings write them: `BASE_DIR / ".env"`, `os.path.join(os.path.dirname(__file__), ".env")`."""

from __future__ import annotations

import ast
from pathlib import Path

from seawall.edits.settings.module import Module

_SAME = frozenset({"Path", "str", "fspath", "abspath", "realpath", "normpath"})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix"})
_HERE = frozenset({"cwd", "getcwd"})


def path_in(node: ast.expr, module: Module, depth: int = 8) -> Path | None:
    """The path that an expression of a module has: absolute, or relative to where the program is started."""

    def inner(node: ast.expr) -> Path | None:
        return path_in(node, module, depth - 1) if depth else None

    def joined(parts: list[ast.expr]) -> Path | None:
        found = [inner(part) for part in parts]
        known = [part for part in found if part is not None]
        return Path(*known) if len(known) == len(found) else None

    match node:
        case ast.Constant(value=str(text)):
            return Path(text)
        case ast.Name(id="__file__"):
            return module.path
        case ast.Name(id=name):
            value = module.constant(name)
            return inner(value) if value is not None else None
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return joined([left, right])
        case ast.Attribute(attr="parent", value=value):
            return _up(inner(value), 1)
        case ast.Subscript(value=ast.Attribute(attr="parents", value=value), slice=ast.Constant(value=int(number))):
            return _up(inner(value), number + 1)
        case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[]) if attr in _SAME_METHODS:
            return inner(value)
        case ast.Call(func=ast.Attribute(attr=attr), args=[]) if attr in _HERE:
            return Path()
        case ast.Call(func=ast.Attribute(value=value, attr="joinpath"), args=args):
            return joined([value, *args])
        case ast.Call(func=ast.Attribute(attr="dirname") | ast.Name(id="dirname"), args=[value]):
            return _up(inner(value), 1)
        case ast.Call(func=ast.Attribute(attr="join") | ast.Name(id="join"), args=args):
            return joined(args)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[_, *_] as args) if name in _SAME:
            return joined(args)
    return None


def _up(path: Path | None, steps: int) -> Path | None:
    if path is None or not path.is_absolute() or steps > len(path.parents):
        return None
    return path.parents[steps - 1]
