"""SW309: code in the manner of Pydantic 1."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.serving import imported, mended, plain

HEAD = """
import json
from typing import Annotated, Generic, List, Optional, TypeVar
from fastapi import FastAPI, Query
from pydantic import BaseModel, Extra, Field, conlist, constr, parse_obj_as, root_validator, validate_arguments, validator
from models import Author, Pages, Quiet, Table
from unknown import Document


class Book(BaseModel):
    title: str


class Page(Generic[TypeVar("T")], BaseModel):
    size: int


"""

MODELS = """
#- models.py
from pydantic import BaseModel as Model
from pydantic import RootModel
from pydantic.v1 import BaseModel as First
from sqlmodel import SQLModel


class Base(Model): ...


class Author(Base):
    name: str

    @classmethod
    def load(cls, data):
        return cls.parse_obj(data)


class Quiet(Base):
    def dict(self, **options):
        return {}

    @classmethod
    def from_orm(cls, row): ...


class Old(First):
    name: str


class Table(SQLModel, table=True):
    id: int


class Pages(RootModel[list[int]]): ...
"""

FOUND = [
    "def f(x: Book): return x.«dict»()",
    "def f(x: Book): return x.«json»(indent=2)",
    "def f(x: Book): return x.«copy»(update={'title': ''})",
    "def f(x: Author | None): return x.«dict»()",
    "def f(x: list[Author]): return [one.«dict»() for one in x]",
    "def f(x: Page[int]): return x.«dict»()",
    "def f(x): return Book.«parse_obj»(x)",
    "def f(x): return Author.«parse_raw»(x).«json»()",
    "def f(x): return Author.«from_orm»(x)",
    "def f(x): return Quiet.«parse_obj»(x)",
    "def f(x): return Author.«construct»(name=x)",
    "def f(): return Book.«schema»()",
    "def f(): return Book.«schema_json»()",
    "def f(x: Table): return x.«dict»()",
    "Book.«update_forward_refs»()",
    "def f(x: Book): return x.«__fields_set__», Book.«__fields__»",
    "def f(x): return «parse_obj_as»(List[Book], x)",
    "@«validate_arguments»\ndef f(x: int): ...",
    "class B(Book):\n    class «Config»:\n        extra = Extra.forbid",
    "class B(Book):\n    @«validator»('title')\n    def check(cls, v): return v",
    "class B(Book):\n    @«root_validator»(pre=True)\n    def check(cls, values): return values",
    "class B(Author):\n    code: str = Field(«regex='x'»)",
    "class B(Author):\n    kind: str = Field('b', «const=True»)",
    "class B(Author):\n    codes: conlist(int, «min_items=1»)",
    "app = FastAPI()\n@app.get('/')\ndef read(q: str = Query('', «regex='x'»)): ...",
    "from pydantic import «BaseSettings»",
    "class B(BaseModel):\n    «note: Optional[str]»\n    class «Config»:\n        orm_mode = True",
]


@pytest.mark.parametrize("code", FOUND)
def test_the_first_versions_api(code: str) -> None:
    assert_finds("SW309", HEAD + code + "\n" + MODELS.replace("cls.parse_obj", "cls.«parse_obj»"))


SILENT = [
    "def f(x): return x.dict(), x.json(), x.copy()",
    "def f(x: dict): return x.copy()",
    "def f(x: Document): return x.dict()",
    "def f(x: Quiet): return x.dict()",
    "def f(x): return Quiet.from_orm(x)",
    "def f(response): return response.json()",
    "from models import Old\ndef f(x: Old): return x.dict()",
    "def f(x: Book): return x.model_dump(), x.model_copy(), Book.model_validate({})",
    "def f(x: Book | dict): return x.copy()",
    "def f(x: Book): return x.model_dump() if hasattr(x, 'model_dump') else x.dict()",
    "def f(x: Book):\n    if is_v2_model(x): return 1\n    else: return x.dict()",
    "def f(x: Book):\n    if IS_PYDANTIC_V2:\n        return 1\n    return x.dict()",
    "def f(x: Book):\n    try:\n        return x.model_dump()\n    except AttributeError:\n        return x.dict()",
    "try:\n    from pydantic_settings import BaseSettings\nexcept ImportError:\n    from pydantic import BaseSettings",
    "class Plain:\n    class Config:\n        orm_mode = True",
    "class B(Document):\n    class Config:\n        orm_mode = True",
    "class B(BaseModel):\n    note: Optional[str]",
    "class B(BaseModel):\n    note: Optional[str] = None\n    model_config = {'from_attributes': True}",
    "from pydantic import field_validator\nclass B(Book):\n    @field_validator('title')\n    def check(cls, v): return v",
    "from wtforms import validators\nclass B:\n    @validators.validator('title')\n    def check(cls, v): return v",
    "from sqlmodel import Field as Column\nclass B(Book):\n    code: str = Column(regex='x')",
    "class B(Book):\n    code: str = Field(pattern='x', min_length=1, frozen=True)",
    "schema = {}; schema.copy()",
]


@pytest.mark.parametrize("code", SILENT)
def test_other_objects_and_the_second_versions_api(code: str) -> None:
    assert_silent("SW309", HEAD + code + "\n" + MODELS.replace("cls.parse_obj", "cls.model_validate"))


def test_a_model_with_both_kinds_of_configuration_has_no_fix() -> None:
    text = "from pydantic import BaseModel\nclass A(BaseModel):\n    model_config = {}\n    class «Config»:\n        title = ''\n"
    (found,) = assert_finds("SW309", text)
    assert found.finding.fixes == ()


@pytest.mark.parametrize(
    ("manifest", "is_silent"),
    [
        ("pydantic==1.10.13\n", True),
        ("pydantic<2\n", True),
        ("pydantic>=1.10,<3\n", True),
        ("pydantic>=2.5\n", False),
        ("fastapi\n", False),
        ("fastapi==0.95.1\n", True),
        ("fastapi==0.115.0\n", False),
        ("fastapi==0.95.1\npydantic>=2\n", False),
    ],
)
def test_projects_that_pin_the_first_version(manifest: str, is_silent: bool, tmp_path: Path) -> None:
    text = "from pydantic import BaseModel\ndef f(x: BaseModel): return x.dict()\n"
    folder = Folder({"main.py": text, "requirements.txt": manifest}, tmp_path)
    assert (folder.findings("SW309") == []) is is_silent


def test_what_cannot_be_said_in_the_same_words_has_no_fix() -> None:
    code = """
