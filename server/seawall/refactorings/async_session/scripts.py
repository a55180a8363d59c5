"""What a script does under `if __name__ == "__main__":` runs on an event loop: one for all of it, since connections belong to one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from seawall.edits.layout import indent_of, one_level
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Stuck
from seawall.refactorings.async_session.uses import Place
from seawall.rules.base import File
from seawall.syntax import Range

if TYPE_CHECKING:
    from seawall.refactorings.async_session.coroutines import Coroutines


def block_of(file: File, node: ast.AST) -> ast.If | None:
    """The `if __name__ == "__main__":` around a node."""
    for above in file.ancestors(node):
        match above:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                return above
    return None


def refuse(file: File, block: ast.If, node: ast.AST) -> None:
    """Raise `Stuck` if a block cannot become a function."""
    names = {each.id for one in block.body for each in ast.walk(one) if isinstance(each, ast.Name) and _is_store(each)}
    used = {each.id for each in file.scan.nodes[ast.Name] if isinstance(each, ast.Name) and _is_global(file, each)}
    spread = any(
        isinstance(each, ast.Constant | ast.JoinedStr) and each.end_lineno != each.lineno for each in ast.walk(block)
    )
    if block.orelse or block.col_offset or spread or names & used or block.body[0].lineno == block.lineno:
        raise Stuck("the code outside of functions cannot await", file, node)


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store | ast.Del)


def _is_global(file: File, name: ast.Name) -> bool:
    """Whether a function uses a name of the module."""
    scope = file.scan.scopes.get(name)
    if scope is None or scope is file.scan.module:
        return False
    while scope is not None and name.id not in scope.bindings:
        scope = scope.parent
    return scope is file.scan.module


def convert(coroutines: Coroutines, changes: Changes) -> set[ast.AST]:
    """Run each block; gives the awaited calls that are run by themselves."""
    done: set[ast.AST] = set()
    for block, file in coroutines.blocks.items():
        run = changes.name(file, "asyncio.run")
        inside = set(ast.walk(block))
        awaited = [one.node for one in coroutines.awaits if one.node in inside]
        only = awaited[0] if len(awaited) == 1 and not _has_more(coroutines, inside) else None
        statement = file.parent(only) if only is not None else None
        if only is not None and isinstance(statement, ast.Expr) and statement in block.body:
            changes.around(file, only, f"{run}(", ")")
            done.add(only)
            continue
        _wrap(file, block, run, changes)
    return done


def _has_more(coroutines: Coroutines, inside: set[ast.AST]) -> bool:
    places: list[Place] = [*coroutines.unthreaded, *coroutines.listed, *coroutines.gathered, *coroutines.advanced]
    nodes: list[ast.AST] = [
        *coroutines.added,
        *coroutines.withs,
        *coroutines.loops,
        *coroutines.clauses,
        *(one.node for one in places),
    ]
    return any(node in inside for node in nodes)


def _wrap(file: File, block: ast.If, run: str, changes: Changes) -> None:
    """`async def main() -> None:` around the statements of a block, and a call of it."""
    taken = file.document.facts.names
    name = next(each for each in ("main", "script", "run_script", "async_main") if each not in taken)
    first, last = block.lineno + 1, block.end_lineno or block.lineno
    indent, level = indent_of(file, block.body[0]), one_level(file.item.text)
    changes.insert(file, first, 0, f"{indent}async def {name}() -> None:\n")
    lines = file.item.text.split("\n")
    for number in range(first, last + 1):
        if lines[number - 1].strip():
            changes.insert(file, number, 0, level)
    call = f"{indent}{run}({name}())"
    end = len(lines[last - 1].encode())
    if last < len(lines):
        changes.replace(file, Range(last + 1, 0, last + 1, 0), f"\n{call}\n")
    else:
        changes.insert(file, last, end, f"\n\n{call}")
