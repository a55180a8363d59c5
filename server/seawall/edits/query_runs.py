"""A `select()` that is run on an async session and gives what the legacy query gave."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from seawall.edits.fix import CannotFix
from seawall.edits.query_chain import JOINS, SIMPLE, STREAM, Chain, call_range, entities_of, gap
from seawall.edits.query_entities import gives_one_row, is_eager, is_entity
from seawall.edits.query_layout import Run
from seawall.edits.query_select import Selecting


class Running(Selecting):
    """Runs the chains that it selects by."""

    def run(self, chain: Chain) -> Run:
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
                return Run(f"await {session}.scalar", self._count(chain, steps))
        if end and (chain.calls[-1].args or chain.calls[-1].keywords):
            raise CannotFix(f"`{end}()` takes no arguments")
        entities = entities_of(chain)
        kinds = [is_entity(self.view, entity) for entity in entities]
        if len(entities) == 1 and kinds[0] is None:
            raise CannotFix(f"nothing says whether `{self.view.text(entities[0])}` is a model or a column")
        is_one_model = kinds == [True]
        eager = is_eager(chain)
        is_unique = eager or (any(kinds) and end != "first" and bool(JOINS & {*chain.methods}))
        if end == "first":
            swap = [(call_range(chain.calls[-1]), "limit(1)")]
            query = self.select_of(chain, chain.calls, swap)
        else:
            query = self.select_of(chain, steps) + self.comment(chain, steps)
        if is_one_model and end == "first" and not is_unique:
            return Run(f"await {session}.scalar", query)
        if end == "scalar" and not is_one_model and len(entities) == 1 and gives_one_row(chain, entities[0]):
            return Run(f"await {session}.scalar", query)
        method = "scalars" if is_one_model or end == "scalar" else "execute"
        if chain.streams:
            method = "stream_scalars" if is_one_model else "stream"
        fetch = {"": "", "scalar": ".one_or_none()"}.get(end, f".{end}()")
        return Run(f"await {session}.{method}", query, f"{'.unique()' if is_unique else ''}{fetch}")

    def _get(self, chain: Chain, steps: Sequence[ast.Call], session: str) -> Run:
        call = chain.calls[-1]
        key = call.args[0] if len(call.args) == 1 and not call.keywords else None
        if key is None or len(chain.entities) != 1 or {*chain.methods} - {"get", "options"} or chain.before:
            raise CannotFix("`get()` is not alone on a query of one model")
        options = [self.view.text(arg) for step in steps for arg in step.args]
        self.refuse_comments(chain)
        tail = f", options=[{', '.join(options)}]" if options else ""
        return Run(f"await {session}.get", f"{self.view.text(chain.entities[0])}, {self.view.text(key)}{tail}")

    def _changes(self, chain: Chain, steps: Sequence[ast.Call], session: str) -> Run:
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
        query = self.select_of(chain, steps, head=head) if steps else head
        if is_kept:
            query += f".where({self.view.text(chain.root)}.whereclause)"
        between = self.view.slice(gap(steps[-1] if steps else chain.root, call))
        ends = [f"values({self.view.text(given['values'])})"] if kind == "update" else []
        if "synchronize_session" in given:
            ends.append(f"execution_options(synchronize_session={self.view.text(given['synchronize_session'])})")
        bare = between[between.rindex("\n") :] if "\n" in between else between
        tail = between + bare.join(ends) if ends else self.comment(chain, steps)
        unused = isinstance(self.view.parent(chain.outer), ast.Expr)
        return Run(f"await {session}.execute", query + tail, "" if unused else ".rowcount")

    def _count(self, chain: Chain, steps: Sequence[ast.Call]) -> str:
        func, select = self.name("sqlalchemy.func"), self.name("sqlalchemy.select")
        entities = entities_of(chain)
        methods = {*chain.methods} - {"count"}
        plain = methods <= {*SIMPLE, "join", "outerjoin"} and not chain.before
        if plain and len(entities) == 1 and is_entity(self.view, entities[0]):
            head = f"{select}({func}.count()).select_from({self.view.text(entities[0])})"
            return (self.select_of(chain, steps, head=head) if steps else head) + self.comment(chain, steps)
        query = self.select_of(chain, steps) + self.comment(chain, steps)
        if "with_for_update" in methods:
            raise CannotFix("a count cannot lock rows")
        return f"{select}({func}.count()).select_from({query}.subquery())"
