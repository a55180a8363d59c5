"""Parsing never fails: newer syntax means what it says, and half-typed code costs one line."""

import ast

import pytest

from seawall.syntax import Text, is_template, parse, read


def names(tree: ast.AST) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in ast.walk(tree) if isinstance(node, kinds)]


def first(source: str, kind: type) -> ast.AST:
    return next(node for node in ast.walk(parse(source).tree) if isinstance(node, kind))


def place(node: ast.AST) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


HALF_TYPED = [
    "async def f(",
    "for x in",
    "x = db.",
    "await ",
    "return foo(",
    "with open(",
    "except A, B",
    "x = [1, {",
    'print(f"{x',
    '"""',
    "if x",
    "try:",
    "@",
    "lambda",
    "x = 'a",
    "from x import",
    "def g(",
    "class",
]


@pytest.mark.parametrize("typed", HALF_TYPED)
def test_a_half_typed_line_costs_no_other(typed: str) -> None:
    source = (
        f"def before():\n    first()\n    {typed}\n    second(x)\n    return third\n\n\ndef after():\n    fourth()\n"
    )
    items = read(Text.of(source)).items
    called = [
        (node.func.id, node.lineno + start - 1, node.col_offset)
        for start, item in zip(read(Text.of(source)).starts, items, strict=True)
        for node in ast.walk(item.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert ("first", 2, 4) in called
    assert ("second", 4, 4) in called
    assert ("fourth", 9, 4) in called
    assert [item.broken for item in items if "def after" in item.text] == [False]


def test_a_broken_header_keeps_its_name_and_its_body() -> None:
    parsed = parse("async def load(db,\n    await db.get(1)\n    return 2\n")
    assert parsed.broken
    assert names(parsed.tree) == ["load"]
    assert isinstance(first("async def load(db,\n    await db.get(1)\n", ast.Await), ast.Await)


def test_an_unclosed_string_does_not_turn_the_file_inside_out() -> None:
    source = 'def f():\n    x = """\n    return x\n\n\ndef g():\n    """Says so."""\n    return 1\n'
    damaged, second = (item for item in read(Text.of(source)).items if item.tree.body)
    assert damaged.broken and not second.broken
    assert names(second.tree) == ["g"]


def test_except_without_parentheses() -> None:
    parsed = parse("try:\n    x\nexcept A.b, C:\n    pass\n")
    handler = first("try:\n    x\nexcept A.b, C:\n    pass\n", ast.ExceptHandler)
    assert isinstance(handler, ast.ExceptHandler) and isinstance(handler.type, ast.Tuple)
    assert [ast.unparse(each) for each in handler.type.elts] == ["A.b", "C"]
    assert place(handler.type) == (3, 7, 3, 13)
    assert not parsed.broken


@pytest.mark.parametrize(
    "source",
    [
        "def f[T: (int, str) = int, *Ts, **P](x: T) -> T:\n    return x\n",
        "class C[\n    T,\n](Base[T]):\n    x = 1\n",
        "if 1:\n    type X[T] = list[T]\n    y = 1\n",
        "class A:\n\ttype X = int\n\ty = 1\n",
    ],
)
def test_type_parameters_and_type_statements(source: str) -> None:
    parsed = parse(source)
    assert not parsed.broken
    assert names(parsed.tree) == names(ast.parse(source.replace("type X", "X"))) if "[T" not in source else True


def test_a_type_statement_keeps_its_columns() -> None:
    source = "if 1:\n    type Xé = int\n    y = 1\n"
    alias = parse(source).tree.body[0].body[0]  # type: ignore[attr-defined]
    assert place(alias) == (2, 4, 2, 18)
    assert [place(node) for node in ast.walk(alias) if isinstance(node, ast.Name)] == [(2, 9, 2, 12), (2, 15, 2, 18)]


def test_nested_quotes_backslashes_and_comments_in_f_strings() -> None:
    source = 'x = f"{a["k"]} {"\\n".join(b)} {\n  c  # }\n}"\n'
    parsed = parse(source)
    assert not parsed.broken
    joined = first(source, ast.JoinedStr)
    assert place(joined) == (1, 4, 3, 2)
    fields = [node for node in ast.walk(joined) if isinstance(node, ast.FormattedValue)]
    assert [ast.unparse(field.value) for field in fields] == ["a['k']", "'\\n'.join(b)", "c"]
    assert [place(field)[:2] for field in fields] == [(1, 6), (1, 15), (1, 30)]


def test_the_parts_of_an_f_string_stand_where_they_stand() -> None:
    joined = first('x = ("é" f"a{b}"\n   f"{c!r:>{w}}" "d")', ast.JoinedStr)
    assert isinstance(joined, ast.JoinedStr)
    assert place(joined) == (1, 5, 2, 20)
    assert [place(value) for value in joined.values] == [(1, 5, 1, 13), (1, 13, 1, 16), (2, 5, 2, 15), (2, 17, 2, 20)]
    assert [place(node) for node in ast.walk(joined) if isinstance(node, ast.Name)] == [
        (1, 14, 1, 15),
        (2, 6, 2, 7),
        (2, 12, 2, 13),
    ]


def test_debug_fields() -> None:
    joined = first('f"a{ q = }"', ast.JoinedStr)
    assert isinstance(joined, ast.JoinedStr)
    text, field = joined.values
    assert isinstance(text, ast.Constant) and text.value == "a q = "
    assert isinstance(field, ast.FormattedValue) and field.conversion == ord("r")


def test_t_strings_are_templates_and_f_strings_are_not() -> None:
    tree = parse('a = t"x{y}"\nb = f"x{y}"\nc = Rt"{z}"\n').tree
    assert [is_template(statement.value) for statement in tree.body] == [True, False, True]  # type: ignore[attr-defined]


def test_newer_syntax_is_named_and_not_broken() -> None:
    parsed = parse('x = t"{y}"\n')
    assert not parsed.broken
    assert all(problem.newer_syntax for problem in parsed.problems)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000,
        "[" * 5000 + "]" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "1+" * 50_000 + "1",
        "x" + ".a" * 100_000,
        "".join(" " * n + "if x:\n" for n in range(300)),
        "x = 1\0\nf()\n",
        "x = '\ud800'\ny = \udfff\n",
        "if 1:\n\tx\n        y\n  \tz\n",
        "\\\n" * 5000,
        'f"{' * 3000,
        "(\n" + "@a\n" * 3000,
        '"' * 100_001,
        "x = 'a" * 100_000,
        "x" * 10_000_000,
        "def f():\n" + "  x = db.\n" * 2000,
        "\ufeff\ufeffx",
        "\f \f\tx\n",
    ],
    ids=lambda source: repr(source[:12]),
)
def test_hostile_text_is_answered(source: str) -> None:
    text = Text.of(source)
    assert sum(item.lines for item in read(text).items if not item.owner) == len(text.lines)


def test_a_template_string_inside_an_f_string_is_found() -> None:
    parsed = parse("x = f'{t\"{y}\"}'\n")
    assert not parsed.broken
    assert [is_template(node) for node in ast.walk(parsed.tree) if "Str" in type(node).__name__] == [False, True]
