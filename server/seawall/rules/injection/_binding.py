"""Binding the values in SQL text as parameters, in the way of the call that takes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from seawall.edits import CannotFix, Edit, Fix, Safety
from seawall.edits.imports import need
from seawall.knowledge.sql import BINDLESS, Style
from seawall.rules.base import File
from seawall.rules.injection._places import takes_value
from seawall.rules.injection._tainted import is_harmless_value, tainted
from seawall.rules.injection._template import Template, read_template
from seawall.semantics.meanings.sql_call import HOLE, SqlCall
from seawall.semantics.types import Instance, options
from seawall.semantics.view import keyword

_IN = re.compile(r"\b(?P<not>not\s+)?in\s*(?P<open>\()\s*\Z", re.I)
_TYPED = re.compile(r"\b(?:interval|date|time|timestamp|timestamptz|escape)\s*\Z|[\w$]\Z", re.I)
_NAMED = re.compile(r"(?<![:\w]):(\w+)")
_NUMBER = re.compile(r"\$(\d+)")
_EXECUTING = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars"})


@dataclass(slots=True)
class Bound:
    """Characters that a placeholder replaces, and the expression that is bound to it."""

    first: int
    last: int
    value: str
    node: ast.expr
    is_quoted: bool
    operator: str = ""
    """For a list: what stands before the placeholder, `= ANY(` or nothing where the placeholder itself expands."""
    is_list: bool = False
    placeholder: str = ""


@dataclass(slots=True)
class Plan:
    """How a call's text is to be bound."""

    sql: SqlCall
    template: Template
    bound: list[Bound]


def bind_fixes(sql: SqlCall, file: File) -> Iterator[Fix]:
    """The fix that binds every value, if each of them stands where a value may stand."""
    plan = _plan(sql, file)
    if plan is None or file.item.broken or _arguments(plan, file) is None:
        return
    certain = all(one.is_quoted or _is_number(one.node, file) for one in plan.bound)
    names = ", ".join(f"`{one.value}`" for one in plan.bound[:3])
    yield Fix(
        f"Bind {names} as a parameter" if len(plan.bound) == 1 else f"Bind {names} as parameters",
        lambda: _edits(plan, file),
        Safety.SAFE if certain else Safety.UNSAFE,
        "" if certain else "the value is bound as the type that it has here, which the column must take",
    )


def _plan(sql: SqlCall, file: File) -> Plan | None:
    if sql.sink.style is Style.OTHER or (isinstance(sql.call.func, ast.Attribute) and sql.call.func.attr in BINDLESS):
        return None
    node = _text_node(sql, file)
    template = read_template(file, node) if node is not None else None
    if template is None:
        return None
    bound = _bound(template, sql, file)
    return Plan(sql, template, bound) if bound else None


def _text_node(sql: SqlCall, file: File) -> ast.expr | None:
    """The string expression: the argument itself, or what its variable is set to for this use alone."""
    statement = sql.statement
    if not isinstance(statement, ast.Name):
        return statement
    bindings = file.names.bindings(statement)
    uses = [
        node
        for node in file.scan.nodes[ast.Name]
        if isinstance(node, ast.Name) and node.id == statement.id and file.function(node) is file.function(statement)
    ]
    if len(bindings) != 1 or len(uses) != 2:
        return None
    match file.parent(bindings[0]):
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
            return value
    return None


# -- what is bound ----------------------------------------------------------------------------------------------------


def _bound(template: Template, sql: SqlCall, file: File) -> list[Bound] | None:
    text = template.text
    if "$$" in text:
        return None
    unsafe = {one.value for one in tainted(sql, file)}
    found: list[Bound] = []
    number = 0
    at = 0
    while at < len(template.chars):
        char = template.chars[at].text
        if char == "-" and text.startswith("--", _position(template, at)):
            while at < len(template.chars) and template.chars[at].text != "\n":
                if template.chars[at].text == HOLE:
                    return None
                at += 1
            continue
        if char in ("'", '"', "`"):
            close = next((n for n in range(at + 1, len(template.chars)) if template.chars[n].text == char), None)
            if close is None:
                return None
            holes = [n for n in range(at, close) if template.chars[n].text == HOLE]
            if holes:
                one = _quoted(template, at, close, number, len(holes), file) if char == "'" else None
                if one is None:
                    return None
                found.append(one)
                number += len(holes)
            at = close + 1
            continue
        if char == HOLE:
            value = template.values[number]
            number += 1
            listed = _listed(template, at, value.node, sql, file)
            if listed is not None:
                found.append(listed)
                at = listed.last + 1
                continue
            bare = _bare(template, at, value.node, file)
            if bare is not None:
                found.append(bare)
            elif value.node in unsafe or not _may_stay(template, value.node, file) or value.written:
                return None
        at += 1
    return found


