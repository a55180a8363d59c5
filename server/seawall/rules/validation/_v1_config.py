"""`class Config` of Pydantic 1, and the `model_config` that says the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Edit, Fix
from seawall.edits.imports import need
from seawall.edits.unused import tidied
from seawall.rules.base import File, Finding
from seawall.semantics.meanings.schema import MODEL
from seawall.syntax import Range, range_of

SETTINGS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings")

_RENAMED = {
    "allow_population_by_field_name": "populate_by_name",
    "anystr_lower": "str_to_lower",
    "anystr_strip_whitespace": "str_strip_whitespace",
    "anystr_upper": "str_to_upper",
    "keep_untouched": "ignored_types",
    "max_anystr_length": "str_max_length",
    "min_anystr_length": "str_min_length",
    "orm_mode": "from_attributes",
    "schema_extra": "json_schema_extra",
    "validate_all": "validate_default",
}
_WITHOUT_EFFECT = frozenset({"copy_on_model_validation", "smart_union", "underscore_attrs_are_private"})
_KEPT = frozenset({
    "alias_generator", "allow_inf_nan", "arbitrary_types_allowed", "extra", "from_attributes", "frozen", "hide_input_in_errors",
    "json_encoders", "json_schema_extra", "populate_by_name", "protected_namespaces", "revalidate_instances",
    "ser_json_bytes", "str_max_length", "str_min_length", "str_strip_whitespace", "str_to_lower", "str_to_upper", "strict",
    "title", "use_enum_values", "validate_assignment", "validate_default",
})  # fmt: skip
_OF_SETTINGS = frozenset({
    "case_sensitive", "env_file", "env_file_encoding", "env_nested_delimiter", "env_prefix", "secrets_dir", "env_ignore_empty",
})  # fmt: skip
_WIDTH = 88


def check_config(node: ast.ClassDef, file: File) -> Iterator[Finding]:
    if node.name != "Config":
        return
    scope = file.scan.scopes[node]
    if not scope.is_class or not file.index.is_subclass(file.names.absolute(scope), MODEL, *SETTINGS):
        return
    name = range_of(node)
    start = name.start_col + len("class ")
    place = Range(name.start_line, start, name.start_line, start + len("Config"))
    options = _options(node, file)
    fixes = [Fix("Write `model_config`", lambda: _written(node, options, file))] if options is not None else []
    yield file.finding(place, "`class Config` is Pydantic 1's, write `model_config`", *fixes)


def has_old_options(node: ast.ClassDef) -> bool:
    """Whether an option has the name that only Pydantic 1 knows."""
    names = {
        one.id for statement in node.body for one in getattr(statement, "targets", ()) if isinstance(one, ast.Name)
    }
    return bool(names & (_RENAMED.keys() | _WITHOUT_EFFECT | {"allow_mutation"}))


def _options(node: ast.ClassDef, file: File) -> list[tuple[ast.stmt, str, str]] | None:
    """Each statement with the option that it sets and the value's text; None if something has no like."""
    owner = file.names.absolute(file.scan.scopes[node])
    is_settings = file.index.is_subclass(owner, *SETTINGS)
    if node.decorator_list or node.keywords or _has_both(owner, file):
        return None
    if not all(_is_inherited_anyway(base, owner, file) for base in node.bases):
        return None
    found: list[tuple[ast.stmt, str, str]] = []
    for statement in node.body:
        match statement:
            case ast.Pass():
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                return None
        option = _option(name, value, is_settings, file)
        if option is None:
            return None
        found.append((statement, *option))
    names = [name for _, name, _ in found if name]
    return found if len(names) == len(set(names)) else None


def _has_both(owner: str, file: File) -> bool:
    own = file.index.resolve(f"{owner}.model_config")
    return own.fact is not None and own.name == f"{owner}.model_config"


