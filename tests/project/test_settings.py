import pickle
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from seawall.project.settings import DEFAULT_EXCLUDE, Settings, find, load, load_file, merge, options


def messages(loaded):
    return [problem.message for problem in loaded.problems]


class TestWhichFile:
    def test_defaults_without_any_file(self, tmp_path):
        loaded = load(tmp_path)
        assert loaded.settings == Settings()
        assert loaded.source is None
        assert loaded.folder == tmp_path
        assert loaded.problems == ()

    def test_nearest_wins_over_farther(self, tmp_path, write):
        write("seawall.toml", 'select = ["SW1"]')
        near = write("backend/pyproject.toml", '[tool.seawall]\nselect = ["SW2"]')
        loaded = load(tmp_path / "backend" / "app" / "not-there-yet")
        assert loaded.source == near
        assert loaded.folder == near.parent
        assert loaded.settings.select == ("SW2",)

    def test_pyproject_without_the_table_does_not_count(self, tmp_path, write):
        far = write("seawall.toml", 'select = ["SW1"]')
        write("backend/pyproject.toml", "[project]\nname = 'seawall-user'")
        assert load(tmp_path / "backend").source == far

    def test_an_empty_table_counts(self, tmp_path, write):
        write("seawall.toml", 'select = ["SW1"]')
        near = write("backend/pyproject.toml", "[tool.seawall]")
        assert load(tmp_path / "backend").source == near

    def test_a_table_below_it_counts(self, tmp_path, write):
        write("pyproject.toml", '[tool.seawall.versions]\nSQLAlchemy = "1.4"')
        assert load(tmp_path).settings.versions == {"sqlalchemy": "1.4"}

    @pytest.mark.parametrize(
        ("winner", "loser"), [(".seawall.toml", "seawall.toml"), ("seawall.toml", "pyproject.toml")]
    )
    def test_order_within_a_folder(self, tmp_path, write, winner, loser):
        write(winner, "fix = true")
        write(loser, "[tool.seawall]\nfix = false")
        assert load(tmp_path).source == tmp_path / winner

    def test_find_gives_the_file_alone(self, tmp_path, write):
        path = write("seawall.toml")
        assert find(tmp_path / "x" / "y") == path

    def test_an_open_document_wins_over_the_disk(self, tmp_path, write):
        path = write("seawall.toml", "fix = false")
        assert load(tmp_path, lambda asked: "fix = true" if asked == path else None).settings.fix is True

    def test_a_named_file_may_be_called_anything(self, write):
        assert load_file(write("strict.toml", "unsafe-fixes = true")).settings.unsafe_fixes is True


def test_every_setting_is_read(tmp_path, write):
    write(
        "pyproject.toml",
        """
[tool.seawall]
select = ["SW1", "injection"]
ignore = ["SW101"]
extend-select = ["SW9"]
extend-ignore = ["SW901"]
fixable = ["SW7"]
unfixable = ["SW702"]
exclude = ["a"]
extend-exclude = ["b"]
include = ["*.py", "*.pyi"]
respect-gitignore = false
force-exclude = true
target-python = "py312"
unsafe-fixes = true
venv = ".environment"
src = ["backend"]

[tool.seawall.severity]
SW101 = "warning"
config = "OFF"

[tool.seawall.per-file-ignores]
"tests/**" = ["SW2"]
""",
    )
    loaded = load(tmp_path)
    assert messages(loaded) == []
    assert loaded.settings == Settings(
        select=("SW1", "injection"),
        ignore=("SW101",),
        extend_select=("SW9",),
        extend_ignore=("SW901",),
        fixable=("SW7",),
        unfixable=("SW702",),
        exclude=("a",),
        extend_exclude=("b",),
        include=("*.py", "*.pyi"),
        respect_gitignore=False,
        force_exclude=True,
        target_python="3.12",
        unsafe_fixes=True,
        venv=".environment",
        src=("backend",),
        severity={"SW101": "warning", "config": "off"},
        per_file_ignores={"tests/**": ("SW2",)},
    )


@pytest.mark.parametrize("written", ["3.12", "py312", ">=3.12", "3.12.4", "~=3.12"])
def test_target_python_in_any_spelling(tmp_path, write, written):
    write("seawall.toml", f'target-python = "{written}"')
    assert load(tmp_path).settings.target_python == "3.12"


