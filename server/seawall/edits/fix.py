"""What a fix is made of.

Edits are absolute: a path and a range in that file as it stands when the edit is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import msgspec

from seawall.syntax import Range


class Safety(StrEnum):
    """Safe fixes keep behaviour, or only repair it, and may be applied in bulk. Unsafe ones want a look."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(msgspec.Struct, frozen=True):
    """Replace a range of a file. Lines from 1, columns in UTF-8 bytes from 0; an empty range inserts."""

    path: Path
    range: Range
    text: str


class CreateFile(msgspec.Struct, frozen=True):
    """A file that does not exist yet, with its whole text."""

    path: Path
    text: str


AnyEdit: TypeAlias = Edit | CreateFile


class CannotFix(Exception):
    """Raised while edits are made, when the code turns out not to allow them; the message says why, for the user."""


class Fix(msgspec.Struct, frozen=True, eq=False):
    """One way to mend a finding.

    `make` is called only when somebody wants the edits. Its edits must not overlap. `why` tells what an unsafe fix may change.
    Two fixes that say the same are equal, whatever makes their edits.
    """

    title: str
    make: Callable[[], Iterable[AnyEdit]]
    safety: Safety = Safety.SAFE
    why: str = ""
    kind: str = "quickfix"
    """LSP's code action kind: `quickfix`, `refactor.rewrite`, ..."""
    left: Callable[[], tuple[str, ...]] = tuple
    """What the edits leave as it is though the title speaks of it, each with the reason; asked after `make`."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fix) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    @property
    def _said(self) -> tuple[str, Safety, str, str]:
        return self.title, self.safety, self.why, self.kind
