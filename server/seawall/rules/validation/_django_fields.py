"""The field of a form or serializer for a key of a request: as the column that it becomes, or the number that is made of it."""

from __future__ import annotations

import ast

from seawall.edits import CannotFix
from seawall.edits.settings.module import Module, path_of
from seawall.rules.base import File

_ALIKE = frozenset({
    "CharField", "SlugField", "EmailField", "URLField", "IntegerField", "FloatField", "BooleanField", "DateField",
    "DateTimeField", "TimeField", "DecimalField", "UUIDField",
})  # fmt: skip
"""Fields of models that forms and serializers have under the same name."""
_OTHERS = {
    "TextField": "CharField()",
    "BigIntegerField": "IntegerField()",
    "SmallIntegerField": "IntegerField()",
    "PositiveIntegerField": "IntegerField(min_value=0)",
    "PositiveSmallIntegerField": "IntegerField(min_value=0)",
    "PositiveBigIntegerField": "IntegerField(min_value=0)",
    "ForeignKey": "IntegerField()",
    "OneToOneField": "IntegerField()",
}
_OF_NUMBERS = {"int": "IntegerField()", "float": "FloatField()", "Decimal": "DecimalField()", "UUID": "UUIDField()"}
_KEPT = ("max_length", "max_digits", "decimal_places")
_TEXT = "CharField()"


def of_number(kind: str) -> str:
    return _OF_NUMBERS[kind]


def of_column(file: File, model: str, column: str, *, is_text: bool) -> str:
    """The field that takes what the column takes.

    Raises:
        CannotFix: nobody knows what that is.
    """
    call = _declared(file, model, column)
    name = call.func.attr if call is not None and isinstance(call.func, ast.Attribute) else ""
    if call is not None and isinstance(call.func, ast.Name):
        name = call.func.id
    if call is None or any(one.arg == "choices" for one in call.keywords):
        raise CannotFix(f"what `{column}` takes is not written in its model")
    if name in _ALIKE:
        kept = [one for one in call.keywords if one.arg in _KEPT and isinstance(one.value, ast.Constant)]
        return f"{name}({', '.join(ast.unparse(one) for one in kept)})"
    if name in _OTHERS and not (name in ("ForeignKey", "OneToOneField") and not column.endswith("_id")):
        return _OTHERS[name]
    if is_text:
        return _TEXT
    raise CannotFix(f"no field of a form is known for `{name}`")


def _declared(file: File, model: str, column: str) -> ast.Call | None:
    """The call that declares a column, as it is written in the model or one of its bases."""
    for base in file.index.mro(model):
        module, name = file.index.split(base)
        path = path_of(module, file.project) if module else None
        found = Module.at(path, file.project, file.index) if path is not None else None
        node = found.class_node(name) if found is not None else None
        for statement in node.body if node is not None else ():
            match statement:
                case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as call) if target in (
                    column, column.removesuffix("_id"),
                ):  # fmt: skip
                    return call
    return None