class A(Book):
    class Config:
        fields = {"title": "name"}

class B(Book):
    class Config:
        @staticmethod
        def schema_extra(schema, model): ...

class C(Book):
    @validator("title", each_item=True)
    def check(cls, v): return v

class D(Book):
    @validator("title")
    def check(cls, v, field): return v

class E(Book):
    @root_validator(skip_on_failure=True)
    def check(cls, values):
        for name in values: ...
        return values

def f(x: Book):
    return x.json(encoder=str), x.copy(exclude={"title"}), Book.parse_file("x"), x.dict(**{})
"""
    found = Folder(parse(HEAD + code + MODELS.replace("cls.parse_obj", "cls.model_validate")).files).findings("SW309")
    assert len(found) == 9
    assert [one.finding.message for one in found if one.finding.fixes] == []
    assert {one.finding.tags for one in found} == {("deprecated",)}


# -- fixes, by their text ---------------------------------------------------------------------------------------------


def fixed(before: str, after: str, imports: str = "BaseModel", new_imports: str | None = None) -> None:
    head = "from pydantic import {}\n\n\nclass Book(BaseModel):\n    title: str\n    year: int = 1900\n\n{}"
    expected = head.format(new_imports or imports, after)
    assert_fixes("SW309", head.format(imports, before), expected)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dict(skip_defaults=True)", "model_dump(exclude_unset=True)"),
        ("dict(\n    exclude={'a'},  # secret\n)", "model_dump(\n    exclude={'a'},  # secret\n)"),
        ("json(by_alias=True)", "model_dump_json(by_alias=True)"),
        ("copy(deep=True)", "model_copy(deep=True)"),
        ("parse_obj({})", "model_validate({})"),
        ("parse_raw(b'{}')", "model_validate_json(b'{}')"),
        ("validate({})", "model_validate({})"),
        ("from_orm(row)", "model_validate(row, from_attributes=True)"),
        ("construct(title='')", "model_construct(title='')"),
        ("schema(by_alias=False)", "model_json_schema(by_alias=False)"),
        ("update_forward_refs()", "model_rebuild()"),
        ("__fields__", "model_fields"),
    ],
)
def test_methods(before: str, after: str) -> None:
    owner = "Book(title='')" if before.startswith(("dict", "json", "copy")) else "Book"
    fixed(f"x = {owner}.{before}\n", f"x = {owner}.{after}\n")


def test_fields_of_an_instance_are_those_of_its_class() -> None:
    fixed(
        "    def names(self):\n        return list(self.__fields__), self.__fields_set__\n",
        "    def names(self):\n        return list(type(self).model_fields), self.model_fields_set\n",
    )


def test_models_that_read_attributes_by_configuration() -> None:
    head = "from pydantic import BaseModel, ConfigDict\n\n\nclass Base(BaseModel):\n    model_config = ConfigDict(from_attributes=True)\n\n\n"
    head += "class Book(Base):\n    title: str\n\n\n"
    assert_fixes("SW309", head + "x = Book.from_orm(1)\n", head + "x = Book.model_validate(1)\n")


def test_configurations() -> None:
    fixed(
        "    class Config:\n        orm_mode = True\n        extra = Extra.forbid\n        smart_union = True\n",
        '    model_config = ConfigDict(from_attributes=True, extra="forbid")\n',
        "BaseModel, Extra",
        "BaseModel, ConfigDict",
    )
    fixed(
        "    class Config:  # how it is read\n        # from rows\n        orm_mode = True  # always\n\n"
        "        schema_extra = {\n            'example': {},\n        }\n        allow_mutation = False\n        smart_union = True  # old\n",
        "    model_config = ConfigDict(  # how it is read\n        # from rows\n        from_attributes=True,  # always\n\n"
        "        json_schema_extra={\n            'example': {},\n        },\n        frozen=True,\n          # old\n    )\n",
        "BaseModel",
        "BaseModel, ConfigDict",
    )


def test_a_configuration_that_derives_from_the_parents() -> None:
    head = "from pydantic import BaseModel, ConfigDict\n\n\nclass Base(BaseModel):\n    model_config = ConfigDict(frozen=True)\n\n\n"
    assert_fixes(
        "SW309",
        head + "class Book(Base):\n    class Config(Base.Config):\n        title = 'B'\n",
        head + "class Book(Base):\n    model_config = ConfigDict(title='B')\n",
    )


def test_settings() -> None:
    assert_fixes(
        "SW309",
        """
        from pydantic import BaseSettings, Field
        from app import name

        class Settings(BaseSettings):
            key: str = Field("", min_length=1)

            class Config:
                env_file = ".env"
                case_sensitive = True
        #- requirements.txt
        pydantic>=2
        """,
        """
        from pydantic import Field
        from pydantic_settings import BaseSettings, SettingsConfigDict
        from app import name

        class Settings(BaseSettings):
            key: str = Field("", min_length=1)

            model_config = SettingsConfigDict(env_file=".env", case_sensitive=True)
        #- requirements.txt
        pydantic>=2
        pydantic-settings
        """,
    )
    assert_fixes("SW309", "from pydantic import BaseSettings\n", "from pydantic_settings import BaseSettings\n")


def test_validators_of_fields() -> None:
    fixed(
        "    @validator('title', 'year', pre=True, allow_reuse=True)\n    def strip(cls, v, values, **kwargs):\n"
        "        return v if 'title' in values else values.get('title')\n",
        "    @field_validator('title', 'year', mode=\"before\")\n    @classmethod\n    def strip(cls, v, info: ValidationInfo):\n"
        "        return v if 'title' in info.data else info.data.get('title')\n",
        "BaseModel, validator",
        "BaseModel, field_validator, ValidationInfo",
    )
    fixed(
        "    @validator('*', check_fields=False)  # all\n    @classmethod\n    def check(cls, v):\n        return v\n",
        "    @field_validator('*', check_fields=False)  # all\n    @classmethod\n    def check(cls, v):\n        return v\n",
        "BaseModel, validator",
        "BaseModel, field_validator",
    )


def test_validators_that_also_see_defaults() -> None:
    text = """
        from pydantic import BaseModel, Field, validator


        class Book(BaseModel):
            title: str
            slug: str = None
            code: str = Field("", max_length=5)

            @validator("title", "slug", "code", always=True)
            def fill(cls, v):
                return v
        """
    after = """
        from pydantic import BaseModel, Field, field_validator


        class Book(BaseModel):
            title: str
            slug: str = Field(None, validate_default=True)
            code: str = Field("", max_length=5, validate_default=True)

            @field_validator("title", "slug", "code")
            @classmethod
            def fill(cls, v):
                return v
        """
    assert_fixes("SW309", text, after)


def test_validators_of_the_model() -> None:
    fixed(
        "    @root_validator(pre=True)\n    def check(cls, values):\n        return dict(values)\n",
        '    @model_validator(mode="before")\n    @classmethod\n    def check(cls, values):\n        return dict(values)\n',
        "BaseModel, root_validator",
        "BaseModel, model_validator",
    )
    fixed(
        "    @root_validator(skip_on_failure=True, allow_reuse=True)\n    def check(cls, values: dict) -> dict:\n"
        "        if values['year'] < 0 or values.get('title') == cls.__name__:\n            raise ValueError\n        return values\n",
        '    @model_validator(mode="after")\n    def check(self) -> "Book":\n'
        "        if self.year < 0 or self.title == type(self).__name__:\n            raise ValueError\n        return self\n",
        "BaseModel, root_validator",
        "BaseModel, model_validator",
    )


def test_arguments_of_fields() -> None:
    head = (
        "from typing import List\n\nfrom pydantic import BaseModel, Field, conlist, constr\n\n\nclass A(BaseModel):\n"
    )
    assert_fixes(
        "SW309",
        head
        + "    a: str = Field(regex='x')\n    b: List[int] = Field([], min_items=1, max_items=2)\n    c: constr(regex='x')\n"
        "    d: conlist(int, min_items=1)\n    e: str = Field('e', allow_mutation=False)\n",
        head
        + "    a: str = Field(pattern='x')\n    b: List[int] = Field([], min_length=1, max_length=2)\n    c: constr(pattern='x')\n"
        "    d: conlist(int, min_length=1)\n    e: str = Field('e', frozen=True)\n",
    )
    head = (
        "from typing import {}\n\nfrom pydantic import BaseModel, Field\n\n\nclass A(BaseModel):\n    b: Any = None\n"
    )
    assert_fixes(
        "SW309",
        head.format("Any") + "    a: str = Field('a', const=True)\n    c: str = Field('c', const=True, alias='C')\n",
        head.format("Any, Literal") + "    a: Literal['a'] = 'a'\n    c: Literal['c'] = Field('c', alias='C')\n",
    )


def test_parse_obj_as_and_validate_arguments() -> None:
    assert_fixes(
        "SW309",
        "from pydantic import parse_obj_as, validate_arguments\n\nx = parse_obj_as(list[int], ['1'])\n\n\n"
        "@validate_arguments\ndef f(a: int): ...\n",
        "from pydantic import TypeAdapter, validate_call\n\nx = TypeAdapter(list[int]).validate_python(['1'])\n\n\n"
        "@validate_call\ndef f(a: int): ...\n",
    )


# -- fixes, by what the mended code does ------------------------------------------------------------------------------

WORKING = """
from typing import Optional

