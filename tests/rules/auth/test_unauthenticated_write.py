"""SW508: handlers that write and do not ask who writes, though their siblings do."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.running import fixed, running

SECURITY = """
#- security.py
from http import HTTPStatus
from typing import Annotated
from fastapi import Cookie, Depends, Header, HTTPException, Request, status
from fastapi.security import HTTPBearer, OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="login")
optional_scheme = OAuth2PasswordBearer(tokenUrl="login", auto_error=False)

class User:
    is_admin: bool = False

def find(token: str) -> User:
    return User()

def current_user(token: str = Depends(scheme)) -> User:
    return find(token)

def current_admin(user: User = Depends(current_user)) -> User:
    if not user.is_admin:
        raise HTTPException(status.HTTP_403_FORBIDDEN)
    return user

def maybe_user(token: str | None = Depends(optional_scheme)) -> User | None:
    return find(token) if token else None

def insistent_user(token: str | None = Depends(optional_scheme)) -> User:
    if token is None:
        raise HTTPException(status_code=HTTPStatus.UNAUTHORIZED)
    return find(token)

def by_header(x_machine: str = Header()) -> None:
    if x_machine != "one":
        raise HTTPException(status_code=403)

def by_cookie(seat: str = Cookie()) -> str:
    return refuse_strangers(seat)

def refuse_strangers(seat: str) -> str:
    if not seat:
        raise HTTPException(401)
    return seat

def by_request(request: Request) -> str:
    name = request.headers.get("Authorization")
    if name is None:
        raise HTTPException(401, "Who are you?")
    return name

def language(accept_language: str = Header("en")) -> str:
    if len(accept_language) > 99:
        raise HTTPException(400)
    return accept_language

class Guard:
    def __call__(self, token: str = Depends(scheme)) -> str:
        return token

guard = Guard()
CurrentUser = Annotated[User, Depends(current_user)]

#- db.py
from typing import Annotated
from fastapi import Depends

class Db:
    def put(self, *values: object) -> None: ...

def get_db():
    yield Db()

DbDep = Annotated[Db, Depends(get_db)]
"""

HEAD = """
from typing import Annotated
import helpers
import library
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Header, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from db import Db, DbDep, get_db
from security import *
from security import CurrentUser, by_cookie, by_header, by_request, current_admin, current_user, guard, insistent_user, language
from security import maybe_user, User

router = APIRouter()
"""

SIBLINGS = """
@router.post("/items")
def create(db: DbDep, user: CurrentUser) -> None:
    db.put(user)

@router.put("/items/{key}")
def change(key: int, db: DbDep, user: CurrentUser) -> None:
    db.put(key, user)
"""

HELPERS = """
#- helpers.py
from fastapi import HTTPException

def look_into(text: str) -> None:
    if text != "mine":
        raise HTTPException(403)

def deep(text: str) -> None:
    look_into(text)
"""


def of(provider: str) -> str:
    """Two handlers that have a guard in their decorators."""
    return f"""
@router.post("/items", dependencies=[Depends({provider})])
def create(db: DbDep) -> None:
    db.put()

@router.put("/items/{{key}}", dependencies=[Depends({provider})])
def change(key: int, db: DbDep) -> None:
    db.put(key)
"""


FORGOTTEN = """
@router.delete("/items/{key}")
def «remove»(key: int, db: DbDep) -> None:
    db.put(key)
"""
FOUND = {
    "the alias of another module": SIBLINGS + FORGOTTEN,
    "a guard in decorators": of("current_user") + FORGOTTEN,
    "a guard that a guard asks for": of("current_admin") + FORGOTTEN,
    "a scheme that refuses nobody, and who does": of("insistent_user") + FORGOTTEN,
    "a header": of("by_header") + FORGOTTEN,
    "a cookie, refused further on": of("by_cookie") + FORGOTTEN,
    "the request": of("by_request") + FORGOTTEN,
    "an object": of("guard") + FORGOTTEN,
    "a scheme itself": of("HTTPBearer()") + FORGOTTEN,
    "a default": """
@router.post("/items")
async def create(db: Db = Depends(get_db), user: User = Depends(current_user)):
    db.put(user)
@router.put("/items")
async def change(db: Db = Depends(get_db), user: User = Depends(current_user)):
    db.put(user)
@router.patch("/items")
async def «touch»(db: Db = Depends(get_db)):
    db.put()
""",
    "scopes": """
