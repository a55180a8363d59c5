"""Helix with the configuration in editors/helix: what its user sees and gets."""

from __future__ import annotations

from .drivers.base import Editor, where
from .project import SECRETIVE, SLEEPY, Project, awaits_instead_of_blocking, keeps_the_secret_out_of_the_code


def test_a_blocking_call_shows_while_it_is_typed_and_one_action_mends_it(helix: Editor, project: Project) -> None:
    helix.open(project.main)
    helix.write_below('name = "Flamingo"', SLEEPY)

    finding = helix.finding("SW101")
    helix.save_all()
    assert (finding.line, finding.column) == where(project.read("app/main.py"), "time.sleep(1)")

    helix.fix(finding, "sleep")
    helix.no_finding("SW101")
    helix.save_all()
    awaits_instead_of_blocking(project)


def test_a_secret_moves_to_settings_and_to_the_env_file_in_one_action(helix: Editor, project: Project) -> None:
    helix.open(project.main)
    helix.write_below("app = FastAPI()", SECRETIVE)

    finding = helix.finding("SW201")
    helix.save_all()
    assert (finding.line, finding.column) == where(project.read("app/main.py"), '"kq7')

    helix.fix(finding, "settings")
    helix.no_finding("SW201")
    helix.save_all()
    keeps_the_secret_out_of_the_code(project)
