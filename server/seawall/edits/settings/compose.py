"""A password out of a compose file: Compose puts in what the `.env` file beside it says."""

from __future__ import annotations

from pathlib import Path

from seawall.edits.fix import AnyEdit, CannotFix, Edit
from seawall.edits.settings.bearing import bear
from seawall.edits.settings.files import env_edits
from seawall.project.dotenv import load_dotenv, quoted
from seawall.project.project import Project
from seawall.syntax import Range


def move_password(path: Path, place: Range, setting: str, password: str, project: Project) -> list[AnyEdit]:
    """Put `${NAME}` in the place of the password in a URL.

    Raises:
        CannotFix: the password stands in the URL more than once, or Compose would read something else from `.env`.
    """
    line = (project.read(path) or "").split("\n")[place.start_line - 1].encode()
    url = line[place.start_col : place.end_col].decode()
    written = f":{password}@"
    value = password.replace("$$", "$")
    if url.count(written) != 1 or "$" in password.replace("$$", ""):
        raise CannotFix("the password is written in a way that cannot be replaced with certainty")
    if quoted(value)[:1] == '"' and "$" in value:
        raise CannotFix("Compose would put variables into the password")
    env_path = path.with_name(".env")
    dotenv = load_dotenv(env_path, project.read)
    key, number = setting, 2
    while dotenv is not None and (entry := dotenv.get(key)) and entry.value not in (value, "", None):
        key, number = f"{setting}_{number}", number + 1
    before = line[: place.start_col].decode()
    is_flow = before.rstrip()[-1:] not in ("'", '"') and any(char in before.replace("${", "") for char in "[{")
    start = place.start_col + len(url[: url.index(written) + 1].encode())
    where = Range(place.start_line, start, place.start_line, start + len(password.encode()))
    edits: list[AnyEdit] = [Edit(path, where, f"${key}" if is_flow else f"${{{key}}}")]
    edits += bear(env_path, key, project)
    return edits + env_edits(env_path, key, value, None, project)