@router.post("/items")
def create(user: Annotated[User, Security(current_user, scopes=["items"])]): ...
@router.put("/items")
def change(user: Annotated[User, Security(current_user, scopes=["items"])]): ...
@router.patch("/items")
def «touch»(name: str): ...
""",
    "different guards that lead to one": """
@router.post("/items")
def create(user: User = Depends(current_admin)): ...
@router.put("/items")
def change(user: CurrentUser): ...
@router.patch("/items")
def «touch»(name: str): ...
""",
    "the siblings below": FORGOTTEN + SIBLINGS,
    "most of the siblings": SIBLINGS
    + FORGOTTEN
    + """
@router.patch("/items")
def «touch»(db: DbDep) -> None:
    db.put()
@router.post("/more")
def more(user: CurrentUser): ...
""",
    "another guard beside it in the router's list that is none": SIBLINGS.replace(
        "@router.post", "@router.get('/languages', dependencies=[Depends(language)])\ndef languages(): ...\n@router.post"
    )
    + FORGOTTEN,
    "several methods": SIBLINGS
    + """
@router.api_route("/items/{key}", methods=["GET", "DELETE"])
def «both»(key: int, db: DbDep) -> None:
    db.put(key)
""",
    "the app": (SIBLINGS + FORGOTTEN).replace("@router", "@app").replace("\n@app.post", "\napp = FastAPI()\n@app.post", 1),
    "a router that is included with something else": SIBLINGS
    + FORGOTTEN
    + """
app = FastAPI(dependencies=[Depends(get_db)])
app.include_router(router, prefix="/v1", dependencies=[])
""",
    "a limit of its own": SIBLINGS
    + """
@router.delete("/items/{key}", dependencies=[Depends(get_db)])
def «remove»(key: int) -> None: ...
""",
    "a login beside it": SIBLINGS
    + FORGOTTEN
    + """
@router.post("/login")
def enter(db: DbDep) -> None:
    db.put()
@router.post("/webhooks/pay")
def paid(db: DbDep) -> None:
    db.put()
""",
}  # fmt: skip


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_a_handler_without_its_siblings_guard_is_found(text: str) -> None:
    assert_finds("SW508", HEAD + text + SECURITY)


def test_a_router_of_another_module_is_found() -> None:
    text = """
#- main.py
from fastapi import FastAPI
import items
app = FastAPI()
app.include_router(items.router)
#- items.py
"""
    assert_finds("SW508", text + (HEAD + SIBLINGS + FORGOTTEN).lstrip() + SECURITY)


NOT_FOUND = {
    "all ask": SIBLINGS,
    "it reads": SIBLINGS + "@router.get('/items')\ndef items(db: DbDep): ...\n",
    "one sibling only": """
@router.post("/items")
def create(user: CurrentUser): ...
@router.put("/items")
def change(db: DbDep): ...
""",
    "half of the siblings": SIBLINGS
    + """
@router.patch("/a")
def first(db: DbDep): ...
@router.patch("/b")
def second(db: DbDep): ...
@router.patch("/c")
def third(db: DbDep): ...
""",
    "another guard": SIBLINGS + "@router.delete('/items')\ndef remove(name: str = Depends(by_header)): ...\n",
    "a guard further on": SIBLINGS
    + """
def own(user: CurrentUser) -> int:
    return 1
@router.delete("/items")
def remove(name: int = Depends(own)): ...
""",
    "somebody who may be logged in": of("maybe_user") + "@router.delete('/items')\ndef remove(db: DbDep): ...\n",
    "a header that lets in everybody": of("language") + "@router.delete('/items')\ndef remove(db: DbDep): ...\n",
    "no guard at all": of("get_db") + "@router.delete('/items')\ndef remove(key: int): ...\n",
    "a name for anybody": SIBLINGS + "@router.post('/in')\ndef login(name: str, db: DbDep): ...\n",
    "a path for anybody": SIBLINGS + "@router.post('/stripe/webhook')\ndef paid(name: str, db: DbDep): ...\n",
    "a search": SIBLINGS + "@router.post('/items/search')\ndef found(words: list[str], db: DbDep): ...\n",
    "a comment": SIBLINGS + "# Anybody may vote.\n@router.post('/votes')\ndef vote(db: DbDep): ...\n",
    "a docstring": SIBLINGS + "@router.post('/votes')\ndef vote(db: DbDep):\n    '''A public endpoint.'''\n",
    "a summary": SIBLINGS + "@router.post('/votes', summary='Without login')\ndef vote(db: DbDep): ...\n",
    "an unknown dependency": SIBLINGS
    + "@router.delete('/items')\ndef remove(user: str = Depends(library.user)): ...\n",
    "an unknown default": SIBLINGS + "@router.delete('/items')\ndef remove(user: str = library.who()): ...\n",
    "an unknown alias": SIBLINGS + "@router.delete('/items')\ndef remove(user: library.Somebody): ...\n",
    "unknown dependencies of the decorator": SIBLINGS
    + "@router.delete('/items', dependencies=library.GUARDS)\ndef remove(db: DbDep): ...\n",
    "unknown options of the decorator": SIBLINGS
    + "@router.delete('/items', **library.OPTIONS)\ndef remove(db: DbDep): ...\n",
    "another decorator": SIBLINGS + "@router.delete('/items')\n@library.members\ndef remove(db: DbDep): ...\n",
    "it refuses by itself": SIBLINGS
    + """
