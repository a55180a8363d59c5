"""SW904: errors are logged with the way they came."""

from __future__ import annotations

import textwrap

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

LOGGER = "import logging\n\nlogger = logging.getLogger(__name__)\n\n"


def handler(body: str, caught: str = "Exception as error", head: str = LOGGER) -> str:
    return f"{head}try:\n    work()\nexcept {caught}:\n{textwrap.indent(body, '    ')}\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (LOGGER, '«logger.error("failed")»'),
        (LOGGER, '«logger.critical("failed: %s", error)»'),
        ("import logging\n", '«logging.error("failed")»'),
        ("from logging import getLogger\n\nlog = getLogger('app')\n", '«log.error("failed")»'),
        ("import logging as l\n\nlog: l.Logger = make()\n", '«log.error("failed")»'),
        ("import structlog\n\nlog = structlog.get_logger()\n", '«log.error("failed", order=1)»'),
        ("from loguru import logger\n", '«logger.error("failed")»'),
        (LOGGER, 'if error:\n    «logger.error("failed")»\nreport(error)'),
        (LOGGER, 'with span():\n    «logger.error(f"failed {error}")»'),
    ],
)
def test_an_error_without_its_traceback(head: str, body: str) -> None:
    assert_finds("SW904", handler(body, head=head))


def test_a_logger_from_another_module() -> None:
    assert_finds(
        "SW904",
        """
        #- app/__init__.py
        #- app/log.py
        import logging
        logger = logging.getLogger("app")
        #- app/main.py
        from app.log import logger as log
        def run(task):
            try:
                task()
            except ValueError:
                «log.error("no")»
        """,
    )


def test_a_logger_kept_on_the_object() -> None:
    assert_finds(
        "SW904",
        """
        import logging
        class Worker:
            def __init__(self) -> None:
                self.log = logging.getLogger("worker")
            def run(self, task) -> None:
                try:
                    task()
                except Exception:
                    «self.log.error("no")»
        """,
    )


@pytest.mark.parametrize(
    "body",
    [
        'logger.error("failed", exc_info=True)',
        'logger.error("failed", exc_info=error)',
        'logger.exception("failed")',
        'logger.error("failed", **extra)',
        'logger.error("failed")\nraise',
        'logger.error("failed")\nraise RuntimeError("no") from error',
        'logger.error("failed: %s", traceback.format_exc())',
        'logger.error("failed")\nsentry_sdk.capture_exception(error)',
        'logger.warning("failed")',
        'logger.info("failed")',
        'def later():\n    logger.error("failed")\nregister(later)',
        'register(lambda: logger.error("failed"))',
        'response.error("failed")',
        'self.logger.error("failed")',
        'unknown.error("failed")',
    ],
)
def test_what_is_right_or_not_known(body: str) -> None:
    assert_silent("SW904", handler(body))


@pytest.mark.parametrize(
    "caught",
    [
        "KeyError",
        "(KeyError, IndexError)",
        "Book.DoesNotExist",
        "sqlalchemy.exc.NoResultFound",
        "asyncio.TimeoutError as error",
        "pydantic.ValidationError as error",
        "HTTPException as error",
    ],
)
def test_exceptions_whose_name_is_the_whole_story(caught: str) -> None:
    assert_silent("SW904", handler('logger.error("no such book")', caught))


@pytest.mark.parametrize(
    ("caught", "severity"),
    [
        ("Exception", "warning"),
        ("(KeyError, Exception)", "warning"),
        ("BaseException as error", "warning"),
        ("SlackApiError", "info"),
        ("(KeyError, OSError)", "info"),
    ],
)
def test_a_broad_handler_is_worse(caught: str, severity: str) -> None:
    [found] = assert_finds("SW904", handler('«logger.error("failed")»', caught))
    assert found.severity == severity


def test_outside_of_a_handler_there_is_no_traceback() -> None:
    assert_silent("SW904", LOGGER + 'logger.error("failed")\n')
    assert_silent(
        "SW904", LOGGER + 'try:\n    work()\nexcept ValueError:\n    x = 1\nelse:\n    logger.error("failed")\n'
    )


def test_the_fix_keeps_layout_and_comments() -> None:
    before = handler('«logger.error(\n    "failed: %s",  # what\n    error,\n)»')
    after = handler('logger.error(\n    "failed: %s",  # what\n    error,\n    exc_info=True,\n)')
    assert_fixes("SW904", before, after)


def test_loguru_has_its_own_way() -> None:
    head = "from loguru import logger\n"
    assert_fixes("SW904", handler('«logger.error("é 🐎")»', head=head), handler('logger.exception("é 🐎")', head=head))