def _position(template: Template, at: int) -> int:
    return sum(len(char.text) for char in template.chars[:at])


def _may_stay(template: Template, node: ast.expr, file: File) -> bool:
    """Whether a value may stay in the text: a constant, or a number where no parameter can stand."""
    return not template.tails and (file.literal(node) is not None or is_harmless_value(node, file))


def _quoted(template: Template, first: int, last: int, number: int, count: int, file: File) -> Bound | None:
    """`'%{q}%'` as one value."""
    before = "".join(char.text for char in template.chars[:first])
    after = template.chars[last + 1].text if last + 1 < len(template.chars) else ""
    if _TYPED.search(before[-24:]) or after in ("'", ":"):
        return None
    inner = template.chars[first + 1 : last]
    values = template.values[number : number + count]
    if len(inner) == 1:
        value = values[0]
        text = f'f"{value.written}"' if value.written else file.text(value.node)
        return Bound(first, last, text, value.node, True) if "\n" not in text else None
    pieces, waiting = [], list(values)
    for char in inner:
        if char.text == HOLE:
            value = waiting.pop(0)
            pieces.append(value.written or f"{{{file.text(value.node)}}}")
        elif "\\" in char.text or "\n" in char.text:
            return None
        else:
            pieces.append(char.text.replace("{", "{{").replace("}", "}}"))
    text = "".join(pieces)
    quote = "'" if '"' in text else '"'
    if quote in text or "\n" in text:
        return None
    return Bound(first, last, f"f{quote}{text}{quote}", values[0].node, True)


def _bare(template: Template, at: int, node: ast.expr, file: File) -> Bound | None:
    """A value that stands for itself, with no quotes around."""
    before = "".join(char.text for char in template.chars[:at])
    after = "".join(char.text for char in template.chars[at + 1 : at + 3])
    if file.literal(node) is not None or re.match(r"[\w.(:]", after):
        return None
    text = file.text(node)
    if takes_value(before) and "\n" not in text:
        return Bound(at, at, text, node, False)
    return None


def _listed(template: Template, at: int, node: ast.expr, sql: SqlCall, file: File) -> Bound | None:
    """`IN ({",".join(ids)})` as one list."""
    before = "".join(char.text for char in template.chars[:at])
    match = _IN.search(before)
    close = at + 1
    while close < len(template.chars) and template.chars[close].text.isspace():
        close += 1
    if match is None or len(before) != at or "".join(char.text for char in template.chars[close : close + 1]) != ")":
        return None
    items = _items(node)
    if items is None or "\n" in (text := file.text(items[0])):
        return None
    if sql.sink.style in (Style.TEXT, Style.NAMED):
        if sql.sink.style is Style.NAMED or sql.name != "sqlalchemy.text":
            return None
        return Bound(match.start("open"), close, text, items[0], items[1], is_list=True)
    if sql.sink.style is Style.NUMERIC or sql.name.startswith("psycopg"):
        operator = "<> ALL(" if match["not"] else "= ANY("
        return Bound(match.start(), close, text, items[0], items[1], operator, True)
    return None


