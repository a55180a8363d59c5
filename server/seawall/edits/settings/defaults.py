"""Another default for a value that is written down elsewhere: a settings field, a variable, a read of the environment."""

from __future__ import annotations

import ast
from collections.abc import Callable

from seawall.edits.fix import AnyEdit, CannotFix
from seawall.edits.settings.files import env_edits, env_folder
from seawall.edits.settings.module import Module, path_of
from seawall.edits.settings.recipe import Place
from seawall.edits.settings.shape import shape_of
from seawall.project.dotenv import load_dotenv

_FIELDS = frozenset({"Field", "field"})


def change_default(
    file: Place, origin: str, changed: Callable[[ast.expr], str], said: tuple[str, str] | None = None
) -> list[AnyEdit]:
    """Give the value of an absolute name another default.

    Args:
        file: the code that uses the value.
        origin: the variable, or the field of a class.
        changed: the new default as code, made of the old one.
        said: what `.env` and the example file are to say, where it is a field of a settings class that reads one.

    Raises:
        CannotFix: there is no such default any more.
    """
    module_name, rest = file.index.split(origin)
    opened = {file.module: Module(file.path, file.module, str(file.current.source.text), file.index)}
    module = opened.get(module_name)
    if module is None:
        path = path_of(module_name, file.project) if module_name else None
        module = Module.at(path, file.project, file.index) if path else None
    value = _value(module, rest) if module else None
    if module is None or value is None:
        raise CannotFix("the default is not there any more")
    opened[module_name] = module
    default = default_in(value)
    code = changed(default)
    edits: list[AnyEdit] = [module.replace(default, code)]
    owner, _, name = rest.rpartition(".")
    if owner and said is not None:
        shape = shape_of(f"{module_name}.{owner}", file.index, file.project, opened)
        if shape is not None and name in shape.fields and shape.loader is None:
            env_path = shape.env_path(env_folder(file.path, file.project), file.project)
            key = shape.key(name)
            if code[0] in "\"'":  # of a field that is a text, the default itself
                said = (ast.literal_eval(code),) * 2
            edits += shape.configure(load_dotenv(env_path, file.project.read), key)
            edits += env_edits(env_path, key, said[0], said[1], file.project)
    return edits


def change_scheme(file: Place, owner: str, variable: str, code: str) -> list[AnyEdit]:
    """Give a variable another default where its reader is made: `env = Env(DEBUG=(bool, True))`.

    Raises:
        CannotFix: it is not declared there any more.
    """
    module_name, name = file.index.split(owner)
    path = file.path if module_name == file.module else path_of(module_name, file.project)
    module = Module.at(path, file.project, file.index) if path else None
    made = module.constant(name) if module is not None else None
    for keyword in made.keywords if isinstance(made, ast.Call) else ():
        if keyword.arg == variable and isinstance(keyword.value, ast.Tuple) and module is not None:
            return [module.replace(keyword.value.elts[-1], code)]
    raise CannotFix("the default is not there any more")


def default_in(value: ast.expr) -> ast.expr:
    """The part of a value that holds where nobody says otherwise: of `getenv("A", "b").split(",")` the `"b"`."""
    match value:
        case ast.Call(args=[ast.Constant(value=str(text)), *others], keywords=keywords) if text.isupper():
            for keyword in keywords:
                if keyword.arg == "default":
                    return keyword.value
            if others:
                return others[0]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords) if (
            name in _FIELDS
        ):
            for keyword in keywords:
                if keyword.arg == "default":
                    return keyword.value
                if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
                    return keyword.value.body
            if args:
                return args[0]
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner)):
            return default_in(inner)
        case ast.Call(func=ast.Name(), args=[inner, *_]):
            return default_in(inner)
        case ast.ListComp(generators=[ast.comprehension(iter=inner)]) | ast.Compare(left=inner):
            return default_in(inner)
        case ast.BoolOp(op=ast.Or(), values=[*_, last]):
            return last
    return value


def _value(module: Module, path: str) -> ast.expr | None:
    """The value that a module gives to a variable, or a class in it to a field."""
    owner, _, name = path.rpartition(".")
    node: ast.AST | None = module.class_node(owner) if owner else module.tree
    for statement in ast.walk(node) if node is not None else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                return value
    return None