from pydantic import BaseModel, Field, ValidationError, parse_obj_as, root_validator, validator


class Row:
    def __init__(self, **values):
        self.__dict__.update(values)


class Book(BaseModel):
    title: str
    pages: int = 1
    slug: Optional[str] = None
    tags: list[str] = []

    class Config:
        from_attributes = True
        extra = "forbid"

    @validator("title", pre=True)
    def strip(cls, value):
        return value.strip() if isinstance(value, str) else value

    @validator("slug", always=True)
    def slugify(cls, value, values):
        return value or values.get("title", "").lower()

    @root_validator(skip_on_failure=True)
    def check(cls, values):
        if values["pages"] < 1 or values.get("title") == "":
            raise ValueError("an empty book")
        values["tags"] = sorted(values["tags"])
        return values


class Shelf(BaseModel):
    books: list[Book]

    @root_validator(pre=True)
    def wrap(cls, values):
        return {"books": values["books"] or []}


def answers():
    def refused(**values):
        try:
            Book(**values)
        except ValidationError as error:
            return sorted((*one["loc"], one["type"]) for one in error.errors())

    book = Book.parse_obj({"title": " A b ", "tags": ["z", "y"]})
    books: list[Book] = parse_obj_as(list[Book], [{"title": "q"}])
    return [
        book.dict(),
        book.dict(exclude={"tags"}, by_alias=True),
        book.json(),
        book.copy(update={"pages": 3}).dict(),
        Book.parse_raw(b'{"title": "x", "slug": "own"}').dict(),
        Book.from_orm(Row(title=" c ", pages=2, slug=None, tags=[])).dict(),
        sorted(Book.__fields__),
        Book.schema(),
        Book.construct(title="raw").dict(),
        [one.dict() for one in books],
        Shelf.parse_obj({"books": None}).dict(),
        refused(title="x", pages=0),
        refused(title=" "),
        refused(title="x", more=1),
        refused(pages="many"),
        refused(title=None),
    ]
