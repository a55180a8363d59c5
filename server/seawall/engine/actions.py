"""What can be done about the findings at a place: fixes, and comments that ignore them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from seawall.edits import AnyEdit, CannotFix, Edit, Fix, Safety
from seawall.engine.fix import offered, text_of
from seawall.engine.located import Located
from seawall.engine.suppress import comment_line
from seawall.engine.workspace import Workspace
from seawall.patterns import pattern
from seawall.syntax import Range

_IGNORE = pattern(r"#\s*seawall\s*:\s*ignore\s*\[(?P<codes>[^\]\n]*)\]", re.IGNORECASE)
_NOQA = pattern(r"#\s*noqa\s*:\s*(?P<codes>SW\d+(?:[\s,]+[A-Z]+\d+)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Action:
    """Something to offer. `make` gives the edits; it raises `CannotFix` where it turns out that there are none."""

    title: str
    kind: str
    found: Located
    make: Callable[[], Iterable[AnyEdit]]
    fix: Fix | None = None
    """The rule's fix, if this is one."""
    is_preferred: bool = False


def actions_for(workspace: Workspace, found: Iterable[Located], place: Range) -> list[Action]:
    """What can be done about those findings that a range touches: first the fixes of all, then the comments."""
    here = [one for one in found if one.range.overlaps(place)]
    fixes = [action for one in here for action in _fixes(workspace, one)]
    return fixes + [action for one in here if (action := _ignore(workspace, one)) is not None]


def _fixes(workspace: Workspace, one: Located) -> Iterator[Action]:
    is_first = True
    for fix in offered(workspace, one):
        is_preferred = is_first and fix.safety is Safety.SAFE and fix.kind.startswith("quickfix")
        is_first = is_first and not is_preferred
        yield Action(fix.title, fix.kind, one, fix.make, fix, is_preferred)


# ---------------------------------------------------------------- ignoring


def _ignore(workspace: Workspace, one: Located) -> Action | None:
    if one.path not in workspace.documents:
        return None
    return Action(f"Ignore {one.code} on this line", "quickfix", one, lambda: [ignoring(workspace, one)])


def ignoring(workspace: Workspace, one: Located) -> Edit:
    """The edit that switches a finding off where it stands: in a comment that is there already, or in a new one."""
    text = text_of(workspace, one.path)
    joined = "".join(line.rstrip("\r\n") + "\n" for line in text.lines)
    last = comment_line(joined, one.range.end_line)
    for number in dict.fromkeys((last, one.range.start_line)):
        line = text.line(number)
        for known in (_IGNORE, _NOQA):
            if match := known.search(line):
                at = len(line[: match.start("codes") + len(match["codes"].rstrip())].encode())
                separator = ", " if match["codes"].strip() else ""
                return Edit(one.path, Range(number, at, number, at), f"{separator}{one.code}")
    line = text.line(last)
    bare = line.rstrip()
    if last > len(text.lines) or bare.endswith("\\"):
        raise CannotFix("There is no place for a comment behind a line that goes on")
    start, end = len(bare.encode()), len(line.encode())
    return Edit(one.path, Range(last, start, last, end), f"  # seawall: ignore[{one.code}]")
