"""VS Code with the configuration in editors/vscode: what its user sees and gets."""

from __future__ import annotations

from .drivers.base import Editor, where
from .project import SECRETIVE, SLEEPY, Project, awaits_instead_of_blocking, keeps_the_secret_out_of_the_code


def test_a_blocking_call_shows_while_it_is_typed_and_one_action_mends_it(vscode: Editor, project: Project) -> None:
    vscode.open(project.main)
    vscode.write_below('name = "Flamingo"', SLEEPY)

    finding = vscode.finding("SW101")
    vscode.save_all()
    assert (finding.line, finding.column) == where(project.read("app/main.py"), "time.sleep(1)")

    vscode.fix(finding, "sleep")
    vscode.no_finding("SW101")
    vscode.save_all()
    awaits_instead_of_blocking(project)


def test_a_secret_moves_to_settings_and_to_the_env_file_in_one_action(vscode: Editor, project: Project) -> None:
    vscode.open(project.main)
    vscode.write_below("app = FastAPI()", SECRETIVE)

    finding = vscode.finding("SW201")
    vscode.save_all()
    assert (finding.line, finding.column) == where(project.read("app/main.py"), '"kq7')

    vscode.fix(finding, "settings")
    vscode.no_finding("SW201")
    vscode.save_all()
    keeps_the_secret_out_of_the_code(project)


def test_the_problems_panel_tells_of_files_that_are_not_open(vscode: Editor, project: Project) -> None:
    (project.root / "app/jobs.py").write_text("import time\n\n\nasync def rest() -> None:\n    time.sleep(1)\n")
    vscode.open(project.main)
    finding = vscode.finding("SW101")
    assert (finding.line, finding.column) == (5, 5)
