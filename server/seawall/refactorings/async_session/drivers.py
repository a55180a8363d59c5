"""Which databases the project talks to, and how its URLs come to name an async driver."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from seawall.edits import CannotFix
from seawall.edits.layout import indent_of
from seawall.knowledge import async_stack
from seawall.project.project import Project
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, is_value
from seawall.refactorings.async_session.origin import url_of
from seawall.rules.base import File
from seawall.semantics.facts import ImportFact, ValueFact
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Value
from seawall.syntax import range_of

_URL = re.compile(r"(postgres|postgresql|sqlite|mysql|mariadb|oracle)(\+\w+)?://")
_BACKEND = re.compile(r"(postgres|postgresql|sqlite|mysql|mariadb|oracle)(\+\w+)?(://.*)?", re.DOTALL)
_IN_ENV_FILE = re.compile(rf"=\s*[\"']?{_URL.pattern}")
_TESTS_OF_THE_URL = frozenset({"startswith"})


def backends(project: Project, texts: Iterable[str] = ()) -> tuple[str, ...]:
    """The backends that the project's dependencies, the given strings and its `.env` files speak of."""
    names = [backend for name, backend in async_stack.SYNC_DRIVERS.items() if project.dependencies.declares(name)]
    found = [match[1] for text in texts if (match := _BACKEND.fullmatch(text))]
    for one in project.dotenv_files:
        found += [match[1] for match in _IN_ENV_FILE.finditer(one.text)]
    return tuple(dict.fromkeys([*names, *("postgresql" if one == "postgres" else one for one in found)]))


def driver(backend: str) -> str:
    return async_stack.DRIVERS[backend].partition("+")[2]


class Drivers:
    """The async drivers that the project's engines need."""

    def __init__(self, code: Code, engines: list[str]) -> None:
        self.code = code
        urls = [code.index.type_of(url_of(code.index, engine)) for engine in engines]
        written = [url.value for url in urls if isinstance(url, Value) and isinstance(url.value, str)]
        found = [match[1] for text in written if (match := _BACKEND.fullmatch(text))]
        if len(found) == len(engines):  # all of them are written down
            self.backends = tuple(dict.fromkeys("postgresql" if one == "postgres" else one for one in found))
            return
        self.backends = backends(code.draft.project, _strings(code))
        if not self.backends:
            raise CannotFix("nothing says which database the URL names")

    def read_options(self, arguments: ast.Dict) -> None:
        """`connect_args` that only one driver takes tell which it is."""
        if any(isinstance(key, ast.Constant) and key.value == "check_same_thread" for key in arguments.keys):
            self.backends = ("sqlite",)

    def write(self, file: File, url: ast.Constant, changes: Changes) -> None:
        """Name the async driver in a URL that is written down."""
        text = file.text(url)
        match = _URL.search(text)
        if match is None:
            raise CannotFix(f"`{text.partition(':')[0]}` is no URL of a known database")
        name = "postgresql" if match[1] == "postgres" else match[1]
        changes.replace(file, url, f"{text[: match.start()]}{async_stack.DRIVERS[name]}://{text[match.end() :]}")

    def convert(self, file: File, url: ast.expr, changes: Changes) -> None:
        """Name it where the engine is made: who sets the URL need not know."""
        if (written := self._only_for_the_engine(file, url)) is not None:
            self.write(*written, changes)
            return
        make_url, text = changes.name(file, "sqlalchemy.make_url"), file.text(url)
        if len(self.backends) == 1:
            new = async_stack.DRIVERS[self.backends[0]]
            changes.replace(file, url, f'{make_url}({text}).set(drivername="{new}")')
            return
        taken = file.document.facts.names
        name = next(each for each in ("url", "database_url", "engine_url", "async_engine_url") if each not in taken)
        table = ", ".join(f'"{backend}": "{async_stack.DRIVERS[backend]}"' for backend in self.backends)
        statement = range_of(file.statement(url))
        indent = indent_of(file, file.statement(url))
        lines = [f"ASYNC_DRIVERS = {{{table}}}", f"{name} = {make_url}({text})"]
        changes.insert(file, statement.start_line, 0, "".join(f"{indent}{line}\n" for line in lines))
        changes.replace(file, url, f"{name}.set(drivername=ASYNC_DRIVERS[{name}.get_backend_name()])")

    def _only_for_the_engine(self, file: File, url: ast.expr) -> tuple[File, ast.Constant] | None:
        """The string in a variable that nobody but the engine uses."""
        symbol = file.symbol(url)
        if not isinstance(symbol, Ref) or not isinstance(file.type_of(url), Value):
            return None
        resolved = file.index.resolve(symbol.name)
        if not isinstance(resolved.fact, ValueFact):
            return None
        for each in file.index.modules.values():
            for fact in each.names.values():
                if isinstance(fact, ImportFact) and file.index.resolve(fact.target).name == resolved.name:
                    return None
        for user, node in self.code.reads(resolved.name):
            parent = user.parent(node)
            is_test = isinstance(parent, ast.Attribute) and parent.attr in _TESTS_OF_THE_URL
            if node is not url and not is_test:
                return None
        found = [
            (each, node.value)
            for each in self.code.files
            for node in each.scan.nodes[ast.Assign]
            if isinstance(node, ast.Assign) and is_value(each, node.targets[0], resolved.name)
        ]
        if len(found) == 1 and isinstance(found[0][1], ast.Constant):
            return found[0][0], found[0][1]
        return None


def _strings(code: Code) -> Iterator[str]:
    """Strings that are URLs of databases, and in the engine's module names of backends."""
    engines = {file.path for file, _ in code.uses("sqlalchemy.create_engine")}
    for file in code.files:
        for node in file.scan.nodes[ast.Constant]:
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and (_URL.match(text) or file.path in engines):
                yield text
