"""Every module's facts, and the way from an absolute name to what it stands for: through imports, re-exports, stars, classes
and their bases. Each question is remembered in the graph, so that an edit makes only those ask again who asked."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from seawall.knowledge import names as known_names
from seawall.semantics.evaluate import class_name, evaluate
from seawall.semantics.facts import ClassFact, Fact, FunctionFact, ImportFact, ModuleFacts, ValueFact
from seawall.semantics.graph import Cell, Memo
from seawall.semantics.mentions import KINDS, Mentions, same_mentions
from seawall.semantics.symbols import Constant, Either, Symbol
from seawall.semantics.types import Named, Type

_BUILTINS = frozenset(dir(builtins))
_MAX_HOPS = 24
_MAX_SUBCLASSES = 64
_EXISTS, _STARS, _IMPORTS, _BELOW, _SITES, _FLOW = "", "*", "import", ".", " sites", " flow"


Argument = TypeVar("Argument", bound=Hashable)
Answer = TypeVar("Answer")


class Resolved(NamedTuple):
    """Where a name leads: its canonical absolute name and, inside the project, its fact (None for libraries and modules)."""

    name: str
    fact: Fact | None
    module: str = ""
    """The project's module that it stands in; empty for what is a library's."""


class Index:
    """The project's modules. One writer, no threads."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleFacts] = {}
        self._in_order = True
        self._revision = Cell(0)
        self._cells: dict[str, dict[str, Cell]] = {}
        self._answers: dict[Callable[..., Any], dict[Hashable, Memo]] = {}
        self._resolved: dict[str, Memo] = {}
        self._roots: Counter[str] = Counter()
        """How many modules begin with a name."""
        self._mentions = {kind: Mentions(kind, self._modules, sort) for kind, sort in KINDS.items()}
        self._methods: dict[str, dict[str, tuple[str, ...]]] = {}

    # -- writing ------------------------------------------------------------------------------------------------------

    def set_module(
        self, module: str, facts: ModuleFacts | None, changed: Iterable[str] | None = None, read: Iterable[str] = ()
    ) -> bool:
        """Put in, replace or (None) remove a module; whether that is news for others. Only names whose fact differs trouble those
        who asked for them.

        Where that is known, `changed` names those that can differ from what is there now, and `read` those that were read again.
        """
        old = self._modules.get(module)
        if old is facts:
            return False
        if facts is not None:
            self._in_order = self._in_order and old is not None
            self._modules[module] = facts
        else:
            del self._modules[module]
        if (old is None) != (facts is None):
            self._count(module, 1 if facts is not None else -1)
        before: Mapping[str, Fact] = old.names if old is not None else {}
        after: Mapping[str, Fact] = facts.names if facts is not None else {}
        if changed is not None:
            touched = list(changed)
        else:
            touched = [name for name, fact in after.items() if before.get(name) is not fact]
            touched += before.keys() - after.keys()
        is_news = self._follow(module, before, after, read if changed is not None else touched)
        if changed is not None and not touched:
            return is_news
        differing = [name for name in touched if before.get(name) != after.get(name)]
        is_about_functions = changed is not None and all(
            same_mentions(before.get(name), after.get(name)) for name in differing
        )
        if (old is None) != (facts is None) or differing:
            is_news = True
            if not is_about_functions:
                self._methods.pop(module, None)
                for mentions in self._mentions.values():
                    mentions.changed(module)
            self._revision.set(self._revision.value + 1)
        cells = self._cells.get(module, {})
        owners = {f"{name.rpartition('.')[0]}()" for name in touched}
        for question in (*touched, *(() if is_about_functions else (*owners, _EXISTS, _STARS, _IMPORTS))):
            if (cell := cells.get(question)) is not None:
                cell.set(self._answer(module, question))
        return is_news

    def _follow(self, module: str, before: Mapping[str, Fact], after: Mapping[str, Fact], read: Iterable[str]) -> bool:
        """Put the insides of functions in the place of their older versions; whether that is news for others."""
        is_news = calls_others = False
        for name in read:
            old, new = before.get(name), after.get(name)
            if not isinstance(old, FunctionFact) or old is new:
                continue
            if not isinstance(new, FunctionFact):
                old.sites.end()
                old.flow.end()
            else:
                is_news = new.sites.follow(old.sites) or is_news
                is_news = new.flow.follow(old.flow) or is_news
                calls_others = calls_others or (
                    self._mentions["calls"].is_asked and old.called.own() != new.called.own()
                )
        if calls_others:
            self._mentions["calls"].changed(module)
        return is_news or calls_others

    def expect(self, modules: Iterable[str]) -> None:
        """These modules exist, though some may only be read when somebody asks for them."""
        for module in modules:
            self._count(module, 1)

    def _count(self, module: str, more: int) -> None:
        root = module.partition(".")[0]
        self._roots[root] += more
        if (cell := self._cells.get(root, {}).get(_BELOW)) is not None:
            cell.set(self._answer(root, _BELOW))

    # -- asking -------------------------------------------------------------------------------------------------------

    @property
    def modules(self) -> Mapping[str, ModuleFacts]:
        """All modules, by name. An answer that looks at all is looked at again after any change."""
        self._revision.get()
        if not self._in_order:
            ordered = sorted(self._modules.items())
            self._modules.clear()
            self._modules.update(ordered)
            self._in_order = True
        return self._modules

    def questions(self) -> Iterator[tuple[str, str, Cell]]:
        """All that was asked so far: of which module, what, and the answer. No module: something that all may answer."""
        for module, cells in self._cells.items():
            for question, cell in cells.items():
                yield module, question, cell
        for module, facts in self._modules.items():
            for name, fact in facts.names.items():
                if isinstance(fact, FunctionFact):
                    if (asked := fact.sites.asked) is not None:
                        yield module, f"{name}{_SITES}", asked
                    if (asked := fact.flow.asked) is not None:
                        yield module, f"{name}{_FLOW}", asked
        yield "", "", self._revision
        for mentions in self._mentions.values():
            for name, cell in mentions.asked():
                yield "", name, cell

    def mentions(self) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Those questions that all may answer, and what each module says, if anything: names and no more."""
        for mentions in self._mentions.values():
            yield from mentions.by_module()

    def recall(self, question: str, found: Mapping[str, tuple[str, ...]]) -> None:
        """Take over what modules that are not read say to such a question; one that is read speaks for itself."""
        kind, _, name = question.partition(" ")
        self._mentions[kind].recall(name, found)

    def answer(self, query: Callable[[Index, Argument], Answer], argument: Argument) -> Answer | None:
        """What a query says to an argument, remembered; None also if that answer rests on itself."""
        known = self._answers.get(query)
        if known is None:
            known = self._answers[query] = {}
        memo = known.get(argument)
        if memo is None:
            memo = known[argument] = Memo(query, self, argument)
        found: Answer | None = memo.get()
        return found

    def fact(self, module: str, name: str) -> Fact | None:
        """The fact of a name as the module itself defines it."""
        found: Fact | None = self.ask(module, name)
        return found

    def stars(self, module: str) -> tuple[str, ...]:
        """The modules from which a module imports everything."""
        found: tuple[str, ...] = self.ask(module, _STARS)
        return found

    def imports(self, module: str) -> frozenset[str]:
        """The top-level packages from which a module imports something by name."""
        found: frozenset[str] = self.ask(module, _IMPORTS)
        return found

    def callers(self, name: str) -> tuple[str, ...]:
        """The functions that hand arguments on to something of that (last) name."""
        return self._mentions["calls"].of(name)

    def subclasses(self, cls: str) -> tuple[str, ...]:
        """The project's classes that derive from a class, directly or not, nearest first."""
        return self.answer(Index._derived, cls) or ()

    def _derived(self, cls: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = [cls]
        while waiting and len(found) < _MAX_SUBCLASSES:
            base = waiting.pop(0)
            for name in self._mentions["extends"].of(base.rpartition(".")[2]):
                if name not in found and name != cls and base in self.mro(name)[1:]:
                    found[name] = None
                    waiting.append(name)
        return tuple(found)

    def definers(self, method: str) -> tuple[str, ...]:
        """The project's classes that themselves define a method of that name."""
        return self._mentions["defines"].of(method)

    def properties(self, names: frozenset[str]) -> frozenset[str]:
        """Those of some names that a property has somewhere in the project, one that calls something."""
        return self.answer(Index._properties_among, names) or frozenset()

    def registrations(self, name: str) -> tuple[str, ...]:
        """Facts about calls that register a handler or a router of that (last) name."""
        return self._mentions["registers"].of(name)

    def states(self, name: str) -> tuple[str, ...]:
        """Facts about what an application's state keeps under a name."""
        return self._mentions["keeps"].of(name)

    def jobs(self, name: str) -> tuple[str, ...]:
        """Lists with a function of that (last) name that a worker runs."""
        return self._mentions["runs"].of(name)

    def relations(self, name: str) -> tuple[str, ...]:
        """Fields of Django's models that lead to another one, and back from there under a name."""
        return self._mentions["relates"].of(name)

    def registered(self, names: frozenset[str]) -> frozenset[str]:
        """Those of some names under which a call registers a handler somewhere in the project."""
        return self.answer(Index._registered_among, names) or frozenset()

    def _registered_among(self, names: frozenset[str]) -> frozenset[str]:
        return names.intersection(self._mentions["registers"].of(""))

    def _properties_among(self, names: frozenset[str]) -> frozenset[str]:
        return names.intersection(self._mentions["properties"].of(""))

    def has_module(self, module: str) -> bool:
        """Whether the project has a module of that absolute name."""
        return bool(self.ask(module, _EXISTS))

    def ask(self, module: str, question: str) -> Any:
        """What a module says to a question, as `questions` lists them. Of what is no module's, nothing is known, ever."""
        if not module:
            return self._answer(module, question)
        cells = self._cells.get(module)
        if cells is None:
            cells = self._cells[module] = {}
        cell = cells.get(question)
        if cell is None:
            cell = cells[question] = Cell(self._answer(module, question))
        return cell.get()

    def _answer(self, module: str, question: str) -> Any:
        """What a module says now: to a name, its fact; to `Class()`, the names of the methods; or to one of the signs."""
        if question == _BELOW:
            return self._roots[module] > 0
        facts = self._modules.get(module)
        if question == _EXISTS:
            return facts is not None
        if question == _STARS:
            return facts.stars if facts else ()
        if question == _IMPORTS:
            names = facts.names.values() if facts else ()
            return frozenset(fact.target.partition(".")[0] for fact in names if isinstance(fact, ImportFact))
        if question.endswith((_SITES, _FLOW)):
            name, _, kind = question.rpartition(" ")
            fact = facts.names.get(name) if facts else None
            return (fact.sites.now if kind in _SITES else fact.flow.now) if isinstance(fact, FunctionFact) else None
        if question.endswith("()") and " " not in question:  # but not `include_router users, dependencies=guards()`
            return self._methods_in(module, question.removesuffix("()"))
        return facts.names.get(question) if facts else None

    def resolve(self, name: str) -> Resolved:
        """Follow an absolute name to its definition."""
        memo = self._resolved.get(name)
        if memo is None:
            memo = self._resolved[name] = Memo(self._resolve, name)
        found: Resolved | None = memo.get()
        return found or Resolved(name, None, self.split(name)[0])

    def _resolve(self, name: str) -> Resolved:
        seen: set[str] = set()
        while name not in seen and len(seen) < _MAX_HOPS:
            seen.add(name)
            module, rest = self.split(name)
            if not module:
                return Resolved(known_names.canonical(name), None)
            if not rest:
                return Resolved(module, None, module)
            step = self._step(module, rest)
            if isinstance(step, Resolved):
                return step
            name = step
        return Resolved(name, None, self.split(name)[0])

    def split(self, name: str) -> tuple[str, str]:
        """The longest known module that begins the name, and the path inside it; ("", name) if no module does."""
        if not self.ask(name.partition(".")[0], _BELOW):  # a library's: most names are
            return "", name
        head, rest = name, ""
        while head:
            if self.has_module(head):
                return head, rest
            head, _, last = head.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return "", name

    def _step(self, module: str, path: str) -> Resolved | str:
        """One step of resolution: an answer, or the next name to follow."""
        fact = self.fact(module, path)
        if fact is not None and not isinstance(fact, ImportFact):
            return Resolved(f"{module}.{path}", fact, module)
        parts = path.split(".")
        for count in range(len(parts), 0, -1):
            head = ".".join(parts[:count])
            if count < len(parts):
                fact = self.fact(module, head)
            if isinstance(fact, ImportFact):
                target = fact.target
                if target == f"{module}.{head}":  # `from . import x` in a package: the submodule itself
                    break
                further = ".".join([target, *parts[count:]])
                if target.startswith(f"{module}.{head}."):  # `from .x import x`, where no module `x` is known
                    return Resolved(further, None)
                return further
            if isinstance(fact, ClassFact) and count < len(parts):
                owner = self._owner(f"{module}.{head}", parts[count])
                if owner is None or owner == f"{module}.{head}":
                    return Resolved(f"{module}.{path}", None, module)
                return ".".join([owner, *parts[count:]])
            if fact is not None:
                return Resolved(f"{module}.{path}", None, module)
        stars = self.stars(module)
        for star in stars:
            if not parts[0].startswith("_") and self.has_module(star):
                found = self.resolve(f"{star}.{path}")
                if found.fact is not None or not found.module:
                    return found
        if parts[0] in _BUILTINS:
            return Resolved(f"builtins.{path}", None)
        for star in stars:
            if not self.has_module(star) and known_names.is_known(known_names.canonical(f"{star}.{path}")):
                return Resolved(known_names.canonical(f"{star}.{path}"), None)
        return Resolved(f"{module}.{path}", None, module)

    def _owner(self, cls: str, member: str) -> str | None:
        """The class in the hierarchy of `cls` that defines `member`."""
        for module, path in self.own_classes(cls):
            if self.fact(module, f"{path}.{member}") is not None:
                return f"{module}.{path}"
        return None

    # -- classes ------------------------------------------------------------------------------------------------------

    def mro(self, cls: str) -> tuple[str, ...]:
        """The class and all of its bases that are known, nearest first; library classes with their own known bases."""
        return self.answer(Index._mro, cls) or (cls,)

    def _mro(self, cls: str) -> tuple[str, ...]:
        order: dict[str, None] = {}
        waiting = [cls]
        while waiting and len(order) < 64:
            name = waiting.pop(0)
            if name in order:
                continue
            order[name] = None
            fact = self.resolve(name).fact
            if isinstance(fact, ClassFact):
                for base in fact.bases:
                    found = class_name(self, base)
                    if found:
                        waiting.append(found)
            else:
                waiting.extend(known_names.bases(name))
        return tuple(order)

    def own_classes(self, cls: str) -> tuple[tuple[str, str], ...]:
        """Those in the order of a class that are the project's, as module and path."""
        return self.answer(Index._own_classes, cls) or ()

    def _own_classes(self, cls: str) -> tuple[tuple[str, str], ...]:
        found = (self.resolve(base) for base in self.mro(cls))
        return tuple((one.module, one.name.removeprefix(f"{one.module}.")) for one in found if one.module)

    def is_subclass(self, cls: str, *targets: str) -> bool:
        """Whether a class is, or is known to derive from, one of the targets (absolute, canonical names)."""
        if cls in targets:
            return True
        return any(base in targets for base in self.mro(cls))

    def has_unknown_base(self, cls: str) -> bool:
        """Whether some base of a project class could not be resolved: absence of a member then proves nothing."""
        for name in self.mro(cls):
            fact = self.resolve(name).fact
            if isinstance(fact, ClassFact) and any(class_name(self, base) is None for base in fact.bases):
                return True
        return False

    def member(self, cls: str, name: str) -> Resolved | None:
        """The project's definition of a class member, through the bases; None if a library defines it or nobody does."""
        for module, path in self.own_classes(cls):
            fact = self.fact(module, f"{path}.{name}")
            if isinstance(fact, ImportFact):
                found = self.resolve(f"{module}.{path}.{name}")
                if found.fact is not None:
                    return found
            elif fact is not None:
                return Resolved(f"{module}.{path}.{name}", fact, module)
        return None

    def attribute_set_in_methods(self, cls: str, name: str) -> Symbol | None:
        """What methods assign to `self.name`, `__init__` first; all of it, if it is a constant to begin with."""
        found: dict[Symbol | None, None] = {}
        for module, path in self.own_classes(cls):
            for method in ("__init__", *self.methods(f"{module}.{path}")):
                fact = self.fact(module, f"{path}.{method}")
                found.update((value, None) for key, value in getattr(fact, "sets", ()) if key == name)
                if found and not isinstance(next(iter(found)), Constant):
                    return next(iter(found))
        return Either(tuple(found)) if len(found) > 1 else next(iter(found), None)

    def methods(self, cls: str) -> tuple[str, ...]:
        """Names of the methods that a project class itself defines."""
        module, rest = self.split(cls)
        found: tuple[str, ...] = self.ask(module, f"{rest}()")
        return found

    def _methods_in(self, module: str, cls: str) -> tuple[str, ...]:
        facts = self._modules.get(module)
        if facts is None:
            return ()
        known = self._methods.get(module)
        if known is None:
            by_class: dict[str, list[str]] = {}
            for path, fact in facts.names.items():
                if isinstance(fact, FunctionFact):
                    owner, _, name = path.rpartition(".")
                    by_class.setdefault(owner, []).append(name)
            known = self._methods[module] = {owner: tuple(names) for owner, names in by_class.items()}
        return known.get(cls, ())

    def attributes(self, cls: str) -> dict[str, ValueFact]:
        """Class attributes with those of project bases, nearest first."""
        found: dict[str, ValueFact] = {}
        for module, path in self.own_classes(cls):
            fact = self.fact(module, path)
            if isinstance(fact, ClassFact):
                for name in fact.attributes:
                    value = self.fact(module, f"{path}.{name}")
                    if isinstance(value, ValueFact):
                        found.setdefault(name, value)
        return found

    # -- types --------------------------------------------------------------------------------------------------------

    def type_of(self, symbol: Symbol | None) -> Type | None:
        """Evaluate a symbol."""
        return evaluate(self, symbol)

    def function(self, name: str) -> FunctionFact | None:
        """The project function that an absolute name leads to."""
        fact = self.resolve(name).fact
        return fact if isinstance(fact, FunctionFact) else None

    def named(self, symbol: Symbol | None) -> str | None:
        """The absolute name of the thing that a symbol names, e.g. `requests.get`; None if it is not one certain thing."""
        found = self.type_of(symbol)
        return found.name if isinstance(found, Named) else None
