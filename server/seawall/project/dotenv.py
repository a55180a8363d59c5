"""`.env` files: what they set and where, and how to add a line to one.

Values are kept out of `repr` and of every message: they are secrets until proved otherwise.
"""

import io
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from seawall.patterns import pattern
from seawall.project.reading import Read, absolute, line_end, looked_at, read_text
from seawall.project.settings import DEFAULT_EXCLUDE

_EXAMPLE = pattern(r"(?:^|[._-])(?:example|sample|template|tpl|tmpl|dist|default|defaults)(?:$|[._-])", re.IGNORECASE)
_NAME = pattern(r"\.env(?:[._-].*)?|env[._-](?:example|sample|template|dist)|[\w.-]+\.env", re.IGNORECASE)
_PLAIN = pattern(r"[A-Za-z0-9_./:@%+=,^-]*")
_DEPTH = 2


class Entry(NamedTuple):
    """One `KEY=value`. Its `repr` hides the value."""

    key: str
    value: str | None
    """As written once quotes and escapes are undone, variables not expanded; None for a key without `=`."""
    line: int
    """Where the key stands, from 1."""
    end_line: int
    """Where the value ends: values in quotes may span lines."""
    exported: bool

    def __repr__(self) -> str:
        return f"Entry(key={self.key!r}, line={self.line})"


class DotenvFile:
    """One `.env` file."""

    def __init__(self, path: Path, text: str) -> None:
        """Nothing is parsed before it is asked for."""
        self.path = path
        self.text = text

    def __repr__(self) -> str:
        return f"DotenvFile({self.path.name!r})"

    @property
    def is_example(self) -> bool:
        """Whether the file only shows which keys there are, and belongs into the repository."""
        return is_example(self.path.name)

    @cached_property
    def _parsed(self) -> tuple[tuple[Entry, ...], tuple[int, ...]]:
        return parse(self.text)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the file sets, in its order, repeated keys included."""
        return self._parsed[0]

    @property
    def bad_lines(self) -> tuple[int, ...]:
        """Lines, from 1, that cannot be read."""
        return self._parsed[1]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys that the file sets."""
        return frozenset(entry.key for entry in self.entries)

    def get(self, key: str) -> Entry | None:
        """The entry that counts for a key: the last one. Case matters only if an exact match exists."""
        exact = [entry for entry in self.entries if entry.key == key]
        found = exact or [entry for entry in self.entries if entry.key.lower() == key.lower()]
        return found[-1] if found else None

    @property
    def has_values(self) -> bool:
        """Whether any key has a value that is not empty."""
        return any(entry.value for entry in self.entries)


def is_env_name(name: str) -> bool:
    """Whether a file's name says that it is a `.env` file, example files included."""
    return _NAME.fullmatch(name) is not None


def is_example(name: str) -> bool:
    """Whether a `.env` file's name says that it holds no real values."""
    return is_env_name(name) and _EXAMPLE.search(name) is not None


def parse(text: str) -> tuple[tuple[Entry, ...], tuple[int, ...]]:
    """The entries of a text, and the lines that cannot be read, both from 1. Never raises."""
    from dotenv.parser import parse_stream

    entries: list[Entry] = []
    bad: list[int] = []
    try:
        for binding in parse_stream(io.StringIO(text, newline="")):
            source = binding.original.string
            blank = source[: len(source) - len(source.lstrip())]
            line = binding.original.line + _line_ends(blank)
            if binding.error:
                bad.append(line)
            elif binding.key is not None:
                end = binding.original.line + _line_ends(source.rstrip())
                exported = source.lstrip().startswith("export ") or source.lstrip().startswith("export\t")
                entries.append(Entry(binding.key, binding.value, line, end, exported))
    except (ValueError, RecursionError):
        bad.append(1)
    return tuple(entries), tuple(bad)


def _line_ends(text: str) -> int:
    return len(re.findall(r"\r\n|\n|\r", text))


def load_dotenv(path: Path, read: Read = read_text) -> DotenvFile | None:
    """One `.env` file, or None where there is none to read."""
    text = read(path)
    return None if text is None else DotenvFile(path, text)


def dotenv_files(root: Path, read: Read = read_text) -> tuple[DotenvFile, ...]:
    """The `.env` files in a folder and two levels below it, `.env` itself first. Example files are among them."""
    paths = sorted(_env_paths(absolute(root), 0), key=lambda path: (len(path.parts), path.name != ".env", path))
    return tuple(file for path in paths if (file := load_dotenv(path, read)) is not None)


def _env_paths(folder: Path, depth: int) -> Iterator[Path]:
    looked_at.add(os.fspath(folder))
    try:
        with os.scandir(folder) as scanned:
            entries = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in scanned)
    except (OSError, ValueError):
        return
    if depth and any(name == "pyvenv.cfg" for name, _ in entries):
        return
    for name, is_dir in entries:
        if not is_dir and is_env_name(name):
            yield folder / name
        elif is_dir and depth < _DEPTH and name not in DEFAULT_EXCLUDE and not name.startswith("."):
            yield from _env_paths(folder / name, depth + 1)


# ---------------------------------------------------------------- adding a line


def append(text: str, key: str, value: str | None) -> str:
    """The text of a `.env` file with `KEY=value` at its end, or with `KEY=` for None, as example files have it.

    Line ends, an `export ` before each key, spaces around `=` and the kind of quotes are kept as the file has them. A
    key that is already set stays as it is, in whatever case: the text comes back unchanged.
    """
    entries, _ = parse(text)
    if any(entry.key.lower() == key.lower() for entry in entries):
        return text
    end = line_end(text)
    joint = "" if not text or text.endswith(("\n", "\r")) else end
    export = "export " if entries and all(entry.exported for entry in entries) else ""
    equals = " = " if entries and not export and _is_spaced(text) else "="
    written = "" if value is None else quoted(value, _prefers_double(text))
    return f"{text}{joint}{export}{key}{equals if written else equals.rstrip()}{written}{end}"


def quoted(value: str, double: bool = False) -> str:
    """A value as a `.env` file takes it: bare where that is safe for python-dotenv, shells and compose alike."""
    if _PLAIN.fullmatch(value):
        return value
    if not re.search(r"[\r\n\t\f\v'\\]", value) and not (double and not re.search(r'["$`]', value)):
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for char, name in (("\n", "n"), ("\r", "r"), ("\t", "t"), ("\f", "f"), ("\v", "v")):
        escaped = escaped.replace(char, f"\\{name}")
    return f'"{escaped}"'


def _is_spaced(text: str) -> bool:
    spaced = len(re.findall(r"^[ \t]*\w+ = ", text, re.MULTILINE))
    return spaced > len(re.findall(r"^[ \t]*\w+=", text, re.MULTILINE))


def _prefers_double(text: str) -> bool:
    return text.count('="') + text.count('= "') >= max(1, text.count("='") + text.count("= '"))
