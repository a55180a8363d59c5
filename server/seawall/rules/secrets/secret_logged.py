"""A password in a log is readable by everyone who reads logs, for as long as they are kept.

Logs go to other systems, to backups and to people who must not know what users type. The same is true of texts of exceptions, which end
up in logs and in answers, and of what is printed.

Flagged are passwords, keys and access tokens that reach a logger (of the standard library, structlog or loguru), `print`, or the text of an
exception that is raised: by their names, out of `SecretStr.get_secret_value()`, from dictionaries, headers and the environment; a
model that has such a field as plain text, and all headers of a request.

Not flagged: `SecretStr` itself, lengths, comparisons and truths (`bool(password)`), slices, hashes, and what a function called
`mask...` or `redact...` has made; scripts and commands that print; tests.

Example:
    import logging

    logger = logging.getLogger(__name__)

    def sign_in(name: str, password: str) -> None:
        logger.info("sign-in of %s with %s", name, «password»)

Fixed:
    import logging

    logger = logging.getLogger(__name__)

    def sign_in(name: str, password: str) -> None:
        logger.info("sign-in of %s with %s", name, "***")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.calls import add_keyword
from seawall.knowledge.logging import BINDERS, METHODS, NO_VALUES
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.secrets._shown import Shown, shown
from seawall.semantics.meanings.log_call import logger_kind

code, severity = "SW207", Severity.WARNING
applies = counts

calls = METHODS | BINDERS | {"print"}

_SCRIPTS = frozenset({"scripts", "script", "bin", "tools", "commands", "cli", "management", "benchmarks", "dev"})
_COMMANDS = ("cli", "manage", "__main__", "commands", "setup")


def check(node: ast.Call | ast.Raise, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.Raise):
        where, texts = "the exception's text", _texts_of_exception(node)
    else:
        where, texts = _sink(node, file)
    found = [one for text in texts for one in shown(text, file, _said(texts))]
    if not found:
        return
    for one in found:
        message = f"`{one.name}` ends up in {where} in plain text, leave it out or mask it"
        if one.fields:
            message = f"`{one.name}` shows its `{one.fields[0]}` in {where}, leave it out"
        yield file.finding(one.node, message, *_fixes(one, isinstance(node, ast.Raise), file))


def _said(texts: list[ast.expr]) -> str:
    """The plain words around what is shown."""
    nodes = (node for text in texts for node in ast.walk(text))
    return " ".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _sink(call: ast.Call, file: File) -> tuple[str, list[ast.expr]]:
    values = [*call.args, *(item.value for item in call.keywords if item.arg not in NO_VALUES)]
    if not any(not isinstance(value, ast.Constant) for value in values):
        return "", []
    if isinstance(call.func, ast.Name):
        if call.func.id == "print" and file.callee(call) == "builtins.print" and not _is_command(call, file):
            return "the output", [*call.args]
        return ("the log", values) if file.callee(call) in _BINDING else ("", [])
    return ("the log", values) if logger_kind(call, file) is not None or file.callee(call) in _BINDING else ("", [])


_BINDING = frozenset({"structlog.contextvars.bind_contextvars", "structlog.contextvars.bound_contextvars"})


def _is_command(call: ast.Call, file: File) -> bool:
    """Whether whoever runs the program wants to see what it prints."""
    path = file.path.relative_to(file.project.root) if file.path.is_relative_to(file.project.root) else file.path
    if path.stem.startswith(_COMMANDS) or _SCRIPTS.intersection(part.lower() for part in path.parts[:-1]):
        return True
    for above in file.ancestors(call):
        if isinstance(above, ast.If) and "__name__" in file.text(above.test):
            return True
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
            "command" in file.text(one) for one in above.decorator_list
        ):
            return True
    return False


def _texts_of_exception(node: ast.Raise) -> list[ast.expr]:
    """The texts that are put together for an exception."""
    if not isinstance(node.exc, ast.Call):
        return []
    values = (*node.exc.args, *(item.value for item in node.exc.keywords))
    return [value for value in values if _is_text(value)]


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left):
            return (isinstance(left, ast.Constant) and isinstance(left.value, str)) or _is_text(left)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
    return False


# ---------------------------------------------------------------- fixes


def _fixes(one: Shown, raised: bool, file: File) -> Iterator[Fix]:
    safety, why = (
        (Safety.UNSAFE, "Whoever reads the exception's text gets another one") if raised else (Safety.SAFE, "")
    )
    if one.unwraps is not None:
        receiver = file.text(one.unwraps)
        yield Fix("Leave it wrapped", lambda: [file.replace(one.node, receiver)], safety, why=why)
    elif one.fields:
        if one.dump is not None or _has_dump(one, file):
            yield Fix("Leave the secret fields out", lambda: _without_fields(one, file), safety, why=why)
    else:
        yield Fix("Mask it", lambda: _mask(one, file), safety, why=why)


def _has_dump(one: Shown, file: File) -> bool:
    return file.is_instance(one.node, "pydantic.BaseModel", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel")


def _without_fields(one: Shown, file: File) -> Iterator[AnyEdit]:
    names = ", ".join(f'"{name}"' for name in one.fields)
    if any(isinstance(above, ast.JoinedStr) for above in file.ancestors(one.node)):
        names = names.replace('"', "'") if _quote_of(one.node, file) == '"' else names
    if one.dump is not None:
        yield add_keyword(file, one.dump, "exclude", f"{{{names}}}")
    else:
        yield file.insert_after(one.node, f".model_dump(exclude={{{names}}})")


def _quote_of(node: ast.AST, file: File) -> str:
    """The quote of the f-string around a node."""
    outer = [above for above in file.ancestors(node) if isinstance(above, ast.JoinedStr)][-1]
    return next((char for char in file.text(outer) if char in "\"'"), '"')


def _mask(one: Shown, file: File) -> Iterator[AnyEdit]:
    parent = file.parent(one.node)
    if isinstance(parent, ast.FormattedValue) and isinstance(file.parent(parent), ast.JoinedStr):
        yield file.replace(parent, "***")
    elif any(isinstance(above, ast.JoinedStr) for above in file.ancestors(one.node)):
        quote = "'" if _quote_of(one.node, file) == '"' else '"'
        yield file.replace(one.node, f"{quote}***{quote}")
    else:
        yield file.replace(one.node, '"***"')