@router.delete("/items")
def remove(name: str, db: DbDep):
    if name != "me":
        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)
""",
    "a helper refuses": SIBLINGS + "@router.delete('/items')\ndef remove(name: str):\n    helpers.deep(name)\n",
    "the request goes to somebody": SIBLINGS
    + "@router.delete('/items')\ndef remove(request: Request):\n    library.open(request)\n",
    "it reads the headers": SIBLINGS
    + "@router.delete('/items')\ndef remove(request: Request):\n    return request.headers['x']\n",
    "it takes a header": SIBLINGS + "@router.delete('/items')\ndef remove(x_kind: str = Header()): ...\n",
    "it verifies a signature": SIBLINGS
    + "@router.post('/news')\nasync def news(request: Request):\n    library.verify_signature(await request.body())\n",
    "a secret in the query": SIBLINGS + "@router.post('/leave')\ndef leave(leave_token: str, db: DbDep): ...\n",
    "a secret in the body": SIBLINGS
    + "class Leave(BaseModel):\n    secret: str\n@router.post('/leave')\ndef leave(data: Leave, db: DbDep): ...\n",
    "another router": SIBLINGS + "open_router = APIRouter()\n@open_router.delete('/x')\ndef remove(db: DbDep): ...\n",
    "a router whose class is the project's": SIBLINGS.replace("@router", "@own")
    .replace("\n@own", "\nclass Own(APIRouter): ...\nown = Own()\n@own", 1)
    + "@own.delete('/items')\ndef remove(db: DbDep): ...\n",
    "the router's guard": SIBLINGS.replace("@router", "@own").replace(
        "\n@own", "\nown = APIRouter(dependencies=[Depends(current_user)])\n@own", 1
    )
    + "@own.delete('/items')\ndef remove(db: DbDep): ...\n",
    "the router's route class": SIBLINGS.replace("@router", "@own").replace(
        "\n@own", "\nown = APIRouter(route_class=library.Route)\n@own", 1
    )
    + "@own.delete('/items')\ndef remove(db: DbDep): ...\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_is_guarded_or_for_anybody_is_left_alone(text: str) -> None:
    assert_silent("SW508", HEAD + text + SECURITY + HELPERS)


INCLUDED = {
    "the include": "app.include_router(items.router, dependencies=[Depends(by_request)])",
    "the include of the include": """
outer = APIRouter()
outer.include_router(items.router)
app.include_router(outer, dependencies=[Depends(current_user)])
""",
    "the app": "app = FastAPI(dependencies=[Depends(current_user)])\napp.include_router(items.router)",
    "an unknown list": "app.include_router(items.router, dependencies=library.guards())",
    "a loop": "for one in (items, others):\n    app.include_router(one.router, dependencies=[Depends(current_user)])",
}


@pytest.mark.parametrize("text", INCLUDED.values(), ids=INCLUDED)
def test_routers_that_are_included_with_a_guard_are_left_alone(text: str) -> None:
    main = f"""
