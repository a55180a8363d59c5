"""Legacy `session.query(...)` code, written anew with `select()` and awaited on an async session.

`rewrite(view, root, name)` takes the `session.query(...)` call and gives the text for every expression that depends on it: the
whole chain when it ends where it begins, else each step and use of the local variable that holds the query. `name` says under
which expression a qualified name such as `sqlalchemy.select` can be used in the file. `CannotFix` tells what has no exact
counterpart.

Results keep the meaning that `Query` gave them: a query of one model gives models, one of columns gives rows; a query of
models never gives the same model twice, so a join needs `.unique()`; `first()` limits, `scalar()` refuses several rows.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from msgspec.structs import replace

from seawall.edits.fix import CannotFix
from seawall.edits.query_chain import FETCHES, INNER, ITERATING, SELECTING, STREAM, TAKING, Chain, entities_of, is_query
from seawall.edits.query_layout import written
from seawall.edits.query_runs import Running
from seawall.edits.query_select import Name
from seawall.semantics.scopes import Scope
from seawall.semantics.view import View
from seawall.syntax import Range, range_of


class Replacement(NamedTuple):
    """The text that an expression gets, and where it goes."""

    node: ast.expr
    text: str
    place: Range
    loop: ast.For | None = None
    """The loop around it that has to be an `async for`, since its rows come as they are asked for."""


def rewrite(view: View, root: ast.Call, name: Name) -> list[Replacement]:
    """All that has to change for `root`, the call `session.query(...)`.

    Raises:
        CannotFix: something about the query has no exact counterpart.
    """
    return _Rewriting(view, name).root(root)


def fetch(view: View, root: ast.Call, name: Name) -> Replacement:
    """The chain that hangs on `root` and does not run by itself, run where it stands: its rows as a list.

    Raises:
        CannotFix: something about the query has no exact counterpart.
    """
    rewriting = _Rewriting(view, name)
    assert isinstance(root.func, ast.Attribute)
    chain = rewriting.chain(root, root.func.value, tuple(root.args))
    if chain.end:
        raise CannotFix(f"the query ends in `{chain.end}()`")
    return rewriting.rows(chain)


class _Rewriting(Running):
    """Finds what a query is used for."""

    def root(self, root: ast.Call) -> list[Replacement]:
        assert isinstance(root.func, ast.Attribute)
        if not root.args or root.keywords or any(isinstance(arg, ast.Starred) for arg in root.args):
            raise CannotFix("the query does not say what it selects")
        chain = self.chain(root, root.func.value, tuple(root.args))
        while chain.end in INNER and (above := self._enclosing_query(chain.outer)) is not None:
            assert isinstance(above.func, ast.Attribute)
            chain = self.chain(above, above.func.value, tuple(above.args))
        return self._use(chain)

    def _enclosing_query(self, node: ast.AST) -> ast.Call | None:
        """The query among whose arguments a subquery stands."""
        for above in self.view.ancestors(node):
            if isinstance(above, ast.stmt):
                return None
            if isinstance(above, ast.Call):
                inner: ast.expr = above
                while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                    if is_query(inner):
                        return inner
                    inner = inner.func.value
        return None

    # -- uses ---------------------------------------------------------------------------------------------------------

    def _use(self, chain: Chain) -> list[Replacement]:
        if chain.end in FETCHES:
            return [self._awaited(chain)]
        parent = self.view.parent(chain.outer)
        match parent:
            case ast.For(iter=over) | ast.comprehension(iter=over, is_async=0) if over is chain.outer and not chain.end:
                if isinstance(parent, ast.comprehension) and self._is_inner_loop(parent):
                    raise CannotFix("the query runs in the inner loop of a comprehension")
                if STREAM in chain.methods:
                    return [self._streamed(chain, parent)]
                return [self._awaited(chain)]
            case ast.Call(func=ast.Name(id=function)) if function in ITERATING and not chain.end:
                return [self._awaited(chain)]
            case ast.Assign(targets=[ast.Name() as target]) if parent.value is chain.outer:
                step = [self._selected(chain)] if isinstance(chain.root, ast.Call) else []
                return step if chain.end else [*step, *self._uses(chain, target)]
            case ast.Call(func=ast.Attribute(attr=operator)) if operator in TAKING and chain.outer in parent.args:
                return [self._selected(chain)]
        if chain.end:
            return [self._selected(chain)]
        raise CannotFix("the query is handed on to code that may not expect a `select()`")

    def _uses(self, chain: Chain, target: ast.Name) -> list[Replacement]:
        """Steps and ends of the query that a local variable holds."""
        scope = self.view.scan.scopes[target]
        if not scope.is_function:
            raise CannotFix("the query is kept outside of a function")
        entities, methods = entities_of(chain), {*chain.methods} - SELECTING
        names = [node for node in self.view.scan.nodes[ast.Name] if isinstance(node, ast.Name) and node.id == target.id]
        if any(self._owner(node, target.id) is scope and not self._runs_in(scope, node) for node in names):
            raise CannotFix(f"`{target.id}` is used in an inner function")
        here = [node for node in names if self._owner(node, target.id) is scope]
        for node in here:
            if isinstance(node.ctx, ast.Store) and node is not target:
                self._is_step(node, target.id)
        chains = [
            self.chain(node, chain.session, entities, tuple(methods)) for node in here if isinstance(node.ctx, ast.Load)
        ]
        methods.update(method for each in chains for method in each.methods if not each.end)
        found: list[Replacement] = []
        for each in chains:
            each = replace(each, before=tuple(sorted(methods)), surely=chain.methods)
            if SELECTING & methods:
                raise CannotFix("the query changes what it selects on its way")
            if self._is_own_step(each, target.id):
                found.append(self._selected(each))
            else:
                found.extend(self._use(each))
        return [one for one in found if one.text != self.view.text(one.node)]

    def _runs_in(self, scope: Scope, node: ast.AST) -> bool:
        """Whether a node is evaluated where the scope's own code is: in it, or as what a comprehension goes through first."""
        inner = node
        for above in self.view.ancestors(node):
            if above is scope.node:
                return True
            if isinstance(above, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                return False
            if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                first = above.generators[0]
                if inner is not first or node not in ast.walk(first.iter):
                    return False
            inner = above
        return False

    def _owner(self, node: ast.Name, name: str) -> Scope | None:
        scope: Scope | None = self.view.scan.scopes[node]
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        return scope

    def _is_step(self, store: ast.Name, variable: str) -> None:
        parent = self.view.parent(store)
        value = parent.value if isinstance(parent, ast.Assign) else None
        while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            value = value.func.value
        if not (isinstance(value, ast.Name) and value.id == variable):
            raise CannotFix(f"`{variable}` also holds something else")

    def _is_own_step(self, chain: Chain, variable: str) -> bool:
        """`query = query.filter(...)`."""
        parent = self.view.parent(chain.outer)
        return (
            not chain.end
            and isinstance(parent, ast.Assign)
            and [getattr(target, "id", "") for target in parent.targets] == [variable]
        )

    def _is_inner_loop(self, loop: ast.comprehension) -> bool:
        owner = self.view.parent(loop)
        generators: list[ast.comprehension] = getattr(owner, "generators", [])
        return not generators or loop is not generators[0] or isinstance(owner, ast.GeneratorExp)

    # -- text ---------------------------------------------------------------------------------------------------------

    def _selected(self, chain: Chain) -> Replacement:
        return Replacement(chain.outer, self.select(chain), range_of(chain.outer))

    def rows(self, chain: Chain) -> Replacement:
        """What iterating over the query gives, as a list."""
        run = self.run(chain)
        text, place = written(self.view, chain.outer, run._replace(tail=f"{run.tail}.all()"))
        return Replacement(chain.outer, text, place)

    def _awaited(self, chain: Chain) -> Replacement:
        parent = self.view.parent(chain.outer)
        node = parent if isinstance(parent, ast.Await) else chain.outer
        above = self.view.parent(node)
        is_operand = (isinstance(above, (ast.Attribute, ast.Subscript)) and above.value is node) or (
            isinstance(above, ast.Call) and above.func is node
        )
        text, place = written(self.view, node, self.run(chain), is_operand=is_operand)
        return Replacement(node, text, place)

    def _streamed(self, chain: Chain, parent: ast.AST) -> Replacement:
        """`for row in query.yield_per(100)`: rows are fetched while the loop runs."""
        if not isinstance(parent, ast.For):
            raise CannotFix("rows come as they are asked for, outside of a `for` loop")
        run = self.run(replace(chain, streams=True))
        if run.tail:
            raise CannotFix("rows that come as they are asked for cannot be made unique")
        text, place = written(self.view, chain.outer, run)
        return Replacement(chain.outer, text, place, parent)
