"""What the user asked for: `[tool.seawall]` of pyproject.toml, or `seawall.toml`, then the editor's and the CLI's word.

The nearest settings file going up from a folder applies, as with ruff: `.seawall.toml`, then `seawall.toml`, then a
`pyproject.toml` that has the table. Whatever is wrong in it becomes a `SettingsProblem`; everything else still applies.

Settings hold no paths of their own: relative globs are relative to `Loaded.folder`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from seawall.project.reading import Read, absolute, is_file, located, read_text
from seawall.project.selection import (
    ignored_in_file,
    is_fixable,
    per_file_ignores,
    selects,
    severity_of,
    unknown_selectors,
)

__all__ = [
    "DEFAULT_EXCLUDE",
    "FILE_NAMES",
    "SEVERITIES",
    "Loaded",
    "Option",
    "Settings",
    "SettingsProblem",
    "find",
    "ignored_in_file",
    "is_fixable",
    "load",
    "load_file",
    "merge",
    "options",
    "per_file_ignores",
    "selects",
    "severity_of",
    "unknown_selectors",
]

FILE_NAMES = (".seawall.toml", "seawall.toml", "pyproject.toml")
"""Settings files in order of precedence within one folder."""

SEVERITIES = ("error", "warning", "info", "hint", "off")

DEFAULT_EXCLUDE = (
    ".bzr", ".cache", ".devenv", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".hypothesis", ".idea",
    ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d", ".pixi", ".pyenv", ".pytest_cache", ".pytype",
    ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__", "__pypackages__", "_build", "buck-out", "build",
    "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip
"""Folders that are never looked into unless named. A folder that holds a `pyvenv.cfg` is left out whatever its name."""


class SettingsProblem(NamedTuple):
    """One thing wrong with the settings, said in one sentence without a trailing period."""

    message: str
    key: str | None = None
    """The key it is about, as written, such as `per-file-ignores`; None for the file as a whole."""
    line: int | None = None
    """From 1; None where it is not known."""
    source: Path | None = None
    """The file it stands in; None for what the editor or the command line said."""
    origin: str = "file"
    """`file`, or whatever `merge` was told, such as `editor`."""


class Doc(NamedTuple):
    """What a setting takes and means; stands beside it in `Settings`."""

    kind: str
    """`selectors`, `strings`, `string`, `bool`, `python-version`, `versions`, `severities` or `lists`."""
    text: str


Strings = tuple[str, ...]


class Settings(msgspec.Struct, frozen=True, rename="kebab"):
    """All settings, with their defaults. Immutable, comparable and picklable.

    TOML keys are the same names in kebab-case. A selector is a code (`SW101`), the start of one (`SW1`, `SW`), a
    category (`async-io`), a rule's name (`blocking-call-in-async`) or `ALL`; the more specific selector wins.
    """

    select: Annotated[Strings, Doc("selectors", "The rules to check.")] = ("ALL",)
    ignore: Annotated[Strings, Doc("selectors", "Rules not to check.")] = ()
    extend_select: Annotated[Strings, Doc("selectors", "Rules to check beside `select`.")] = ()
    extend_ignore: Annotated[Strings, Doc("selectors", "Rules not to check beside `ignore`.")] = ()
    per_file_ignores: Annotated[Mapping[str, Strings], Doc("lists", "Rules not to check in files, by glob.")] = {}
    extend_per_file_ignores: Annotated[Mapping[str, Strings], Doc("lists", "Added to `per-file-ignores`.")] = {}
    severity: Annotated[Mapping[str, str], Doc("severities", "By selector: error, warning, info, hint or off.")] = {}
    fixable: Annotated[Strings, Doc("selectors", "The rules whose fixes are offered.")] = ("ALL",)
    extend_fixable: Annotated[Strings, Doc("selectors", "Added to `fixable`.")] = ()
    unfixable: Annotated[Strings, Doc("selectors", "Rules whose fixes are not offered.")] = ()
    fix: Annotated[bool, Doc("bool", "Whether `seawall check` fixes without being told.")] = False
    unsafe_fixes: Annotated[bool, Doc("bool", "Whether bulk fixing applies fixes that may change behaviour.")] = False
    include: Annotated[Strings, Doc("strings", "Globs of the files to check.")] = ("*.py",)
    exclude: Annotated[Strings, Doc("strings", "Globs of files and folders to leave out.")] = DEFAULT_EXCLUDE
    extend_exclude: Annotated[Strings, Doc("strings", "Added to `exclude`.")] = ()
    force_exclude: Annotated[bool, Doc("bool", "Whether `exclude` also applies to files named explicitly.")] = False
    respect_gitignore: Annotated[bool, Doc("bool", "Whether files that git ignores are left out.")] = True
    src: Annotated[Strings, Doc("strings", "Folders that hold top-level packages; detected if empty.")] = ()
    target_python: Annotated[str | None, Doc("python-version", 'The oldest Python to support, such as "3.12".')] = None
    versions: Annotated[Mapping[str, str], Doc("versions", "Library versions to assume.")] = {}
    venv: Annotated[str | None, Doc("string", "The virtual environment's folder.")] = None
    python: Annotated[str | None, Doc("string", "The interpreter in use.")] = None
    cache_dir: Annotated[str | None, Doc("string", "Where to keep the cache.")] = None
    output_format: Annotated[str | None, Doc("string", "How `seawall check` prints findings.")] = None


class Option(NamedTuple):
    """One setting, for the settings page and for editors' schemas."""

    key: str
    """In kebab-case."""
    kind: str
    """As in `Doc`."""
    doc: str
    default: object


