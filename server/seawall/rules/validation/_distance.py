"""Whether the distance between two ends, as of a slice or a range, grows with a number."""

from __future__ import annotations

import ast
import zlib

_SMALL, _LARGE = 10, 1000


def grows_with(name: str, first: ast.expr | None, last: ast.expr) -> bool:
    """`skip : skip + limit` grows with `limit`, but not with `skip`: tried with two numbers, all else being the same."""
    return _distance(name, _LARGE, first, last) > _distance(name, _SMALL, first, last)


def _distance(name: str, number: int, first: ast.expr | None, last: ast.expr) -> int:
    return _value(last, name, number) - (_value(first, name, number) if first is not None else 0)


def _value(node: ast.expr, name: str, number: int) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, name, number) + _value(right, name, number)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left, name, number) - _value(right, name, number)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left, name, number) * _value(right, name, number)
    if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node)):
        return number
    return 3 + zlib.crc32(ast.dump(node).encode()) % 97  # something else, the same wherever it stands
