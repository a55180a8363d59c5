"""Adding a requirement to a manifest without disturbing what stands there."""

import re
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any

from seawall.project.reading import line_end
from seawall.project.requirements import Requirement, normalise, parse


def add_requirement(text: str, path: Path, requirement: str) -> str:
    """The text of a manifest with one more requirement, such as `sqlalchemy[asyncio]>=2.0`.

    A distribution that is already there keeps its line and its version, and only gets the extras that it lacks. A
    manifest that cannot be read, or a requirement that names no distribution, leaves the text as it is. Which of the
    formats it is follows from the file's name: pyproject.toml, Pipfile, setup.cfg, environment.yml, or a requirements
    file.
    """
    wanted = parse(requirement)
    if wanted is None:
        return text
    requirement = requirement.strip()
    if path.name in ("pyproject.toml", "Pipfile"):
        return _toml(text, path.name, wanted, requirement)
    if path.name == "setup.cfg":
        return _setup_cfg(text, wanted, requirement)
    if path.suffix in (".yml", ".yaml"):
        return _conda(text, wanted, requirement)
    return _requirements(text, wanted, requirement)


def with_extras(written: str, extras: Iterable[str]) -> str:
    """A requirement as written, with these extras beside its own; spelling and everything else stay."""
    found = re.match(r"(\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\s*\[([^\]]*)\])?", written)
    if found is None:
        return written
    own = [extra.strip() for extra in (found[3] or "").split(",") if extra.strip()]
    missing = sorted(set(extras) - {normalise(extra) for extra in own})
    if not missing:
        return written
    return f"{found[1]}[{','.join([*own, *missing])}]{written[found.end() :]}"


def _requirements(text: str, wanted: Requirement, requirement: str) -> str:
    lines = re.split(r"(\r\n|\n|\r)", text)
    for index in range(0, len(lines), 2):
        line = lines[index]
        if line.lstrip().startswith(("-", "#")):
            continue
        here = parse(re.split(r"\s#|\s--|\\$", line)[0])
        if here is not None and here.name == wanted.name:
            lines[index] = with_extras(line, wanted.extras)
            return "".join(lines)
    return _appended(text, requirement)


def _appended(text: str, line: str) -> str:
    end = line_end(text)
    joint = "" if not text or text.endswith(("\n", "\r")) else end
    return f"{text}{joint}{line}{end}"


def _setup_cfg(text: str, wanted: Requirement, requirement: str) -> str:
    end = line_end(text)
    lines = re.split(r"(\r\n|\n|\r)", text)
    section, inside, last, indent = "", False, -1, "    "
    for index in range(0, len(lines), 2):
        line = lines[index]
        if header := re.match(r"\[(.+?)\]", line):
            section, inside = header[1].strip(), False
        elif section == "options" and re.match(r"install_requires\s*[=:]", line):
            inside, last = True, index
            line = re.sub(r"^install_requires\s*[=:]", "", line)
        elif not line[:1].isspace() and line.strip():
            inside = False
        here = parse(line) if inside and line.strip() and not line.lstrip().startswith("#") else None
        if here is not None:
            if here.name == wanted.name:
                old = line.strip()
                lines[index] = lines[index].replace(old, with_extras(old, wanted.extras))
                return "".join(lines)
            last = index
            indent = re.match(r"\s*", line)[0] or indent if line is lines[index] else indent  # type: ignore[index]
    if last >= 0:
        lines[last] += f"{end}{indent}{requirement}"
        return "".join(lines)
    if re.search(r"^\[options\]", text, re.MULTILINE):
        block = f"[options]{end}install_requires ={end}    {requirement}"
        return re.sub(r"^\[options\][^\r\n]*", lambda _: block, text, count=1, flags=re.MULTILINE)
    return _appended(text, f"{end if text else ''}[options]{end}install_requires ={end}    {requirement}")


def _conda(text: str, wanted: Requirement, requirement: str) -> str:
    """Under `pip:` if there is such a list, else at the end of `dependencies:`."""
    end = line_end(text)
    lines = re.split(r"(\r\n|\n|\r)", text)
    inside, last, indent = False, -1, "  "
    for index in range(0, len(lines), 2):
        line = lines[index]
        if re.match(r"[^\s#-]", line):
            inside = line.startswith("dependencies:")
            last = index if inside else last
        found = re.match(r"(\s*)-\s+([\"']?)(.+?)\2\s*$", line)
        if not inside or found is None:
            continue
        last, indent = index, found[1]
        if found[3].endswith(":"):
            indent = found[1] + "  "
            continue
        here = parse(re.split(r"[=<>! ]", found[3], maxsplit=1)[0])
        if here is not None and here.name == wanted.name:
            return text
    if last < 0:
        return _appended(text, f"dependencies:{end}  - {requirement}")
    lines[last] += f"{end}{indent}- {requirement}"
    return "".join(lines)


# ---------------------------------------------------------------- TOML


def _toml(text: str, file: str, wanted: Requirement, requirement: str) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        if file == "Pipfile":
            _into_table(document.setdefault("packages", tomlkit.table()), wanted, '"*"')
        elif "project" not in document and "poetry" in document.get("tool", {}):
            _into_table(document["tool"]["poetry"].setdefault("dependencies", tomlkit.table()), wanted, '"*"')
        else:
            project = document.setdefault("project", tomlkit.table())
            poetry = document.get("tool", {}).get("poetry", {}).get("dependencies")
            if "dependencies" not in project and poetry is not None:
                _into_table(poetry, wanted, '"*"')
            else:
                if "dependencies" not in project:
                    project["dependencies"] = tomlkit.array()
                _into_array(project["dependencies"], wanted, requirement)
        result = tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return text
    return result.replace("\n", "\r\n") if line_end(text) == "\r\n" and "\r\n" not in result else result


def _into_array(array: Any, wanted: Requirement, requirement: str) -> None:
    for index, item in enumerate(array):
        here = parse(str(item)) if isinstance(item, str) else None
        if here is not None and here.name == wanted.name:
            written = with_extras(str(item), wanted.extras)
            if written != str(item):
                array[index] = written
            return
    array.append(requirement)


def _into_table(table: MutableMapping[str, Any], wanted: Requirement, anything: str) -> None:
    import tomlkit

    for name, value in table.items():
        if normalise(name) != wanted.name:
            continue
        own = value.get("extras", []) if isinstance(value, MutableMapping) else []
        missing = sorted(wanted.extras - {normalise(str(extra)) for extra in own})
        if not missing:
            return
        if isinstance(value, MutableMapping):
            value["extras"] = [*own, *missing]
        else:
            table[name] = _details(str(value), missing)
        return
    version = wanted.specifier or anything.strip('"')
    if wanted.extras:
        table[wanted.name] = _details(version, sorted(wanted.extras))
    else:
        table[wanted.name] = tomlkit.string(version)


def _details(version: str, extras: list[str]) -> Any:
    import tomlkit

    details = tomlkit.inline_table()
    details["version"] = version
    details["extras"] = extras
    return details