def options() -> Iterator[Option]:
    """Every setting, in the order of `Settings`."""
    defaults = Settings()
    for name, annotation in Settings.__annotations__.items():
        doc: Doc = annotation.__metadata__[0]
        yield Option(name.replace("_", "-"), doc.kind, doc.text, getattr(defaults, name))


_KINDS: Mapping[str, str] = {option.key: option.kind for option in options()}

_HINTS = {
    "target-version": "write `target-python` instead",
    "requires-python": "write `target-python` instead",
    "lint": "write its keys directly under the seawall table",
    "extends": "write `extend` instead",
    "disable": "write `ignore` instead",
    "enable": "write `select` instead",
    "tests": "use `per-file-ignores`",
}


class Loaded(NamedTuple):
    """Settings as found for a folder."""

    settings: Settings
    folder: Path
    """What relative globs are relative to: the settings file's folder, or where none is, the folder asked about."""
    source: Path | None = None
    """The settings file; None where defaults apply."""
    problems: tuple[SettingsProblem, ...] = ()
    extended: tuple[Path, ...] = ()
    """Further files that the settings came from, or should have, through `extend`."""


def find(folder: Path) -> Path | None:
    """The settings file that applies to a folder, or None. A pyproject.toml counts only if it has a seawall table."""
    found = _nearest(folder, read_text)
    return found[0] if found else None


def load(folder: Path, read: Read = read_text) -> Loaded:
    """The settings that apply to a folder. Never raises; what could not be read is in `problems`."""
    found = _nearest(folder, read)
    if found is None:
        return Loaded(Settings(), folder)
    source, text = found
    return load_file(source, read, text)


def load_file(source: Path, read: Read = read_text, text: str | None = None) -> Loaded:
    """The settings of one file, such as one named on the command line, whatever the file is called."""
    seen: list[Path] = []
    values, problems = _values(source, read, text, seen)
    return Loaded(_joined(Settings(), values, replace=True), source.parent, source, tuple(problems), tuple(seen[1:]))


def merge(
    settings: Settings, overrides: Mapping[str, object], origin: str = "editor"
) -> tuple[Settings, tuple[SettingsProblem, ...]]:
    """Settings with the editor's or the command line's on top, and what was wrong with those.

    Keys may be kebab-case, snake_case or camelCase; a value of None counts as not given; a list may also be one string
    with commas. `select` and `fixable` replace what was there and lift an ignore of the very same selector; `ignore`,
    `unfixable` and every `extend-...` add; tables are joined key by key; anything else replaces.
    """
    values: dict[str, object] = {}
    problems: list[SettingsProblem] = []
    for name, value in overrides.items():
        if value is None:
            continue
        key = _kebab(str(name))
        checked, wrong = _checked(key, value, lenient=True)
        problems += [SettingsProblem(message, str(name), origin=origin) for message, _ in wrong]
        if checked is not None:
            values[key] = checked
    return _joined(settings, values, replace=False), tuple(problems)


