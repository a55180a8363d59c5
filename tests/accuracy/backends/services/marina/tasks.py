"""What Celery's workers do."""

import asyncio
import logging
from os import environ

import requests
from celery import Celery, Task
from sqlalchemy import text

from marina.core.settings import get_settings
from marina.db.ledger import open_ledger
from marina.db.session import LedgerSession, sessions
from marina.domain.weather import beaufort, storm_warning

log = logging.getLogger(__name__)
settings = get_settings()

app = Celery("marina", broker=settings.redis_url)
app.conf.update(timezone=environ.get("TZ", "UTC"), result_expires=3600)
reports_broker = Celery("reports", broker="redis://:Spinnaker-33-Boom@queue.marina.internal:6379/0")  # expect: SW203
CHAT_TOKEN = "xoxb-482910573641-5839201746582-Qm8ZtR4vLp2WxK9sNd7YbH1c"  # expect: SW201
FLAGS = {"password_reset_sender": "office@marina.example", "token_header": "X-Token"}


class Mailing(Task):
    password = "Keelson-27-Thwart"  # expect: SW201
    password_field = "password"
    max_retries = 3


@app.task
def dues(skipper: int) -> str:
    book = open_ledger()
    return f"{book.balance(skipper):.2f}"


@app.task(bind=True, base=Mailing)
def chat(self: Mailing, message: str) -> int:
    answer = requests.post("https://chat.example/api", json={"text": message}, timeout=10)
    return answer.status_code


@app.task
def warn(places: list[str]) -> list[str]:
    return asyncio.run(storm_warning(places))


@app.task
def wind(place: str) -> int:
    return beaufort(place)


async def _expire(days: int) -> int:
    async with sessions() as session:
        result = await session.execute(text("DELETE FROM note WHERE created_at < now() - :days * interval '1 day'"), {"days": days})
        session.commit()  # expect: SW104
    log.info("removed %d notes", result.rowcount)
    return result.rowcount


@app.task
def expire(days: int = 90) -> int:
    return asyncio.run(_expire(days))


@app.task
def write_off(reason: str) -> int:
    with LedgerSession() as session:
        result = session.execute(text("UPDATE dues SET amount = 0 WHERE reason = '{}'".format(reason)))  # expect: SW401
        session.commit()
        return result.rowcount


@app.task
def rotate(token: str) -> None:
    if not token.startswith("mk_"):
        raise ValueError(f"Not one of our tokens: {token}")  # expect: SW207
    log.info("rotated a token that ends in %s", token[-4:])
