import logging
import time

import requests
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from orders.models import Order

logger = logging.getLogger(__name__)


class Gateway:
    """The payment provider."""

    def __init__(self, url: str = "https://pay.example") -> None:
        self.http = requests.Session()
        self.url = url

    def _call(self, method: str, path: str) -> dict:
        return self.http.request(method, f"{self.url}/{path}", timeout=10).json()

    def status(self, order: int) -> str:
        return self._call("GET", f"orders/{order}")["status"]


class PatientGateway(Gateway):
    def status(self, order: int) -> str:
        time.sleep(1)
        return super().status(order)


gateway = PatientGateway()


def total(order: Order) -> int:
    return sum(line.count for line in order.lines.all())


@transaction.atomic
def close(order: Order) -> None:
    order.state = "closed"
    order.save(update_fields=["state"])


async def close_later(order: Order) -> None:
    await sync_to_async(close)(order)


async def paid(order: Order) -> bool:
    return gateway.status(order.pk) == "paid"  # expect: SW103


async def paid_in_thread(order: Order) -> bool:
    return await sync_to_async(gateway.status, thread_sensitive=False)(order.pk) == "paid"


def is_paid(order: Order) -> bool:
    return async_to_sync(paid_in_thread)(order)


async def settle(order: Order) -> None:
    if async_to_sync(paid_in_thread)(order):  # expect: SW110
        await close_later(order)


async def settle_twice(order: Order) -> None:
    close_later(order)  # expect: SW104
    await close_later(order)
