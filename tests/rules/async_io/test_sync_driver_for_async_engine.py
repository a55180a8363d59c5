import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

CODE = "SW109"
E = "from sqlalchemy.ext.asyncio import create_async_engine\n"
OLD = "#- requirements.txt\nsqlalchemy==2.0.36\n#- main.py\n"


@pytest.mark.parametrize(
    "lines",
    [
        E + "e = create_async_engine(«'sqlite:///x.db'»)\n",
        E + "e = create_async_engine(«'mysql+pymysql://h/d'», echo=False)\n",
        E + "e = create_async_engine(url=«'postgresql+psycopg2://h/d'»)\n",
        E + "URL = 'sqlite://'\ne = create_async_engine(«URL»)\n",
        E + "def f(host):\n    return create_async_engine(«f'mysql://{host}/d'»)\n",
        E + "import os\ne = create_async_engine(«os.getenv('DB', 'sqlite:///x')»)\n",
        E + "from conf import settings\ne = create_async_engine(«settings.url»)\n"
        "#- conf.py\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    url: str = 'sqlite:///x'\n"
        "settings = S()\n",
        E + "from conf import URL\ne = create_async_engine(«URL»)\n#- conf.py\nURL = 'sqlite:///x'\n",
        OLD + E + "e = create_async_engine(«'postgresql://h/d'»)\n",
        "#- requirements.txt\nsqlalchemy==2.1.0\nasyncpg\n#- main.py\n"
        + E
        + "e = create_async_engine(«'postgresql://h/d'»)\n",
    ],
)
def test_a_driver_that_cannot(lines: str) -> None:
    assert_finds(CODE, lines, main="main.py")


@pytest.mark.parametrize(
    "lines",
    [
        E + "e = create_async_engine('postgresql+asyncpg://h/d')\n",
        E + "e = create_async_engine('postgresql+psycopg://h/d')\n",
        E + "e = create_async_engine('sqlite+aiosqlite://')\n",
        E + "e = create_async_engine('mysql+asyncmy://h/d')\n",
        E + "e = create_async_engine('postgresql://h/d')\n",
        "#- requirements.txt\nsqlalchemy==2.1.0\npsycopg[binary]\n#- main.py\n"
        + E
        + "e = create_async_engine('postgresql://h/d')\n",
        "from sqlalchemy import create_engine\ne = create_engine('sqlite://')\n",
        E + "import os\ne = create_async_engine(os.environ['DB'])\n",
        E + "e = create_async_engine('postgresql://h/d'.replace('postgresql', 'postgresql+asyncpg'))\n",
        E + "from conf import settings\ne = create_async_engine(settings.url)\n",
        E + "def f(url: str):\n    return create_async_engine(url)\n",
        E + "e = create_async_engine(\n",
    ],
)
def test_silent(lines: str) -> None:
    assert_silent(CODE, lines)


def test_the_driver_that_the_project_has() -> None:
    requirements = "#- requirements.txt\nsqlalchemy==2.0.36\npsycopg\n#- main.py\n"
    assert_fixes(
        CODE,
        requirements + E + "e = create_async_engine('postgresql://ü@h/d')  # main\n",
        E + "e = create_async_engine('postgresql+psycopg://ü@h/d')  # main\n",
    )


def test_in_an_f_string() -> None:
    assert_fixes(
        CODE,
        E + 'def f(h):\r\n    return create_async_engine(f"mysql+pymysql://{h}/d")\r\n',
        E + 'def f(h):\r\n    return create_async_engine(f"mysql+aiomysql://{h}/d")\r\n',
    )


NESTED = """
#- config.py
from pydantic import BaseModel
from pydantic_settings import BaseSettings


class Database(BaseModel):
    url: str = "{}://localhost/app"


class Settings(BaseSettings):
    database: Database = Database()


def get_settings() -> Settings:
    return Settings()
#- main.py
from sqlalchemy.ext.asyncio import create_async_engine
from config import get_settings

database = get_settings().database
engine = create_async_engine({})
"""


def test_a_model_within_the_settings() -> None:
    assert_finds("SW109", NESTED.format("postgresql+psycopg2", "«database.url»"))
    assert_finds("SW109", NESTED.format("mysql+pymysql", "«get_settings().database.url»"))
    assert_silent("SW109", NESTED.format("postgresql+asyncpg", "database.url"))
