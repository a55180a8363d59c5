"""Using a name from another module: under which expression it is already there, or the edits that import it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from seawall.edits.fix import Edit
from seawall.knowledge.names import canonical
from seawall.semantics.document import Document
from seawall.semantics.facts import ImportFact
from seawall.semantics.index import Index
from seawall.semantics.names import import_base
from seawall.semantics.scopes import Scan
from seawall.syntax import Range, range_of

_NEW_LINE = re.compile(r"(?P<start>\n?from \S+ import )(?P<names>[^\n]+)(?P<end>\n+)")
_FUTURE, _STDLIB, _LIBRARY, _LOCAL = range(4)
# Modules that people import whole, and whose functions they write with the module's name.
_WHOLE = frozenset({"anyio", "asyncio", "bcrypt", "hashlib", "hmac", "logging", "os", "secrets", "subprocess", "time"})


class Needed(NamedTuple):
    """How to write a name in a file, and what must be added for it."""

    expression: str
    edits: list[Edit]


class Importing(Protocol):
    """Code that wants a name."""

    @property
    def path(self) -> Path: ...
    @property
    def current(self) -> Document: ...
    @property
    def index(self) -> Index: ...
    @property
    def scan(self) -> Scan: ...


class _Statement(NamedTuple):
    """An import at the top level of a file, with absolute lines."""

    node: ast.Import | ast.ImportFrom
    module: str
    group: int
    first_line: int
    last_line: int
    offset: int


def need(file: Importing, name: str) -> Needed:
    """How to write the absolute name `asyncio.sleep` or `sqlalchemy.text` in a file.

    An import that is there is used; else the name joins a `from` import of its module, or gets an import of its own
    where the file's order of imports has its place.
    """
    return need_all(file, [name])[0]


def need_all(file: Importing, names: Iterable[str], *, local: bool = False, before: int | None = None) -> list[Needed]:
    """The same for several names; no edit of one repeats or crosses that of another, so all may be applied together.

    `local` says that the names are the project's own, though their module may not be there yet. `before` is the line of code
    that runs on import and needs them: what is imported further down comes too late.
    """
    document = file.current
    statements = [one for one in _statements(document, file.index) if before is None or one.last_line < before]
    taken = _local_names(file.scan)
    wanted: dict[str, tuple[str, str, str]] = {}
    found: list[Needed] = []
    for name in names:
        module, _, last = name.rpartition(".")
        expression = _present(document, statements, module, last, taken)
        if expression is None and name in wanted:
            expression = wanted[name][2]
        if expression is None:
            whole = module in _WHOLE
            bound = module if whole else last
            if _is_bound(document, bound, module if whole else name, taken):
                bound = f"{module.partition('.')[0]}_{last if not whole else 'module'}"
            expression = f"{bound}.{last}" if whole else bound
            wanted[name] = (module, "" if whole else last, expression)
            alias = "" if bound in (module, last) else bound
            group = _LOCAL if local else _group(module, file.index)
            found.append(Needed(expression, _add(document, statements, module, "" if whole else last, alias, group)))
        else:
            found.append(Needed(expression, []))
    return _in_order(found)


def _in_order(found: list[Needed]) -> list[Needed]:
    """New lines in one place in their order, those from one module as one.

    Those that join the group above come before those that begin a new one.
    """
    edits = [edit for needed in found for edit in needed.edits]
    places = {edit.range for edit in edits}
    if len(places) == len(edits):
        return found
    first, *others = found
    edits.sort(key=lambda edit: (edit.range, edit.text.startswith("\n"), _line_order(edit.text)))
    together: list[Edit] = []
    for edit in edits:
        before = _NEW_LINE.fullmatch(together[-1].text) if together and together[-1].range == edit.range else None
        now = _NEW_LINE.fullmatch(edit.text)
        if before is not None and now is not None and before["start"] == now["start"]:
            names = sorted([*before["names"].split(", "), now["names"]], key=str.lower)
            together[-1] = Edit(edit.path, edit.range, f"{before['start']}{', '.join(names)}{before['end']}")
        else:
            together.append(edit)
    return [Needed(first.expression, together), *(Needed(needed.expression, []) for needed in others)]


def _line_order(text: str) -> tuple[bool, str]:
    """Where a new line stands among others: `import` before `from`, then by the module; names that join a line stay."""
    kind, _, module = text.strip().partition(" ")
    return (kind == "from", module.partition(" ")[0].lower()) if kind in ("import", "from") else (False, "")


def _present(
    document: Document, statements: list[_Statement], module: str, last: str, taken: frozenset[str]
) -> str | None:
    """The expression under which the name can be used already."""
    usable = {alias.asname or alias.name.partition(".")[0] for one in statements for alias in one.node.names}
    goal, whole = canonical(f"{module}.{last}"), canonical(module)
    through_module = None
    for name, fact in document.facts.names.items():
        if not isinstance(fact, ImportFact) or "." in name or name in taken or name not in usable:
            continue
        target = canonical(fact.target)
        if target == goal:
            return name
        if target == whole:
            through_module = f"{name}.{last}"
    own = f"{document.module}.{last}"
    if f"{module}.{last}" == own and last not in taken:
        return last
    return through_module


def _is_bound(document: Document, name: str, target: str, taken: frozenset[str]) -> bool:
    """Whether a name already stands for something else."""
    fact = document.facts.names.get(name)
    if isinstance(fact, ImportFact) and canonical(fact.target) == canonical(target):
        return name in taken
    return name in taken or fact is not None


def _local_names(scan: Scan) -> frozenset[str]:
    """Names that functions of this item bind for themselves, which would hide an import."""
    return frozenset(name for scope in scan.opened.values() if scope.is_function for name in scope.bindings)


def _statements(document: Document, index: Index) -> Iterator[_Statement]:
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        for node in item.tree.body:
            if isinstance(node, ast.Import):
                module = node.names[0].name
            elif isinstance(node, ast.ImportFrom):
                module = import_base(node, document.module, document.is_package)
            else:
                continue
            relative = isinstance(node, ast.ImportFrom) and node.level > 0
            group = _LOCAL if relative else _group(module, index)
            end = node.end_lineno or node.lineno
            yield _Statement(node, module, group, start + node.lineno - 1, start + end - 1, start - 1)


def _group(module: str, index: Index) -> int:
    top = module.partition(".")[0]
    if top == "__future__":
        return _FUTURE
    if top in sys.stdlib_module_names:
        return _STDLIB
    return _LOCAL if index.has_module(module) or index.has_module(top) else _LIBRARY


def _add(
    document: Document, statements: list[_Statement], module: str, name: str, alias: str, group: int
) -> list[Edit]:
    imported = f"{name} as {alias}" if alias else name
    if name:
        for statement in statements:
            if isinstance(statement.node, ast.ImportFrom) and statement.module == module:
                joined = _join(document, statement, imported)
                if joined is not None:
                    return [joined]
    written = _relative(document, statements, module) if group == _LOCAL else module
    line = f"from {written} import {imported}\n" if name else f"import {module}{f' as {alias}' if alias else ''}\n"
    return [_insert(document, statements, group, line, (bool(name), module))]


def _relative(document: Document, statements: list[_Statement], module: str) -> str:
    """The module written as the file writes its other imports of the project: with dots, if it uses only those."""
    local = [one.node for one in statements if one.group == _LOCAL]
    dotted = [node for node in local if isinstance(node, ast.ImportFrom) and node.level]
    if not dotted or len(dotted) < len(local):
        return module
    package = document.module.split(".") if document.is_package else document.module.split(".")[:-1]
    target = module.split(".")
    shared = 0
    while shared < min(len(package), len(target)) and package[shared] == target[shared]:
        shared += 1
    return "." * (len(package) - shared + 1) + ".".join(target[shared:]) if shared else module


def _by_kind(name: str) -> tuple[int, str]:
    """Constants, classes, and then the rest, as isort and ruff sort them."""
    return 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name.lower()


def _by_letters(name: str) -> tuple[int, str]:
    return 0, name.lower()


_ORDERS = (_by_kind, _by_letters)


def _join(document: Document, statement: _Statement, imported: str) -> Edit | None:
    """Add a name to a `from` import that is there, in its order and layout."""
    names = statement.node.names
    if any(alias.name == "*" for alias in names):
        return None
    order = next((each for each in _ORDERS if [*names] == sorted(names, key=lambda alias: each(alias.name))), None)
    following = None
    if order is not None:
        following = next((alias for alias in names if order(alias.name) > order(imported)), None)
    place = range_of(following or names[-1]).shift(statement.offset)
    first = range_of(names[0]).shift(statement.offset)
    last = range_of(names[-1]).shift(statement.offset)
    spread = (len(names) > 1 and first.start_line != last.start_line) or first.start_line != statement.first_line
    gap = "\n" + " " * first.start_col if spread else " "
    if following is not None:
        at = Range(place.start_line, place.start_col, place.start_line, place.start_col)
        return Edit(document.path, at, f"{imported},{gap}")
    at = Range(place.end_line, place.end_col, place.end_line, place.end_col)
    return Edit(document.path, at, f",{gap}{imported}")


def _insert(document: Document, statements: list[_Statement], group: int, line: str, order: tuple[bool, str]) -> Edit:
    """A new import statement in its group, or a new group."""
    before = after = None
    near = [statement for statement in statements if _only_code(statements, statement)]
    kin = [one for one in near if order[0] and one.module.partition(".")[0] == order[1].partition(".")[0]]
    for statement in kin or near:  # where the imports are in no order, at least those of one package stay together
        key = (isinstance(statement.node, ast.ImportFrom), statement.module.lower())
        if (statement.group, key) <= (group, (order[0], order[1].lower())):
            before = statement
        elif after is None and before is None:
            after = statement
    of_group = next((one for one in near if one.group == group), None)
    if before is not None and before.group != group and of_group is not None:
        return _at_line(document, of_group.first_line, line)
    if before is not None:
        gap = "\n" if before.group != group else ""
        next_line = before.last_line + 1
        following = next((one for one in statements if one.first_line == next_line), None)
        tail = "\n" if gap and following is not None else ""
        return _at_line(document, next_line, f"{gap}{line}{tail}")
    if after is not None:
        gap = "\n" if after.group != group else ""
        return _at_line(document, after.first_line, f"{line}{gap}")
    return _first(document, line)


def _only_code(statements: list[_Statement], statement: _Statement) -> bool:
    """Whether the statement is in the block of imports that begins the file."""
    return statement.first_line - statements[0].first_line < 200


def _first(document: Document, line: str) -> Edit:
    """The first import of a file: behind its docstring or its leading comments."""
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        for node in item.tree.body:
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                following = start + (node.end_lineno or node.lineno)
                lines = document.source.text.lines
                is_blank = following > len(lines) or not lines[following - 1].strip()
                return _at_line(document, following, f"\n{line}" if is_blank else f"\n{line}\n")
            comments = next((count for count, text in enumerate(item.text.split("\n")) if not text.startswith("#")), 0)
            return _at_line(document, start + min(comments, node.lineno - 1), f"{line}\n")
    return _at_line(document, 1, line)


def _at_line(document: Document, line: int, text: str) -> Edit:
    """Insert whole lines before a line; after a last line that does not end, on lines of their own."""
    lines = document.source.text.lines
    if line > len(lines) and lines and not lines[-1].endswith(("\n", "\r")):
        end = len(lines[-1].encode())
        return Edit(document.path, Range(len(lines), end, len(lines), end), "\n" + text.removesuffix("\n"))
    return Edit(document.path, Range(line, 0, line, 0), text)
