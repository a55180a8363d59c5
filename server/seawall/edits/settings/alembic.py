"""The database's URL out of `alembic.ini`: the environment has it, and the history's `env.py` reads it there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from seawall.edits.fix import AnyEdit, CannotFix, Edit
from seawall.edits.imports import need_all
from seawall.edits.settings.bearing import bear
from seawall.edits.settings.files import env_edits, env_folder
from seawall.edits.settings.module import Module
from seawall.project.dotenv import load_dotenv
from seawall.project.project import Project
from seawall.semantics.index import Index
from seawall.syntax import Range

_OPTION = "sqlalchemy.url"
_SETS = re.compile(r"""set_main_option\(\s*["']sqlalchemy\.url|\[["']sqlalchemy\.url["']\]\s*=""")


def move_url(ini: Path, place: Range, project: Project) -> list[AnyEdit]:
    """Empty the option in the ini file, and have `env.py` set it.

    Raises:
        CannotFix: it is another option, or `env.py` is not as Alembic makes it.
    """
    text = project.read(ini) or ""
    line = text.split("\n")[place.start_line - 1].encode()
    url = line[place.start_col : place.end_col].decode()
    if line[: place.start_col].decode().partition("=")[0].strip() != _OPTION:
        raise CannotFix(f"only `{_OPTION}` is known to be read by Alembic alone")
    module = _env(ini, text, project)
    made = next((one for one in module.tree.body if _takes_config(one)), None)
    if made is None or _SETS.search(str(module.text)):
        raise CannotFix("`env.py` takes the configuration in a way of its own")
    env_path = env_folder(ini, project) / ".env"
    value = url.replace("%%", "%")
    key = _key(env_path, value, project)
    loads = project.dependencies.declares("python-dotenv") or project.dependencies.declares("pydantic-settings")
    needed = need_all(module, ["os.environ", *(["dotenv.load_dotenv"] if loads else [])], before=made.lineno)
    assert isinstance(made, ast.Assign) and isinstance(made.targets[0], ast.Name)
    lines = f"{needed[1].expression}()\n" if loads else ""
    lines += f'{made.targets[0].id}.set_main_option("{_OPTION}", {needed[0].expression}["{key}"].replace("%", "%%"))\n'
    edits: list[AnyEdit] = [Edit(ini, place, "")]
    edits += [edit for one in needed for edit in one.edits]
    edits.append(module.insert_line((made.end_lineno or made.lineno) + 1, lines))
    edits += bear(env_path, key, project)
    return edits + env_edits(env_path, key, value, None, project)


def _key(env: Path, url: str, project: Project) -> str:
    """A variable that says this very URL already, or says nothing yet."""
    dotenv = load_dotenv(env, project.read)
    for key in ("DATABASE_URL", "ALEMBIC_DATABASE_URL"):
        entry = dotenv.get(key) if dotenv else None
        if entry is None or entry.value in ("", None, url):
            return key
    raise CannotFix("no free name for the variable")


def _env(ini: Path, text: str, project: Project) -> Module:
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
        location = parser.get("alembic", "script_location", fallback="alembic")
    except configparser.Error as error:
        raise CannotFix(f"`{ini.name}` cannot be read") from error
    path = ini.parent / location.replace("%(here)s", str(ini.parent)) / "env.py"
    module = Module.at(path, project, Index()) if ":" not in location else None
    if module is None:
        raise CannotFix("there is no `env.py` where the ini file says")
    return module


def _takes_config(statement: ast.stmt) -> bool:
    """`config = context.config`."""
    match statement:
        case ast.Assign(targets=[ast.Name()], value=ast.Attribute(value=ast.Name(id="context"), attr="config")):
            return True
    return False
