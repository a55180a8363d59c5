"""SW301 and SW302: the models that their fixes write, where, and what the mended handlers do."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from seawall.edits import CannotFix
from support.marked import Folder, assert_fixes, parse
from support.serving import imported, mended, plain

HEAD = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
MENDED = "from fastapi import FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\n\n\n"


def fixed(body: str, after: str, *models: str) -> None:
    handler = "@app.post('/')\ndef create_order(body: {}):\n    {}\n"
    assert_fixes(
        "SW301",
        HEAD + handler.format("dict", body).replace("body:", "«body:").replace("dict)", "dict»)"),
        MENDED + "".join(f"{model}\n\n\n" for model in models) + handler.format("CreateOrderRequest", after),
    )


# -- mappings and lists within -----------------------------------------------------------------------------------------


def test_a_mapping_within() -> None:
    fixed(
        'return body["address"]["city"].title(), int(body["address"]["number"])',
        "return body.address.city.title(), body.address.number",
        "class CreateOrderAddress(BaseModel):\n    city: str\n    number: int",
        "class CreateOrderRequest(BaseModel):\n    address: CreateOrderAddress",
    )


def test_a_mapping_in_a_variable() -> None:
    fixed(
        'address = body["address"]\n    return address["city"].title(), address.get("zip", "-")',
        "address = body.address\n    return address.city.title(), address.zip",
        'class CreateOrderAddress(BaseModel):\n    city: str\n    zip: str = "-"',
        "class CreateOrderRequest(BaseModel):\n    address: CreateOrderAddress",
    )


def test_a_mapping_that_may_be_missing() -> None:
    fixed(
        'address = body.get("address")\n    return address["city"].title() if address else None',
        "address = body.address\n    return address.city.title() if address else None",
        "class CreateOrderAddress(BaseModel):\n    city: str",
        "class CreateOrderRequest(BaseModel):\n    address: CreateOrderAddress | None = None",
    )
    fixed(
        'return body.get("address", {}).get("city", "-"), body.get("address", {}).get("zip", 0)',
        "return body.address.city, body.address.zip",
        'class CreateOrderAddress(BaseModel):\n    city: str = "-"\n    zip: int = 0',
        "class CreateOrderRequest(BaseModel):\n    address: CreateOrderAddress = CreateOrderAddress()",
    )


def test_a_list_of_mappings() -> None:
    fixed(
        'total = 0\n    for item in body["items"]:\n        total += int(item["amount"]) * item.get("price", 1)\n    return total',
        "total = 0\n    for item in body.items:\n        total += item.amount * item.price\n    return total",
        "class CreateOrderItem(BaseModel):\n    amount: int\n    price: int = 1",
        "class CreateOrderRequest(BaseModel):\n    items: list[CreateOrderItem]",
    )


def test_a_list_in_comprehensions_and_a_variable() -> None:
    fixed(
        'rows = body.get("entries", [])\n    return [row["sku"].upper() for row in rows], len(rows)',
        "rows = body.entries\n    return [row.sku.upper() for row in rows], len(rows)",
        "class CreateOrderEntry(BaseModel):\n    sku: str",
        "class CreateOrderRequest(BaseModel):\n    entries: list[CreateOrderEntry] = []",
    )


def test_mappings_in_lists_in_mappings() -> None:
    fixed(
        'return [item["size"]["width"] > 1 for item in body["cart"]["items"]], body["size"]["width"] > 1',
        "return [item.size.width > 1 for item in body.cart.items], body.size.width > 1",
        "class CreateOrderSize(BaseModel):\n    width: int | float",
        "class CreateOrderItem(BaseModel):\n    size: CreateOrderSize",
        "class CreateOrderCart(BaseModel):\n    items: list[CreateOrderItem]",
        "class CreateOrderRequestSize(BaseModel):\n    width: int | float",
        "class CreateOrderRequest(BaseModel):\n    cart: CreateOrderCart\n    size: CreateOrderRequestSize",
    )


STAYS = [
    # handed on whole, changed, of free keys: a mapping it is
    ('return body["a"]["b"] > 1, print(body["a"])', 'return body.a["b"] > 1, print(body.a)', "dict[str, Any]"),
    ('return body["a"]["b-c"] > 1', 'return body.a["b-c"] > 1', "dict[str, Any]"),
    ('return [one for one in body["a"]]', "return [one for one in body.a]", "list[Any]"),
    ('return [store(one, one["b"]) for one in body["a"]]', 'return [store(one, one["b"]) for one in body.a]', "list[Any]"),
    ('for one in body["a"]:\n        pass\n    return one["b"]', 'for one in body.a:\n        pass\n    return one["b"]', "list[Any]"),
    ('a = body["a"]\n    a = a["b"]\n    return a', 'a = body.a\n    a = a["b"]\n    return a', "Any"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "after", "type_"), STAYS)
def test_what_is_used_as_a_whole_stays_a_mapping(body: str, after: str, type_: str) -> None:
    handler = "@app.post('/')\ndef create_order(body: {}):\n    {}\n"
    assert_fixes(
        "SW301",
        HEAD + handler.format("dict", body).replace("body:", "«body:").replace("dict)", "dict»)"),
        f"from typing import Any\n\n{MENDED}class CreateOrderRequest(BaseModel):\n    a: {type_}\n\n\n"
        + handler.format("CreateOrderRequest", after),
    )


def test_words_in_defaults_are_no_types() -> None:
    assert_fixes(
        "SW301",
        "import typing\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/')\ndef f(«body: dict»):\n"
        '    return body.get("a", "Any UUID"), body["b"]\n',
        "import typing\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\n\n\n"
        'class FRequest(BaseModel):\n    a: str = "Any UUID"\n    b: typing.Any\n\n\n'
        "@app.post('/')\ndef f(body: FRequest):\n    return body.a, body.b\n",
    )


# -- where the model goes ----------------------------------------------------------------------------------------------

HANDLER = "@router.post('/')\nasync def add_book(body: {}):\n    return body['title'].strip()\n"
SCHEMAS = "from pydantic import BaseModel\n\n\nclass BookOut(BaseModel):\n    title: str\n"
WRITTEN = SCHEMAS + "\n\nclass AddBookRequest(BaseModel):\n    title: str\n"


@pytest.mark.parametrize(
    ("router", "schemas", "imported"),
    [
        ("app/books.py", "app/schemas.py", "app.schemas"),
        ("app/routers/books.py", "app/schemas/books.py", "app.schemas.books"),
        ("app/routers/books.py", "app/schemas/book.py", "app.schemas.book"),
        ("app/routers/books.py", "app/schemas/__init__.py", "app.schemas"),
        ("app/api/v1/books.py", "app/api/schemas.py", "app.api.schemas"),
        ("books.py", "schemas.py", "schemas"),
    ],
)
def test_the_projects_schemas_module(router: str, schemas: str, imported: str) -> None:
    head = "from fastapi import APIRouter\n{}\nrouter = APIRouter()\n\n\n"
    packages = "".join(f"#- {name}\n" for name in ("app/__init__.py",) if "/" in router)
    after = HANDLER.format("AddBookRequest").replace("body['title']", "body.title")
    assert_fixes(
        "SW301",
        f"#- {router}\n{head.format('')}{HANDLER.format('dict').replace('body: dict', '«body: dict»')}#- {schemas}\n{SCHEMAS}{packages}",
        f"#- {router}\n{head.format(f'{chr(10)}from {imported} import AddBookRequest{chr(10)}')}{after}#- {schemas}\n{WRITTEN}{packages}",
    )


def test_the_module_that_the_file_takes_its_schemas_from() -> None:
    assert_fixes(
        "SW301",
        f"""
