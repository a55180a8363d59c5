"""Requirement lines (PEP 508) and `requirements.txt` files as pip reads them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seawall.patterns import pattern
from seawall.project.reading import Read, absolute

if TYPE_CHECKING:
    from packaging.version import Version

_NAME = pattern(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$", re.DOTALL)
_EGG = pattern(r"[#&]egg=([A-Za-z0-9._-]+)")
_WHEEL = pattern(r"(?:^|/)([A-Za-z0-9.]+(?:_[A-Za-z0-9.]+)*)-(\d[\w.!+]*)-[\w.]+-[\w.]+-[\w.]+\.whl")
_OPTION = pattern(r"\s--?[A-Za-z][\w-]*[= ].*$", re.DOTALL)
_INCLUDE = pattern(r"(?:-r|--requirement|-c|--constraint)(?:\s*=\s*|\s+|(?=[^-\s]))(.+)$")
_CLAUSE = pattern(r"\s*(===|==|~=|>=|<=|!=|>|<|\^|~|=)?\s*v?([0-9][\w.!+-]*?)(\.\*)?\s*$")


class Requirement(NamedTuple):
    """One declared dependency."""

    name: str
    """Normalised (PEP 503)."""
    specifier: str = ""
    """As written: `>=2,<3`, or poetry's `^2.0`; empty for any version."""
    extras: frozenset[str] = frozenset()
    marker: str = ""
    source: Path | None = None
    line: int | None = None
    """From 1; None where it is not known."""
    group: str = ""
    """The optional group or extra that it belongs to; empty for what is always needed."""
    is_constraint: bool = False
    """From a `-c` file: says which version, but not that it is needed."""


def normalise(name: str) -> str:
    """A distribution's name as PEP 503 writes it: `SQLAlchemy_Utils` is `sqlalchemy-utils`."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def parse(text: str, source: Path | None = None, line: int | None = None, group: str = "") -> Requirement | None:
    """One requirement such as `uvicorn[standard]>=0.30; python_version > "3.8"`, a URL or a path with a name in it.

    None for what names no distribution. What follows a name is not validated: a half-typed version is still a name.
    """
    text = text.strip()
    if "://" in text.split("@", 1)[0] or text.startswith((".", "/", "file:")):
        if found := _EGG.search(text):
            return Requirement(normalise(found[1]), "", frozenset(), "", source, line, group)
        if wheel := _WHEEL.search(text):
            return Requirement(normalise(wheel[1]), f"=={wheel[2]}", frozenset(), "", source, line, group)
        return None
    found = _NAME.match(text)
    if found is None:
        return None
    rest, _, marker = found[3].partition(";")
    rest = rest.strip()
    if rest.startswith("@"):
        rest = f"=={wheel[2]}" if (wheel := _WHEEL.search(rest)) else ""
    elif rest and rest[0] not in "=<>!~^(*":
        return None
    extras = frozenset(normalise(extra) for extra in (found[2] or "").split(",") if extra.strip())
    return Requirement(normalise(found[1]), rest.strip("() ").replace("*", "") if rest == "*" else rest.strip("() "),
                       extras, marker.strip(), source, line, group)  # fmt: skip


def read_requirements(path: Path, read: Read, text: str | None = None) -> Iterator[Requirement]:
    """What a requirements file asks for, through its `-r` and `-c` lines, each file once, all in this file's group."""
    yield from _read(absolute(path), read, text, False, set(), group_of(path))


def _read(
    path: Path, read: Read, text: str | None, constraint: bool, seen: set[Path], group: str
) -> Iterator[Requirement]:
    if path in seen or len(seen) > 100:
        return
    seen.add(path)
    text = read(path) if text is None else text
    for number, line in logical_lines(text or ""):
        if line.startswith("-"):
            if (found := _INCLUDE.match(line)) and "://" not in found[1] and "\0" not in found[1]:
                target = absolute(path.parent / found[1].strip().strip("\"'"))
                is_constraint = constraint or line.startswith(("-c", "--constraint"))
                yield from _read(target, read, None, is_constraint, seen, group)
                continue
            line = re.sub(r"^(?:-e|--editable)[\s=]+", "", line)
            if line.startswith("-"):
                continue
        requirement = parse(_OPTION.sub("", line), path, number, group)
        if requirement is not None:
            yield requirement._replace(is_constraint=constraint)


def group_of(path: Path) -> str:
    """The group that a requirements file's name stands for: `requirements-dev.txt` is `dev`."""
    stem = path.stem.lower()
    group = re.sub(r"^requirements?[-_.]?|[-_.]?requirements?$", "", stem)
    return "" if group in ("", "base", "common", "main", "prod", "production") else group


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where they end in a backslash, each with the number of its first, from 1."""
    start, joined = 0, ""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        start = start or number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        whole = re.sub(r"(^|\s)#.*$", "", joined + line).strip()
        if whole:
            yield start, whole
        start, joined = 0, ""
    if joined.strip():
        yield start, re.sub(r"(^|\s)#.*$", "", joined).strip()


def version_of(text: str) -> "Version | None":
    """A version, or None for what is none (PEP 440)."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except (InvalidVersion, TypeError, ValueError):
        return None


def bound(specifier: str) -> "Version | None":
    """The version to assume for a specifier: what it pins, else its lower bound, else one just below its upper bound.

    So `~=2.0` is 2.0, `^1.4` is 1.4, and `<2` is a 1.x later than any released; None for `!=1.0` and for any version.
    """
    lower = lower_bound(specifier)
    if lower is not None:
        return lower
    upper = [
        version if operator == "<=" else _just_below(version) for operator, version in _clauses(specifier, ("<=", "<"))
    ]
    return min((version for version in upper if version is not None), default=None)


def lower_bound(specifier: str) -> "Version | None":
    """The oldest version that a specifier names as allowed (for `>1.4` that is 1.4), or None if it names none."""
    named = _clauses(specifier, ("==", "===", "=", ">=", ">", "~=", "~", "^"))
    return max((version for _, version in named), default=None)


def _clauses(specifier: str, operators: Iterable[str]) -> "list[tuple[str, Version]]":
    found: list[tuple[str, Version]] = []
    for clause in re.split(r"[,\s]+(?=[=<>!~^])|,", specifier.split("||")[0]):
        if (parts := _CLAUSE.match(clause)) and (version := version_of(parts[2])) is not None:
            operator = parts[1] or "=="
            if operator in operators:
                found.append((operator, version))
    return found


def _just_below(version: "Version") -> "Version | None":
    release = list(version.release)
    while release and release[-1] == 0:
        release.pop()
    if not release:
        return None
    return version_of(".".join(map(str, [*release[:-1], release[-1] - 1, 99999])))


def applies(marker: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a marker holds here, or with what `environment` says instead; True if it cannot be read."""
    if not marker:
        return True
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        return Marker(marker).evaluate({"extra": "", **(environment or {})})
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, ValueError, TypeError, KeyError):
        return True


def parsed(texts: object, source: Path, text: str, group: str = "") -> Iterator[Requirement]:
    """The requirements in a list of a manifest, each with the line of the manifest that quotes it."""
    for item in texts if isinstance(texts, Iterable) and not isinstance(texts, str | Mapping) else ():
        if isinstance(item, str) and (requirement := parse(item, source, None, group)) is not None:
            yield requirement._replace(line=quoted_line(text, item))


def quoted_line(text: str, quoted: str) -> int | None:
    """The first line, from 1, with these very words."""
    at = text.find(quoted)
    return None if at < 0 else text.count("\n", 0, at) + 1
