"""The project's own pydantic-settings classes, and the way to their instance."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from seawall.semantics.facts import ClassFact, FunctionFact, ImportFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call, Ref
from seawall.semantics.types import Instance, options

BASES = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings")
_MAX_PARTS = 200
_ASIDE = frozenset({"tests", "test", "conftest", "docs", "examples"})


class SettingsClass(msgspec.Struct, frozen=True):
    """A settings class and the name under which the project reaches its one instance."""

    name: str
    access: str
    is_getter: bool
    """`access` is a function to call, not a variable."""

    def __str__(self) -> str:
        return self.access


def settings_class_names(index: Index) -> list[str]:
    """Every class of the project that derives from `BaseSettings`."""
    return [
        f"{module}.{name}"
        for module, facts in index.modules.items()
        if not _ASIDE.intersection(module.split("."))
        for name, fact in facts.names.items()
        if isinstance(fact, ClassFact) and fact.bases and index.is_subclass(f"{module}.{name}", *BASES)
    ]


def is_part_of_settings(index: Index, cls: str) -> bool:
    """Whether a model is the type of a field of a settings class, or of a model within one."""
    return index.is_subclass(cls, "pydantic.BaseModel") and cls in (index.answer(_parts, None) or ())


def _parts(index: Index, _: None) -> frozenset[str]:
    """The models that settings classes are made of."""
    waiting = [cls for base in BASES for cls in index.subclasses(base)]
    found = set(waiting)
    for cls in waiting:  # grows while it is gone through
        for name in index.attributes(cls) if len(found) < _MAX_PARTS else ():
            for one in options(index.type_of(Ref(f"{cls}.{name}"))):
                if (
                    isinstance(one, Instance)
                    and one.cls not in found
                    and index.is_subclass(one.cls, "pydantic.BaseModel")
                ):
                    found.add(one.cls)
                    waiting.append(one.cls)
    return frozenset(found)


def settings_classes(index: Index) -> list[SettingsClass]:
    """The settings classes that a module-level variable or a function without parameters gives, the main one first."""
    return list(index.answer(_settings_classes, None) or ())


def _settings_classes(index: Index, _: None) -> list[SettingsClass]:
    classes = set(settings_class_names(index))
    if not classes:
        return []
    nested = {
        found.cls
        for cls in classes
        for fact in index.attributes(cls).values()
        if isinstance(found := index.type_of(Ref(f"{cls}.{fact.name}")), Instance)
    }
    reachable: list[SettingsClass] = []
    for module, facts in index.modules.items():
        if _ASIDE.intersection(module.split(".")):
            continue
        for name, fact in facts.names.items():
            if "." in name:
                continue
            reached = f"{module}.{name}"
            cls = None
            if isinstance(fact, ValueFact) and fact.value is not None:
                cls = index.type_of(Ref(reached))
            elif isinstance(fact, FunctionFact) and not fact.params and not fact.is_async and not fact.is_generator:
                cls = index.type_of(Call(Ref(reached)))
            if isinstance(cls, Instance) and cls.cls in classes:
                reachable.append(SettingsClass(cls.cls, reached, isinstance(fact, FunctionFact)))
    return sorted(reachable, key=lambda one: _rank(one, nested))


def _rank(one: SettingsClass, nested: set[str]) -> tuple[object, ...]:
    module, _, last = one.name.rpartition(".")
    elsewhere = one.access.rpartition(".")[0] != module
    return (
        one.name in nested,
        last != "Settings",
        "Settings" not in last,
        elsewhere,
        one.is_getter,
        module.count("."),
        one.access,
    )


def imports_module(index: Index, module: str, wanted: str) -> bool:
    """Whether importing `module` imports `wanted`, directly or through others."""
    return any(found == wanted for found in imported_modules(index, module))


def imported_modules(index: Index, module: str) -> Iterator[str]:
    """The project's modules that importing `module` imports, directly or through others; itself only in a circle."""
    waiting, seen = [module], set[str]()
    while waiting:
        facts = index.modules.get(waiting.pop())
        if facts is None:
            continue
        targets = [
            fact.target for name, fact in facts.names.items() if isinstance(fact, ImportFact) and "." not in name
        ]
        for target in (*targets, *facts.stars):
            found = index.split(target)[0]
            if found and found not in seen:
                seen.add(found)
                yield found
                waiting.append(found)