#- app/routers/books.py
from fastapi import APIRouter

from ..dto import BookOut

router = APIRouter()


@router.get('/')
def first() -> BookOut: ...


{HANDLER.format("dict").replace("body: dict", "«body: dict»")}
#- app/dto.py
{SCHEMAS}#- app/schemas.py
{SCHEMAS}
""",
        f"""
#- app/routers/books.py
from fastapi import APIRouter

from ..dto import AddBookRequest, BookOut

router = APIRouter()


@router.get('/')
def first() -> BookOut: ...


{HANDLER.format("AddBookRequest").replace("body['title']", "body.title")}
#- app/dto.py
{WRITTEN}#- app/schemas.py
{SCHEMAS}
""",
    )


@pytest.mark.parametrize(
    "files",
    [
        # the file has models of its own, those beside it are tables or settings, or they import the handler
        f"{SCHEMAS.replace('BookOut', 'Own')}\n#- schemas.py\n{SCHEMAS}",
        "#- schemas.py\nfrom sqlmodel import SQLModel\n\nclass Book(SQLModel, table=True):\n    title: str\n",
        "#- schemas.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    title: str\n",
        f"#- schemas.py\nfrom main import router\n{SCHEMAS}",
        "#- schemas.py\nNAMES = []\n",
    ],
)
def test_the_handlers_own_file(files: str) -> None:
    own, _, others = files.partition("#-")
    text = f"from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n{own}\n{HANDLER.format('dict')}#-{others}"
    assert "class AddBookRequest(BaseModel):" in mended("SW301", text)["main.py"]


def test_a_name_that_the_schemas_have_already() -> None:
    text = (
        f"from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n{HANDLER.format('dict')}#- schemas.py\n{WRITTEN}"
    )
    files = mended("SW301", text)
    assert "from schemas import AddBookPayload\n" in files["main.py"]
    assert files["schemas.py"].endswith("\n\n\nclass AddBookPayload(BaseModel):\n    title: str\n")


# -- a body that the handler reads itself ------------------------------------------------------------------------------

RAW = "from fastapi import FastAPI, Request\n{}\napp = FastAPI()\n\n\n"
IMPORTS = "from fastapi.exceptions import RequestValidationError\nfrom pydantic import BaseModel, ValidationError\n"
MODEL = "class AddRequest(BaseModel):\n    title: str\n\n\n"


def validated(body: str, after: str, parameters: str = "request: Request", imports: str = IMPORTS) -> None:
    handler = f"@app.post('/')\nasync def add({parameters}):\n    {{}}\n"
    assert_fixes(
        "SW302",
        RAW.format("") + handler.format(body.replace("await request.", "«await request.", 1).replace("()", "()»", 1)),
        RAW.format(imports) + MODEL + handler.format(after),
    )


TRIED = (
    "try:\n        {} = AddRequest.model_validate_json({})\n    except ValidationError as error:\n"
    "        raise RequestValidationError(error.errors()) from error"
)


def test_where_the_body_is_read() -> None:
    read = TRIED.format("data", "await request.body()")
    validated(
        "data = await request.json()\n    return data['title'].strip()",
        f"{read}\n    return data.title.strip()",
        "request: Request = None",
    )


def test_bytes_that_are_used_otherwise_too() -> None:
    before = f"import json\n\n{RAW}"
    handler = (
        "@app.post('/')\nasync def add(request: Request):\n    body = {}\n    check(body)\n    {}\n    return {}\n"
    )
    assert_fixes(
        "SW302",
        before.format("") + handler.format("«await request.body()»", "data = json.loads(body)  # checked", "data['title'].strip()"),
        before.format(IMPORTS)
        + MODEL
        + handler.format(
            "await request.body()",
            "try:\n        data = AddRequest.model_validate_json(body)  # checked\n    except ValidationError as error:\n"
            "        raise RequestValidationError(error.errors()) from error",
            "data.title.strip()",
        ),
    )  # fmt: skip


def test_code_around_that_answers() -> None:
    validated(
        "try:\n        data = await request.json()\n    except ValueError:\n        return None\n    return data['title'].strip()",
        "try:\n        data = AddRequest.model_validate_json(await request.body())\n    except ValueError:\n        return None\n"
        "    return data.title.strip()",
        imports="from pydantic import BaseModel\n",
    )


def test_a_body_without_a_variable() -> None:
    validated(
        "if app:\n        return (await request.json())['title'].strip()",
        "if app:\n        "
        + TRIED.format("data", "await request.body()").replace("\n", "\n    ")
        + "\n        return data.title.strip()",
    )


def test_an_endpoint_of_starlette() -> None:
    handler = "async def add(request: Request):\n    {}\n    return JSONResponse(data{}.strip())\n"
    head = "from starlette.requests import Request\nfrom starlette.responses import JSONResponse\n\n\n"
    assert_fixes(
        "SW302",
        head + handler.format("data = «await request.json()»", "['title']"),
        "from pydantic import BaseModel, ValidationError\nfrom starlette.exceptions import HTTPException\n"
        + head
        + MODEL
        + handler.format(
            "try:\n        data = AddRequest.model_validate_json(await request.body())\n    except ValidationError as error:\n"
            "        raise HTTPException(422, str(error)) from error",
            ".title",
        ),
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("data = await request.json(); return data['title']", "shares its line"),
        (
            "try:\n        data = await request.json()\n    except JSONDecodeError:\n        return None\n    return data['title']",
            "no JSON",
        ),
    ],
)
def test_bodies_that_no_fix_can_validate(body: str, reason: str) -> None:
    text = f"{RAW.format('from json import JSONDecodeError')}@app.post('/')\nasync def add(request: Request):\n    {body}\n"
    (found,) = Folder(parse(text).files).findings("SW302")
    with pytest.raises(CannotFix, match=reason):
        list(found.finding.fixes[0].make())


@pytest.mark.parametrize(
    "body",
    [
        "data = await request.form(); return data['title']",
        "return [one for one in [1] if (await request.json())['title'] == one]",
        "data = await request.json()\n    data['seen'] = True\n    return data['title']",
        "data = await request.json()\n    data = data['inner']\n    return data['title']",
    ],
)
def test_bodies_that_get_no_fix(body: str) -> None:
    text = f"{RAW.format('')}@app.post('/')\nasync def add(request: Request):\n    {body}\n"
    assert all(not one.finding.fixes for one in Folder(parse(text).files).findings("SW302"))


# -- what the mended handlers do ---------------------------------------------------------------------------------------

SERVED = """
import json
from fastapi import APIRouter, FastAPI, Request

