"""Names lead to what they stand for, through every way that Python has of handing them on."""

from __future__ import annotations

import pytest

from support.meaning import meaning

WAYS = {
    "plain import": "import requests\n«requests.get»(u)",
    "import of a submodule": "import requests.adapters\n«requests.get»(u)",
    "import as": "import requests as r\n«r.get»(u)",
    "from import": "from requests import get\n«get»(u)",
    "from import as": "from requests import get as fetch\n«fetch»(u)",
    "through a variable": "import requests\nfetch = requests.get\n«fetch»(u)",
    "through two variables": "import requests\na = requests\nb = a\n«b.get»(u)",
    "inside a function": "def f():\n    import requests\n    return «requests.get»(u)",
    "in an outer function": "def f():\n    import requests\n    def g():\n        return «requests.get»(u)",
    "conditional": "import sys\nif sys.platform:\n    import requests\nelse:\n    requests = None\n«requests.get»(u)",
    "with a fallback": "try:\n    import requests\nexcept ImportError:\n    requests = None\n«requests.get»(u)",
    "for type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requests\n«requests.get»(u)",
    "under its private name": "from requests.api import get\n«get»(u)",
    "defined further down": "def f():\n    return «requests.get»(u)\nimport requests",
    "in a comprehension": "import requests\n[«requests.get»(u) for u in us]",
    "in a default": "import requests\ndef f(get=«requests.get»): ...",
    "in a lambda": "import requests\nf = lambda u: «requests.get»(u)",
    "re-exported": "#- app/__init__.py\nfrom requests import get\n#- main.py\nfrom app import get\n«get»(u)",
    "re-exported twice": (
        "#- a/__init__.py\nfrom .b import fetch\n#- a/b.py\nfrom .c import get as fetch\n#- a/c.py\nfrom requests import get\n"
        "#- main.py\nimport a\n«a.fetch»(u)"
    ),
    "star import of the project": "#- app/__init__.py\n#- app/http.py\nfrom requests import get\n#- main.py\nfrom app.http import *\n«get»(u)",
    "star of a star": (
        "#- a/__init__.py\n#- a/b.py\nfrom a.c import *\n#- a/c.py\nimport requests\n#- main.py\nfrom a.b import *\n«requests.get»(u)"
    ),
    "relative import": "#- a/__init__.py\n#- a/http.py\nimport requests\n#- a/b/__init__.py\n#- a/b/c.py\nfrom .. import http\n«http.requests.get»(u)",
    "relative import in a package": "#- a/__init__.py\nfrom .http import get\n«get»(u)\n#- a/http.py\nfrom requests import get",
    "attribute of a class": "import requests\nclass A:\n    get = requests.get\n«A.get»(u)",
    "attribute of an instance": "import requests\nclass A:\n    def __init__(self):\n        self.http = requests\n    def f(self):\n        «self.http.get»(u)",
}  # fmt: skip


@pytest.mark.parametrize("whole", [False, True], ids=["items", "whole"])
@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS.keys())
def test_ways_to_a_name(text: str, whole: bool) -> None:
    assert meaning(text, whole=whole) == "requests.get"


@pytest.mark.parametrize(
    "text",
    [
        "«get»(u)",
        "def f(requests):\n    «requests.get»(u)",
        "import requests\ndef f():\n    requests = make()\n    «requests.get»(u)",
        "import requests\ndef f(requests=None):\n    «requests.get»(u)",
        "from somewhere import *\n«get»(u)",
        "#- app/__init__.py\n#- app/http.py\n_get = 1\n#- main.py\nfrom app.http import *\n«_get»(u)",
        "#- app/__init__.py\n#- main.py\nfrom app import missing\n«missing.get»(u)",
        "#- a.py\nfrom b import x\n#- b.py\nfrom a import x\n#- main.py\nfrom a import x\n«x»(u)",
        "x = y\ny = x\n«x»(u)",
    ],
)
def test_a_name_that_leads_nowhere_certain(text: str) -> None:
    assert meaning(text) == "unknown"


def test_the_last_assignment_counts_and_branches_all_do() -> None:
    assert meaning("import requests\ndef f():\n    x = make()\n    x = requests\n    «x.get»(u)") == "requests.get"
    assert (
        meaning("import requests\ndef f(c):\n    x = requests\n    if c:\n        x = make()\n    «x.get»(u)")
        == "unknown"
    )
    both = "import requests, httpx\ndef f(c):\n    if c:\n        x = requests\n    else:\n        x = httpx\n    «x.get»(u)"
    assert meaning(both) == "httpx.get | requests.get"


def test_the_project_s_own_names_are_absolute() -> None:
    assert (
        meaning("#- app/__init__.py\n#- app/crud.py\ndef get(): ...\n#- app/main.py\nfrom .crud import get\n«get»()")
        == "app.crud.get"
    )
    assert meaning("def make():\n    def inner(): ...\n    «inner»()") == "main.make.<locals>.inner"
    assert meaning("class A:\n    def f(self):\n        «self.g»()\n    def g(self): ...") == "main.A.g"
    assert meaning("class A:\n    def g(self): ...\nclass B(A):\n    def f(self):\n        «self.g»()") == "main.A.g"


def test_builtins_unless_somebody_took_their_name() -> None:
    assert meaning("«open»(p)") == "builtins.open"
    assert meaning("def open(p): ...\n«open»(p)") == "main.open"
    assert meaning("from mine import open\n«open»(p)") == "mine.open"
