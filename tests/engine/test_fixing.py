"""Bulk fixing: what happens when fixes meet, fail, contradict each other or never come to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from seawall.edits import AnyEdit, CannotFix, CreateFile, Edit, Fix, Safety
from seawall.engine.fixing import Fixer
from seawall.engine.located import Located
from seawall.engine.workspace import Workspace
from seawall.rules.base import Finding, Severity
from seawall.syntax import Range

Offer = Callable[["Fake", Path, str], Iterable[tuple[Range, Fix]]]


class Fake(Workspace):
    """A workspace in which `offer` finds what is wrong with a text."""

    offer: Offer

    def findings(self, path: Path) -> list[Located]:
        document = self.documents.get(path)
        text = str(document.source.text) if document else ""
        return [
            Located(Finding("SW000", fix.title, place, Severity.ERROR, (fix,)), path, place, Severity.ERROR)
            for place, fix in self.offer(self, path, text)
        ]

    def project_findings(self) -> list[Located]:
        return []


def fixer(tmp_path: Path, offer: Offer, unsafe: bool = False, **files: str) -> Fixer:
    workspace = Fake(tmp_path)
    workspace.offer = offer  # type: ignore[method-assign, assignment]
    paths = []
    for name, text in files.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        paths.append(path)
        workspace.load(path)
    return Fixer(workspace, paths, unsafe)


def replacing(old: str, new: str, title: str = "", safety: Safety = Safety.SAFE) -> Offer:
    """Finds each `old` on the first line and offers to put `new` in its place."""

    def offer(_: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        start = text.find(old)
        while start >= 0:
            place = Range(1, start, 1, start + len(old))
            yield place, Fix(title or f"{old} to {new}", lambda place=place: [Edit(path, place, new)], safety)
            start = text.find(old, start + 1)

    return offer


def result(fixer: Fixer) -> dict[str, str]:
    return {path.name: str(text) for path, text in fixer.changed().items()}


def test_all_at_once(tmp_path: Path) -> None:
    mended = fixer(tmp_path, replacing("a", "b"), x="a + a + a\n", y="c\n", z="a\n")
    assert mended.run() == []
    assert result(mended) == {"x.py": "b + b + b\n", "z.py": "b\n"}
    assert len(mended.applied) == 4


def test_fixes_that_meet_take_turns(tmp_path: Path) -> None:
    mended = fixer(tmp_path, replacing("aa", "b"), x="aaaaa\n")
    mended.run()
    assert result(mended) == {"x.py": "bab\n"}
    assert len(mended.applied) == 2


def test_unsafe_fixes_only_when_told(tmp_path: Path) -> None:
    offer = replacing("a", "b", safety=Safety.UNSAFE)
    assert len(fixer(tmp_path, offer, x="a\n").run()) == 1
    assert fixer(tmp_path, offer, unsafe=True, x="a\n").run() == []


def test_a_fix_over_several_files_is_all_or_nothing(tmp_path: Path) -> None:
    def offer(workspace: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        place, other = Range(1, 0, 1, 1), tmp_path / "y.py"
        if path.name == "x.py" and text.startswith("a"):
            yield place, Fix("both", lambda: [Edit(path, place, "b"), Edit(other, place, "(")])

    mended = fixer(tmp_path, offer, x="a\n", y="c\n")
    assert len(mended.run()) == 1
    assert result(mended) == {}
    assert [refused.reason for refused in mended.refused.values()] == ["the result would not be valid Python"]
    assert str(mended.workspace.documents[tmp_path / "x.py"].source.text) == "a\n"


def test_one_that_breaks_the_code_does_not_stop_the_others(tmp_path: Path) -> None:
    def offer(workspace: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        yield from replacing("a", "b")(workspace, path, text)
        yield from replacing("c", "(")(workspace, path, text)

    mended = fixer(tmp_path, offer, x="c + a + c + a\n")
    assert len(mended.run()) == 2
    assert result(mended) == {"x.py": "c + b + c + b\n"}
    assert [refused.title for refused in mended.refused.values()] == ["c to ("]


def test_a_fix_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    def cannot() -> list[AnyEdit]:
        raise CannotFix("it is Tuesday")

    def fails() -> list[AnyEdit]:
        raise KeyError

    mended = fixer(
        tmp_path,
        lambda *_: [(Range(1, 0, 1, 1), Fix("this", cannot)), (Range(1, 0, 1, 1), Fix("that", fails))],
        x="a\n",
    )
    assert len(mended.run()) == 2
    assert {refused.title: refused.reason for refused in mended.refused.values()} == {
        "this": "it is Tuesday",
        "that": "the fix failed",
    }


def test_the_next_fix_is_taken_when_the_first_cannot_be_made(tmp_path: Path) -> None:
    def cannot() -> list[AnyEdit]:
        raise CannotFix("no")

    class Both(Fake):
        def findings(self, path: Path) -> list[Located]:
            text, place = str(self.documents[path].source.text), Range(1, 0, 1, 1)
            fixes = (Fix("first", cannot), Fix("second", lambda: [Edit(path, place, "b")]))
            found = Located(Finding("SW000", "", place, Severity.ERROR, fixes), path, place, Severity.ERROR)
            return [found] if text.startswith("a") else []

    (tmp_path / "x.py").write_text("a\n")
    workspace = Both(tmp_path)
    workspace.load(tmp_path / "x.py")
    mended = Fixer(workspace, [tmp_path / "x.py"])
    assert mended.run() == []
    assert [applied.title for applied in mended.applied] == ["second"]
    assert mended.refused == {}


@pytest.mark.parametrize("offer", [replacing("a", "aa"), replacing("a", "a")], ids=["grows", "stays"])
def test_what_never_comes_to_rest_is_stopped(offer: Offer, tmp_path: Path) -> None:
    mended = fixer(tmp_path, offer, x="a\n")
    mended.run()
    assert len(mended.applied) < 10


def test_back_and_forth_is_stopped(tmp_path: Path) -> None:
    def offer(workspace: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        yield from replacing("a", "b")(workspace, path, text)
        yield from replacing("b", "a")(workspace, path, text)

    mended = fixer(tmp_path, offer, x="a\n")
    mended.run()
    assert len(mended.applied) == 2
    assert result(mended) == {}


def test_new_files(tmp_path: Path) -> None:
    def offer(workspace: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        env, place = tmp_path / ".env", Range(1, 0, 1, 1)
        known = workspace.project.read(env)
        if path.name in ("x.py", "y.py") and text.startswith("a"):
            edit = (
                CreateFile(env, f"{path.stem}=1\n")
                if known is None
                else Edit(env, Range(2, 0, 2, 0), f"{path.stem}=1\n")
            )
            yield place, Fix("move it", lambda edit=edit: [Edit(path, place, "b"), edit])

    mended = fixer(tmp_path, offer, x="a\n", y="a\n")
    assert mended.run() == []
    assert result(mended) == {"x.py": "b\n", "y.py": "b\n", ".env": "x=1\ny=1\n"}
    assert mended.before[tmp_path / ".env"] is None
    assert not (tmp_path / ".env").exists()


def test_a_new_module_is_checked_too(tmp_path: Path) -> None:
    def offer(workspace: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        new, place = tmp_path / "new.py", Range(1, 0, 1, 1)
        if path.name == "x.py" and new not in workspace.documents:
            yield place, Fix("make", lambda: [CreateFile(new, "a\n")])
        elif path == new:
            yield from replacing("a", "b")(workspace, path, text)

    mended = fixer(tmp_path, offer, x="c\n")
    mended.run()
    assert result(mended) == {"new.py": "b\n"}


def test_nothing_outside_of_the_project_is_touched(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    outside = tmp_path / "outside.py"
    mended = fixer(inside, lambda *_: [(Range(1, 0, 1, 1), Fix("out", lambda: [CreateFile(outside, "")]))], x="a\n")
    mended.run()
    assert result(mended) == {}
    assert "is not part of the project" in next(iter(mended.refused.values())).reason


def test_two_fixes_share_an_import(tmp_path: Path) -> None:
    def offer(workspace: Fake, path: Path, text: str) -> Iterable[tuple[Range, Fix]]:
        start = text.find("a")
        imports = [] if "import x" in text else [Edit(path, Range(1, 0, 1, 0), "import x\n")]
        line = text.count("\n", 0, start) + 1
        while start >= 0:
            column = start - text.rfind("\n", 0, start) - 1
            place = Range(line, column, line, column + 1)
            yield place, Fix("a", lambda place=place: [*imports, Edit(path, place, "x.b")])
            start = text.find("a", start + 1)

    mended = fixer(tmp_path, offer, x="(a, a)\n")
    assert mended.run() == []
    assert result(mended) == {"x.py": "import x\n(x.b, x.b)\n"}