class TestProblems:
    @pytest.mark.parametrize(
        ("text", "message", "line"),
        [
            ('selct = ["SW1"]', "unknown setting `selct`, did you mean `select`", 1),
            ('\ntarget-version = "py311"', "unknown setting `target-version`, write `target-python` instead", 2),
            ("[lint]\nselect = []", "unknown setting `lint`, write its keys directly under the seawall table", 1),
            ("wibble = 1", "unknown setting `wibble`", 1),
            ('select = "SW1"', '`select` must be a list of strings, not "SW1"', 1),
            ("select = ['SW1', 3]", "`select` must hold strings only, and the number 3 is none", 1),
            ("fix = 'yes'", '`fix` must be true or false, not "yes"', 1),
            (
                "target-python = 3.12",
                '`target-python` must be a version in quotes such as "3.12", not the number 3.12',
                1,
            ),
            ("severity = 3", "`severity` must be a table, not the number 3", 1),
            (
                "[severity]\nSW101 = 'waring'",
                '`severity.SW101` must be one of error, warning, info, hint, off, not "waring", did you mean `warning`',
                2,
            ),
            (
                "[versions]\nsqlalchemy = 2.0",
                '`versions.sqlalchemy` must be a version in quotes such as "2.0", not the number 2.0',
                2,
            ),
            (
                "[per-file-ignores]\n'tests/*' = 'SW2'",
                '`per-file-ignores.tests/*` must be a list of strings, not "SW2"',
                2,
            ),
            ("venv = []", "`venv` must be a string, not a list", 1),
        ],
    )
    def test_each_is_said_with_its_line(self, tmp_path, write, text, message, line):
        path = write("seawall.toml", text)
        (problem,) = load(tmp_path).problems
        assert problem.message == message
        assert (problem.line, problem.source) == (line, path)

    def test_lines_in_pyproject_are_those_of_the_table(self, tmp_path, write):
        write("pyproject.toml", "[tool.other]\nselct = 1\n[tool.seawall]\nfix = true\nselct = []\n")
        assert [problem.line for problem in load(tmp_path).problems] == [5]

    def test_good_keys_still_apply(self, tmp_path, write):
        write("seawall.toml", "select = ['SW1', 3]\nfix = 'yes'\n[severity]\nSW101 = 'fatal'\nSW102 = 'info'\n")
        loaded = load(tmp_path)
        assert len(loaded.problems) == 3
        assert loaded.settings.select == ("SW1",)
        assert loaded.settings.severity == {"SW102": "info"}
        assert loaded.settings.fix is False

    def test_a_half_typed_line_spoils_only_itself(self, tmp_path, write):
        write("pyproject.toml", "[tool.seawall]\nselect = ['SW1']\nignore = [\n[tool.other]\nx = 1\n")
        loaded = load(tmp_path)
        assert loaded.source is not None
        assert loaded.problems[0].line is not None
        write("pyproject.toml", "[tool.seawall]\nselect = ['SW1']\nign\nfix = true\n")
        loaded = load(tmp_path)
        assert loaded.settings.select == ("SW1",)
        assert loaded.settings.fix is True
        assert [problem.line for problem in loaded.problems] == [3]
        assert "is not valid TOML" in loaded.problems[0].message

    def test_the_table_is_no_table(self, tmp_path, write):
        write("pyproject.toml", "[tool]\nseawall = 3")
        assert messages(load(tmp_path)) == ["`tool.seawall` must be a table, not the number 3"]

    def test_binary_junk(self, tmp_path, write):
        write("seawall.toml", bytes(range(256)) * 10)
        assert load(tmp_path).settings == Settings()
        assert load(tmp_path).problems

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_is_no_problem(self, tmp_path, write, encoding):
        write("seawall.toml", "fix = true\r\n".encode(encoding))
        assert load(tmp_path).settings.fix is True

    def test_an_unreadable_file_is_said(self, tmp_path, write):
        path = write("seawall.toml", "fix = true")
        loaded = load(tmp_path, lambda _: None)
        assert messages(loaded) == ["`seawall.toml` cannot be read, so defaults apply"]
        assert loaded.source == path

    def test_a_folder_of_that_name_is_no_file(self, tmp_path):
        (tmp_path / "seawall.toml").mkdir()
        assert load(tmp_path).source is None

    def test_endless_nesting(self, tmp_path, write):
        write("seawall.toml", "select = " + "[" * 5000)
        assert load(tmp_path).problems

    def test_values_are_never_quoted_at_length(self, tmp_path, write):
        write("seawall.toml", f"fix = '{'s3cret' * 20}'")
        assert "s3cret" not in messages(load(tmp_path))[0]


class TestExtend:
    def test_own_keys_win(self, tmp_path, write):
        write("base.toml", "select = ['SW1']\nfix = true")
        write("app/seawall.toml", "extend = '../base.toml'\nselect = ['SW2']")
        loaded = load(tmp_path / "app")
        assert (loaded.settings.select, loaded.settings.fix) == (("SW2",), True)
        assert loaded.extended == (tmp_path / "base.toml",)

    def test_own_keys_win_wherever_extend_stands(self, tmp_path, write):
        write("base.toml", "fix = true")
        write("seawall.toml", "fix = false\nextend = 'base.toml'")
        assert load(tmp_path).settings.fix is False

    def test_circles_and_missing_files_are_said(self, tmp_path, write):
        write("seawall.toml", "extend = 'seawall.toml'")
        assert messages(load(tmp_path)) == ["`extend` leads back to `seawall.toml`, so it is ignored"]
        write("seawall.toml", "\nextend = 'gone.toml'")
        assert load(tmp_path).problems[0].message == "`extend` names `gone.toml`, which cannot be read"
        assert load(tmp_path).problems[0].line == 2
        write("seawall.toml", "extend = 3")
        assert "must be the path" in messages(load(tmp_path))[0]

    def test_problems_name_the_file_they_stand_in(self, tmp_path, write):
        base = write("base.toml", "selct = []")
        write("seawall.toml", "extend = 'base.toml'")
        (problem,) = load(tmp_path).problems
        assert (problem.source, problem.line) == (base, 1)