#- main.py
import items
import library
import others
from fastapi import APIRouter, Depends, FastAPI
from security import by_request, current_user
{"" if "app = " in text else "app = FastAPI()"}
{text}
#- others.py
from fastapi import APIRouter
router = APIRouter()
#- items.py
"""
    assert_silent("SW508", main + (HEAD + SIBLINGS + FORGOTTEN).replace("«", "").replace("»", "").lstrip() + SECURITY)


def test_tests_are_left_alone() -> None:
    text = (HEAD + SIBLINGS + FORGOTTEN).replace("«", "").replace("»", "")
    assert_silent("SW508", f"#- tests/app.py\n{text.lstrip()}{SECURITY}")


def test_a_sibling_that_changes_is_seen() -> None:
    """Siblings stand in other items of the file."""
    example = parse(HEAD + SIBLINGS + FORGOTTEN + SECURITY)
    folder = Folder(example.files)
    path, workspace = folder.root / "main.py", folder.workspace
    text = example.files["main.py"]
    workspace.open(path, text.encode())
    assert [one.code for one in folder.findings("SW508")] == ["SW508"]
    path.write_text(text.replace("key: int, db: DbDep, user: CurrentUser", "key: int, db: DbDep"))
    workspace.open(path, path.read_bytes())
    assert folder.findings("SW508") == []
    path.write_text(text)
    workspace.open(path, path.read_bytes())
    assert [one.code for one in folder.findings("SW508")] == ["SW508"]


def fix(imports: str, siblings: str, before: str, after: str) -> None:
    start = f"from typing import Annotated\n\nfrom fastapi import APIRouter, Depends\n{imports}\nrouter = APIRouter()\n{siblings}\n"
    assert_fixes("SW508", start + before + SECURITY, start + after + SECURITY)


ALIAS = """
@router.post("/items")
def create(name: str, user: CurrentUser): ...


@router.put("/items")
def change(name: str, user: CurrentUser): ...

"""
FROM = "from security import CurrentUser\n"
ALIASES = {
    "no parameter": ("def remove(): ...", "def remove(user: CurrentUser): ..."),
    "one": ("def remove(key: int): ...", "def remove(key: int, user: CurrentUser): ..."),
    "a default": ("def remove(key: int, force: bool = False): ...",
                  "def remove(key: int, user: CurrentUser, force: bool = False): ..."),
    "a default only": ("def remove(force: bool = False): ...", "def remove(user: CurrentUser, force: bool = False): ..."),
    "named only": ("def remove(*, force: bool = False): ...", "def remove(*, force: bool = False, user: CurrentUser): ..."),
    "both": ("def remove(key: int, *, force: bool): ...", "def remove(key: int, user: CurrentUser, *, force: bool): ..."),
    "lines": ("def remove(\n    key: int,  # its number\n) -> None: ...",
              "def remove(\n    key: int,  # its number\n    user: CurrentUser,\n) -> None: ..."),
    "lines without a comma": ("def remove(\n    key: int\n) -> None: ...",
                              "def remove(\n    key: int,\n    user: CurrentUser\n) -> None: ..."),
    "lines with a default": ("def remove(\n    key: int,\n    force: bool = False,\n) -> None: ...",
                             "def remove(\n    key: int,\n    user: CurrentUser,\n    force: bool = False,\n) -> None: ..."),
    "tabs": ("def remove(\n\tkey: int,\n) -> None:\n\tprint(key)",
             "def remove(\n\tkey: int,\n\tuser: CurrentUser,\n) -> None:\n\tprint(key)"),
    "the name is taken": ("def remove(user: str): ...", "def remove(user: str, current_user: CurrentUser): ..."),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ALIASES.values(), ids=ALIASES)
def test_the_siblings_alias_becomes_a_parameter(before: str, after: str) -> None:
    line = '@router.delete("/items")\n'
    fix(FROM, ALIAS, f"{line}{before}\n", f"{line}{after}\n")


def test_the_alias_is_reached_through_its_module() -> None:
    siblings = ALIAS.replace("CurrentUser", "security.CurrentUser")
    line = '@router.delete("/items")\n'
    fix(
        "import security\n",
        siblings,
        f"{line}def remove(key: int): ...\n",
        f"{line}def remove(key: int, user: security.CurrentUser): ...\n",
    )


def test_the_siblings_default_is_given() -> None:
    siblings = ALIAS.replace("user: CurrentUser", "user: User = Depends(current_user)")
    line = '@router.delete("/items")\n'
    fix(
        "from security import User, current_user\n",
        siblings,
        f"{line}def remove(key: int, force: bool = False): ...\n",
        f"{line}def remove(key: int, force: bool = False, user: User = Depends(current_user)): ...\n",
    )


def test_what_stands_in_annotated_is_written_out() -> None:
    siblings = ALIAS.replace("user: CurrentUser", "user: Annotated[User, Depends(current_user)]")
    line = '@router.delete("/items")\n'
    fix(
        "from security import User, current_user\n",
        siblings,
        f"{line}def remove(key: int): ...\n",
        f"{line}def remove(key: int, user: Annotated[User, Depends(current_user)]): ...\n",
    )


DECORATORS = {
    "none yet": ('@router.delete("/items")', '@router.delete("/items", dependencies=[Depends(by_header)])'),
    "one": ('@router.delete("/items", dependencies=[Depends(get_db)])',
            '@router.delete("/items", dependencies=[Depends(get_db), Depends(by_header)])'),
    "an empty list": ('@router.delete("/items", dependencies=[])',
                      '@router.delete("/items", dependencies=[Depends(by_header)])'),
    "two decorators": ('@router.delete("/items")\n@router.delete("/things")',
                       '@router.delete("/items", dependencies=[Depends(by_header)])\n'
                       '@router.delete("/things", dependencies=[Depends(by_header)])'),
    "lines": ('@router.delete(\n    "/items",\n    status_code=204,\n)',
              '@router.delete(\n    "/items",\n    status_code=204,\n    dependencies=[Depends(by_header)],\n)'),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), DECORATORS.values(), ids=DECORATORS)
def test_the_siblings_decorators_are_followed(before: str, after: str) -> None:
    siblings = """
