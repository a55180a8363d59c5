"""How the project's own formatters and linters want its code to look."""

from collections.abc import Iterator

from seawall.project import toml_file
from seawall.project.project import Project

_SECTIONS = ("flake8", "pycodestyle", "isort", "settings", "tool:isort")
_KEYS = ("max-line-length", "max_line_length", "line_length", "line-length")


def line_length(project: Project) -> int | None:
    """How long lines may be, if the settings of a formatter or linter say so."""
    return next(_lengths(project), None)


def _lengths(project: Project) -> Iterator[int]:
    import configparser

    for name, tables in (
        ("ruff.toml", ((),)),
        (".ruff.toml", ((),)),
        ("pyproject.toml", (("tool", "ruff"), ("tool", "black"), ("tool", "yapf"), ("tool", "isort"))),
    ):
        data = toml_file.parse(project.read(project.root / name) or "").data
        for keys in tables:
            found = toml_file.table(data, *keys)
            yield from (value for key in _KEYS if isinstance(value := found.get(key), int) and value > 0)
    for name in ("setup.cfg", "tox.ini", ".flake8", ".isort.cfg"):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string(project.read(project.root / name) or "")
        except configparser.Error:
            continue
        for section in _SECTIONS:
            values = (parser.get(section, key, fallback="") for key in _KEYS)
            yield from (int(value) for value in values if value.isdecimal() and int(value))
