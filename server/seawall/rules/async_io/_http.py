"""The async client of httpx in the place of a blocking HTTP call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Edit, Fix, Safety
from seawall.edits.imports import need
from seawall.edits.layout import indent_of, one_level
from seawall.edits.threads import can_await_at
from seawall.rules.base import File
from seawall.semantics.view import keyword
from seawall.syntax import range_of

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_SAME_ARGUMENTS = frozenset({"url", "params", "json", "data", "headers", "auth", "timeout"})
_LIBRARIES = ("httpx", "httpx2")


def client_fix(file: File, call: ast.Call, name: str) -> Iterator[Fix]:
    """Offered for a statement `response = requests.get(...)` or `httpx.get(...)` on its own, in a project that has httpx."""
    library, _, method = name.rpartition(".")
    if method not in _METHODS or library not in ("requests", *_LIBRARIES) or not can_await_at(file, call):
        return
    target = next((one for one in _LIBRARIES if library == one or file.project.dependencies.has(one)), None)
    statement = file.parent(call)
    if (
        target is None
        or not isinstance(statement, (ast.Assign, ast.Expr))
        or not _can_move(statement, call, library, file)
    ):
        return
    why = "the client is made anew for each call, keep one for the application if it is called often"
    if library == "requests":
        why = "httpx raises exceptions of its own and its response differs in details, such as `is_success` for `ok`"
    yield Fix(
        "Use httpx.AsyncClient", lambda: _edits(file, statement, call, target, library, method), Safety.UNSAFE, why
    )


def _can_move(statement: ast.Assign | ast.Expr, call: ast.Call, library: str, file: File) -> bool:
    given = {item.arg for item in call.keywords}
    if library == "requests" and not given <= _SAME_ARGUMENTS:
        return False
    if None in given or any(isinstance(arg, ast.Starred) for arg in call.args):
        return False
    if len(call.args) > (2 if call.func and file.text(call.func).endswith("request") else 1):
        return False
    if statement.lineno != call.lineno or statement.end_lineno != call.end_lineno:
        return False
    if any(isinstance(node, ast.Constant) and node.end_lineno != node.lineno for node in ast.walk(call)):
        return False
    line = file.item.text.split("\n")[statement.lineno - 1].encode()
    if line[: statement.col_offset].strip() or b";" in line[call.col_offset :]:
        return False
    tries = (above for above in file.ancestors(statement) if isinstance(above, ast.Try))
    caught = [handler.type for each in tries for handler in each.handlers if handler.type is not None]
    return library != "requests" or not any("requests" in file.text(kind) for kind in caught)


def _edits(
    file: File, statement: ast.Assign | ast.Expr, call: ast.Call, target: str, library: str, method: str
) -> list[Edit]:
    needed = need(file, f"{target}.AsyncClient")
    bound = {name for scope in file.scan.opened.values() for name in scope.bindings}
    client = next(name for name in ("client", "http_client", "async_client") if name not in bound)
    options = []
    if library == "requests" and method != "head":
        options.append("follow_redirects=True")
    if library == "requests" and keyword(call, "timeout") is None:
        options.append("timeout=None")
    deeper = one_level(file.item.text)
    lines = file.text(statement).split("\n")
    start, length = call.func.col_offset - statement.col_offset, len(file.text(call.func))
    first = lines[0].encode()
    head, tail = first[:start].decode(), first[start:].decode()[length:]
    lines[0] = f"{head}await {client}.{method}{tail}"
    lines[0] = indent_of(file, statement) + lines[0]
    body = "\n".join(deeper + line if line.strip() else line for line in lines)
    text = f"async with {needed.expression}({', '.join(options)}) as {client}:\n{body}"
    return [file.replace(range_of(statement), text), *needed.edits]
