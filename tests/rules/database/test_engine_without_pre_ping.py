"""SW701: pooled connections are tried before they are handed out."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import create_engine\ne = «create_engine(url)»\n",
        "import sqlalchemy as sa\ne = «sa.create_engine(url, pool_size=5)»\n",
        "from sqlalchemy.ext.asyncio import create_async_engine\ne = «create_async_engine(settings.url)»\n",
        "from sqlalchemy.engine import create_engine as make\ndef f():\n    return «make('postgresql://db/x')»\n",
        "from sqlmodel import create_engine\ne = «create_engine(str(url), echo=True)»\n",
        "import sqlalchemy\nfrom sqlalchemy.pool import QueuePool\ne = «sqlalchemy.create_engine(u, poolclass=QueuePool)»\n",
    ],
)
def test_a_pool_that_nobody_pings(source: str) -> None:
    assert_finds("SW701", source)


def test_an_engine_function_that_the_project_passes_on() -> None:
    assert_finds(
        "SW701",
        """
        #- app/__init__.py
        #- app/sa.py
        from sqlalchemy import create_engine
        #- app/db.py
        from app.sa import create_engine
        engine = «create_engine("postgresql://db/shop")»
        """,
    )


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import create_engine\ne = create_engine(url, pool_pre_ping=True)\n",
        "from sqlalchemy import create_engine\ne = create_engine(url, pool_pre_ping=settings.ping)\n",
        "from sqlalchemy import create_engine\ne = create_engine(url, **options)\n",
        "from sqlalchemy import create_engine\ne = create_engine('sqlite:///x.db')\n",
        "from sqlalchemy import create_engine\nURL = 'sqlite+pysqlite://'\ne = create_engine(URL)\n",
        "from sqlalchemy import create_engine, pool\ne = create_engine(url, poolclass=pool.NullPool)\n",
        "from sqlalchemy import create_engine\nfrom sqlalchemy.pool import StaticPool as P\ne = create_engine(url, poolclass=P)\n",
        "from sqlalchemy import create_engine\ne = create_engine(url, pool=mine)\n",
        "from mine import create_engine\ne = create_engine(url)\n",
        "def create_engine(url): ...\ne = create_engine(url)\n",
        "self.create_engine(url)\n",
    ],
)
def test_engines_with_nothing_to_ping_or_not_known(source: str) -> None:
    assert_silent("SW701", source)


def test_a_sqlite_url_of_another_module() -> None:
    assert_silent(
        "SW701",
        """
        #- app/__init__.py
        #- app/config.py
        URL = "sqlite+aiosqlite:///shop.db"
        #- app/db.py
        from sqlalchemy.ext.asyncio import create_async_engine
        from app import config
        engine = create_async_engine(config.URL)
        """,
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_fix_follows_the_layout(newline: str) -> None:
    before = "from sqlalchemy import create_engine\n\nengine = create_engine(\n    url,\n    echo=False,  # é\n)\n"
    after = before.replace("# é\n", "# é\n    pool_pre_ping=True,\n")
    assert_fixes("SW701", before.replace("\n", newline), after.replace("\n", newline))


def test_tests_and_migrations_do_not_live_long_enough() -> None:
    source = "from sqlalchemy import create_engine\n\nengine = create_engine(url)\n"
    assert_silent("SW701", f"#- tests/conftest.py\n{source}")
    assert_silent("SW701", f"#- server/scripts/grant.py\n{source}")
    assert_silent("SW701", f"#- conftest.py\n{source}")
    assert_silent("SW701", f"#- tests/support/databases.py\n{source}")
    assert_silent("SW701", f"#- app/revisions/tenant/env.py\n{source}\ndef run_migrations_online():\n    ...\n")
    assert_silent("SW701", f"#- alembic/env.py\n{source}\nasync def run_migrations_online():\n    ...\n")


def test_other_modules_of_that_name_are_the_application() -> None:
    assert_finds("SW701", "#- app/env.py\nfrom sqlalchemy import create_engine\n\nengine = «create_engine(url)»\n")
