"""The field of a form or serializer for a key of a request: as the column that it becomes, or the number that is made of it."""

from __future__ import annotations

import ast
from typing import NamedTuple

from seawall.edits import CannotFix
from seawall.edits.settings.module import Module, path_of
from seawall.rules.base import File

_ALIKE = frozenset({
    "CharField", "SlugField", "EmailField", "URLField", "IntegerField", "FloatField", "BooleanField", "DateField",
    "DateTimeField", "TimeField", "DecimalField", "UUIDField",
})  # fmt: skip
"""Fields of models that forms and serializers have under the same name."""
_OTHERS = {
    "TextField": ("CharField", ()),
    "BigIntegerField": ("IntegerField", ()),
    "SmallIntegerField": ("IntegerField", ()),
    "PositiveIntegerField": ("IntegerField", ("min_value=0",)),
    "PositiveSmallIntegerField": ("IntegerField", ("min_value=0",)),
    "PositiveBigIntegerField": ("IntegerField", ("min_value=0",)),
    "ForeignKey": ("IntegerField", ()),
    "OneToOneField": ("IntegerField", ()),
}
_OF_NUMBERS = {"int": "IntegerField", "float": "FloatField", "Decimal": "DecimalField", "UUID": "UUIDField"}
_TEXTS = frozenset({"CharField", "SlugField", "EmailField", "URLField"})
_KEPT = ("max_length", "max_digits", "decimal_places")


class FieldOf(NamedTuple):
    """The class of a field and its arguments; whether there may be nothing, and an empty text."""

    name: str = "CharField"
    arguments: tuple[str, ...] = ()
    may_be_null: bool = False
    may_be_blank: bool = False

    @property
    def is_text(self) -> bool:
        return self.name in _TEXTS

    def of_form(self, *, is_required: bool) -> str:
        """An empty text is the same to a form as none, and so is a box that is not ticked."""
        may_be_missing = not is_required or self.may_be_null or self.may_be_blank or self.name == "BooleanField"
        return self._call(["required=False"] if may_be_missing else [])

    def of_serializer(self, *, is_required: bool) -> str:
        is_open = self.name == "DecimalField" and not self.arguments  # serializers want both said
        given = {
            "max_digits=None": is_open,
            "decimal_places=None": is_open,
            "required=False": not is_required,
            "allow_null=True": self.may_be_null,
            "allow_blank=True": self.may_be_blank and self.is_text,
        }
        return self._call([argument for argument, holds in given.items() if holds])

    def _call(self, more: list[str]) -> str:
        return f"{self.name}({', '.join((*self.arguments, *more))})"


def of_number(kind: str) -> FieldOf:
    return FieldOf(_OF_NUMBERS[kind])


def of_column(file: File, model: str, column: str, *, is_text: bool) -> FieldOf:
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
    null, blank = (any(one.arg == word and _is_true(one.value) for one in call.keywords) for word in ("null", "blank"))
    if name in _ALIKE:
        kept = [one for one in call.keywords if one.arg in _KEPT and isinstance(one.value, ast.Constant)]
        return FieldOf(name, tuple(ast.unparse(one) for one in kept), null, blank)
    if name in _OTHERS and not (name in ("ForeignKey", "OneToOneField") and not column.endswith("_id")):
        return FieldOf(*_OTHERS[name], null, blank)
    if is_text:
        return FieldOf()
    raise CannotFix(f"no field of a form is known for `{name}`")


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


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
