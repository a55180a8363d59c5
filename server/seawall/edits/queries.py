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
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from seawall.edits.fix import CannotFix
from seawall.edits.query_chain import (
    EAGER,
    FETCHES,
    INNER,
    ITERATING,
    JOINS,
    ONE_ROW,
    SELECTING,
    SIMPLE,
    STEPS,
    STREAM,
    TAKING,
    Chain,
    call_range,
    entities_of,
    gap,
    is_class_name,
    is_query,
    last_name,
    method_of,
    name_range,
    root_of,
)
from seawall.semantics.scopes import Scope
from seawall.semantics.types import Named
from seawall.semantics.view import View
from seawall.syntax import Range, range_of

Name: TypeAlias = Callable[[str], str]


class Replacement(NamedTuple):
    """The text that an expression gets."""

    node: ast.expr
    text: str
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


class _Rewriting:
    def __init__(self, view: View, name: Name) -> None:
        self.view = view
        self.name = name

    def root(self, root: ast.Call) -> list[Replacement]:
        assert isinstance(root.func, ast.Attribute)
        if not root.args or root.keywords or any(isinstance(arg, ast.Starred) for arg in root.args):
            raise CannotFix("the query does not say what it selects")
        chain = self.chain(root, root.func.value, tuple(root.args))
        while chain.end in INNER and (above := self._enclosing_query(chain.outer)) is not None:
            assert isinstance(above.func, ast.Attribute)
            chain = self.chain(above, above.func.value, tuple(above.args))
        return self._use(chain)

    def chain(
        self, root: ast.expr, session: ast.expr, entities: tuple[ast.expr, ...], before: tuple[str, ...] = ()
    ) -> Chain:
        """The calls that hang on a root."""
        calls: list[ast.Call] = []
        node = root
        while isinstance(attribute := self.view.parent(node), ast.Attribute):
            call = self.view.parent(attribute)
            if not isinstance(call, ast.Call) or call.func is not attribute:
                break
            if attribute.attr not in STEPS and attribute.attr not in INNER and attribute.attr not in FETCHES:
                raise CannotFix(f"`{attribute.attr}()` of a query has no counterpart that is known to be exact")
            calls.append(call)
            node = call
            if attribute.attr not in STEPS:
                break
        return Chain(root, tuple(calls), session, entities, before)

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
                step = [Replacement(chain.outer, self.select(chain))] if isinstance(chain.root, ast.Call) else []
                return step if chain.end else [*step, *self._uses(chain, target)]
            case ast.Call(func=ast.Attribute(attr=operator)) if operator in TAKING and chain.outer in parent.args:
                return [Replacement(chain.outer, self.select(chain))]
        if chain.end:
            return [Replacement(chain.outer, self.select(chain))]
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
                found.append(Replacement(each.outer, self.select(each)))
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

    def select(self, chain: Chain) -> str:
        """The chain as a `select()`, which does not run."""
        return self._select(chain, chain.calls)

    def _select(
        self, chain: Chain, calls: Sequence[ast.Call], swaps: Iterable[tuple[Range, str]] = (), head: str = ""
    ) -> str:
        """The chain's text up to the last of `calls`; `head` takes the place of `session.query(...)`."""
        for call in calls:
            self._check_step(call)
        end = range_of(calls[-1] if calls else chain.root)
        start = range_of(chain.outer)
        changes = [*swaps, *self._nested(chain, calls, head)]
        if isinstance(chain.root, ast.Call):
            if "#" in self.view.text(chain.root.func):
                raise CannotFix("a comment stands inside of the call")
            if head:
                changes.append((range_of(chain.root), head))
            else:
                changes.append((range_of(chain.root.func), self.name("sqlalchemy.select")))
        for call in calls:
            method = method_of(call)
            new = STEPS.get(method) or INNER.get(method)
            if new:
                changes.append((name_range(call), new))
            if method == STREAM and call.args:
                start = range_of(call.args[0])
                changes.append((Range(*start[:2], *start[:2]), "yield_per="))
        return self._text(Range(start.start_line, start.start_col, end.end_line, end.end_col), changes)

    def _check_step(self, call: ast.Call) -> None:
        if method_of(call) in ("join", "outerjoin") and call.args and isinstance(call.args[0], ast.Constant):
            raise CannotFix("a join by name has no counterpart in `select()`")

    def _nested(self, chain: Chain, calls: Sequence[ast.Call], head: str) -> list[tuple[Range, str]]:
        """Queries among the arguments become selects of their own."""
        changes: list[tuple[Range, str]] = []
        parts: list[ast.AST] = [part for call in calls for part in (*call.args, *call.keywords)]
        if isinstance(chain.root, ast.Call) and not head:
            parts.extend(chain.root.args)
        while parts:
            node = parts.pop()
            inner = root_of(node)
            if inner is not None and isinstance(node, ast.Call):
                assert isinstance(inner.func, ast.Attribute)
                nested = self.chain(inner, inner.func.value, tuple(inner.args))
                if nested.outer is not node or nested.end in FETCHES:
                    raise CannotFix("a query runs inside of another query's arguments")
                changes.append((range_of(node), self.select(nested)))
            else:
                parts.extend(ast.iter_child_nodes(node))
        return changes

    def _text(self, range_: Range, changes: Iterable[tuple[Range, str]]) -> str:
        text, line, col = "", range_.start_line, range_.start_col
        for place, new in sorted(changes):
            text += self.view.slice(Range(line, col, place.start_line, place.start_col)) + new
            line, col = place.end_line, place.end_col
        return text + self.view.slice(Range(line, col, range_.end_line, range_.end_col))

    def rows(self, chain: Chain) -> Replacement:
        """What iterating over the query gives, as a list."""
        text = self._expression(chain)
        return Replacement(chain.outer, f"({text}).all()" if text.startswith("await ") else f"{text}.all()")

    def _awaited(self, chain: Chain) -> Replacement:
        parent = self.view.parent(chain.outer)
        node = parent if isinstance(parent, ast.Await) else chain.outer
        text = self._expression(chain)
        above = self.view.parent(node)
        is_operand = (isinstance(above, (ast.Attribute, ast.Subscript)) and above.value is node) or (
            isinstance(above, ast.Call) and above.func is node
        )
        return Replacement(node, f"({text})" if is_operand and text.startswith("await ") else text)

    def _streamed(self, chain: Chain, parent: ast.AST) -> Replacement:
        """`for row in query.yield_per(100)`: rows are fetched while the loop runs."""
        if not isinstance(parent, ast.For):
            raise CannotFix("rows come as they are asked for, outside of a `for` loop")
        plain = self._expression(replace(chain, streams=True))
        if plain.startswith("("):
            raise CannotFix("rows that come as they are asked for cannot be made unique")
        return Replacement(chain.outer, plain, parent)

    def _expression(self, chain: Chain) -> str:
        session = self.view.text(chain.session)
        end, steps = chain.end, chain.calls[:-1] if chain.end else chain.calls
        if STREAM in chain.methods and not chain.streams:
            raise CannotFix("rows come as they are asked for, outside of a `for` loop")
        match end:
            case "get":
                return self._get(chain, steps, session)
            case "delete" | "update":
                return self._changes(chain, steps, session)
            case "count":
                return f"await {session}.scalar{self._wrapped(chain, self._count(chain, steps))}"
        if end and (chain.calls[-1].args or chain.calls[-1].keywords):
            raise CannotFix(f"`{end}()` takes no arguments")
        entities = entities_of(chain)
        kinds = [self.is_entity(entity) for entity in entities]
        if len(entities) == 1 and kinds[0] is None:
            raise CannotFix(f"nothing says whether `{self.view.text(entities[0])}` is a model or a column")
        is_one_model = kinds == [True]
        eager = self._is_eager(chain)
        is_unique = eager or (any(kinds) and end != "first" and bool(JOINS & {*chain.methods}))
        if end == "first":
            swap = [(call_range(chain.calls[-1]), "limit(1)")]
            query = self._select(chain, chain.calls, swap)
        else:
            query = self._select(chain, steps) + self._comment(chain, steps)
        wrapped = self._wrapped(chain, query)
        if is_one_model and end == "first" and not is_unique:
            return f"await {session}.scalar{wrapped}"
        if end == "scalar" and not is_one_model and len(entities) == 1 and self._gives_one_row(chain, entities[0]):
            return f"await {session}.scalar{wrapped}"
        method = "scalars" if is_one_model or end == "scalar" else "execute"
        if chain.streams:
            method = "stream_scalars" if is_one_model else "stream"
        result = f"await {session}.{method}{wrapped}"
        if not end and not is_unique:
            return result
        fetch = {"": "", "scalar": ".one_or_none()"}.get(end, f".{end}()")
        return f"({result}){'.unique()' if is_unique else ''}{fetch}"

    def _get(self, chain: Chain, steps: Sequence[ast.Call], session: str) -> str:
        call = chain.calls[-1]
        key = call.args[0] if len(call.args) == 1 and not call.keywords else None
        if key is None or len(chain.entities) != 1 or {*chain.methods} - {"get", "options"} or chain.before:
            raise CannotFix("`get()` is not alone on a query of one model")
        options = [self.view.text(arg) for step in steps for arg in step.args]
        self._no_comment(chain)
        tail = f", options=[{', '.join(options)}]" if options else ""
        return f"await {session}.get({self.view.text(chain.entities[0])}, {self.view.text(key)}{tail})"

    def _changes(self, chain: Chain, steps: Sequence[ast.Call], session: str) -> str:
        """`delete()` and `update()` give the number of rows, which nobody may want."""
        call, kind = chain.calls[-1], chain.end
        is_kept = bool(chain.before)
        if len(chain.entities) != 1 or {*chain.methods} - {kind, *SIMPLE} or (is_kept and (steps or not chain.surely)):
            raise CannotFix(f"`{kind}()` on more than a filtered query has no exact counterpart")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        positional = ["values", "synchronize_session"] if kind == "update" else ["synchronize_session"]
        given.update(zip(positional, call.args, strict=False))
        if not set(given) <= set(positional) or (kind == "update" and "values" not in given):
            raise CannotFix(f"the arguments of `{kind}()` have no exact counterpart")
        head = f"{self.name(f'sqlalchemy.{kind}')}({self.view.text(chain.entities[0])})"
        query = self._select(chain, steps, head=head) if steps else head
        if is_kept:
            query += f".where({self.view.text(chain.root)}.whereclause)"
        between = self.view.slice(gap(steps[-1] if steps else chain.root, call))
        ends = [f"values({self.view.text(given['values'])})"] if kind == "update" else []
        if "synchronize_session" in given:
            ends.append(f"execution_options(synchronize_session={self.view.text(given['synchronize_session'])})")
        bare = between[between.rindex("\n") :] if "\n" in between else between
        tail = between + bare.join(ends) if ends else self._comment(chain, steps)
        result = f"await {session}.execute{self._wrapped(chain, query + tail)}"
        unused = isinstance(self.view.parent(chain.outer), ast.Expr)
        return result if unused else f"({result}).rowcount"

    def _count(self, chain: Chain, steps: Sequence[ast.Call]) -> str:
        func, select = self.name("sqlalchemy.func"), self.name("sqlalchemy.select")
        entities = entities_of(chain)
        methods = {*chain.methods} - {"count"}
        plain = methods <= {*SIMPLE, "join", "outerjoin"} and not chain.before
        if plain and len(entities) == 1 and self.is_entity(entities[0]):
            head = f"{select}({func}.count()).select_from({self.view.text(entities[0])})"
            return (self._select(chain, steps, head=head) if steps else head) + self._comment(chain, steps)
        query = self._select(chain, steps) + self._comment(chain, steps)
        if "with_for_update" in methods:
            raise CannotFix("a count cannot lock rows")
        return f"{select}({func}.count()).select_from({query}.subquery())"

    # -- layout -------------------------------------------------------------------------------------------------------

    def _wrapped(self, chain: Chain, query: str) -> str:
        """`(query)`, on lines of its own if it has several."""
        if "\n" not in query:
            return f"({query})"
        first = self.view.slice(Range(chain.outer.lineno, 0, chain.outer.lineno, chain.outer.col_offset))
        indent = first[: len(first) - len(first.lstrip())]
        if any(
            isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno != node.lineno
            for node in ast.walk(chain.outer)
        ):
            return f"({query}\n{indent})" if query.rpartition("\n")[2].lstrip().startswith("#") else f"({query})"
        lines = [f"    {line}" if line.strip() else line for line in query.split("\n")]
        return f"(\n{indent}{lines[0]}\n" + "\n".join(lines[1:]) + f"\n{indent})"

    def _comment(self, chain: Chain, steps: Sequence[ast.Call]) -> str:
        """A comment before the end of the chain, which is about to go."""
        if not chain.end:
            return ""
        between = self.view.slice(gap(steps[-1] if steps else chain.root, chain.calls[-1]))
        return between.rstrip(". \n") if "#" in between else ""

    def _no_comment(self, chain: Chain) -> None:
        if "#" in self.view.text(chain.outer):
            raise CannotFix("a comment stands inside of the call")

    # -- meaning ------------------------------------------------------------------------------------------------------

    def is_entity(self, node: ast.expr) -> bool | None:
        """Whether a query's argument is a model (its rows then are models) or a column; None if nothing says so."""
        if isinstance(node, ast.Call):
            if root_of(node) is not None:
                return False
            callee = self.view.callee(node) or ""
            return True if callee.endswith(".aliased") else False if callee.startswith("sqlalchemy") else None
        found = self.view.type_of(node)
        if isinstance(found, Named) and is_class_name(found.last):
            return True
        if isinstance(node, ast.Attribute) and (self.is_entity(node.value) or is_class_name(last_name(node.value))):
            return False
        return True if is_class_name(last_name(node)) or last_name(node) in ("model", "cls") else None

    def _is_eager(self, chain: Chain) -> bool:
        names = (ast.Name, ast.Attribute)
        return any(
            last_name(node) in EAGER
            for call in chain.calls
            if method_of(call) == "options"
            for argument in call.args
            for node in ast.walk(argument)
            if isinstance(node, names)
        )

    def _gives_one_row(self, chain: Chain, column: ast.expr) -> bool:
        """Aggregates over all rows, also when one is an argument: `func.coalesce(func.sum(x), 0)`."""
        if "group_by" in chain.methods:
            return False
        calls = [node for node in ast.walk(column) if isinstance(node, ast.Call)]
        return any(isinstance(call.func, ast.Attribute) and call.func.attr in ONE_ROW for call in calls)
