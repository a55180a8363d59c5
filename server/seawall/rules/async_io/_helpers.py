"""Where async code makes the project's own code run that blocks: by calls, `with`, `for`, properties and callbacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from seawall.edits import Fix, Safety
from seawall.knowledge.blocking import LOOP_CALLBACKS, Kind
from seawall.rules.async_io._blocking import is_served, plain_def_fix, thread_fix
from seawall.rules.base import File
from seawall.semantics.calls import last_name, read_properties, steps_at
from seawall.semantics.facts import CallSite, FunctionFact
from seawall.semantics.frames import Frame
from seawall.semantics.summary import Chain, chain_of
from seawall.semantics.types import Type

_HOW = {"with": "Entering ", "for": "Going through ", "read": "The property "}
_LIBRARY_RULES = (Kind.SESSION, Kind.DJANGO)


class Helper(msgspec.Struct, frozen=True):
    """A place in an `async def` and the way on which what runs there blocks."""

    node: ast.expr
    use: str
    """As of a `CallSite`, or "callback"."""
    chain: Chain

    @property
    def kind(self) -> Kind:
        return self.chain.blocking.kind

    def what(self, text: str) -> str:
        """The beginning of a message's sentence."""
        return f"{_HOW.get(self.use, '')}`{text}`"

    def fixes(self, file: File, why: str) -> Iterator[Fix]:
        if self.use == "callback":
            return
        if self.use == "" and isinstance(self.node, ast.Call):
            yield from thread_fix(file, self.node, Safety.UNSAFE, why)
        yield from plain_def_fix(file, self.node)


def helpers(function: ast.AsyncFunctionDef, file: File, *kinds: Kind) -> Iterator[Helper]:
    """Those that wait for one of the kinds; without any, for what no rule about a library's sessions reports."""
    for helper in file.subject(_helpers, function):
        if helper.kind in kinds if kinds else helper.kind not in _LIBRARY_RULES:
            yield helper


def _helpers(function: ast.AsyncFunctionDef, file: File) -> list[Helper]:
    sites = file.sites(function)
    name = file.absolute_name(function)
    caller = file.index.function(name)
    if not sites or caller is None:
        return []
    properties = read_properties(file.index, [site for _, site in sites])
    found: dict[ast.AST, Helper] = {}
    for node, site in sites:
        if node in found or (site.use == "read" and last_name(site.callee) not in properties):
            continue
        for step in steps_at(file.index, site, 0, Frame(name), caller, _known(node, site, file)):
            if file.index.function(step.frame.name) is None:
                position = LOOP_CALLBACKS.get(step.frame.name)
                given = _callback(node, site, position, Frame(name), caller, file)
                if given is not None:
                    found[given.node] = given
                continue
            chain = chain_of(file.index, step)
            if chain is not None and isinstance(node, ast.expr) and is_served(node, file):
                found[node] = Helper(node, site.use, chain._replace(once=chain.once or site.once))
                break
    return list(found.values())


def _known(node: ast.AST, site: CallSite, file: File) -> Type | None:
    """The type of what is called, which others have asked for too."""
    return file.type_of(node.func) if not site.use and isinstance(node, ast.Call) else None


def _callback(
    node: ast.AST, site: CallSite, position: int | None, frame: Frame, caller: FunctionFact, file: File
) -> Helper | None:
    """What a function of the library runs on the event loop."""
    if position is None or not isinstance(node, ast.Call):
        return None
    given = next((one.value for one in site.given if one.to == position), None)
    if given is None:
        return None
    for step in steps_at(file.index, CallSite(given, site.place), 0, frame, caller):
        chain = chain_of(file.index, step) if file.index.function(step.frame.name) is not None else None
        if chain is not None and is_served(node, file):
            return Helper(node.args[position], "callback", chain)
    return None
