"""Writing files so that nobody ever finds half of one, or half of several that belong together."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

Change = tuple[bytes | None, bytes]
"""What a file held (None: there was none), and what it is to hold."""


class CannotWrite(Exception):
    """Nothing was written; the message says why."""


def write_all(changes: Mapping[Path, Change]) -> None:
    """Write all files, or none. Links, permissions and folders stay what they are.

    Raises:
        CannotWrite: a file is not what it was any more, or cannot be written.
    """
    staged: list[tuple[Path, Path]] = []
    replaced: list[Path] = []
    targets = {Path(os.path.realpath(path)): change for path, change in changes.items()}
    try:
        for path, (old, new) in targets.items():
            if _bytes(path) != old:
                raise CannotWrite(f"`{path}` has changed in the meantime")
            path.parent.mkdir(parents=True, exist_ok=True)
            staged.append((_stage(path, new), path))
        for temporary, path in staged:
            temporary.replace(path)
            replaced.append(path)
    except OSError as error:
        for path in replaced:
            _restore(path, targets[path][0])
        raise CannotWrite(f"`{error.filename2 or error.filename}` cannot be written: {error.strerror}") from error
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write one file as a whole."""
    _stage(path, data).replace(path)


def _stage(path: Path, data: bytes) -> Path:
    """The data in a new file beside `path`, with its permissions."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        write(path, data)
