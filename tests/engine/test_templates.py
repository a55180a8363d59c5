"""Templates that make Python are not Python with errors."""

from __future__ import annotations

import pytest

from support.marked import Folder, assert_finds


@pytest.mark.parametrize(
    "source",
    [
        "{% for name in services %}\nfrom shop.{{ name }} import {{ name }}\n{% endfor %}\n\nx = (1))\n",
        "from {{ package }}.db import engine\n\n\ndef f(:\n    pass\n",
        "class {{ cookiecutter.name }}Settings:\n    debug = False\n",
        "x = 1\n{%- if cache %}\ny = 2\n{%- endif %}\n",
    ],
)
def test_a_template_has_no_syntax_errors(source: str) -> None:
    folder = Folder({"template.py": source})
    assert folder.findings("SW000") == []
    path = folder.root / "template.py"
    folder.workspace.open(path, source)  # cut into items, as in an editor
    assert [found.code for found in folder.workspace.findings(path)] == []


def test_braces_in_code_that_parses_prove_nothing() -> None:
    assert_finds("SW000", 'PAGE = """{% if user %}{{ user }}{% endif %}"""\nSETS = f"{{1}}"\n\ntotal = sum«»(1\n')
