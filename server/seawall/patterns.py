"""Regular expressions that cost nothing until they are used.

The rules and their knowledge hold some two hundred. Compiling them all takes longer than checking a file, and most files need few.
"""

from __future__ import annotations

import re
from typing import Any, cast


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, which is put off until one of the pattern's methods is asked for."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


class _Pattern:
    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)  # from now on as quick as the real one's
        return found
