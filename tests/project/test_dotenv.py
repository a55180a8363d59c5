import io
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given, strategies

from seawall.project.dotenv import DotenvFile, append, dotenv_files, is_env_name, is_example, load_dotenv, parse, quoted


@pytest.mark.parametrize(
    "name", [".env", ".env.local", ".env.prod", ".env.example", "prod.env", ".env-dev", "env.sample"]
)
def test_env_names(name):
    assert is_env_name(name)


@pytest.mark.parametrize("name", [".envrc", "env.py", "environment", "x.environ", ".environment"])
def test_other_names(name):
    assert not is_env_name(name)


@pytest.mark.parametrize(
    "name", [".env.example", ".env.sample", ".env.template", ".env.dist", "example.env", ".env-example"]
)
def test_examples(name):
    assert is_example(name)


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.production", "distribution.env", "example.py"])
def test_no_examples(name):
    assert not is_example(name)


def test_lines_and_values():
    text = "# head\n\nA=1\nexport B='two # three'\n\n\nC=\"x\ny\"\nD\nE=\n  F = 6 # six\n= broken\nG=${A}\n"
    entries, bad = parse(text)
    assert [(entry.key, entry.value, entry.line, entry.end_line) for entry in entries] == [
        ("A", "1", 3, 3),
        ("B", "two # three", 4, 4),
        ("C", "x\ny", 7, 8),
        ("D", None, 9, 9),
        ("E", "", 10, 10),
        ("F", "6", 11, 11),
        ("G", "${A}", 13, 13),
    ]
    assert [entry.key for entry in entries if entry.exported] == ["B"]
    assert bad == (12,)


def test_windows_line_ends():
    entries, _ = parse("A=1\r\n\r\nB=2\r\n")
    assert [(entry.key, entry.value, entry.line) for entry in entries] == [("A", "1", 1), ("B", "2", 3)]


def test_values_stay_out_of_repr():
    file = DotenvFile(Path(".env"), "KEY=hunter2")
    assert "hunter2" not in repr(file) + repr(file.entries) + str(file.entries[0])


def test_get_takes_the_last_and_exact_case_first(write):
    file = load_dotenv(write(".env", "A=1\na=2\nA=3\nDb_Url=x\n"))
    assert file is not None
    assert file.get("A").value == "3"
    assert file.get("a").value == "2"
    assert file.get("DB_URL").value == "x"
    assert file.get("B") is None
    assert file.keys == {"A", "a", "Db_Url"}
    assert file.has_values


def test_files_of_a_project(tmp_path, write):
    for name in (".env", ".env.local", "backend/.env", "docker/prod.env", ".env.example", "deep/er/est/.env"):
        write(name, "A=\n")
    write("venv/.env", "A=1")
    write("other/pyvenv.cfg")
    write("other/.env", "A=1")
    (tmp_path / "env").mkdir()
    files = dotenv_files(tmp_path)
    assert [file.path.relative_to(tmp_path).as_posix() for file in files] == [
        ".env",
        ".env.example",
        ".env.local",
        "backend/.env",
        "docker/prod.env",
    ]
    assert [file.path.name for file in files if file.is_example] == [".env.example"]
    assert not any(file.has_values for file in files)
    assert dotenv_files(tmp_path / "gone") == ()


def test_binary_junk_and_powershell(tmp_path, write):
    write(".env", bytes(range(256)) * 3)
    write(".env.local", "A=1\r\n".encode("utf-16"))
    assert [file.keys for file in dotenv_files(tmp_path)][1] == {"A"}
    assert dotenv_files(tmp_path)[0].entries is not None


@pytest.mark.parametrize(
    ("text", "value", "new"),
    [
        ("", "v", "KEY=v\n"),
        ("A=1", "v", "A=1\nKEY=v\n"),
        ("A=1\r\n", "v", "A=1\r\nKEY=v\r\n"),
        ("export A=1\n", "v", "export A=1\nexport KEY=v\n"),
        ("export A=1\nB=2\n", "v", "export A=1\nB=2\nKEY=v\n"),
        ("A = 1\n", "v", "A = 1\nKEY = v\n"),
        ("A=1\n", None, "A=1\nKEY=\n"),
        ("A = 1\n", None, "A = 1\nKEY =\n"),
        ("A=1\n", "a b", "A=1\nKEY='a b'\n"),
        ('A="1"\n', "a b", 'A="1"\nKEY="a b"\n'),
        ('A="1"\n', "a$b", "A=\"1\"\nKEY='a$b'\n"),
        ("A=1\n", "a'b", 'A=1\nKEY="a\'b"\n'),
        ("A=1\n", "a\nb", 'A=1\nKEY="a\\nb"\n'),
        ("KEY=old\n", "new", "KEY=old\n"),
        ("key=old\n", "new", "key=old\n"),
    ],
)
def test_append(text, value, new):
    assert append(text, "KEY", value) == new


@given(strategies.text(strategies.characters(blacklist_categories=["Cs"])), strategies.booleans())
def test_what_is_quoted_is_read_back(value, double):
    text = f"A=1\nKEY={quoted(value, double)}\nB=2\n"
    assert dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False) == {"A": "1", "KEY": value, "B": "2"}


@given(strategies.text("AB=\"'# \n\r\\$export{}", max_size=40))
def test_any_text_is_survived(text):
    parse(text)
    append(text, "KEY", "x")