@router.post("/items", dependencies=[Depends(by_header)])
def create(name: str): ...


@router.put("/items", dependencies=[Depends(by_header)])
def change(name: str): ...

"""
    body = "\ndef remove(key: int): ...\n"
    fix("from db import get_db\nfrom security import by_header\n", siblings, before + body, after + body)


def test_what_is_defined_further_down_is_not_used() -> None:
    text = (
        HEAD
        + FORGOTTEN
        + "Somebody = Annotated[User, Depends(current_user)]\n"
        + SIBLINGS.replace("CurrentUser", "Somebody")
    )
    (one,) = assert_finds("SW508", text + SECURITY)
    with pytest.raises(Exception, match="further down"):
        one.finding.fixes[0].make()


def test_after_the_fix_only_those_who_show_who_they_are_get_in() -> None:
    text = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

app = FastAPI()
scheme = OAuth2PasswordBearer(tokenUrl="in")
removed: list[int] = []


def current_user(token: Annotated[str, Depends(scheme)]) -> str:
    if token != "rose":
        raise HTTPException(401)
    return token


CurrentUser = Annotated[str, Depends(current_user)]


@app.post("/items")
def create(user: CurrentUser) -> str:
    return user


@app.put("/items")
def change(user: CurrentUser) -> str:
    return user


@app.delete("/items/{key}")
def remove(key: int, user_name: str = "") -> int:
    removed.append(key)
    return key
"""
    with running(parse(text).files) as module:
        assert TestClient(module.app).delete("/items/1").status_code == 200
    with running(fixed("SW508", text)) as module:
        client = TestClient(module.app)
        assert client.delete("/items/1").status_code == 401
        assert client.delete("/items/1", headers={"Authorization": "Bearer thorn"}).status_code == 401
        assert module.removed == []
        answer = client.delete("/items/1", headers={"Authorization": "Bearer rose"})
        assert (answer.status_code, answer.json(), module.removed) == (200, 1, [1])


UNPACKED = """
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException

router = APIRouter()
options = {}
app = FastAPI(**options)


def keeper(x_key: str = Header()) -> None:
    if x_key != "one":
        raise HTTPException(403)


guarded = [Depends(keeper)]


@router.post("/a", dependencies=guarded)
def add(number: int) -> None: ...


@router.put("/a", dependencies=guarded)
def change(number: int) -> None: ...


@router.delete("/a")
def {}(number: int) -> None: ...


app.include_router(router)
"""


def test_options_that_are_unpacked_into_the_application() -> None:
    plain = '{"title": "Boxes", "version": "1"}'
    assert_finds("SW508", UNPACKED.replace("{}", plain, 1).replace("{}", "«remove»"))
    guards = '{"title": "Boxes", "dependencies": [Depends(lambda: HTTPException(403))]}'
    assert_silent("SW508", UNPACKED.replace("{}", guards, 1).replace("{}", "remove"))
    unknown = '{"title": "Boxes", "dependencies": read()}'
    assert_silent("SW508", UNPACKED.replace("{}", unknown, 1).replace("{}", "remove"))
    assert_silent("SW508", UNPACKED.replace("{}", "read()", 1).replace("{}", "remove"))
