"""Files that are beside the point for most rules."""

from __future__ import annotations

from seawall.rules.base import File
from seawall.semantics.meanings.secret import is_aside


def counts(file: File) -> bool:
    """Whether a file is neither a test nor an example: what stands in one of these serves nobody, and protects nothing."""
    return not is_aside(file.path, file.project.root)
