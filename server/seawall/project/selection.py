"""Which rules the settings choose, how severe they are, and where they are ignored.

A selector is `ALL`, the start of a code, a code, a category or a rule's name. Of several that fit, the most specific
decides; between equals, the one that takes away does.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from seawall.project.globs import compiled

if TYPE_CHECKING:
    from seawall.project.settings import Settings, SettingsProblem


class Rule(NamedTuple):
    """What selectors can say of a rule; a plain tuple of the three does as well."""

    code: str
    name: str
    category: str


_CATEGORY, _EXACT = 3, 9


def specificity(selector: str, code: str, name: str, category: str) -> int:
    """How closely a selector names a rule: 0 if it does not, 1 for `ALL`, up to 9 for its code or name."""
    if selector in (code, name) or selector.upper() == code:
        return _EXACT
    if selector.upper() == "ALL":
        return 1
    if selector == category:
        return _CATEGORY
    prefix = selector.upper()
    return len(prefix) if len(prefix) >= 2 and code.startswith(prefix) else 0


def selects(settings: "Settings", code: str, name: str = "", category: str = "") -> bool:
    """Whether a rule is to be checked at all: selected, not ignored, and not of severity `off`."""
    if severity_of(settings, code, name, category) == "off":
        return False
    chosen = _closest((*settings.select, *settings.extend_select), code, name, category)
    return chosen > _closest((*settings.ignore, *settings.extend_ignore), code, name, category)


def is_fixable(settings: "Settings", code: str, name: str = "", category: str = "") -> bool:
    """Whether a rule's fixes may be offered."""
    chosen = _closest((*settings.fixable, *settings.extend_fixable), code, name, category)
    return chosen > _closest(settings.unfixable, code, name, category)


def severity_of(settings: "Settings", code: str, name: str = "", category: str = "") -> str | None:
    """The severity that the settings give a rule (error, warning, info, hint or off), or None to keep its own."""
    best, severity = 0, None
    for selector, value in settings.severity.items():
        closeness = specificity(selector, code, name, category)
        if closeness > best:
            best, severity = closeness, value
    return severity


def per_file_ignores(settings: "Settings", path: Path, folder: Path) -> tuple[str, ...]:
    """The selectors ignored in one file.

    Patterns without `/` are compared with the file's name, others with its path relative to `folder` (the settings'
    folder); one that starts with `!` means every file that it does not match.
    """
    if not settings.per_file_ignores and not settings.extend_per_file_ignores:
        return ()
    absolute = path.as_posix()
    try:
        relative = path.relative_to(folder).as_posix()
    except ValueError:
        relative = absolute.lstrip("/")
    found: dict[str, None] = {}
    for table in (settings.per_file_ignores, settings.extend_per_file_ignores):
        for pattern, selectors in table.items():
            negated = pattern.startswith("!")
            globs = compiled((pattern.removeprefix("!"),))
            if globs.match_with_parents(relative, absolute) is not negated:
                found.update(dict.fromkeys(selectors))
    return tuple(found)


def ignored_in_file(
    settings: "Settings", path: Path, folder: Path, code: str, name: str = "", category: str = ""
) -> bool:
    """Whether `per-file-ignores` switches a rule off in a file."""
    ignores = per_file_ignores(settings, path, folder)
    return any(specificity(selector, code, name, category) for selector in ignores)


def unknown_selectors(
    settings: "Settings", rules: Iterable[tuple[str, str, str]], source: Path | None = None, text: str | None = None
) -> tuple["SettingsProblem", ...]:
    """A problem for each selector that fits none of the rules, given as (code, name, category).

    With the text of the settings file, each problem has the first line that quotes the selector.
    """
    from seawall.project.settings import SettingsProblem

    known = [Rule(*rule) for rule in rules]
    problems: list[SettingsProblem] = []
    for key, selector in _all_selectors(settings):
        if selector.upper() == "ALL" or any(specificity(selector, *rule) for rule in known):
            continue
        message = f"`{key}` names `{selector[:80]}`, which is no rule{_suggestion(selector, known)}"
        problems.append(SettingsProblem(message, key, _quoted_line(text, selector), source))
    return tuple(problems)


def _closest(selectors: Iterable[str], code: str, name: str, category: str) -> int:
    return max((specificity(selector, code, name, category) for selector in selectors), default=0)


def _all_selectors(settings: "Settings") -> Iterable[tuple[str, str]]:
    for field in ("select", "extend_select", "ignore", "extend_ignore", "fixable", "extend_fixable", "unfixable"):
        for selector in getattr(settings, field):
            yield field.replace("_", "-"), selector
    for selector in settings.severity:
        yield "severity", selector
    for field in ("per_file_ignores", "extend_per_file_ignores"):
        table: Mapping[str, tuple[str, ...]] = getattr(settings, field)
        for selectors in table.values():
            for selector in selectors:
                yield field.replace("_", "-"), selector


def _suggestion(selector: str, rules: Iterable[Rule]) -> str:
    from difflib import get_close_matches

    words = {word.lower(): word for rule in rules for word in rule}
    close = get_close_matches(selector[:80].lower(), list(words), n=1, cutoff=0.7)
    return f", did you mean `{words[close[0]]}`" if close else ""


def _quoted_line(text: str | None, selector: str) -> int | None:
    if text is None:
        return None
    wanted = re.compile(rf"""(?:["']|^\s*){re.escape(selector)}(?:["']|\s*=)""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if wanted.search(line)), None)
