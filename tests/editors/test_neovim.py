"""Neovim with the configuration in editors/neovim: what its user sees and gets."""

from __future__ import annotations

from .drivers.base import Editor, where
from .project import SECRETIVE, SLEEPY, Project, awaits_instead_of_blocking, keeps_the_secret_out_of_the_code


def test_a_blocking_call_shows_while_it_is_typed_and_one_action_mends_it(neovim: Editor, project: Project) -> None:
    neovim.open(project.main)
    neovim.write_below('name = "Flamingo"', SLEEPY)

    finding = neovim.finding("SW101")
    neovim.save_all()
    assert (finding.line, finding.column) == where(project.read("app/main.py"), "time.sleep(1)")

    neovim.fix(finding, "sleep")
    neovim.no_finding("SW101")
    neovim.save_all()
    awaits_instead_of_blocking(project)


def test_a_secret_moves_to_settings_and_to_the_env_file_in_one_action(neovim: Editor, project: Project) -> None:
    neovim.open(project.main)
    neovim.write_below("app = FastAPI()", SECRETIVE)

    finding = neovim.finding("SW201")
    neovim.save_all()
    assert (finding.line, finding.column) == where(project.read("app/main.py"), '"kq7')

    neovim.fix(finding, "settings")
    neovim.no_finding("SW201")
    neovim.save_all()
    keeps_the_secret_out_of_the_code(project)
