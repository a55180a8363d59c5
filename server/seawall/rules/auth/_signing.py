"""The key and the algorithm with which the project signs its tokens, as another file writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from seawall.edits import CannotFix, Edit
from seawall.edits.imports import need_all
from seawall.knowledge.tokens import DECODERS, ENCODERS
from seawall.rules.base import File
from seawall.semantics.facts import FunctionFact, ImportFact, ValueFact
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.meanings.settings_class import imports_module
from seawall.semantics.symbols import Ref
from seawall.semantics.view import View, argument

DEFAULT_ALGORITHM = '"HS256"'


class Signing(NamedTuple):
    """How the key and the algorithm are written in a file, and the imports that they need."""

    key: str
    algorithm: str
    edits: list[Edit]


class _Expression(NamedTuple):
    """An expression of another module: the name to import, and the text before and after that name."""

    text: str
    root: str = ""
    rest: str = ""


def signing(file: File, *, with_key: bool = True) -> Signing:
    """The key and algorithm of the project; what only the key needs is left out without `with_key`.

    Raises:
        CannotFix: the project signs no tokens, or with something that cannot be used elsewhere.
    """
    found = sorted(_used(file), key=lambda one: one[0])
    if not found:
        raise CannotFix("the project has no key for tokens that could be used here")
    _, key, algorithm = found[0]
    roots = list(dict.fromkeys(one.root for one in ((key, algorithm) if with_key else (algorithm,)) if one.root))
    needed = dict(zip(roots, need_all(file, roots), strict=True)) if roots else {}
    key_text, algorithm_text = (
        f"{needed[one.root].expression}{one.rest}" if one.root in needed else one.text for one in (key, algorithm)
    )
    return Signing(key_text, algorithm_text, [edit for one in needed.values() for edit in one.edits])


def _used(file: File) -> Iterator[tuple[tuple[object, ...], _Expression, _Expression]]:
    """The keys and algorithms that calls in the project take, with how well they fit: what this file has, what signs."""
    for document in file.modules():
        if is_aside(document.path, file.project.root):
            continue
        for item in document.source.items:
            view = View(document, item, file.index)
            for name in ("encode", "decode"):
                for call in view.calls().get(name, ()):
                    found = _signs(call, view)
                    if found is None:
                        continue
                    key, algorithm = (_usable(one, view, file) for one in found)
                    if algorithm is None or (key is not None and not key.root):
                        continue
                    if key is not None:
                        yield (document.module != file.module, name != "encode", document.module), key, algorithm


def _signs(call: ast.Call, view: View) -> tuple[ast.expr, ast.expr | None] | None:
    """The key and the algorithm of a call that signs, or that verifies with one algorithm."""
    name = view.callee(call) or ""
    encoder = ENCODERS.get(name)
    if encoder is not None:
        key = argument(call, encoder.key, "key")
        if key is None:
            return None
        if encoder.header is None:
            return key, argument(call, encoder.algorithm or 0, "algorithm")
        algorithm = _named_in(argument(call, encoder.header, "header"))
        return (key, algorithm) if algorithm is not None else None
    row = DECODERS.get(name)
    if row is None or row.algorithms is None:
        return None
    key, several = argument(call, row.key, "key"), argument(call, row.algorithms, "algorithms")
    match several:
        case ast.List(elts=[algorithm]) | ast.Tuple(elts=[algorithm]) if key is not None:
            return key, algorithm
    return None


def _named_in(header: ast.expr | None) -> ast.expr | None:
    """`"HS256"` of `{"alg": "HS256"}`."""
    if not isinstance(header, ast.Dict):
        return None
    pairs = zip(header.keys, header.values, strict=True)
    return next((value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "alg"), None)


def _usable(node: ast.expr | None, view: View, file: File) -> _Expression | None:
    """An expression that means the same wherever its root is imported: `settings.key.get_secret_value()`, `"HS256"`."""
    if node is None:
        return _Expression(DEFAULT_ALGORITHM)
    if isinstance(node, ast.Constant):
        return _Expression(view.text(node)) if isinstance(node.value, str) and node.value.lower() != "none" else None
    chain: list[ast.expr] = [node]
    while isinstance(chain[-1], (ast.Attribute, ast.Call)):
        last = chain[-1]
        if isinstance(last, ast.Call):
            if last.args or last.keywords:
                return None
            chain.append(last.func)
        elif isinstance(last, ast.Attribute):
            chain.append(last.value)
    for part in reversed(chain):
        symbol = view.symbol(part)
        if not isinstance(symbol, Ref):
            return None
        found = file.index.resolve(symbol.name)
        module, path = file.index.split(found.name)
        if not module or isinstance(found.fact, ImportFact):
            return None
        if not path:  # a module: what is imported is what comes next
            continue
        if not isinstance(found.fact, (ValueFact, FunctionFact)) or "." in path:
            return None
        if module != file.module and imports_module(file.index, module, file.module):
            return None
        whole, root = view.text(node), view.text(part)
        return _Expression(whole, found.name, whole.removeprefix(root))
    return None