def _is_inherited_anyway(base: ast.expr, owner: str, file: File) -> bool:
    """`class Config(Parent.Config)` in a model that derives from `Parent`, whose configuration Pydantic 2 merges."""
    if not isinstance(base, ast.Attribute) or base.attr != "Config":
        return isinstance(base, ast.Name) and base.id == "object"
    parent = file.qualname(base.value)
    return parent is not None and parent in file.index.mro(owner)[1:]


def _option(name: str, value: ast.expr, is_settings: bool, file: File) -> tuple[str, str] | None:
    """The option's new name, empty if it has no effect, and its value."""
    text = file.text(value)
    if name in _WITHOUT_EFFECT:
        return "", ""
    if name == "allow_mutation" and isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return "frozen", str(not value.value)
    if name == "extra" and isinstance(value, ast.Attribute):
        return ("extra", f'"{value.attr}"') if value.attr in ("allow", "forbid", "ignore") else None
    name = _RENAMED.get(name, name)
    return (name, text) if name in _KEPT or (is_settings and name in _OF_SETTINGS) else None


def _written(node: ast.ClassDef, options: list[tuple[ast.stmt, str, str]], file: File) -> Iterator[AnyEdit]:
    owner = file.names.absolute(file.scan.scopes[node])
    is_settings = file.index.is_subclass(owner, *SETTINGS)
    name = "pydantic_settings.SettingsConfigDict" if is_settings else "pydantic.ConfigDict"
    config = need(file, name)
    edits: list[AnyEdit] = list(config.edits)
    place = range_of(node)
    given = [f"{name}={text}" for _, name, text in options if name]
    line = f"model_config = {config.expression}({', '.join(given)})"
    after = file.item.text.split("\n")[place.end_line - 1].encode()[place.end_col :].decode(errors="replace")
    body = file.slice(Range(place.start_line, place.start_col, place.end_line, place.end_col))
    fits = place.start_col + len(line) <= _WIDTH and "\n" not in line
    is_one_line = place.start_line == place.end_line or ";" in body
    if not _has_comment(body + after) and (fits or is_one_line):
        edits.append(file.replace(node, line))
    else:
        edits += _line_by_line(node, options, config.expression, file)
    yield from tidied(file.current, edits, ["Extra"])


def _has_comment(text: str) -> bool:
    return "#" in text


def _line_by_line(
    node: ast.ClassDef, options: list[tuple[ast.stmt, str, str]], config: str, file: File
) -> Iterator[Edit]:
    """The same lines as arguments, so that comments stay where they are."""
    first = node.body[0]
    head = file.slice(Range(node.lineno, node.col_offset, first.lineno, first.col_offset))
    colon = head.index(":", head.rindex(")") if node.bases else 0)
    width = len(head[: colon + 1].encode())
    start = Range(node.lineno, node.col_offset, node.lineno, node.col_offset + width)
    yield file.replace(start, f"model_config = {config}(")
    for statement, name, text in options:
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        assert value is not None
        place = range_of(statement)
        if not name:
            rest = file.item.text.split("\n")[place.end_line - 1].encode()[place.end_col :].strip()
            whole = Range(place.start_line, 0, place.end_line + 1, 0)
            yield file.replace(place, "") if rest else file.replace(whole, "")
            continue
        if text == file.text(value):
            until = range_of(value)
            yield file.replace(Range(place.start_line, place.start_col, until.start_line, until.start_col), f"{name}=")
            yield file.insert_after(statement, ",")
        else:
            yield file.replace(statement, f"{name}={text},")
    for statement in node.body:
        if isinstance(statement, ast.Pass):
            yield file.replace(statement, "")
    indent = file.slice(Range(node.lineno, 0, node.lineno, node.col_offset))
    last = file.place(node).end_line
    lines = file.current.source.text.lines
    if last == len(lines) and not lines[-1].endswith(("\n", "\r")):
        end = len(lines[-1].encode())
        yield Edit(file.path, Range(last, end, last, end), f"\n{indent})")
    else:
        yield Edit(file.path, Range(last + 1, 0, last + 1, 0), f"{indent})\n")