# ---------------------------------------------------------------- finding and reading a file


def _nearest(folder: Path, read: Read) -> tuple[Path, str | None] | None:
    start = absolute(folder)
    for place in (start, *start.parents):
        for name in FILE_NAMES:
            path = place / name
            text = read(path)
            if text is None:
                if name != "pyproject.toml" and is_file(path):
                    return path, None
            elif name != "pyproject.toml" or _has_table(text):
                return path, text
    return None


def _has_table(text: str) -> bool:
    if "seawall" not in text:
        return False
    from seawall.project import toml_file

    return "seawall" in toml_file.table(toml_file.parse(text).data, "tool") or bool(
        re.search(r"^\s*\[+\s*tool\s*\.\s*seawall\b", text, re.MULTILINE)
    )


def _values(
    source: Path, read: Read, text: str | None, seen: list[Path]
) -> tuple[dict[str, object], list[SettingsProblem]]:
    """The checked values of a file, with those of the file that it extends below them."""
    from seawall.project import toml_file

    seen.append(source)
    text = read(source) if text is None else text
    if text is None:
        return {}, [SettingsProblem(f"`{source.name}` cannot be read, so defaults apply", source=source)]
    parsed = toml_file.parse(text)
    problems = [
        SettingsProblem(f"`{source.name}` is not valid TOML: {error.message}", None, error.line, source)
        for error in parsed.errors
    ]
    if source.name == "pyproject.toml":
        prefix: tuple[str, ...] = ("tool", "seawall")
        data = toml_file.table(parsed.data, "tool").get("seawall", {})
    else:
        prefix, data = (), parsed.data
    if not isinstance(data, Mapping):
        message = f"`tool.seawall` must be a table, not {_what(data)}"
        return {}, [*problems, SettingsProblem(message, None, toml_file.line_of(text, prefix), source)]

    values: dict[str, object] = {}
    own: dict[str, object] = {}
    for key, value in data.items():
        if key == "extend":
            base, wrong = _extended(source, read, value, seen)
            values.update(base)
            line = toml_file.line_of(text, (*prefix, key))
            problems += [p if p.source else p._replace(line=line, source=source) for p in wrong]
            continue
        checked, complaints = _checked(key, value)
        for message, below in complaints:
            line = toml_file.line_of(text, (*prefix, key, *below))
            problems.append(SettingsProblem(message, key, line, source))
        if checked is not None:
            own[key] = checked
    return values | own, problems


def _extended(
    source: Path, read: Read, value: object, seen: list[Path]
) -> tuple[dict[str, object], list[SettingsProblem]]:
    if not isinstance(value, str) or "\0" in value:
        return {}, [SettingsProblem(f"`extend` must be the path of a settings file, not {_what(value)}", "extend")]
    target = located(source.parent, value)
    if target in seen:
        return {}, [SettingsProblem(f"`extend` leads back to `{target.name}`, so it is ignored", "extend")]
    text = read(target)
    if text is None:
        seen.append(target)
        return {}, [SettingsProblem(f"`extend` names `{value}`, which cannot be read", "extend")]
    return _values(target, read, text, seen)


# ---------------------------------------------------------------- checking values

Complaints = list[tuple[str, tuple[str, ...]]]
"""Messages, each with the keys below the setting that it is about."""


def _checked(key: str, value: object, lenient: bool = False) -> tuple[object | None, Complaints]:
    """What of a value can be used, or None, and what cannot."""
    kind = _KINDS.get(key)
    if kind is None:
        return None, [(f"unknown setting `{_shown(key)}`{_suggestion(key)}", ())]
    if kind in ("selectors", "strings"):
        return _strings(key, value, lenient)
    if kind == "bool":
        return (value, []) if isinstance(value, bool) else _wrong(key, "true or false", value)
    if kind == "string":
        return (value, []) if isinstance(value, str) and value.strip() else _wrong(key, "a string", value)
    if kind == "python-version":
        version = _python_version(value)
        return (version, []) if version else _wrong(key, 'a version in quotes such as "3.12"', value)
    if not isinstance(value, Mapping):
        return _wrong(key, "a table", value)
    return _table(key, kind, value, lenient)