"""


def test_the_mended_models_give_the_same_answers_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with imported(plain(WORKING)) as module:
            before = module.answers()
    files = mended("SW309", WORKING)
    assert Folder(files).findings("SW309") == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with imported(files) as module:
            assert module.answers() == before


RENAMED = """
from pydantic import BaseModel


class Row:
    name = " a "
    other = 1


class Base(BaseModel):
    class Config:
        orm_mode = True
        anystr_strip_whitespace = True


class Book(Base):
    name: str

    class Config:
        allow_mutation = False
        schema_extra = {"example": {"name": "x"}}


def read():
    return Book.from_orm(Row())
"""


def test_options_that_were_passed_over_have_their_effect_again() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with imported(plain(RENAMED)) as module, pytest.raises(Exception, match="from_attributes"):
            module.read()
    files = mended("SW309", RENAMED)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with imported(files) as module:
            book = module.read()
            assert book.name == "a"
            assert book.model_json_schema()["example"] == {"name": "x"}
            with pytest.raises(Exception, match="frozen"):
                book.name = "b"


def test_settings_load_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
        from pydantic import BaseSettings


        class Settings(BaseSettings):
            name: str = "x"

            class Config:
                env_prefix = "SHOP_"


        settings = Settings()
        """
    with pytest.raises(Exception, match="BaseSettings"), imported(plain(text)):
        pass
    monkeypatch.setenv("SHOP_NAME", "books")
    with imported(mended("SW309", text)) as module:
        assert module.settings.name == "books"
