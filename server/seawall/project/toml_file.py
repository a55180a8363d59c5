"""TOML that may be half typed: what can be read of it, and which lines cannot."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from seawall.patterns import pattern

_PLACE = pattern(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_HEADER = pattern(r"\s*\[{1,2}\s*([^\[\]#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = pattern(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)\s*=""")
_PART = pattern(r"""[\w-]+|"[^"\n]*"|'[^'\n]*'""")
_TRIES = 8


class TomlError(NamedTuple):
    """A line that is not TOML; lines count from 1, None where the parser names no line."""

    message: str
    line: int | None


class Toml(NamedTuple):
    """What a text holds, and what is wrong with it."""

    data: dict[str, Any]
    errors: tuple[TomlError, ...] = ()


def parse(text: str) -> Toml:
    """Reads TOML without ever raising.

    A line that cannot be read is reported and left out, a few times over; a text that still cannot be read gives no
    data. So a table that is being typed does not take the others with it.
    """
    import tomllib

    errors: list[TomlError] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for _ in range(_TRIES):
        try:
            return Toml(tomllib.loads("\n".join(lines)), tuple(errors))
        except tomllib.TOMLDecodeError as error:
            message = str(error)
        except (ValueError, RecursionError, OverflowError):
            return Toml({}, (*errors, TomlError("a value is too large or too deeply nested", None)))
        place = _PLACE.search(message)
        line = int(place[1]) if place and place[1] else _last_line(lines)
        plain = _PLACE.sub("", message)
        errors.append(TomlError(plain[:1].lower() + plain[1:], line))
        if not 1 <= line <= len(lines) or not lines[line - 1].strip():
            break
        lines[line - 1] = ""
    return Toml({}, tuple(errors))


def _last_line(lines: Sequence[str]) -> int:
    return next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 1)


def table(data: object, *keys: str) -> dict[str, Any]:
    """The table at a path of keys, or an empty one if anything else stands there."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return dict(data) if isinstance(data, Mapping) else {}


def line_of(text: str, keys: Sequence[str]) -> int | None:
    """The line, from 1, that sets the key at this path, or that opens the innermost table found on the way to it.

    Good for pointing at something: a key inside an inline table gets the line of that table.
    """
    wanted, best, depth = tuple(keys), None, 0
    prefix: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            prefix = path = _split(header[1])
        elif found := _KEY.match(line):
            path = prefix + _split(found[1])
        else:
            continue
        if len(path) > depth and wanted[: len(path)] == path:
            best, depth = number, len(path)
            if depth == len(wanted):
                break
    return best


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
