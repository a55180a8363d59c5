"""Edits of a function's parameters."""

from __future__ import annotations

import ast

from seawall.edits.calls import Editable
from seawall.edits.fix import CannotFix, Edit
from seawall.syntax import Range, range_of


def drop_parameter(file: Editable, function: ast.FunctionDef | ast.AsyncFunctionDef, arg: ast.arg) -> list[Edit]:
    """Take a parameter out, with its default and the comma that parts it from its neighbour.

    Raises:
        CannotFix: a comment stands beside it, or a bare `*` or `/` would be left alone.
    """
    args = function.args
    if arg in args.posonlyargs or (args.kwonlyargs == [arg] and args.vararg is None):
        raise CannotFix(f"`{arg.arg}` cannot simply be taken out of the parameters")
    ends = {one: range_of(one)[2:] for one in (*args.args, *args.kwonlyargs)}
    positional = [*args.posonlyargs, *args.args]
    by_default = [
        *zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True),
        *zip(args.kwonlyargs, args.kw_defaults, strict=True),
    ]
    ends |= {one: range_of(default)[2:] for one, default in by_default if default is not None}
    ends |= {one: range_of(one)[2:] for one in (*args.posonlyargs, args.vararg, args.kwarg) if one and one not in ends}
    ordered = sorted(ends, key=lambda one: (one.lineno, one.col_offset))
    position = ordered.index(arg)
    if position + 1 < len(ordered):
        following = ordered[position + 1]
        before = "*" * ((following is args.vararg) + 2 * (following is args.kwarg))
        place = Range(arg.lineno, arg.col_offset, following.lineno, following.col_offset - len(before))
        if following in args.kwonlyargs and arg in args.args and args.vararg is None:
            raise CannotFix(f"`{arg.arg}` cannot simply be taken out of the parameters")
    elif position:
        place = Range(*ends[ordered[position - 1]], *ends[arg])
    else:
        line, col = ends[arg]
        after = file.slice(Range(line, col, function.body[0].lineno, 0)) or file.slice(Range(line, col, line + 1, 0))
        comma = len(after) - len(after.lstrip(" ,")) if after.lstrip(" ").startswith(",") else 0
        place = Range(arg.lineno, arg.col_offset, line, col + comma)
    if "#" in file.slice(place):
        raise CannotFix(f"a comment stands beside the parameter `{arg.arg}`")
    return [file.replace(place, "")]
