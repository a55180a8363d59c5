"""Where the project keeps the Pydantic models of a handler's file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from seawall.edits import CannotFix
from seawall.edits.settings.module import Module, path_of
from seawall.rules.base import File
from seawall.rules.validation._outside import is_table
from seawall.semantics.facts import ClassFact, ImportFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.schema import MODEL

_SPEAKING = re.compile(r"schema|dto|payload|request|model", re.IGNORECASE)
"""What a module of schemas is called, or the package that it is in."""
_NO_SCHEMAS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings")


def schemas_module(file: File) -> Module | None:
    """The module of the project that a new schema belongs to; None where the handler's own file is as good."""
    if _defines(file.index, file.module):
        return None
    for name in (*_imported(file), *_beside(file.module)):
        if not _defines(file.index, name) or _imports(file.index, name, file.module):
            continue
        path = path_of(name, file.project)
        try:
            found = Module.at(path, file.project, file.index) if path is not None else None
        except CannotFix:
            continue
        if found is not None:
            return found
    return None


def _defines(index: Index, module: str) -> bool:
    """Whether a module has schemas of its own."""
    facts = index.modules.get(module) if index.has_module(module) else None
    return facts is not None and any(
        isinstance(fact, ClassFact) and "." not in name and _is_schema(index, f"{module}.{name}")
        for name, fact in facts.names.items()
    )


def _is_schema(index: Index, cls: str) -> bool:
    return index.is_subclass(cls, MODEL) and not index.is_subclass(cls, *_NO_SCHEMAS) and not is_table(index, cls)


def _imported(file: File) -> Iterator[str]:
    """The modules that the file's schemas come from, the one of most first."""
    count: Counter[str] = Counter()
    for fact in file.current.facts.names.values():
        if not isinstance(fact, ImportFact):
            continue
        found = file.index.resolve(fact.target)
        if isinstance(found.fact, ClassFact) and _is_schema(file.index, found.name):
            module = file.index.split(found.name)[0]
            if module and any(_SPEAKING.search(part) for part in module.split(".")[-2:]):
                count[module] += 1
    yield from (module for module, _ in count.most_common())


def _beside(module: str) -> Iterator[str]:
    """`app.schemas.orders`, `app.schemas` for `app.routers.orders`, from near to far."""
    package, _, last = module.rpartition(".")
    alike = list(dict.fromkeys((last, last.removesuffix("s"), f"{last}s")))
    parts = package.split(".") if package else []
    for length in range(len(parts), -1, -1):
        for name in ("schemas", "schema"):
            base = ".".join((*parts[:length], name))
            yield from (f"{base}.{one}" for one in alike)
            yield base


def _imports(index: Index, module: str, other: str) -> bool:
    """Whether a module imports another, which can then not import it."""
    facts = index.modules.get(module)
    return facts is not None and any(
        isinstance(fact, ImportFact) and (fact.target == other or fact.target.startswith(f"{other}."))
        for fact in facts.names.values()
    )