def _table(key: str, kind: str, value: Mapping[object, object], lenient: bool) -> tuple[object | None, Complaints]:
    good: dict[str, object] = {}
    complaints: Complaints = []
    for name, entry in value.items():
        name = str(name)
        shown = _shown(f"{key}.{name}")
        if kind == "lists":
            checked, wrong = _strings(shown, entry, lenient)
            complaints += [(message, (name,)) for message, _ in wrong]
            if checked is not None:
                good[name] = checked
        elif kind == "severities":
            if isinstance(entry, str) and entry.lower() in SEVERITIES:
                good[name] = entry.lower()
            else:
                near = _near(entry, SEVERITIES) if isinstance(entry, str) else ""
                complaints.append(
                    (f"`{shown}` must be one of {', '.join(SEVERITIES)}, not {_what(entry)}{near}", (name,))
                )
        elif isinstance(entry, str) and re.fullmatch(r"\d+(\.\d+)*", entry.strip()):
            good[re.sub(r"[-_.]+", "-", name).lower()] = entry.strip()
        else:
            complaints.append((f'`{shown}` must be a version in quotes such as "2.0", not {_what(entry)}', (name,)))
    return good, complaints


def _strings(key: str, value: object, lenient: bool) -> tuple[object | None, Complaints]:
    if lenient and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip()), []
    if not isinstance(value, list | tuple):
        return _wrong(key, "a list of strings", value)
    good = tuple(item.strip() for item in value if isinstance(item, str) and item.strip())
    bad = [item for item in value if not isinstance(item, str) or not item.strip()]
    return good, [(f"`{key}` must hold strings only, and {_what(item)} is none", ()) for item in bad]


def _python_version(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    if found := re.fullmatch(r"py(\d)(\d+)", text) or re.fullmatch(
        r"(?:>=|==|~=)?\s*(\d)\.(\d+)(?:\.\d+)?(?:\.\*)?", text
    ):
        return f"{found[1]}.{int(found[2][:4])}"
    return None


def _wrong(key: str, expected: str, value: object) -> tuple[None, Complaints]:
    return None, [(f"`{key}` must be {expected}, not {_what(value)}", ())]


def _what(value: object) -> str:
    """A value as a person would call it, never in full: settings may hold anything."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if 0 < len(value.strip()) <= 40 and value.isprintable() else "a string like this"
    if isinstance(value, float):
        return f"the number {value}"
    if isinstance(value, int):
        return f"the number {value}" if abs(value) < 10**12 else "a number"
    if value is None:
        return "nothing"
    return "a table" if isinstance(value, Mapping) else "a list" if isinstance(value, Sequence) else "a value like this"


def _shown(key: str) -> str:
    """A key fit for a message of one line."""
    return "".join(char if char.isprintable() else "?" for char in key[:80])


def _suggestion(key: str) -> str:
    if hint := _HINTS.get(key):
        return f", {hint}"
    return _near(_kebab(key), (*_KINDS, "extend"))


def _near(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word[:80], list(known), n=1, cutoff=0.7)
    return f", did you mean `{close[0]}`" if close else ""


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).replace("_", "-").lower()


# ---------------------------------------------------------------- joining


def _joined(settings: Settings, values: Mapping[str, object], replace: bool) -> Settings:
    changes: dict[str, Any] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        old = getattr(settings, name)
        if not replace and isinstance(value, Mapping):
            value = {**old, **value}
        elif (
            not replace and isinstance(value, tuple) and (name in ("ignore", "unfixable") or name.startswith("extend_"))
        ):
            value = (*old, *(item for item in value if item not in old))
        changes[name] = value
    if not replace:
        if "select" in changes:
            changes.setdefault("extend_select", ())
            _lift(settings, changes, values, "select", "ignore", "extend_ignore")
        if "fixable" in changes:
            changes.setdefault("extend_fixable", ())
            _lift(settings, changes, values, "fixable", "unfixable")
    return msgspec.structs.replace(settings, **changes)


def _lift(settings: Settings, changes: dict[str, Any], values: Mapping[str, object], chosen: str, *names: str) -> None:
    """Whoever selects exactly what the file ignores wants it, unless the very same word ignores it again."""
    for name in names:
        again = values.get(name.replace("_", "-"), ())
        again = again if isinstance(again, tuple) else ()
        kept = changes.get(name, getattr(settings, name))
        changes[name] = tuple(item for item in kept if item in again or item not in changes[chosen])
