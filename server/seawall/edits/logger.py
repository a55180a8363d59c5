"""The logger of a file: the one that it has, or a new one."""

from __future__ import annotations

import ast

from seawall.edits.fix import Edit
from seawall.edits.imports import Importing, Needed, need
from seawall.knowledge.logging import LOGURU, TAKES_EXC_INFO
from seawall.semantics.facts import ImportFact, ValueFact
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Instance
from seawall.syntax import Range


def need_logger(file: Importing) -> Needed:
    """How to write the file's logger, and the edits that make one where there is none."""
    document = file.current
    for name, fact in document.facts.names.items():
        if "." in name or not isinstance(fact, (ImportFact, ValueFact)):
            continue
        if isinstance(fact, ImportFact) and fact.target == LOGURU:
            return Needed(name, [])
        found = file.index.type_of(Ref(f"{document.module}.{name}"))
        if isinstance(found, Instance) and found.cls in TAKES_EXC_INFO:
            return Needed(name, [])
    if any(_uses_loguru(facts.names.get("logger")) for facts in file.index.modules.values()):
        return need(file, LOGURU)
    factory = need(file, "logging.getLogger")
    line = f"logger = {factory.expression}(__name__)\n"
    return Needed("logger", [*factory.edits, _after_imports(file, line)])


def _uses_loguru(fact: object) -> bool:
    return isinstance(fact, ImportFact) and fact.target == LOGURU


def _after_imports(file: Importing, line: str) -> Edit:
    """Put a line of its own behind the imports that begin the file, or behind its docstring."""
    document = file.current
    last = 0
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        for node in item.tree.body:
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, (ast.Import, ast.ImportFrom)) or is_docstring:
                last = start + (node.end_lineno or node.lineno) - 1
            else:
                break
        else:
            continue
        break
    return Edit(document.path, Range(last + 1, 0, last + 1, 0), f"\n{line}" if last else f"{line}\n")
