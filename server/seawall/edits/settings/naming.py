"""What a setting is called: a name that is free in the class and in `.env`, or the one that the value has already."""

from __future__ import annotations

import ast

import msgspec

from seawall.edits.fix import CannotFix
from seawall.edits.settings.shape import Shape
from seawall.project.dotenv import DotenvFile, Entry

GENERIC = frozenset({"password", "token", "secret", "key", "pwd", "passwd", "credentials", "authorization"})
_UNTELLING = frozenset(
    {"main", "app", "__init__", "__main__", "settings", "config", "utils", "core", "base", "constants"}
)


class Setting(msgspec.Struct, frozen=True):
    """What is wanted: a field of this name, and what `.env` is to say. The value shows in no message."""

    name: str
    value: str
    annotation: str = "SecretStr"
    default: str = ""
    """The field's default as code; without one the field is required."""
    example: str | None = None
    """What `.env.example` says; by default the key alone."""

    @property
    def is_secret(self) -> bool:
        return self.annotation == "SecretStr"

    def __repr__(self) -> str:
        return f"Setting({self.name!r})"


def choose_name(shape: Shape, dotenv: DotenvFile | None, setting: Setting, module: str) -> tuple[str, bool]:
    """The field's name, and whether the class has it already with this very value."""
    for entry in dotenv.entries if dotenv and setting.is_secret and len(setting.value) >= 8 else ():
        own = shape.field_of(entry.key)
        if entry.value == setting.value and own is not None and _is_text(shape.fields[own]):
            return own, True
    topic = setting.name.rpartition("_")[2]
    for own, statement in shape.fields.items() if setting.annotation == "list[str]" else ():
        if (
            topic in own.lower()
            and ast.unparse(statement.annotation).lower().startswith("list[")
            and _is_fit(statement)
        ):
            return own, True
    last = module.rpartition(".")[2]
    context = last.lower() if last not in _UNTELLING else "app"
    wanted = setting.name
    names = [] if wanted in GENERIC else [wanted]
    names += [f"{context}_{wanted}", *(f"{wanted}_{number}" for number in range(2, 20))]
    for name in names:
        name = f"setting_{name}" if name.startswith("model_") or not name.isidentifier() else name
        name = name.upper() if shape.is_upper else name
        key = next(iter(shape.keys(name)), None)
        if key is None:
            continue
        said = dotenv.get(key) if dotenv else None
        taken = shape.is_taken(name)
        if taken is not None:
            statement = shape.fields[taken]
            if not setting.is_secret and ast.unparse(statement.annotation) == setting.annotation and _is_fit(statement):
                return taken, True
            if setting.is_secret and statement.value is None and _is_text(statement) and may_be(said, setting):
                return taken, True
        elif name.lower() not in shape.others and may_be(said, setting) and not shape.splits(key):
            return name, False
    raise CannotFix("no free name for the setting")


def may_be(entry: Entry | None, setting: Setting) -> bool:
    """Whether a line of `.env` can be the setting's: not there, without a value, or with this very one."""
    return entry is None or entry.value in (setting.value, "", None)


def _is_fit(statement: ast.AnnAssign) -> bool:
    """Whether a field's default is not itself what is to be got rid of."""
    written = ast.unparse(statement.value) if statement.value is not None else ""
    return "'*'" not in written and written != "True"


def _is_text(statement: ast.AnnAssign) -> bool:
    return ast.unparse(statement.annotation).rpartition(".")[2] in ("SecretStr", "str")