class TestMerge:
    @pytest.mark.parametrize("key", ["unsafe-fixes", "unsafeFixes", "unsafe_fixes"])
    def test_keys_in_any_spelling(self, key):
        merged, problems = merge(Settings(), {key: True})
        assert merged.unsafe_fixes is True
        assert problems == ()

    def test_none_is_not_given(self):
        base = Settings(select=("SW1",))
        assert merge(base, {"select": None, "fix": None})[0] == base

    def test_lists_may_be_one_string(self):
        assert merge(Settings(), {"select": "SW1, SW2"})[0].select == ("SW1", "SW2")

    def test_select_replaces_and_ignore_adds(self):
        base = Settings(select=("SW1",), extend_select=("SW3",), ignore=("SW101",))
        merged, _ = merge(base, {"select": ["SW2"], "ignore": ["SW201"]})
        assert merged.select == ("SW2",)
        assert merged.extend_select == ()
        assert merged.ignore == ("SW101", "SW201")

    def test_selecting_exactly_what_was_ignored_lifts_it(self):
        merged, _ = merge(Settings(ignore=("SW101", "SW102")), {"select": ["SW101"]})
        assert merged.ignore == ("SW102",)
        merged, _ = merge(Settings(ignore=("SW101",)), {"select": ["SW101"], "ignore": ["SW101"]})
        assert merged.ignore == ("SW101",)

    def test_tables_are_joined(self):
        merged, _ = merge(Settings(severity={"SW1": "info", "SW2": "info"}), {"severity": {"SW2": "error"}})
        assert merged.severity == {"SW1": "info", "SW2": "error"}

    def test_anything_else_replaces(self):
        merged, _ = merge(Settings(), {"exclude": ["x"], "respectGitignore": False})
        assert merged.exclude == ("x",)
        assert merged.respect_gitignore is False

    def test_problems_name_who_said_it(self):
        merged, (problem,) = merge(Settings(), {"unsafeFixs": True}, origin="command line")
        assert merged == Settings()
        assert problem.message == "unknown setting `unsafe-fixs`, did you mean `unsafe-fixes`"
        assert (problem.key, problem.origin, problem.source) == ("unsafeFixs", "command line", None)


def test_settings_survive_pickling_and_msgspec():
    value = Settings(select=("SW1",), severity={"SW1": "info"})
    assert pickle.loads(pickle.dumps(value)) == value
    assert msgspec.json.decode(msgspec.json.encode(value), type=Settings) == value
    assert b'"per-file-ignores"' in msgspec.json.encode(value)


def test_settings_are_immutable():
    with pytest.raises(AttributeError):
        Settings().fix = True  # type: ignore[misc]


def test_every_option_has_a_text():
    listed = {option.key: option for option in options()}
    assert listed["exclude"].default == DEFAULT_EXCLUDE
    assert listed["per-file-ignores"].kind == "lists"
    assert all(option.doc.endswith(".") for option in listed.values())


def test_import_brings_in_nothing_heavy():
    code = "import sys, seawall.project.settings; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pathspec", "tomlkit", "dotenv", "packaging", "platformdirs", "tomllib", "libcst", "lsprotocol", "pygls"}
    assert heavy.isdisjoint(out)


junk = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(max_size=20)
    | strategies.sampled_from(["SW1", "error", "3.12", "extend"]),
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text(max_size=8), inner),
    max_leaves=12,
)
keys = strategies.sampled_from([option.key for option in options()]) | strategies.text(max_size=12)


@given(strategies.dictionaries(keys, junk, max_size=6))
def test_overrides_of_any_shape_give_settings_of_the_right_types(overrides):
    merged, problems = merge(Settings(), overrides)
    assert msgspec.json.decode(msgspec.json.encode(merged), type=Settings) == merged
    assert all(not problem.message.endswith(".") and "\n" not in problem.message for problem in problems)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=strategies.dictionaries(strategies.from_regex(r"[a-z-]{1,12}", fullmatch=True) | keys, junk, max_size=5))
def test_any_file_gives_settings(tmp_path: Path, data):
    import tomlkit

    try:
        text = tomlkit.dumps(data)
    except (ValueError, TypeError):
        return
    (tmp_path / "seawall.toml").write_text(text)
    loaded = load(tmp_path)
    assert msgspec.json.decode(msgspec.json.encode(loaded.settings), type=Settings) == loaded.settings


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=strategies.binary(max_size=200) | strategies.text("[]=\"'\n.#atools{},1 ", max_size=60).map(str.encode))
def test_any_bytes_are_survived(tmp_path: Path, data):
    (tmp_path / "seawall.toml").write_bytes(data)
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.seawall]\n" + data)
    load(tmp_path)
    load_file(tmp_path / "pyproject.toml")