def _items(node: ast.expr) -> tuple[ast.expr, bool] | None:
    """The collection whose items a join puts between commas, and whether it quotes them."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(comma)), attr="join"), args=[joined]):
            pass
        case _:
            return None
    if comma.strip() != ",":
        return None
    match joined:
        case ast.Name() | ast.Attribute():
            return joined, False
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id="str"), inner]):
            return inner, False
        case ast.GeneratorExp(elt=element, generators=[one]) | ast.ListComp(elt=element, generators=[one]):
            if one.ifs or one.is_async or not isinstance(one.target, ast.Name):
                return None
            item = one.target.id
            match element:
                case ast.Name(id=name) | ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=name)]) if name == item:
                    return one.iter, False
                case ast.JoinedStr(
                    values=[
                        ast.Constant(value="'"),
                        ast.FormattedValue(value=ast.Name(id=name)),
                        ast.Constant(value="'"),
                    ]
                ) if name == item:
                    return one.iter, True
    return None


def _is_number(node: ast.expr, file: File) -> bool:
    found = options(file.type_of(node))
    return bool(found) and all(isinstance(one, Instance) and one.cls != "builtins.str" for one in found)


# -- how it is written ------------------------------------------------------------------------------------------------


def _edits(plan: Plan, file: File) -> list[Edit]:
    arguments = _arguments(plan, file)
    if arguments is None:
        raise CannotFix("the call's parameters are not written out")
    template, style = plan.template, plan.sql.sink.style
    edits = list(arguments)
    covered: set[int] = set()
    for one in plan.bound:
        chars = template.chars[one.first : one.last + 1]
        covered.update(range(one.first, one.last + 1))
        glue = next((char.glue for char in reversed(chars) if char.glue), "")
        edits.append(file.replace(template.range(chars[0].start, chars[-1].end), f"{_written(one)}{glue}"))
    kept = _kept_fields(plan)
    for literal in template.literals:
        if literal.fields and not kept & set(literal.fields):
            prefix = literal.start + literal.opening.lower().index("f")
            edits.append(file.replace(template.range(prefix, prefix + 1), ""))
    for number, char in enumerate(template.chars):
        if number in covered or char.text not in ("{", "}", "%"):
            continue
        doubled = char.end - char.start == 2
        if char.text == "%":
            wanted = style is Style.FORMAT and (not _given(plan) or bool(template.tails))
            if wanted and not doubled:
                edits.append(file.replace(template.range(char.start, char.end), "%%"))
            elif doubled and style is not Style.FORMAT:
                edits.append(file.replace(template.range(char.start, char.end), "%"))
        elif doubled and not any(
            literal.start <= char.start < literal.end and kept & set(literal.fields) for literal in template.literals
        ):
            edits.append(file.replace(template.range(char.start, char.end), char.text))
    edits.extend(file.replace(template.range(*tail), "") for tail in template.tails)
    return edits


def _written(one: Bound) -> str:
    return f"{one.operator}{one.placeholder})" if one.operator else one.placeholder


def _kept_fields(plan: Plan) -> set[int]:
    """The numbers of the holes that stay."""
    bound: set[int] = set()
    number = 0
    spans = [range(one.first, one.last + 1) for one in plan.bound]
    for at, char in enumerate(plan.template.chars):
        if char.text == HOLE:
            if any(at in span for span in spans):
                bound.add(number)
            number += 1
    return set(range(number)) - bound


def _given(plan: Plan) -> ast.expr | None:
    """The parameters that the call is given already."""
    call = plan.sql.call
    if len(call.args) > 1:
        return call.args[1]
    for name in ("params", "parameters", "values", "vars", "args", "query_params"):
        if (value := keyword(call, name)) is not None:
            return value
    return None


def _arguments(plan: Plan, file: File) -> list[Edit] | None:
    """The edits that hand the values over; sets each placeholder. None if the call does not allow it."""
    match plan.sql.sink.style:
        case Style.TEXT:
            return _text_arguments(plan, file)
        case Style.NAMED:
            return _dict_argument(plan, file, plan.sql.call)
        case Style.NUMERIC:
            return _further_arguments(plan, file)
        case Style.FORMAT | Style.QMARK:
            return _tuple_argument(plan, file)
    return None


def _name_placeholders(plan: Plan) -> dict[str, str]:
    """A name for each bound expression."""
    taken = set(_NAMED.findall(plan.template.text))
    names: dict[str, str] = {}
    for one in plan.bound:
        if one.value not in names:
            stem = _stem(one.node)
            name, count = stem, 1
            while name in taken:
                count += 1
                name = f"{stem}_{count}"
            taken.add(name)
            names[one.value] = name
        one.placeholder = f":{names[one.value]}"
    return {name: value for value, name in names.items()}


def _stem(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attr):
            return attr
        case ast.Attribute(value=value, attr=attr):
            return f"{_stem(value)}_{attr}" if isinstance(value, (ast.Name, ast.Attribute)) else attr
        case ast.Subscript(slice=ast.Constant(value=str(key))) if key.isidentifier():
            return key
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(key)), *_]) if key.isidentifier():
            return key
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as value)):
            return _stem(value)
        case ast.Call(args=[inner]):
            return _stem(inner)
    return "value"


def _text_arguments(plan: Plan, file: File) -> list[Edit] | None:
    """`text("... :name")` and the dict of the execute around it, else `.bindparams(name=name)`."""
    call = plan.sql.call
    if plan.sql.name == "sqlalchemy.text":
        around = file.parent(call)
        match around:
            case ast.Call(func=ast.Attribute(attr=attr), args=[first, *_]) if attr in _EXECUTING and first is call:
                return _expanding(plan, file, _dict_argument(plan, file, around))
        if any(one.is_list for one in plan.bound):
            return None
        names = _name_placeholders(plan)
        values = ", ".join(f"{name}={value}" for name, value in names.items())
        return [file.insert_after(call, f".bindparams({values})")]
    added = _dict_argument(plan, file, call)
    if added is None:
        return None
    needed = need(file, "sqlalchemy.text")
    statement = plan.sql.statement
    return [
        *needed.edits,
        file.insert_before(statement, f"{needed.expression}("),
        *_before_inserts(file.insert_after(statement, ")"), added),
    ]


def _expanding(plan: Plan, file: File, edits: list[Edit] | None) -> list[Edit] | None:
    """Lists need a parameter that expands."""
    names = dict.fromkeys(one.placeholder[1:] for one in plan.bound if one.is_list)
    if edits is None or not names:
        return edits
    needed = need(file, "sqlalchemy.bindparam")
    made = ", ".join(f'{needed.expression}("{name}", expanding=True)' for name in names)
    return [*needed.edits, file.insert_after(plan.sql.call, f".bindparams({made})"), *edits]


def _before_inserts(close: Edit, added: list[Edit]) -> list[Edit]:
    """The parenthesis stands before what is added at the same place."""
    return [close, *added]


def _dict_argument(plan: Plan, file: File, call: ast.Call) -> list[Edit] | None:
    names = _name_placeholders(plan)
    entries = ", ".join(f'"{name}": {value}' for name, value in names.items())
    given = call.args[1] if len(call.args) > 1 else None
    for name in ("params", "parameters", "values"):
        given = given or keyword(call, name)
    if given is None:
        if len(call.args) != 1 or isinstance(call.args[0], ast.Starred):
            return None
        return [file.insert_after(call.args[0], f", {{{entries}}}")]
    if not isinstance(given, ast.Dict):
        return None
    present = {key.value for key in given.keys if isinstance(key, ast.Constant)}
    if present & names.keys():
        return None
    if not given.values:
        return [file.replace(given, f"{{{entries}}}")]
    return [file.insert_after(given.values[-1], f", {entries}")]


def _further_arguments(plan: Plan, file: File) -> list[Edit] | None:
    call = plan.sql.call
    if any(isinstance(argument, ast.Starred) for argument in call.args) or not call.args:
        return None
    used = max((int(number) for number in _NUMBER.findall(plan.template.text)), default=0)
    if used != len(call.args) - 1:
        return None
    numbers: dict[str, int] = {}
    for one in plan.bound:
        number = numbers.setdefault(one.value, used + len(numbers) + 1)
        one.placeholder = f"${number}"
    return [file.insert_after(call.args[-1], f", {', '.join(numbers)}")]


def _tuple_argument(plan: Plan, file: File) -> list[Edit] | None:
    """A tuple with the values in the order of their places."""
    sign = "%s" if plan.sql.sink.style is Style.FORMAT else "?"
    for one in plan.bound:
        one.placeholder = sign
    call, given = plan.sql.call, _given(plan)
    values = [one.value for one in plan.bound]
    if given is None:
        if len(call.args) != 1 or isinstance(call.args[0], ast.Starred):
            return None
        is_django = plan.sql.name.startswith("django.")
        written = f"[{', '.join(values)}]" if is_django else f"({', '.join(values)}{',' if len(values) == 1 else ''})"
        return [file.insert_after(call.args[0], f", {written}")]
    if not isinstance(given, (ast.Tuple, ast.List)) or not given.elts or plan.template.tails:
        return None
    text = plan.template.text
    if text.count(sign) != len(given.elts):
        return None
    edits: list[Edit] = []
    for one in plan.bound:
        before = "".join(char.text for char in plan.template.chars[: one.first]).count(sign)
        if before < len(given.elts):
            edits.append(file.insert_before(given.elts[before], f"{one.value}, "))
        else:
            edits.append(file.insert_after(given.elts[-1], f", {one.value}"))
    return edits
