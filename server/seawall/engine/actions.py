"""What can be done about the findings at a place: fixes, ignoring comments, and everything safe at once."""

from __future__ import annotations

import difflib
import itertools
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seawall.edits import AnyEdit, CannotFix, Edit, Fix, Safety
from seawall.engine.fix import apply_to, text_of
from seawall.engine.suppress import comment_line
from seawall.engine.workspace import Located, Workspace
from seawall.project.selection import is_fixable
from seawall.rules.registry import by_code
from seawall.semantics.document import Document
from seawall.syntax import Range, Text

log = logging.getLogger(__name__)

_MAX_ROUNDS = 20
_IGNORE = re.compile(r"#\s*seawall\s*:\s*ignore\s*\[(?P<codes>[^\]\n]*)\]", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa\s*:\s*(?P<codes>SW\d+(?:[\s,]+[A-Z]+\d+)*)", re.IGNORECASE)


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
    if not offers_fixes(workspace, one):
        return
    is_first = True
    for fix in one.finding.fixes:
        is_preferred = is_first and fix.safety is Safety.SAFE and fix.kind.startswith("quickfix")
        is_first = is_first and not is_preferred
        yield Action(fix.title, fix.kind, one, fix.make, fix, is_preferred)


def offers_fixes(workspace: Workspace, one: Located) -> bool:
    """Whether the settings allow to fix findings of this rule."""
    rule = by_code()[one.code]
    return is_fixable(workspace.project.settings, rule.code, rule.name, rule.category)


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


# ---------------------------------------------------------------- everything safe at once


def has_safe_fixes(workspace: Workspace, found: Iterable[Located]) -> bool:
    """Whether fixing everything safe would try anything."""
    return any(_safe_fix(workspace, one) is not None for one in found)


def fix_all(workspace: Workspace, path: Path) -> list[Edit]:
    """The fewest edits of an open file that apply its safe fixes, round after round until none is left.

    Only fixes that stay within the file are taken. The workspace is left as it was.
    """
    original = workspace.documents.get(path)
    if original is None:
        return []
    document, seen = original, {str(original.source.text)}
    try:
        for _ in range(_MAX_ROUNDS):
            after = _fix_once(workspace, document)
            if after is None or str(after) in seen:
                break
            seen.add(str(after))
            document = workspace.replace(path, after)
    finally:
        workspace.restore(original)
    return difference(path, original.source.text, document.source.text)


def _fix_once(workspace: Workspace, document: Document) -> Text | None:
    """The text after as many safe fixes as fit together; None if there is none."""
    path, text = document.path, document.source.text
    damage = sum(len(item.problems) for item in document.source.items)
    chosen: list[list[Edit]] = []
    for one in workspace.findings(path):
        fix = _safe_fix(workspace, one)
        edits = _edits_within(path, fix) if fix is not None and one.path == path else []
        if edits and not any(_meet(edit, other) for edit in edits for group in chosen for other in group):
            chosen.append(edits)
    while chosen:
        try:
            after = apply_to(text, dict.fromkeys(itertools.chain.from_iterable(chosen)))
        except ValueError:
            after = text
        if str(after) != str(text):
            opened = workspace.replace(path, after)
            if sum(len(item.problems) for item in opened.source.items) <= damage:
                return after
            workspace.restore(document)
        chosen = chosen[: len(chosen) // 2]  # one of them breaks the file: without it, the others still help
    return None


def _safe_fix(workspace: Workspace, one: Located) -> Fix | None:
    if not offers_fixes(workspace, one):
        return None
    fixes = (fix for fix in one.finding.fixes if fix.kind.startswith("quickfix") and fix.safety is Safety.SAFE)
    return next(fixes, None)


def _edits_within(path: Path, fix: Fix) -> list[Edit]:
    """A fix's edits if all of them are in one file."""
    try:
        edits = list(dict.fromkeys(fix.make()))
    except CannotFix:
        return []
    except Exception:
        log.exception("The fix %r failed", fix.title)
        return []
    within = [edit for edit in edits if isinstance(edit, Edit) and edit.path == path]
    return within if len(within) == len(edits) else []


def _meet(one: Edit, other: Edit) -> bool:
    return one != other and one.range.overlaps(other.range)


def difference(path: Path, old: Text, new: Text) -> list[Edit]:
    """The edits that turn one text into the other, no larger than the places where they differ."""
    edits: list[Edit] = []
    before, after = list(old.lines), list(new.lines)
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        head = _shared(gone, come)
        head -= gone[head - 1 : head + 1] == "\r\n"
        tail = _shared(gone[head:][::-1], come[head:][::-1])
        tail -= tail > 0 and gone[len(gone) - tail - 1 : len(gone) - tail + 1] == "\r\n"
        start = _at(gone, head, i1)
        end = _at(gone, len(gone) - tail, i1)
        edits.append(Edit(path, Range(*start, *end), come[head : len(come) - tail].replace("\r\n", "\n")))
    return edits


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def _at(text: str, index: int, lines_above: int) -> tuple[int, int]:
    before = Text.of(text[:index])
    if not before.lines or before.lines[-1].endswith(("\n", "\r")):
        return lines_above + len(before.lines) + 1, 0
    return lines_above + len(before.lines), len(before.lines[-1].encode("utf-8", "surrogatepass"))
