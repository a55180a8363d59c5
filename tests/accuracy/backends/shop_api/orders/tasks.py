import asyncio
import logging

import requests
from celery import shared_task
from django.db import connection

from orders.models import Order

logger = logging.getLogger(__name__)
COURIER = "https://courier.example/api"


@shared_task
def book_courier(order_id: int) -> str:
    answer = requests.post(f"{COURIER}/parcels", json={"order": order_id}, timeout=10)
    return answer.json()["parcel"]


@shared_task
def cancel_with_voucher(voucher: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET state = 'off' WHERE voucher = '" + voucher + "'")  # expect: SW401
        return cursor.rowcount


@shared_task
def cancel_old(days: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE orders_order SET state = 'off' WHERE created_at < now() - interval '{days} days'")
        return cursor.rowcount


async def _remind() -> int:
    count = 0
    async for order in Order.objects.filter(state="open").select_related("customer"):
        logger.info("reminding %s", order.customer.email)
        count += 1
    return count


@shared_task
def remind() -> int:
    return asyncio.run(_remind())
