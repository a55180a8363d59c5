"""A variable of the environment that the settings read: a field that is there, or a new one."""

from __future__ import annotations

import ast
from typing import NamedTuple

from seawall.edits.fix import AnyEdit, CannotFix
from seawall.edits.imports import need
from seawall.edits.settings.files import env_folder, example_edits
from seawall.edits.settings.naming import GENERIC
from seawall.edits.settings.recipe import Place, Placed, access_to, home_of
from seawall.edits.settings.shape import Shape


class Variable(NamedTuple):
    """What is read: its name, the type that the code takes it for, and the default as code; empty: it must be there."""

    name: str
    annotation: str = "str"
    default: str = ""


def read_variable(file: Place, use: ast.AST, variable: Variable) -> Placed:
    """Have the settings read a variable for a place in a file.

    Raises:
        CannotFix: there are no settings that the place can use, or they take the variable for something else.
    """
    home = home_of(file, use)
    if home is None:
        raise CannotFix("the module cannot import the settings")
    shape = home.shape
    access = access_to(file, use, home.settings)
    own = shape.field_of(variable.name)
    if own is not None:
        return Placed(f"{access.expression}.{own}{_unwrapped(shape.fields[own], variable)}", [*access.edits])
    name = _field_name(shape, variable.name)
    if shape.is_taken(name) or shape.splits(variable.name):
        raise CannotFix(f"the settings have another field `{name}`")
    edits: list[AnyEdit] = [*access.edits]
    value = f" = {variable.default}" if variable.default else ""
    if shape.key(name).lower() != variable.name.lower() or (
        shape.is_case_sensitive and shape.key(name) != variable.name
    ):
        field = need(shape.module, "pydantic.Field")
        edits += field.edits
        default = f"{variable.default}, " if variable.default else ""
        value = f' = {field.expression}({default}validation_alias="{variable.name}")'
    annotation, suffix = variable.annotation, ""
    if variable.annotation == "SecretStr":
        secret = need(shape.module, "pydantic.SecretStr")
        edits += secret.edits
        annotation, suffix = secret.expression, ".get_secret_value()"
    edits.append(shape.add_field(f"{name}: {annotation}{value}"))
    env_path = shape.env_path(env_folder(file.path, file.project), file.project)
    edits += example_edits(env_path, variable.name, file.project)
    return Placed(f"{access.expression}.{name}{suffix}", list(dict.fromkeys(edits)))


def _field_name(shape: Shape, variable: str) -> str:
    """The variable's name without the prefix that the class adds, written as the fields are."""
    prefix = shape.prefix
    name = variable[len(prefix) :] if prefix and variable.lower().startswith(prefix.lower()) else variable
    name = name if shape.is_upper else name.lower()
    if not name.isidentifier() or name.lower() in GENERIC or name.startswith("model_"):
        raise CannotFix(f"`{name}` cannot be the name of a field")
    return name


def _unwrapped(field: ast.AnnAssign, variable: Variable) -> str:
    """How to get from a field that is there to what the code takes the variable for."""
    annotation = ast.unparse(field.annotation)
    wanted = "str" if variable.annotation == "SecretStr" else variable.annotation
    if annotation.removesuffix(" | None") == wanted.removesuffix(" | None"):
        return ""
    if annotation == "SecretStr" and wanted.startswith("str"):
        return ".get_secret_value()"
    raise CannotFix(f"the settings take the variable for `{annotation}`")