router = APIRouter()


@router.post("/orders")
def create_order(«body: dict»):
    address = body["address"]
    total = 0
    for item in body["items"]:
        total += int(item["amount"]) * item.get("price", 1)
    return {"city": address["city"].title(), "total": total, "note": body.get("note", "")}


@router.post("/raw")
async def raw(request: Request):
    data = «await request.json()»
    return {"title": data["title"].strip(), "tags": [tag["name"].upper() for tag in data["tags"]]}


@router.post("/kept")
async def kept(request: Request = None):
    data = «await request.json()»
    return {"title": data["title"].strip()}


@router.post("/signed")
async def signed(request: Request):
    body = «await request.body()»
    length = len(body)
    data = json.loads(body)
    return {"title": data["title"].strip(), "length": length}


@router.post("/direct")
async def direct(request: Request):
    if request.url:
        return {"title": («await request.json()»)["title"].strip()}
#- main.py
from fastapi import FastAPI
from orders import router

app = FastAPI()
app.include_router(router)
#- schemas.py
from pydantic import BaseModel


class Shown(BaseModel):
    title: str
"""
VALID = [
    ("/orders", {"address": {"city": "rome"}, "items": [{"amount": "2", "price": 3}, {"amount": 4}], "note": "x"}),
    ("/orders", {"address": {"city": "rome"}, "items": []}),
    ("/raw", {"title": " x ", "tags": [{"name": "a"}, {"name": "b"}]}),
    ("/kept", {"title": " x "}),
    ("/signed", {"title": " x "}),
    ("/direct", {"title": " x "}),
]
INVALID = [
    ("/orders", {"address": "rome", "items": []}),
    ("/orders", {"address": {"city": "rome"}, "items": [{"price": 3}]}),
    ("/orders", {"items": []}),
    ("/raw", {"title": 3, "tags": []}),
    ("/raw", {"title": "x", "tags": [{"name": 1}]}),
    ("/kept", {}),
    ("/kept", []),
    ("/signed", {"title": ["x"]}),
    ("/direct", "x"),
]


def test_the_mended_handlers_answer_as_before_and_refuse_the_rest() -> None:
    text = f"#- orders.py\n{SERVED}"
    with imported(plain(text)) as before, TestClient(before.app, raise_server_exceptions=False) as client:
        answers = [client.post(path, json=body).json() for path, body in VALID]
        statuses = {client.post(path, json=body).status_code for path, body in INVALID}
    assert statuses == {500}
    files = mended("SW302", "".join(f"#- {name}\n{content}" for name, content in mended("SW301", text).items()))
    assert "request.json()" not in files["orders.py"]
    with imported(files) as after, TestClient(after.app, raise_server_exceptions=False) as client:
        assert [client.post(path, json=body).json() for path, body in VALID] == answers
        assert [client.post(path, json=body).status_code for path, body in INVALID] == [422] * len(INVALID)
        assert client.post("/kept", content=b"{").status_code == 422
