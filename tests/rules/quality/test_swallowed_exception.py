"""SW902: no exception disappears without a trace."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    work()\n«except:»\n    pass\n",
        "try:\n    work()\n«except Exception:»\n    pass\n",
        "try:\n    work()\n«except BaseException:»\n    ...\n",
        "try:\n    work()\n«except (ValueError, Exception):»\n    pass\n",
        "try:\n    work()\n«except Exception as error:»\n    pass  # we tried\n",
        "for item in items:\n    try:\n        work(item)\n    «except Exception:»\n        continue\n",
        "try:\n    work()\n«except Exception:»  # nosec B608\n    pass\n",
        "try:\n    work()\n«except Exception:»  # noqa: F841\n    pass\n",
        "import builtins\ntry:\n    work()\n«except builtins.Exception:»\n    pass\n",
        "try:\n    work()\nexcept KeyError:\n    pass\n«except Exception:»\n    'nothing to do'\n",
        "async def f():\n    try:\n        await g()\n    «except Exception:»  # é\n        pass\n",
    ],
)
def test_a_broad_handler_that_does_nothing(source: str) -> None:
    assert_finds("SW902", source)


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    work()\nexcept KeyError:\n    pass\n",
        "try:\n    work()\nexcept (KeyError, OSError):\n    pass\n",
        "try:\n    work()\nexcept Exception:\n    log('no')\n",
        "try:\n    work()\nexcept Exception:\n    x = None\n",
        "try:\n    work()\nexcept Exception:\n    raise\n",
        "def f():\n    try:\n        work()\n    except Exception:\n        return None\n",
        "for x in y:\n    try:\n        work()\n    except Exception:\n        break\n",
        "import contextlib\nwith contextlib.suppress(Exception):\n    work()\n",
        "class A:\n    def __del__(self):\n        try:\n            self.close()\n        except Exception:\n            pass\n",
        "class Exception(ValueError): ...\ntry:\n    work()\nexcept Exception:\n    pass\n",
        "from errors import Exception\ntry:\n    work()\nexcept Exception:\n    pass\n",
        "import asyncio\ntry:\n    work()\nexcept asyncio.CancelledError:\n    pass\n",
        "try:\n    work()\nexcept unknown:\n    pass\n",
        "try:\n    work()\nexcept Exception:  # noqa: BLE001 - the cache is a luxury\n    pass\n",
        "try:\n    work()\nexcept Exception:\n    pass  # noqa: S110\n",
        "try:\n    work()\nexcept Exception:  # nosec B110\n    pass\n",
        "for x in y:\n    try:\n        work(x)\n    except Exception:  # nosec\n        continue\n",
    ],
)
def test_a_reaction_or_a_particular_exception(source: str) -> None:
    assert_silent("SW902", source)


def test_tests_clean_up_as_they_like() -> None:
    source = "try:\n    drop_everything()\nexcept Exception:\n    pass\n"
    assert_silent("SW902", f"#- tests/conftest.py\n{source}")
    assert_silent("SW902", f"#- app/tests/fixtures/shop.py\n{source}")


def test_a_half_typed_handler_is_left_alone() -> None:
    assert_silent("SW902", "def f():\n    try:\n        work()\n    except Exception:\n        x = (\n")


def test_the_fix_makes_a_logger_where_there_is_none() -> None:
    assert_fixes(
        "SW902",
        '''
        """Refreshing."""

        import time

        def refresh():
            try:
                work()
            «except Exception:»
                pass  # never mind
        ''',
        '''
        """Refreshing."""

        import logging
        import time

        logger = logging.getLogger(__name__)

        def refresh():
            try:
                work()
            except Exception:
                logger.exception("Error in refresh")  # never mind
        ''',
    )


def test_the_fix_uses_the_file_s_own_logger_and_goes_on() -> None:
    assert_fixes(
        "SW902",
        """
        from loguru import logger as log

        def refresh(items):
            for item in items:
                try:
                    item()
                «except Exception:»
                    continue
        """,
        """
        from loguru import logger as log

        def refresh(items):
            for item in items:
                try:
                    item()
                except Exception:
                    log.exception("Error in refresh")
                    continue
        """,
    )
